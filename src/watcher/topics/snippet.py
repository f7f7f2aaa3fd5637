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
    start, end = _window(places, len(source), width - 2)
    return _cut(source, start, end)


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


def _cut(source: str, start: int, end: int) -> str:
    """`source[start:end]` without broken words at its ends, unless it is all one word."""
    part = source[start:end]
    if end < len(source) and not source[end].isspace():
        part = _without_last_word(part)
    if start and not source[start - 1].isspace():
        part = _without_last_word(part[::-1])[::-1]
    line = " ".join(part.split())
    return (_ELLIPSIS if start else "") + line + (_ELLIPSIS if end < len(source) else "")


def _without_last_word(part: str) -> str:
    """Cuts back to a blank that is near; a script without blanks is cut where it is."""
    trimmed = part.rstrip()
    head = trimmed.rpartition(" ")[0] if trimmed == part else trimmed
    return head if len(part) - len(head) <= 30 else part
