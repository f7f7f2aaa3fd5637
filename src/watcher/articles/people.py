"""Who wrote it: names from JSON-LD, meta tags and the byline on the page (spec `articles` §2.3)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import cache

from watcher.articles import jsonld, words
from watcher.articles.blocks import Block, Zone
from watcher.articles.tree import Tree, text_of
from watcher.text.names import squash

MOST = 12
_META = (
    "author",
    "article:author",
    "byl",
    "dc.creator",
    "dcterms.creator",
    "sailthru.author",
    "parsely-author",
    "cxenseparse:author",
    "citation_author",
    "twitter:creator",
)
_ADDRESS = re.compile(r"https?://|www\.|@|\.(?:com|org|net|html?)\b", re.I)
_DIGITS = re.compile(r"\d")
_BRACKETS = re.compile(r"\([^)]*\)|\[[^\]]*\]")
# What follows a name without being one: its role, its place, the agency.
_TAIL = re.compile(r"\s*(?:,|\||/|–|—| - | in | for | für | von der | at )\s*.*\Z", re.I | re.S)
_ROLE = re.compile(
    r"\b(?:correspondent|reporter|editor|journalist|writer|columnist|korrespondent\w*|redakteur\w*"
    r"|autorin|reporterin|staff|contributor|analyst|professor|producer|bureau|chief|redaktor\w*"
    r"|gazetar\w*|photographer|fotograf\w*)\b",
    re.I,
)
_AGENCY = re.compile(
    r"(?:the\s+)?(?:associated\s+press|reuters|ap|afp|dpa|apa|sda|keystone-sda|ansa|efe|pa|pa\s+media"
    r"|agence\s+france-?presse|deutsche\s+presse-?agentur|tass|tasr|ctk|čtk|pap|mti|ata|anadolu"
    r"|anadolu\s+agency|aa|irna|isna|xinhua|kyodo|bloomberg|upi|lusa|belga|anp|ntb|tt|stt|hina|tanjug"
    r"|beta|fena|sid|kna|epd|pti|ani|ians|canadian\s+press|the\s+canadian\s+press)\Z",
    re.I,
)


@cache
def _splitter() -> re.Pattern[str]:
    joints = words.alternatives("and")
    return re.compile(rf"\s*(?:;|&|\+|,|،|、)\s*|\s+(?:{joints})\s+", re.I)


def byline(
    tree: Tree, blocks: Sequence[Block], outlet_names: Iterable[str]
) -> tuple[tuple[str, ...], str]:
    """The authors in order, and where they stood. Outlets and accounts are no authors; no name
    is better than a wrong one. `outlet_names`: how the page's own outlet calls itself."""
    own = {squash(name) for name in outlet_names if name}
    for method, read in (("json-ld", _from_json), ("meta", _from_meta), ("page", _from_marks)):
        names = clean(read(tree), own)
        if names:
            return names, method
    names = clean(_from_blocks(blocks), own)
    return names, "byline" if names else "none"


def clean(stated: Iterable[str], own: Iterable[str] = ()) -> tuple[str, ...]:
    """Names out of stated bylines, each once."""
    kept: dict[str, str] = {}
    outlets = set(own)
    for text in stated:
        for name in split(text):
            squashed = squash(name)
            if squashed and squashed not in outlets:
                kept.setdefault(squashed, name)
    return tuple(kept.values())[:MOST]


def split(text: str) -> list[str]:
    """`By Ana Doe, Tirana correspondent, and Ben Roe` to its names; [] for what holds none."""
    bare = _BRACKETS.sub(" ", text)
    bare = words.after_by(bare) or bare
    parts = [part.strip(" .·•|–—-*:") for part in _splitter().split(bare)]
    return [name for name in (_name(part) for part in parts if part) if name]


def _name(part: str) -> str | None:
    """The name in one part of a byline, or None."""
    name = " ".join(_TAIL.sub("", part).split()).strip(' .·•|*:"“”')
    name = words.after_by(name) or name
    if not 2 <= len(name) <= 60 or len(name.split()) > 6:
        return None
    if _ADDRESS.search(name) or _DIGITS.search(name) or is_agency(name):
        return None
    if words.is_office(name) or _ROLE.search(name) or not any(c.isalpha() for c in name):
        return None
    cased = [word for word in name.split() if word[:1].upper() != word[:1].lower()]
    if cased and not any(word[:1].isupper() for word in cased):
        return None  # “staff writers”, an account name: no one's name is all lower case
    return name


def is_agency(name: str) -> bool:
    return bool(_AGENCY.match(name.strip(" .()")))


def _from_json(tree: Tree) -> Iterator[str]:
    stated = jsonld.resolve(tree.article.get("author") or tree.article.get("creator"), tree.nodes)
    for author in stated:
        if isinstance(author, str):
            yield jsonld.clean(author)
        elif "organization" not in " ".join(jsonld.types(author)):
            names = author.get("name")
            for name in names if isinstance(names, list) else [names]:
                yield jsonld.string(name) or ""


def _from_meta(tree: Tree) -> Iterator[str]:
    for name in _META:
        values = [jsonld.clean(value) for value in tree.metas_of(name)]
        if clean(values):
            yield from values
            return


def _from_marks(tree: Tree) -> Iterator[str]:
    """`rel=author` and `itemprop=author`, where they stand outside comments and lists."""
    for element in tree.root.xpath("//*[@itemprop='author'] | //a[contains(@rel, 'author')]"):
        if _elsewhere(element):
            continue
        named = element.xpath(".//*[@itemprop='name']")
        named = named[:1] or [element]
        yield named[0].get("content") or text_of(named[0])


_ELSEWHERE = re.compile(r"comment|related|sidebar|widget|recent|most-|teaser|card", re.I)


def _elsewhere(element: object) -> bool:
    up = element
    for _ in range(12):
        up = up.getparent()  # type: ignore[attr-defined]
        if up is None or up.tag in {"body", "html"}:
            return False
        if up.tag in {"aside", "footer", "li"} or _ELSEWHERE.search(up.get("class") or ""):
            return True
    return False


def _from_blocks(blocks: Sequence[Block]) -> Iterator[str]:
    """A line that opens with `By` near the headline, or that a byline's class encloses."""
    title = next((b.index for b in blocks if b.zone & Zone.TITLE), 0)
    for block in blocks[title : title + 15]:
        if block.zone & (Zone.COMMENT | Zone.CARD | Zone.HIDDEN | Zone.CAPTION):
            continue
        said = words.after_by(block.text)
        if said and block.words <= 14 and (block.zone & Zone.BYLINE or _looks_named(said)):
            yield said
            return
        if block.zone & Zone.BYLINE and block.words <= 6 and _looks_named(block.text):
            yield block.text
            return


def _looks_named(text: str) -> bool:
    """Two to four words, each in a capital or in a script that has none."""
    parts = split(text)
    return bool(parts) and all(
        2 <= len(name.split()) <= 4
        and all(word[0].isupper() or word[0].lower() == word[0].upper() or len(word) <= 3
                for word in name.split())
        for name in parts
    )  # fmt: skip
