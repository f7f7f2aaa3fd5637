"""Where a page names its authors: JSON-LD, meta tags, marks and classes, lines at the headline
and boxes below the text (spec `articles` §2.3). What is a name is `people`'s to judge."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice

from lxml import html

from watcher.articles import jsonld, words
from watcher.articles.blocks import Block, Zone
from watcher.articles.naming import after_all_by, is_person, is_role
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
_OF_AUTHORS = re.compile(r"author|by-?line|autor|auteur|writer|contributor|meta(?:\Z|[\s_-])", re.I)
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
_TAIL = 6  # blocks below the text, where the author's box begins
_PARAGRAPH = 18  # words of what is a paragraph of the text, not a line above it
_NOT_HEAD = Zone.COMMENT | Zone.CARD | Zone.HIDDEN | Zone.CAPTION
_NO_DATE_LINE = Zone.TITLE | Zone.TAGS | Zone.ITEM | Zone.ASIDE | Zone.RELATED
_GLUED = re.compile(r"\A(?:[Bb]y|BY|[Vv]on|[Pp]ar|[Pp]or)(?=[A-ZÀ-Þ][^\W\d_]+ [A-ZÀ-Þ])")
_BAR = re.compile(r"\s*[|•·⋅∙»]\s*|\s+[–—-]\s+|,\s+(?=\D)")
_MINUTES = re.compile(
    r"\b\d+\s*(?:-\s*)?(?:min\w*|мин\w*|分|분|دقيقة|دقیقه|xvilin|words)\b\.?"
    r"(?:\s*(?:to\s+)?(?:read(?:ing)?|lesezeit|leestijd|czytania|чтения|time|lästid|lesetid"
    r"|d[ei]\s+(?:lecture|lectura|lettura|leitura)))?|\b\d{1,2}:\d{2}(?:\s*[ap]m)?\b",
    re.I,
)


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
    start = _start(blocks, chosen)
    above = [b for b in head if b.index <= start or b.zone & Zone.BYLINE]
    below = _below(blocks, chosen)
    stated: tuple[tuple[str, Callable[[], Iterator[str]]], ...] = (
        ("json-ld", lambda: _from_json(tree)),
        ("meta", lambda: _from_meta(tree)),
        ("meta", lambda: _from_cards(tree)),
        ("page", lambda: _from_marks(tree)),
    )
    printed: tuple[tuple[str, Callable[[], Iterator[str]]], ...] = (
        ("byline", lambda: _from_lines(above)),
        ("link", lambda: _from_links(above)),
        ("class", lambda: _from_classes(tree)),
    )
    guessed: tuple[tuple[str, Callable[[], Iterator[str]]], ...] = (
        ("date line", lambda: _from_date_lines([b for b in above if b.index < start])),
        ("box", lambda: _from_lines(below)),
        ("box", lambda: _from_boxes([*above, *below])),
    )
    names, method = _first(stated, own)
    if names:
        return _weighed(names, method, clean(_from_lines(above, marked=True), own))
    names, method = _first(printed, own)
    if names:
        return names, method
    handles = [name for _, read in (*stated, *printed[:1]) for name in read()]
    names = clean(handles, own, handles=True)
    return (names, "account") if names else _first(guessed, own)


def _first(
    witnesses: Sequence[tuple[str, Callable[[], Iterator[str]]]], own: set[str]
) -> tuple[tuple[str, ...], str]:
    for method, read in witnesses:
        names = clean(read(), own)
        if names:
            return names, method
    return (), "none"


def _weighed(
    stated: tuple[str, ...], method: str, printed: tuple[str, ...]
) -> tuple[tuple[str, ...], str]:
    """What the page's data state, or the line that readers see where it names others: the account
    that posted the text is not who wrote it. Of two lists the fuller one."""
    ours, theirs = {squash(name) for name in printed}, {squash(name) for name in stated}
    full = bool(printed) and all(" " in name for name in printed)
    return (stated, method) if not full or ours <= theirs else (printed, "byline")


def _start(blocks: Sequence[Block], chosen: Sequence[Block]) -> int:
    """The block after the first paragraph: no byline stands below it but one marked as such."""
    text = (b.index for b in chosen if b.words >= _PARAGRAPH and not b.zone & Zone.HEADING)
    return next(text, chosen[0].index if chosen else len(blocks)) + 1


def _head(blocks: Sequence[Block], chosen: Sequence[Block]) -> Iterator[Block]:
    """What stands about the headline and about the beginning of the text."""
    first = chosen[0].index if chosen else 0
    titles = [b.index for b in blocks if b.zone & Zone.TITLE and not b.zone & Zone.HIDDEN]
    title = min(titles, key=lambda index: abs(index - first), default=first)
    about = {*range(title - 3, title + _HEAD), *range(first - _HEAD // 2, first + 3)}
    for block in blocks[max(0, min(about)) : max(about) + 1]:
        if block.index in about and not block.zone & _NOT_HEAD:
            yield block


def _below(blocks: Sequence[Block], chosen: Sequence[Block]) -> list[Block]:
    if not chosen:
        return []
    last = chosen[-1].index
    inside = blocks[last - 1 : last + 1 + _TAIL]
    return [b for b in inside if not b.zone & (Zone.COMMENT | Zone.CARD | Zone.RELATED)]


def _from_json(tree: Tree) -> Iterator[str]:
    for key in ("author", "creator"):
        stated = jsonld.resolve(tree.article.get(key), tree.nodes)
        names = [name for author in stated for name in _of_json(author)]
        if any(names):
            yield from names
            return


def _of_json(author: jsonld.Node | str) -> Iterator[str]:
    if isinstance(author, str):
        yield jsonld.clean(author)
    elif "organization" not in " ".join(jsonld.types(author)):
        stated = author.get("name") or [
            " ".join(
                filter(None, (jsonld.string(author.get(k)) for k in ("givenName", "familyName")))
            )
        ]
        for name in stated if isinstance(stated, list) else [stated]:
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


def _from_lines(lines: Sequence[Block], *, marked: bool = False) -> Iterator[str]:
    """A line that opens with `By`, or that a byline's class encloses; a line `By` alone names
    the next one. `marked`: only what opens so."""
    opened = False
    for block in lines:
        text = _GLUED.sub(r"\g<0> ", block.text) if len(block.text) <= 4 * _LONGEST else block.text
        text = without_dates(text) if len(text) <= 2 * _LONGEST else text
        said = words.after_by(text)
        if said == "" and block.words <= 3:
            opened = True
            continue
        if opened and block.words <= 6 and looks_named(text):
            yield text
            return
        opened = False
        if marked and block.zone & (Zone.ASIDE | Zone.ITEM):
            continue
        if said and block.words <= 22:
            linked = _linked(block)
            if linked or (block.zone & Zone.BYLINE and not marked) or looks_named(said):
                yield linked or said
                return
        if not marked and block.zone & Zone.BYLINE and block.words <= 6 and looks_named(text):
            yield text
            return


def _linked(block: Block) -> str:
    """The names that a line links to their people's pages, where it does: what stands beside them
    are roles."""
    named = [a.text for a in block.anchors if _PERSON_PATH.search(a.href.split("?")[0])]
    named = [name for name in named if looks_named(name)]
    return "; ".join(named)


def _from_date_lines(lines: Sequence[Block]) -> Iterator[str]:
    """`Ana Doe | Senior writer | 2 July 2025`, `2 July 2025 · 3 min · Ana Doe`; also a known
    given name and what follows it alone on a line."""
    for block in lines:
        if len(block.text) > _LONGEST or block.zone & _NO_DATE_LINE:
            continue
        bare = _MINUTES.sub(" | ", without_dates(block.text, " | "))
        parts = [part.strip(" ,.;:•|–—-") for part in _BAR.split(bare)]
        named = [part for part in parts if is_person(part)]
        rest = [part for part in parts if part and part not in named]
        if named and (not rest or all(is_role(part) for part in rest) or bare != block.text):
            yield from named
            return


def _from_boxes(lines: Sequence[Block]) -> Iterator[str]:
    """`View all posts by Ana Doe` and `This post was written by Ana Doe, head of …` below."""
    for block in lines:
        said = after_all_by(block.text) if len(block.text) <= 3 * _LONGEST else None
        name = (split(said) or [""])[0] if said else ""
        if is_person(name) or (name and _linked(block)):
            yield name
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
    """Whether it stands in a list, a teaser, a comment or the site's foot: an article's foot and a
    list of authors are its own."""
    foot = False
    for up in islice(element.iterancestors(), 12):
        if up.tag in {"main", "body", "html"}:
            break
        names = up.get("class") or ""
        if up.tag == "article" and foot:
            return False
        foot = foot or up.tag == "footer"
        if up.tag == "aside" or _ELSEWHERE.search(names):
            return True
        if up.tag == "li" and not _OF_AUTHORS.search(f"{names} {up.getparent().get('class')}"):
            return True
    return foot


def spaced(element: html.HtmlElement) -> str:
    """Its text with a blank between elements: a role is no part of the name before it."""
    return " ".join(" ".join(element.itertext()).split())
