"""Reextract: the kept pages read anew by the rules of today, beside what is stored of them."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice

import anyio

from watcher.articles.recipe import recipe_for
from watcher.articles.reread import differences, draft
from watcher.model.article import ArticleDraft, ExtractFailed, Extraction, Recipe
from watcher.model.kept import ArticleContext, ArticlePage, FieldChange
from watcher.model.when import Micros
from watcher.pipeline.desk import PlaceDesk
from watcher.pipeline.place import place
from watcher.pipeline.scrape import READABLE
from watcher.pipeline.topics import Origin
from watcher.ports import Parsers
from watcher.stories.fingerprint import prints

WIDTH = 8  # pages at a time


@dataclass(frozen=True, slots=True)
class Reread:
    """One page read anew. `problem`: why there is nothing to compare; `draft` is what would be
    written."""

    of: ArticleContext
    at: Micros
    changes: tuple[FieldChange, ...] = ()
    problem: str | None = None
    draft: ArticleDraft | None = None


async def reread(
    pages: Iterable[ArticlePage],
    context: Callable[[str], ArticleContext | None],
    parsers: Parsers,
    recipes: Mapping[str, Recipe],
    names: Mapping[str, str],
) -> AsyncIterator[Reread]:
    """What would change of each article whose page is kept, in their order. One that is not stored
    any more, or whose newest text is not a page's, is passed over."""
    for batch in _batches(iter(pages)):
        found: dict[int, Reread | None] = {}

        async def one(place: int, page: ArticlePage, found: dict[int, Reread | None]) -> None:
            of = context(page.article)
            if of is not None and of.text.source == "page":
                found[place] = await _reread(page, of, parsers, recipes, names)

        async with anyio.create_task_group() as group:
            for number, page in enumerate(batch):
                group.start_soon(one, number, page, found)
        for number in sorted(found):
            made = found[number]
            if made is not None:
                yield made


def _batches(pages: Iterator[ArticlePage]) -> Iterator[list[ArticlePage]]:
    while batch := list(islice(pages, WIDTH)):
        yield batch


async def _reread(
    page: ArticlePage,
    of: ArticleContext,
    parsers: Parsers,
    recipes: Mapping[str, Recipe],
    names: Mapping[str, str],
) -> Reread:
    held = page.page
    recipe = recipe_for(recipes, held.url, held.at)
    read = await parsers.extract(held.body, held.url, held.headers, held.at, recipe)
    problem = _problem(read, of)
    if problem is not None or not isinstance(read, Extraction):
        return Reread(of, held.at, problem=problem)
    made = draft(read, of, dict(names), prints(read.body))
    return Reread(of, held.at, differences(of.text, made.text), draft=made)


def _problem(read: Extraction | ExtractFailed, of: ArticleContext) -> str | None:
    if isinstance(read, ExtractFailed):
        return read.message
    if read.state.kind not in READABLE:
        return f"it would be no article any more: {read.state.kind}"
    if of.text.body and not read.body:
        return "it would have no text any more"
    return None


async def apply(desk: PlaceDesk, made: Reread) -> bool:
    """Writes it as a revision that is marked `reread` and tells nobody. False: nothing differed by
    then."""
    if made.draft is None or not made.changes:
        return False
    origin = Origin(tags=made.of.tags, others=made.of.feeds)
    done = await place(desk, made.draft, origin)
    return done is not None and done.revision is not None
