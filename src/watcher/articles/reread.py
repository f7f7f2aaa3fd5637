"""What reading a kept page anew, with today's rules, would change of an article."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from difflib import SequenceMatcher

from watcher.articles.draft import from_page
from watcher.model.article import ArticleDraft, ArticleText, Extraction
from watcher.model.kept import ArticleContext, FieldChange
from watcher.text import urls

SHOWN = 8  # lines of a diff
WIDE = 160  # characters of a line


def draft(
    read: Extraction, of: ArticleContext, names: dict[str, str], prints: tuple[int, ...]
) -> ArticleDraft:
    """The article as the page now reads; still the same article, whatever the page calls itself."""
    made = from_page(
        read,
        outlet=of.outlet,
        seen_at=of.first_seen,
        names=names,
        entry=of.entry,
        prints=prints,
    )
    return replace(
        made,
        article=of.article,
        url=of.url,
        urls=(urls.key(of.url),),
        origin_feed=None,
        depth=of.depth,
        reread=True,
    )


def differences(before: ArticleText, after: ArticleText) -> tuple[FieldChange, ...]:
    """The fields that differ, in the order of `FIELDS`. The reasons of the choices are none."""
    found = []
    for name, value in FIELDS.items():
        old, new = value(before), value(after)
        if old != new:
            found.append(FieldChange(name, old, new, tuple(_diff(old, new))))
    return tuple(found)


FIELDS: dict[str, Callable[[ArticleText], object]] = {
    "title": lambda text: text.title,
    "standfirst": lambda text: text.standfirst,
    "body": lambda text: text.body,
    "byline": lambda text: list(text.byline),
    "credit": lambda text: text.credit.text if text.credit else None,
    "published": lambda text: text.published.text if text.published else None,
    "modified": lambda text: text.modified.text if text.modified else None,
    "language": lambda text: text.language,
    "captions": lambda text: [
        f"{one.text} — {one.credit}" if one.credit else one.text for one in text.captions
    ],
    "links": lambda text: [f"{one.role}: {one.text} <{one.url}>" for one in text.links],
    "tags": lambda text: list(text.tags),
    "state": lambda text: text.state.kind,
}


def _diff(before: object, after: object) -> Iterator[str]:
    """What went and what came: of a text its paragraphs, of a list its members."""
    steps = list(_steps(_parts(before), _parts(after)))
    for sign, text in steps[:SHOWN]:
        flat = " ".join(text.split())
        yield f"{sign} {flat[:WIDE]}{'…' * (len(flat) > WIDE)}"
    if len(steps) > SHOWN:
        yield f"… {len(steps) - SHOWN} more"


def _steps(old: Sequence[str], new: Sequence[str]) -> Iterator[tuple[str, str]]:
    matcher = SequenceMatcher(None, old, new, autojunk=False)
    for op, a, b, c, d in matcher.get_opcodes():
        if op != "equal":
            yield from (("-", part) for part in old[a:b])
            yield from (("+", part) for part in new[c:d])


def _parts(value: object) -> list[str]:
    if value is None:
        return []
    if isinstance(value, list):
        return [str(one) for one in value]
    return str(value).split("\n\n")
