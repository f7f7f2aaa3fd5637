"""The composition root: settings in, wired App out. The only place that knows every adapter.

Heavy parts are imported where they are built, so that reading commands stay quick.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from watcher.errors import UsageError
from watcher.model.when import Micros, rfc3339

if TYPE_CHECKING:
    from watcher.config.settings import Settings
    from watcher.model.topic import TopicVersion
    from watcher.pipeline.desk import Desk, OutletNames
    from watcher.pipeline.topics import TopicDesk
    from watcher.pipeline.works import Works
    from watcher.ports import Channel, Clock, HttpPost, Journal, Reader, Store

T = TypeVar("T")


class WriterThread:
    """The one thread that the store lives on: it is opened, called and closed there."""

    def __init__(self, open_store: Callable[[], Store]) -> None:
        self._executor = ThreadPoolExecutor(max_workers=1, thread_name_prefix="writer")
        self._open_store = open_store
        self._store: Store | None = None

    async def run(self, call: Callable[[Store], T]) -> T:
        import asyncio

        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._executor, self._call, call)

    def close(self) -> None:
        """Lets the call in hand finish, closes the store, ends the thread."""
        if self._store is not None:
            self._executor.submit(self._store.close).result()
        self._executor.shutdown()

    def _call(self, call: Callable[[Store], T]) -> T:
        if self._store is None:
            self._store = self._open_store()
        return call(self._store)


@dataclass(frozen=True, slots=True)
class App:
    settings: Settings
    desk: Desk
    works: Works

    async def reload_feeds(self) -> list[str]:
        """Reads config.yaml again and takes over its feeds; returns their addresses.

        Raises ConfigErrors, and changes nothing, where the file has problems.
        """
        from watcher.config.load import load

        if self.settings.path is None:
            return []
        fresh = load(self.settings.path)
        now = self.desk.clock.now()
        await self.desk.store.run(lambda store: store.sync_feeds(fresh.feeds, now))
        return [feed.url for feed in fresh.feeds]


@asynccontextmanager
async def open_app(
    settings: Settings, clock: Clock, journal: Journal, *, starts_at: Micros | None = None
) -> AsyncIterator[App]:
    """Everything that `once` and `run` need, with the database's lock held.

    Raises BusyError (another process holds the database), StoreError, ConfigError (a channel's
    secret cannot be read) and UsageError (`starts_at` is before the last stored moment).
    """
    from watcher.net.fetcher import HttpFetcher
    from watcher.net.post import GuardedPost
    from watcher.store.sqlite.store import open_store
    from watcher.workers.pool import ProcessParsers

    writer = WriterThread(lambda: open_store(settings.database))
    try:
        versions = await writer.run(lambda store: _prepare(store, settings, clock, starts_at))
        policy = _net_policy(settings)
        async with (
            HttpFetcher(policy, clock) as fetcher,
            GuardedPost(policy, clock) as post,
            ProcessParsers() as parsers,
        ):
            desk = _desk(
                settings,
                clock=clock,
                journal=journal,
                writer=writer,
                fetcher=fetcher,
                parsers=parsers,
                channels=_channels(settings, post),
                versions=versions,
            )
            yield App(settings, desk, _works(desk))
    finally:
        writer.close()


def _prepare(
    store: Store, settings: Settings, clock: Clock, starts_at: Micros | None
) -> dict[str, TopicVersion]:
    last = store.last_time()
    if starts_at is not None and last is not None and starts_at < last:
        raise UsageError(
            "WTC-USE-005",
            f"--at {rfc3339(starts_at)} is before the last stored moment, {rfc3339(last)}",
            hint="give a later time: what was stored cannot be put into the future",
        )
    now = clock.now()
    store.release_leases()
    store.sync_feeds(settings.feeds, now)
    return store.sync_topics(settings.topics, now)


def open_reading(database: Path) -> Reader:
    """The reading side of the database. Raises StoreError where there is none."""
    from watcher.store.sqlite.reader import open_reader

    return open_reader(database)
