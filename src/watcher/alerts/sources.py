"""A source that breaks, and one that works again: told once each, never every failure (spec
`alerts` §3)."""

from __future__ import annotations

from dataclasses import replace

from watcher.alerts.notice import of_no_article
from watcher.model.alert import Alert
from watcher.model.feed import FeedState, PollDecision
from watcher.model.when import DAY, Micros, rfc3339

BROKEN_AFTER: Micros = DAY  # of failing, in at least so many polls:
FAILURES = 3


def told(state: FeedState, made: PollDecision, now: Micros) -> tuple[PollDecision, Alert | None]:
    """The decision on a poll, with what is remembered of the telling, and what is to be told of
    the feed now, if anything."""
    memory = made.memory or state.memory
    if made.outcome == "deferred":
        return made, None
    if made.error is None:
        since = memory.told_broken
        if since is None:
            return made, None
        made = replace(made, memory=replace(memory, told_broken=None))
        return made, of_no_article(
            "source_recovered", state.spec.feed, since, _recovered(state, since), now
        )
    since = memory.failing_since or now
    lasts = now - since >= BROKEN_AFTER and made.failures >= FAILURES
    if memory.told_broken is not None or not (lasts or made.life == "gone"):
        return made, None
    made = replace(made, memory=replace(memory, told_broken=since))
    return made, of_no_article(
        "source_broken", state.spec.feed, since, _broken(state, made, since), now
    )


def _broken(state: FeedState, made: PollDecision, since: Micros) -> str:
    error = made.error
    words = f"{error.message} [{error.code}]" if error else "it is gone"
    if made.life == "gone":
        return f"{_name(state)} is gone and polled no more: {words}"
    hint = f" {error.hint}" if error and error.hint else ""
    return f"{_name(state)} has failed since {_time(since)}: {words}{hint}"


def _recovered(state: FeedState, since: Micros) -> str:
    return f"{_name(state)} works again; it had failed since {_time(since)}"


def _name(state: FeedState) -> str:
    url = state.spec.url
    return f"The feed {state.title} ({url})" if state.title else f"The feed {url}"


def _time(at: Micros) -> str:
    return rfc3339(at - at % 1_000_000)
