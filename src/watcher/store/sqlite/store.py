"""The writer: one connection, one transaction a method (or one for several, `together`),
`BEGIN IMMEDIATE` always."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping, Sequence
from pathlib import Path

import sqlite_utils
import sqlite_utils.utils

from watcher.errors import StoreError
from watcher.model.alert import (
    ChannelDecision,
    Closing,
    DeliveryJob,
    Mute,
    PlaceDecision,
    Settlement,
)
from watcher.model.article import ArticleDraft
from watcher.model.feed import (
    Demand,
    EntryJob,
    FeedJob,
    FeedSpec,
    Pause,
    PollDecision,
    RetryRefused,
)
from watcher.model.follow import Followed, FollowJob, FollowWish
from watcher.model.kept import KeptPage
from watcher.model.recheck import Looked
from watcher.model.signal import Heard
from watcher.model.site import Block, Lesson, SiteMemory
from watcher.model.story import StoryAct
from watcher.model.topic import Match, TopicSpec, TopicVersion
from watcher.model.when import MINUTE, Micros
from watcher.ports import (
    ChannelDecider,
    PlaceDecider,
    PollDecider,
    RetryDecider,
    RoomDecider,
    SoundDecider,
    WaitingDecider,
)
from watcher.store.sqlite import (
    acts,
    broken,
    channels,
    deliveries,
    entries,
    feeds,
    follow,
    hosts,
    keep,
    signals,
    sites,
    story_acts,
    topics,
    waiting,
)
from watcher.store.sqlite import place as placing
from watcher.store.sqlite.connect import connect_writer
from watcher.store.sqlite.kept import Pages, beside
from watcher.store.sqlite.lock import Lock
from watcher.store.sqlite.looks import Looks
from watcher.store.sqlite.migrations import migrate
from watcher.store.sqlite.transactions import Transactions, unusable

TURN_BACK = """
UPDATE {table} SET due_at = CASE WHEN due_at > :now THEN max(:now, due_at - :by) ELSE due_at END,
    lease_until = max(0, lease_until - :by)
"""

NEXT_DUE = """
SELECT min(due) FROM (
    SELECT min(due_at) AS due FROM feed WHERE state = 'active'
    UNION ALL SELECT min(due_at) FROM entry WHERE due_at IS NOT NULL
    UNION ALL SELECT min(due_at) FROM follow WHERE due_at IS NOT NULL
    UNION ALL SELECT min(due_at) FROM recheck WHERE due_at IS NOT NULL
    UNION ALL SELECT min(due_at) FROM delivery WHERE state = 'due'
    UNION ALL SELECT min(due_at) FROM signal
    UNION ALL SELECT min(due_at) FROM waiting)
