"""The one lock on a database: an OS lock on a file beside it, gone with its holder."""

from __future__ import annotations

import fcntl
import os
from pathlib import Path

from watcher.errors import BusyError, StoreError


def lock_path(database: Path) -> Path:
    return database.with_name(database.name + ".lock")


class Lock:
    """Held from `acquire` to `release`, or to the end of the process however it ends."""

    def __init__(self, database: Path) -> None:
        self._path = lock_path(database)
        self._handle: int | None = None

    def acquire(self) -> None:
        """Raises BusyError where another process holds it, StoreError where it cannot be made."""
        try:
            handle = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
        except OSError as error:
            raise StoreError(
                "WTC-DB-002",
                f"cannot make the lock file {self._path}: {error.strerror}",
                hint="the database's folder must exist and be writable for you",
            ) from error
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            os.close(handle)
            raise BusyError(
                "WTC-DB-075",
                "another watcher process holds the database",
                hint="a running daemon does the work already: see `watcher status`; "
                "or wait until the other command ends",
            ) from error
        self._handle = handle

    def release(self) -> None:
        if self._handle is not None:
            os.close(self._handle)
            self._handle = None
