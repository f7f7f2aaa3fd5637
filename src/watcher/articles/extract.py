"""One page to an article. Runs in a worker, on bytes alone: it is handed no way to fetch."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

# The heavy readers are loaded with the worker, not with its first page.
import htmldate as _htmldate
import trafilatura as _trafilatura

from watcher.articles import captions as pictures
from watcher.articles import cards, metadata, noarchive, related, state
from watcher.articles import credit as syndication
from watcher.articles import recipe as recipes
from watcher.articles.blocks import Block, flatten
from watcher.articles.byline import byline
from watcher.articles.clean import Cleaned, bare, clean, paragraphs
from watcher.articles.decode import markup
from watcher.articles.engine import Candidate, choose
from watcher.articles.select import forgive, only_leads_elsewhere, select, squeeze
from watcher.articles.tree import Tree, parse
from watcher.model.article import Caption, ExtractFailed, Extraction, Recipe
from watcher.model.when import Micros
from watcher.text import urls

READERS = (_htmldate.__name__, _trafilatura.__name__)


@dataclass(frozen=True, slots=True)
class Text:
    """The text as blocks, or, where the page's blocks do not hold it, as bare lines."""

    chosen: tuple[Block, ...]
    lines: tuple[str, ...]
    method: str
    why: tuple[str, ...]


def extract(
    body: bytes,
    url: str,
    headers: Mapping[str, str],
    fetched_at: Micros,
    recipe: Recipe | None = None,
) -> Extraction | ExtractFailed:
    """Reads the page that `url` finally led to. `fetched_at` bounds which dates are believed;
    `recipe` is the host's, if there is one.

    A page that is no article is an Extraction too: `state.kind` says what it is.
    """
    text = markup(body, headers)
    if isinstance(text, ExtractFailed):
        return text
    tree = parse(text, url)
    if tree is None:
        return ExtractFailed(
            "WTC-ART-004",
            "the page has no elements, or too many of them",
            "is this an article's address?",
        )
    applied = recipes.apply(recipe, tree) if recipe else recipes.Applied()
    return _read(tree, fetched_at, noarchive.asked(tree, headers), applied)


def _read(tree: Tree, fetched_at: Micros, wish: str | None, recipe: recipes.Applied) -> Extraction:
    blocks = flatten(tree.root)
    text = _text(tree, blocks, recipe)
    title, title_from = metadata.title(tree, blocks)
    site = metadata.site_name(tree)
    own = [name for name in (site, _label(tree.url)) if name]
    stated = syndication.find(tree, blocks, text.chosen, own)
    line = stated.block if stated else None
    names, names_from = _people(tree, blocks, text, own, stated, recipe)
    shown = pictures.captions(blocks, text.chosen)
    offered = cards.find(tree, blocks, text.chosen)
    cleaned = _cleaned(text, title, shown, names, line, offered)
    stand, kept = _standfirst(tree, blocks, cleaned)
    body = "\n\n".join(paragraphs(kept) if text.chosen else _lines(text.lines, title))
    published, published_from = metadata.published(tree, fetched_at, blocks, text.chosen)
    read = Extraction(
        url=tree.url,
        canonical_url=metadata.canonical(tree),
        title=title,
        standfirst=stand,
        body=body,
        byline=names,
        credit=stated.credit if stated else None,
        published=published,
        modified=metadata.modified(tree, fetched_at),
        language=metadata.language(tree, body or title),
        captions=shown,
        links=related.links(tree, blocks, kept, cleaned.promos, line, offered, recipe.related),
        state=state.judge(tree, blocks, title, body, published is not None, stand),
        method=text.method,
        why=(),
        site_name=site,
        tags=metadata.tags(tree),
        noarchive=wish,
        notices=tuple(recipe.notices),
    )
    chose = (f"title: {title_from}", f"byline: {names_from}", f"published: {published_from}")
    wished = (f"asks not to be archived: {wish}",) if wish else ()
    why = (*recipe.why, *recipe.notices, *text.why, *chose, *_provenance(read), *cleaned.why)
    return replace(read, why=(*why, *wished))


def _people(
    tree: Tree,
    blocks: Sequence[Block],
    text: Text,
    own: Sequence[str],
    stated: syndication.Statement | None,
    recipe: recipes.Applied,
) -> tuple[tuple[str, ...], str]:
    if recipe.byline:
        return recipe.byline, "recipe"
    if stated is not None and stated.people:
        # The credit line names the writer; the page's author is the account that posted it.
        return stated.people, "credit line"
    return byline(tree, blocks, own, text.chosen)


def _cleaned(
    text: Text,
    title: str,
    shown: Sequence[Caption],
    names: Sequence[str],
    credit: Block | None,
    offered: Sequence[cards.Card],
) -> Cleaned:
    return clean(
        text.chosen,
        title=title,
        captions=[part for one in shown for part in (one.text, f"{one.text} {one.credit}")],
        byline=names,
        credit=credit,
        cards={block.index for card in offered for block in card.blocks},
    )


def _provenance(read: Extraction) -> list[str]:
    """What else the page says of itself, and where."""
    said = []
    if read.standfirst:
        said.append("standfirst: printed by the headline")
    if read.credit:
        said.append(f"credit: {read.credit.text[:80]}")
    if read.canonical_url:
        said.append(f"canonical: {read.canonical_url}")
    if read.language:
        said.append(f"language: {read.language}")
    return said


def _label(url: str) -> str:
    """The outlet's name as its domain has it: `balkaninsight` of `balkaninsight.com`."""
    domain = urls.outlet_domain(url)
    return "" if ":" in domain else domain.split(".")[0]


def _text(tree: Tree, blocks: Sequence[Block], recipe: recipes.Applied) -> Text:
    named = recipe.text(blocks)
    if named is not None:
        return Text(tuple(named), tuple(block.text for block in named), "recipe", ())
    candidate: Candidate = choose(tree, list(blocks))
    forgive(blocks, candidate.lines)
    chosen = select(blocks, candidate.lines)
    if chosen is None:
        links = only_leads_elsewhere(blocks, candidate.lines)
        reason = "only links" if links else "taken as the engine gave it"
        why = (*candidate.why, f"the page's blocks do not hold the text: {reason}")
        lines = () if links else bare(candidate.lines, blocks)
        return Text((), lines, candidate.method, why)
    return Text(tuple(chosen), candidate.lines, candidate.method, candidate.why)


def _standfirst(
    tree: Tree, blocks: Sequence[Block], cleaned: Cleaned
) -> tuple[str | None, tuple[Block, ...]]:
    """The standfirst, and the text without it where it stands outside the text's container."""
    kept = cleaned.kept
    stand, block = metadata.standfirst(tree, blocks, kept)
    if block is None or not kept:
        return stand, kept
    rest = tuple(one for one in kept if one is not block)
    inside = any(one.element.getparent() is block.element.getparent() for one in rest)
    return stand, kept if inside else rest


def _lines(lines: Sequence[str], title: str) -> list[str]:
    """Bare lines without the headline at their top."""
    headline = squeeze(title)
    return [line for place, line in enumerate(lines) if place > 2 or squeeze(line) != headline]
