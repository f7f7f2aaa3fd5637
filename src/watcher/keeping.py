"""Looking after the database for commands: what it holds, whether it is sound, copies of it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from watcher.model.health import DatabaseFacts, Integrity
    from watcher.model.when import Micros


def inspect_database(database: Path, now: Micros) -> DatabaseFacts:
    """What `doctor` needs of it. Raises StoreError where there is none, or it cannot be read."""
    from watcher.store.sqlite.inspect import inspect

    return inspect(database, now)


def verify_database(database: Path) -> Integrity:
    """Whether it is sound. Raises what `inspect_database` raises."""
    from watcher.store.sqlite.inspect import verify

    return verify(database)


def sqlite_has_wal_bug(version: str) -> bool:
    from watcher.store.sqlite.inspect import has_wal_bug

    return has_wal_bug(version)


def backup_database(database: Path, target: Path) -> int:
    """A copy at one moment while others write; returns its size. Raises StoreError, InputError."""
    from watcher.store.sqlite.keep import backup

    return backup(database, target)


def restore_database(source: Path, database: Path, aside: Path) -> None:
    """Puts a copy in the database's place, which is kept at `aside`. Raises StoreError, BusyError,
    InputError; then nothing was changed."""
    from watcher.store.sqlite.keep import restore

    restore(source, database, aside)


def migrate_database(database: Path) -> tuple[int, int, Path | None]:
    """Brings it to this code's schema: the versions before and after, and where the copy is that
    was made first. Raises StoreError, BusyError."""
    from watcher.store.sqlite.connect import SCHEMA_VERSION
    from watcher.store.sqlite.keep import version_of
    from watcher.store.sqlite.store import open_store

    before = version_of(database)
    store = open_store(database)
    store.close()
    return before, SCHEMA_VERSION, store.copied


def vacuum_database(database: Path) -> tuple[int, int]:
    """Its size before and after. Raises StoreError, BusyError."""
    from watcher.store.sqlite.keep import vacuum

    return vacuum(database)


def reindex_database(database: Path, tell: Callable[[int, int], None]) -> int:
    """Makes the search index anew. Raises StoreError, BusyError."""
    from watcher.store.sqlite.reindex import reindex

    return reindex(database, tell)


def export_plain(database: Path, target: Path) -> dict[str, int]:
    """The archive as a plain SQLite file; returns the rows by table. Raises StoreError."""
    from watcher.store.sqlite.plain import export_plain as export

    return export(database, target)
