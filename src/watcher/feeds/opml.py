"""OPML 1.0 and 2.0 subscription lists: feeds with their folders.

Read with expat under limits of its own; a DOCTYPE is refused, so no entity is ever expanded.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from xml.parsers import expat

from watcher.text.urls import join

MAX_BYTES = 20_000_000
MAX_OUTLINES = 100_000
MAX_DEPTH = 50
_TAG = re.compile(r"[^\w.-]+")


@dataclass(frozen=True, slots=True)
class Subscription:
    """One feed of a list. `folders` from the outside in; `title` None where there is none."""

    url: str
    title: str | None
    folders: tuple[str, ...] = ()

    @property
    def tags(self) -> tuple[str, ...]:
        """The folders as the tags of a feed."""
        return tuple(dict.fromkeys(tag for one in self.folders if (tag := as_tag(one))))


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
            self._feed(address, title)
        self.folders.append(None if address else title)

    def end(self, name: str) -> None:
        self.depth -= 1
        if name.lower() == "outline":
            self.folders.pop()

    def _feed(self, address: str, title: str | None) -> None:
        url = join(address, "")
        if url is None:
            self.refused.append(address[:200])
            return
        named = None if title is None else " ".join(title.split())[:200]
        folders = tuple(folder for folder in self.folders if folder)
        self.found.setdefault(url, Subscription(url, named, folders))


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
