"""The reader of every feed that the strict one declines: feedparser.

feedparser is only ever given a `BytesIO` (it opens a string that happens to be a path or an
address), after a scan of the limits, and with its sanitiser and its link resolution off: what is
shown is sanitised when it is shown, and links are made absolute here (spec `polling` §2).
"""

from __future__ import annotations

import io
import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import feedparser

from watcher.feeds import build, plain
from watcher.feeds.notfeed import explain, is_page
from watcher.feeds.origins import candidates, told
from watcher.feeds.prescan import MAX_ITEMS, refused, scan
from watcher.feeds.wishes import skips, stated_wishes
from watcher.model.feed import (
    Enclosure,
    EntrySource,
    ParsedEntry,
    ParsedFeed,
    ParseFailed,
    Problem,
    Wishes,
)
from watcher.text.dates import parse_date

READER = f"feedparser-{feedparser.__version__.partition('.')[0]}"

# No browser reads it (WHATWG Encoding, §4.2): it hides markup from whoever looks at the bytes.
_UTF_7 = re.compile(r";\s*charset\s*=\s*[\"']?utf-?7[\"']?", re.I)
_REST_OF_ADDRESS = re.compile(r"[a-z]{1,20} \((.+?)\)?|(.+) <[a-z]{1,20}>")


def read_loose(body: bytes, url: str, headers: Mapping[str, str]) -> ParsedFeed | ParseFailed:
    """`parse.parse_feed` by feedparser. Takes as long as it takes: call it in a worker."""
    over = scan(body)
    if over is not None:
        return over
    try:
        read = _feedparser(body, headers)
    except MemoryError:
        raise  # the worker's limit, which the worker reports
    except Exception as error:
        return ParseFailed(
            "WTC-FEED-009",
            f"the feed broke its reader ({type(error).__name__}: {error})"[:300],
            "Please report the feed's address.",
        )
    return _feed(read, body, url, headers)


def _feedparser(body: bytes, headers: Mapping[str, str]) -> dict[str, Any]:
    served = {
        name: _UTF_7.sub("", headers[name])
        for name in ("content-type", "content-language")
        if name in headers
    }
    read = feedparser.parse(  # noqa: TID251 - the one place, from BytesIO
        io.BytesIO(body), response_headers=served, sanitize_html=False, resolve_relative_uris=False
    )
    return dict(read)


def _feed(
    read: Mapping[str, Any], body: bytes, url: str, headers: Mapping[str, str]
) -> ParsedFeed | ParseFailed:
    kind = read.get("version") or ""
    entries = read.get("entries") or []
    if not kind and (not entries or is_page(body)):
        return explain(body, url, headers)
    if len(entries) > MAX_ITEMS:  # a document that is not well-formed hid them from the scan
        return refused(f"there are more than {MAX_ITEMS} items")
    return _mapped(read, entries, kind, body, url, headers)


def _mapped(
    read: Mapping[str, Any],
    entries: list[Any],
    kind: str,
    body: bytes,
    url: str,
    headers: Mapping[str, str],
) -> ParsedFeed:
    facts = read.get("feed") or {}
    troubles = build.Troubles()
    site = _link(facts, url)
    reader = _Entries(kind, build.base(kind, url, site, _text(facts, "link")), troubles)
    given = candidates(body)
    mapped = tuple(reader.entry(entry) for entry in entries)
    mapped = tuple(replace(entry, origins=told(entry, given)) for entry in mapped)
    build.review(mapped, parse_date(headers.get("date", "")), troubles)
    return ParsedFeed(
        title=_title(facts, kind) or None,
        url=_self(facts, url),
        site_url=site,
        language=build.language(_get(facts, "language")) or _detail_language(facts),
        entries=mapped,
        reader=READER,
        kind=kind or "unknown",
        wishes=_wishes(facts, body),
        problems=(*_bozo(read), *troubles.problems()),
    )


