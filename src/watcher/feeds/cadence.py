"""When the next poll of a feed is due (spec `polling` §5, checks 17-28, and §8).

The square-root law: a feed is polled at intervals in proportion to 1 / sqrt(rate x importance).
For a given number of requests that is the least total delay: the sum of rate x interval / 2 is
least with the sum of 1 / interval fixed. Around it stand the user's floor, cap and budget, and the
publisher's wishes, which only ever lengthen the wait. A feed's own `every` is taken as it is.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import log2, sqrt

from watcher.feeds.bounds import Bound, awake, bound
from watcher.feeds.policy import CadencePolicy
from watcher.feeds.rate import (
    PRIOR_RATE,
    a_day,
    after,
    busy_hours,
    dated_of,
    first_rate,
    next_rate,
)
from watcher.feeds.words import clamped, count
from watcher.model.feed import STRETCHED, Entry, FeedState, Rate
from watcher.model.when import DAY, MINUTE, Dated, Micros
from watcher.text.durations import span
from watcher.text.hashes import bytes_hash

EARLIER = 0.1  # of our own choice: jitter only ever shortens it,
EARLIER_AT_FIRST = 0.5  # the first of all most
LATER = 0.05  # of a publisher's wish: jitter only ever lengthens it,
LATER_AT_MOST: Micros = 5 * MINUTE
WITHIN_THE_HOUR: Micros = 10 * MINUTE  # after hours to skip
GROWTH = 2  # dates may mislead: from `poll.every` on, no interval grows by more at a time
UNWATCHED = 0.25  # the importance of a feed that no topic looks at
MOST_MISSED = 10.0  # times as many entries as were seen, at most, are believed to be missed


@dataclass(frozen=True, slots=True)
class Seen:
    """What a poll brought. `overflowed`: entries may have rolled off unseen since the last one;
    `first`: none was known before."""

    new: tuple[Entry, ...] = ()
    changed: tuple[Entry, ...] = ()
    overflowed: bool = False
    first: bool = False


@dataclass(frozen=True, slots=True)
class Plan:
    """The next due time. `interval` is our own choice before floor and wishes, `why` a line,
    `reasons` the steps to it, `rate` what is known of the feed's from now on, `earliest` the time
    before which nobody may have it polled."""

    due: Micros
    interval: Micros
    why: str
    reasons: tuple[str, ...]
    rate: Rate
    earliest: Micros


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
    rate = _rate(state, seen, now)
    told = _told(seen)
    choice = _choice(state, rate, now, policy)
    limit = bound(state.memory.wishes, headers, now, policy, validated=validated)
    due, said = _due(state, choice, limit, now, policy)
    later, skipped = awake(state.memory.wishes, due)
    if later > due:  # those that may come again at the full hour do not all come then
        due = later + _jitter(state, WITHIN_THE_HOUR, policy)
    asked = tuple(one for one in (said, skipped) if one)
    ours = due - now == choice.wait
    again = f", again in {span(choice.wait)}" if ours and state.spec.every is None else ""
    why = "; ".join((f"{told}: {choice.short}{again}", *asked))
    reasons = (told, *choice.reasons, *asked)
    if not ours:
        reasons = (*reasons, f"so again in {span(due - now)}")
    return Plan(due, choice.interval, why, reasons, rate, limit.until)


@dataclass(frozen=True, slots=True)
class _Choice:
    """Our own: `interval` on the mean of a day, `wait` from now."""

    interval: Micros
    wait: Micros
    short: str
    reasons: tuple[str, ...]


def _rate(state: FeedState, seen: Seen, now: Micros) -> Rate:
    before = state.memory.rate
    if seen.first and before.at is None:
        return first_rate([dated for one in seen.new if (dated := dated_of(one))], now)
    if before.at is None and state.polls and state.last_poll is not None:
        before = Rate(at=state.last_poll)  # from before rates were counted
    missed = _missed(seen, before, now) if seen.overflowed else 1.0
    return next_rate(before, seen.new, now, missed=missed)


def _missed(seen: Seen, before: Rate, now: Micros) -> float:
    """Those that were seen came within a part of the time: as many must have come in the rest."""
    dates: list[Dated] = [dated for one in seen.new if (dated := dated_of(one))]
    if before.at is None or not dates:
        return 2.0
    reach = max(now - min(one.at for one in dates), MINUTE)
    return min(max((now - before.at) / reach, 1.0), MOST_MISSED)


def _told(seen: Seen) -> str:
    if seen.overflowed:
        return f"{count(len(seen.new), 'new entry', 'new entries')}, some missed"
    if seen.new:
        return count(len(seen.new), "new entry", "new entries")
    if seen.changed:
        return count(len(seen.changed), "changed entry", "changed entries")
    return "nothing new"


def _choice(state: FeedState, rate: Rate, now: Micros, policy: CadencePolicy) -> _Choice:
    every = state.spec.every
    if every is not None:
        words = f"every {span(every)} as configured"
        return _Choice(every, every, words, (words,))
    weight, whence = importance(state)
    daily = a_day(rate)
    wanted = policy.every * sqrt(PRIOR_RATE / (daily * weight))
    lately = policy.every if state.interval is None else GROWTH * state.interval
    interval = clamped(min(round(wanted), lately), policy.floor, policy.cap)
    reasons = [
        f"about {_number(daily)} entries a day{_watched(rate)}",
        f"importance {_number(weight)}{whence}",
        f"by the root of both: every {span(interval)}{_limits(wanted, lately, policy)}",
    ]
    stretched = min(round(interval * policy.stretch), policy.cap)
    if stretched > interval:
        reasons.append(f"{STRETCHED}every {span(stretched)} instead")
    wait = after(rate, stretched, now, policy.cap)
    busy = busy_hours(rate)
    if busy is not None:
        reasons.append(f"most come from {busy[0]:02} to {busy[1]:02} UTC: now every {span(wait)}")
    wait = clamped(_scattered(state, wait, now, policy), policy.floor, policy.cap)
    return _Choice(interval, wait, f"about {_number(daily)} a day", tuple(reasons))


def importance(state: FeedState) -> tuple[float, str]:
    """How much it matters to hear soon of a feed's entries: the user's weight, more for each
    doubling of what matched a topic of late, less where no topic looks; and whence."""
    weight = state.spec.weight
    said = [] if weight == 1 else [f"weight {_number(weight)}"]
    if not state.spec.topics:
        return weight * UNWATCHED, f" ({', '.join([*said, 'no topic looks at it'])})"
    if state.hits >= 1:
        said.append(f"{count(round(state.hits), 'match', 'matches')} of late")
        weight *= 1 + log2(1 + state.hits) / 2
    return weight, f" ({', '.join(said)})" if said else ""


def _due(
    state: FeedState, choice: _Choice, limit: Bound, now: Micros, policy: CadencePolicy
) -> tuple[Micros, str | None]:
    """After the floor and the publisher's wishes, and what decided if one of them did."""
    due = now + choice.wait
    if limit.until <= due:
        return due, None
    if not limit.asked:
        return limit.until, limit.words
    most = min(round((limit.until - now) * LATER), LATER_AT_MOST)
    return limit.until + _jitter(state, most, policy), limit.words


