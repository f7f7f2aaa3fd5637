"""Backtest: a topic run over the archive, and whom it would have told.

Every article counts by the first of its revisions that the topic is true of, in the order in which
they arrived; the rules are
those of live alerts, over the standings as they are stored now.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from watcher.alerts.rules import AlertPolicy, backlog, verdict
from watcher.model.alert import Decision
from watcher.model.feed import FeedSpec
from watcher.model.rows import FoundArticle
from watcher.model.topic import Span, TopicSpec
from watcher.model.when import Micros, moment
from watcher.pipeline.topics import rule_for
from watcher.ports import Reader
from watcher.topics.archive import plan
from watcher.topics.ast import Query
from watcher.topics.document import Document
from watcher.topics.facts import facts_of
from watcher.topics.match import Found, Matcher

# An article as it stood, what was found in it, and when it came to stand so, where it was revised.
Matched = tuple[FoundArticle, Found, Micros | None]


@dataclass(frozen=True, slots=True)
class Hit:
    """An article that the topic is true on. `at`: published, else first seen."""

    article: FoundArticle
    at: Micros
    decision: Decision
    reason: str
    spans: tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class Backtest:
    """Hits in order of arrival. `per_day` counts them by UTC day of `at`."""

    hits: tuple[Hit, ...]

    @property
    def per_day(self) -> dict[str, int]:
        days = Counter(moment(hit.at).date().isoformat() for hit in self.hits)
        return dict(sorted(days.items()))

    @property
    def per_outlet(self) -> dict[str, int]:
        """Most first."""
        return dict(Counter(hit.article.outlet.name for hit in self.hits).most_common())

    def without(self, other: Backtest) -> tuple[Hit, ...]:
        """The hits that `other` has not."""
        theirs = {hit.article.article for hit in other.hits}
        return tuple(hit for hit in self.hits if hit.article.article not in theirs)


def backtest(
    reader: Reader,
    topic: TopicSpec,
    query: Query,
    policy: AlertPolicy,
    since: Micros | None,
    feeds: Sequence[FeedSpec] = (),
    rules: Matcher | None = None,
) -> Backtest:
    """`since`: only articles published (else first seen) at or after it. `feeds`: those of the
    config, for what was there when they were added. What an import brought is judged like all
    else, whatever `policy` says of it. `rules`: block rules, whose articles are told to nobody."""
    matcher = Matcher([topic], {topic.topic: query}, {topic.topic: 0})
    matched = [
        first
        for found in _candidates(reader, plan(query))
        if since is None or published(found) >= since
        if (first := _first_true(reader, matcher, found))
    ]
    arrived = reader.arrived([found.article for found, _, _ in matched])
    matched.sort(key=lambda one: (one[2] or arrived[one[0].article], one[0].key))
    return Backtest(_replayed(matched, policy, {one.feed: one.seen for one in feeds}, rules))


def published(found: FoundArticle) -> Micros:
    """When it was published, else first seen."""
    return found.text.published.at if found.text.published else found.first_seen


def _candidates(reader: Reader, fts: str | None) -> Iterator[FoundArticle]:
    """What the index has, which is of newest revisions, and every article that has older ones."""
    seen: set[str] = set()
    for found in reader.search(fts):
        seen.add(found.article)
        yield found
    if fts is not None:
        yield from (found for found in reader.revised() if found.article not in seen)


def _first_true(reader: Reader, matcher: Matcher, found: FoundArticle) -> Matched | None:
    """The article as it stood when the topic first was true of it; with the time where that was a
    later revision than the first."""
    if found.revision == 1:
        hits = _match(matcher, found)
        return (found, hits[0], None) if hits else None
    for version in reader.versions(found.article):
        then = replace(found, text=version.text, revision=version.n)
        if hits := _match(matcher, then):
            return then, hits[0], version.seen_at if version.n > 1 else None
    return None


def _match(matcher: Matcher, found: FoundArticle) -> list[Found]:
    return matcher.match(Document.of(found.text, facts_of(found)))


def _replayed(
    matched: Sequence[Matched],
    policy: AlertPolicy,
    marks: Mapping[str, Micros | None],
    rules: Matcher | None,
) -> tuple[Hit, ...]:
    names = {found.article: found.outlet.name for found, _, _ in matched}
    told: set[str] = set()
    seen: set[str] = set()
    hits = []
    for found, match, later in matched:
        rule = rule_for(rules, Document.of(found.text, facts_of(found)))
        if rule is not None:
            reason = f"ignored: {rule}"
            hits.append(Hit(found, published(found), "suppressed", reason, match.spans))
            continue
        decision, reason = verdict(
            match.clause + (" (newly true in this revision)" if later else ""),
            old=backlog(
                found.text.published,
                found.first_seen,
                counts_as_old=found.counts_as_old,
                policy=policy,
                seen_until=_seen_until(found, marks),
            ),
            copied=_copied(found, names),
            told=found.story in told,
            matched_before=found.story in seen,
        )
        seen.add(found.story)
        if decision == "raised":
            told.add(found.story)
        hits.append(Hit(found, published(found), decision, reason, match.spans))
    return tuple(hits)


def _seen_until(found: FoundArticle, marks: Mapping[str, Micros | None]) -> Micros | None:
    """Up to when all its feeds are marked as seen; None where one of them is not."""
    until = [marks.get(feed) for feed in found.feeds]
    return min((one for one in until if one is not None), default=None) if all(until) else None


def _copied(found: FoundArticle, names: dict[str, str]) -> str | None:
    if found.copy_of is None:
        return None
    name = names.get(found.copy_of)
    return f"copy of {found.copy_of}" + (f" ({name})" if name else "")
