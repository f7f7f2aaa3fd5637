"""Feeds that move (spec `polling` §5, checks 42-48): a permanent redirect is adopted once it has
been seen long enough, everything else is followed each time and changes nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from watcher.feeds.backoff import shown
from watcher.feeds.policy import CadencePolicy
from watcher.feeds.words import count
from watcher.model.feed import FeedMemory, FeedState, Move, PollDecision
from watcher.model.page import Fetched, FetchFailed, FetchResult, Hop, NotModified
from watcher.model.when import DAY, HOUR, MINUTE, Micros

SIGHTINGS = 3
PATIENCE: Micros = 3 * DAY
SLACK: Micros = MINUTE  # polls are seconds late, one more than the other
PERMANENT = frozenset({301, 308})  # RFC 9110 §15.4.2, §15.4.9


def target(final_url: str, hops: Sequence[Hop]) -> str | None:
    """Where the leading run of permanent redirects leads; None where the first is not permanent.
    What a temporary one leads to is no new address of anything (43, 44)."""
    run = 0
    while run < len(hops) and hops[run].status in PERMANENT:
        run += 1
    if not run:
        return None
    return final_url if run == len(hops) else hops[run - 1].url


def moved(
    state: FeedState, result: FetchResult, made: PollDecision, now: Micros, policy: CadencePolicy
) -> PollDecision:
    """`made` with what the poll's redirects mean for the feed's address."""
    if isinstance(result, FetchFailed):
        return _retreated(state, result, made, now, policy)
    memory = made.memory or state.memory
    if made.error is not None:
        # What stands at the new address is not the feed: a login, a page about the works there.
        forgotten = replace(memory, move=None) if result.hops else memory
        return replace(made, memory=forgotten)
    if _is_empty(result):
        return made
    return _sighted(state, result, replace(made, memory=_validated(memory, result)), now)


def _sighted(
    state: FeedState, result: Fetched | NotModified, made: PollDecision, now: Micros
) -> PollDecision:
    memory = made.memory or state.memory
    leads = target(result.final_url, result.hops)
    if leads is None or leads == state.fetch_url or leads in memory.not_to:
        return replace(made, memory=replace(memory, move=None))
    move = _evidence(memory.move, leads, now)
    if move.sightings >= SIGHTINGS and move.last - move.first >= PATIENCE - SLACK:
        return _adopted(state, made, move, result.final_url)
    notes: tuple[str, ...] = ()
    if move.sightings == 1:
        notes = (
            f"redirects for good to {leads}: fetched there once that was seen {SIGHTINGS} times"
            f" over {PATIENCE // DAY} days",
        )
    return replace(made, memory=replace(memory, move=move), notes=(*made.notes, *notes))


def located(state: FeedState, made: PollDecision) -> PollDecision:
    """`made` with the step that says where the feed is fetched, if that is not where config.yaml
    has it."""
    url = made.fetch_url or state.fetch_url
    if url == state.spec.url:
        return made
    step = f"fetched at {url}, where it moved for good from the configured {state.spec.url}"
    return replace(made, reasons=(*made.reasons, step))


def _evidence(before: Move | None, leads: str, now: Micros) -> Move:
    if before is None or before.target != leads or before.last > now:
        return Move(leads, 1, now, now)
    return replace(before, sightings=before.sightings + 1, last=now)


def _adopted(state: FeedState, made: PollDecision, move: Move, final_url: str) -> PollDecision:
    memory = made.memory or state.memory
    note = (
        f"moved for good: fetched at {move.target} from now on, before at {state.fetch_url}"
        f" (seen {count(move.sightings, 'time', 'times')} since {shown(move.first)})"
    )
    memory = replace(
        memory,
        move=None,
        adopted=move.last,
        validated_url=None if final_url == move.target else memory.validated_url,
    )
    return replace(made, memory=memory, fetch_url=move.target, notes=(*made.notes, note))


def _retreated(
    state: FeedState, failed: FetchFailed, made: PollDecision, now: Micros, policy: CadencePolicy
) -> PollDecision:
    """An adopted address that is no more: the configured one is asked again, and soon."""
    lost = failed.status in {404, 410} or failed.kind == "dns"
    if not lost or state.fetch_url == state.spec.url:
        return made
    note = f"{state.fetch_url} is no more ({failed.code}): back to the configured {state.spec.url}"
    memory = made.memory or state.memory
    return replace(
        made,
        life="active",
        fetch_url=state.spec.url,
        next_due=min(made.next_due, now + max(policy.floor, HOUR)),
        why=note,
        reasons=(*made.reasons, note),
        notes=(*made.notes, note),
        memory=replace(
            memory, move=None, adopted=now, validated_url=memory.validated_url or state.fetch_url
        ),
    )


def _validated(memory: FeedMemory, result: Fetched | NotModified) -> FeedMemory:
    """Validators belong to the address that gave them (12)."""
    if isinstance(result, NotModified):
        return memory
    return replace(memory, validated_url=result.final_url if result.hops else None)


def _is_empty(result: Fetched | NotModified) -> bool:
    """An answer without a body shows nothing of what stands at its address."""
    if isinstance(result, NotModified):
        return False
    return result.status in {204, 206} or not result.body.strip()
