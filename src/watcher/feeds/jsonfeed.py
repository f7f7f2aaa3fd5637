"""JSON Feed 1.0 and 1.1 (jsonfeed.org), read leniently: a field of a wrong type is left out."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from watcher.feeds import build, plain
from watcher.feeds.prescan import MAX_ITEMS, refused
from watcher.model.feed import Enclosure, ParsedEntry, ParsedFeed, ParseFailed
from watcher.text.dates import parse_date
from watcher.text.urls import join

_VERSION = re.compile(r"https?://(?:www\.)?jsonfeed\.org/version/1(?:\.(\d))?/?")
_MAX_DIGITS = 18
_GIVEN = {
    "id": ("id",),
    "url": ("url", "external_url"),
    "title": ("title",),
    "published": ("date_published",),
    "updated": ("date_modified",),
    "authors": ("authors", "author"),
    "summary": ("summary",),
    "content": ("content_html", "content_text"),
    "language": ("language",),
    "tags": ("tags",),
    "enclosures": ("attachments",),
}


def looks_like_json(body: bytes) -> bool:
    return body[:256].removeprefix(b"\xef\xbb\xbf").lstrip()[:1] == b"{"


def parse_jsonfeed(body: bytes, url: str, headers: Mapping[str, str]) -> ParsedFeed | ParseFailed:
    """`body` as JSON Feed. Nesting is bounded by the interpreter's recursion limit, numbers to 18
    digits; NaN and infinities are no numbers here (RFC 8259)."""
    document = _load(body)
    if isinstance(document, ParseFailed):
        return document
    items = document.get("items")
    found = _VERSION.fullmatch(_text(document.get("version")))
    if not isinstance(items, list) or found is None:
        return ParseFailed(
            "WTC-FEED-005",
            "this is JSON, but not a JSON Feed",
            "A JSON Feed states its version and has items; check the address.",
        )
    if len(items) > MAX_ITEMS:
        return refused(f"there are more than {MAX_ITEMS} items")
    return _feed(document, items, f"json1{found.group(1) or '0'}", url, headers)


def _load(body: bytes) -> dict[str, Any] | ParseFailed:
    try:
        document = json.loads(
            body.decode("utf-8-sig", "replace"),
            parse_int=_int,
            parse_constant=lambda _name: None,
        )
    except RecursionError:
        return refused("the JSON is nested too deeply")
    except ValueError as error:
        return ParseFailed(
            "WTC-FEED-005", f"the JSON cannot be read: {error}", "Ask the publisher to repair it."
        )
    return document if isinstance(document, dict) else {}


def _int(digits: str) -> int | None:
    return int(digits) if len(digits) <= _MAX_DIGITS else None


def _feed(
    document: Mapping[str, Any], items: list[Any], kind: str, url: str, headers: Mapping[str, str]
) -> ParsedFeed:
    troubles = build.Troubles()
    language = build.language(document.get("language"))
    entries = tuple(
        _entry(item, url, language, troubles) for item in items if isinstance(item, dict)
    )
    build.review(entries, parse_date(headers.get("date", "")), troubles)
    return ParsedFeed(
        title=plain.one_line(_text(document.get("title"))) or None,
        url=join(url, _text(document.get("feed_url"))) if document.get("feed_url") else None,
        site_url=_link(document, "home_page_url", url),
        language=language,
        entries=entries,
        reader="jsonfeed",
        kind=kind,
        problems=troubles.problems(),
    )


def _entry(
    item: Mapping[str, Any], url: str, language: str | None, troubles: build.Troubles
) -> ParsedEntry:
    markup = plain.clean(_text(item.get("content_html")))
    stated = plain.clean(_text(item.get("content_text")))
    summary = plain.clean(_text(item.get("summary")))
    return ParsedEntry(
        id=plain.clean(_text(item.get("id"))) or None,
        url=_link(item, "url", url) or _link(item, "external_url", url),
        title=plain.one_line(_text(item.get("title")))[: build.MAX_FIELD],
        published=build.date(item.get("date_published"), troubles),
        updated=build.date(item.get("date_modified"), troubles),
        authors=_authors(item),
        summary=summary,
        content=markup or stated,
        literal=(True, not markup),
        language=build.language(item.get("language")) or language,
        tags=build.unique(plain.one_line(_text(tag)) for tag in _list(item.get("tags"))),
        enclosures=_enclosures(item, url),
        origins=tuple(_origins(item)),
    )


def _origins(item: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for field, names in _GIVEN.items():
        name = next((name for name in names if item.get(name)), None)
        if name is not None:
            yield field, name


def _authors(item: Mapping[str, Any]) -> tuple[str, ...]:
    stated = [*_list(item.get("authors")), item.get("author")]  # 1.1 and 1.0
    return build.unique(
        plain.one_line(_text(author.get("name"))) for author in stated if isinstance(author, dict)
    )


def _enclosures(item: Mapping[str, Any], url: str) -> tuple[Enclosure, ...]:
    found = []
    for attachment in _list(item.get("attachments"))[: build.MAX_LIST]:
        if isinstance(attachment, dict) and (link := _link(attachment, "url", url)):
            size = attachment.get("size_in_bytes")
            kind = plain.one_line(_text(attachment.get("mime_type"))) or None
            found.append(Enclosure(link, kind, size if isinstance(size, int) else None))
    return tuple(found)


def _link(holder: Mapping[str, Any], name: str, base: str) -> str | None:
    stated = plain.clean(_text(holder.get(name)))
    return join(base, stated) if stated else None


def _text(value: object) -> str:
    """Strings as they are; whole numbers as their digits (ids often are numbers)."""
    if isinstance(value, str):
        return value
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else ""


def _list(value: object) -> list[Any]:
    return value if isinstance(value, list) else []
