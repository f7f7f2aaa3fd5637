"""The budget of requests over all feeds: where what they ask for together is more, every interval
of our own choice is stretched alike (spec `polling` §8)."""

from __future__ import annotations

from collections.abc import Sequence

from watcher.feeds.policy import CadencePolicy
from watcher.feeds.words import clamped
from watcher.model.feed import Demand
from watcher.model.when import HOUR, Micros

LONGEST = 10_000.0  # more than any floor can be stretched to any cap


def stretch(demand: Sequence[Demand], budget: float, policy: CadencePolicy) -> float:
    """By how much to stretch so that `budget` polls an hour are enough: 1.0 where they are. What
    the user fixed is counted, and not stretched; nothing is stretched beyond the cap."""
    if hourly(demand, 1.0, policy) <= budget:
        return 1.0
    low, high = 1.0, LONGEST
    for _ in range(40):
        middle = (low * high) ** 0.5
        if hourly(demand, middle, policy) > budget:
            low = middle
        else:
            high = middle
    # At the cap there is no more to be had by stretching.
    return high if hourly(demand, high, policy) <= budget else policy.cap / policy.floor


def hourly(demand: Sequence[Demand], by: float, policy: CadencePolicy) -> float:
    """Polls an hour, stretched `by` so much."""
    return sum(one.feeds * HOUR / _wait(one, by, policy) for one in demand)


def _wait(one: Demand, by: float, policy: CadencePolicy) -> Micros:
    if one.fixed:
        return max(one.interval, policy.floor, 1)
    return max(clamped(round(one.interval * by), policy.floor, policy.cap), 1)