"""


def open_store(path: Path) -> SqliteStore:
    """Opens (or makes) the database for writing, under its lock, migrated to the newest schema.

    Raises BusyError where another process holds it, StoreError where it cannot be used.
    """
    # Two SQLite libraries in one process on one file break its locks (spec `storage` §1.2.2).
    if vars(sqlite_utils.utils)["sqlite3"] is not sqlite3:
        raise StoreError(
            "WTC-DB-007",
            "sqlite-utils uses another SQLite than Python's own",
            hint="uninstall pysqlite3 from this environment",
        )
    lock = Lock(path)
    lock.acquire()
    try:
        connection = connect_writer(path)
        copy = keep.copy_before_migrating(connection, path)
        store = SqliteStore(connection, lock)
        if copy is not None:
            keep.check_migrated(connection, path, copy)
            store.copied = copy
        return store
    except BaseException as error:
        lock.release()
        if isinstance(error, sqlite3.DatabaseError):
            raise unusable(error) from error
        raise


class SqliteStore(Transactions, Looks):
    """Implements `ports.Store`. Lives on one thread at a time; `open_store` makes it."""

    def __init__(self, connection: sqlite3.Connection, lock: Lock) -> None:
        self.warnings: list[str] = []
        self.copied: Path | None = None  # the file as it was before it was migrated
        self._lock = lock
        where = connection.execute("PRAGMA database_list").fetchone()[2]
        self._pages = Pages(beside(Path(where)))
        self._wishes: dict[str, FollowWish] = {}  # by topic, as `sync_follow` was told
        self._begin_with(connection)
        migrate(
            sqlite_utils.Database(connection),
            lambda name: self.warnings.append(f"migration {name} is not what was applied"),
        )
        connection.row_factory = sqlite3.Row

    # feeds

    def sync_feeds(self, specs: Sequence[FeedSpec], now: Micros) -> None:
        with self._writing() as db:
            feeds.sync(db, specs, now)

    def claim_feeds(
        self, now: Micros, until: Micros, token: str, limit: int, *, force: bool = False
    ) -> list[FeedJob]:
        with self._writing() as db:
            return feeds.claim(db, now, until, token, limit, force)

    def commit_poll(self, job: FeedJob, decide: PollDecider, now: Micros) -> PollDecision | None:
        with self._writing(now) as db:
            made = feeds.commit_poll(db, job, decide, now)
            if made is not None:
                placing.tell(db, made.alerts, made.deliveries)
            return made

    def blame_feeds(self, problems: Mapping[str, tuple[str, str]]) -> None:
        with self._writing() as db:
            feeds.blame(db, problems)

    def poll_demand(self, every: Micros) -> list[Demand]:
        return feeds.demand(self._db, every)

    def pause_feed(self, feed: str, author: str, now: Micros) -> bool:
        with self._writing(now) as db:
            return acts.pause(db, feed, author, now)

    def resume_feed(self, feed: str, author: str, now: Micros, *, original: bool = False) -> bool:
        with self._writing(now) as db:
            return acts.resume(db, feed, author, now, original=original)

    def claim_feed(
        self, feed: str, now: Micros, until: Micros, token: str, decide: RetryDecider
    ) -> FeedJob | RetryRefused:
        with self._writing() as db:
            return acts.claim(db, feed, now, until, token, decide)

    def pause_host(self, pause: Pause, now: Micros) -> None:
        with self._writing() as db:
            hosts.pause(db, pause, now)

    def pauses(self, now: Micros) -> list[Pause]:
        return hosts.pauses(self._db, now)

    def excuse_feeds(self, feeds_: Sequence[str], due: Micros) -> None:
        with self._writing() as db:
            hosts.excuse(db, feeds_, due)

    # entries

    def claim_entries(self, now: Micros, until: Micros, token: str, limit: int) -> list[EntryJob]:
        with self._writing() as db:
            return entries.claim(db, now, until, token, limit)

    def defer_entry(
        self,
        job: EntryJob,
        next_due: Micros | None,
        code: str,
        message: str,
        *,
        tried: bool = True,
    ) -> bool:
        with self._writing() as db:
            return entries.defer(db, job, next_due, code, message, tried)

    def count_broken(
        self, job: EntryJob, stage: str, code: str, message: str, by: str | None
    ) -> bool:
        with self._writing() as db:
            return broken.count(db, job, stage, code, message, by)

    def retry_broken(
        self, now: Micros, *, version: str | None = None, feed: str | None = None
    ) -> int:
        with self._writing() as db:
            return broken.retry(db, now, version, feed)

    def place(
        self,
        draft: ArticleDraft,
        decide: PlaceDecider,
        now: Micros,
        *,
        job: EntryJob | None = None,
        next_due: Micros | None = None,
        followed: Followed | None = None,
        looked: Looked | None = None,
    ) -> PlaceDecision | None:
        with self._writing(now) as db:
            return placing.place(
                db, draft, decide, now, job, next_due, followed, self._wishes, looked
            )

    # pages

    def keep_page(self, article: str, page: KeptPage) -> str | None:
        return self._pages.keep(article, page)

    def prune_pages(self, before: Micros) -> int:
        return self._pages.prune(before)

    # sites

    def repeated_blocks(self, host: str, urls: Sequence[str] = ()) -> frozenset[int]:
        return sites.repeated(self._db, host, urls)

    def learn_site(self, lesson: Lesson, now: Micros) -> str | None:
        with self._writing(now) as db:
            return sites.learn(db, lesson, now)

    def replace_site(
        self, host: str, memory: SiteMemory, blocks: Sequence[Block], now: Micros
    ) -> None:
        with self._writing(now) as db:
            sites.replace(db, host, memory, blocks, now)

    # following

    def claim_follow(self, now: Micros, until: Micros, token: str, limit: int) -> list[FollowJob]:
        with self._writing() as db:
            return follow.claim(db, now, until, token, limit)

    def settle_follow(self, followed: Followed) -> bool:
        with self._writing(followed.at) as db:
            return follow.settle(db, followed)

    def sync_follow(self, wishes: Mapping[str, FollowWish]) -> None:
        self._wishes = dict(wishes)
        with self._writing() as db:
            follow.sync(db, wishes)

    # deliveries

    def claim_deliveries(
        self,
        now: Micros,
        until: Micros,
        token: str,
        limit: int,
        room: RoomDecider | None = None,
    ) -> list[DeliveryJob]:
        with self._writing() as db:
            return deliveries.claim(db, now, until, token, limit, room)

    def settle_delivery(
        self, job: DeliveryJob, settlement: Settlement, judge: ChannelDecider | None = None
    ) -> ChannelDecision | None:
        with self._writing(settlement.attempt.at) as db:
            made = deliveries.settle(db, job, settlement, judge)
            if made is not None and made.alert is not None:
                placing.tell(db, (made.alert,), made.deliveries)
            return made

    def deliver_again(self, delivery: str, now: Micros, author: str, *, replay: bool) -> bool:
        with self._writing(now) as db:
            return acts.deliver_again(db, delivery, author, now, replay=replay)

    def want_signals(self, wanted: Sequence[tuple[str, str]], now: Micros) -> None:
        with self._writing() as db:
            signals.want(db, wanted, now)

    def signals_due(self, now: Micros, limit: int) -> list[tuple[str, str]]:
        return signals.due(self._db, now, limit)

    def listen(self, kind: str, topic: str, decide: SoundDecider, now: Micros) -> Heard:
        with self._writing(now) as db:
            heard = signals.listen(db, kind, topic, decide, now)
            placing.tell(db, heard.alerts, heard.deliveries)
            return heard

    def waiting_due(self, now: Micros, limit: int) -> list[tuple[str, str]]:
        return waiting.due(self._db, now, limit)

    def close_waiting(
        self, topic: str, channel: str, decide: WaitingDecider, now: Micros
    ) -> Closing:
        with self._writing(now) as db:
            made = waiting.close(db, topic, channel, decide, now)
            placing.tell(db, made.alerts, made.deliveries)
            return made

    def mute(self, mute: Mute) -> None:
        with self._writing(mute.at) as db:
            acts.mute(db, mute)

    def act_on_story(self, act: StoryAct, now: Micros) -> str | None:
        with self._writing(now) as db:
            return story_acts.act(db, act, now)

    def unmute(self, thing: str, author: str, now: Micros) -> bool:
        with self._writing(now) as db:
            return acts.unmute(db, thing, author, now)

    def know_channels(self, names: Sequence[str]) -> None:
        with self._writing() as db:
            channels.know(db, names)

    def enable_channel(self, channel: str, author: str, now: Micros) -> bool:
        with self._writing(now) as db:
            return acts.enable_channel(db, channel, author, now)

    def disable_channel(self, channel: str, author: str, now: Micros) -> bool:
        with self._writing(now) as db:
            return acts.disable_channel(db, channel, author, now)

    # the whole

    def sync_topics(self, topics_: Sequence[TopicSpec], now: Micros) -> dict[str, TopicVersion]:
        with self._writing() as db:
            return topics.sync(db, topics_, now)

    def add_matches(self, matches: Sequence[Match], now: Micros) -> int:
        with self._writing(now) as db:
            return topics.add_matches(db, matches, now)

    def last_time(self) -> Micros | None:
        row = self._db.execute("SELECT value FROM meta WHERE name = 'last'").fetchone()
        return None if row is None else int(row["value"])

    def turn_back(self, now: Micros) -> Micros:
        last = self.last_time()
        by = 0 if last is None else last - now
        if by < MINUTE:
            return 0
        with self._writing() as db:
            for table in ("feed", "entry", "delivery", "follow", "recheck"):
                db.execute(TURN_BACK.format(table=table), {"by": by, "now": now})
            hosts.turn_back(db, by, now)
            db.execute(waiting.TURN_BACK, {"by": by, "now": now})
            db.execute("UPDATE signal SET due_at = min(due_at, ?)", (now,))
            db.execute("UPDATE meta SET value = ? WHERE name = 'last'", (now,))
        return by

    def next_due(self) -> Micros | None:
        due: Micros | None = self._db.execute(NEXT_DUE).fetchone()[0]
        return due

    def release_leases(self) -> int:
        released = 0
        with self._writing() as db:
            for table in ("feed", "entry", "delivery", "follow", "recheck"):
                released += db.execute(
                    f"UPDATE {table} SET lease_until = 0, lease_token = NULL"
                    " WHERE lease_token IS NOT NULL"
                ).rowcount
        return released

    def close(self) -> None:
        self._pages.close()
        self._db.execute("PRAGMA optimize")
        self._db.close()
        self._lock.release()
