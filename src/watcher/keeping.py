"""Looking after the database for commands: what it holds, whether it is sound, copies of it."""

from __future__ import annotations

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
