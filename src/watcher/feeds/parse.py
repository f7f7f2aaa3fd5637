"""A feed's bytes to records, by the reader that fits: JSON Feed by ours, well-made XML by our
strict one, and whatever that declines by feedparser (spec `polling` §2)."""

from __future__ import annotations

from collections.abc import Mapping

from watcher.feeds.jsonfeed import looks_like_json, parse_jsonfeed
from watcher.feeds.notfeed import explain
from watcher.feeds.strict import Declined, read_strict
from watcher.model.feed import ParsedFeed, ParseFailed


def parse_feed(body: bytes, url: str, headers: Mapping[str, str]) -> ParsedFeed | ParseFailed:
    """Reads `body` as served from `url` (the final one) with `headers` (names in lower case).

    Never opens anything, and never raises for what is in the body, but takes as long as it takes:
    call it in a worker.
    """
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
    return read_strict(body, url, headers)


def parse_feedparser(body: bytes, url: str, headers: Mapping[str, str]) -> ParsedFeed | ParseFailed:
    """What feedparser makes of it. Imported late: most feeds, and most commands, need it never."""
    from watcher.feeds.loose import read_loose

    return read_loose(body, url, headers)
