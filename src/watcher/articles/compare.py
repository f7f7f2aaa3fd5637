"""Two versions of an article side by side, for people and for programs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from watcher.articles.changes import changes
from watcher.model.article import ArticleText, ChangeKind
from watcher.text.diff import Step, diff

Part = Literal["title", "standfirst", "body", "byline", "credit"]


@dataclass(frozen=True, slots=True)
class PartDiff:
    """One part of the article that differs, step by step."""

    part: Part
    steps: tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class Comparison:
    changes: tuple[ChangeKind, ...]
    parts: tuple[PartDiff, ...]


def compare(before: ArticleText, after: ArticleText) -> Comparison:
    """What differs as printed, down to the marks; `changes` names only what counts."""
    pairs: list[tuple[Part, str, str]] = [
        ("title", before.title, after.title),
        ("standfirst", before.standfirst or "", after.standfirst or ""),
        ("body", before.body, after.body),
        ("byline", ", ".join(before.byline), ", ".join(after.byline)),
        ("credit", _credit(before), _credit(after)),
    ]
    parts = tuple(PartDiff(part, _steps(part, a, b)) for part, a, b in pairs if a != b)
    return Comparison(changes(before, after), parts)


def _steps(part: Part, before: str, after: str) -> tuple[Step, ...]:
    """Sentences of the texts; a title or byline is one thing, whatever marks are in it."""
    if part in {"body", "standfirst"}:
        return diff(before, after)
    op: Literal["+", "-", "~"] = "~" if before and after else "+" if after else "-"
    return (Step(op, before, after, 0, 0),)


def _credit(text: ArticleText) -> str:
    return text.credit.text if text.credit else ""
