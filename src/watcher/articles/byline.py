"""Where a page names its authors: JSON-LD, meta tags, marks and classes, lines at the headline
and boxes below the text (spec `articles` §2.3). What is a name is `people`'s to judge."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence

from lxml import html

from watcher.articles import jsonld, words
from watcher.articles.blocks import Block, Zone
from watcher.articles.people import clean, looks_named, split
from watcher.articles.printed import without_dates
from watcher.articles.tree import Tree
from watcher.text.names import squash

_META = (
    "citation_author",  # one tag an author
    "author",
    "article:author",
    "byl",
    "dc.creator",
    "dcterms.creator",
    "sailthru.author",
    "parsely-author",
    "cxenseparse:author",
    "twitter:creator",
)
_ELSEWHERE = re.compile(r"comment|related|sidebar|widget|recent|most-|teaser|card", re.I)
# Class names of an element that holds an author's name and nothing else.
_NAMED = re.compile(
    r"(?:\A|[\s_-]|(?<=[a-z])(?=[A-Z]))(?:by-?line|author|autor|auteur|writer|journalist)s?"
    r"(?:[_-]*(?:name|names|link|title))?(?:\s|\Z)",
    re.I,
)
_PERSON_PATH = re.compile(
    r"/(?:authors?|autor(?:en|es|i|zy)?|auteurs?|autore|staff|people|profiles?|contributors?"
    r"|journalists?|writers?|reporters?|team|by|person(?:en)?|redakt\w+|verfasser|columnists?"
    r"|producers?|users?)/(?:[^/?#]+/)?[^/?#]+/?\Z",
    re.I,
)
_LONGEST = 80  # characters of a line that is a byline
_HEAD = 15  # blocks below the headline
_TAIL = 4  # blocks below the text, where the author's box begins


def byline(
    tree: Tree,
    blocks: Sequence[Block],
    outlet_names: Iterable[str],
    chosen: Sequence[Block] = (),
) -> tuple[tuple[str, ...], str]:
    """The authors in order, and where they stood. Outlets and accounts are no authors; no name
    is better than a wrong one. `outlet_names`: how the page's own outlet calls itself."""
    own = {squash(name) for name in outlet_names if name}
    head = list(_head(blocks, chosen))
    witnesses: tuple[tuple[str, Callable[[], Iterator[str]]], ...] = (
        ("json-ld", lambda: _from_json(tree)),
        ("meta", lambda: _from_meta(tree)),
        ("meta", lambda: _from_cards(tree)),
        ("page", lambda: _from_marks(tree)),
        ("byline", lambda: _from_lines(head)),
        ("link", lambda: _from_links(head)),
        ("class", lambda: _from_classes(tree)),
        ("box", lambda: _from_lines(_below(blocks, chosen))),
    )
    for method, read in witnesses:
        names = clean(read(), own)
        if names:
            return names, method
    return (), "none"


def _head(blocks: Sequence[Block], chosen: Sequence[Block]) -> Iterator[Block]:
    """What stands about the headline and the beginning of the text."""
    title = next((b.index for b in blocks if b.zone & Zone.TITLE), 0)
    first = chosen[0].index if chosen else title
    begin = min(title, max(0, first - _HEAD)) if title > first else title
    for block in blocks[max(0, begin - 3) : begin + _HEAD]:
        if not block.zone & (Zone.COMMENT | Zone.CARD | Zone.HIDDEN | Zone.CAPTION):
            yield block


def _below(blocks: Sequence[Block], chosen: Sequence[Block]) -> list[Block]:
    if not chosen:
        return []
    last = chosen[-1].index
    inside = blocks[last - 1 : last + 1 + _TAIL]
    return [b for b in inside if not b.zone & (Zone.COMMENT | Zone.CARD | Zone.RELATED)]


def _from_json(tree: Tree) -> Iterator[str]:
    stated = jsonld.resolve(tree.article.get("author") or tree.article.get("creator"), tree.nodes)
    for author in stated:
        if isinstance(author, str):
            yield jsonld.clean(author)
        elif "organization" not in " ".join(jsonld.types(author)):
            names = author.get("name")
            for name in names if isinstance(names, list) else [names]:
                yield _in_capitals(jsonld.string(name) or "", author)


