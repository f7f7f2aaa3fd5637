"""What the strict reader found, as records: field by field what feedparser's reading gives
(`feeds.parse`), so that a change of reader never looks like an edit.

Kept apart on purpose: feedparser lets media:description overwrite the description; here it only
stands in where there is none.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import NamedTuple

from watcher.feeds import build, plain
from watcher.feeds.origins import ROLES
from watcher.feeds.wishes import stated_wishes
from watcher.model.feed import Enclosure, EntrySource, ParsedEntry, ParsedFeed, Problem
from watcher.model.when import Dated
from watcher.text.dates import parse_date


class Field(NamedTuple):
    """An element that was read: its short name (`parent/name` inside an author or a source), its
    text, its attributes, its depth, and the language and base that hold there."""

    key: str
    text: str
    given: Mapping[str, str]
    depth: int
    language: str | None
    base: str


_HTML_TYPES = frozenset({"text/html", "html", "application/xhtml+xml", "xhtml"})
# Begins where a run of its characters does: anywhere else it would be tried in vain.
_EMAIL = re.compile(
    r"(?<![\w.+-])[\w.+-]+@(?:[A-Za-z0-9-]+\.)+[A-Za-z]{2,24}(?:\?subject=\S+)?", re.ASCII
)
_QUERY = re.compile(r"&([A-Za-z0-9_]+);")
# What a Latin-1 reader of Windows-1252 left in the C1 range.
_C1 = re.compile("[\x80-\x9f]")
_CP1252 = {
    code: bytes([code]).decode("cp1252", "ignore") or chr(code) for code in range(0x80, 0xA0)
}


def build_feed(
    kind: str,
    feed: Sequence[Field],
    items: Sequence[Sequence[Field]],
    url: str,
    headers: Mapping[str, str],
    reader: str,
    problems: tuple[Problem, ...] = (),
) -> ParsedFeed:
    troubles = build.Troubles()
    atom = kind.startswith("atom")
    facts = _Gathered(feed, atom)
    site = build.link(url, facts.link)
    base = build.base(kind, url, site, facts.link)
    entries = tuple(_entry(_Gathered(item, atom), base, troubles) for item in items)
    build.review(entries, parse_date(headers.get("date", "")), troubles)
    return ParsedFeed(
        title=facts.title or None,
        url=build.link(url, facts.self_url),
        site_url=site,
        language=build.language(facts.language) or build.language(facts.title_language),
        entries=entries,
        reader=reader,
        kind=kind,
        wishes=stated_wishes((one.key, one.text) for one in feed),
        problems=(*problems, *troubles.problems()),
    )


class _Gathered:
    """The fields of a feed or an entry, sorted out."""

    def __init__(self, fields: Sequence[Field], atom: bool) -> None:
        self.atom = atom
        self.title, self.title_depth, self.title_language = "", 0, None  # type: str, int, str | None
        self.id = self.link = self.self_url = self.language = None  # type: str | None
        self.published = self.updated = None  # type: str | None
        self.summary = ("", "")
        self.summary_depth = 0
        self.contents: list[tuple[str, str]] = []
        self.people: list[list[str]] = []  # name and address of each
        self.tags: list[str] = []
        self.enclosures: list[tuple[str, str, str]] = []
        self.source: list[str | None] = [None, None]
        self.origins: dict[str, str] = {}
        self._link_text = ""
        for field in fields:
            role = ROLES.get(field.key)
            if role is not None:
                getattr(self, f"_{role}")(field)

    def _origin(self, name: str, field: Field) -> None:
        self.origins[name] = field.key

    def _title(self, field: Field) -> None:
        """The first at the least depth; media:title only where nothing else is."""
        if not field.text:
            return
        weak = field.key == "media:title"
        if self.title and (weak or self.title_depth <= field.depth):
            return
        self.title_depth = 1_000 if weak else field.depth
        text = mended(field.text)
        literal = self.atom and field.given.get("type", "text") in {"text", "plain", "text/plain"}
        self.title = (plain.one_line(text) if literal else plain.title(text))[: build.MAX_FIELD]
        self.title_language = field.language
        self._origin("title", field)

    def _id(self, field: Field) -> None:
        if field.text:
            self.id = mended(field.text)
            self._origin("id", field)
        if field.key == "rdf:about":
            return
        permanent = field.given.get("ispermalink", "true") == "true"
        if permanent and self.link is None:
            self.link = _join(field.base, self.id or "")
            self._origin("url", field)

    def _link(self, field: Field) -> None:
        given = field.given
        href = given.get("href") or given.get("url") or given.get("uri")
        rel = given.get("rel", "alternate")
        if href is None:
            text = _QUERY.sub(r"&\1", mended(field.text).replace("&amp;", "&"))
            self.link = _join(field.base, text)
            self._origin("url", field)
            return
        href = _join(field.base, href)
        if rel == "alternate" and given.get("type", "text/html") in _HTML_TYPES:
            self.link = href
            self._origin("url", field)
        elif rel == "self":
            self.self_url = self.self_url or href
        elif rel == "enclosure":
            self.enclosures.append(_linked(href, given, "text/html"))
            self._origin("enclosures", field)

    def _published(self, field: Field) -> None:
        self.published = mended(field.text)
        self._origin("published", field)

    def _updated(self, field: Field) -> None:
        self.updated = mended(field.text)
        self._origin("updated", field)

    def _author(self, field: Field) -> None:
        """After what stands inside it: a person is there already, or the text is one."""
        if self.people and self.people[-1][2:] == ["open"]:
            self.people[-1].pop()
        elif field.text:
            self.people.append(_person(mended(field.text)))
        self._origin("authors", field)

    def _person(self, field: Field) -> None:
        if not (self.people and self.people[-1][2:] == ["open"]):
            self.people.append(["", "", "open"])
        self.people[-1][field.key.endswith("email")] = field.text

    def _summary(self, field: Field) -> None:
        """The first; a further one counts as content, as feedparser has it."""
        one = (plain.clean_xml(mended(field.text)), _type(field, "text"))
        if not self.origins.get("summary"):
            self.summary, self.summary_depth = one, field.depth
        elif not any(name == "content" for name in self.origins):
            self.contents.append(one)
            return
        elif field.key != "media:description" and field.depth <= self.summary_depth:
            self.summary, self.summary_depth = one, field.depth
        else:
            return
        self._origin("summary", field)

    def _content(self, field: Field) -> None:
        default = "text/html" if field.key == "content:encoded" else "text"
        self.contents.append((plain.clean_xml(mended(field.text)), _type(field, default)))
        self._origin("content", field)

    def _tag(self, field: Field) -> None:
        given = field.given
        stated = (given.get("label"), given.get("term"), given.get("text"), mended(field.text))
        tag = next((one for one in stated if one), "")
        if tag:
            self.tags.append(tag)
            self._origin("tags", field)

    def _tags(self, field: Field) -> None:
        self.tags.extend(part.strip() for part in mended(field.text).split(","))
        self._origin("tags", field)

    def _language(self, field: Field) -> None:
        self.language = mended(field.text)
        self._origin("language", field)

    def _enclosure(self, field: Field) -> None:
        given = field.given
        href = given.get("url") or given.get("uri") or given.get("href") or ""
        self.enclosures.append(_linked(href, given, ""))
        self._origin("enclosures", field)

    def _source(self, field: Field) -> None:
        if field.key == "source/title":
            self.source[0] = self.source[0] or mended(field.text)
        elif field.key == "source/link":
            given = field.given
            if given.get("rel", "alternate") == "alternate":
                self.source[1] = _join(field.base, given.get("href") or field.text)
        elif field.key == "source/id":
            self.source[1] = self.source[1] or field.text
        else:
            self.source[0] = self.source[0] or mended(field.text)
            self.source[1] = field.given.get("url") or self.source[1]
        self._origin("source", field)

    @property
    def authors(self) -> tuple[str, ...]:
        return build.unique(plain.title(person[0] or person[1]) for person in self.people)


def _entry(found: _Gathered, base: str, troubles: build.Troubles) -> ParsedEntry:
    atom = found.atom
    content = max(found.contents, key=lambda one: len(one[0]), default=("", ""))
    return ParsedEntry(
        id=plain.clean(found.id or "") or None,
        url=build.link(base, found.link),
        title=found.title,
        published=_date(found.published, troubles),
        updated=_date(found.updated, troubles),
        authors=found.authors,
        summary=found.summary[0],
        content=content[0],
        literal=(atom and found.summary[1] == "text", atom and content[1] == "text"),
        language=build.language(found.language) or build.language(found.title_language),
        tags=build.unique(plain.title(tag) for tag in found.tags),
        enclosures=tuple(_enclosures(found, base)),
        source=_source_of(found, base),
        origins=tuple(found.origins.items()),
    )


def _linked(href: str, given: Mapping[str, str], kind: str) -> tuple[str, str, str]:
    return href, given.get("type", kind), given.get("length", "").strip()


def _type(field: Field, default: str) -> str:
    """`text` where Atom says that it is no markup (RFC 4287, 3.1.1)."""
    stated = field.given.get("type", default)
    return "text" if stated in {"text", "plain", "text/plain"} else stated


def _date(stated: str | None, troubles: build.Troubles) -> Dated | None:
    return build.date(stated, troubles) if stated else None


def _enclosures(found: _Gathered, base: str) -> list[Enclosure]:
    made = []
    for stated, kind, length in found.enclosures[: build.MAX_LIST]:
        href = build.link(base, stated)
        if href:
            size = int(length) if length.isascii() and length.isdigit() else None
            made.append(Enclosure(href, plain.one_line(kind) or None, size))
    return made


def _source_of(found: _Gathered, base: str) -> EntrySource | None:
    title = plain.title(found.source[0] or "") or None
    url = build.link(base, found.source[1])
    return EntrySource(title, url) if title or url else None


def _join(base: str, href: str) -> str:
    """Joined with the xml:base that holds there, where one does."""
    href = plain.clean(href)
    return build.link(base, href) or href if base and href else href


def _person(stated: str) -> list[str]:
    """`mail (Name)` and its like, as name and address."""
    found = _EMAIL.search(stated)
    if found is None:
        return [stated, ""]
    name = stated.replace(found.group(), "").replace("()", "").replace("<>", "").strip()
    return [name.removeprefix("(").removesuffix(")").strip(), found.group()]


def mended(text: str) -> str:
    """UTF-8 that was taken for Latin-1 and written as UTF-8 once more, and what Windows-1252 left
    in the C1 range, as feedparser mends them."""
    if text.isascii():
        return text
    with suppress(UnicodeError):
        text = text.encode("latin-1").decode("utf-8")
    return text.translate(_CP1252) if _C1.search(text) else text
