"""The composition root: settings in, wired App out. The only place that knows every adapter.

Heavy parts are imported where they are built, so that reading commands stay quick.
"""

from __future__ import annotations

import platform
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from watcher import __version__
from watcher.errors import ConfigErrors, UsageError
from watcher.model.when import Micros, rfc3339
from watcher.senders import build_channels, close_channels

if TYPE_CHECKING:
    from watcher.config.settings import Settings
    from watcher.model.page import Access
    from watcher.model.topic import TopicVersion
    from watcher.net.policy import NetPolicy
    from watcher.net.post import GuardedPost
    from watcher.pipeline.desk import Desk, OutletNames, PlaceDesk
    from watcher.pipeline.topics import TopicDesk
    from watcher.pipeline.works import Works
    from watcher.ports import Channel, Clock, Fetcher, Journal, Parsers, Reader, Store
    from watcher.store.sqlite.kept import KeptPages
    from watcher.store.writer import WriterThread

T = TypeVar("T")


@dataclass(slots=True)
class App:
    settings: Settings  # as last taken over
    works: Works
    access: dict[str, Access]  # the desk's, to be changed in place

    @property
    def desk(self) -> Desk:
        """What the stages are handed now; a reload changes it."""
        return self.works.desk

    async def reload_feeds(self) -> list[str]:
        """Reads config.yaml again and takes over its feeds; returns their addresses.

        Raises ConfigErrors, and changes nothing, where the file has problems or a feed's secret
        cannot be read.
        """
        from watcher.config.load import load

        if self.settings.path is None:
            return []
        fresh = load(self.settings.path)
        opened = access_of(fresh)
        now = self.desk.clock.now()
        await self.desk.store.run(lambda store: store.sync_feeds(fresh.feeds, now))
        self.access.clear()
        self.access.update(opened)
        return [feed.url for feed in fresh.feeds]


@asynccontextmanager
async def open_app(
    settings: Settings, clock: Clock, journal: Journal, *, starts_at: Micros | None = None
) -> AsyncIterator[App]:
    """Everything that `once` and `run` need, with the database's lock held.

    Raises BusyError (another process holds the database), StoreError, ConfigError (a channel's
    secret cannot be read), ConfigErrors (a feed's) and UsageError (`starts_at` is before the last
    stored moment).
    """
    from watcher.net.fetcher import HttpFetcher
    from watcher.net.post import GuardedPost
    from watcher.pipeline.works import Works
    from watcher.store.sqlite.store import open_store
    from watcher.store.writer import WriterThread
    from watcher.workers.pool import ProcessParsers

    writer = WriterThread(lambda: open_store(settings.database))
    try:
        versions = await writer.run(lambda store: _prepare(store, settings, clock, starts_at))
        access = await writer.run(lambda store: _opened(store, settings))
        if settings.keep_pages is not None:
            before = clock.now() - settings.keep_pages
            await writer.run(lambda store: store.prune_pages(before))
        policy = net_policy(settings)
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
                channels=build_channels(settings, post),
                access=access,
                versions=versions,
            )
            fetcher.pause(await writer.run(lambda store: store.pauses(clock.now())))
            works = Works(desk)
            try:
                yield App(settings, works, access)
            finally:
                await close_channels(works.desk.channels)
    finally:
        writer.close()


@asynccontextmanager
async def open_place(
    settings: Settings, clock: Clock, journal: Journal, *, tell_imports: bool
) -> AsyncIterator[PlaceDesk]:
    """What `import articles` needs: the database with its lock and the topics, no network.

    Raises BusyError (another process holds the database) and StoreError.
    """
    from watcher.alerts.rules import AlertPolicy
    from watcher.pipeline.desk import PlaceDesk
    from watcher.store.sqlite.store import open_store
    from watcher.store.writer import WriterThread

    writer = WriterThread(lambda: open_store(settings.database))
    try:
        versions = await writer.run(lambda store: _prepare(store, settings, clock, None))
        yield PlaceDesk(
            store=writer,
            clock=clock,
            journal=journal,
            topics=topic_desk(settings, versions),
            outlets=outlet_names(settings),
            alerts=AlertPolicy(settings.backlog, tell_imports),
            instance=_instance(),
            recheck=settings.recheck,
        )
    finally:
        writer.close()


def _instance() -> str:
    return platform.node() or "localhost"


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
    if starts_at is None:
        store.turn_back(now)
    store.release_leases()
    if settings.path is None:  # no config says what is wanted: what stands in the database stays
        return {}
    versions = take_over(store, settings, now)
    store.retry_broken(now, version=__version__)
    return versions


def take_over(store: Store, settings: Settings, now: Micros) -> dict[str, TopicVersion]:
    """Has the database know what config.yaml wants: at the start, and at every reload."""
    store.sync_feeds(settings.feeds, now)
    store.know_channels([target.name for target in settings.channels])
    store.sync_follow({one.topic: one.follow for one in settings.topics if one.follow})
    store.want_signals(signals_of(settings), now)
    return store.sync_topics(settings.topics, now)


