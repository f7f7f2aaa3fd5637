"""Subscription lists."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from watcher.feeds.opml import (
    MAX_OUTLINES,
    Subscription,
    as_tag,
    parse_opml,
    parse_urls,
    write_opml,
)

NO_XML = re.compile("[\x00-\x1f\ud800-\udfff\ufffe\uffff]")


def opml(inner, head=""):
    return f'{head}<opml version="2.0"><head/><body>{inner}</body></opml>'.encode()


def test_feeds_come_with_their_folders_in_the_lists_order():
    found = parse_opml(
        opml(
            '<outline text="Ballkani"><outline text="Shqipëri">'
            '<outline type="rss" text="Gazeta" title="Gazeta e Bregut"'
            ' xmlUrl="https://gazeta.example/feed" htmlUrl="https://gazeta.example/"/>'
            '</outline></outline><outline text="Loose" XMLURL="http://b.example/rss"/>'
        )
    )
    assert found.feeds == (
        Subscription(
            "https://gazeta.example/feed",
            "Gazeta e Bregut",
            ("Ballkani", "Shqipëri"),
            site_url="https://gazeta.example/",
        ),
        Subscription("http://b.example/rss", "Loose"),
    )
    assert found.feeds[0].tags == ("ballkani", "shqipëri")


def test_a_feed_that_stands_in_two_folders_is_one_feed():
    one = '<outline xmlUrl="https://a.example/f" text="A"/>'
    found = parse_opml(opml(f'<outline text="x">{one}</outline><outline text="y">{one}</outline>'))
    assert [feed.folders for feed in found.feeds] == [("x",)]


@pytest.mark.parametrize(
    "address", ["javascript:alert(1)", "file:///etc/passwd", "ftp://a.example/", "no address", "//"]
)
def test_what_is_no_address_of_the_web_is_named_and_left_out(address):
    found = parse_opml(opml(f'<outline xmlUrl="{address}"/>'))
    assert found.feeds == ()
    assert found.refused == (address,)


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b"", "not well-formed"),
        (b"<opml><body>", "not well-formed"),
        (b"<html><body/></html>", "first element is <html>"),
        (opml("", '<!DOCTYPE opml [<!ENTITY x SYSTEM "file:///etc/passwd">]>'), "DOCTYPE"),
        (opml("<outline>" * 60 + "</outline>" * 60), "nested deeper"),
        (opml("<outline/>" * (MAX_OUTLINES + 1)), "more than 100,000 outlines"),
        (b" " * 20_000_001, "more than 20,000,000 bytes"),
    ],
)
def test_what_is_no_opml_is_refused_with_a_sentence(body, said):
    with pytest.raises(ValueError, match=said):
        parse_opml(body)


@pytest.mark.parametrize(
    ("folder", "tag"),
    [("World / Asia", "world-asia"), ("  ", ""), ("../../x", "x"), ("اخبار روز", "اخبار-روز")],
)
def test_a_folder_becomes_a_tag(folder, tag):
    assert as_tag(folder) == tag


def test_a_list_of_addresses_is_read_line_by_line():
    found = parse_urls(
        "\ufeff# mine\nhttps://a.example/feed  The Gazette\n\nhttps://b.example/x#part\nnope\n"
        "https://a.example/feed\n"
    )
    assert found.feeds == (
        Subscription("https://a.example/feed", "The Gazette"),
        Subscription("https://b.example/x", None),
    )
    assert found.refused == ("nope",)


@given(st.binary(max_size=300))
def test_any_bytes_are_read_or_refused(body):
    try:
        found = parse_opml(b"<opml><body>" + body + b"</body></opml>")
    except ValueError:
        return
    assert all(feed.url.startswith(("http://", "https://")) for feed in found.feeds)


# Written lists

names = st.text(min_size=1, max_size=30).map(lambda text: " ".join(text.split())).filter(bool)
writable = names.filter(lambda text: not NO_XML.search(text))
subscriptions = st.builds(
    Subscription,
    st.integers(0, 10**6).map(lambda n: f"https://s{n}.example/feed?a=1&b={n}"),
    writable,
    st.lists(writable, max_size=3).map(tuple),
    site_url=st.none() | st.just("https://s.example/"),
    language=st.none() | st.just("sq"),
)


@given(st.lists(subscriptions, max_size=8, unique_by=lambda one: one.url))
def test_what_is_written_reads_back_the_same_whatever_the_names(feeds):
    found = parse_opml(write_opml(feeds, "t").encode())
    assert sorted(found.feeds, key=lambda one: one.url) == sorted(feeds, key=lambda one: one.url)


def test_feeds_of_one_folder_stand_in_one_outline():
    feeds = [
        Subscription("https://a.example/f", "A", ("World", "Asia")),
        Subscription("https://b.example/f", "B", ("World",)),
        Subscription("https://c.example/f", None),
    ]
    text = write_opml(feeds, "t")
    assert text.count("<outline text=") + text.count('<outline type="rss"') == 5
    assert text.index("World") < text.index("Asia") < text.index("https://a.example/f")
    assert 'text="https://c.example/f"' in text


def test_tags_that_no_folder_says_are_the_categories():
    one = Subscription("https://a.example/f", "A", ("World",), categories=("world", "daily"))
    (found,) = parse_opml(write_opml([one], "t").encode()).feeds
    assert (found.categories, found.tags) == (("daily",), ("world", "daily"))


def test_characters_that_no_xml_may_hold_are_left_out():
    text = write_opml([Subscription("https://a.example/f", "a\x00b\x1b\ud800c", ("x\uffff",))], "t")
    (found,) = parse_opml(text.encode()).feeds
    assert (found.title, found.folders) == ("abc", ("x",))
