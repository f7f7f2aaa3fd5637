"""The sentences that hit: short pieces of the text around the matched words."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from watcher.model.article import ArticleText
from watcher.model.topic import Span

REACH = 110  # characters shown on either side of a hit, at most
ENDS = "。！？\n"
POINTS = ".!?؟"  # end a sentence where no letter or digit follows: not in 3.5 or in an address
ELLIPSIS = "…"


@dataclass(frozen=True, slots=True)
class Hit:
    """One piece of one field: `text` with the matched words at `marks` (offsets in `text`)."""

    field: str
    text: str
    marks: tuple[tuple[int, int], ...]


def hits(text: ArticleText, spans: Sequence[Span], most: int = 4) -> tuple[Hit, ...]:
    """At most `most` pieces in the order of the text. Spans that share a piece share its hit."""
    found: list[Hit] = []
    for name in dict.fromkeys(span.field for span in spans):
        source = field_text(text, name)
        if source is not None:
            places = _merged((span.start, span.end) for span in spans if span.field == name)
            found += islice(_pieces(name, source, places), most - len(found))
    return tuple(found)


def field_text(text: ArticleText, name: str) -> str | None:
    """The text that a span's field points into."""
    if name.startswith("caption["):
        number = int(name[8:-1])
        return text.captions[number].text if number < len(text.captions) else None
    plain = {"title": text.title, "standfirst": text.standfirst, "body": text.body}
    return plain.get(name)


def _merged(places: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """In order, what overlaps as one: a word is marked once, however many clauses found it."""
    merged: list[tuple[int, int]] = []
    for start, end in sorted(places):
        if merged and start < merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged


def _pieces(name: str, source: str, places: Sequence[tuple[int, int]]) -> Iterator[Hit]:
    at = 0
    while at < len(places):
        start, end = _window(source, *places[at])
        first, at = at, at + 1
        while at < len(places) and places[at][1] <= end:
            at += 1
        yield _hit(name, source, start, end, places[first:at])


def _window(source: str, start: int, end: int) -> tuple[int, int]:
    """The sentence around a hit, or a stretch of it where it is long."""
    low, high = max(0, start - REACH), min(len(source), end + REACH)
    for at in range(start - 1, low - 1, -1):
        if _ends(source, at):
            low = at + 1
            break
    else:
        low = _blank_after(source, low, start) if low else 0
    for at in range(end, high):
        if _ends(source, at):
            high = at + 1
            break
    else:
        high = _blank_before(source, high, end) if high < len(source) else high
    return low, high


def _ends(source: str, at: int) -> bool:
    """Whether a sentence ends with the character at `at`."""
    if source[at] in POINTS:
        return not source[at + 1 : at + 2].isalnum()
    return source[at] in ENDS


def _blank_after(source: str, low: int, limit: int) -> int:
    at = source.find(" ", low, limit)
    return low if at < 0 else at


def _blank_before(source: str, high: int, limit: int) -> int:
    at = source.rfind(" ", limit, high)
    return high if at < 0 else at


def _hit(name: str, source: str, start: int, end: int, places: Sequence[tuple[int, int]]) -> Hit:
    before = ELLIPSIS if start and not _ends(source, start - 1) else ""
    after = ELLIPSIS if end < len(source) and not _ends(source, end - 1) else ""
    while start < places[0][0] and source[start].isspace():
        start += 1
    while end > places[-1][1] and source[end - 1].isspace():
        end -= 1
    shift = len(before) - start
    marks = tuple((a + shift, b + shift) for a, b in places)
    return Hit(name, before + source[start:end].replace("\n", " ") + after, marks)
