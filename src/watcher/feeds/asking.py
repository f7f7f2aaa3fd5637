"""How a feed is asked (spec `polling` §5, checks 1-16): with its validators, or for good reasons
without, and what its answers teach about that."""

from __future__ import annotations

from dataclasses import replace

from watcher.feeds.backoff import status_of
from watcher.model.feed import FeedMemory, FeedState, PollDecision, Quirk, Rate
from watcher.model.page import Fetched, FetchRequest, FetchResult, Purpose
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
    return _expected(state.memory.rate, whole, now) >= MISSED


def _expected(rate: Rate, since: Micros, now: Micros) -> float:
    """How many entries should have come since then."""
    return rate.entries / rate.days * (now - since) / DAY if rate.days > 0 else 0.0


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
