"""Whether the daemon lives: the loop must beat and the store's writer must answer. Both are looked
at before systemd's watchdog is fed, so that a hang of either ends in a restart."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from contextlib import closing
from typing import Any

import anyio
import anyio.to_thread

from watcher.app import App, open_reading
from watcher.daemon.health import METRICS, Answer, Handler, as_json, yes_or_no
from watcher.daemon.metrics import Metrics
from watcher.daemon.notify import Notifier
from watcher.model.when import SECOND, Micros

LOOK_SECONDS = 5.0  # the unit's WatchdogSec must be several times this
BEAT_SECONDS = 30.0  # the beat comes every second; older is not alive
WRITER_SECONDS = 60.0  # a long transaction is no hang


class Vitals:
    """Signs of life, and the numbers that come with them."""

    def __init__(self, app: App, metrics: Metrics, notifier: Notifier) -> None:
        self._app = app
        self._metrics = metrics
        self._notifier = notifier
        self._beat = self._writer = asyncio.get_running_loop().time()

    def beat(self) -> None:
        """The scheduler came round."""
        self._beat = _now()

    @property
    def beat_age(self) -> float:
        return _now() - self._beat

    @property
    def writer_age(self) -> float:
        return _now() - self._writer

    @property
    def alive(self) -> bool:
        return self.beat_age < BEAT_SECONDS

    async def watch(self, stopping: Callable[[], bool]) -> None:
        """Looks every few seconds, and feeds the watchdog where both moved on since."""
        before = self._beat, self._writer
        while not stopping():
            await anyio.sleep(LOOK_SECONDS)
            with anyio.move_on_after(WRITER_SECONDS):
                await self._app.desk.store.run(lambda store: store.last_time())
                self._writer = _now()
            if self._beat > before[0] and self._writer > before[1]:
                self._notifier.alive()
            before = self._beat, self._writer

    async def ready(self) -> bool:
        """Whether work can be done: the writer answers, and beats come."""
        with anyio.move_on_after(2.0):
            await self._app.desk.store.run(lambda store: store.last_time())
            self._writer = _now()
            return self.alive
        return False

    async def metrics_text(self) -> str:
        """The numbers as of now. Raises StoreError where the database cannot be read."""
        status = await anyio.to_thread.run_sync(self._status, self._app.desk.clock.now())
        self._fill(status, self._app.desk.clock.now())
        return self._metrics.text()

    def _status(self, now: Micros) -> Any:
        with closing(open_reading(self._app.settings.database)) as reader:
            return reader.status(now)

    def _fill(self, status: Any, now: Micros) -> None:
        known = self._metrics
        known["beat_age_seconds"].set(self.beat_age)
        known["writer_age_seconds"].set(self.writer_age)
        for state, count in status.feeds.items():
            known["feeds"].set(count, state)
        for state, count in status.outbox.items():
            known["outbox"].set(count, state)
        oldest = status.outbox_oldest
        known["outbox_age_seconds"].set(0 if oldest is None else max(0, now - oldest) / SECOND)
        known["entries_waiting"].set(status.entries_waiting)
        known["entries_set_aside"].set(status.entries_broken)
        known["database_bytes"].set(status.database_size)


def handlers(vitals: Vitals, shape: Callable[[], Mapping[str, Any]]) -> dict[str, Handler]:
    """What monitors may ask, by path."""

    async def livez() -> Answer:
        return yes_or_no(vitals.alive, "the scheduler does not beat")

    async def readyz() -> Answer:
        return yes_or_no(await vitals.ready(), "the store does not answer")

    async def healthz() -> Answer:
        ready = await vitals.ready()
        ages = {"beat_age": round(vitals.beat_age, 3), "writer_age": round(vitals.writer_age, 3)}
        return as_json({"alive": vitals.alive, "ready": ready, **ages, **shape()}, good=ready)

    async def metrics() -> Answer:
        return 200, METRICS, await vitals.metrics_text()

    return {"/livez": livez, "/readyz": readyz, "/healthz": healthz, "/metrics": metrics}


def _now() -> float:
    return asyncio.get_running_loop().time()
