"""The beat: APScheduler holds a handful of fixed jobs, never a job per feed (spec `polling` §8)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC

from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.interval import IntervalTrigger

TICK_SECONDS = 1


class Ticker:
    """Calls `beat` every second in the running event loop. A late beat is not made up for: what
    is due stays due in the database."""

    def __init__(self, beat: Callable[[], None]) -> None:
        async def tick() -> None:
            beat()  # a plain function would be called in another thread than the loop's

        self._scheduler = AsyncIOScheduler(timezone=UTC)
        self._scheduler.add_job(
            tick,
            IntervalTrigger(seconds=TICK_SECONDS, timezone=UTC),
            id="tick",
            max_instances=1,
            coalesce=True,
            misfire_grace_time=None,
        )

    def start(self) -> None:
        """Starts beating. Must be called inside the event loop."""
        self._scheduler.start()

    def stop(self) -> None:
        self._scheduler.shutdown(wait=False)
