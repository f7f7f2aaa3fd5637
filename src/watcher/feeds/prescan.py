"""Limits that a feed must keep before any reader builds objects from it.

A bare expat pass without a tree costs a small part of feedparser's time and refuses the bodies that
would keep feedparser busy for many seconds (spec `polling` §2.3): thousands of attributes or
namespaces, deep nesting, endless items.
"""

from __future__ import annotations

import re
from xml.parsers import expat

from watcher.model.feed import ParseFailed

MAX_DEPTH = 200
MAX_ATTRIBUTES = 1_000  # on one element
MAX_NAMESPACES = 1_000  # declarations in the whole document
MAX_ITEMS = 20_000
LONG_TAG = 20_000  # bytes of one tag from which its attributes are counted in a broken document

_LONG_TAG = re.compile(rb"<[^<>]{%d,}" % LONG_TAG)
_HINT = "Such a body can stall a reader; ask the publisher for a smaller feed."


class OverLimitError(Exception):
    """Leaves expat at the first limit that is passed."""


def too_deep() -> OverLimitError:
    return OverLimitError(f"elements are nested deeper than {MAX_DEPTH}")


def check_attributes(attributes: list[str]) -> None:
    """Names and values in turn. Raises OverLimitError."""
    if len(attributes) > 2 * MAX_ATTRIBUTES:
        raise OverLimitError(f"an element has more than {MAX_ATTRIBUTES} attributes")


def check_namespaces(declared: int) -> None:
    """Raises OverLimitError."""
    if declared > MAX_NAMESPACES:
        raise OverLimitError(f"there are more than {MAX_NAMESPACES} namespace declarations")


class _Scan:
    """Counts what the limits are about. `root` is the local name of the first element."""

    def __init__(self) -> None:
        self.depth = 0
        self.namespaces = 0
        self.items = 0
        self.root: str | None = None

    def start(self, name: str, attributes: list[str]) -> None:
        self.depth += 1
        if self.root is None:
            self.root = _local(name)
        if self.depth > MAX_DEPTH:
            raise too_deep()
        if attributes:
            self._attributes(attributes)
        if name in {"item", "entry"} or name.endswith((":item", ":entry")):
            self._item()

    def end(self, _name: str) -> None:
        self.depth -= 1

    def _attributes(self, attributes: list[str]) -> None:
        check_attributes(attributes)
        self.namespaces += sum(1 for name in attributes[::2] if name.startswith("xmlns"))
        check_namespaces(self.namespaces)

    def _item(self) -> None:
        self.items += 1
        if self.items > MAX_ITEMS:
            raise OverLimitError(f"there are more than {MAX_ITEMS} items")


def scan(body: bytes) -> ParseFailed | None:
    """None where `body` keeps the limits. A document that is not well-formed is looked at only as
    far as expat reads it, and then for tags of absurd size; the worker's deadline bounds the rest.
    """
    counts = _Scan()
    parser = expat.ParserCreate()
    parser.ordered_attributes = True
    parser.buffer_text = True
    parser.StartElementHandler = counts.start
    parser.EndElementHandler = counts.end
    try:
        parser.Parse(body, True)
    except OverLimitError as over:
        return refused(str(over))
    except (expat.ExpatError, LookupError, ValueError):
        return _scan_broken(body)
    return None


def refused(reason: str) -> ParseFailed:
    return ParseFailed("WTC-FEED-004", f"the feed is over the limits: {reason}", _HINT)


def _scan_broken(body: bytes) -> ParseFailed | None:
    for tag in _LONG_TAG.finditer(body):
        found = tag.group()
        if found.count(b'="') + found.count(b"='") > MAX_ATTRIBUTES:
            return refused(f"an element has more than {MAX_ATTRIBUTES} attributes")
    return None


def _local(name: str) -> str:
    return name.rpartition(":")[2].lower()
