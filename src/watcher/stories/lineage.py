"""Who of several likenesses is the original: credit, canonical, link, time, in that order."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from watcher.model.article import ArticleDraft, ArticleText, Outlet, StoredText
from watcher.model.when import DAY, HOUR, Dated, Micros
from watcher.text.names import squash
from watcher.text.urls import key, outlet_domain


@dataclass(frozen=True, slots=True)
class Side:
    """One of the two, with what speaks for or against its being the original. `mine` are its
    addresses as keys."""

    article: str
    outlet: Outlet
    mine: frozenset[str]
    canonical_url: str | None
    text: ArticleText
    first_seen: Micros

    @staticmethod
    def of_draft(draft: ArticleDraft) -> Side:
        return Side(
            draft.article,
            draft.outlet,
            frozenset(draft.urls),
            draft.canonical_url,
            draft.text,
            draft.seen_at,
        )

    @staticmethod
    def of_stored(stored: StoredText) -> Side:
        return Side(
            stored.article,
            stored.outlet,
            frozenset({key(stored.url), *stored.urls}),
            stored.canonical_url,
            stored.text,
            stored.first_seen,
        )


@dataclass(frozen=True, slots=True)
class Verdict:
    """The original of the two, and the evidence in words."""

    original: Side
    other: Side
    why: str


def original(one: Side, two: Side) -> Verdict:
    """Decides between two sides; the answer does not depend on which is named first."""
    return _by_evidence(one, two) or _by_time(one, two)


def leader(sides: Sequence[Side]) -> Side:
    """The one that all the others come from: the first known of those that by no evidence copy
    another. Two by two they may go round in a circle (a late date beside a credit line), so the
    choice is made over all at once: it depends on who is there, never on who came when."""
    free = [one for one in sides if _source(one, sides) is None]
    return min(free or sides, key=known)


def why_copy(copy: Side, source: Side, sides: Sequence[Side]) -> str:
    """Why `copy` stands behind `source`, their leader."""
    verdict = original(copy, source)
    if verdict.original is source:
        return verdict.why
    accused = _source(copy, sides)
    return accused.why if accused else "with the others of its text"


def _source(copy: Side, sides: Sequence[Side]) -> Verdict | None:
    """The evidence that `copy` was taken from one of `sides`, if there is any."""
    for side in sides:
        found = _by_evidence(copy, side) if side is not copy else None
        if found is not None and found.other is copy:
            return found
    return None


def _by_evidence(one: Side, two: Side) -> Verdict | None:
    for speaks in (_credit, _canonical, _link):
        first, second = speaks(one, two), speaks(two, one)
        if bool(first) != bool(second):
            copy, source, why = (one, two, first) if first else (two, one, second)
            return Verdict(source, copy, str(why))
    return None


def _credit(copy: Side, source: Side) -> str | None:
    """Whether `copy` credits the outlet of `source`."""
    credit = copy.text.credit
    if credit is None or copy.outlet.domain == source.outlet.domain:
        return None
    named = {squash(name) for name in (credit.known, credit.outlet, credit.agency) if name}
    theirs = {squash(source.outlet.name), squash(source.outlet.domain.split(".")[0])}
    if not (named & theirs) - {""}:
        return None
    return f"its credit line names {source.outlet.name}: “{credit.text}”"


def _canonical(copy: Side, source: Side) -> str | None:
    """Whether `copy` says that its text stands at `source` or with its outlet."""
    url = copy.canonical_url
    if url is None or copy.outlet.domain == source.outlet.domain:
        return None
    if key(url) in source.mine or outlet_domain(url) == source.outlet.domain:
        return f"its canonical address is {url}"
    return None


def _link(copy: Side, source: Side) -> str | None:
    """Whether `copy` links to `source` from its text or credit line."""
    for link in copy.text.links:
        if link.role in {"citation", "credit"} and key(link.url) in source.mine:
            return f"it links to {link.url}"
    return None


def _by_time(one: Side, two: Side) -> Verdict:
    early, late = sorted((one, two), key=known)
    return Verdict(early, late, _later(early, late))


def known(side: Side) -> tuple[Micros, Micros, str]:
    """A whole order of sides, unlike the spans of their dates."""
    return known_at(side.text.published, side.first_seen), side.first_seen, side.article


def known_at(published: Dated | None, first_seen: Micros) -> Micros:
    """Since when a text is known to have stood somewhere: the earlier of first seen and the latest
    moment that its date allows."""
    return first_seen if published is None else min(_latest(published), first_seen)


def _latest(published: Dated) -> Micros:
    """A day ends last at UTC-12."""
    return published.at + DAY + DAY // 2 if published.precision == "day" else published.at


def _earliest(published: Dated) -> Micros:
    """A day begins first at UTC+14."""
    return published.at - 14 * HOUR if published.precision == "day" else published.at


def _later(early: Side, late: Side) -> str:
    first, second = early.text.published, late.text.published
    if first is not None and second is not None and _latest(first) < _earliest(second):
        return f"published later ({second.text}, the other {first.text})"
    return "the dates do not tell them apart; the other was known first"
