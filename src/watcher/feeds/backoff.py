"""What follows a poll that failed: how long to wait, and what else is concluded (spec `polling`
§5, checks 30-41). A failing feed is never given up."""

from __future__ import annotations

from dataclasses import replace

from watcher.feeds.cadence import PUBLIC_FLOOR, CadencePolicy, clamped, count, span
from watcher.model.feed import FeedState, PollDecision, PollError
from watcher.model.page import FetchFailed, FetchResult, NotModified
from watcher.model.when import DAY, HOUR, MINUTE, Micros

FIRST_BACKOFF = HOUR
LONG_CAP = 7 * DAY  # of the back-off, once a feed has failed for about 30 days
LONG_FAILING = 34  # failures in a row: 1, 2, 4, 8 and 16 h, then 29 days of 24 h


def decide_failed(
    state: FeedState, result: FetchResult, error: PollError, now: Micros, policy: CadencePolicy
) -> PollDecision:
    failures = state.failures + 1
    status = result.status if not isinstance(result, NotModified) else 304
    gone = isinstance(result, FetchFailed) and status == 410
    asked = result.retry_after if isinstance(result, FetchFailed) else None
    if gone:
        wait, why = policy.cap, "gone for good (410): not polled again"
    elif asked is not None:
        wait = clamped(asked, policy.floor, LONG_CAP)
        why = f"publisher asks to wait {span(wait)} (Retry-After)"
    else:
        wait = _backoff(failures, policy)
        why = f"{count(failures, 'failure', 'failures in a row')}: again in {span(wait)}"
    since = state.memory.failing_since or now
    return PollDecision(
        outcome="failed",
        next_due=now + wait,
        why=f"{why} ({error.code})",
        reasons=(f"{error.code}: {error.message}", why),
        interval=state.interval or policy.every,
        memory=replace(state.memory, failing_since=since),
        etag=state.etag,
        last_modified=state.last_modified,
        body_hash=None,
        failures=failures,
        status=status,
        life="gone" if gone else "active",
        error=error,
        micros=0 if isinstance(result, FetchFailed) else result.micros,
    )


def _backoff(failures: int, policy: CadencePolicy) -> Micros:
    """1 h, doubling up to the cap, 7 days after about 30 days of failing; with a floor below the
    public one it starts there."""
    low = policy.floor < PUBLIC_FLOOR
    start = max(policy.floor, MINUTE) if low else max(policy.floor, FIRST_BACKOFF)
    cap = LONG_CAP if failures > LONG_FAILING and not low else max(policy.cap, start)
    return min(start << min(failures - 1, 30), cap)
