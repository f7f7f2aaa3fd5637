import pytest
from tests.support.pages import page, tree

from watcher.articles.tree import MAX_ATTRIBUTES, MAX_ELEMENTS, parse, text_of

URL = "https://kronika.example/2026/ferry"


@pytest.mark.parametrize(
    ("head", "absolute"),
    [
        ("", "https://kronika.example/2026/next"),
        ('<base href="/archive/">', "https://kronika.example/archive/next"),
        ('<base href="https://other.example/x/">', "https://other.example/x/next"),
        ('<base href="javascript:1">', "https://kronika.example/2026/next"),
        ("<base>", "https://kronika.example/2026/next"),
    ],
)
def test_addresses_are_relative_to_the_pages_base(head, absolute):
    assert tree(page(head=head), URL).absolute("next") == absolute


@pytest.mark.parametrize("ref", [None, "", "  ", "mailto:a@b.example", "javascript:1", "data:,x"])
def test_what_is_no_web_address_is_none(ref):
    assert tree(page(), URL).absolute(ref) is None


def test_the_first_of_the_named_metas_that_says_something_is_taken():
    head = (
        '<meta name="Description" content=" "><meta property="og:title" content=" One ">'
        '<meta property="OG:title" content="Two"><meta itemprop="headline" content="Three">'
    )
    made = tree(page(head=head), URL)
    assert made.meta("description", "og:title") == "One"
    assert list(made.metas_of("headline", "og:title")) == ["Three", "One", "Two"]
    assert made.meta("description") is None


@pytest.mark.parametrize("markup", ["", "<!-- only a comment -->", "<?php ?>"])
def test_markup_without_an_element_has_no_tree(markup):
    assert parse(markup, URL) is None


def test_a_page_of_too_many_elements_has_no_tree():
    assert parse("<b></b>" * (MAX_ELEMENTS + 2), URL) is None
    assert parse("<b></b>" * 1_000, URL) is not None


def test_an_element_of_too_many_attributes_has_no_tree_and_a_long_value_has_one():
    def tag(count):
        return f"<p {' '.join(f'data-name-{n}=1' for n in range(count))}>x</p>"

    assert parse(tag(MAX_ATTRIBUTES + 1), URL) is None
    assert parse(tag(MAX_ATTRIBUTES // 2), URL) is not None
    assert parse(f'<p class="{"caption byline " * 50_000}" hidden>x</p>', URL) is not None


def test_what_is_nested_without_end_is_cut_and_what_pages_nest_is_kept():
    deep = parse("<div>" * 50_000 + "words", URL)
    assert deep is not None
    assert sum(1 for _ in deep.root.iter("div")) < 300
    assert text_of(tree("<div>" * 200 + "words", URL).root) == "words"


def test_comments_are_no_text():
    root = tree("<html><body><p>One <!-- two --> three</p></body></html>", URL).root
    assert text_of(root) == "One three"