class _Entries:
    """Maps feedparser's entries. `base` joins relative links that xml:base left relative."""

    def __init__(self, kind: str, base: str, troubles: build.Troubles) -> None:
        self._kind = kind
        self._base = base
        self._troubles = troubles

    def entry(self, entry: Any) -> ParsedEntry:
        summary, content = _summary(entry), _content(entry)
        texts = (self._plain(*summary), self._plain(*content))
        return ParsedEntry(
            id=plain.clean(_text(entry, "id")) or None,
            url=_link(entry, self._base),
            title=_title(entry, self._kind),
            published=build.date(_get(entry, "published"), self._troubles),
            updated=build.date(_get(entry, "updated"), self._troubles),
            authors=_authors(entry),
            summary=summary[0],
            content=content[0],
            text=max(texts, key=len),
            language=build.language(_get(entry, "language")) or _detail_language(entry),
            tags=_tags(entry),
            enclosures=self._enclosures(entry),
            source=self._source(entry),
        )

    def _plain(self, body: str, kind: str) -> str:
        """Only Atom says for sure that a text is no markup (RFC 4287, 3.1.1)."""
        literal = kind == "text/plain" and self._kind.startswith("atom")
        return plain.from_plain(body) if literal else plain.paragraphs(body)

    def _enclosures(self, entry: Any) -> tuple[Enclosure, ...]:
        found = []
        for link in _dicts(entry, "links"):
            href = build.link(self._base, _text(link, "href"))
            if _get(link, "rel") == "enclosure" and href:
                length = _text(link, "length").strip()
                size = int(length) if length.isascii() and length.isdigit() else None
                found.append(Enclosure(href, plain.one_line(_text(link, "type")) or None, size))
        return tuple(found[: build.MAX_LIST])

    def _source(self, entry: Any) -> EntrySource | None:
        source = _get(entry, "source")
        if not isinstance(source, dict):
            return None
        title = plain.title(_text(source, "title")) or None
        href = _text(source, "href")  # in Atom it is the address of the source's author
        stated = _text(source, "link") or ("" if self._kind.startswith("atom") else href)
        url = build.link(self._base, stated)
        return EntrySource(title, url) if title or url else None


def _get(holder: Any, name: str) -> Any:
    """What is really there: feedparser's own look-up answers `updated` with `published`."""
    return dict.get(holder, name)


def _text(holder: Any, name: str) -> str:
    value = _get(holder, name)
    return value if isinstance(value, str) else ""


def _dicts(holder: Any, name: str) -> list[Any]:
    value = _get(holder, name)
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []


def _link(holder: Any, base: str) -> str | None:
    return build.link(base, _text(holder, "link"))


def _self(facts: Any, url: str) -> str | None:
    for link in _dicts(facts, "links"):
        if _get(link, "rel") == "self":
            return build.link(url, _text(link, "href"))
    return None


def _title(holder: Any, kind: str) -> str:
    stated = _text(holder, "title")
    detail = _get(holder, "title_detail")
    literal = kind.startswith("atom") and detail and _get(detail, "type") == "text/plain"
    return (plain.one_line(stated) if literal else plain.title(stated))[: build.MAX_FIELD]


def _summary(entry: Any) -> tuple[str, str]:
    """The summary and its type. feedparser copies the content into a missing summary; such a
    copy has no detail, and is left out."""
    detail = _get(entry, "summary_detail")
    if not isinstance(detail, dict):
        return "", ""
    return plain.clean(_text(entry, "summary")), _text(detail, "type")


def _content(entry: Any) -> tuple[str, str]:
    """The longest of the contents, and its type."""
    contents = _dicts(entry, "content")
    longest: Any = max(contents, key=lambda one: len(_text(one, "value")), default={})
    return plain.clean(_text(longest, "value")), _text(longest, "type")


def _authors(entry: Any) -> tuple[str, ...]:
    people = _dicts(entry, "authors")
    stated = _text(entry, "author")
    return build.unique(plain.title(_person(person, stated)) for person in people)


def _person(person: Any, stated: str) -> str:
    """The name, else the address. feedparser takes four letters for the longest end of an address,
    and leaves the others (`ana@paper.agency`) in the name. `stated`: the last author's text."""
    name, email = _text(person, "name"), _text(person, "email")
    rest = _REST_OF_ADDRESS.fullmatch(name) if email else None
    if rest:
        return rest.group(1) or rest.group(2)
    return email + name if name and email + name in stated else name or email


def _tags(entry: Any) -> tuple[str, ...]:
    tags = _dicts(entry, "tags")
    return build.unique(plain.title(_text(tag, "label") or _text(tag, "term")) for tag in tags)


def _detail_language(holder: Any) -> str | None:
    detail = _get(holder, "title_detail")
    return build.language(_get(detail, "language")) if isinstance(detail, dict) else None


def _wishes(facts: Any, body: bytes) -> Wishes:
    fields = [
        (name, _text(facts, key))
        for name, key in (
            ("ttl", "ttl"),
            ("sy:updateperiod", "sy_updateperiod"),
            ("sy:updatefrequency", "sy_updatefrequency"),
            ("sy:updatebase", "sy_updatebase"),
        )
    ]
    return stated_wishes([*fields, *skips(body)])


def _bozo(read: Mapping[str, Any]) -> tuple[Problem, ...]:
    error = read.get("bozo_exception")
    if error is None or isinstance(error, feedparser.NonXMLContentType):
        return ()
    troubles = build.Troubles()
    wrong = isinstance(error, feedparser.CharacterEncodingOverride)
    troubles.note("WTC-FEED-106" if wrong else "WTC-FEED-101", plain.one_line(str(error)))
    return troubles.problems()
