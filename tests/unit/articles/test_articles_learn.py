"""What repeats on a site is left out, background is not, and a change of template is noticed."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.store.builders import article_text

from watcher.articles.learn import (
    KNOWN,
    agreement,
    block_hash,
    is_repeated,
    lesson,
    observed,
    relearned,
    site_of,
    without,
)
from watcher.model.site import Block, Lesson, SiteMemory

PROMO = "Read our letter from the coast every Friday morning."
TEXT = " ".join(f"word{n}" for n in range(80))


def taught(*lessons: Lesson) -> SiteMemory:
    memory = SiteMemory()
    for one in lessons:
        memory = observed(memory, one, 7)
    return memory


def test_a_block_on_three_pages_is_left_out_of_the_next():
    lessons = [
        lesson("https://www.a.example/1", article_text(f"{TEXT} {n}\n\n{PROMO}"), None)
        for n in range(3)
    ]
    memory, blocks = relearned(lessons, 7)
    (known,) = [one for one in blocks if is_repeated(one, memory.pages)]
    assert (known.text, known.pages) == (PROMO, 3)
    text = without(article_text(f"{TEXT}\n\n{PROMO}"), {known.hash})
    assert text.body == TEXT
    assert "left out: 1" in text.why[-1]


def test_a_block_on_few_of_many_pages_is_text():
    assert not is_repeated(Block(1, "x", pages=3, since=0), pages=20)
    assert is_repeated(Block(1, "x", pages=3, since=17), pages=20)
    assert not is_repeated(Block(1, "x", pages=2, since=18), pages=20)


def test_in_the_middle_and_in_a_text_that_is_hardly_more_nothing_is_left_out():
    parts = [f"{TEXT} {n}" for n in range(8)]
    middle = "\n\n".join([*parts[:4], PROMO, *parts[4:]])
    assert without(article_text(middle), {block_hash(PROMO)}).body == middle
    short = f"It rains.\n\n{PROMO}"
    assert without(article_text(short), {block_hash(PROMO)}).body == short


@given(st.lists(st.sampled_from([PROMO, TEXT, "Short.", "Another one."]), max_size=8))
def test_what_is_left_is_a_run_of_the_paragraphs_and_at_least_half(parts: list[str]) -> None:
    body = "\n\n".join(parts)
    left = without(article_text(body), {block_hash(PROMO), block_hash("Short.")}).body
    assert left in body
    assert 2 * len(left.split()) >= len(body.split())


def test_hosts_are_sites_and_www_is_none():
    assert site_of("https://www.a.example/x") == site_of("http://a.example/") == "a.example"
    assert site_of("http://127.0.0.1:8080/x") != site_of("http://127.0.0.1:8081/x")


def page(words: int, agreed: float | None = None) -> Lesson:
    return Lesson("a.example", words=words, agreement=agreed)


@pytest.mark.parametrize(
    ("fallen", "said"),
    [
        (page(20), "20 words, where 400 are usual"),
        (page(400, 0.1), "10% of the feed's words are in the text, where 90% are usual"),
        (Lesson("a.example", poor="the page is no article"), "the page is no article"),
    ],
)
def test_a_changed_template_is_noticed_at_the_third_page_and_the_usual_stays(fallen, said):
    usual = taught(*[page(400, 0.9)] * KNOWN)
    two = observed(observed(usual, fallen, 8), fallen, 9)
    assert two.drift is None
    three = observed(two, fallen, 10)
    assert three.drift == f"3 pages in a row: {said}"
    assert three.drift_at == 10
    assert (three.words, three.agreement) == (usual.words, usual.agreement)
    later = observed(three, fallen, 11)
    assert later.drift_at == 10


def test_a_good_page_ends_the_row_and_settles_the_drift():
    usual = taught(*[page(400, 0.9)] * KNOWN)
    fallen = taught(*[page(400, 0.9)] * KNOWN, *[page(10)] * 3)
    assert fallen.drift is not None
    assert observed(fallen, page(390, 0.8), 12).drift is None
    one = observed(usual, page(10), 8)
    assert (one.poor, observed(one, page(400, 0.9), 9).poor) == (1, 0)


def test_too_few_words_of_the_feed_say_nothing():
    assert agreement("Ships wait outside.", "Ships wait.") is None
    stated = "Seven vessels were waiting outside the breakwater among them a tanker with heating"
    assert agreement(stated, stated) == 1
    assert agreement("Nothing of that.", stated) == 0


def test_what_an_article_calls_itself_is_no_matter():
    text = replace(article_text(f"{TEXT}\n\n{PROMO}"), title="Other")
    assert [one.text for one in lesson("https://a.example/1", text, None).blocks] == [PROMO]
