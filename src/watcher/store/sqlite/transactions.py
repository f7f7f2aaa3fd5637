"""The writer's transactions: one a method, or one for several (`together`), `BEGIN IMMEDIATE`
always, and what SQLite could not do in our words."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

from watcher.errors import StoreError
from watcher.model.when import Micros

LAST = """
INSERT INTO meta (name, value) VALUES ('last', :now)
ON CONFLICT (name) DO UPDATE SET value = max(CAST(value AS INTEGER), :now)
"""


class Transactions:
    """What the store's methods write in."""

    _db: sqlite3.Connection

    def _begin_with(self, connection: sqlite3.Connection) -> None:
        self._shared, self._latest = False, 0
        self._db = connection

    @contextmanager
    def together(self) -> Iterator[None]:
        """See `ports.Store`. Each method inside is a savepoint of the one transaction."""
        with self._transaction():
            self._shared, self._latest = True, 0
            try:
                yield
            finally:
                self._shared = False
            if self._latest:
                self._db.execute(LAST, {"now": self._latest})

    @contextmanager
    def _writing(self, now: Micros | None = None) -> Iterator[sqlite3.Connection]:
        """One transaction, or a part of the one that is shared, whole or not at all. `now`: the
        moment that `last_time` then knows."""
        if self._shared:
            with self._part():
                yield self._db
            self._latest = max(self._latest, now or 0)
            return
        with self._transaction():
            yield self._db
            if now is not None:
                self._db.execute(LAST, {"now": now})

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        try:
            self._db.execute("BEGIN IMMEDIATE")
        except sqlite3.OperationalError as error:
            raise unusable(error) from error
        try:
            yield
            self._db.execute("COMMIT")
        except BaseException as error:
            if self._db.in_transaction:
                self._db.execute("ROLLBACK")
            told = _told(error)
            if told is error:
                raise
            raise told from error

    @contextmanager
    def _part(self) -> Iterator[None]:
        if not self._db.in_transaction:
            # SQLite itself rolls the whole back when its disk is full.
            raise StoreError("WTC-DB-009", "the shared transaction was rolled back")
        self._db.execute("SAVEPOINT part")
        try:
            yield
            self._db.execute("RELEASE part")
        except BaseException as error:
            if self._db.in_transaction:
                self._db.execute("ROLLBACK TO part")
                self._db.execute("RELEASE part")
            told = _told(error)
            if told is error:
                raise
            raise told from error


def _told(error: BaseException) -> BaseException:
    """What SQLite could not do, in our words; any other error as it is."""
    if isinstance(error, sqlite3.OperationalError) or type(error) is sqlite3.DatabaseError:
        return unusable(error)
    return error


def unusable(error: sqlite3.DatabaseError) -> StoreError:
    full = "full" in str(error)
    return StoreError(
        "WTC-DB-008" if full else "WTC-DB-009",
        f"the database could not be written: {error}",
        hint="make room on its disk; nothing was half-written"
        if full
        else "is another program writing to it? nothing was half-written",
    )
