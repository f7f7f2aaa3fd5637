"""config.yaml taken over by the running daemon: whole, or not at all."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import anyio

from watcher.app import (
    App,
    access_of,
    outlet_names,
    policies,
    post_door,
    take_over,
    topic_desk,
)
from watcher.config.differ import changes, needs_restart
from watcher.config.load import load
from watcher.config.settings import Settings
from watcher.daemon.notify import Notifier
from watcher.errors import ConfigErrors, WatcherError
from watcher.senders import build_channels


@dataclass(frozen=True, slots=True)
class Reloaded:
    """`changes`: what is otherwise now, in a line each; `restart`: what only a restart changes."""

    changes: tuple[str, ...] = ()
    restart: tuple[str, ...] = ()


async def reload(app: App) -> Reloaded:
    """Reads config.yaml again and takes all of it over, but for what needs a restart. Raises
    ConfigErrors or ConfigError, and changes nothing, where the file or a secret is not good."""
    old = app.settings
    if old.path is None:
        return Reloaded()
    read = load(old.path).on(old.database)
    told = tuple(changes(old, read))
    fresh = replace(read, net=old.net, listen=old.listen)
    access = access_of(fresh)
    channels = build_channels(fresh, post_door(fresh, app.desk.clock))
    await _taken_over(app, fresh, access, channels)
    return Reloaded(told, tuple(needs_restart(old, read)))


async def _taken_over(app: App, fresh: Settings, access: Any, channels: Any) -> None:
    desk = app.desk
    now = desk.clock.now()

    versions = await desk.store.run(lambda store: take_over(store, fresh, now))
    topics = topic_desk(fresh, versions)
    desk.topics.newest().replaced_by(topics)
    app.access.clear()
    app.access.update(access)
    app.works.desk = replace(
        app.works.desk,
        topics=topics,
        channels=channels,
        outlets=outlet_names(fresh),
        **policies(fresh),
    )
    app.settings = fresh


class FileWatch:
    """Whether any of `paths` is another file than it was, by time, size and number."""

    def __init__(self, paths: Sequence[Path]) -> None:
        self._paths = tuple(paths)
        self._seen = self._look()

    def changed(self) -> bool:
        """True once for each change."""
        seen = self._look()
        was, self._seen = self._seen, seen
        return seen != was

    def _look(self) -> tuple[tuple[int, int, int] | None, ...]:
        return tuple(_stamp(path) for path in self._paths)


def _stamp(path: Path) -> tuple[int, int, int] | None:
    try:
        held = path.stat()
    except OSError:
        return None
    return held.st_mtime_ns, held.st_size, held.st_ino


def refused(error: WatcherError) -> list[dict[str, Any]]:
    """The problems of a config that was refused, for the log."""
    problems = error.problems if isinstance(error, ConfigErrors) else (error,)
    return [
        {
            "code": one.code,
            "message": one.message,
            "line": one.place.line,
            "hint": one.hint,
        }
        for one in problems
        if isinstance(one, WatcherError)
    ]


LOOK_SECONDS = 2.0


class Reloads:
    """Takes config.yaml over when it changed, by a signal, or when it is asked to."""

    def __init__(self, app: App, notifier: Notifier, beat: Callable[[], None]) -> None:
        self._app = app
        self._notifier = notifier
        self._beat = beat
        self._turn = anyio.Lock()
        path = app.settings.path
        self._file = FileWatch([] if path is None else [path])

    async def watch(self, stopping: Callable[[], bool]) -> None:
        """Looks at the file every few seconds, unless `daemon.reload` is off."""
        while not stopping():
            await anyio.sleep(LOOK_SECONDS)
            if self._app.settings.reload and self._file.changed():
                await self.now("file")

    async def now(self, by: str) -> None:
        """Takes it over; a file with problems is told in the log and changes nothing."""
        try:
            await self._reload(by)
        except WatcherError as error:
            self._app.desk.journal.note(
                "reload_refused", by=by, error=error.message, problems=refused(error)
            )

    async def asked(self, request: Mapping[str, Any]) -> dict[str, Any]:
        """For `config reload`. Raises what `reload` raises."""
        done = await self._reload("command")
        return {"changes": list(done.changes), "restart": list(done.restart)}

    async def _reload(self, by: str) -> Reloaded:
        async with self._turn:
            self._notifier.reloading(time.monotonic_ns() // 1000)
            try:
                done = await reload(self._app)
            finally:
                self._notifier.ready(f"watching {len(self._app.settings.feeds)} feeds")
            if done.changes or done.restart:
                self._app.desk.journal.note(
                    "reloaded",
                    by=by,
                    changes=list(done.changes),
                    restart=list(done.restart) or None,
                )
            self._beat()
            return done
