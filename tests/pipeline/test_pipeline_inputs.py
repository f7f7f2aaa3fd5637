"""The bad inputs 15–33 that a news monitor meets (spec `storage` §5), each through the whole
pipeline beside a good feed: a stated outcome, the good article stored, memory kept, no fault of
ours."""

from __future__ import annotations

import gzip
import resource
import zlib
from collections.abc import Iterator
from itertools import repeat
from typing import Any

import brotli
import pytest
import zstandard
from tests.pipeline.conftest import HARBOUR, HOUR, Watch, page, rss
from tests.support.site import RESET, Raw, Reply, Site, drip

from watcher.model.when import DAY

MB = 1_000_000
FLAT = b"\0" * (300 * MB)
OK = b"HTTP/1.1 200 OK\r\nContent-Type: application/rss+xml\r\n"


@pytest.fixture
def watch(watch: Watch, site: Site) -> Watch:
    watch.sections["net"]["deadline"] = "2s"
    site.routes["/feed"] = Reply(rss(site, ("/good", "Harbour strike", "Crews.")))
    site.routes["/good"] = page("Harbour strike", *HARBOUR)
    watch.feed(site.url("/feed"))
    watch.topic("harbour", "harbour")
    return watch


@pytest.fixture(autouse=True)
def memory() -> Iterator[None]:
    """Our own process grows by less than 100 MB, whatever it is sent."""
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    yield
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 100_000  # kB


def feed_of(*items: str, head: str = "") -> str:
    return f'{head}<rss version="2.0"><channel><title>Bad</title>{"".join(items)}</channel></rss>'


def item(**tags: str) -> str:
    inner = "".join(f"<{name}>{value}</{name}>" for name, value in tags.items())
    return f"<item>{inner}</item>"


def packed(coding: str, body: bytes) -> Reply:
    return Reply(body, headers={"Content-Encoding": coding}, type="application/rss+xml")


def flat(coding: str) -> Reply:
    """300 MB of nothing, small on the wire."""
    packers: dict[str, Any] = {
        "gzip": lambda: gzip.compress(FLAT, 1),
        "deflate": lambda: zlib.compress(FLAT, 1),
        "br": lambda: brotli.compress(FLAT, quality=1),
        "zstd": lambda: zstandard.compress(FLAT, 1),
    }
    return packed(coding, packers[coding]())


def endless_headers() -> Iterator[bytes]:
    yield b"HTTP/1.1 200 OK\r\n"
    for number in range(1_000_000):
        yield b"X-Filler-%d: %s\r\n" % (number, b"a" * 200)


