"""The JSON shape of a story (docs/reference/shapes.schema.json)."""

from __future__ import annotations

from typing import Any

from watcher.cli.output import when
from watcher.cli.shapes import address, credit, dated
from watcher.model.rows import StoryArticleRow, StoryRow
from watcher.model.when import SECOND, Micros


def story(row: StoryRow) -> dict[str, Any]:
    first = min((one.known for one in row.articles), default=0)
    return {
        "story": row.story,
        "title": row.title,
        "first_seen": when(row.first_seen),
        "articles": [_article(one, first) for one in row.articles],
        "outlets": _outlets(row, first),
        "original": _original(row),
        "languages": sorted({one.language for one in row.articles if one.language}),
        "links": [
            {
                "article": one.article,
                "to": one.to,
                "story": one.story,
                "role": one.role,
                "url": address(one.url),
            }
            for one in row.links
        ],
        "aliases": list(row.aliases),
        "acts": [{"at": when(one.at), "author": one.author, "act": one.act} for one in row.acts],
    }


def _article(one: StoryArticleRow, first: Micros) -> dict[str, Any]:
    return {
        "article": one.article,
        "id": one.id,
        "url": address(one.url),
        "title": one.title,
        "outlet": one.outlet.name,
        "role": one.role,
        "kind": one.kind,
        "copy_of": one.copy_of,
        "score": one.score,
        "why": one.why,
        "published": dated(one.published),
        "first_seen": when(one.first_seen),
        "language": one.language,
        "credit": credit(one.credit),
        "lag": (one.known - first) // SECOND,
        "uncertain": uncertain(one),
    }


def _original(row: StoryRow) -> dict[str, Any] | None:
    """Whose text it was first: the outlet that the first article credits, seen there or not, else
    its own. `known`: the outlet that the credit resolves to."""
    for one in row.articles:
        if one.role != "original":
            continue
        named = one.credit
        if named is not None and named.outlet and named.scope != "partial":
            said = named.known or named.outlet
            held = [other for other in row.articles if other.outlet.name == said]
            stored = held[0].article if held else None
            return {"outlet": named.outlet, "known": named.known, "article": stored}
        return {"outlet": one.outlet.name, "known": one.outlet.name, "article": one.article}
    return None


def uncertain(one: StoryArticleRow) -> bool:
    """Whether only a day, or only when we saw it, tells its time."""
    return one.published is None or one.published.precision == "day"


def _outlets(row: StoryRow, first: Micros) -> list[dict[str, Any]]:
    """In the order in which they had it; the first is the first mover, if its time is certain."""
    found: dict[str, dict[str, Any]] = {}
    for one in row.articles:
        held = found.setdefault(
            one.outlet.name,
            {
                "outlet": one.outlet.name,
                "first": when(one.known),
                "lag": (one.known - first) // SECOND,
                "uncertain": uncertain(one),
                "articles": 0,
                "own": False,
            },
        )
        held["articles"] += 1
        held["own"] = held["own"] or one.role != "copy"
    return list(found.values())
