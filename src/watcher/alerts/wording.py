"""The words that a mail, a chat message and a page have in common: one payload's facts as people
write them, without what could steer a terminal, a header or the direction of a line."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import unquote

from watcher.model.when import MINUTE, Micros
from watcher.text.dates import parse_date

LONGEST_SUBJECT = 200
# Controls, line and paragraph separators, and marks that turn the direction of what follows.
_UNSAFE = re.compile(
    "[\\x00-\\x1f\\x7f-\\x9f\\u2028\\u2029\\u200e\\u200f\\u202a-\\u202e\\u2066-\\u2069\\ufeff]+"
)
# The same without what Persian, Hebrew and Arabic texts hold for good reasons.
_STEERING = re.compile(
    "[\\x00-\\x1f\\x7f-\\x9f\\u2028\\u2029\\u202a-\\u202e\\u2066-\\u2069\\ufeff]"
)
SURROGATES = re.compile("[\\ud800-\\udfff]")
_DAYS = "Mon Tue Wed Thu Fri Sat Sun".split()
_MONTHS = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split()
_COPIES = {
    "same": "a copy of",
    "excerpt": "an excerpt from",
    "extends": "a longer version of",
    "translation": "a translation of",
}
_NAMES = {"standfirst": "Standfirst", "title": "Title", "author": "Author", "credit": "Credit"}


@dataclass(frozen=True, slots=True)
class Part:
    text: str
    marked: bool


@dataclass(frozen=True, slots=True)
class Told:
    """The story line: `how` it hangs together with the original `outlet` (at `url`, which is
    `href` where it opens in a browser), and `also`, where else it is."""

    how: str
    outlet: str
    url: str
    href: str | None
    also: str


@dataclass(frozen=True, slots=True)
class Shown:
    """A hit for the templates."""

    name: str
    parts: tuple[Part, ...]

    @property
    def label(self) -> str:
        return f"{self.name}: " if self.name else ""

    @property
    def marked_text(self) -> str:
        return "".join(f"*{part.text}*" if part.marked else part.text for part in self.parts)


def one_line(text: str, most: int = LONGEST_SUBJECT) -> str:
    """Without line breaks, controls and turns of direction, and not longer than `most`."""
    line = " ".join(SURROGATES.sub("\ufffd", _UNSAFE.sub(" ", text)).split())
    return line if len(line) <= most else line[: most - 1].rstrip() + "…"


def title_of(item: Mapping[str, Any], most: int) -> str:
    return one_line(item["title"], most) or "(no title)"


def instance_of(payload: Mapping[str, Any]) -> str:
    return one_line(unquote(str(payload["source"]).rpartition(":")[2]))


def names(item: Mapping[str, Any]) -> list[str]:
    """The outlet and the authors, without those that have no name."""
    authors = [author["name"] for author in item.get("authors") or ()]
    names = [one_line(name) for name in (item["_watcher"]["outlet"]["name"], *authors)]
    return [name for name in names if name]


def clean_url(url: str) -> str:
    return _UNSAFE.sub("", url)


def href(url: str) -> str | None:
    """Only what opens in a browser is a link: `javascript:` in a feed stays words."""
    return clean_url(url) if url.lower().startswith(("http://", "https://")) else None


def when(item: Mapping[str, Any]) -> str:
    """When it was published, as the publisher has it, and how much later it was seen."""
    facts = item["_watcher"]
    stated = item.get("date_published") or facts.get("published_day")
    first_seen = f"first seen {day_and_time(facts['seen_at'])}"
    if stated is None:
        return f"No date on the page; {first_seen}"
    published, seen = parse_date(stated), parse_date(facts["seen_at"])
    told = f"Published {day_and_time(stated)}"
    if published is None or seen is None or published.precision == "day":
        return f"{told}; {first_seen}"
    if seen.at < published.at:
        return f"{told}; already {first_seen}"
    return f"{told}, seen {_duration(seen.at - published.at)} later"


def day_and_time(stated: str) -> str:
    """RFC 3339, or a day, as people write it, in the zone that it is stated in."""
    try:
        at = datetime.fromisoformat(stated)
    except ValueError:
        return one_line(stated, 60)
    day = f"{_DAYS[at.weekday()]} {at.day} {_MONTHS[at.month - 1]} {at.year}"
    if len(stated) <= len("2026-03-10"):
        return day
    zone = "UTC" if not at.utcoffset() else f"UTC{at:%z}"
    return f"{day}, {at:%H:%M} {zone[:6]}{':' * (len(zone) > 3)}{zone[6:8]}"


def news(about: Mapping[str, Any], facts: Mapping[str, Any]) -> str:
    """What is new of an article that was told before, or ''. `about`: the alert's own facts."""
    if about.get("kind") == "withdrawal":
        return f"Withdrawn: {one_line(about['reason'], 400)}. This is the last text that was had."
    if about.get("kind") == "revision":
        return f"Changed: {', '.join(facts['revision'].get('change') or ['edited'])}."
    became = int(facts["revision"]["n"]) > 1
    return "Changed: the topic became true in this revision." if became else ""


def short_day(at: datetime) -> str:
    return f"{_DAYS[at.weekday()]} {at.day} {_MONTHS[at.month - 1]}"


def _duration(span: Micros) -> str:
    minutes = span // MINUTE
    if minutes < 120:
        return f"{minutes} min"
    hours = minutes // 60
    return f"{hours} h" if hours < 48 else f"{hours // 24} days"


def shown_hits(hits: list[Mapping[str, Any]]) -> Iterator[Shown]:
    told = [hit for hit in hits if hit["field"] != "title"]  # the headline stands above
    for hit in told or hits:
        name = hit["field"]
        label = "Caption" if name.startswith("caption") else _NAMES.get(name, "")
        yield Shown(label, tuple(parts_of(hit["text"], hit["marks"])))


def parts_of(text: str, marks: list[list[int]]) -> Iterator[Part]:
    at = 0
    for start, end in sorted((mark[0], mark[1]) for mark in marks):
        if start < at:
            continue
        if start > at:
            yield _part(text[at:start], False)
        yield _part(text[start:end], True)
        at = end
    if at < len(text):
        yield _part(text[at:], False)


def _part(text: str, marked: bool) -> Part:
    return Part(_STEERING.sub(" ", text), marked)


def credited(credit: Mapping[str, Any] | None) -> tuple[str, str] | None:
    """Whom the page credits, and its words for it."""
    if credit is None:
        return None
    name = credit.get("known") or credit.get("outlet") or credit.get("agency") or "another outlet"
    return one_line(name), one_line(credit["text"], 400)


def told(story: Mapping[str, Any]) -> Told | None:
    """None where the article stands alone."""
    original = story.get("original")
    also = [one for one in story.get("also") or () if one != original]
    if not original and not also:
        return None
    names = one_line(", ".join(dict.fromkeys(one["outlet"] for one in also)), 400)
    if not original:
        return Told("", "", "", None, names)
    return Told(
        how=_COPIES.get(story.get("kind", ""), "a copy of"),
        outlet=one_line(original["outlet"]),
        url=clean_url(original["url"]),
        href=href(original["url"]),
        also=names,
    )
