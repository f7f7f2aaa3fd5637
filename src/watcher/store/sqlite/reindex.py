"""The search index made anew: it is derived, so damage to it loses nothing."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from watcher.errors import StoreError
from watcher.store.sqlite.connect import connect_reader, connect_writer
from watcher.store.sqlite.lock import Lock
from watcher.store.sqlite.place import index_text
from watcher.store.sqlite.view import stored

SQL = "SELECT sql FROM sqlite_schema WHERE name = 'article_text'"


def reindex(path: Path, tell: Callable[[int, int], None]) -> int:
    """Folds every newest revision again, in one transaction; `tell` hears how many of how many.
    Raises BusyError where somebody works on the database, StoreError where it cannot be done."""
    connect_reader(path).close()
    lock = Lock(path)
    lock.acquire()
    try:
        with closing(connect_writer(path)) as db:
            db.row_factory = sqlite3.Row
            return _made(db, tell)
    except sqlite3.Error as error:
        raise StoreError(
            "WTC-DB-014",
            f"the search index could not be made anew: {error}",
            hint="nothing was changed; take back the last good copy: `watcher db restore FILE`",
        ) from error
    finally:
        lock.release()


def _made(db: sqlite3.Connection, tell: Callable[[int, int], None]) -> int:
    db.execute("BEGIN IMMEDIATE")
    sql = db.execute(SQL).fetchone()[0]
    db.execute("DROP TABLE article_text")
    db.execute(sql)
    names = db.execute("SELECT key, article FROM article ORDER BY key").fetchall()
    for number, row in enumerate(names, 1):
        held = stored(db, row["article"])
        if held is not None:
            index_text(db, row["key"], held.text)
        tell(number, len(names))
    db.execute("COMMIT")
    return len(names)
