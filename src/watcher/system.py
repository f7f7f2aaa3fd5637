"""The only door to the machine's clock, chance and lease tokens."""

from __future__ import annotations

import os
import random
import time

from watcher.model.when import Micros


class SystemClock:
    """The machine's clock."""

    def now(self) -> Micros:
        return time.time_ns() // 1000


class ShiftedClock:
    """A clock that reads `start` now and runs on at normal speed, whatever the machine's does."""

    def __init__(self, start: Micros) -> None:
        self._start = start
        self._origin = time.monotonic_ns()

    def now(self) -> Micros:
        return self._start + (time.monotonic_ns() - self._origin) // 1000


class SystemIds:
    """Lease tokens: random, because they name one holder's claim and nothing else."""

    def token(self) -> str:
        return os.urandom(12).hex()


def chance() -> random.Random:
    """A seeded-by-the-system source for jitter."""
    return random.Random()
