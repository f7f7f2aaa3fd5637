"""What pages print around an article, in the languages of `words.toml`.

All languages are asked at once: pages mix them, and state their own wrongly. Single words that
mean something else in a sister language stay harmless, because every rule that asks here also
asks for the place: a short heading, a block that is mostly a link, the end of the text.
"""

from __future__ import annotations

import re
import tomllib
from functools import cache
from importlib.resources import files

from watcher.text.normalise import fold

_END = r"(?=[\s:：\-–—|/\"“«]|\Z)"  # an entry ends here: “Read” opens no “Readers …”
_MARKS = r"[\s>»›→▶►•*#\[(|/\-–—+▪◆■👉📌🔗]*"
_IN_BRACKETS = re.compile(r"\s*[(（][^()（）]{0,20}[)）]\s*\Z")  # how the list was made


@cache
def _table() -> dict[str, dict[str, list[str]]]:
    return tomllib.loads(files("watcher.articles").joinpath("words.toml").read_text("utf-8"))


@cache
def entries(kind: str) -> tuple[str, ...]:
    """The entries of one kind in all languages, longest first, as printed and in lower case."""
    found = {word.lower() for table in _table().values() for word in table.get(kind, ())}
    return tuple(sorted(found, key=lambda word: (-len(word), word)))


@cache
def folded(kind: str) -> frozenset[str]:
    return frozenset(fold(word) for word in entries(kind))


def alternatives(kind: str) -> str:
    """The entries as a regular expression, in which an apostrophe is any apostrophe."""
    return "|".join(re.escape(word).replace("'", "['’]") for word in entries(kind))


@cache
def _lead_in() -> re.Pattern[str]:
    return re.compile(rf"{_MARKS}(?:{alternatives('also')}){_END}\s*[:：|–—>»-]*\s*", re.I)


@cache
def _by() -> re.Pattern[str]:
    return re.compile(rf"\W*(?:{alternatives('by')})(?:\s*[:：]\s*|\s+|\Z)", re.I)


def is_related_heading(text: str) -> bool:
    """`Related stories`, `Mehr zum Thema:`, `Lexo edhe` – and nothing else in the block."""
    if len(text) > 60:
        return False
    said = fold(_IN_BRACKETS.sub("", text))
    return said in folded("related") or said in folded("section")


def is_section_heading(text: str) -> bool:
    """`Background`: a list's heading where links follow, a section's where text does."""
    return len(text) <= 60 and fold(text) in folded("section")


def is_list_heading(text: str) -> bool:
    """A heading of the site's own lists: most read, latest, comments."""
    if len(text) > 60:
        return False
    words = fold(text)
    return words in folded("lists") or any(
        words.startswith(f"{one} ") for one in ("more from", "more by", "mehr von", "latest")
    )


def lead_in(text: str) -> int:
    """How many characters of `text` are a lead-in to a promo (`Read also: `); 0 for none."""
    found = _lead_in().match(text)
    return found.end() if found else 0


def after_by(text: str) -> str | None:
    """What follows `By `, `Nga `, `نویسنده: `; None where no such word opens the text."""
    found = _by().match(text)
    return text[found.end() :].strip() if found else None


@cache
def _offer() -> re.Pattern[str]:
    return re.compile(rf"{_MARKS}(?:{alternatives('offer')})(?!\w)", re.I)


def is_offer(text: str) -> bool:
    """`Sign up for our newsletter …`: a request to subscribe, not text."""
    return len(text) <= 320 and bool(_offer().match(text))


def is_office(name: str) -> bool:
    """An account that is nobody's name: admin, Redaktion, newsroom."""
    return fold(name) in folded("office")
