"""List pages read as feeds: which links are entries, and under which titles."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from watcher.feeds.listing import MAX_LINKS, read_listing
from watcher.model.feed import PageRecipe, ParsedFeed, ParseFailed

URL = "https://harbour.example/news"


def read(body: str, **recipe: str) -> ParsedFeed:
    found = read_listing(
        f"<html lang=de><title>News</title>{body}".encode(), URL, {}, PageRecipe(**recipe)
    )
    assert isinstance(found, ParsedFeed), found
    return found


def links(body: str, **recipe: str) -> list[tuple[str | None, str]]:
    return [(one.url, one.title) for one in read(body, **recipe).entries]


def test_the_links_of_the_recipe_are_entries_in_the_order_of_the_page() -> None:
    body = (
        '<p class=x><a href="/b">Second ship</a><a href="/a">First ship</a></p><a href="/c">c</a>'
    )
    assert links(body, links=".x a") == [
        ("https://harbour.example/b", "Second ship"),
        ("https://harbour.example/a", "First ship"),
    ]
    assert links(body, links=".x") == links(body, links=".x a")


def test_an_entry_is_told_apart_by_its_normalised_address() -> None:
    feed = read('<a href="/x/../a?b=1#top">A</a>', links="a")
    assert (feed.entries[0].id, feed.entries[0].url) == ("https://harbour.example/a?b=1",) * 2
    assert (feed.title, feed.language, feed.kind) == ("News", "de", "page")


def test_what_the_recipe_leaves_out_is_none_and_the_title_may_stand_beside_the_link() -> None:
    body = (
        '<article><h2>Ferry late</h2><a href="/1">read on</a></article>'
        '<article class=ad><h2>Buy</h2><a href="/2">read on</a></article>'
    )
    assert links(body, links="article a", without=".ad", title="h2") == [
        ("https://harbour.example/1", "Ferry late")
    ]


def test_a_picture_and_a_headline_that_lead_to_one_article_are_one_entry() -> None:
    body = '<a href="/1"><img></a><a href="/1#comments">3</a><a href="/1">Crews and owners talk</a>'
    assert links(body, links="a") == [("https://harbour.example/1", "Crews and owners talk")]


def test_by_itself_it_takes_links_of_the_outlet_that_look_like_articles() -> None:
    body = (
        '<nav><a href="/2026/03/10/in-the-menu">In the menu of all the pages</a></nav>'
        '<a href="/ferry-is-late-again">Ferry</a>'
        '<a href="/x?id=7">Crews and owners talk about shifts</a>'
        '<a href="/tag/ferry-is-late">Ferry is late</a><a href="/about">About</a>'
        '<a href="https://other.example/some-long-slug-here">Elsewhere there are news as well</a>'
        '<a href="mailto:desk@harbour.example">Write to the desk of the harbour</a>'
        '<a href="/2026/03/10/one">One</a><a href="/">Home of all the harbour news</a>'
    )
    assert [url for url, _ in links(body)] == [
        "https://harbour.example/ferry-is-late-again",
        "https://harbour.example/x?id=7",
        "https://harbour.example/2026/03/10/one",
    ]


def test_what_the_page_states_for_programs_comes_first() -> None:
    listed = (
        '<script type="application/ld+json">{"@graph": [{"@type": "ItemList", "itemListElement": ['
        '{"@type": "ListItem", "url": "/1"}, {"item": {"url": "/2", "headline": "Two"}}, "/3"]}]}'
        "</script>"
    )
    other = '<a href="/some-other-long-slug">Crews and owners talk about it</a>'
    assert links(listed + other) == [
        (f"https://harbour.example/{n}", title) for n, title in ((1, ""), (2, "Two"), (3, ""))
    ]
    hfeed = (
        "<div class=h-feed><p class=h-entry><b class=p-name>Ferry late</b>"
        ' <a class=u-url href="/1">#</a></p></div>'
    )
    assert links(hfeed + other) == [("https://harbour.example/1", "Ferry late")]


def test_of_a_page_with_very_many_links_the_first_are_taken() -> None:
    body = "".join(f'<a href="/{n}">n</a>' for n in range(MAX_LINKS + 50))
    assert len(links(body, links="a")) == MAX_LINKS


@pytest.mark.parametrize(
    ("body", "recipe", "said"),
    [
        ("<p>nothing</p>", PageRecipe(links="h2 a"), "no link on the page is under 'h2 a'"),
        ("<a href='/about'>us</a>", PageRecipe(), "looks like an article's"),
        ("", PageRecipe(), "looks like an article's"),
    ],
)
def test_a_page_without_links_is_a_failure_not_an_empty_feed(
    body: str, recipe: PageRecipe, said: str
) -> None:
    found = read_listing(body.encode(), URL, {}, recipe)
    assert isinstance(found, ParseFailed)
    assert found.code == "WTC-FEED-014"
    assert said in found.message


@given(st.binary(max_size=2_000), st.sampled_from([PageRecipe(), PageRecipe("a", "b", "c")]))
def test_it_never_raises(body: bytes, recipe: PageRecipe) -> None:
    made = b"<a href='/a-long-slug-%d'>" % len(body) + body
    assert isinstance(read_listing(made, URL, {}, recipe), ParsedFeed | ParseFailed)


def test_json_that_is_no_list_is_passed_over() -> None:
    for held in (
        "[" * 5_000,
        '{"@type": "ItemList", "itemListElement": [null, 3, {"item": 4}]}',
        "x",
    ):
        body = f'<script type="application/ld+json">{held}</script><a href="/some-long-slug">x</a>'
        assert links(body) == [("https://harbour.example/some-long-slug", "x")]
