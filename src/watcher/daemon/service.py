"""The daemon: the stages kept running, beaten once a second, until a signal ends it."""

from __future__ import annotations

import os
import signal
from collections.abc import AsyncIterator, Callable, Mapping
from signal import Signals
from typing import Any

import anyio
import anyio.abc

from watcher.app import App
from watcher.daemon.acts import use_cases
from watcher.daemon.client import socket_path
from watcher.daemon.control import ControlServer
from watcher.daemon.scheduler import Ticker
from watcher.model.when import MINUTE, SECOND, Micros, rfc3339

DRAIN_SECONDS = 10.0  # how long SIGTERM waits for what is in hand


class Service:
    """One run of the daemon over an opened app."""

    def __init__(self, app: App, announce: Callable[[], None]) -> None:
        self._app = app
        self._announce = announce
        self._stopping = False
        self._since = self._clock = app.desk.clock.now()
        self._group: anyio.abc.TaskGroup | None = None

    async def run(self) -> int:
        """Runs until SIGTERM (returns 143) or SIGINT (130)."""
        control = ControlServer(
            socket_path(self._app.settings.database),
            {"ping": self._ping, "add": self._add, **use_cases(self._app, self._beat)},
        )
        await control.start()
        ticker = Ticker(self._beat)
        try:
            # One receiver from before `ready` to the end: no signal meets the default action.
            with anyio.open_signal_receiver(signal.SIGTERM, signal.SIGINT) as signals:
                async with anyio.create_task_group() as group:
                    self._group = group
                    done = self._start_pumps(group)
                    ticker.start()
                    self._beat()
                    self._announce()
                    number = int(await anext(signals))
                    ticker.stop()
                    group.start_soon(self._again, group, signals)
                    await self._drain(done)
                    group.cancel_scope.cancel()
        finally:
            await control.stop()
        return 128 + number

    async def _drain(self, done: list[anyio.Event]) -> None:
        self._stopping = True
        self._beat()
        with anyio.move_on_after(DRAIN_SECONDS):
            for event in done:
                await event.wait()

    async def _again(self, group: anyio.abc.TaskGroup, signals: AsyncIterator[Signals]) -> None:
        """A second signal while draining ends at once."""
        async for _ in signals:
            group.cancel_scope.cancel()

    def _start_pumps(self, group: anyio.abc.TaskGroup) -> list[anyio.Event]:
        done = []
        for pump in self._app.works.pumps.values():
            finished = anyio.Event()
            done.append(finished)
            group.start_soon(self._keep, pump.run, finished)
        return done

    async def _keep(self, run: Callable[..., Any], finished: anyio.Event) -> None:
        try:
            await run(lambda: self._stopping)
        finally:
            finished.set()

    def _beat(self) -> None:
        now = self._app.desk.clock.now()
        if self._group is not None and now <= self._clock - MINUTE:
            self._group.start_soon(self._turn_back, now)
        self._clock = now
        for pump in self._app.works.pumps.values():
            pump.wake()

    async def _turn_back(self, now: Micros) -> None:
        """The machine's clock was set back while we ran."""
        by = await self._app.desk.store.run(lambda store: store.turn_back(now))
        self._app.desk.journal.note("clock_set_back", seconds=by // SECOND)
        self._beat()

    async def _ping(self, request: Mapping[str, Any]) -> dict[str, Any]:
        return {"pid": os.getpid(), "since": rfc3339(self._since)}

    async def _add(self, request: Mapping[str, Any]) -> dict[str, Any]:
        """Takes over feeds that a command wrote into config.yaml."""
        known = await self._app.reload_feeds()
        self._beat()
        urls = [str(url) for url in request.get("urls", ())]
        return {"feeds": known, "missing": [url for url in urls if url not in known]}
