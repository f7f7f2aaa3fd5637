"""What stands in bylines beside names, and which given names are known: the tables `people.toml`
and `given.toml`. Like `words`, all languages are asked at once."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable
from functools import cache
from importlib.resources import files

from watcher.articles import words
from watcher.text.normalise import fold

_PREPOSITION = r"(?:by|von|par|por|de|di|da|door|van|av|af|nga)"


@cache
def _table() -> dict[str, dict[str, list[str]]]:
    return tomllib.loads(files("watcher.articles").joinpath("people.toml").read_text("utf-8"))


@cache
def entries(kind: str) -> tuple[str, ...]:
    """The entries of one kind in all languages, longest first, in lower case."""
    found = {word.lower() for table in _table().values() for word in table.get(kind, ())}
    return tuple(sorted(found, key=lambda word: (-len(word), word)))


def _any(found: Iterable[str]) -> str:
    """A regular expression of the entries; `*` is any ending, an apostrophe any apostrophe."""
    return "|".join(
        re.escape(word).replace(r"\*", r"\w*").replace("'", "['’]").replace(r"\ ", r"\s+")
        for word in found
    )


@cache
def _role() -> re.Pattern[str]:
    return re.compile(rf"(?<!\w)(?:{_any(entries('role'))})(?!\w)", re.I)


@cache
def _desk() -> re.Pattern[str]:
    return re.compile(rf"\S.*\s(?:{_any(entries('desk'))})\Z", re.I)


@cache
def _label() -> re.Pattern[str]:
    """A word and a colon before people: of those who wrote (`wrote`) or of others."""
    other = _any(sorted({*entries("other"), *words.entries("photo")}, key=lambda w: -len(w)))
    wrote = words.alternatives("by")
    return re.compile(
        rf"(?:\A|(?<=[\s,;|/·•(–—-]))(?:"
        rf"(?P<other>(?:{other})(?:\s*[:：]\s*|\s+{_PREPOSITION}\s+))"
        rf"|(?P<wrote>(?:{wrote})\s*[:：]\s*))",
        re.I,
    )


@cache
def _all_by() -> re.Pattern[str]:
    return re.compile(rf"\W*(?:{_any(entries('all_by'))})\s*[:：]?\s+(?P<name>.+)\Z", re.I)


@cache
def _given() -> frozenset[str]:
    table = tomllib.loads(files("watcher.articles").joinpath("given.toml").read_text("utf-8"))
    return frozenset(fold(name) for names in table.values() for name in names.split())


def is_role(text: str) -> bool:
    """Whether a word in it is an office or a profession."""
    return bool(_role().search(text))


def is_desk(name: str) -> bool:
    """`Kronika Sports Desk`, `The Harbour Team`: a group with a name of its own, none of whose
    words but the last is a role."""
    if not _desk().match(name):
        return False
    *own, _ = name.split()
    generic = {"the", "our", "a", "web", "news", "guest", "blog", "editorial", "by", "online"}
    return any(word[0].isupper() and word.lower() not in generic for word in own) and not (
        is_role(" ".join(own)) or words.is_office(name)
    )


def is_given(word: str) -> bool:
    return fold(word) in _given()


def is_person(name: str) -> bool:
    """Two to five words that a known given name opens, none of them a role's."""
    parts = name.split()
    if not 2 <= len(parts) <= 5 or any(one[:1].islower() for one in (parts[0], parts[-1])):
        return False
    return is_given(parts[0].split("-")[0]) and not is_role(name)


def without_others(text: str) -> str:
    """A byline without those who took the pictures, translated, edited or checked:
    `Text: Ana Doe, Foto: Ben Roe` to `Ana Doe`."""
    found = list(_label().finditer(text))
    if not any(one["other"] for one in found):
        return text
    kept = [text[: found[0].start()]]
    for place, one in enumerate(found):
        end = found[place + 1].start() if place + 1 < len(found) else len(text)
        if one["wrote"]:
            kept.append(text[one.end() : end])
    parts = (part.strip(" ,;|/·•(–—-") for part in kept)
    return ", ".join(part for part in parts if part)


def after_all_by(text: str) -> str | None:
    """What follows `View all posts by `, `Alle Beiträge von `."""
    found = _all_by().match(text)
    return found["name"].strip() if found else None
