"""What follows a poll that failed: how long to wait, and what else is concluded (spec `polling`
§5, checks 30-41). A failing feed is never given up."""

from __future__ import annotations

from dataclasses import replace

from watcher.feeds.policy import PUBLIC_FLOOR, CadencePolicy
from watcher.feeds.words import clamped, count
from watcher.model.feed import BROKEN, FeedState, Pause, PollDecision, PollError
from watcher.model.page import FetchFailed, FetchResult, Hop, NotModified
from watcher.model.when import DAY, HOUR, MINUTE, SECOND, Micros, rfc3339
from watcher.text.durations import span
from watcher.text.hashes import bytes_hash
from watcher.text.hosts import pause_key
from watcher.text.retry_after import LONGEST

FIRST_BACKOFF = HOUR
LONG_CAP = 7 * DAY  # of the back-off, once a feed has failed for so long:
LONG_FAILING = 30 * DAY
UNREACHED: Micros = MINUTE  # the next try after a failure of our own network

_BUSY = frozenset({429, 503})


def decide_failed(
    state: FeedState, result: FetchResult, error: PollError, now: Micros, policy: CadencePolicy
) -> PollDecision:
    """Nothing that is known of the feed is given up for a failure: address, validators, entries."""
    failures = state.failures + 1
    since = min(state.memory.failing_since or now, now)
    gone = is_gone(result)
    wait, why = _wait(state, result, now - since, policy)
    if gone:
        wait, why = policy.cap, "gone for good (410): not polled again"
    return PollDecision(
        outcome="failed",
        next_due=now + wait,
        why=f"{why} ({error.code})",
        reasons=_reasons(error, why, failures, since),
        notes=_notes(result, wait),
        interval=state.interval or policy.every,
        memory=replace(state.memory, failing_since=since, hint=error.hint),
        etag=state.etag,
        last_modified=state.last_modified,
        body_hash=None,
        failures=failures,
        status=status_of(result),
        life="gone" if gone else "active",
        error=error,
        pause=_pause(result, wait, now, policy),
        micros=0 if isinstance(result, FetchFailed) else result.micros,
    )


def decide_broken(
    state: FeedState, message: str, hint: str, version: str, now: Micros, policy: CadencePolicy
) -> PollDecision:
    """Our own code, of this `version`, broke on what came: backed off like any failure, and tried
    again at once by another version."""
    result = FetchFailed(
        state.fetch_url, "protocol", BROKEN, f"our own code broke on it: {message}"
    )
    made = decide_failed(state, result, PollError(BROKEN, result.message, hint), now, policy)
    memory = made.memory or state.memory
    return replace(made, memory=replace(memory, broken_by=version))


def decide_deferred(
    state: FeedState, result: FetchFailed, now: Micros, policy: CadencePolicy
) -> PollDecision:
    """Nothing was asked of the feed, or nothing can be said of it: its host is paused, or our own
    network is down. It counts neither as polled nor as failing."""
    wait = max(result.retry_after or 0, SECOND)
    why = f"{result.message} ({result.code})"
    return PollDecision(
        outcome="deferred",
        next_due=now + wait,
        why=why,
        reasons=(why,),
        interval=state.interval or policy.every,
        etag=state.etag,
        last_modified=state.last_modified,
        body_hash=None,
        failures=state.failures,
        pause=result.pause,
    )


def recovered(state: FeedState) -> tuple[str, ...]:
    """The note on the first good answer after failures."""
    since = state.memory.failing_since
    if not state.failures or since is None:
        return ()
    failed = count(state.failures, "failure", "failures")
    return (f"answers again, after {failed} since {shown(since)}",)


def is_gone(result: FetchResult) -> bool:
    """A 410 of the feed's own address, or of one that it has moved to for good. Behind any other
    redirect it says nothing of the feed."""
    if not isinstance(result, FetchFailed) or result.status != 410:
        return False
    return all(hop.status in {301, 308} for hop in result.hops)


def status_of(result: FetchResult) -> int | None:
    return 304 if isinstance(result, NotModified) else result.status


def shown(at: Micros) -> str:
    """A moment in the words of a reason, to the second."""
    return rfc3339(at - at % SECOND)


def _wait(
    state: FeedState, result: FetchResult, failing: Micros, policy: CadencePolicy
) -> tuple[Micros, str]:
    failures = state.failures + 1
    if isinstance(result, FetchFailed) and result.retry_after is not None:
        wait = clamped(result.retry_after, policy.floor, LONGEST)
        return wait, f"publisher asks to wait {span(wait)} (Retry-After)"
    if isinstance(result, FetchFailed) and result.status == 429:
        wait = _scattered(state.spec.feed, failures, policy)
        return wait, f"too many requests, without a word how long to wait: again in {span(wait)}"
    wait = _backoff(failures, failing, policy)
    return wait, f"{count(failures, 'failure', 'failures in a row')}: again in {span(wait)}"


def _backoff(failures: int, failing: Micros, policy: CadencePolicy) -> Micros:
    """1 h, doubling up to the cap, 7 days after 30 days of failing; with a floor below the public
    one it starts there, and is never longer than the cap."""
    start = _start(policy)
    long = failing > LONG_FAILING and policy.floor >= PUBLIC_FLOOR
    cap = LONG_CAP if long else max(policy.cap, start)
    return min(start << min(failures - 1, 30), cap)


def _scattered(feed: str, failures: int, policy: CadencePolicy) -> Micros:
    """Full jitter: anywhere between the first step of the back-off and the one that is up, so that
    feeds which were turned away together do not come back together."""
    low = _start(policy)
    high = min(low << min(failures, 30), max(policy.cap, low))
    share = int(bytes_hash(f"{feed} {failures}".encode())[:8], 16)
    return low + (high - low) * share // 0xFFFF_FFFF


def _start(policy: CadencePolicy) -> Micros:
    low = policy.floor < PUBLIC_FLOOR
    return max(policy.floor, MINUTE) if low else max(policy.floor, FIRST_BACKOFF)


def _pause(result: FetchResult, wait: Micros, now: Micros, policy: CadencePolicy) -> Pause | None:
    """Check 34. A 503 that does not say how long may be the fault of one feed: the host's next
    good answer ends that pause."""
    if not isinstance(result, FetchFailed) or result.status not in _BUSY:
        return None
    stated = result.retry_after
    firm = result.status == 429 or stated is not None
    length = min(stated, LONGEST) if stated is not None else wait if firm else _start(policy)
    url = _last(result.url, result.hops)
    return Pause(pause_key(url), now + length, f"it answered {result.status}", firm)


def _last(url: str, hops: tuple[Hop, ...]) -> str:
    return hops[-1].url if hops else url


def _reasons(error: PollError, why: str, failures: int, since: Micros) -> tuple[str, ...]:
    told = f"failing since {shown(since)}" if failures > 1 else "the first failure in a row"
    return (f"{error.code}: {error.message}", told, why)


def _notes(result: FetchResult, wait: Micros) -> tuple[str, ...]:
    odd = result.odd_wait if isinstance(result, FetchFailed) else None
    return (f"asks to wait “{odd}” (Retry-After): {span(wait)} instead",) if odd else ()
