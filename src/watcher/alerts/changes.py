"""What changed in a revision, short enough for an alert: sentences that went and that came."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from watcher.model.article import ArticleText
from watcher.text.diff import diff
from watcher.text.normalise import fold

MOST = 12  # lines of a diff that an alert tells
SHORT = 300  # characters of each


def changed(before: ArticleText, after: ArticleText) -> list[dict[str, Any]]:
    """`{op: "-" | "+", text}` in the order of reading, the headline first; empty where no word
    changed. A sentence in another wording is the old one, then the new one."""
    return [{"op": op, "text": _cut(text)} for op, text in _lines(before, after)][:MOST]


def _lines(before: ArticleText, after: ArticleText) -> Iterator[tuple[str, str]]:
    if fold(before.title) != fold(after.title):
        yield from (("-", before.title), ("+", after.title))
    if fold(before.body) == fold(after.body):
        return
    for step in diff(before.body, after.body):
        if step.op in "-~" and step.before.strip():
            yield "-", step.before
        if step.op in "+~" and step.after.strip():
            yield "+", step.after


def _cut(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= SHORT else line[: SHORT - 1] + "…"
