"""What is told of an article that was told before: that it was edited, that it is gone. Only topics
that ask for it (`tell`) hear of it, and of each edit once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal

from watcher.alerts.rules import AlertPolicy, backlog
from watcher.model.alert import Alert, Decision, PlaceView
from watcher.model.article import ArticleText, StoredText
from watcher.model.ids import alert_id
from watcher.model.recheck import Sign
from watcher.model.topic import Match, TopicSpec
from watcher.model.when import Micros, rfc3339

# What happens to a live page all the time: posts come, the oldest go, the headline follows.
GROWTH = frozenset({"added", "removed", "headline", "byline", "cosmetic"})
QUIET = frozenset({"cosmetic", "fulltext"})  # changes that are nobody's edit of the words


def revised(
    latest: StoredText,
    text: ArticleText,
    revision: int,
    changes: Sequence[str],
    matches: Sequence[Match],
    specs: Mapping[str, TopicSpec],
    view: PlaceView,
    policy: AlertPolicy,
    now: Micros,
) -> tuple[Alert, ...]:
    """One for each topic that was true before and is still. A copy's edit is the copy's: it is not
    told, nor is one of an article that was history when it was first seen."""
    if not changes or QUIET.issuperset(changes):
        return ()
    old = _old(latest, policy)
    if old is None and text.state.kind == "live" and GROWTH.issuperset(changes):
        old = "a live page grows: its new posts are no edits"
    said = f"changed: {', '.join(one for one in changes if one not in QUIET)}"
    before = view.matched.get(latest.article, frozenset())
    asked = [one for one in matches if one.topic in before and _asks(specs, one, "revision")]
    return tuple(
        _alert(one, "revision", latest, revision, _verdict(said, old, latest), now) for one in asked
    )


def withdrawn(
    latest: StoredText,
    sign: Sign,
    matches: Sequence[Match],
    specs: Mapping[str, TopicSpec],
    policy: AlertPolicy,
    since: Micros,
    now: Micros,
) -> tuple[Alert, ...]:
    """One for each topic that is true on the last text that was had. A copy that goes is told too:
    it is another outlet that took it back."""
    old = _old(latest, policy)
    said = f"{sign.kind} since {rfc3339(since - since % 1_000_000)}: {sign.why}"
    asked = [one for one in matches if _asks(specs, one, "withdrawal")]
    told: tuple[Decision, str] = ("suppressed", old) if old else ("raised", said)
    return tuple(_alert(one, "withdrawal", latest, latest.revision, told, now) for one in asked)


def _asks(specs: Mapping[str, TopicSpec], match: Match, kind: str) -> bool:
    spec = specs.get(match.topic)
    return spec is not None and kind in spec.tell


def _old(latest: StoredText, policy: AlertPolicy) -> str | None:
    return backlog(
        latest.text.published,
        latest.first_seen,
        counts_as_old=latest.counts_as_old,
        policy=policy,
    )


def _verdict(said: str, old: str | None, latest: StoredText) -> tuple[Decision, str]:
    if old is not None:
        return "suppressed", old
    if latest.copy_of is not None:
        return "suppressed", f"copy of {latest.copy_of}"
    return "raised", said


def _alert(
    match: Match,
    kind: Literal["revision", "withdrawal"],
    latest: StoredText,
    revision: int,
    told: tuple[Decision, str],
    now: Micros,
) -> Alert:
    decision, reason = told
    return Alert(
        alert=alert_id(match.topic, kind, latest.article, revision),
        kind=kind,
        topic=match.topic,
        topic_version=match.version,
        story=latest.story,
        article=latest.article,
        revision=revision,
        decision=decision,
        reason=reason,
        at=now,
    )
