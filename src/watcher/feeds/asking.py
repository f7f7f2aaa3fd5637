"""How a feed is asked (spec `polling` §5, checks 1-16): with its validators, or for good reasons
without, and what its answers teach about that."""

from __future__ import annotations

from dataclasses import replace

from watcher.feeds.backoff import shown, status_of
from watcher.feeds.bounds import awake, bound
from watcher.feeds.hints import MAX_WAIT
from watcher.feeds.policy import CadencePolicy
from watcher.feeds.rate import expected
from watcher.model.feed import (
    FeedMemory,
    FeedStanding,
    FeedState,
    PollDecision,
    Quirk,
    RetryRefused,
)
from watcher.model.page import Fetched, FetchFailed, FetchRequest, FetchResult, Purpose
from watcher.model.when import DAY, Micros

LIE: Micros = 7 * DAY  # 304s for so long are looked into, and not more often than that
MISSED = 5.0  # posts that should have come meanwhile


def request(state: FeedState, now: Micros, purpose: Purpose = "feed") -> FetchRequest:
    memory = state.memory
    plain = "plain_coding" in memory.quirks
    if _goes_bare(state, now):
        return FetchRequest(state.fetch_url, purpose, plain=plain)
    return FetchRequest(
        state.fetch_url,
        purpose,
        state.etag,
        state.last_modified,
        plain=plain,
        validated_url=memory.validated_url,
    )


def learned(
    state: FeedState, asked: FetchRequest, result: FetchResult, made: PollDecision, now: Micros
) -> PollDecision:
    """`made` with what the answer to `asked` says about asking."""
    memory = made.memory or state.memory
    notes: tuple[str, ...] = ()
    if isinstance(result, Fetched) and result.plain and "plain_coding" not in memory.quirks:
        memory = _with(memory, "plain_coding")
        notes += ("its content coding is broken: asked for none from now on",)
    if not (state.etag or state.last_modified):
        return replace(made, memory=memory, notes=(*made.notes, *notes))
    if asked.etag or asked.last_modified:
        memory, said = _refused(memory, result)
    else:
        memory, said = _bare(memory, result, now)
    return replace(made, memory=memory, notes=(*made.notes, *notes, *said))


def earliest(
    state: FeedState, result: FetchResult, made: PollDecision, now: Micros, policy: CadencePolicy
) -> PollDecision:
    """`made` with the time before which nobody may have the feed polled: by the publisher's wish,
    or by the least time between two polls (14, 17), which `cadence` knows of a poll that succeeded.
    A failure that asked for nothing binds only ourselves."""
    if made.error is None:
        return made
    memory = made.memory or state.memory
    if isinstance(result, FetchFailed):
        asked = result.retry_after is not None or result.status == 429
        return replace(made, memory=replace(memory, earliest=made.next_due if asked else None))
    validated = bool(made.etag or made.last_modified) and "no_validators" not in memory.quirks
    limit = bound(memory.wishes, result.headers, now, policy, validated=validated)
    return replace(made, memory=replace(memory, earliest=limit.until))


def refusal(one: FeedStanding, now: Micros, *, force: bool = False) -> RetryRefused | None:
    """Why a feed is not polled now though somebody asks for it."""
    state = one.state
    if one.life in _NOT_POLLED:
        return RetryRefused(_NOT_POLLED[one.life])
    if one.leased:
        return RetryRefused("it is being polled just now")
    if one.pause is not None:
        pause = one.pause
        said = f"{pause.host.partition('|')[0]} is left alone until {shown(pause.until)}"
        return RetryRefused(f"{said}: {pause.why}", max(pause.until, state.due_at))
    wish = state.memory.earliest
    # No clock that was set back makes it a wait of years.
    if not force and wish is not None and now < wish <= now + MAX_WAIT:
        reason = (
            f"not before {shown(wish)}, by the publisher's wish or the least time between polls"
        )
        return RetryRefused(reason, max(wish, state.due_at))
    awoken, why = awake(state.memory.wishes, now)
    if not force and awoken > now:
        return RetryRefused(why or "", max(awoken, state.due_at))
    return None


_NOT_POLLED = {
    "paused": "it is paused: `watcher feeds resume` ends that",
    "merged": "it is merged into another feed: `watcher feeds resume` undoes that",
    "gone": "it is gone (410): `watcher feeds resume` asks for it again",
    "retired": "config.yaml wants it no more",
}


def _goes_bare(state: FeedState, now: Micros) -> bool:
    memory = state.memory
    return memory.suspect or "no_validators" in memory.quirks or _may_lie(state, now)


def _may_lie(state: FeedState, now: Micros) -> bool:
    """Whether it has said for so long that nothing changed that it is hard to believe (15)."""
    whole, bare = state.memory.last_whole, state.memory.last_bare
    if not (state.etag or state.last_modified) or whole is None or now - whole < LIE:
        return False
    if bare is not None and 0 <= now - bare < LIE:
        return False
    return expected(state.memory.rate, whole, now) >= MISSED


def _refused(memory: FeedMemory, result: FetchResult) -> tuple[FeedMemory, tuple[str, ...]]:
    if status_of(result) not in {400, 412}:
        return memory, ()
    note = f"answers {status_of(result)} to its own validators: asked once without them"
    return replace(memory, suspect=True), (note,)


def _bare(
    memory: FeedMemory, result: FetchResult, now: Micros
) -> tuple[FeedMemory, tuple[str, ...]]:
    if memory.suspect:
        if isinstance(result, Fetched):
            memory = _with(replace(memory, suspect=False), "no_validators")
            return memory, ("does not bear its own validators: asked without from now on",)
        # The same without them: they were not what it minded.
        return replace(memory, suspect=status_of(result) not in {400, 412}), ()
    if "no_validators" in memory.quirks:
        return memory, ()
    note = "has said for a week that nothing changed: asked once for the whole feed"
    return replace(memory, last_bare=now), (note,)


def _with(memory: FeedMemory, quirk: Quirk) -> FeedMemory:
    return replace(memory, quirks=(*memory.quirks, quirk))
