"""A line of an article around what was found in it."""

from __future__ import annotations

from collections.abc import Sequence

from watcher.model.article import ArticleText
from watcher.model.topic import Span

_ELLIPSIS = "…"
_FIELDS = ("body", "standfirst", "title")


def snippet(text: ArticleText, spans: Sequence[Span], width: int = 160) -> str:
    """At most `width` characters on one line around the densest spans, cut at blanks where there
    are any, with ellipses where something is left out. Without spans, the beginning.

    The body is preferred where it has a span, then captions and standfirst; the title, which
    stands beside the snippet anyway, comes last.
    """
    name = _best_field(spans)
    source = _field(text, name) if name else text.body or text.standfirst or text.title
    places = sorted((s.start, s.end) for s in spans if s.field == name)
    shown = _window(places, len(source), width - 2)
    return _cut(source, *shown, keep=[place for place in places if _within(place, shown)])


def _best_field(spans: Sequence[Span]) -> str | None:
    names = {span.field for span in spans}
    if "body" in names:
        return "body"
    others = sorted(n for n in names if n.startswith("caption"))
    return next(iter(others), None) or next((n for n in _FIELDS if n in names), None)


def _field(text: ArticleText, name: str) -> str:
    if name.startswith("caption["):
        return text.captions[int(name[8:-1])].text
    return {"title": text.title, "standfirst": text.standfirst or "", "body": text.body}[name]


def _window(places: list[tuple[int, int]], length: int, width: int) -> tuple[int, int]:
    """The first stretch of `width` with the most whole places in it, these in its middle."""
    if length <= width + 2:
        return 0, length
    if not places:
        return 0, width
    held, first, last = 0, *places[0]
    for number, (start, _) in enumerate(places):
        inside = [end for _, end in places[number:] if end <= start + width]
        if len(inside) > held:
            held, first, last = len(inside), start, max(inside)
    margin = max(0, width - (last - first)) // 2
    begin = min(max(0, first - margin), length - width)
    return begin, begin + width


def _within(place: tuple[int, int], shown: tuple[int, int]) -> bool:
    return shown[0] <= place[0] and place[1] <= shown[1]


def _cut(source: str, start: int, end: int, keep: Sequence[tuple[int, int]]) -> str:
    """`source[start:end]` without broken words at its ends, but for words that a place of `keep`
    is in, and unless it is all one word."""
    first = min((place[0] for place in keep), default=end)
    last = max((place[1] for place in keep), default=start)
    stop, begin = end, start
    if end < len(source) and not source[end].isspace():
        stop = max(last, start + len(_without_last_word(source[start:end])))
    if start and not source[start - 1].isspace():
        begin = min(first, stop - len(_without_last_word(source[start:stop][::-1])))
    line = " ".join(source[begin:stop].split())
    return (_ELLIPSIS if start else "") + line + (_ELLIPSIS if end < len(source) else "")


def _without_last_word(part: str) -> str:
    """Cuts back to a blank that is near; a script without blanks is cut where it is."""
    trimmed = part.rstrip()
    head = trimmed.rpartition(" ")[0] if trimmed == part else trimmed
    return head if head and len(part) - len(head) <= 30 else part
