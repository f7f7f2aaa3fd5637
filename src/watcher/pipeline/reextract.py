"""Reextract: the kept pages read anew by the rules of today, beside what is stored of them."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import islice

import anyio

from watcher.articles.learn import lesson, site_of, without
from watcher.articles.recipe import recipe_for
from watcher.articles.reread import differences, draft
from watcher.model.article import ArticleDraft, ExtractFailed, Extraction, Recipe
from watcher.model.kept import ArticleContext, ArticlePage, FieldChange
from watcher.model.site import Lesson
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
    repeated: Callable[[str], frozenset[int]],
) -> AsyncIterator[Reread]:
    """What would change of each article whose page is kept, in their order. One that is not stored
    any more, or whose newest text is not a page's, is passed over. `repeated`: the hashes of a
    site's blocks that are left out."""
    for batch in _batches(iter(pages)):
        found: dict[int, Reread | None] = {}

        async def one(place: int, page: ArticlePage, found: dict[int, Reread | None]) -> None:
            of = context(page.article)
            if of is not None and of.text.source == "page":
                found[place] = await _reread(page, of, parsers, recipes, names, repeated)

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
    repeated: Callable[[str], frozenset[int]],
) -> Reread:
    held = page.page
    recipe = recipe_for(recipes, held.url, held.at)
    read = await parsers.extract(held.body, held.url, held.headers, held.at, recipe)
    problem = _problem(read, of)
    if problem is not None or not isinstance(read, Extraction):
        return Reread(of, held.at, problem=problem)
    made = draft(read, of, dict(names), prints(read.body))
    made = replace(made, text=without(made.text, repeated(site_of(made.url))))
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


async def relearn(
    pages: Iterable[ArticlePage],
    context: Callable[[str], ArticleContext | None],
    parsers: Parsers,
    recipes: Mapping[str, Recipe],
    progress: Callable[[int], None],
) -> dict[str, list[Lesson]]:
    """What the kept pages teach of their sites, by host, oldest page first."""
    found: list[tuple[Micros, Lesson]] = []
    nothing = frozenset[int]()
    async for made in reread(pages, context, parsers, recipes, {}, lambda host: nothing):
        stated = made.of.entry.text if made.of.entry else None
        if made.draft is not None:
            found.append((made.at, lesson(made.of.url, made.draft.text, stated)))
        progress(len(found))
    sites: dict[str, list[Lesson]] = {}
    for _, one in sorted(found, key=lambda pair: pair[0]):
        sites.setdefault(one.host, []).append(one)
    return sites
