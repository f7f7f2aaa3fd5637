"""From settings to a finished run: the daemon until a signal, or one pass."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import anyio

from watcher.app import open_app
from watcher.daemon.metrics import CountingJournal, Metrics
from watcher.ports import Clock, Journal
from watcher.system import ShiftedClock, SystemClock

if TYPE_CHECKING:
    from watcher.config.settings import Settings
    from watcher.model.when import Micros
    from watcher.pipeline.works import Tally


def serve(settings: Settings, journal: Journal, announce: Callable[[], None]) -> int:
    """Runs the daemon; returns 128 + the signal that ended it.

    Raises BusyError where another process holds the database, ConfigError for a channel whose
    secret cannot be read.
    """
    from watcher.daemon.service import Service

    metrics = Metrics()
    counting = CountingJournal(journal, metrics)

    async def main() -> int:
        async with open_app(settings, SystemClock(), counting) as app:
            return await Service(app, announce, metrics).run()

    return anyio.run(main)


def one_pass(
    settings: Settings, journal: Journal, *, at: Micros | None = None, force: bool = False
) -> Tally:
    """Does all that is due. `at` starts the clock there; it runs on at normal speed.

    Raises UsageError for an `at` before the last stored moment, and what `serve` raises.
    """
    clock: Clock = SystemClock() if at is None else ShiftedClock(at)

    async def main() -> Tally:
        async with open_app(settings, clock, journal, starts_at=at) as app:
            return await app.works.once(force=force)

    return anyio.run(main)
