"""OPML 1.0 and 2.0 subscription lists: feeds with their folders, read and written.

Read with expat under limits of its own; a DOCTYPE is refused, so no entity is ever expanded.
Written as OPML 2.0 (http://opml.org/spec2.opml): a folder is an outline around its feeds, tags that
no folder says are the feed's `category`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from xml.etree.ElementTree import Element, SubElement, indent, tostring
from xml.parsers import expat

from watcher.text.urls import join

MAX_BYTES = 20_000_000
MAX_OUTLINES = 100_000
MAX_DEPTH = 50
_NO_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")  # XML 1.0, §2.2
_TAG = re.compile(r"[^\w.-]+")


@dataclass(frozen=True, slots=True)
class Subscription:
    """One feed of a list. `folders` from the outside in; `title` None where there is none;
    `categories` are tags that the list states beside the folders."""

    url: str
    title: str | None
    folders: tuple[str, ...] = ()
    site_url: str | None = None
    language: str | None = None
    categories: tuple[str, ...] = ()

    @property
    def tags(self) -> tuple[str, ...]:
        """The folders and categories as the tags of a feed."""
        named = (as_tag(one) for one in (*self.folders, *self.categories))
        return tuple(dict.fromkeys(tag for tag in named if tag))


@dataclass(frozen=True, slots=True)
class Subscriptions:
    """`refused` holds addresses that are no http(s) ones, as written."""

    feeds: tuple[Subscription, ...]
    refused: tuple[str, ...] = ()


def as_tag(folder: str) -> str:
    """`World / Asia` to `world-asia`."""
    return _TAG.sub("-", folder.strip().casefold()).strip("-.")[:64]


class _Reader:
    def __init__(self) -> None:
        self.found: dict[str, Subscription] = {}
        self.refused: list[str] = []
        self.folders: list[str | None] = []
        self.outlines = 0
        self.depth = 0
        self.root: str | None = None

    def doctype(self, *_: object) -> None:
        raise ValueError("it has a DOCTYPE, which no subscription list needs")

    def start(self, name: str, attributes: dict[str, str]) -> None:
        self.depth += 1
        self.root = self.root or name.lower()
        if self.depth > MAX_DEPTH:
            raise ValueError(f"outlines are nested deeper than {MAX_DEPTH}")
        if name.lower() != "outline":
            return
        self.outlines += 1
        if self.outlines > MAX_OUTLINES:
            raise ValueError(f"it has more than {MAX_OUTLINES:,} outlines")
        held = {key.lower(): value.strip() for key, value in attributes.items()}
        title = held.get("title") or held.get("text") or None
        address = held.get("xmlurl")
        if address:
            self._feed(address, title, held)
        self.folders.append(None if address else title)

    def end(self, name: str) -> None:
        self.depth -= 1
        if name.lower() == "outline":
            self.folders.pop()

    def _feed(self, address: str, title: str | None, held: dict[str, str]) -> None:
        url = join(address, "")
        if url is None:
            self.refused.append(address[:200])
            return
        one = Subscription(
            url,
            None if title is None else _one_line(title),
            tuple(_one_line(folder) for folder in self.folders if folder),
            site_url=join(held["htmlurl"], "") if held.get("htmlurl") else None,
            language=held.get("language") or None,
            categories=tuple(
                name for part in held.get("category", "").split(",") if (name := _one_line(part))
            ),
        )
        self.found.setdefault(url, one)


def _one_line(text: str) -> str:
    return " ".join(text.split())[:200]


def parse_opml(body: bytes) -> Subscriptions:
    """Every feed once, in the list's order. Raises ValueError with a sentence for what is no
    OPML or passes a limit."""
    if len(body) > MAX_BYTES:
        raise ValueError(f"it has more than {MAX_BYTES:,} bytes")
    reader = _Reader()
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartDoctypeDeclHandler = reader.doctype
    parser.StartElementHandler = reader.start
    parser.EndElementHandler = reader.end
    try:
        parser.Parse(body, True)
    except (expat.ExpatError, LookupError) as error:
        raise ValueError(f"it is not well-formed XML: {error}") from None
    if reader.root != "opml":
        raise ValueError(f"it is no OPML: its first element is <{reader.root}>")
    return Subscriptions(tuple(reader.found.values()), tuple(reader.refused))


def parse_urls(text: str) -> Subscriptions:
    """One address a line; blank lines and what follows a `#` at its start are passed over. Words
    after the address are its title."""
    found: dict[str, Subscription] = {}
    refused = []
    for line in text.removeprefix("\ufeff").splitlines():
        said, _, title = line.strip().partition(" ")
        if not said or said.startswith("#"):
            continue
        url = join(said, "")
        if url is None:
            refused.append(said[:200])
        else:
            found.setdefault(url, Subscription(url, " ".join(title.split())[:200] or None))
    return Subscriptions(tuple(found.values()), tuple(refused))


def write_opml(feeds: Iterable[Subscription], title: str) -> str:
    """The feeds as OPML 2.0, in their order, each below its folders. Characters that no XML may
    hold are left out. `parse_opml` gives the same feeds back."""
    root = Element("opml", version="2.0")
    SubElement(SubElement(root, "head"), "title").text = _writable(title)
    body = SubElement(root, "body")
    folders: dict[tuple[str, ...], Element] = {(): body}
    for one in feeds:
        SubElement(_folder(folders, one.folders), "outline", _attributes(one))
    indent(root)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + tostring(root, "unicode") + "\n"


def _folder(held: dict[tuple[str, ...], Element], path: tuple[str, ...]) -> Element:
    if path not in held:
        name = _writable(path[-1])
        held[path] = SubElement(_folder(held, path[:-1]), "outline", text=name, title=name)
    return held[path]


def _attributes(one: Subscription) -> dict[str, str]:
    of_folders = {as_tag(name) for name in one.folders}
    categories = [name for name in one.categories if as_tag(name) not in of_folders]
    stated = {
        "type": "rss",
        "text": one.title or one.url,
        "title": one.title,
        "xmlUrl": one.url,
        "htmlUrl": one.site_url,
        "language": one.language,
        "category": ",".join(categories),
    }
    return {name: _writable(value) for name, value in stated.items() if value}


def _writable(text: str) -> str:
    return " ".join(_NO_XML.sub("", text).split())
