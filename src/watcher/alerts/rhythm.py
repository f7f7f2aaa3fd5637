"""Burst and silence: more matches in an hour than a topic ever has at that time of the week, and an
outlet that says nothing for longer than it ever does (spec `alerts` §4). Everything here is counts
and moments in, a verdict with its reason out."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from watcher.model.when import DAY, HOUR, Micros, rfc3339

WEEK = 7 * 24  # hours
WINDOW = 4 * WEEK  # hours of the baseline: 28 days
LEAST_HISTORY = 2 * WEEK  # hours before which nothing is a burst
LEAST = 5  # matches
CHANCE = 0.0005  # of so many or more in one hour; at 0.001 two months of three had a false alarm
SPREAD = 2  # hours on each side that count as the same time of the week
PRIOR = 8.0  # hours' worth of the overall rate, so that an hour without any has a rate too

LEAST_GAPS = 10
TAIL = 0.005  # the 99.5 % quantile of gaps; rarer where there are many gaps a month,
FALSE_ALARMS = 0.25  # so that so few are expected in one
MONTH: Micros = 28 * DAY


@dataclass(frozen=True, slots=True)
class Verdict:
    """`on`: it is unusual now; `over`: usual again (both False: neither, what was said stands)."""

    on: bool
    over: bool
    reason: str


def burst(hours: Sequence[int], hour_of_week: int) -> Verdict:
    """`hours`: matches in each hour, the oldest first, the last one still running; `hour_of_week`:
    of the last, 0 to 167. The count so far is held against the baseline of the whole hour, so an
    hour can be called a burst before it is over, but not more often."""
    now, past = hours[-1], hours[-1 - WINDOW : -1]
    if len(past) < LEAST_HISTORY:
        return Verdict(False, False, "less than two weeks are known")
    rates = _rates(past, hour_of_week)
    usual, r = rates[0], _dispersion(past, rates)
    if now >= LEAST and _at_least(now, usual, r) < CHANCE:
        return Verdict(True, False, f"{now} matches within the hour, where {usual:.1f} are usual")
    # The last whole hour tells whether it is over: the running one may have just begun.
    over = past[-1] <= _median(rates[-1], r)
    return Verdict(False, over, f"{past[-1]} matches in the last hour, {rates[-1]:.1f} are usual")


def silence(moments: Sequence[Micros], now: Micros) -> Verdict:
    """`moments`: when an outlet's entries came in the last weeks, the oldest first. Gaps are
    measured by how many entries are usual in them, so that nights and Sundays count for little."""
    gaps = list(pairwise(moments))
    if len(gaps) < LEAST_GAPS:
        return Verdict(False, False, "fewer than ten gaps are known")
    rate = _Rate(moments)
    known = sorted(rate.between(start, end) for start, end in gaps)
    monthly = len(gaps) * MONTH / max(moments[-1] - moments[0], DAY)
    tail = min(TAIL, FALSE_ALARMS / monthly)
    # Gaps of few entries say little of the longest: an exponential's tail stands in for it.
    usual = sum(known) / len(known)
    longest = max(known[-1] * 1.2, -math.log(tail) * usual)
    waited = rate.between(moments[-1], now)
    last = rfc3339(moments[-1] - moments[-1] % 1_000_000)
    said = f"nothing since {last}, where {waited:.0f} would be usual"
    if waited > longest:
        return Verdict(True, False, said)
    return Verdict(False, True, f"the last came at {last}")


def _rates(past: Sequence[int], hour_of_week: int) -> list[float]:
    """The smoothed rate of the hour after `past`, and of each hour of it by time of the week."""
    overall = sum(past) / len(past) if past else 0.0
    sums, numbers = [0.0] * WEEK, [0] * WEEK
    for back, count in enumerate(reversed(past), start=1):
        slot = (hour_of_week - back) % WEEK
        sums[slot] += count
        numbers[slot] += 1
    slots = [(hour_of_week + ahead) % WEEK for ahead in range(WEEK)]
    return [
        (seen + PRIOR * overall) / (hours + PRIOR)
        for seen, hours in zip(_around(sums, slots), _around(numbers, slots), strict=True)
    ]


def _around(values: Sequence[float], slots: Sequence[int]) -> Iterator[float]:
    """The sum over each slot and those on its sides."""
    for slot in slots:
        yield sum(values[(slot + off) % WEEK] for off in range(-SPREAD, SPREAD + 1))


def _dispersion(past: Sequence[int], rates: Sequence[float]) -> float:
    """The negative binomial's r, by the method of moments over all hours; infinite for Poisson."""
    excess = square = 0.0
    for back, count in enumerate(reversed(past), start=1):
        mean = rates[-back % WEEK]
        excess += (count - mean) ** 2 - mean
        square += mean**2
    return square / excess if excess > 0 and square > 0 else math.inf


def _chances(mean: float, r: float) -> Iterator[float]:
    """Of 0, 1, 2, … matches."""
    poisson = math.isinf(r) or r > 1e6
    share = mean / (r + mean) if not poisson else 0.0
    chance = math.exp(-mean) if poisson else (r / (r + mean)) ** r
    number = 0
    while True:
        yield chance
        chance *= mean / (number + 1) if poisson else share * (number + r) / (number + 1)
        number += 1


def _at_least(count: int, mean: float, r: float) -> float:
    below = 0.0
    for number, chance in enumerate(_chances(mean, r)):
        if number >= count:
            break
        below += chance
    return max(0.0, 1.0 - below)


def _median(mean: float, r: float) -> int:
    reached = 0.0
    for number, chance in enumerate(_chances(mean, r)):
        reached += chance
        if reached >= 0.5 or number > 10_000:
            return number
    return 0


class _Rate:
    """How many entries are usual, by hour of the week."""

    def __init__(self, moments: Sequence[Micros]) -> None:
        span = max(moments[-1] - moments[0], DAY)
        weeks = span / (7 * DAY)
        overall = len(moments) / (span / HOUR)
        counts = [0] * WEEK
        for one in moments:
            counts[one // HOUR % WEEK] += 1
        self._rates = []
        for hour in range(WEEK):
            seen = sum(counts[(hour + off) % WEEK] for off in range(-SPREAD, SPREAD + 1))
            hours = (2 * SPREAD + 1) * weeks
            self._rates.append((seen + PRIOR * overall) / (hours + PRIOR))
        self._whole = sum(self._rates)

    def between(self, start: Micros, end: Micros) -> float:
        """The entries that are usual from `start` to `end`."""
        weeks, rest = divmod(max(0, end - start), WEEK * HOUR)
        usual, at, end = weeks * self._whole, start, start + rest
        while at < end:
            step = min(HOUR - at % HOUR, end - at)
            usual += self._rates[at // HOUR % WEEK] * step / HOUR
            at += step
        return usual
