"""Our strict reader gives what feedparser's reading gives, or declines."""

from __future__ import annotations

import gzip
import os
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from watcher.feeds.loose import read_loose
from watcher.feeds.plain import entry_text
from watcher.feeds.strict import Declined, read_strict
from watcher.model.feed import ParsedFeed, ParseFailed

CORPORA = os.environ.get("WATCHER_CORPORA")
URL = "https://feed.example/rss"


def rss(inner: str, head: str = "") -> bytes:
    return f'{head}<rss version="2.0"><channel><title>T</title>{inner}</channel></rss>'.encode()


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"<rss><channel>", "not well-formed"),
        (rss("", '<!DOCTYPE rss SYSTEM "x.dtd">'), "DOCTYPE"),
        (b"<html><body/></html>", "root is <html>"),
        (rss("<item><title>a <b>c</b></title></item>"), "markup inside <title>"),
        (rss("<x>" * 300 + "</x>" * 300), "nested deeper"),
        (rss("<item/>" * 20_001), "more than 20000 items"),
        (b'<?xml version="1.0" encoding="iso-8859-1"?>' + rss(""), "iso-8859-1"),
        (rss("<foo><link>x</link></foo>"), "<link> stands in <foo>"),
    ],
)
def test_what_is_not_on_the_list_is_declined_with_its_reason(body: bytes, reason: str) -> None:
    read = read_strict(body, URL, {})
    assert isinstance(read, Declined)
    assert reason in read.reason


def test_a_charset_of_the_server_that_is_another_is_declined() -> None:
    read = read_strict(rss(""), URL, {"content-type": "text/xml; charset=windows-1251"})
    assert isinstance(read, Declined)


def test_a_description_is_not_overwritten_by_that_of_a_picture() -> None:
    body = (
        b'<rss version="2.0" xmlns:media="http://search.yahoo.com/mrss/"><channel><item>'
        b"<description>The harbour is shut.</description>"
        b"<media:content><media:description>A crane.</media:description></media:content>"
        b"</item></channel></rss>"
    )
    read = read_strict(body, URL, {})
    assert isinstance(read, ParsedFeed)
    assert read.entries[0].summary == "The harbour is shut."


@given(st.binary(max_size=300), st.sampled_from([b"", b"<rss><channel>", b"<feed>", b"\xff\xfe"]))
def test_no_bytes_make_it_raise(body: bytes, start: bytes) -> None:
    assert isinstance(read_strict(start + body, URL, {}), Declined | ParsedFeed)


words = st.text(
    st.characters(blacklist_categories=("Cs", "Cc"), blacklist_characters="<>&\ufffe\uffff"),
    max_size=12,
)


@given(st.lists(st.tuples(words, words, st.integers(0, 99)), max_size=6))
def test_generated_feeds_read_alike(items: list[tuple[str, str, int]]) -> None:
    inner = "".join(
        f"<item><title>{title}</title><description>&lt;p&gt;{text}&lt;/p&gt;</description>"
        f'<guid isPermaLink="false">g{n}</guid><link>https://a.example/{n}</link>'
        "<pubDate>Tue, 10 Mar 2026 10:00:00 GMT</pubDate></item>"
        for title, text, n in items
    )
    ours, theirs = read_strict(rss(inner), URL, {}), read_loose(rss(inner), URL, {})
    assert isinstance(ours, ParsedFeed)
    assert isinstance(theirs, ParsedFeed)
    for a, b in zip(ours.entries, theirs.entries, strict=True):
        assert (a.id, a.url, a.title, a.published) == (b.id, b.url, b.title, b.published)
        assert entry_text(a) == entry_text(b)


@pytest.mark.corpora
@pytest.mark.slow
@pytest.mark.skipif(CORPORA is None, reason="needs WATCHER_CORPORA")
def test_real_feeds_read_alike_by_both_readers() -> None:
    """The texts that differ are feedparser's media:description in place of the description."""
    differ: Counter[str] = Counter()
    total = declined = 0
    for path in sorted((Path(CORPORA or "") / "feeds" / "real").glob("*.gz")):
        body = gzip.decompress(path.read_bytes())
        ours, theirs = read_strict(body, URL, {}), read_loose(body, URL, {})
        if isinstance(ours, Declined) or isinstance(theirs, ParseFailed):
            declined += 1
            continue
        assert len(ours.entries) == len(theirs.entries), path.name
        for a, b in zip(ours.entries, theirs.entries, strict=True):
            total += 1
            for name in ("id", "url", "title", "published", "updated", "authors"):
                differ[name] += getattr(a, name) != getattr(b, name)
            differ["text"] += entry_text(a) != entry_text(b)
    assert declined <= 12
    assert {name: n for name, n in differ.items() if n} in ({}, {"text": differ["text"]})
    assert differ["text"] <= total // 1000
