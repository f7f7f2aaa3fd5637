"""Sitemaps as feeds (sitemaps.org 0.9, and schemas/sitemap-news/0.9): news sitemaps, plain ones
with the time of each page's last change, and indexes of either (spec `polling` §7).

Read on expat, as strictly bounded as `feeds.strict`: no DOCTYPE, depth, attributes, namespaces and
addresses limited, so that it may run in process.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from xml.parsers import expat

from watcher.feeds import build, plain
from watcher.feeds.prescan import (
    MAX_DEPTH,
    OverLimitError,
    check_attributes,
    check_namespaces,
    refused,
    too_deep,
)
from watcher.model.feed import Child, ParsedEntry, ParsedFeed, ParseFailed, Problem
from watcher.model.when import Micros
from watcher.text.dates import parse_date

READER = "sitemap-1"
MAX_URLS = 50_000  # of one document (sitemaps.org, "Sitemap file limits")
MAX_ENTRIES = 1_000  # taken of it, the newest: what a news sitemap may hold
MAX_BODY = 10 << 20  # bytes, unpacked (spec `polling` §5, check 55)

_GZIP = b"\x1f\x8b"
# Possessive throughout: hostile prologs must not make it go back and try again.
_ROOT = re.compile(
    rb"(?:\xef\xbb\xbf)?+"
    rb"(?>\s++|<\?[^<>]*+>|<!--.*?-->|<!DOCTYPE[^<>\[]*+(?:\[.*?\]\s*+)?+>)*+"
    rb"<(?:[A-Za-z_][\w.-]{0,30}:)?(?:urlset|sitemapindex)[\s>/]",
    re.S,
)
_NEWS = "/schemas/sitemap-news/"
_ITEMS = {"urlset": "url", "sitemapindex": "sitemap"}
_OF_ITEM = frozenset({"loc", "lastmod"})
_OF_NEWS = frozenset({"title", "publication_date", "keywords", "language"})
NOT_FOLLOWED = "an index of sitemaps within another: only one level is followed"
_HINT = "Ask the publisher to repair the sitemap."


@dataclass(slots=True)
class _Reading:
    """expat's events to one mapping for each address: `loc`, `lastmod`, and what is said of news
    (`title`, `publication_date`, `keywords`, `language`, and `news`, the outlet's name)."""

    root: str = ""
    items: list[dict[str, str]] = field(default_factory=list)
    _item: dict[str, str] | None = None
    _stack: list[str] = field(default_factory=list)
    _pieces: list[str] = field(default_factory=list)
    _namespaces: int = 0

    def read(self, body: bytes) -> None:
        parser = expat.ParserCreate(namespace_separator=" ")
        parser.buffer_text = True
        parser.ordered_attributes = True
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._pieces.append
        parser.StartNamespaceDeclHandler = self._namespace
        parser.StartDoctypeDeclHandler = self._doctype
        parser.Parse(body, True)

    def _doctype(self, *_: object) -> None:
        raise OverLimitError("it has a DOCTYPE")

    def _namespace(self, *_: object) -> None:
        self._namespaces += 1
        check_namespaces(self._namespaces)

    def _start(self, name: str, attributes: list[str]) -> None:
        if len(self._stack) >= MAX_DEPTH:
            raise too_deep()
        check_attributes(attributes)
        uri, _, local = name.rpartition(" ")
        local = local.lower()
        self._stack.append(f"news:{local}" if _NEWS in uri else local)
        self._pieces.clear()
        if len(self._stack) == 1:
            self.root = local
        elif len(self._stack) == 2 and local == _ITEMS.get(self.root):
            if len(self.items) >= MAX_URLS:
                raise OverLimitError(f"there are more than {MAX_URLS} addresses")
            self._item = {}
            self.items.append(self._item)

    def _end(self, _name: str) -> None:
        name, depth = self._stack.pop(), len(self._stack) + 1
        text = "".join(self._pieces).strip()
        self._pieces.clear()
        item = self._item
        if item is None or not text:
            return
        if depth == 3 and name in _OF_ITEM:
            item.setdefault(name, text)
        elif name == "news:name":
            item.setdefault("outlet", text)
        elif name.startswith("news:") and name[5:] in _OF_NEWS:
            item.setdefault(name[5:], text)


def looks_like_sitemap(body: bytes) -> bool:
    """Whether its root is one of the two, after at most 4 kB of prolog."""
    head = body[:4096]
    if head[:2] in {b"\xff\xfe", b"\xfe\xff"}:  # UTF-16
        head = head[2:].replace(b"\0", b"")
    return _ROOT.match(head) is not None


def is_packed(body: bytes) -> bool:
    """Whether `body` is a gzip file (`.xml.gz`)."""
    return body[:2] == _GZIP


def unpacked(body: bytes) -> bytes | ParseFailed:
    """`body` as it is, or what a gzip file holds, within `MAX_BODY`."""
    if not is_packed(body):
        return body
    opened = zlib.decompressobj(31)
    try:
        whole = opened.decompress(body, MAX_BODY + 1)
    except zlib.error as error:
        return ParseFailed("WTC-FEED-007", f"the packed file is broken: {error}", _HINT)
    if len(whole) > MAX_BODY:
        return refused(f"it unpacks to more than {MAX_BODY >> 20} MB")
    if not opened.eof:
        return ParseFailed("WTC-FEED-007", "the packed file is cut off", _HINT)
    return whole


def parse_sitemap(body: bytes, url: str, headers: Mapping[str, str]) -> ParsedFeed | ParseFailed:
    """The sitemap in `body` (XML, unpacked) as served from `url`. Of an index only the children
    are told; entries come newest first, at most `MAX_ENTRIES`, their id the address as stated."""
    reading = _Reading()
    try:
        reading.read(body.lstrip())
    except OverLimitError as error:
        return refused(str(error))
    except (expat.ExpatError, LookupError, ValueError) as error:
        return ParseFailed("WTC-FEED-006", f"the sitemap cannot be read: {error}", _HINT)
    troubles = build.Troubles()
    if reading.root == "sitemapindex":
        return _feed("sitemap-index", url, children=_children(reading.items, url, troubles))
    news = any(_is_news(item) for item in reading.items)
    kept, problems = _newest(reading.items, news=news)
    entries = tuple(_entry(item, url, troubles) for item in kept if item.get("loc"))
    build.review(entries, parse_date(headers.get("date", "")), troubles)
    return _feed(
        "sitemap-news" if news else "sitemap",
        url,
        entries=entries,
        title=next((item["outlet"] for item in kept if "outlet" in item), None),
        language=build.language(next((i["language"] for i in kept if "language" in i), None)),
        problems=(*troubles.problems(), *problems),
    )


def _feed(
    kind: str,
    url: str,
    *,
    entries: tuple[ParsedEntry, ...] = (),
    children: tuple[Child, ...] = (),
    title: str | None = None,
    language: str | None = None,
    problems: tuple[Problem, ...] = (),
) -> ParsedFeed:
    return ParsedFeed(
        title=plain.one_line(title or "")[: build.MAX_FIELD] or None,
        url=url,
        site_url=build.link(url, "/") if url else None,
        language=language,
        entries=entries,
        reader=READER,
        kind=kind,
        children=children,
        problems=problems,
    )


def _is_news(item: Mapping[str, str]) -> bool:
    return "publication_date" in item or "title" in item


def _newest(
    items: list[dict[str, str]], *, news: bool
) -> tuple[list[dict[str, str]], tuple[Problem, ...]]:
    """News only, where there are news; then the newest, as far as times are stated."""
    wanted = [item for item in items if _is_news(item)] if news else items
    wanted = sorted(wanted, key=_time, reverse=True)
    if len(wanted) <= MAX_ENTRIES:
        return wanted, ()
    message = f"it lists {len(wanted)} addresses: the newest {MAX_ENTRIES} are taken"
    return wanted[:MAX_ENTRIES], (Problem("WTC-FEED-108", message),)


def _time(item: Mapping[str, str]) -> Micros:
    found = parse_date(item.get("publication_date") or item.get("lastmod", ""))
    return found.at if found else 0


def _entry(item: Mapping[str, str], url: str, troubles: build.Troubles) -> ParsedEntry:
    origins = {
        "id": "loc",
        "url": "loc",
        "title": "news:title",
        "published": "news:publication_date",
        "updated": "lastmod",
        "language": "news:language",
        "tags": "news:keywords",
    }
    return ParsedEntry(
        id=item["loc"],
        url=build.link(url, item["loc"]),
        title=plain.one_line(item.get("title", ""))[: build.MAX_FIELD],
        published=build.date(item.get("publication_date"), troubles),
        updated=build.date(item.get("lastmod"), troubles),
        text="",
        language=build.language(item.get("language")),
        tags=build.unique(tag.strip() for tag in item.get("keywords", "").split(",")),
        origins=tuple(
            (one, name) for one, name in origins.items() if item.get(name.rpartition(":")[2])
        ),
    )


def _children(items: list[dict[str, str]], url: str, troubles: build.Troubles) -> tuple[Child, ...]:
    found: dict[str, Child] = {}
    for item in items:
        where = build.link(url, item.get("loc"))
        if where is not None:
            changed = build.date(item.get("lastmod"), troubles)
            found.setdefault(where, Child(where, changed.at if changed else None))
    return tuple(found.values())
