"""The limits that stand before feedparser (spec `polling` §2.3). What passes them and still takes
too long is ended by the worker (tests of `workers`)."""

import pytest

from watcher.feeds.parse import parse_feed
from watcher.feeds.prescan import MAX_DEPTH, MAX_ITEMS, scan
from watcher.model.feed import ParsedFeed, ParseFailed

ATTRIBUTES = b" ".join(b'a%d="1"' % n for n in range(100_000))
NAMESPACES = b"".join(b'<a xmlns:n%d="u%d"/>' % (n, n) for n in range(50_000))
ENTITIES = b"".join(b'<!ENTITY %c "%s">' % (98 + n, b"&%c;" % (97 + n) * 10) for n in range(9))


def rss(inside, doctype=b""):
    return doctype + b'<rss version="2.0"><channel><title>t</title>' + inside + b"</channel></rss>"


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (rss(b"<item " + ATTRIBUTES + b"/>"), "attributes"),
        (rss(b"& <item " + ATTRIBUTES + b"/>"), "attributes"),
        (rss(NAMESPACES), "namespace"),
        (rss(b"<a>" * 200_000), "deeper"),
        (rss(b"<item/>" * 50_000), "items"),
        (rss(b"<x:entry xmlns:x='u'/>" * 900 + b"<entry/>" * 20_001), "items"),
    ],
    ids=["attributes", "attributes-broken", "namespaces", "depth", "items", "entries"],
)
@pytest.mark.timeout(3)
def test_a_bomb_is_refused_with_its_limit(body, words):
    found = parse_feed(body, "https://a.example/", {})
    assert isinstance(found, ParseFailed)
    assert (found.code, words in found.message, bool(found.hint)) == ("WTC-FEED-004", True, True)


@pytest.mark.parametrize(
    "body",
    [
        rss(b"<item/>" * MAX_ITEMS),
        b"<a>" * MAX_DEPTH + b"</a>" * MAX_DEPTH,
        rss(b"<item " + b" ".join(b'a%d="1"' % n for n in range(1_000)) + b"/>"),
        rss(
            b"<item><description><![CDATA[<img src='data:,"
            + b"x" * 90_000
            + b"'>]]></description>&"
        ),
    ],
)
def test_a_feed_at_the_limits_passes(body):
    assert scan(body) is None


@pytest.mark.parametrize(
    "doctype",
    [
        b'<!DOCTYPE r [<!ENTITY a "aaaaaaaaaa">' + ENTITIES + b"]>",
        b'<!DOCTYPE r [<!ENTITY j "' + b"a" * 100_000 + b'">]>',
        b'<!DOCTYPE r [<!ENTITY j SYSTEM "file:///etc/passwd">]>',
        b'<!DOCTYPE r [<!ENTITY j SYSTEM "http://127.0.0.1:9/">]>',
    ],
    ids=["laughs", "quadratic", "file", "http"],
)
@pytest.mark.timeout(3)
def test_entities_are_neither_expanded_nor_fetched(doctype):
    body = rss(b"<item><title>x" + b"&j;" * 1000 + b"</title></item>", doctype)
    found = parse_feed(body, "https://a.example/", {})
    assert isinstance(found, ParsedFeed)
    assert found.entries[0].title == "x" + "&j;" * 1000


@pytest.mark.parametrize(
    "body",
    [
        rss(b"<![CDATA[" * 30_000),
        rss(b"<item><title><![CDATA[" * 30_000),
        b"<rss>" + b"<!--" * 300_000,
        b"<rss>" + b"<?x " * 300_000,
        b"<!DOCTYPE x [" + b"<!ENTITY " * 200_000,
        rss(b"<item><pubDate>" + b"1" * 100_000 + b"</pubDate></item>"),
        rss(b"<item><guid>" + b"g" * 1_000_000 + b"</guid></item>"),
        rss(b"<item><title>" + b"&lt;a " * 200_000 + b"</title></item>"),
    ],
    ids=["cdata", "title", "comments", "instructions", "doctype", "date", "guid", "tags"],
)
@pytest.mark.timeout(3)
def test_an_odd_body_is_read_or_refused_but_never_stalls(body):
    assert isinstance(parse_feed(body, "https://a.example/", {}), ParsedFeed | ParseFailed)


def test_utf_7_hides_no_markup():
    body = b"<rss version='2.0'><channel><item><title>+ADw-b+AD4-x</title></item></channel></rss>"
    headers = {"content-type": "application/rss+xml; charset=utf-7"}
    read = parse_feed(body, "https://a.example/feed", headers)
    assert [entry.title for entry in read.entries] == ["+ADw-b+AD4-x"]
