"""Which outlet a text was taken from, as the page itself says (spec `articles` §2.4).

`By Fjori Sinoruka – Balkaninsight`, `Source: X`, `(Reuters)`, `This article was originally
published by X`, `isBasedOn`. The line is evidence and is kept as printed. A canonical address on
another host is no credit: it is mostly a template's or the same publisher's other domain, and
whoever compares articles has it (`Extraction.canonical_url`).
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache

from watcher.articles import jsonld, words
from watcher.articles.blocks import Block, Zone
from watcher.articles.people import is_agency, looks_initialled, looks_named, split
from watcher.articles.tree import Tree
from watcher.model.article import Credit, CreditScope
from watcher.text import urls
from watcher.text.names import squash

LONGEST = 240  # characters of a credit line
_NAME_WORDS = 6
_ABOVE = 10  # blocks above the text in which a byline stands
_NEAR = 3  # blocks between a list of facts and the line that gives its source
_SHORT = 2  # letters: a word of no more than that may mean anything
_DASHED = re.compile(r"\s*(?:\s[–—-]|–|—|\s[|/])\s*|\s+[|/]\s+")
_DATELINE = re.compile(r"\A[^.!?]{0,60}\(\s*(?P<agency>[A-Za-zČčÉé/ -]{2,30})\s*\)\s*[-–—:]")
_CLOSING = re.compile(r"\(\s*(?P<agency>[A-Za-zČčÉé/ -]{2,30})\s*\)\s*\Z")
# Where a name ends: with its sentence, or before when and how it stood there.
_NAME_END = re.compile(
    r"(?<=\w\w\w)[.;](?:\s|\Z)|,\s"
    r"|\s+(?:on(?!\s+Sunday)|am(?!\s+Sonntag)|më|under|and is|and has)\s"
)
_NO_NAME = re.compile(
    r".*\b(?:19|20)\d\d\b|(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)\w*\.?\s+\d"
    r"|(?:last )?(?:updated|modified|published|posted)\b|aktualisiert\b|stand\b",
    re.I,
)
_PARTLY = re.compile(
    r"\b(?:with|contributed|additional|mit material|zusätzlich|con información)", re.I
)


@dataclass(frozen=True, slots=True)
class Statement:
    """A credit with the block that states it and the person it names."""

    credit: Credit
    block: Block | None
    people: tuple[str, ...] = ()


@cache
def _source() -> re.Pattern[str]:
    return re.compile(rf"\W*(?:{words.alternatives('source')})\s*[:：]\s*(?P<outlet>.+)\Z", re.I)


@cache
def _first() -> re.Pattern[str]:
    return re.compile(rf"\W*(?:{words.alternatives('first')})\s*[:：]?\s*(?P<outlet>.+)\Z", re.I)


def resolve(credit: Credit, outlets: Mapping[str, str]) -> Credit:
    """With `known`: the outlet that the written name means. `outlets` maps squashed names (see
    `text.names.squash`) to outlet names."""
    for name in (credit.outlet, credit.agency):
        known = outlets.get(squash(name)) if name else None
        if known:
            return replace(credit, known=known)
    return credit


def find(
    tree: Tree, blocks: Sequence[Block], chosen: Sequence[Block], own: Sequence[str]
) -> Statement | None:
    """The page's statement, or None. Lines at the end of the text are asked first, then its first
    ones, then an agency in the place line or at the end, then the page's head. `own`: names of
    the page's own outlet, which it cannot credit."""
    mine = {squash(name) for name in own if name}
    for block in _ending(blocks, chosen):
        stated = in_line(block, mine) or _beside_own(block, mine)
        if stated is not None and not _of_facts(blocks, block, stated):
            return stated
    for block in (*chosen[:2], *chosen[-1:]):
        stated = _dateline(block, mine)
        if stated is not None:
            return stated
    return _in_byline(tree, blocks, chosen, mine) or _in_head(tree, mine)


def _in_byline(
    tree: Tree, blocks: Sequence[Block], chosen: Sequence[Block], mine: set[str]
) -> Statement | None:
    """An agency as the author, or behind the names: `Ana Doe and Ben Roe, The Associated Press`."""
    first = chosen[0].index if chosen else 0
    head = [b for b in blocks[max(0, first - _ABOVE) : first + 2] if b.words <= 4 * _NAME_WORDS]
    above = [_parted(b.text) if b.zone & Zone.BYLINE else b.text for b in head]
    authors = jsonld.resolve(tree.article.get("author"), tree.nodes)
    stated = [jsonld.string(one) or "" for one in authors]
    for text, whence in (*((one, "") for one in above), *((one, "author: ") for one in stated)):
        name = re.split(r"\s*[,|•·–—]\s*", text.strip(" .()"))[-1]
        named = words.after_by(name) or name
        if is_agency(named) and len(named) > _SHORT and squash(named) not in mine:
            return Statement(Credit(named, f"{whence}{text}"[:LONGEST], named, scope="full"), None)
    return None


def _parted(byline: str) -> str:
    """`By Ana Doe The Associated Press`, set in elements of their own, with a comma between."""
    words_ = byline.split()
    for count in (3, 2, 1):
        agency = " ".join(words_[-count:])
        if len(words_) > count and len(agency) > _SHORT + 2 and is_agency(agency):
            return f"{' '.join(words_[:-count])}, {agency}"
    return byline


def _ending(blocks: Sequence[Block], chosen: Sequence[Block]) -> list[Block]:
    """Lines where credit is given: the last of the text, last first, and those right below it in
    the article; then those above it."""
    if not chosen:
        return []
    last, first = chosen[-1].index, chosen[0].index
    below = [
        b
        for b in blocks[last + 1 : last + 9]
        if not b.zone & (Zone.COMMENT | Zone.CAPTION | Zone.CARD | Zone.CHROME)
    ]
    above = [b for b in blocks[max(0, first - 4) : first] if b.zone & (Zone.CREDIT | Zone.ARTICLE)]
    return [*reversed(chosen[-3:]), *below, *chosen[:3], *above]


