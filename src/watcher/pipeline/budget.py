"""Keeps count of what all feeds together ask for, and by how much that must be stretched."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from watcher.feeds.budget import hourly, stretch
from watcher.feeds.policy import CadencePolicy
from watcher.model.feed import Demand
from watcher.model.when import MINUTE, Micros
from watcher.ports import Journal

RENEWED: Micros = 10 * MINUTE


@dataclass(slots=True)
class Budget:
    """`polls` an hour, or None for as many as are wanted."""

    polls: float | None = None
    stretch: float = 1.0
    _at: Micros | None = None

    def is_old(self, now: Micros) -> bool:
        """Whether to look again at what is asked for: every ten minutes."""
        return self.polls is not None and (self._at is None or not 0 <= now - self._at < RENEWED)

    def renew(
        self, demand: Sequence[Demand], policy: CadencePolicy, journal: Journal, now: Micros
    ) -> None:
        if self.polls is None:
            return
        self._at, before = now, self.stretch
        self.stretch = stretch(demand, self.polls, policy)
        if abs(self.stretch - before) > 0.1 * before:
            journal.note(
                "budget",
                wanted=round(hourly(demand, 1.0, policy)),
                budget=round(self.polls),
                stretched=round(self.stretch, 2),
            )
