"""What is known of an article beside its words, and the fields that ask for it: site, lang, feed,
after and before."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo

from watcher.model.rows import FoundArticle
from watcher.model.when import Micros, micros, moment
from watcher.text.dates import parse_date
from watcher.text.language import canonical_tag
from watcher.text.names import squash
from watcher.text.urls import host
from watcher.topics import complain
from watcher.topics.ast import Fact, FactName
from watcher.topics.lex import Lexeme


@dataclass(frozen=True, slots=True)
class Facts:
    """`host`: of the article's address; `feeds`: whatever names its feeds (ids, URLs, titles);
    `tags`: those of its feeds; `at`: published, else first seen."""

    language: str | None = None
    host: str = ""
    outlet_domain: str = ""
    outlet_name: str = ""
    url: str = ""
    feeds: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    at: Micros | None = None


def facts_of(found: FoundArticle) -> Facts:
    """Of a stored article."""
    return Facts(
        language=found.text.language,
        host=host(found.url),
        outlet_domain=found.outlet.domain.lower(),
        outlet_name=found.outlet.name,
        url="" if found.url.startswith("id:") else found.url,
        feeds=(*found.feeds, *found.feed_names),
        tags=found.feed_tags,
        at=found.text.published.at if found.text.published else found.first_seen,
    )


def make_fact(name: FactName, lexeme: Lexeme, written: str, zone: tzinfo = UTC) -> Fact:
    """`name:` with what stands after it. QueryError for a value that the field cannot have.
    `zone`: that of a day or time without offset."""
    said = unicodedata.normalize("NFC", lexeme.text).strip()
    if lexeme.exact or lexeme.stem or lexeme.number is not None or not said:
        raise _bad(lexeme, f"{name}: takes a plain value", f"write for example {_EXAMPLES[name]}")
    value, at = said, None
    if name == "site":
        value = _site(said, lexeme)
    elif name == "lang":
        value = _language(said, lexeme)
    elif name in {"after", "before"}:
        value, at = said, _time(name, said, lexeme, zone)
    elif not squash(said):
        raise _bad(lexeme, f"feed: {said!r} names no feed", "write its id, address or title")
    return Fact(
        name,
        value if at is None else "",
        at,
        written=written,
        start=lexeme.start,
        length=lexeme.end - lexeme.start,
    )


def is_true(fact: Fact, facts: Facts) -> bool:
    match fact.name:
        case "site":
            return _under(facts.host, fact.value) or _under(facts.outlet_domain, fact.value)
        case "lang":
            return speaks(facts.language, fact.value)
        case "feed":
            wanted = squash(fact.value)
            return any(squash(name) == wanted for name in facts.feeds)
        case "after":
            return facts.at is not None and fact.at is not None and facts.at >= fact.at
        case "before":
            return facts.at is not None and fact.at is not None and facts.at < fact.at


def known(fact: Fact, facts: Facts) -> str:
    """What the article has of the kind that `fact` asks for, for people."""
    match fact.name:
        case "site":
            return facts.host or facts.outlet_domain or "no address"
        case "lang":
            return facts.language or "language not known"
        case "feed":
            return ", ".join(sorted(facts.feeds)) or "no feed"
    return "no date" if facts.at is None else moment(facts.at).isoformat().replace("+00:00", "Z")


def speaks(language: str | None, wanted: str) -> bool:
    """`en` takes in `en-GB` (RFC 4647 §3.3.1, basic filtering); nothing is said of an unknown."""
    if language is None:
        return False
    tag = (canonical_tag(wanted) or wanted).lower()
    return f"{canonical_tag(language) or language}-".lower().startswith(f"{tag}-")


def _under(domain: str, wanted: str) -> bool:
    """`bbc.co.uk` takes in `news.bbc.co.uk`."""
    return domain == wanted or domain.endswith(f".{wanted}")


def _site(said: str, lexeme: Lexeme) -> str:
    name = said.lower().partition("//")[2] or said.lower()
    name = name.partition("/")[0].removeprefix("*.").removeprefix("www.").strip(".")
    try:
        name = name if name.isascii() else name.encode("idna").decode()
    except UnicodeError:
        name = ""
    if not name or any(char.isspace() or char in "*?," for char in name):
        raise _bad(lexeme, f"site: {said!r} is no host", "write for example site:bbc.co.uk")
    return name


def _language(said: str, lexeme: Lexeme) -> str:
    tag = canonical_tag(said)
    if tag is None:
        raise _bad(lexeme, f"lang: {said!r} is no language", "write a tag such as sq, en or en-GB")
    return tag


def _time(name: str, said: str, lexeme: Lexeme, zone: tzinfo) -> Micros:
    stated = parse_date(said, default_zone=zone)
    if stated is None:
        hint = "write a day such as 2026-03-10 or a time such as 2026-03-10T07:30Z"
        raise _bad(lexeme, f"{name}: {said!r} is no date", hint)
    if stated.precision == "day":
        day = moment(stated.at)
        return micros(datetime(day.year, day.month, day.day, tzinfo=zone))
    return stated.at


_EXAMPLES = {
    "site": "site:bbc.co.uk",
    "lang": "lang:sq",
    "feed": 'feed:"The Daily"',
    "after": "after:2026-03-10",
    "before": "before:2026-03-10",
}


def _bad(lexeme: Lexeme, message: str, hint: str) -> Exception:
    return complain.error(complain.BAD_VALUE, message, lexeme.start, lexeme.end, hint=hint)
