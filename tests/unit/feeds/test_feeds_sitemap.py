"""Sitemaps as feeds: news, plain, indexes, packed, broken and hostile. The sentences are ours."""

from __future__ import annotations

import gzip

import pytest
from hypothesis import given
from hypothesis import strategies as st

from watcher.feeds.parse import parse_feed, read_bounded
from watcher.feeds.sitemap import MAX_BODY, MAX_ENTRIES, looks_like_sitemap, parse_sitemap
from watcher.feeds.strict import Declined
from watcher.model.feed import Child, ParsedFeed, ParseFailed

BASE = "https://news.example.org/news-sitemap.xml"
NS = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'
NEWS = 'xmlns:n="http://www.google.com/schemas/sitemap-news/0.9"'


def article(path: str, title: str, when: str, lang: str = "en") -> str:
    return (
        f"<url><loc>https://news.example.org{path}</loc><n:news>"
        f"<n:publication><n:name>The Quay</n:name><n:language>{lang}</n:language></n:publication>"
        f"<n:publication_date>{when}</n:publication_date><n:title>{title}</n:title></n:news></url>"
    )


def urlset(*items: str) -> bytes:
    return f'<?xml version="1.0"?><urlset {NS} {NEWS}>{"".join(items)}</urlset>'.encode()


def index(*items: str) -> bytes:
    return f"<sitemapindex {NS}>{''.join(items)}</sitemapindex>".encode()


def read(body: bytes, url: str = BASE) -> ParsedFeed:
    found = parse_feed(body, url, {})
    assert isinstance(found, ParsedFeed), found
    return found


def failed(body: bytes) -> ParseFailed:
    found = parse_feed(body, BASE, {})
    assert isinstance(found, ParseFailed), found
    return found


def test_a_news_sitemap_is_a_feed_with_titles_times_and_languages() -> None:
    feed = read(
        urlset(
            article("/pier", "Pier &amp; crane", "2026-03-10T10:00:00+01:00"),
            article("/fa", "بندر دوباره باز شد", "2026-03-10T11:00:00+01:00", "fa"),
        )
    )
    assert (feed.kind, feed.title, feed.language) == ("sitemap-news", "The Quay", "fa")
    newest, older = feed.entries
    assert (newest.title, newest.language) == ("بندر دوباره باز شد", "fa")
    assert older.id == older.url == "https://news.example.org/pier"
    assert older.title == "Pier & crane"
    assert older.published is not None
    assert older.published.text == "2026-03-10T10:00:00+01:00"
    assert ("title", "news:title") in older.origins


def test_of_a_mixed_sitemap_only_the_news_are_entries() -> None:
    plain = "<url><loc>https://news.example.org/about</loc></url>"
    assert len(read(urlset(plain, article("/a", "One", "2026-03-10"))).entries) == 1


def test_a_plain_sitemap_has_the_last_change_and_no_date_of_publication() -> None:
    feed = read(
        urlset(
            "<url><loc>/old</loc><lastmod>2020-01-02</lastmod></url>"
            "<url><loc>/new</loc><lastmod>2026-03-09T08:00Z</lastmod></url><url><loc/></url>"
        )
    )
    assert feed.kind == "sitemap"
    assert [one.url for one in feed.entries] == [
        "https://news.example.org/new",
        "https://news.example.org/old",
    ]
    assert [one.published for one in feed.entries] == [None, None]
    assert [one.updated and one.updated.text for one in feed.entries] == [
        "2026-03-09T08:00:00Z",
        "2020-01-02",
    ]


def test_an_index_tells_its_children_and_has_no_entries() -> None:
    feed = parse_sitemap(
        index(
            "<sitemap><loc>https://news.example.org/1.xml</loc>"
            "<lastmod>1970-01-02T00:00:00Z</lastmod></sitemap>",
            "<sitemap><loc>https://news.example.org/2.xml.gz</loc></sitemap>",
        ),
        BASE,
        {},
    )
    assert isinstance(feed, ParsedFeed)
    assert (feed.kind, feed.entries) == ("sitemap-index", ())
    assert feed.children == (
        Child("https://news.example.org/1.xml", 86_400_000_000),
        Child("https://news.example.org/2.xml.gz", None),
    )


def test_of_a_huge_sitemap_the_newest_are_taken_and_that_is_told() -> None:
    items = [
        f"<url><loc>/{n}</loc><lastmod>{2000 + n // 365:04}-01-01</lastmod></url>"
        for n in range(MAX_ENTRIES + 365)
    ]
    feed = read(urlset(*items))
    assert len(feed.entries) == MAX_ENTRIES
    assert "https://news.example.org/3" not in {one.url for one in feed.entries}
    assert [one.code for one in feed.problems] == ["WTC-FEED-108"]


def test_a_packed_sitemap_is_unpacked_by_a_worker_and_never_in_process() -> None:
    packed = gzip.compress(urlset(article("/a", "One", "2026-03-10")))
    assert len(read(packed).entries) == 1
    assert isinstance(read_bounded(packed, BASE, {}), Declined)


def test_a_packed_file_that_unpacks_to_too_much_or_is_cut_off_or_broken_is_refused() -> None:
    whole = gzip.compress(urlset(article("/a", "One", "2026-03-10")))
    assert failed(gzip.compress(b" " * (MAX_BODY + 1))).code == "WTC-FEED-004"
    assert "cut off" in failed(whole[:-20]).message
    assert "broken" in failed(b"\x1f\x8bnot really").message


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (f"<urlset {NS}>".encode() + b"<a>" * 300, "WTC-FEED-004"),
        (b"<urlset " + b" ".join(b'a%d=""' % n for n in range(1_001)) + b"/>", "WTC-FEED-004"),
        (f"<urlset {NS}><url><loc>/a</loc>".encode(), "WTC-FEED-006"),
    ],
)
def test_a_sitemap_over_the_limits_or_cut_off_is_refused(body: bytes, code: str) -> None:
    assert failed(body).code == code


def test_a_doctype_is_refused_and_nothing_of_it_is_expanded() -> None:
    bomb = b'<!DOCTYPE urlset [<!ENTITY a "aaaa">]><urlset><url><loc>/&a;</loc></url></urlset>'
    assert "DOCTYPE" in failed(bomb).message


def test_a_feed_that_speaks_of_sitemaps_is_still_a_feed() -> None:
    body = (
        b'<rss version="2.0"><channel><title>&lt;urlset&gt; <![CDATA[<urlset >]]></title>'
        b"<link>https://news.example.org/</link><description>d</description></channel></rss>"
    )
    assert read(body).kind == "rss20"


@pytest.mark.parametrize("prolog", [b" ", b"<!---->", b"<?a?>", b"<!DOCTYPE a>", b"<!DOCTYPE a[]>"])
def test_a_prolog_without_end_is_looked_at_once(prolog: bytes) -> None:
    assert not looks_like_sitemap(prolog * 4_000)
    assert looks_like_sitemap(prolog * 20 + b"<urlset>")


def test_an_empty_sitemap_is_a_feed_without_entries() -> None:
    assert read(urlset()).entries == ()


@given(st.text(max_size=80), st.text(max_size=20))
def test_whatever_stands_in_it_nothing_is_raised(text: str, tag: str) -> None:
    body = f"<urlset {NS}><url><loc>{text}</loc><{tag}></url></urlset>".encode("utf-8", "replace")
    assert isinstance(parse_feed(body, BASE, {}), ParsedFeed | ParseFailed)
