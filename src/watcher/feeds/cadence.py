"""When the next poll of a feed is due (spec `polling` §5, checks 17-28, and §8).

A first simple policy: half the interval when something new came, a fifth more when nothing did,
within [floor, cap]; a feed's own `every` is fixed. A publisher's wish only ever lengthens the
wait.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from watcher.feeds.hints import MAX_WAIT, freshness
from watcher.model.feed import Entry, FeedState, Rate
from watcher.model.when import DAY, HOUR, MINUTE, SECOND, Micros

PUBLIC_FLOOR = 15 * MINUTE  # a lower floor is only for hosts that the user allowed
UNVALIDATED_FLOOR = HOUR  # where an unchanged feed would be sent whole each time


@dataclass(frozen=True, slots=True)
class CadencePolicy:
    """`every`: first guess for a feed not yet known; `floor` and `cap` bound our own choice."""

    every: Micros = HOUR
    floor: Micros = 15 * MINUTE
    cap: Micros = DAY


@dataclass(frozen=True, slots=True)
class Seen:
    """What a poll brought. `overflowed`: entries may have rolled off unseen since the last one."""

    new: tuple[Entry, ...] = ()
    changed: tuple[Entry, ...] = ()
    overflowed: bool = False


@dataclass(frozen=True, slots=True)
class Plan:
    """The next due time. `interval` is our own choice before floor and wishes, `why` a line,
    `reasons` the steps to it."""

    due: Micros
    interval: Micros
    why: str
    reasons: tuple[str, ...]
    rate: Rate


def plan(
    state: FeedState,
    headers: Mapping[str, str],
    seen: Seen,
    now: Micros,
    policy: CadencePolicy,
    *,
    validated: bool,
) -> Plan:
    """After a poll that succeeded. `state.memory` is what is remembered from now on (its rate as
    of the last poll); `headers` the answer's; `validated`: it carried validators, or was a 304."""
    told, step = _told(seen)
    interval, why = _interval(state, told, step, policy)
    wait, asked = _bounded(interval, state, headers, validated, policy)
    return Plan(now + wait, interval, why + asked, (why + asked,), state.memory.rate)


def _told(seen: Seen) -> tuple[str, float]:
    if seen.overflowed:
        return f"{count(len(seen.new), 'new entry', 'new entries')}, some missed", 0.25
    if seen.new:
        return count(len(seen.new), "new entry", "new entries"), 0.5
    if seen.changed:
        return count(len(seen.changed), "changed entry", "changed entries"), 1.0
    return "nothing new", 1.2


def _interval(
    state: FeedState, told: str, step: float, policy: CadencePolicy
) -> tuple[Micros, str]:
    """Our own choice of interval, and the first half of the reason."""
    if state.spec.every is not None:
        return state.spec.every, f"{told}: every {span(state.spec.every)} as configured"
    before = state.interval
    if before is None:
        first = clamped(policy.every, policy.floor, policy.cap)
        return first, f"{told} at the first poll: {span(first)}"
    after = clamped(round(before * step), policy.floor, policy.cap)
    if after == before:
        return after, f"{told}: {span(after)}"
    return after, f"{told}: {span(after)} after {span(before)}"


def _bounded(
    interval: Micros,
    state: FeedState,
    headers: Mapping[str, str],
    validated: bool,
    policy: CadencePolicy,
) -> tuple[Micros, str]:
    """The wait after the floor and the publisher's wishes, and what decided if one of them did."""
    wait, asked = interval, ""
    wishes = state.memory.wishes
    floor = policy.floor
    if not validated and policy.floor >= PUBLIC_FLOOR:
        floor = max(floor, UNVALIDATED_FLOOR)
    bounds = (
        (floor, "; never sooner than {}" if validated else "; without validators not before {}"),
        (freshness(headers) or 0, "; publisher asks for at least {} (max-age)"),
        (
            max(wishes.ttl or 0, wishes.period or 0) * MINUTE,
            "; publisher asks for at least {} (ttl)",
        ),
    )
    for bound, words in bounds:
        if bound > wait:
            wait, asked = bound, words.format(span(bound))
    return min(wait, max(MAX_WAIT, interval)), asked


def span(length: Micros) -> str:
    """A duration in words: `1d 2h`, `1h 30m`, `45m`, `10s`; the two largest units."""
    left = length // SECOND
    parts = []
    for unit, size in (("d", 86_400), ("h", 3_600), ("m", 60), ("s", 1)):
        number, left = divmod(left, size)
        if number:
            parts.append(f"{number}{unit}")
    return " ".join(parts[:2]) or "0s"


def count(number: int, one: str, many: str) -> str:
    return f"{number} {one if number == 1 else many}"


def clamped(value: Micros, low: Micros, high: Micros) -> Micros:
    return max(low, min(value, high))
