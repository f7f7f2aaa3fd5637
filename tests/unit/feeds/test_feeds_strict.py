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
        (b'<?xml version="1.0" encoding="utf-7"?>' + rss(""), "utf-7"),
        (b'<?xml version="1.0" encoding="cp037"?>' + rss(""), "cp037"),
        (b'<?xml version="1.0" encoding="gbk"?>' + rss("") + b"<!--\xff-->", "not written in gbk"),
        (rss("<item><title>a &b c</title></item>"), "not well-formed"),
        (rss("") + b"<item/>", "junk"),
        (rss("") + b"<title>x</title>", "junk"),
        (rss("<foo><link>x</link></foo>"), "<link> stands in <foo>"),
    ],
)
def test_what_is_not_on_the_list_is_declined_with_its_reason(body: bytes, reason: str) -> None:
    read = read_strict(body, URL, {})
    assert isinstance(read, Declined)
    assert reason in read.reason


def test_a_charset_of_the_server_that_is_not_the_documents_is_declined() -> None:
    body = b'<?xml version="1.0" encoding="iso-8859-1"?>' + rss("")
    read = read_strict(body, URL, {"content-type": "text/xml; charset=windows-1251"})
    assert isinstance(read, Declined)
    assert read.reason == "it is served as windows-1251 and written in iso-8859-1"


XML = '<?xml version="1.0" encoding="{}"?>'
NEWS = (
    "<item><title>{0} &amp;amp; {0}</title><guid>g1</guid><link>https://a.example/1?a=1&amp;b=2</link>"
    "<pubDate>Tue, 10 Mar 2026 10:00:00 GMT</pubDate><description>{0} &lt;b&gt;{0}&lt;/b&gt;"
    "</description><author>{0}</author></item>"
)


def written(text: str, encoding: str, declared: bool = True, slip: str = "") -> bytes:
    head = XML.format(encoding) if declared else ""
    return rss(slip + NEWS.format(text), head).decode().encode(encoding)


SLIPS = {
    "bare ampersand": (rss(NEWS.format("A & B &\n")), ""),
    "unknown entity": (rss(NEWS.format("a&colon; &nope; b")), ""),
    "entity of HTML": (rss(NEWS.format("caf&eacute; &mdash; x")), ""),
    "entity in CDATA": (rss("<item><title><![CDATA[&eacute;]]> &eacute;</title></item>"), ""),
    "control": (rss(NEWS.format("a\x08b")), ""),
    "script after the end": (rss(NEWS.format("a")) + b"\n<script src='x'></script>\n", ""),
    "latin": (written("Größe", "iso-8859-1"), ""),
    "latin of Windows": (written("“Größe”", "windows-1252"), ""),
    "latin that is UTF-8": (written("Größe", "utf-8").replace(b"utf-8", b"iso-8859-1"), ""),
    "turkish": (written("Şişli", "iso-8859-9"), ""),
    "cyrillic": (written("Паром", "windows-1251"), ""),
    "russian": (written("Паром", "koi8-r"), ""),
    "chinese": (written("渡轮停航", "gb2312"), ""),
    "big5": (written("渡輪停航", "big5"), ""),
    "japanese": (written("フェリー欠航", "shift_jis"), ""),
    "korean": (written("여객선 결항", "euc-kr"), ""),
    "served": (written("Паром", "windows-1251", declared=False), "text/xml; charset=windows-1251"),
    "served and declared": (written("Паром", "koi8-r"), "application/xml; charset=KOI8-R"),
    "declared otherwise": (
        written("Паром", "utf-8").replace(b"utf-8", b"koi8-r"), "text/xml; charset=utf-8",
    ),
    "wide": (written("Größe", "utf-16"), ""),
}  # fmt: skip


@pytest.mark.parametrize("name", SLIPS)
def test_slips_that_leave_no_doubt_are_read_by_both_readers_alike(name: str) -> None:
    body, kind = SLIPS[name]
    headers = {"content-type": kind} if kind else {}
    ours, theirs = read_strict(body, URL, headers), read_loose(body, URL, headers)
    assert isinstance(ours, ParsedFeed), ours
    assert isinstance(theirs, ParsedFeed)
    (a,), (b,) = ours.entries, theirs.entries
    assert (a.id, a.url, a.title, a.published) == (b.id, b.url, b.title, b.published)
    assert (entry_text(a), a.authors) == (entry_text(b), b.authors)
    told = {problem.code for problem in ours.problems} & {"WTC-FEED-101", "WTC-FEED-106"}
    assert told <= {problem.code for problem in theirs.problems}


def test_bytes_that_call_themselves_wide_and_are_not_are_read_as_utf_8() -> None:
    """feedparser takes them for Chinese where their number is even."""
    body = written("Größe", "utf-8").replace(b"utf-8", b"utf-16")
    read = read_strict(body, URL, {})
    assert isinstance(read, ParsedFeed)
    assert read.entries[0].title == "Größe & Größe"
    assert [problem.code for problem in read.problems] == ["WTC-FEED-106"]


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
    assert declined <= 2
    assert {name: n for name, n in differ.items() if n} in ({}, {"text": differ["text"]})
    assert differ["text"] <= total // 1000
