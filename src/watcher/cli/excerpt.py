"""The line that an error is about, with a caret under the place."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import islice

from watcher.cli.escape import one_line
from watcher.errors import Place

WIDTH = 96  # columns of a line that are shown

_ELLIPSIS = "…"
_MAX_LINE = 20_000  # code points of a line; a longer one is nobody's to read


@dataclass(frozen=True, slots=True)
class Spot:
    """A line of text, and the code points of it that are meant."""

    line: str
    start: int
    length: int


def excerpt(place: Place) -> list[str]:
    """Two lines, the text and the caret, or none where the place is not known or not to be read."""
    spot = _in_source(place) if place.source is not None else _in_file(place)
    return [] if spot is None else _draw(spot)


def _in_source(place: Place) -> Spot | None:
    """Of a query over several lines, the one with the place."""
    text, start = place.source or "", place.offset
    if start is None or not text.strip() or len(text) > _MAX_LINE:
        return None
    start = min(start, len(text))
    begin = text.rfind("\n", 0, start) + 1
    line = text[begin:].partition("\n")[0]
    return Spot(line, start - begin, place.length or 1)


def _in_file(place: Place) -> Spot | None:
    if place.file is None or place.line is None or place.column is None or place.private:
        return None
    try:
        with open(place.file, encoding="utf-8") as lines:
            line = next(islice(lines, place.line - 1, None), "").rstrip("\r\n")
    except (OSError, ValueError):
        return None
    if not line.strip() or len(line) > _MAX_LINE:
        return None
    return Spot(line, min(place.column - 1, len(line)), 1)


def _draw(spot: Spot) -> list[str]:
    from wcwidth import wcswidth  # only a mistake pays for it

    end = max(spot.start + 1, min(spot.start + spot.length, len(spot.line)))
    meant = _cut(one_line(spot.line[spot.start : end]), WIDTH // 2)
    caret = max(1, wcswidth(meant))
    before = _cut(one_line(spot.line[: spot.start])[::-1], WIDTH - caret)[::-1]
    after = _cut(one_line(spot.line[end:]), max(WIDTH // 4, WIDTH - caret - wcswidth(before)))
    return [(before + meant + after).rstrip(), " " * wcswidth(before) + "^" * caret]


def _cut(text: str, width: int) -> str:
    from wcwidth import wcswidth

    if wcswidth(text) <= width:
        return text
    while wcswidth(text) >= width:
        text = text[: -max(1, (wcswidth(text) - width) // 2)]
    return text + _ELLIPSIS
