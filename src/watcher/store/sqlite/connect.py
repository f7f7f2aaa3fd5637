"""Connections: one writer with the pragmas of spec `storage` §1.2, readers that cannot write."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Self

from watcher.errors import StoreError

APPLICATION_ID = 0x57544348  # "WTCH"
SCHEMA_VERSION = 3  # PRAGMA user_version: the number of migrations that made the file

PRAGMAS = (
    "PRAGMA journal_mode=WAL",
    "PRAGMA synchronous=FULL",
    "PRAGMA busy_timeout=5000",
    "PRAGMA foreign_keys=ON",
    "PRAGMA cache_size=-65536",
    "PRAGMA temp_store=MEMORY",
    "PRAGMA journal_size_limit=67108864",
    "PRAGMA wal_autocheckpoint=1000",
    "PRAGMA trusted_schema=OFF",
    "PRAGMA cell_size_check=ON",
)


def connect_writer(path: Path) -> sqlite3.Connection:
    """The writing connection. The caller holds the lock. Raises StoreError."""
    with _opening(path, "WTC-DB-003", "is it on a disk with room, in a folder you may write?"):
        connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        with _closed_on_error(connection):
            check_file(connection.cursor(), path)
            if not _tables(connection.cursor()):
                connection.execute("PRAGMA auto_vacuum=INCREMENTAL")  # only before the first page
                # Before the first table: a kill while the schema is made must not leave a file
                # that looks like somebody else's.
                connection.execute(f"PRAGMA application_id={APPLICATION_ID}")
            for pragma in PRAGMAS:
                connection.execute(pragma)
        return connection


def connect_reader(path: Path) -> sqlite3.Connection:
    """A reading connection: `mode=ro`, so that it can never checkpoint. Raises StoreError, also
    when a later read finds the file damaged."""
    if not path.exists():
        raise _none_yet(path)
    hint = (
        "a reader needs write permission on the folder (SQLite keeps its shared memory there), "
        "or a copy of the file"
    )
    with _opening(path, "WTC-DB-004", hint):
        connection = sqlite3.connect(
            f"{path.resolve().as_uri()}?mode=ro", uri=True, factory=ReadConnection
        )
        with _closed_on_error(connection):
            plain = connection.cursor()
            plain.execute("PRAGMA busy_timeout=5000")
            plain.execute("PRAGMA query_only=ON")
            check_file(plain, path)
            if not plain.execute("PRAGMA user_version").fetchone()[0]:
                raise _none_yet(path)
        return connection


class ReadCursor(sqlite3.Cursor):
    """Says in our words that the file cannot be read, wherever in a read that shows."""

    def execute(self, *asked: Any) -> Self:
        with _reading():
            return super().execute(*asked)

    def __next__(self) -> Any:
        with _reading():
            return super().__next__()

    def fetchone(self) -> Any:
        with _reading():
            return super().fetchone()

    def fetchall(self) -> list[Any]:
        with _reading():
            return super().fetchall()


class ReadConnection(sqlite3.Connection):
    def execute(self, *asked: Any) -> ReadCursor:
        return self.cursor(ReadCursor).execute(*asked)


@contextmanager
def _reading() -> Iterator[None]:
    try:
        yield
    except sqlite3.DatabaseError as error:
        raise _damaged(error) from error


def _damaged(error: sqlite3.DatabaseError) -> StoreError:
    return StoreError(
        "WTC-DB-010",
        f"the database cannot be read: {error}",
        hint="keep a copy of the file and take back the last good one",
    )


@contextmanager
def _opening(path: Path, code: str, hint: str) -> Iterator[None]:
    try:
        yield
    except sqlite3.DatabaseError as error:
        if error.sqlite_errorcode == sqlite3.SQLITE_NOTADB:
            raise _foreign(f"{path} is no database") from error
        raise StoreError(code, f"cannot open {path}: {error}", hint=hint) from error


@contextmanager
def _closed_on_error(connection: sqlite3.Connection) -> Iterator[None]:
    try:
        yield
    except BaseException:
        connection.close()
        raise


def _none_yet(path: Path) -> StoreError:
    return StoreError(
        "WTC-DB-001",
        f"there is no database at {path}",
        hint="`watcher once` makes it; `watcher demo` shows how it all looks",
    )


def _foreign(message: str) -> StoreError:
    return StoreError(
        "WTC-DB-005", message, hint="choose another `database:` in config.yaml, or another --db"
    )


def check_file(cursor: sqlite3.Cursor, path: Path) -> None:
    """Refuses what is not ours and what is newer than this code. Raises StoreError."""
    application = cursor.execute("PRAGMA application_id").fetchone()[0]
    version = cursor.execute("PRAGMA user_version").fetchone()[0]
    if application != APPLICATION_ID and (application or _tables(cursor)):
        raise _foreign(f"{path} is another program's database")
    if version > SCHEMA_VERSION:
        raise StoreError(
            "WTC-DB-006",
            f"{path} was written by a newer watcher (schema {version}, this one knows "
            f"{SCHEMA_VERSION})",
            hint="use the newer watcher; nothing was changed",
        )


def _tables(cursor: sqlite3.Cursor) -> int:
    return int(cursor.execute("SELECT count(*) FROM sqlite_schema").fetchone()[0])
