"""One suite, every store: the fixtures are parametrised over `makers.MAKERS`."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.store.makers import MAKERS, Contents, Maker

from watcher.ports import Reader, Store


class Database:
    """A test's own database: opened, closed, reopened and looked into by the test."""

    def __init__(self, maker: Maker, place: Path) -> None:
        self.maker = maker
        self.place = place
        self._opened: list[Store | Reader] = []

    def open(self) -> Store:
        store = self.maker.open(self.place)
        self._opened.append(store)
        return store

    def reader(self) -> Reader:
        reader = self.maker.reader(self.place)
        self._opened.append(reader)
        return reader

    def contents(self) -> Contents:
        return self.maker.contents(self.place)

    def sound(self) -> list[str]:
        return self.maker.sound(self.place)

    def close(self) -> None:
        for one in reversed(self._opened):
            one.close()
        self._opened.clear()


@pytest.fixture(params=list(MAKERS))
def database(request: pytest.FixtureRequest, tmp_path: Path):
    made = Database(MAKERS[request.param], tmp_path)
    yield made
    made.close()


@pytest.fixture
def store(database: Database) -> Store:
    return database.open()


@pytest.fixture
def reader(database: Database, store: Store) -> Reader:
    """Opened after the store, which makes the database."""
    return database.reader()
