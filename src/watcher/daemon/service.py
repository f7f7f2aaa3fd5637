"""The daemon: the stages kept running, beaten once a second, until a signal ends it."""

from __future__ import annotations

import os
import signal
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AsyncExitStack
from signal import Signals
from typing import Any

import anyio
import anyio.abc

from watcher import __version__
from watcher.app import App
from watcher.daemon.acts import use_cases
from watcher.daemon.client import socket_path
from watcher.daemon.control import ControlServer
from watcher.daemon.health import HealthServer
from watcher.daemon.metrics import Metrics
from watcher.daemon.notify import Notifier
from watcher.daemon.reload import Reloads
from watcher.daemon.scheduler import Ticker
from watcher.daemon.vitals import Vitals, handlers
from watcher.model.when import MINUTE, SECOND, Micros, rfc3339

DRAIN_SECONDS = 10.0  # how long SIGTERM waits for what is in hand


class Service:
    """One run of the daemon over an opened app."""

    def __init__(
        self, app: App, announce: Callable[[], None], metrics: Metrics | None = None
    ) -> None:
        self._app = app
        self._announce = announce
        self._notifier = Notifier()
        self._metrics = metrics or Metrics()
        self._stopping = False
        self._since = self._clock = app.desk.clock.now()
        self._group: anyio.abc.TaskGroup | None = None

    async def run(self) -> int:
        """Runs until SIGTERM (returns 143) or SIGINT (130). Raises UsageError where
        `daemon.listen` cannot be taken."""
        self._vitals = Vitals(self._app, self._metrics, self._notifier)
        self._reloads = Reloads(self._app, self._notifier, self._beat)
        async with AsyncExitStack() as stack:
            await self._open_doors(stack)
            ticker = Ticker(self._beat)
            # One receiver from before `ready` to the end: no signal meets the default action.
            signals = stack.enter_context(
                anyio.open_signal_receiver(signal.SIGTERM, signal.SIGINT, signal.SIGHUP)
            )
            async with anyio.create_task_group() as group:
                self._group = group
                done = self._start_pumps(group)
                ticker.start()
                self._beat()
                self._announce()
                self._notifier.ready(f"watching {len(self._app.settings.feeds)} feeds")
                group.start_soon(self._vitals.watch, lambda: self._stopping)
                group.start_soon(self._reloads.watch, lambda: self._stopping)
                number = await self._until_ended(group, signals)
                ticker.stop()
                self._notifier.stopping()
                group.start_soon(self._again, group, signals)
                await self._drain(done)
                group.cancel_scope.cancel()
        return 128 + number

    async def _open_doors(self, stack: AsyncExitStack) -> None:
        """The control socket, and where monitors ask."""
        app = self._app
        control = ControlServer(
            socket_path(app.settings.database),
            {
                "ping": self._ping,
                "add": self._add,
                "reload": self._reloads.asked,
                **use_cases(app, self._beat),
            },
        )
        await control.start()
        stack.push_async_callback(control.stop)
        listen = app.settings.listen
        if listen is None:
            return
        if listen == "socket":
            listen = f"unix:{app.settings.database}.http"
        self._metrics["build_info"].set(1, __version__)
        self._metrics["start_time_seconds"].set(self._since // SECOND)
        health = HealthServer(listen, handlers(self._vitals, self._shape))
        await health.start()
        stack.push_async_callback(health.stop)

    async def _until_ended(
        self, group: anyio.abc.TaskGroup, signals: AsyncIterator[Signals]
    ) -> int:
        while (number := await anext(signals)) == signal.SIGHUP:
            group.start_soon(self._reloads.now, "signal")
        return int(number)

    def _shape(self) -> dict[str, Any]:
        return {"version": __version__, "pid": os.getpid(), "since": rfc3339(self._since)}

    async def _drain(self, done: list[anyio.Event]) -> None:
        self._stopping = True
        self._beat()
        with anyio.move_on_after(DRAIN_SECONDS):
            for event in done:
                await event.wait()

    async def _again(self, group: anyio.abc.TaskGroup, signals: AsyncIterator[Signals]) -> None:
        """A second signal while draining ends at once."""
        async for number in signals:
            if number != signal.SIGHUP:
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
        self._vitals.beat()
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
