"""The items of a feed's body as slices of bytes, told apart by their hashes: a poll that brought
nothing but new channel dates is seen without a parse, and of a feed with two new items only those
two are parsed (spec `polling` §2.4).

A cut is trusted only where nothing can be meant otherwise: between items stands white space alone,
and no comment, CDATA section or processing instruction hides a tag. Any doubt means that the whole
is parsed. Goes through a body once, whatever it holds.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from itertools import pairwise

from watcher.model.feed import FeedState, ParsedFeed

MAX_ITEMS = 5_000
MAX_HEAD = 1 << 18  # bytes before the first item
MAX_TAIL = 1 << 12  # bytes after the last

_VERSION = b"\x01"
_SIZE = 8  # bytes of a slice's hash
_NAME = 4  # bytes of the hash of its entry's identity
_ITEM = _SIZE + _NAME
_KINDS = {b"i": "id:", b"l": "link:", b"t": "text:", b"-": ""}

_CHARSET = re.compile(r"charset\s*=\s*[\"']?([A-Za-z0-9_.:-]+)", re.I)
_MOVING = re.compile(rb"<(lastBuildDate|pubDate|updated|generator)(?=[\s>])[^<>]*>[^<>]*</\1\s*>")
_COMMENT = re.compile(rb"<!--.*?-->", re.S)
_HTML = re.compile(rb"<!doctype html\s?>", re.I)
_AFTER_NAME = frozenset(b" \t\r\n>/")


class WholeWantedError(Exception):
    """The new items alone do not decide: the whole body is to be parsed."""


@dataclass(frozen=True, slots=True)
class Sliced:
    """A body as slices. `frame`: the hash of what is around the items, but for the dates that move
    by themselves; `bounds`: where each item begins and ends."""

    frame: bytes
    hashes: tuple[bytes, ...]
    bounds: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class Part:
    """Which items of a body were parsed: their places in it. `kind`: what its entries go by, as
    their identities begin; `names`: of the items that were known, the hashes of the identities of
    their entries, by place."""

    sliced: Sliced
    places: tuple[int, ...]
    kind: str
    names: Mapping[int, bytes]

    @property
    def seen(self) -> int:
        """How many different entries the body holds."""
        return len(set(self.names.values())) + len(self.places)


def cut(body: bytes, url: str, headers: Mapping[str, str]) -> Sliced | None:
    """`body`, as served from `url` with `headers`, in slices, or None where there is a doubt."""
    bounds = _bounds(body)
    if not bounds or len(bounds) > MAX_ITEMS:
        return None
    head, tail = body[: bounds[0][0]], body[bounds[-1][1] :]
    if len(head) > MAX_HEAD or len(tail) > MAX_TAIL or not _plain(head, 0, len(head)):
        return None
    if any(
        after > end and not body[end:after].isspace() for (_, end), (after, _) in pairwise(bounds)
    ):
        return None
    view = memoryview(body)
    hashes = tuple(blake2b(view[start:end], digest_size=_SIZE).digest() for start, end in bounds)
    return Sliced(_frame(head, tail, url, headers), hashes, bounds)


def known_part(state: FeedState, sliced: Sliced, strict: str) -> Part | None:
    """What is left to parse of a body, by what was kept of the feed's last one. None: the whole.

    `strict`: the reader that reads an item the same wherever it stands. Any other is only believed
    to read the same items in the same order as it did."""
    stored = state.slices
    if not stored or stored[:1] != _VERSION or stored[2 : 2 + _SIZE] != sliced.frame:
        return None
    kind = _KINDS[stored[1:2]]
    held = [stored[at : at + _ITEM] for at in range(2 + _SIZE, len(stored), _ITEM)]
    if sliced.hashes == tuple(one[:_SIZE] for one in held):
        return Part(sliced, (), kind, {at: one[_SIZE:] for at, one in enumerate(held)})
    if not kind or state.reader != strict or len(set(sliced.hashes)) < len(sliced.hashes):
        return None
    before = {one[:_SIZE]: one[_SIZE:] for one in held}
    names = {at: before[one] for at, one in enumerate(sliced.hashes) if one in before}
    fresh = tuple(at for at in range(len(sliced.hashes)) if at not in names)
    return Part(sliced, fresh, kind, names)


def nothing(state: FeedState) -> ParsedFeed:
    """What a parse would give of a feed whose items are all known: nothing new of it either."""
    wishes, reader = state.memory.wishes, state.reader or ""
    return ParsedFeed(None, None, None, None, (), reader, "", wishes=wishes)


def partial(body: bytes, part: Part) -> bytes:
    """The body with those items alone that are to be parsed."""
    bounds = part.sliced.bounds
    items = [body[slice(*bounds[at])] for at in part.places]
    return b"".join([body[: bounds[0][0]], *items, body[bounds[-1][1] :]])


def whole(sliced: Sliced, names: Sequence[str], kind: str) -> bytes | None:
    """What is kept of a body that was parsed as a whole, with the identities of its entries; None
    where its items are not its entries."""
    if len(names) != len(sliced.hashes):
        return None
    if len(set(names)) < len(names):
        kind = ""
    return _stored(sliced, kind, [name_hash(name) for name in names])


def joined(part: Part, names: Sequence[str]) -> bytes:
    """What is kept of a body of which a part was parsed, with the identities of its entries.

    Raises WholeWantedError where one of them might be another's: it goes by something else than
    the rest, or is stated twice."""
    if not part.places:
        return _stored(part.sliced, part.kind, [part.names[at] for at in range(len(part.names))])
    fresh = [name_hash(name) for name in names]
    taken = {*part.names.values(), *fresh}
    if len(names) != len(part.places) or len(taken) < len(part.names) + len(fresh):
        raise WholeWantedError
    if not all(name.startswith(part.kind) for name in names):
        raise WholeWantedError
    every = {**part.names, **dict(zip(part.places, fresh, strict=True))}
    return _stored(part.sliced, part.kind, [every[at] for at in range(len(every))])


def name_hash(name: str) -> bytes:
    return blake2b(name.encode("utf-8", "surrogatepass"), digest_size=_NAME).digest()


def _stored(sliced: Sliced, kind: str, names: Sequence[bytes]) -> bytes:
    mark = next(mark for mark, one in _KINDS.items() if one == kind)
    pairs = zip(sliced.hashes, names, strict=True)
    return b"".join([_VERSION, mark, sliced.frame, *(one + name for one, name in pairs)])


def _frame(head: bytes, tail: bytes, url: str, headers: Mapping[str, str]) -> bytes:
    """Whatever an item's meaning may depend on: namespaces, base, language, encoding, address."""
    charset = _CHARSET.search(headers.get("content-type", ""))
    parts = (
        _MOVING.sub(b"", _without_order(head)),
        _COMMENT.sub(b"", tail),
        url.encode("utf-8", "surrogatepass"),
        charset.group(1).lower().encode() if charset else b"",
    )
    digest = blake2b(digest_size=_SIZE)
    for one in parts:
        digest.update(len(one).to_bytes(8, "big"))
        digest.update(one)
    return digest.digest()


