"""The reading side: its own `mode=ro` connection, the standard library alone (reading commands
start fast), never a lock. Lists are newest first with opaque cursors; feeds and topics by name."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from watcher.model.feed import STRETCHED
from watcher.model.rows import (
    ActRow,
    ArticleRow,
    FeedRow,
    NoteRow,
    Page,
    StatusRow,
    StoryRow,
    TopicRow,
    VersionRow,
)
from watcher.model.when import DAY, MINUTE, Micros
from watcher.store.sqlite import broken, pages, records, story_view
from watcher.store.sqlite.archive import ARTICLE, Archive
from watcher.store.sqlite.codec import Row, clean, outlet
from watcher.store.sqlite.connect import connect_reader
from watcher.store.sqlite.told import Told
from watcher.text.urls import key as url_key

if TYPE_CHECKING:
    from watcher.model.follow import FollowRow, OutletRow
    from watcher.model.kept import ArticleContext
    from watcher.model.recheck import Look
    from watcher.model.site import SiteRow

T = TypeVar("T")

LATE = MINUTE  # a feed is late when it has been due for longer

FEEDS = """
SELECT feed.*, (SELECT count(*) FROM entry WHERE entry.feed = feed.feed) AS entries,
       h.paused_until, h.why AS pause_why, h.firm
FROM feed LEFT JOIN host AS h ON h.host = feed.host AND h.paused_until >
    (SELECT CAST(value AS INTEGER) FROM meta WHERE name = 'last')
