"""The text candidates and the gate between them."""

import pytest
from tests.support.pages import EN, TEXTS, blocks, ld, link, p, page, paragraphs, read, tree

from watcher.articles import engine
from watcher.articles.engine import LEAST_WORDS, choose, count_words

FLASH = "The evening ferry turned back."


def chosen(markup):
    made = tree(markup)
    return choose(made, blocks(markup))


@pytest.mark.parametrize(
    ("text", "count"),
    [("", 0), ("one two-three", 3), ("é 3.5 – ", 3), ("港口办公室说", 3), ("フェリー", 2)],
)
def test_words_are_counted_and_halved_characters_where_there_are_no_blanks(text, count):
    # A run without blanks is one word of the pattern, too.
    assert count_words(text) in {count, count + 1}


def test_the_precise_engine_is_kept_where_it_has_enough():
    found = chosen(page())
    assert (found.method, found.lines[-3:]) == ("trafilatura-precision-fast", EN)
    assert found.why == (f"trafilatura-precision-fast: {found.words} words",)


def test_a_text_that_is_too_short_is_doubted_with_a_reason():
    found = chosen(page(p(FLASH)))
    assert found.words < LEAST_WORDS
    assert any("only" in why for why in found.why)


def test_a_text_that_stands_only_in_json_ld_is_found():
    found = read(page("<p>Loading</p>", head=ld(articleBody="\n".join(EN))))
    assert found.body.split() == " ".join(EN).split()
    assert any("as the engine gave it" in why for why in found.why)


def test_json_ld_is_no_first_choice():
    found = read(page(head=ld(articleBody="Something else that the page never prints. " * 30)))
    assert (found.method, paragraphs(found)) == ("trafilatura-precision-fast", list(EN))


def test_an_article_body_that_is_no_text_is_passed_over():
    for body in (None, 7, ["x"], {"@value": "x"}):
        assert engine.json_body(tree(page(head=ld(articleBody=body)))).lines == ()


def test_the_markup_in_an_article_body_is_left_out():
    made = tree(page(head=ld(articleBody="<p>One &amp; <b>two</b></p><p>three<br>four</p>\n")))
    assert engine.json_body(made).lines == ("One & two", "three", "four")


def test_the_plain_pass_takes_the_articles_paragraphs_and_no_lists_of_links():
    markup = page(
        p(*EN), p(link("Bridge closed for repairs")), after=p("Outside of the article, unread.")
    )
    assert engine.article_paragraphs(blocks(markup)).lines == EN
    bare = page(p(*EN), container="div")
    assert engine.article_paragraphs(blocks(bare)).lines == EN


@pytest.mark.parametrize("error", [ValueError, RecursionError, MemoryError, AttributeError])
def test_whatever_breaks_the_engine_the_next_candidate_is_asked(monkeypatch, error):
    import trafilatura

    def broken(*_, **__):
        raise error

    monkeypatch.setattr(trafilatura, "bare_extraction", broken)
    found = read(page())
    assert (found.method, paragraphs(found)) == ("article-paragraphs", list(EN))
    assert f"trafilatura-precision-fast: {error.__name__}" in found.why
    assert f"trafilatura: {error.__name__}" in found.why


@pytest.mark.parametrize("language", TEXTS)
@pytest.mark.parametrize("container", ["article", "main", "div", 'div class="entry-content"'])
def test_a_text_of_any_language_is_read_whole_from_any_container(language, container):
    text = TEXTS[language]
    found = read(page(p(*text), lang=language, container=container))
    assert (paragraphs(found), found.state.kind) == (list(text), "article")