def _without_order(head: bytes) -> bytes:
    """RSS 1.0 names all its items before the first of them, and no reader asks in what order."""
    start = head.find(b"<items>")
    end = head.find(b"</items>", start)
    return head[:start] + head[end:] if 0 <= start < end else head


def _bounds(body: bytes) -> tuple[tuple[int, int], ...]:
    """Where the items begin and end; none where that is not sure."""
    items, entries = _opening(body, b"<item", 0), _opening(body, b"<entry", 0)
    first = min(at for at in (items, entries, len(body)) if at >= 0)
    name = b"item" if first == items else b"entry"
    opening, closing = b"<" + name, b"</" + name + b">"
    bounds: list[tuple[int, int]] = []
    at = first
    while 0 <= at < len(body):
        close = body.find(closing, at)
        if close < 0 or len(bounds) > MAX_ITEMS:
            return ()
        end = close + len(closing)
        if not _plain(body, at, end):
            return ()
        bounds.append((at, end))
        at = _opening(body, opening, end)
    return tuple(bounds)


def _opening(body: bytes, opening: bytes, at: int) -> int:
    """Where the next tag begins that `opening` begins; -1 for none."""
    at = body.find(opening, at)
    while at >= 0 and body[at + len(opening) : at + len(opening) + 1] not in _ENDS:
        at = body.find(opening, at + 1)
    return at


_ENDS = frozenset(bytes([one]) for one in _AFTER_NAME)


def _plain(body: bytes, at: int, end: int) -> bool:
    """Whether comments and CDATA sections that begin here end here, and nothing else hides tags."""
    while True:
        mark = body.find(b"<!", at, end)
        stop = mark if mark >= 0 else end
        if not _instructions_end(body, at, stop):
            return False
        if mark < 0:
            return True
        if body.startswith(b"<![CDATA[", mark):
            close = body.find(b"]]>", mark, end)
        elif body.startswith(b"<!--", mark):
            close = body.find(b"-->", mark + 4, end)
        elif _HTML.match(body, mark):
            close = body.find(b">", mark) - 2
        else:  # any other DOCTYPE may define what is written in the items
            return False
        if close < 0:
            return False
        at = close + 3


def _instructions_end(body: bytes, at: int, end: int) -> bool:
    while (mark := body.find(b"<?", at, end)) >= 0:
        close = body.find(b"?>", mark, end)
        if close < 0:
            return False
        at = close + 2
    return True