def signals_of(settings: Settings) -> list[tuple[str, str]]:
    """The topics that want to hear of bursts and silences, as the store keeps them."""
    return [
        (kind, topic.topic)
        for topic in settings.topics
        for kind in ("burst", "silence")
        if kind in topic.tell
    ]


def net_policy(settings: Settings) -> NetPolicy:
    from watcher.net.policy import NetPolicy, parse_rules, user_agent

    net = settings.net
    return NetPolicy(
        user_agent=user_agent(__version__, net.contact),
        allow=parse_rules(net.allow),
        allow_post=parse_rules(net.allow_post),
        ports=net.ports,
        gap=net.gap,
        per_host=net.per_host,
        concurrency=net.concurrency,
        deadline=net.deadline,
        max_body=net.max_body,
        robots_for_feeds=net.robots_for_feeds,
    )


def _desk(
    settings: Settings,
    *,
    clock: Clock,
    journal: Journal,
    writer: WriterThread,
    fetcher: Fetcher,
    parsers: Parsers,
    channels: Mapping[str, Channel],
    access: Mapping[str, Access],
    versions: Mapping[str, TopicVersion],
) -> Desk:
    from watcher.pipeline.desk import Desk
    from watcher.system import SystemIds, chance

    dice = chance()
    return Desk(
        store=writer,
        fetcher=fetcher,
        parsers=parsers,
        channels=channels,
        access=access,
        clock=clock,
        ids=SystemIds(),
        journal=journal,
        topics=topic_desk(settings, versions),
        outlets=outlet_names(settings),
        instance=_instance(),
        version=__version__,
        spread=lambda: dice.uniform(-1.0, 1.0),
        **policies(settings),
    )


def policies(settings: Settings) -> dict[str, Any]:
    """The desk's parts that hold nothing but what config.yaml says."""
    from watcher.alerts.rules import AlertPolicy
    from watcher.feeds.policy import CadencePolicy
    from watcher.pipeline.budget import Budget
    from watcher.pipeline.desk import ScrapePolicy

    return {
        "cadence": CadencePolicy(settings.every, settings.floor, settings.cap),
        "scrape": ScrapePolicy(
            settings.patience, settings.keep_noarchive, settings.keep_pages, settings.recipes
        ),
        "budget": Budget(settings.budget),
        "alerts": AlertPolicy(settings.backlog),
        "notices": settings.notices,
        "recheck": settings.recheck,
    }


def topic_desk(settings: Settings, versions: Mapping[str, TopicVersion]) -> TopicDesk:
    """The topics, ready to match."""
    from watcher.pipeline.topics import TopicDesk, block_rules
    from watcher.topics.match import Matcher

    numbers = {name: version.version for name, version in versions.items()}
    return TopicDesk(
        specs={spec.topic: spec for spec in settings.topics},
        matcher=Matcher(settings.topics, settings.queries, numbers),
        rules=block_rules(settings.ignore),
    )


def outlet_names(settings: Settings) -> OutletNames:
    """Names from the config; a configured feed's title names its outlet too."""
    from watcher.pipeline.desk import OutletNames
    from watcher.text.names import squash

    by_name = {squash(feed.title): feed.title for feed in settings.feeds if feed.title}
    by_name.update(settings.outlet_names)
    return OutletNames(by_domain=settings.outlets, by_name=by_name)


def post_door(settings: Settings, clock: Clock) -> GuardedPost:
    """The way out for channels that speak HTTP, with the config's rules. A context manager."""
    from watcher.net.post import GuardedPost

    return GuardedPost(net_policy(settings), clock)


def access_of(settings: Settings) -> dict[str, Access]:
    """How feeds with a way of their own are asked. Raises ConfigErrors."""
    from watcher.config.own import open_access

    opened, problems = open_access(settings.access)
    if problems:
        raise ConfigErrors(list(problems.values()))
    return opened


def _opened(store: Store, settings: Settings) -> dict[str, Access]:
    """The same, and the feeds whose secrets cannot be read say so from then on."""
    from watcher.config.own import open_access

    opened, problems = open_access(settings.access)
    store.blame_feeds({feed: (one.code, one.message) for feed, one in problems.items()})
    if problems:
        raise ConfigErrors(list(problems.values()))
    return opened


def read_secrets(settings: Settings) -> None:
    """Reads every secret that the feeds and channels need, and keeps none. Raises ConfigErrors or
    ConfigError for one that cannot be read or used."""
    from watcher.net.post import GuardedPost
    from watcher.system import SystemClock

    access_of(settings)
    build_channels(settings, GuardedPost(net_policy(settings), SystemClock()))


def open_writing(database: Path) -> Store:
    """The store alone, with its lock, for acts on it. Raises BusyError and StoreError."""
    from watcher.store.sqlite.store import open_store

    return open_store(database)


def open_reading(database: Path) -> Reader:
    """The reading side of the database. Raises StoreError where there is none."""
    from watcher.store.sqlite.reader import open_reader

    return open_reader(database)


def open_kept(database: Path) -> KeptPages:
    """The pages that are kept beside the database. Raises StoreError where there are none."""
    from watcher.store.sqlite.kept import KeptPages

    return KeptPages(database)
