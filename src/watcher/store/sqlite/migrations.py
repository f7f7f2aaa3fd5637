"""The schema, one migration a version, in plain SQL (spec `storage` §1.5).

Times are whole microseconds UTC. `due_at`, `lease_until` and `lease_token` are the state of work
(DESIGN.md, "Work is rows"): a row is due when `due_at` has passed and no lease is running.
"""

from __future__ import annotations

import hashlib
import inspect
import sqlite3
from collections.abc import Callable, Iterator

from sqlite_utils import Database
from sqlite_utils.migrations import Migrations

from watcher.store.sqlite.scripts import FIRST, SECOND, THIRD

migrations = Migrations("watcher")


KNOWN = "SELECT substr(name, 11), value FROM meta WHERE name LIKE 'migration:%'"


@migrations(name="0001_first")
def first(db: Database) -> None:
    for statement in statements(FIRST):
        db.conn.execute(statement)
    db.conn.execute("PRAGMA user_version=1")


@migrations(name="0002_polling")
def second(db: Database) -> None:
    for statement in statements(SECOND):
        db.conn.execute(statement)
    db.conn.execute("PRAGMA user_version=2")


@migrations(name="0003_alerts")
def third(db: Database) -> None:
    for statement in statements(THIRD):
        db.conn.execute(statement)
    db.conn.execute("PRAGMA user_version=3")


def migrate(db: Database, drift: Callable[[str], None]) -> None:
    """Brings the file to `SCHEMA_VERSION`; `drift` is told of applied migrations whose source is
    no longer what it was."""
    applied = {one.name for one in migrations.applied(db)}
    if applied:
        for name, stored in db.conn.execute(KNOWN):
            if sources().get(name, stored) != stored:
                drift(name)
    migrations.apply(db)
    known = {row[0] for row in db.conn.execute(KNOWN)}
    if set(sources()) - known:
        db.conn.execute("BEGIN IMMEDIATE")
        db.conn.executemany(
            "INSERT OR IGNORE INTO meta VALUES ('migration:' || ?, ?)", sources().items()
        )
        db.conn.execute("COMMIT")


def sources() -> dict[str, str]:
    """SHA-256 of every migration's source, by name: the library keeps no checksum."""
    made = {
        "0001_first": (FIRST, first),
        "0002_polling": (SECOND, second),
        "0003_alerts": (THIRD, third),
    }
    return {
        name: hashlib.sha256((script + inspect.getsource(function)).encode()).hexdigest()
        for name, (script, function) in made.items()
    }


def statements(script: str) -> Iterator[str]:
    """The statements of `script`, each whole by SQLite's own judgement."""
    held = ""
    for piece in script.split(";")[:-1]:
        held += piece + ";"
        if sqlite3.complete_statement(held):
            yield held
            held = ""