def _in_capitals(name: str, author: jsonld.Node) -> str:
    """`kirstin boatto`, where the page says that it is a person: some write themselves so."""
    if "person" in jsonld.types(author) and name.islower() and len(name.split()) in {2, 3}:
        return name.title()
    return name


def _from_meta(tree: Tree) -> Iterator[str]:
    for name in _META:
        values = [jsonld.clean(value) for value in tree.metas_of(name)]
        if name == "citation_author":
            values = [_first_name_first(value) for value in values]
        if clean(values):
            yield from values
            return


def _from_cards(tree: Tree) -> Iterator[str]:
    """What the page has social networks print under its link: `Written by`, Ana Doe."""
    for number in ("1", "2"):
        label, value = tree.meta(f"twitter:label{number}"), tree.meta(f"twitter:data{number}")
        if label and value and words.after_by(label) == "":
            yield jsonld.clean(value)


def _first_name_first(name: str) -> str:
    last, comma, first = name.partition(", ")
    return f"{first} {last}" if comma and "," not in first else name


def _from_marks(tree: Tree) -> Iterator[str]:
    """`rel=author` and `itemprop=author`, where they stand outside comments and lists."""
    for element in tree.root.xpath("//*[@itemprop='author'] | //a[contains(@rel, 'author')]"):
        if _elsewhere(element):
            continue
        named = element.xpath(".//*[@itemprop='name']")
        named = named[:1] or [element]
        yield named[0].get("content") or _name_in(named[0])


def _from_classes(tree: Tree) -> Iterator[str]:
    """Elements whose class says that they hold the author's name; the first, and those beside it
    with the same class."""
    kind: str | None = None
    for element in tree.root.xpath("//*[@class]"):
        name = element.get("class")
        if len(element) > 3 or (name != kind if kind else not _NAMED.search(name)):
            continue
        text = _name_in(element)
        if 0 < len(text) <= _LONGEST and not _elsewhere(element):
            said = _person(text)
            if said:
                kind = name
                yield said


def _from_links(head: Sequence[Block]) -> Iterator[str]:
    """Links about the headline that lead to a person's page under the person's name."""
    for block in head:
        for anchor in block.anchors:
            if _PERSON_PATH.search(anchor.href.split("?")[0]) and looks_named(anchor.text):
                yield anchor.text


def _from_lines(lines: Sequence[Block]) -> Iterator[str]:
    """A line that opens with `By`, or that a byline's class encloses; a line `By` alone names
    the next one."""
    opened = False
    for block in lines:
        text = without_dates(block.text) if len(block.text) <= 2 * _LONGEST else block.text
        said = words.after_by(text)
        if said == "" and block.words <= 3:
            opened = True
            continue
        if opened and block.words <= 6 and looks_named(text):
            yield text
            return
        opened = False
        if said and block.words <= 22 and (block.zone & Zone.BYLINE or looks_named(said)):
            yield said
            return
        if block.zone & Zone.BYLINE and block.words <= 6 and looks_named(text):
            yield text
            return


def _name_in(element: html.HtmlElement) -> str:
    """The first part that is a name by itself, else all of the text."""
    parts = [spaced(one) for one in element.iter("a", "b", "strong", "span") if len(one) == 0]
    named = next((one for one in parts if looks_named(one)), None)
    return named if named and len(parts) > 1 else spaced(element)


def _person(text: str) -> str | None:
    said = words.after_by(without_dates(text)) or without_dates(text)
    return said if split(said) and looks_named(said) else None


def _elsewhere(element: html.HtmlElement) -> bool:
    up = element
    for _ in range(12):
        up = up.getparent()
        if up is None or up.tag in {"body", "html"}:
            return False
        if up.tag in {"aside", "footer", "li"} or _ELSEWHERE.search(up.get("class") or ""):
            return True
    return False


def spaced(element: html.HtmlElement) -> str:
    """Its text with a blank between elements: a role is no part of the name before it."""
    return " ".join(" ".join(element.itertext()).split())