REFUSED: dict[str, Any] = {
    "15 gzip bomb": lambda: flat("gzip"),
    "15 deflate bomb": lambda: flat("deflate"),
    "15 br bomb": lambda: flat("br"),
    "15 zstd bomb": lambda: flat("zstd"),
    "16 encoded ten times over": lambda: packed(", ".join(["gzip"] * 10), b"x" * 100),
    "17 a body without end": lambda: Raw([OK + b"\r\n", *repeat(b"<item/>" * 10_000, 400)]),
    "18 a byte now and then": lambda: drip(b"<rss>" * 100, 0.3),
    "19 headers without end": lambda: Raw(endless_headers()),
    "19 a header of 1 MB": lambda: Raw([OK + b"X-Big: " + b"a" * MB + b"\r\n\r\n<rss/>"]),
    "20 a body shorter than it says": lambda: Raw([OK + b"Content-Length: 9999\r\n\r\n<rss>"]),
    "21 an item of 50 MB": lambda: Raw(
        [OK + b"\r\n<rss><channel><item><title>", *repeat(b"word " * 10_000, 1_000)]
    ),
    "21 a hundred thousand items": lambda: feed_of(*repeat(item(title="x"), 100_000)),
    "25 taken and reset": lambda: Raw([RESET]),
    "25 no HTTP at all": lambda: Raw([b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" * 10]),
    "25 HTTP 0.9": lambda: Raw([b"<html><body>hello</body></html>"]),
    "30 an unknown charset": lambda: Reply(
        b"\x00\xff\xfe\x80" * 100, type="application/rss+xml; charset=x-nothing"
    ),
    "31 a page": lambda: "<!DOCTYPE html><html><body><h1>Log in</h1></body></html>",
    "31 a JSON feed that is ten thousand deep": lambda: Reply(
        '{"version":"https://jsonfeed.org/version/1.1","items":'
        + "[" * 10_000
        + "]" * 10_000
        + "}",
        type="application/feed+json",
    ),
}


@pytest.mark.parametrize("name", REFUSED)
def test_is_refused_with_a_code_and_a_hint(name: str, watch: Watch, site: Site) -> None:
    site.routes["/bad"] = REFUSED[name]()
    watch.feed(site.url("/bad"))

    tally = watch.once()

    assert watch.has(site.url("/good"))
    assert (tally.polls, tally.failed, tally.broken) == (2, 1, 0)
    told = next(facts for facts in watch.notes.named("poll") if "code" in facts)
    assert told["code"].startswith("WTC-")
    assert told["error"]
    assert watch.feed_row(site.url("/bad")).entries == 0


def outside(site: Site) -> str:
    return site.url("/secret")


READ: dict[str, Any] = {
    "19 a thousand cookies": lambda site: Reply(
        feed_of(item(title="Harbour", guid="1")),
        headers={"Set-Cookie": "; ".join(f"c{n}=1" for n in range(1000))},
        type="application/rss+xml",
    ),
    "20 a 206 that nobody asked for": lambda site: Reply(b"<rss", status=206),
    "20 a 200 with nothing in it": lambda site: Reply(b"", type="application/rss+xml"),
    "26 a billion laughs": lambda site: feed_of(
        item(title="&c;"),
        head='<!DOCTYPE rss [<!ENTITY a "haha"><!ENTITY b "&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;">]>',
    ),
    "26 a quadratic blow-up": lambda site: feed_of(
        item(title="&a;" * 5_000), head=f'<!DOCTYPE rss [<!ENTITY a "{"h" * 5_000}">]>'
    ),
    "27 an entity from a file": lambda site: feed_of(
        item(title="&x;"), head='<!DOCTYPE rss [<!ENTITY x SYSTEM "file:///etc/passwd">]>'
    ),
    "27 an entity from the network": lambda site: feed_of(
        item(title="&x;"), head=f'<!DOCTYPE rss [<!ENTITY x SYSTEM "{outside(site)}">]>'
    ),
    "28 a DTD from the network": lambda site: feed_of(
        item(title="x"), head=f'<!DOCTYPE rss SYSTEM "{outside(site)}">'
    ),
    "28 a parameter entity": lambda site: feed_of(
        item(title="x"), head=f'<!DOCTYPE rss [<!ENTITY % p SYSTEM "{outside(site)}"> %p;]>'
    ),
    "28 an inclusion": lambda site: feed_of(
        item(title="x"),
        f'<xi:include xmlns:xi="http://www.w3.org/2001/XInclude" href="{outside(site)}"/>',
    ),
    "29 a broken DOCTYPE": lambda site: feed_of(item(title="x"), head='<!DOCTYPE rss [<!ENTITY "'),
    "30 UTF-16 without a mark": lambda site: Reply(
        feed_of(item(title="Hafen")).encode("utf-16-le"), type="application/rss+xml"
    ),
    "30 UTF-7": lambda site: Reply(
        feed_of(item(title="+ADw-script+AD4-")), type="application/rss+xml; charset=utf-7"
    ),
    "31 NaN and a number of 400 digits": lambda site: Reply(
        '{"version":"https://jsonfeed.org/version/1.1","title":"Bad","items":[{"id":'
        + "9" * 400
        + ',"title":"x","size":NaN,"content_text":"x"}]}',
        type="application/feed+json",
    ),
}


@pytest.mark.parametrize("name", READ)
def test_is_read_as_far_as_it_goes_and_reaches_for_nothing(
    name: str, watch: Watch, site: Site
) -> None:
    site.routes["/bad"] = READ[name](site)
    watch.feed(site.url("/bad"))

    tally = watch.once()

    assert watch.has(site.url("/good"))
    assert (tally.polls, tally.broken) == (2, 0)
    assert "/secret" not in [seen.path for seen in site.requests]
    texts = [one.text.title + one.text.body for one in watch.articles]
    assert not any("root:" in text or len(text) > 100_000 for text in texts)
    assert all("<script" not in text for text in texts)


# 22, 23: pages

PAGES: dict[str, Any] = {
    "22 fifty thousand deep": lambda: "<html><body>" + "<div>" * 50_000 + "deep",
    "23 a title of 100 kB": lambda: page("a" * 100_000, *HARBOUR),
    "23 a paragraph made to stall": lambda: page("T", "a" * 100_000 + "!", "By " + "a " * 50_000),
    "23 tags without end": lambda: page("T", "<b" * 50_000, *HARBOUR),
    "23 blanks without end": lambda: page("T", "By" + " " * 100_000 + "–" + "\u00a0" * 100_000),
}


@pytest.mark.parametrize("name", PAGES)
def test_a_page_that_stalls_readers_leaves_an_article(name: str, watch: Watch, site: Site) -> None:
    site.routes["/bad"] = Reply(rss(site, ("/page", "The page", "Only the feed's words.")))
    site.routes["/page"] = PAGES[name]()
    watch.feed(site.url("/bad"))

    tally = watch.once()
    watch.once(HOUR)

    assert tally.broken == 0
    assert watch.has(site.url("/good"))
    assert watch.has(site.url("/page"))


# 24: publishers' wishes

WAITS = {
    "ten years": ("315360000", 7 * DAY),
    "less than nothing": ("-5", DAY),
    "words": ("soon, please", DAY),
    "a date long gone": ("Mon, 01 Jan 1990 00:00:00 GMT", DAY),
    "a date far off": ("Mon, 01 Jan 2190 00:00:00 GMT", 7 * DAY),
}


@pytest.mark.parametrize("status", [429, 503])
@pytest.mark.parametrize("name", WAITS)
def test_24_a_wish_to_wait_is_kept_within_reason(
    name: str, status: int, watch: Watch, site: Site
) -> None:
    said, most = WAITS[name]
    with Site({"/bad": Reply(status=status, headers={"Retry-After": said})}) as other:
        watch.feed(other.url("/bad"))
        watch.once()
        row = watch.feed_row(other.url("/bad"))
    assert row.next_due is not None
    assert row.last_poll is not None
    assert 0 < row.next_due - row.last_poll <= most
    assert watch.has(site.url("/good"))


# 32: dates

DATES = [
    "Sat, 01 Jan 0000 00:00:00 GMT",
    "Fri, 31 Dec 9999 23:59:59 GMT",
    "Thu, 32 Dec 2026 10:00:00 GMT",
    "Wed, 11 Mar 2650 10:00:00 GMT",
    "99999999999999999999",
    "-1",
    "yesterday",
    "2026-13-45T25:61:61+99:99",
]


def test_32_impossible_dates_overflow_nothing_and_storm_nobody(watch: Watch, site: Site) -> None:
    items = [item(title=f"Harbour {n}", guid=f"d{n}", pubDate=said) for n, said in enumerate(DATES)]
    site.routes["/bad"] = Reply(feed_of(*items), type="application/rss+xml")
    watch.feed(site.url("/bad"))

    tally = watch.once()

    assert (tally.failed, tally.broken) == (0, 0)
    assert len(watch.articles) == 1 + len(DATES)
    keys = [one.key for one in watch.articles]
    assert keys == sorted(keys, reverse=True)
    raised = [one for one in watch.alerts if one.decision == "raised"]
    assert len(raised) <= 3  # the good one, the newest undated, and at most the one from 9999


# 33: identities


def feed_with(site: Site, guid: str) -> Reply:
    items = [
        f"<item><title>Harbour {n}</title><link>{site.url(f'/n{n}')}</link>"
        f"<pubDate>Tue, 10 Mar 2026 11:00:00 GMT</pubDate>{guid.format(n=n)}</item>"
        for n in range(3)
    ]
    return Reply(feed_of(*items), type="application/rss+xml")


GUIDS = {
    "missing": ("", ""),
    "the same for all": ("<guid isPermaLink='false'>1</guid>",) * 2,
    "another at each poll": (
        "<guid isPermaLink='false'>a{n}</guid>",
        "<guid isPermaLink='false'>b{n}</guid>",
    ),
    "of a megabyte": (f"<guid isPermaLink='false'>{'g' * MB}{{n}}</guid>",) * 2,
}


@pytest.mark.parametrize("name", GUIDS)
def test_33_identities_that_publishers_break_tell_nobody_twice(
    name: str, watch: Watch, site: Site
) -> None:
    first, second = GUIDS[name]
    for n in range(3):
        words = [f"{part} ({n})" for part in HARBOUR]
        site.routes[f"/n{n}"] = page(f"Harbour {n}", *words[n:], *words[:n])
    site.routes["/bad"] = feed_with(site, first)
    watch.feed(site.url("/bad"))
    watch.once()
    told = len(watch.alerts)
    stored = {one.article: one.text.title for one in watch.articles}

    site.routes["/bad"] = feed_with(site, second)
    tally = watch.once(3 * HOUR)

    assert tally.broken == 0
    assert {one.article: one.text.title for one in watch.articles} == stored
    assert len(watch.alerts) == told