def _scattered(state: FeedState, wait: Micros, now: Micros, policy: CadencePolicy) -> Micros:
    """Feeds that were polled together are not polled together for ever. Each interval is a little
    shorter than chosen; the first, and the one after a stop that left many overdue, is anything
    from half of it on (26, 27)."""
    late = now - state.due_at > max(wait // 4, MINUTE)
    share = EARLIER if state.polls and not late else EARLIER_AT_FIRST
    return wait - _jitter(state, round(wait * share), policy)


def _jitter(state: FeedState, most: Micros, policy: CadencePolicy) -> Micros:
    """From 0 to `most`, by the feed and the number of its poll: the same again for the same.
    Hosts that the user allowed are asked on the dot."""
    if not policy.public:
        return 0
    seed = f"{state.spec.feed} {state.polls}"
    return most * int(bytes_hash(seed.encode())[:8], 16) // 0xFFFF_FFFF


def _watched(rate: Rate) -> str:
    return f" ({span(round(rate.days * DAY))} watched)" if rate.days >= 1 / 24 else ""


def _limits(wanted: float, lately: Micros, policy: CadencePolicy) -> str:
    if wanted < policy.floor:
        return " (poll.floor)"
    if wanted > lately and lately < policy.cap:
        return f", growing to {span(min(round(wanted), policy.cap))}"
    return " (poll.cap)" if wanted > policy.cap else ""


def _number(value: float) -> str:
    return f"{value:.0f}" if value >= 10 else f"{value:.2g}"
