"""Looking through the file for damage: SQLite's own checks, and what the rows say (spec `storage`
§1.5)."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from watcher.errors import BusyError
from watcher.model.health import DatabaseFacts, Integrity
from watcher.model.when import MINUTE, Micros
from watcher.store.sqlite.connect import connect_reader
from watcher.store.sqlite.lock import Lock

LAPSED: Micros = 10 * MINUTE  # a lease that is over for so long was not taken back
OVERDUE: Micros = 15 * MINUTE  # so long a delivery that is due may wait
MOST = 20  # problems told of one sort
LEAST_TRANSACTION = 16_000_000  # bytes that the largest transaction is thought to need

STUCK = """
SELECT count(*) FROM {table} WHERE lease_token IS NOT NULL AND lease_until < :before
"""
WAITING = """
SELECT count(*), min(due_at) FROM delivery
WHERE state = 'due' AND lease_token IS NULL AND due_at < :before
"""
ROWS = "SELECT (SELECT count(*) FROM article), (SELECT count(*) FROM article_text)"


def inspect(path: Path, now: Micros) -> DatabaseFacts:
    """Reads it all. Raises StoreError where there is no database, or one that cannot be read."""
    with closing(connect_reader(path)) as db:
        waiting = db.execute(WAITING, {"before": now - OVERDUE}).fetchone()
        last = db.execute("SELECT value FROM meta WHERE name = 'last'").fetchone()
        return DatabaseFacts(
            sqlite=sqlite3.sqlite_version,
            version=db.execute("PRAGMA user_version").fetchone()[0],
            last=None if last is None else int(last[0]),
            stuck={
                table: held
                for table in ("feed", "entry", "delivery")
                if (held := _one(db, STUCK.format(table=table), before=now - LAPSED))
            },
            overdue=waiting[0],
            oldest=waiting[1],
            dead=_one(db, "SELECT count(*) FROM delivery WHERE state = 'dead'"),
            largest=max(LEAST_TRANSACTION, _size(path.with_name(path.name + "-wal"))),
            integrity=_integrity(path, db),
        )


def verify(path: Path) -> Integrity:
    """The checks of damage alone. Raises what `inspect` raises."""
    with closing(connect_reader(path)) as db:
        return _integrity(path, db)


def _integrity(path: Path, db: sqlite3.Connection) -> Integrity:
    structure = [row[0] for row in db.execute(f"PRAGMA quick_check({MOST})")]
    orphans = sum(1 for _ in db.execute("PRAGMA foreign_key_check"))
    checked, index = _index(path, db)
    wrong = () if structure == ["ok"] else tuple(structure)
    return Integrity(wrong, orphans, index, checked)


def _index(path: Path, db: sqlite3.Connection) -> tuple[bool, tuple[str, ...]]:
    """FTS5 compares its index with its rows only for a writer; who holds the lock is asked not to
    be disturbed, and the rows are counted."""
    articles, indexed = db.execute(ROWS).fetchone()
    if articles != indexed:
        return True, (f"{articles} articles, but {indexed} of them in the search index",)
    lock = Lock(path)
    try:
        lock.acquire()
    except BusyError:
        return False, ()
    try:
        with closing(sqlite3.connect(path, isolation_level=None)) as writer:
            return True, index_problems(writer)
    finally:
        lock.release()


def index_problems(writer: sqlite3.Connection) -> tuple[str, ...]:
    """What FTS5's own check of the search index finds. The caller holds the lock."""
    try:
        writer.execute("INSERT INTO article_text (article_text) VALUES ('integrity-check')")
    except sqlite3.DatabaseError as error:
        return (f"the search index is damaged: {error}",)
    return ()


def _one(db: sqlite3.Connection, query: str, **values: object) -> int:
    return int(db.execute(query, values).fetchone()[0])


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return 0


def has_wal_bug(version: str) -> bool:
    """Whether this SQLite may damage a WAL file that two connections checkpoint at the same
    instant: 3.7.0 to 3.51.2, but for the repaired 3.44.6 and 3.50.7 and later of their lines."""
    major, minor, patch = (int(part) for part in version.split(".")[:3])
    repaired = {(3, 44): 6, (3, 50): 7}.get((major, minor))
    if repaired is not None and patch >= repaired:
        return False
    return (3, 7, 0) <= (major, minor, patch) < (3, 51, 3)
