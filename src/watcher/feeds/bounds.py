"""Before when a feed is not polled, whatever we should like: the least time between two polls, and
what its publisher asks for (spec `polling` §5, checks 17-24)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from watcher.feeds.hints import MAX_WAIT, freshness
from watcher.feeds.policy import UNVALIDATED_FLOOR, CadencePolicy
from watcher.model.feed import Wishes
from watcher.model.when import DAY, HOUR, MINUTE, Micros
from watcher.text.durations import span


@dataclass(frozen=True, slots=True)
class Bound:
    """`until`: no poll before it. `words`: why, in a half sentence. `asked`: it is the publisher's
    wish, not our own floor."""

    until: Micros
    words: str
    asked: bool


def bound(
    wishes: Wishes,
    headers: Mapping[str, str],
    now: Micros,
    policy: CadencePolicy,
    *,
    validated: bool,
) -> Bound:
    """The latest of all bounds after a poll at `now` that succeeded. The wishes of one publisher
    are 31 days at most; hours and days to skip are no part of it (`awake`)."""
    floor = policy.floor
    if not validated and policy.public:
        floor = max(floor, UNVALIDATED_FLOOR)
    period = (wishes.period or 0) * MINUTE
    wait, name = max(
        (freshness(headers) or 0, "max-age"),
        ((wishes.ttl or 0) * MINUTE, "ttl"),
        (period if wishes.base is None else 0, "updatePeriod"),
    )
    until = now + min(wait, MAX_WAIT)
    if period and wishes.base is not None:
        update = _next_update(wishes.base, period, now)
        if update > max(until, now + floor):
            return Bound(update, f"publisher updates every {span(period)} (updateBase)", True)
    if until > now + floor:
        return Bound(until, f"publisher asks for at least {span(wait)} ({name})", True)
    kept = "never sooner than" if validated else "without validators not before"
    return Bound(now + floor, f"{kept} {span(floor)}", False)


def awake(wishes: Wishes, at: Micros) -> tuple[Micros, str | None]:
    """`at`, or the first moment after it that is in no hour (GMT) and on no day to skip, and why it
    is another. A publisher that skips them all is not believed."""
    hours, days = set(wishes.skip_hours), set(wishes.skip_days)
    warning = None
    if len(hours) >= 24:
        hours, warning = set(), "asks to skip all 24 hours (skipHours): ignored"
    if len(days) >= 7:
        days, warning = set(), "asks to skip all 7 days (skipDays): ignored"
    if not hours and not days:
        return at, warning
    moved = at
    while _weekday(moved) in days or moved // HOUR % 24 in hours:
        whole_day = _weekday(moved) in days
        moved = (moved // DAY + 1) * DAY if whole_day else (moved // HOUR + 1) * HOUR
    if moved == at:
        return at, warning
    name = "skipDays" if _weekday(at) in days else "skipHours"
    return moved, f"publisher asks not to come at that time ({name}): {span(moved - at)} later"


def _weekday(at: Micros) -> int:
    """From Monday, 0: 1970 began on a Thursday."""
    return (at // DAY + 3) % 7


def _next_update(base: Micros, period: Micros, now: Micros) -> Micros:
    """The first of the moments `base` + n x `period` after now."""
    return base + ((now - base) // period + 1) * period
