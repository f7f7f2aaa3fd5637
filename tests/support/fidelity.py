"""Our reading of a feed beside feedparser's with its defaults (spec `polling` §2.2, G2)."""

from __future__ import annotations

import calendar
import html
import io
import re
from collections import Counter
from collections.abc import Mapping
from typing import Any
from urllib.parse import urljoin

import feedparser

from watcher.model.feed import ParsedEntry, ParsedFeed

URL = "https://feed.example/"
FIELDS = ("id", "title", "link", "published")

# Files whose entries differ in number, and why.
REVIEWED = {
    "d4b7ab74da763119.xml.gz": "JSON Feed, which feedparser does not read",
}
_TAG = re.compile(r"<[^>]*>")
_YEAR_1 = -62_135_596_800


def theirs(body: bytes) -> Any:
    """What feedparser makes of it, as of something served from `URL`."""
    return feedparser.parse(io.BytesIO(body), response_headers={"content-location": URL})


def differences(ours: ParsedFeed, entries: list[Mapping[str, Any]]) -> Counter[str]:
    """How often a field that feedparser found was read (`id`) and was another (`id differs`), over
    entries in the same order."""
    counts: Counter[str] = Counter()
    for mine, other in zip(ours.entries, entries, strict=True):
        for field in FIELDS:
            pair = _pair(field, mine, other)
            if pair is not None:
                counts[field] += 1
                counts[f"{field} differs"] += pair[0] != pair[1]
    return counts


def _pair(field: str, mine: ParsedEntry, other: Mapping[str, Any]) -> tuple[Any, Any] | None:
    stated = dict.get(other, field)  # feedparser's own look-up answers one field with another
    if field == "published":
        return _moments(mine, dict.get(other, "published_parsed"))
    if not stated:
        return None
    if field == "title":
        return _letters(mine.title), _letters(stated)
    if field == "link":
        return mine.url, stated
    # An id is kept as it is stated; feedparser makes addresses of some.
    joined = urljoin(URL, mine.id or "")
    return (joined if joined == stated else mine.id), stated


def _moments(mine: ParsedEntry, parsed: Any) -> tuple[Any, Any] | None:
    if parsed is None:
        return None
    moment = calendar.timegm(parsed)
    if moment == _YEAR_1:  # what some programs write for no date at all
        return None
    return mine.published and mine.published.at // 1_000_000, moment


def _letters(text: str) -> str:
    """Without tags, entities and white space."""
    bare = html.unescape(html.unescape(_TAG.sub("", text)))
    return "".join(bare.split())
