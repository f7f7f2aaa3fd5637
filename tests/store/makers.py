"""Store makers: what the suite must know of a back end beside `ports.Store` and `ports.Reader`.

A further back end is one more class here. Everything is in real files or a real server; the
children that the lock tests kill import this module, so it needs no pytest.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any, Protocol

from watcher.ports import Reader, Store
from watcher.store.sqlite.reader import open_reader
from watcher.store.sqlite.store import SqliteStore, open_store

Contents = dict[str, list[tuple[Any, ...]]]  # table -> rows, in a fixed order


class Maker(Protocol):
    """One back end. `place` is a folder of the test's own."""

    name: str

    def open(self, place: Path) -> Store: ...

    def reader(self, place: Path) -> Reader: ...

    def contents(self, place: Path) -> Contents:
        """Every stored row, seen from outside."""
        ...

    def leases(self, place: Path) -> dict[str, tuple[str | None, int]]:
        """Token and end of the lease of every row of work, by its id."""
        ...

    def sound(self, place: Path) -> list[str]:
        """What the back end's own checks find wrong."""
        ...

    def failing(self, store: Store, at: int) -> Any:
        """A context in which the statement number `at` (from 0) of `store` fails, once. It yields
        a function that says how many statements were tried."""
        ...

    def full(self, store: Store) -> Any:
        """A context in which there is no room for more rows."""
        ...

    def lower_limits(self, store: Store) -> None:
        """Sets the back end's own limits to the lowest that it is ever built with."""
        ...


class SqliteMaker:
    name = "sqlite"

    def path(self, place: Path) -> Path:
        return place / "watcher.db"

    def open(self, place: Path) -> SqliteStore:
        return open_store(self.path(place))

    def reader(self, place: Path) -> Reader:
        return open_reader(self.path(place))

    def contents(self, place: Path) -> Contents:
        with closing(sqlite3.connect(f"file:{self.path(place)}?mode=ro", uri=True)) as db:
            names = db.execute(
                "SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name"
            ).fetchall()
            return {
                name: sorted(db.execute(f"SELECT * FROM {name}"), key=repr) for (name,) in names
            }

    def leases(self, place: Path) -> dict[str, tuple[str | None, int]]:
        with closing(sqlite3.connect(f"file:{self.path(place)}?mode=ro", uri=True)) as db:
            return {
                name: (token, until)
                for table in ("feed", "entry", "delivery")
                for name, token, until in db.execute(
                    f"SELECT {table}, lease_token, lease_until FROM {table}"
                )
            }

    def sound(self, place: Path) -> list[str]:
        with closing(sqlite3.connect(self.path(place))) as db:
            found = [row[0] for row in db.execute("PRAGMA integrity_check") if row[0] != "ok"]
            found += [f"foreign key: {row}" for row in db.execute("PRAGMA foreign_key_check")]
            db.execute("INSERT INTO article_text (article_text) VALUES ('integrity-check')")
            return found

    @contextmanager
    def failing(self, store: Store, at: int) -> Iterator[Callable[[], int]]:
        assert isinstance(store, SqliteStore)
        real = store._db
        faulty = FaultyConnection(real, at)
        store._db = faulty  # type: ignore[assignment]
        try:
            yield lambda: faulty.tried
        finally:
            store._db = real

    @contextmanager
    def full(self, store: Store) -> Iterator[None]:
        assert isinstance(store, SqliteStore)
        pages = store._db.execute("PRAGMA page_count").fetchone()[0]
        store._db.execute(f"PRAGMA max_page_count = {pages}")
        try:
            yield
        finally:
            store._db.execute("PRAGMA max_page_count = 4294967294")

    def lower_limits(self, store: Store) -> None:
        assert isinstance(store, SqliteStore)
        store._db.setlimit(sqlite3.SQLITE_LIMIT_VARIABLE_NUMBER, 32_766)


class FaultyConnection:
    """A connection whose statement number `at` fails as a bad disk makes it fail. Every row of an
    `executemany` counts as a statement. A failing statement has left no trace of its own."""

    def __init__(self, real: sqlite3.Connection, at: int) -> None:
        self._real = real
        self._at = at
        self.tried = 0

    @property
    def in_transaction(self) -> bool:
        return self._real.in_transaction

    @property
    def total_changes(self) -> int:
        return self._real.total_changes

    def execute(self, statement: str, values: Any = ()) -> sqlite3.Cursor:
        self.tried += 1
        if self.tried - 1 == self._at:
            raise sqlite3.OperationalError("disk I/O error")
        return self._real.execute(statement, values)

    def executemany(self, statement: str, rows: Any) -> None:
        for row in rows:
            self.execute(statement, row)


MAKERS: dict[str, Maker] = {maker.name: maker for maker in (SqliteMaker(),)}
