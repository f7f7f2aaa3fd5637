"""What is a person's name in a byline, and what is a role, an outlet, an agency, an account."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache

from watcher.articles import words
from watcher.text.names import squash

MOST = 12
_ADDRESS = re.compile(r"https?://|www\.|@|\.(?:com|org|net|html?)\b", re.I)
_DIGITS = re.compile(r"\d")
_BRACKETS = re.compile(r"\([^)]*\)|\[[^\]]*\]")
# What follows a name without being one: its role, its place, the agency.
_TAIL = re.compile(
    r"\s*(?:,|\||/|–|—|⋅|·|•|∙|»| - | in | en | for | für | von der | at )\s*.*\Z", re.I | re.S
)
_ROLE = re.compile(
    r"\b(?:correspondent|reporter|editor|journalist|writer|columnist|korrespondent\w*|redakteur\w*"
    r"|autorin|reporterin|staff|contributor|analyst|professor|producer|bureau|chief|redaktor\w*"
    r"|gazetar\w*|photographer|fotograf\w*|admin|redaktion\w*|redacción"
    r"|rédaction|redazione|redação|redaksia|tým|zespół|articles?|artikel|comments?|account|posted|sponsored"
    r"|founder|co-?founder|published|subscribe|newsletter|author|menu|login|share)\b|редакци|التحرير|تحریریه|\A(?:more|about|view|posts?"
    r"|all|(?:updated|edited|reviewed|checked|medically \w+) by)\b",
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


def clean(stated: Iterable[str], own: Iterable[str] = ()) -> tuple[str, ...]:
    """Names out of stated bylines, each once."""
    kept: dict[str, str] = {}
    outlets = set(own)
    for text in stated:
        for name in split(text):
            squashed = squash(name)
            if squashed and not {squashed, squashed.removeprefix("the")} & outlets:
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
    if _ADDRESS.search(name) or _DIGITS.search(name) or ":" in name or is_agency(name):
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
