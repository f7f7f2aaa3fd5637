"""A database that is killed while it is made is made whole by the next start."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from watcher.store.sqlite import migrations
from watcher.store.sqlite.connect import APPLICATION_ID, SCHEMA_VERSION
from watcher.store.sqlite.store import open_store


class Killed(BaseException):
    """Stands in for a kill: nothing in the code catches it."""


def schema(path: Path) -> list[tuple[str, str]]:
    with closing(sqlite3.connect(path)) as db:
        assert db.execute("PRAGMA application_id").fetchone()[0] == APPLICATION_ID
        assert db.execute("PRAGMA user_version").fetchone()[0] == SCHEMA_VERSION
        assert db.execute("PRAGMA auto_vacuum").fetchone()[0] == 2
        return db.execute("SELECT name, sql FROM sqlite_schema ORDER BY name").fetchall()


@pytest.mark.parametrize("at", [0, 1, 5, 20])
def test_a_birth_cut_short_is_made_whole_by_the_next_start(
    at: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    open_store(tmp_path / "whole.db").close()
    real = migrations.statements

    def cut(script: str):
        for number, statement in enumerate(real(script)):
            if number == at:
                raise Killed
            yield statement

    path = tmp_path / "cut.db"
    with monkeypatch.context() as patch:
        patch.setattr(migrations, "statements", cut)
        with pytest.raises(Killed):
            open_store(path)

    open_store(path).close()

    assert schema(path) == schema(tmp_path / "whole.db")


def test_a_kill_between_schema_and_checksums_is_mended_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def killed() -> dict[str, str]:
        raise Killed

    path = tmp_path / "cut.db"
    with monkeypatch.context() as patch:
        patch.setattr(migrations, "sources", killed)
        with pytest.raises(Killed):
            open_store(path)

    open_store(path).close()

    with closing(sqlite3.connect(path)) as db:
        assert dict(db.execute(migrations.KNOWN)) == migrations.sources()
