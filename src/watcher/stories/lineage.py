"""Who of two likenesses is the original, by evidence in order: credit, canonical, link, time."""

from __future__ import annotations

from dataclasses import dataclass

from watcher.model.article import ArticleDraft, ArticleText, Outlet, StoredText
from watcher.model.story import Candidate
from watcher.model.when import DAY, Dated, Micros
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
    def of_draft(draft: ArticleDraft, article: str) -> Side:
        return Side(
            article,
            draft.outlet,
            frozenset(draft.urls),
            draft.canonical_url,
            draft.text,
            draft.seen_at,
        )

    @staticmethod
    def of_candidate(candidate: Candidate) -> Side:
        return Side.of_stored(candidate.stored)

    @staticmethod
    def of_stored(stored: StoredText) -> Side:
        return Side(
            stored.article,
            stored.outlet,
            frozenset({key(stored.url)}),
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
    for speaks in (_credit, _canonical, _link):
        first, second = speaks(one, two), speaks(two, one)
        if bool(first) != bool(second):
            copy, source, why = (one, two, first) if first else (two, one, second)
            return Verdict(source, copy, str(why))
    return _by_time(one, two)


def _credit(copy: Side, source: Side) -> str | None:
    """Whether `copy` credits the outlet of `source`."""
    credit = copy.text.credit
    if credit is None or copy.outlet == source.outlet:
        return None
    named = {squash(name) for name in (credit.known, credit.outlet, credit.agency) if name}
    theirs = {squash(source.outlet.name), squash(source.outlet.domain.split(".")[0])}
    if not named & theirs:
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
    a, b = _span(one.text.published), _span(two.text.published)
    if a is not None and b is not None:
        if a[1] < b[0]:
            return Verdict(one, two, _earlier(one, two))
        if b[1] < a[0]:
            return Verdict(two, one, _earlier(two, one))
    early, late = sorted((one, two), key=lambda side: (side.first_seen, side.article))
    return Verdict(early, late, "the dates do not tell them apart; the other was seen first")


def _span(published: Dated | None) -> tuple[Micros, Micros] | None:
    """From when to when it may have been published; a day is uncertain by its length and zone."""
    if published is None:
        return None
    if published.precision == "day":
        return published.at - DAY // 2, published.at + DAY + DAY // 2
    return published.at, published.at


def _earlier(early: Side, late: Side) -> str:
    dates = (early.text.published, late.text.published)
    assert dates[0] is not None
    assert dates[1] is not None
    return f"published later ({dates[1].text}, the other {dates[0].text})"
