"""Our own reader of well-made RSS, RDF and Atom, on expat: many times as fast as feedparser, and
quick to decline (spec `polling` §2.3).

It is a whitelist: what it does not know for sure to read as feedparser would (which reads what it
declines) it declines, with the reason. No DOCTYPE that defines anything, so no entity is ever
expanded; depth,
attributes, namespaces and items are bounded, so that it may run in process.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from xml.parsers import expat
from xml.sax.saxutils import escape, quoteattr

from watcher.feeds.build import misstated, repaired
from watcher.feeds.namespaces import ATOM_03, ATOM_10, RDF, RSS_09, XHTML, XML, is_odd, short_name
from watcher.feeds.prescan import (
    MAX_DEPTH,
    MAX_ITEMS,
    OverLimitError,
    check_attributes,
    check_namespaces,
    too_deep,
)
from watcher.feeds.slips import ends_well, in_utf_8, mended
from watcher.feeds.strict_build import Field, build_feed
from watcher.model.feed import ParsedFeed
from watcher.text.urls import join

READER = "strict-1"

_CHARSET = re.compile(r"charset\s*=\s*[\"']?([A-Za-z0-9_.:-]+)", re.I)
_RSS_KINDS = {"0.91": "rss091u", "0.92": "rss092", "0.93": "rss093", "0.94": "rss094"}
_MARKUP = frozenset({XHTML, ATOM_10, ATOM_03, ""})
_ATOM_KINDS = {ATOM_10: "atom10", ATOM_03: "atom03"}

# Where items stand, by the root of the document.
_PARENTS = {"rss": "channel", "rdf:rdf": "rdf:rdf", "feed": "feed"}
_HOLDERS = frozenset({"channel", "feed", "item", "entry", "rdf:rdf"})

# What is taken of a feed or an entry. Anywhere else they would mean something to feedparser that
# this reader does not know.
_WANTED = frozenset(
    (
        "title", "link", "guid", "id", "description", "summary", "content", "author", "pubdate",
        "published", "issued", "updated", "modified", "lastbuilddate", "category", "language",
        "ttl", "source", "enclosure", "keywords", "managingeditor", "abstract", "skiphours",
        "skipdays", "content:encoded", "dc:title", "dc:creator", "dc:author", "dc:date",
        "dc:description", "dc:subject", "dc:language", "dcterms:issued", "dcterms:modified",
        "itunes:author", "itunes:summary", "itunes:keywords", "itunes:category", "media:title",
        "media:description", "media:keywords", "media:category", "sy:updateperiod",
        "sy:updatefrequency", "sy:updatebase",
    )
)  # fmt: skip
# What may stand below them, taken as `parent/child`.
_INNER = {
    "author": frozenset({"name", "email"}),
    "managingeditor": frozenset({"name", "email"}),
    "dc:creator": frozenset({"name", "email"}),
    "source": frozenset({"title", "link", "id"}),
    "skiphours": frozenset({"hour"}),
    "skipdays": frozenset({"day"}),
}
_WRAPPERS = frozenset({"media:group", "media:content"})  # their children count as their parent's
_PASSED_OVER = frozenset(
    (
        "image", "textinput", "contributor", "dc:contributor", "itunes:owner", "publisher",
        "dc:publisher", "webmaster", "cloud", "rdf:seq", "itunes:image", "media:community",
    )
)  # fmt: skip
# What feedparser reads in ways of its own.
_DECLINED = frozenset({"fullitem", "body", "xhtml:body", "tags", "newlocation", "media:body"})
_TEXTS = (
    _WANTED.difference(_INNER).union(f"{one}/{inner}" for one in _INNER for inner in _INNER[one])
) - {"enclosure", "itunes:category"}
_PEOPLE = frozenset({"author", "managingeditor", "dc:creator"})
_NONE: Mapping[str, str] = {}
_VOID = frozenset({"br", "hr", "img", "input", "col", "area", "wbr", "source", "embed", "param"})
_ATTRIBUTES = {f"{XML} base": "xml:base", f"{XML} lang": "xml:lang", f"{RDF} about": "rdf:about"}
_XHTML = frozenset({"xhtml", "application/xhtml+xml"})
_READABLE = frozenset({"text", "html", "text/plain", "text/html", "plain"}) | _XHTML
_MAY_HOLD_XHTML = frozenset(
    {"title", "summary", "content", "subtitle", "rights", "tagline", "info"}
)


@dataclass(frozen=True, slots=True)
class Declined:
    """Why the strict reader leaves a body to the other one."""

    reason: str


class _DeclinedError(Exception):
    pass


def read_strict(body: bytes, url: str, headers: Mapping[str, str]) -> ParsedFeed | Declined:
    """The feed in `body`, as served from `url` with `headers` (names in lower case), or why it is
    declined. Never raises for what is in the body."""
    charset = _CHARSET.search(headers.get("content-type", ""))
    body = body.lstrip() if body[:1].isspace() else body
    known = in_utf_8(body, charset.group(1).lower() if charset else "")
    if isinstance(known, str):
        return Declined(known)
    body, override, wrong = known
    encoding = "utf-8" if override else None
    read, slip = _reading(body, url, encoding)
    if slip is not None and not isinstance(read, _Reading):
        better = mended(body, slip.code)
        if better != body:
            read, _ = _reading(better, url, encoding)
    if not isinstance(read, _Reading):
        return Declined(read)
    stated = (misstated(wrong),) if wrong else ()
    problems = (*stated, repaired(str(slip))) if slip else stated
    return build_feed(read.kind, read.feed, read.items, url, headers, READER, problems)


def _reading(
    body: bytes, url: str, encoding: str | None
) -> tuple[_Reading | str, expat.ExpatError | None]:
    """What was read, or why it is declined; and where it is not well-formed."""
    reading = _Reading(url, encoding)
    slip = None
    try:
        reading.parser.Parse(body, True)
    except (_DeclinedError, OverLimitError) as declined:
        return str(declined), None
    except expat.ExpatError as error:
        slip = error
        if not ends_well(body, error, reading.parser.ErrorByteIndex):
            return f"it is not well-formed: {error}", error
    except (LookupError, ValueError) as error:
        return f"its encoding cannot be read: {error}", None
    return reading if reading.kind else "it has no channel", slip


class _Reading:
    """expat's events to fields: those of the feed, and those of each item."""

    def __init__(self, url: str, encoding: str | None) -> None:
        self.kind = ""
        self.feed: list[Field] = []
        self.items: list[list[Field]] = []
        self._root = self._kind = ""
        self._kind_of_rdf = "rss10"
        self._fields = self.feed
        self._stack: list[tuple[str, Mapping[str, str]]] = []
        self._pieces: list[str] = []
        self._skipping = 0  # the depth of an element whose children are passed over
        self._markup: list[str] = []  # of Atom's xhtml, while inside it
        self._markup_from = 0  # its depth
        self._namespaces = 0
        self._url = url
        self._base, self._bases = "", [(0, "")]  # empty until an xml:base is stated
        self._odd: dict[str, str] = {}  # well-known prefixes at addresses that nobody knows
        self._lang: str | None = None
        self._langs: list[tuple[int, str | None]] = [(0, None)]
        self.parser = parser = expat.ParserCreate(encoding, " ")
        parser.buffer_text = True
        parser.buffer_size = 1 << 16
        parser.ordered_attributes = True
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._pieces.append
        parser.StartNamespaceDeclHandler = self._namespace
        parser.StartDoctypeDeclHandler = self._doctype

    def _doctype(self, _name: str, system: str | None, public: str | None, inner: int) -> None:
        """`<!DOCTYPE html>` can define nothing; any other might."""
        if inner or system or public:
            raise _DeclinedError("it has a DOCTYPE")

    def _namespace(self, prefix: str | None, uri: str | None) -> None:
        self._namespaces += 1
        if uri and uri.lower() == RSS_09:
            self._kind_of_rdf = "rss090"
        if prefix and uri and is_odd(prefix, uri):
            self._odd[uri] = prefix
        check_namespaces(self._namespaces)

    def _start(self, name: str, attributes: list[str]) -> None:
        stack = self._stack
        depth = len(stack) + 1
        if depth > MAX_DEPTH:
            raise too_deep()
        if attributes:
            check_attributes(attributes)
        if self._skipping or self._markup_from:
            stack.append(("", _NONE))
            if self._markup_from:
                self._open(name, attributes)
            return
        key = short_name(name)
        if self._odd and key[:2] == "?:":
            uri, _, local = name.rpartition(" ")
            key = f"{self._odd[uri]}:{local.lower()}" if uri in self._odd else key
        given = self._attributes(attributes, depth) if attributes else _NONE
        if stack and stack[-1][0] in _TEXTS:
            raise _DeclinedError(f"there is markup inside <{stack[-1][0]}>")
        if key in _WANTED or key in _HOLDERS or depth < 3:
            key = self._place(name, key, given, depth)
        elif key in _PASSED_OVER:
            self._skipping = depth
        elif stack[-1][0] in _INNER:
            key = self._inner(key)
        elif key in _DECLINED:
            raise _DeclinedError(f"it has <{key}>")
        stack.append((key, given))
        self._pieces.clear()
        if given and self._root == "feed":
            self._typed(key, given, depth)

    def _typed(self, key: str, given: Mapping[str, str], depth: int) -> None:
        """Texts of Atom say what they are."""
        if key == "link" and "href" not in given:
            raise _DeclinedError("a link has no address")
        if key not in _MAY_HOLD_XHTML and not key.endswith("/title"):
            return
        kind = given.get("type", "text")
        if kind not in _READABLE or given.get("mode", "escaped") != "escaped" or "src" in given:
            raise _DeclinedError(f"<{key}> is of the type {kind[:40]}")
        if kind in _XHTML:
            self._markup, self._markup_from = [], depth
            self.parser.CharacterDataHandler = self._literal

    def _literal(self, text: str) -> None:
        self._markup.append(escape(text))

    def _open(self, name: str, attributes: list[str]) -> None:
        """A tag inside xhtml, as markup again; attributes of other namespaces are left out."""
        uri = name.rpartition(" ")[0].lower()
        if uri not in _MARKUP:
            raise _DeclinedError(f"there is markup of {uri[:60]}")
        pairs = zip(attributes[::2], attributes[1::2], strict=True)
        shown = "".join(f" {one}={quoteattr(value)}" for one, value in pairs if " " not in one)
        self._markup.append(f"<{name.rpartition(' ')[2]}{shown}>")

    def _place(self, name: str, key: str, given: Mapping[str, str], depth: int) -> str:
        """Whether `key` may stand here, and what it opens."""
        if depth == 1:
            self._begin(name, key, given)
            return key
        parent = self._stack[-1][0]
        if key in {"item", "entry"}:
            if parent != _PARENTS[self._root]:
                raise _DeclinedError(f"<{key}> stands in <{parent}>")
            self._item(given)
        elif key == "channel":
            if depth != 2 or self._root == "feed" or self.kind:
                raise _DeclinedError("it has more than one channel")
            self.kind = self._kind
        elif parent in _INNER:
            return self._inner(key)
        elif key in _WANTED and parent not in _HOLDERS and parent not in _WRAPPERS:
            raise _DeclinedError(f"<{key}> stands in <{parent or 'an unknown element'}>")
        elif key in _HOLDERS:
            raise _DeclinedError(f"<{key}> stands in <{parent}>")
        elif key in _PASSED_OVER:
            self._skipping = depth
        return key

    def _inner(self, key: str) -> str:
        """An element below an author, a source or another whose text is taken."""
        parent = self._stack[-1][0]
        if key in _INNER[parent]:
            return f"{parent}/{key}"
        if key in _WANTED and parent != "source":
            raise _DeclinedError(f"<{key}> stands in <{parent}>")
        self._skipping = len(self._stack) + 1
        return "/"

    def _begin(self, name: str, key: str, given: Mapping[str, str]) -> None:
        uri = name.rpartition(" ")[0].lower()
        self._root = key
        if key == "rss" and not uri:
            version = given.get("version", "")
            self._kind = _RSS_KINDS.get(version, "rss20" if version[:2] == "2." else "rss")
        elif key == "rdf:rdf":
            self._kind = self._kind_of_rdf
        elif key == "feed" and uri in _ATOM_KINDS:
            self.kind = _ATOM_KINDS[uri]
        else:
            raise _DeclinedError(f"its root is <{name.rpartition(' ')[2][:40]}>")
        if self._lang:
            self.feed.append(Field("language", self._lang, _NONE, 0, None, ""))

    def _item(self, given: Mapping[str, str]) -> None:
        if len(self.items) >= MAX_ITEMS:
            raise _DeclinedError(f"there are more than {MAX_ITEMS} items")
        self._fields = []
        self.items.append(self._fields)
        if "rdf:about" in given:
            self._fields.append(Field("rdf:about", given["rdf:about"], _NONE, 0, None, self._base))
        if "href" in given or "lastmod" in given:
            raise _DeclinedError("an item has its address as an attribute")

    def _end(self, name: str) -> None:
        depth = len(self._stack)
        key, given = self._stack.pop()
        if self._markup_from:
            if depth > self._markup_from:
                local = name.rpartition(" ")[2]
                if local not in _VOID:
                    self._markup.append(f"</{local}>")
                return
            wrapped = given.get("type") == "xhtml"
            self._pieces[:] = _unwrapped(self._markup) if wrapped else self._markup
            self._markup_from = 0
            self.parser.CharacterDataHandler = self._pieces.append
        if self._skipping:
            if depth == self._skipping:
                self._skipping = 0
                self._pieces.clear()
            return
        if key in _WANTED or "/" in key:
            text = "".join(self._pieces).strip()
            if text or given or key in _PEOPLE:
                self._fields.append(Field(key, text, given, depth, self._lang, self._base))
        elif key in {"item", "entry"}:
            self._fields = self.feed
        self._pieces.clear()
        if self._bases[-1][0] == depth:
            self._bases.pop()
            self._base = self._bases[-1][1]
        if self._langs[-1][0] == depth:
            self._langs.pop()
            self._lang = self._langs[-1][1]

    def _attributes(self, attributes: list[str], depth: int) -> Mapping[str, str]:
        given = {}
        for at in range(0, len(attributes), 2):
            name, value = attributes[at], attributes[at + 1]
            name = _ATTRIBUTES.get(name) or (name.lower() if " " not in name else "")
            given[name] = value.lower() if name in {"rel", "type"} else value
        base = given.get("xml:base", given.get("base"))
        if base:
            self._base = join(self._base or self._url, base) or self._base
            self._bases.append((depth, self._base))
        lang = given.get("xml:lang", given.get("lang"))
        if lang is not None:
            self._lang = lang or None
            self._langs.append((depth, self._lang))
        return given


def _unwrapped(markup: list[str]) -> list[str]:
    """Without the one `<div>` that Atom puts around its xhtml (RFC 4287, 3.1.1.3)."""
    start, end = 0, len(markup)
    while start < end and not markup[start].strip():
        start += 1
    while end > start and not markup[end - 1].strip():
        end -= 1
    if not (end - start > 1 and markup[start].startswith("<div") and markup[end - 1] == "</div>"):
        return markup
    depth = 0
    for piece in markup[start : end - 1]:
        if piece.startswith("</"):
            depth -= 1
            if depth == 0:
                return markup
        elif piece.startswith("<") and piece[1:].split()[0].rstrip(">") not in _VOID:
            depth += 1
    return markup[start + 1 : end - 1]
