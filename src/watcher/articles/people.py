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
_TAIL = re.compile(
    r"\s*(?:,|\||/|–|—| - | in | en | for | für | von der | at )\s*.*\Z", re.I | re.S
)
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


# What precedes a name in one language and is part of it in another: Van Badham, De Niro, Nga Pham.
_PARTS_OF_NAMES = frozenset({"van", "von", "di", "de", "nga"})
_PARTICLES = frozenset(
    "af al av bin da das de del della den der di do dos du e el i ibn la le los ten ter van von y"
    " zu zum zur".split()
)


@cache
def _splitter() -> re.Pattern[str]:
    """Marks and words between names. A letter alone joins names only in lower case (“John A Smith”
    is one) and before a full name (“Ortega y Gasset”); “en” is also a place's preposition."""
    joints = words.entries("and")
    short = "|".join(re.escape(word) for word in joints if len(word) == 1 or word == "en")
    long = "|".join(re.escape(word) for word in joints if len(word) > 1 and word != "en")
    return re.compile(
        rf"\s*(?:;|&|\+|,|،|、)\s*(?:(?:{long}|(?-i:{short}))\s+)?"
        rf"|\s+(?:{long})\s+|\s+(?-i:{short})\s+(?=[^\s,;&]+\s+[^\s,;&])",
        re.I,
    )


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
    bare = _after_by(_BRACKETS.sub(" ", text))
    parts = [part.strip(" .·•|–—-*:") for part in _splitter().split(bare)]
    return [name for name in (_name(part) for part in parts if part) if name]


def _name(part: str) -> str | None:
    """The name in one part of a byline, or None."""
    name = " ".join(_TAIL.sub("", part).split()).strip(' .·•|*:"“”')
    name = _after_by(name)
    if not 2 <= len(name) <= 60 or len(name.split()) > 6:
        return None
    if _ADDRESS.search(name) or _DIGITS.search(name) or is_agency(name):
        return None
    if words.is_office(name) or _ROLE.search(name) or not any(c.isalpha() for c in name):
        return None
    cased = [word for word in name.split() if word[:1].upper() != word[:1].lower()]
    if 2 * sum(word == word.lower() for word in cased) > len(cased):
        return None  # “staff writers”, an account, a sentence: no name is mostly lower case
    return name


def _after_by(text: str) -> str:
    """Without a leading “By”. A word that names begin with too counts as one only before a full
    name or an account: “Nga Arta Hoxha”, “Nga Redaksia”, but not “Nga Pham”."""
    said = words.after_by(text)
    if said is None:
        return text
    opening = text[: len(text.rstrip()) - len(said)].strip(" \n\t–—-•|").lower()
    if opening not in _PARTS_OF_NAMES or not said:
        return said
    first = _splitter().split(said)[0].strip()
    named = " " in first and not first[0].islower()
    return said if named or words.is_office(first) or is_agency(first) else text


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
        if said and block.words <= 14 and (block.zone & Zone.BYLINE or looks_named(said)):
            yield said
            return
        if block.zone & Zone.BYLINE and block.words <= 6 and looks_named(block.text):
            yield block.text
            return


def looks_named(text: str) -> bool:
    """Whether it is names of two to four words, each in a capital or in a script that has none."""
    parts = split(text)
    return bool(parts) and all(_is_full(name.split()) for name in parts)


def _is_full(name: list[str]) -> bool:
    """`Ana Doe`, `Jan van der Meer`; not `Monday evening`."""
    if not 2 <= len(name) <= 5:
        return False
    return all(word in _PARTICLES or not word[0].islower() for word in name[:-1]) and not (
        name[-1][0].islower()
    )
