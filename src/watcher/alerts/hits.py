"""The sentences that hit: short pieces of the text around the matched words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from watcher.model.article import ArticleText
from watcher.model.topic import Span

REACH = 110  # characters shown on either side of a hit, at most
ENDS = ".!?؟。！？\n"
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
        if source is None:
            continue
        places = sorted((span.start, span.end) for span in spans if span.field == name)
        found += _pieces(name, source, places)
    return tuple(found[:most])


def field_text(text: ArticleText, name: str) -> str | None:
    """The text that a span's field points into."""
    if name.startswith("caption["):
        number = int(name[8:-1])
        return text.captions[number].text if number < len(text.captions) else None
    plain = {"title": text.title, "standfirst": text.standfirst, "body": text.body}
    return plain.get(name)


def _pieces(name: str, source: str, places: list[tuple[int, int]]) -> list[Hit]:
    pieces: list[Hit] = []
    while places:
        start, end = _window(source, *places[0])
        inside = [place for place in places if place[0] >= start and place[1] <= end]
        inside = inside or places[:1]
        places = [place for place in places if place not in inside]
        pieces.append(_hit(name, source, start, end, inside))
    return pieces


def _window(source: str, start: int, end: int) -> tuple[int, int]:
    """The sentence around a hit, or a stretch of it where it is long."""
    low, high = max(0, start - REACH), min(len(source), end + REACH)
    for at in range(start - 1, low - 1, -1):
        if source[at] in ENDS:
            low = at + 1
            break
    else:
        low = _blank_after(source, low, start) if low else 0
    for at in range(end, high):
        if source[at] in ENDS:
            high = at + 1
            break
    else:
        high = _blank_before(source, high, end) if high < len(source) else high
    return low, high


def _blank_after(source: str, low: int, limit: int) -> int:
    at = source.find(" ", low, limit)
    return low if at < 0 else at


def _blank_before(source: str, high: int, limit: int) -> int:
    at = source.rfind(" ", limit, high)
    return high if at < 0 else at


def _hit(name: str, source: str, start: int, end: int, places: list[tuple[int, int]]) -> Hit:
    while start < end and source[start].isspace():
        start += 1
    while end > start and source[end - 1].isspace():
        end -= 1
    before = ELLIPSIS if start and source[start - 1] not in ENDS + " " else ""
    if start and not before and not _starts_sentence(source, start):
        before = ELLIPSIS
    after = ELLIPSIS if end < len(source) and source[end - 1] not in ENDS else ""
    body = source[start:end].replace("\n", " ")
    shift = len(before) - start
    marks = tuple((a + shift, b + shift) for a, b in places)
    return Hit(name, before + body + after, marks)


def _starts_sentence(source: str, start: int) -> bool:
    head = source[:start].rstrip(" ")
    return not head or head[-1] in ENDS