"""

# Worst first.
FAILING = """
SELECT * FROM feed WHERE state = 'active' AND error_code IS NOT NULL
ORDER BY failures DESC, feed LIMIT ?
"""

NOTES = """
SELECT feed, feed.url, at, notes FROM poll JOIN feed USING (feed)
WHERE notes <> '[]' AND at > ? ORDER BY id DESC LIMIT ?
"""
SHOWN = 10  # failing feeds and notes that `status` shows
LATELY = 7 * DAY


def open_reader(path: Path) -> SqliteReader:
    """Raises StoreError where there is no database, or it cannot be read."""
    return SqliteReader(connect_reader(path))


HOURLY = """
SELECT sum(3600e6 / max(due_at - last_poll, 1000000)) FROM feed
WHERE state = 'active' AND last_poll IS NOT NULL
"""
LATER = "SELECT count(*) FROM feed WHERE state = 'active' AND instr(reasons, ?)"


class SqliteReader(Told, Archive):
    """Implements `ports.Reader`."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        connection.row_factory = sqlite3.Row
        self._db = connection

    # feeds and topics

    def feeds(self, *, limit: int, after: str | None = None) -> Page[FeedRow]:
        rows = self._db.execute(
            FEEDS + " WHERE feed.url || ' ' || feed.feed > ? ORDER BY feed.url || ' ' || feed.feed"
            " LIMIT ?",
            (clean(after or ""), limit + 1),
        ).fetchall()
        return pages.page(rows, limit, records.feed, lambda row: f"{row['url']} {row['feed']}")

    def feed(self, ident: str) -> FeedRow | None:
        row = self._db.execute(
            FEEDS + " WHERE feed.feed = :id OR feed.url = :id OR feed.fetch_url = :id"
            " ORDER BY feed.feed = :id DESC, feed.url = :id DESC, merged_into IS NOT NULL LIMIT 1",
            {"id": clean(ident)},
        ).fetchone()
        if row is None:
            return None
        polls = self._db.execute(
            "SELECT * FROM poll WHERE feed = ? ORDER BY id DESC", (row["feed"],)
        )
        acts = self._db.execute(
            "SELECT at, author, act FROM act WHERE thing = ? ORDER BY id DESC LIMIT ?",
            (row["feed"], SHOWN),
        )
        merged = self._db.execute(
            "SELECT url FROM feed WHERE merged_into = ? ORDER BY url", (row["feed"],)
        )
        return replace(
            records.feed(row, tuple(records.poll(poll) for poll in polls)),
            acts=tuple(ActRow(*act) for act in acts),
            merged=tuple(one["url"] for one in merged),
            broken=broken.of_feed(self._db, row["feed"]),
        )

    def topics(self, *, now: Micros, limit: int, after: str | None = None) -> Page[TopicRow]:
        rows = self._db.execute(
            "SELECT t.topic, t.version, t.channels, v.query,"
            " (SELECT count(DISTINCT article) FROM match WHERE topic = t.topic AND at >= :day)"
            "   AS today,"
            " (SELECT count(DISTINCT article) FROM match WHERE topic = t.topic) AS total"
            " FROM topic AS t JOIN topic_version AS v USING (topic, version)"
            " WHERE t.loaded AND t.topic > :after ORDER BY t.topic LIMIT :limit",
            {"day": now - now % DAY, "after": clean(after or ""), "limit": limit + 1},
        ).fetchall()
        return pages.page(rows, limit, records.topic, lambda row: str(row["topic"]))

    # stories

    def stories(self, *, limit: int, after: str | None = None) -> Page[StoryRow]:
        return story_view.listed(self._db, limit, after)

    def story(self, ident: str) -> StoryRow | None:
        return story_view.one(self._db, ident)

    # alerts and deliveries

    # articles

    def article(self, ident: str) -> ArticleRow | None:
        row = self._db.execute(
            ARTICLE + " WHERE a.article = coalesce("
            "(SELECT article FROM article WHERE article = :id OR caller_id = :id),"
            "(SELECT article FROM article_url WHERE key = :key))",
            {"id": clean(ident.removeprefix("id:")), "key": clean(url_key(ident))},
        ).fetchone()
        return None if row is None else self._article(row)

    def _article(self, row: Row) -> ArticleRow:
        from watcher.store.sqlite import follow_read

        article = row["article"]
        text = self._text(row)
        return ArticleRow(
            article=article,
            key=row["key"],
            id=row["caller_id"],
            url=row["url"],
            canonical_url=row["canonical_url"],
            outlet=outlet(row),
            text=text,
            story=row["story"],
            role=row["role"],
            kind=row["kind"],
            copy_of=row["copy_of"],
            score=row["score"],
            why=row["why"],
            first_seen=row["first_seen"],
            revisions=self._all(
                "SELECT * FROM revision WHERE article = ? ORDER BY n", article, records.revision
            ),
            matches=self._all(
                "SELECT * FROM match WHERE article = ? ORDER BY topic, revision",
                article,
                records.match,
            ),
            alerts=self._all(
                "SELECT * FROM alert WHERE article = ? ORDER BY id", article, records.alert
            ),
            feeds=self._names(
                "SELECT feed FROM article_feed WHERE article = ? ORDER BY 1", article
            ),
            copies=self._names(
                "SELECT article FROM story_article WHERE copy_of = ? ORDER BY 1", article
            ),
            related_known=self._known(article),
            found_by=follow_read.found_by(self._db, article),
        )

    def followed(self, article: str) -> tuple[FollowRow, ...]:
        from watcher.store.sqlite import follow_read

        return follow_read.of_article(self._db, article)

    def context(self, article: str) -> ArticleContext | None:
        from watcher.store.sqlite import follow_read

        row = self._db.execute(ARTICLE + " WHERE a.article = ?", (article,)).fetchone()
        return None if row is None else follow_read.context(self._db, row, self._text(row))

    def sites(self, host: str | None = None) -> tuple[SiteRow, ...]:
        from watcher.store.sqlite import sites

        return sites.rows(self._db, host)

    def outlets_met(self) -> tuple[OutletRow, ...]:
        from watcher.store.sqlite import follow_read

        return follow_read.outlets(self._db)

    def look(self, article: str) -> Look | None:
        from watcher.store.sqlite import recheck

        return recheck.of_article(self._db, article)

    def versions(self, article: str) -> tuple[VersionRow, ...]:
        from watcher.store.sqlite import versions

        return versions.versions(self._db, article)

    def _all(self, query: str, article: str, make: Callable[[Row], T]) -> tuple[T, ...]:
        return tuple(make(row) for row in self._db.execute(query, (article,)))

    def _names(self, query: str, article: str) -> tuple[str, ...]:
        return tuple(row[0] for row in self._db.execute(query, (article,)))

    def _known(self, article: str) -> dict[str, str]:
        rows = self._db.execute(
            "SELECT link.url, article_url.article FROM link"
            " JOIN article_url ON article_url.key = link.key"
            " WHERE link.article = ? AND link.role = 'related'",
            (article,),
        )
        return {row["url"]: row["article"] for row in rows}

    # the whole

    def status(self, now: Micros) -> StatusRow:
        feeds = self._states(now)
        outbox = {
            "due": self._one(
                "SELECT count(*) FROM delivery WHERE state = 'due' AND lease_token IS NULL"
            ),
            "leased": self._one("SELECT count(*) FROM delivery WHERE lease_token IS NOT NULL"),
            "dead": self._one("SELECT count(*) FROM delivery WHERE state = 'dead'"),
            "waiting": self._one("SELECT count(DISTINCT alert) FROM waiting"),
        }
        return StatusRow(
            feeds=feeds,
            failing=tuple(records.failing(row) for row in self._db.execute(FAILING, (SHOWN,))),
            notes=tuple(self._notes(now)),
            polls_hourly=self._value(HOURLY) or 0.0,
            stretched=self._one(LATER, f'"{STRETCHED}'),
            entries_waiting=self._one("SELECT count(*) FROM entry WHERE due_at IS NOT NULL"),
            entries_broken=self._one("SELECT count(*) FROM entry WHERE broken_by IS NOT NULL"),
            articles=self._one("SELECT count(*) FROM article"),
            stories=self._one("SELECT count(*) FROM story WHERE merged_into IS NULL"),
            matches=self._one("SELECT count(*) FROM match"),
            alerts=self._one("SELECT count(*) FROM alert WHERE decision = 'raised'"),
            outbox=outbox,
            outbox_oldest=self._value("SELECT min(first_due) FROM delivery WHERE state = 'due'"),
            next_due=self._value("SELECT min(due_at) FROM feed WHERE state = 'active'"),
            database_version=self._one("PRAGMA user_version"),
            database_size=self._one("PRAGMA page_count") * self._one("PRAGMA page_size"),
        )

    def _states(self, now: Micros) -> dict[str, int]:
        states = (
            "SELECT CASE WHEN merged_into IS NOT NULL AND state <> 'retired' THEN 'merged'"
            " ELSE state END, count(*) FROM feed GROUP BY 1"
        )
        feeds = dict(self._db.execute(states).fetchall())
        feeds["failing"] = self._one(
            "SELECT count(*) FROM feed WHERE state = 'active' AND error_code IS NOT NULL"
        )
        feeds["late"] = self._one(
            "SELECT count(*) FROM feed WHERE state = 'active' AND due_at < ? AND NOT EXISTS"
            " (SELECT 1 FROM host WHERE host.host = feed.host AND paused_until > ?)",
            now - LATE,
            now,
        )
        return feeds

    def _notes(self, now: Micros) -> Iterator[NoteRow]:
        for row in self._db.execute(NOTES, (now - LATELY, SHOWN)):
            for note in json.loads(row["notes"]):
                yield NoteRow(row["feed"], row["url"], row["at"], note)

    def close(self) -> None:
        self._db.close()

    def _one(self, query: str, *values: object) -> int:
        return int(self._db.execute(query, values).fetchone()[0])

    def _value(self, query: str) -> int | None:
        value: int | None = self._db.execute(query).fetchone()[0]
        return value
