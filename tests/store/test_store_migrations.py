"""A file of every released version becomes one of today's, with what is in it."""

from __future__ import annotations

import sqlite3
from contextlib import closing

from sqlite_utils import Database
from tests.store.builders import NOON, feed_spec

from watcher.model.feed import FeedMemory
from watcher.model.when import MINUTE
from watcher.store.sqlite import migrations
from watcher.store.sqlite.connect import SCHEMA_VERSION
from watcher.store.sqlite.store import open_store

A = feed_spec()

# What the planner measured is no part of it.
SCHEMA = "SELECT name, sql FROM sqlite_schema WHERE name NOT LIKE 'sqlite_stat%' ORDER BY 1"

FEED_OF_1 = """
INSERT INTO feed (feed, url, fetch_url, wanted, state, ttl, etag, due_at, polls)
VALUES (?, ?, ?, '{"feed": "%s", "url": "%s", "tags": ["x"]}', 'active', 30, '"e"', 0, 7)
""" % (A.feed, A.url)  # noqa: UP031 - JSON's braces


def test_a_file_of_version_1_keeps_its_feeds_and_polls_on(tmp_path):
    path = tmp_path / "old.db"
    open_store(path).close()
    path.unlink()
    with closing(sqlite3.connect(path, isolation_level=None)) as db:
        from watcher.store.sqlite import connect

        db.execute(f"PRAGMA application_id = {connect.APPLICATION_ID}")
        db.execute("PRAGMA auto_vacuum = 2")
        migrations.migrations.apply(Database(db), stop_before="0002_polling")
        db.execute(FEED_OF_1, (A.feed, A.url, A.url))
        db.execute(
            "INSERT INTO poll (feed, at, outcome, new, changed, seen, micros)"
            " VALUES (?, 5, 'new', 1, 0, 1, 9)",
            (A.feed,),
        )

    store = open_store(path)
    store.sync_feeds([A], NOON)
    (job,) = store.claim_feeds(NOON, NOON + MINUTE, "t", 5)
    store.close()

    assert (job.state.etag, job.state.polls) == ('"e"', 7)
    assert job.state.memory == FeedMemory()
    with closing(sqlite3.connect(path)) as db:
        assert db.execute("PRAGMA user_version").fetchone() == (SCHEMA_VERSION,)
        assert db.execute("SELECT host FROM feed").fetchone() == ("daily.example",)
        assert db.execute("SELECT at, notes FROM poll").fetchall() == [(5, "[]")]


def test_a_migrated_file_has_the_schema_of_a_new_one(tmp_path):
    columns = []
    for name, stop in (("new.db", None), ("old.db", "0002_polling"), ("later.db", "0003_alerts")):
        path = tmp_path / name
        if stop:
            with closing(sqlite3.connect(path, isolation_level=None)) as db:
                from watcher.store.sqlite import connect

                db.execute(f"PRAGMA application_id = {connect.APPLICATION_ID}")
                db.execute("PRAGMA auto_vacuum = 2")
                migrations.migrations.apply(Database(db), stop_before=stop)
        open_store(path).close()
        with closing(sqlite3.connect(path)) as db:
            columns.append(db.execute(SCHEMA).fetchall())
    assert columns[0] == columns[1] == columns[2]
