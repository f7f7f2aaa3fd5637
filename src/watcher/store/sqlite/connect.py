"""Connections: one writer with the pragmas of spec `storage` §1.2, readers that cannot write."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from watcher.errors import StoreError

APPLICATION_ID = 0x57544348  # "WTCH"
SCHEMA_VERSION = 1  # PRAGMA user_version: the number of migrations that made the file

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
    try:
        connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        check_file(connection, path)
        if not _tables(connection):
            connection.execute("PRAGMA auto_vacuum=INCREMENTAL")  # only before the first page
            # Before the first table: a kill while the schema is made must not leave a file that
            # looks like somebody else's.
            connection.execute(f"PRAGMA application_id={APPLICATION_ID}")
        for pragma in PRAGMAS:
            connection.execute(pragma)
    except sqlite3.DatabaseError as error:
        raise StoreError(
            "WTC-DB-003",
            f"cannot open {path}: {error}",
            hint="is it a watcher database, on a disk with room, in a folder you may write?",
        ) from error
    return connection


def connect_reader(path: Path) -> sqlite3.Connection:
    """A reading connection: `mode=ro`, so that it can never checkpoint. Raises StoreError."""
    if not path.exists():
        raise StoreError(
            "WTC-DB-001",
            f"there is no database at {path}",
            hint="`watcher once` makes it; `watcher demo` shows how it all looks",
        )
    try:
        connection = sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)
        connection.execute("PRAGMA busy_timeout=5000")
        connection.execute("PRAGMA query_only=ON")
        check_file(connection, path)
    except sqlite3.DatabaseError as error:
        raise StoreError(
            "WTC-DB-004",
            f"cannot read {path}: {error}",
            hint="a reader needs write permission on the folder (SQLite keeps its shared memory "
            "there), or a copy of the file",
        ) from error
    return connection


def check_file(connection: sqlite3.Connection, path: Path) -> None:
    """Refuses what is not ours and what is newer than this code. Raises StoreError."""
    application = connection.execute("PRAGMA application_id").fetchone()[0]
    version = connection.execute("PRAGMA user_version").fetchone()[0]
    if _tables(connection) and application != APPLICATION_ID:
        raise StoreError(
            "WTC-DB-005",
            f"{path} is another program's database",
            hint="choose another `database:` in config.yaml, or another --db",
        )
    if version > SCHEMA_VERSION:
        raise StoreError(
            "WTC-DB-006",
            f"{path} was written by a newer watcher (schema {version}, this one knows "
            f"{SCHEMA_VERSION})",
            hint="use the newer watcher; nothing was changed",
        )


def _tables(connection: sqlite3.Connection) -> int:
    return int(connection.execute("SELECT count(*) FROM sqlite_schema").fetchone()[0])