def in_line(block: Block, mine: set[str]) -> Statement | None:
    """The credit that a line of its own gives. `mine`: squashed names of the page's own outlet."""
    text = block.text
    if len(text) > LONGEST or block.zone & Zone.CAPTION:
        return None
    return (
        _by_line(block, text, mine)
        or _named_source(block, text, mine)
        or _agency_alone(block, text, mine)
    )


def _of_facts(blocks: Sequence[Block], block: Block, stated: Statement) -> bool:
    """Whether the line is the source of a list of facts, not of the text: it closes a list, a table
    or a box of its own. An agency writes texts."""
    if stated.credit.agency or not _source().match(block.text):
        return False
    if block.zone & (Zone.ITEM | Zone.CELL | Zone.ASIDE):
        return True
    before = blocks[max(0, block.index - _NEAR) : block.index]
    return any(one.zone & (Zone.ITEM | Zone.CELL) for one in before)


def _beside_own(block: Block, mine: set[str]) -> Statement | None:
    """`Kronika / Harbour Gazette`, a line that names the page's own outlet and another."""
    parts = [part.strip() for part in block.text.strip("()[] .").split("/")]
    if len(parts) != 2 or block.words > 2 * _NAME_WORDS or block.zone & Zone.CAPTION:
        return None
    own = [any(squash(part) in {name, f"the{name}"} for name in mine) for part in parts]
    if own.count(True) != 1:
        return None
    outlet = _outlet(parts[own.index(False)])
    if outlet is None or looks_initialled(outlet):
        return None
    agency = outlet if is_agency(outlet) else None
    return Statement(Credit(outlet, block.text, agency, scope="full"), block)


def _by_line(block: Block, text: str, mine: set[str]) -> Statement | None:
    """`By PERSON – OUTLET`."""
    said = words.after_by(text.strip("()[] "))
    if not said or len(said.split()) > 2 * _NAME_WORDS:
        return None
    parts = _DASHED.split(said)
    if len(parts) != 2:
        return None
    outlet = _outlet(parts[1])
    if not looks_named(parts[0]) or outlet is None or squash(outlet) in mine:
        return None
    agency = outlet if is_agency(outlet) else None
    return Statement(Credit(outlet, text, agency, scope="full"), block, tuple(split(parts[0])))


def _named_source(block: Block, text: str, mine: set[str]) -> Statement | None:
    """`Source: OUTLET`, `This article was originally published by OUTLET`."""
    for pattern, most in ((_first(), LONGEST), (_source(), 80)):
        found = pattern.match(text) if len(text) <= most else None
        outlet = _outlet(found["outlet"]) if found else None
        if outlet is None or squash(outlet) in mine:
            continue
        if outlet[0].islower() and "." not in outlet and not is_agency(outlet):
            continue  # “Source: police”
        agency = outlet if is_agency(outlet) else None
        scope: CreditScope = "partial" if _PARTLY.search(text) else "full"
        return Statement(Credit(outlet, text, agency, scope=scope), block)
    return None


def _agency_alone(block: Block, text: str, mine: set[str]) -> Statement | None:
    """`(Reuters)` on a line of its own."""
    agency = text.strip("()[] .")
    if text[:1] not in {"(", "["} or not is_agency(agency) or squash(agency) in mine:
        return None
    return Statement(Credit(agency, text, agency, scope="full"), block)


def _outlet(text: str) -> str | None:
    """An outlet's name out of what follows, up to the end of the sentence or `on DATE`; None for
    a date, and for words that read like a sentence."""
    name = " ".join(_NAME_END.split(text)[0].strip(' .:()[]"“”«»').split())
    if "://" in name or name.startswith("www."):
        name = urls.outlet_domain(name if "://" in name else f"https://{name}") or ""
    parts = name.split()
    if not 2 <= len(name) <= 60 or len(parts) > _NAME_WORDS or _NO_NAME.match(name):
        return None
    small = sum(part[0].islower() for part in parts)
    if len(parts) > 1 and (parts[0][0].islower() or 2 * small > len(parts)):
        return None
    return name if any(char.isalpha() for char in name) else None


def _dateline(block: Block, mine: set[str]) -> Statement | None:
    """`TIRANA (Reuters) – …`, or a paragraph that ends in it: the agency's own text."""
    for pattern in (_DATELINE, _CLOSING):
        found = pattern.search(block.text)
        agency = found["agency"].strip() if found else ""
        if found and is_agency(agency) and squash(agency) not in mine:
            text = block.text[: found.end()].strip() if pattern is _DATELINE else found.group()
            return Statement(Credit(agency, text, agency, scope="full"), None)
    return None


def _in_head(tree: Tree, mine: set[str]) -> Statement | None:
    """`syndication-source`, `isBasedOn`, a canonical address on another host."""
    here = urls.outlet_domain(tree.url)
    for name in ("syndication-source", "original-source"):
        stated = tree.meta(name)
        if stated and urls.outlet_domain(stated) not in {"", here}:
            return Statement(Credit(urls.outlet_domain(stated), f"{name}: {stated}"), None)
    based = jsonld.string(tree.article.get("isBasedOn") or tree.article.get("isBasedOnUrl"))
    if based and based.startswith("http") and urls.outlet_domain(based) not in {"", here}:
        return Statement(Credit(urls.outlet_domain(based), f"isBasedOn: {based}"), None)
    return None
