"""Keeps count of what all feeds together ask for, and by how much that must be stretched."""

from __future__ import annotations

from dataclasses import dataclass

from watcher.feeds.budget import hourly, stretch
from watcher.feeds.policy import CadencePolicy
from watcher.model.when import MINUTE, Micros
from watcher.ports import Journal, Store

RENEWED: Micros = 10 * MINUTE


@dataclass(slots=True)
class Budget:
    """`polls` an hour, or None for as many as are wanted."""

    polls: float | None = None
    stretch: float = 1.0
    _at: Micros | None = None

    def renew(self, store: Store, policy: CadencePolicy, journal: Journal, now: Micros) -> None:
        """Looks again at what is asked for, every ten minutes at most."""
        if self.polls is None or (self._at is not None and 0 <= now - self._at < RENEWED):
            return
        self._at, before = now, self.stretch
        demand = store.poll_demand(policy.every)
        self.stretch = stretch(demand, self.polls, policy)
        if abs(self.stretch - before) > 0.1 * before:
            journal.note(
                "budget",
                wanted=round(hourly(demand, 1.0, policy)),
                budget=round(self.polls),
                stretched=round(self.stretch, 2),
            )
