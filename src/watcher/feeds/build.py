"""What every reader needs to make our records from a publisher's strings."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from watcher.feeds.plain import clean
from watcher.model.feed import ParsedEntry, Problem
from watcher.model.when import DAY, Dated
from watcher.text.dates import parse_date
from watcher.text.urls import join

MAX_LIST = 100  # authors, tags or enclosures of one entry
MAX_FIELD = 10_000  # characters of a title, name or tag
MAX_TTL = 7 * 24 * 60  # minutes (spec `polling` §5, check 21)
FIRST_YEAR, LAST_YEAR = 1900, 2200

_PLAIN_LINK = re.compile(
    r"https?://[a-z0-9][a-z0-9.-]*[a-z0-9](?:/[A-Za-z0-9._~/%+=&,:@!-]*(?:\?[A-Za-z0-9._~/%+=&,:@!-]+)?)?"
)
_LANGUAGE = re.compile(r"[A-Za-z]{2,8}(?:-[A-Za-z0-9]{1,8})*")


@dataclass(slots=True)
class Troubles:
    """Counts what is wrong with the entries; one problem for each kind, with an example."""

    counts: dict[str, int] = field(default_factory=dict)
    examples: dict[str, str] = field(default_factory=dict)

    def note(self, code: str, example: str = "") -> None:
        self.counts[code] = self.counts.get(code, 0) + 1
        self.examples.setdefault(code, example[:100])

    def problems(self) -> tuple[Problem, ...]:
        return tuple(
            Problem(code, _MESSAGES[code].format(n=n, example=self.examples[code]))
            for code, n in sorted(self.counts.items())
        )


_MESSAGES = {
    "WTC-FEED-101": "not well-formed, repaired: {example}",
    "WTC-FEED-102": "entries without an id: {n}",
    "WTC-FEED-103": "dates that cannot be read: {n} (for one {example!r})",
    "WTC-FEED-104": "dates in the future: {n} (for one {example!r})",
    "WTC-FEED-105": "entries that share an id with another: {n} (for one {example!r})",
    "WTC-FEED-106": "the stated character encoding is wrong: {example}",
    "WTC-FEED-107": "entries without an address: {n}",
}


def repaired(slip: str) -> Problem:
    """What a reader made good of a document that is not well-formed."""
    return Problem("WTC-FEED-101", _MESSAGES["WTC-FEED-101"].format(n=1, example=slip[:100]))


def misstated(encoding: str) -> Problem:
    """A document that names an encoding which it is not written in."""
    return Problem("WTC-FEED-106", _MESSAGES["WTC-FEED-106"].format(n=1, example=encoding))


def date(text: object, troubles: Troubles) -> Dated | None:
    """A stated date with its offset, or None where it cannot be read or is absurd."""
    if not isinstance(text, str) or not text.strip():
        return None
    stated = clean(text)[:200]
    found = parse_date(stated)
    if found is None or not FIRST_YEAR <= int(found.text[:4]) <= LAST_YEAR:
        troubles.note("WTC-FEED-103", stated)
        return None
    return found


def link(base: str, stated: str | None) -> str | None:
    """The absolute address, its fragment kept: it is the publisher's statement, and some tell
    their entries apart by nothing else."""
    stated = clean(stated or "")
    if _PLAIN_LINK.fullmatch(stated) and len(stated) < 2_000:
        return stated  # as `join` would have it
    found = join(base, stated) if stated else None
    fragment = stated.partition("#")[2]
    return f"{found}#{fragment}" if found and fragment else found


def base(kind: str, url: str, site: str | None, stated: str | None) -> str:
    """What relative links of entries are joined with: where the feed was served from, or, for RSS,
    the site that it states as a whole address."""
    whole = "://" in (stated or "")
    return site if site and whole and not kind.startswith("atom") else url


def language(tag: object) -> str | None:
    """A BCP 47 tag in its usual case, or None where it is none (`en_us` becomes `en-US`)."""
    if not isinstance(tag, str):
        return None
    found = _LANGUAGE.fullmatch(tag.strip().replace("_", "-"))
    if found is None:
        return None
    first, *rest = found.group().split("-")
    return "-".join([first.lower(), *(_subtag(part) for part in rest)])


def _subtag(part: str) -> str:
    if len(part) == 2:
        return part.upper()
    return part.title() if len(part) == 4 and part.isalpha() else part.lower()


def unique(texts: Iterable[str]) -> tuple[str, ...]:
    """In order, without repeats and empties, at most `MAX_LIST` of them."""
    return tuple(dict.fromkeys(text[:MAX_FIELD] for text in texts if text))[:MAX_LIST]


def review(entries: tuple[ParsedEntry, ...], served: Dated | None, troubles: Troubles) -> None:
    """Notes what only shows over all entries. `served`: when the publisher's server answered,
    the only clock a reader may go by."""
    seen: set[str] = set()
    for entry in entries:
        if entry.id is None:
            troubles.note("WTC-FEED-102")
        elif entry.id in seen:
            troubles.note("WTC-FEED-105", entry.id)
        else:
            seen.add(entry.id)
        if entry.url is None:
            troubles.note("WTC-FEED-107")
        if served and entry.published and entry.published.at > served.at + DAY:
            troubles.note("WTC-FEED-104", entry.published.text)
