"""A feed's bytes to records, by the reader that fits: JSON Feed and sitemaps by ours, well-made
XML by our strict one, and whatever that declines by feedparser (spec `polling` §2)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from watcher.feeds.jsonfeed import looks_like_json, parse_jsonfeed
from watcher.feeds.notfeed import explain
from watcher.feeds.plain import entry_text, quick_text
from watcher.feeds.sitemap import is_packed, looks_like_sitemap, parse_sitemap, unpacked
from watcher.feeds.strict import Declined, read_strict
from watcher.model.feed import ParsedEntry, ParsedFeed, ParseFailed

BOUNDED = 1 << 20  # bytes of a body that `read_bounded` may be given outside a worker


def parse_feed(body: bytes, url: str, headers: Mapping[str, str]) -> ParsedFeed | ParseFailed:
    """Reads `body` as served from `url` (the final one) with `headers` (names in lower case).

    Never opens anything, and never raises for what is in the body, but takes as long as it takes:
    call it in a worker.
    """
    opened = unpacked(body)
    if isinstance(opened, ParseFailed):
        return opened
    body = opened
    read = read_bounded(body, url, headers)
    return parse_feedparser(body, url, headers) if isinstance(read, Declined) else read


def read_bounded(
    body: bytes, url: str, headers: Mapping[str, str]
) -> ParsedFeed | ParseFailed | Declined:
    """What our own readers make of it, in time and memory bounded by the size of `body`."""
    if looks_like_json(body):
        return parse_jsonfeed(body, url, headers)
    if not body.strip():
        return explain(body, url, headers)
    if looks_like_sitemap(body):
        return parse_sitemap(body, url, headers)
    if is_packed(body):
        return Declined("it is a packed file")
    return read_strict(body, url, headers)


def parse_whole(body: bytes, url: str, headers: Mapping[str, str]) -> ParsedFeed | ParseFailed:
    """`parse_feed` with the text of every entry: a worker's job."""
    read = parse_feed(body, url, headers)
    return read if isinstance(read, ParseFailed) else _with(read, map(entry_text, read.entries))


def parse_bounded(
    body: bytes, url: str, headers: Mapping[str, str]
) -> ParsedFeed | ParseFailed | Declined:
    """`read_bounded` with the texts that are bounded alike; the others' stay None."""
    read = read_bounded(body, url, headers)
    return _with(read, map(quick_text, read.entries)) if isinstance(read, ParsedFeed) else read


def textless(feed: ParsedFeed) -> tuple[ParsedEntry, ...]:
    return tuple(entry for entry in feed.entries if entry.text is None)


def with_texts(feed: ParsedFeed, texts: Iterable[str]) -> ParsedFeed:
    """`texts` are those of the entries that have none, in order."""
    rest = iter(texts)
    return _with(feed, (next(rest) if one.text is None else one.text for one in feed.entries))


def _with(feed: ParsedFeed, texts: Iterable[str | None]) -> ParsedFeed:
    pairs = zip(feed.entries, texts, strict=True)
    return replace(feed, entries=tuple(replace(entry, text=text) for entry, text in pairs))


def parse_feedparser(body: bytes, url: str, headers: Mapping[str, str]) -> ParsedFeed | ParseFailed:
    """What feedparser makes of it. Imported late: most feeds, and most commands, need it never."""
    from watcher.feeds.loose import read_loose

    return read_loose(body, url, headers)
