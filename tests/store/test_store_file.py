"""The database as a file: one writer process, nobody else's file, nothing newer, an empty file,
and a folder that is none."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest
from tests.store.builders import NOON, draft, full_text, place
from tests.store.makers import SqliteMaker

from watcher.errors import BusyError, StoreError
from watcher.store.sqlite import migrations
from watcher.store.sqlite.connect import APPLICATION_ID, SCHEMA_VERSION
from watcher.store.sqlite.lock import lock_path
from watcher.store.sqlite.reader import open_reader
from watcher.store.sqlite.store import open_store

HOLDER = """
import sys
from pathlib import Path
from watcher.store.sqlite.store import open_store
store = open_store(Path(sys.argv[1]))
print("held", flush=True)
sys.stdin.read()
store.close()
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "w.db"


@pytest.fixture
def holder(path: Path):
    """Another process that holds the database, until its standard input ends."""
    with subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"held\n"
        yield process
        process.kill()


def raw(path: Path, *statements: str) -> list[tuple]:
    with closing(sqlite3.connect(path)) as db:
        rows = [db.execute(statement).fetchall() for statement in statements]
        db.commit()
        return rows[-1] if rows else []


# the lock


def test_a_second_process_is_refused_and_writes_nothing(path, holder):
    before = sorted((one.name, one.stat().st_size) for one in path.parent.iterdir())
    with pytest.raises(BusyError) as caught:
        open_store(path)
    assert (caught.value.code, caught.value.exit_status) == ("WTC-DB-075", 75)
    assert "watcher status" in caught.value.hint
    assert sorted((one.name, one.stat().st_size) for one in path.parent.iterdir()) == before


def test_readers_read_while_another_process_holds_the_lock(path, holder):
    with closing(open_reader(path)) as reader:
        assert reader.status(NOON).articles == 0


def test_the_lock_dies_with_a_holder_that_is_killed(path, holder):
    os.kill(holder.pid, signal.SIGKILL)
    holder.wait()
    store = open_store(path)
    assert place(store, draft("one")).revision == 1
    store.close()


def test_the_lock_is_free_after_an_orderly_end_and_its_file_may_stay(path, holder):
    holder.communicate()
    assert holder.returncode == 0
    assert lock_path(path).exists()
    open_store(path).close()


def test_the_same_process_does_not_get_it_twice_either(path):
    store = open_store(path)
    with pytest.raises(BusyError):
        open_store(path)
    store.close()
    open_store(path).close()


def test_a_child_that_lives_on_does_not_keep_the_lock(path):
    store = open_store(path)
    with subprocess.Popen(
        [sys.executable, "-c", "import sys; sys.stdin.read()"],
        stdin=subprocess.PIPE,
        close_fds=False,
    ) as child:
        store.close()
        open_store(path).close()
        child.kill()


def test_a_file_that_could_not_be_opened_is_not_locked_afterwards(path):
    path.write_bytes(b"no database" * 100)
    with pytest.raises(StoreError):
        open_store(path)
    path.unlink()
    open_store(path).close()


# other files


def foreign(path: Path) -> None:
    raw(path, "CREATE TABLE notes (text)", "INSERT INTO notes VALUES ('mine')")


def foreign_by_its_mark(path: Path) -> None:
    raw(path, "PRAGMA application_id = 77")


def newer(path: Path) -> None:
    open_store(path).close()
    raw(path, f"PRAGMA user_version = {SCHEMA_VERSION + 1}")


def no_database(path: Path) -> None:
    path.write_bytes(b"Dear diary, this is a text and no database.\n" * 50)


def a_folder(path: Path) -> None:
    path.mkdir()


REFUSED = [
    (foreign, "WTC-DB-005", "another program's"),
    (foreign_by_its_mark, "WTC-DB-005", "another program's"),
    (newer, "WTC-DB-006", "newer watcher"),
    (no_database, "WTC-DB-005", "no database"),
]


@pytest.mark.parametrize("open_", [open_store, open_reader])
@pytest.mark.parametrize(("make", "code", "words"), REFUSED)
def test_a_file_that_is_not_ours_to_use_is_refused_and_not_changed(path, open_, make, code, words):
    make(path)
    before = path.read_bytes()
    with pytest.raises(StoreError) as caught:
        open_(path)
    assert (caught.value.code, caught.value.exit_status) == (code, 69)
    assert words in caught.value.message
    assert str(path) in caught.value.message
    assert caught.value.hint
    assert path.read_bytes() == before


@pytest.mark.parametrize("open_", [open_store, open_reader])
def test_a_file_that_is_refused_is_not_held_open(path, open_):
    foreign(path)
    with pytest.raises(StoreError) as caught:  # whose traceback keeps what was not closed
        open_(path)
    assert caught.value.code == "WTC-DB-005"
    held = [os.path.realpath(one) for one in Path("/proc/self/fd").iterdir()]
    assert str(path.resolve()) not in held


@pytest.mark.parametrize("open_", [open_store, open_reader])
def test_a_folder_in_the_place_of_the_database_is_refused(path, open_):
    path.mkdir()
    with pytest.raises(StoreError):
        open_(path)
    assert list(path.iterdir()) == []


@pytest.mark.parametrize(
    "name", ["none/w.db", "file/w.db", "x" * 250 + ".db", "sub/../none/w.db", "file/../w.db"]
)
def test_a_folder_that_cannot_hold_a_database_is_said_with_its_reason(tmp_path, name):
    (tmp_path / "file").write_text("a file")
    with pytest.raises(StoreError) as caught:
        open_store(tmp_path / name)
    assert (caught.value.code, caught.value.exit_status) == ("WTC-DB-002", 69)
    assert "folder" in caught.value.hint


def test_without_a_database_a_reader_says_how_one_is_made(path):
    with pytest.raises(StoreError) as caught:
        open_reader(path)
    assert caught.value.code == "WTC-DB-001"
    assert "watcher once" in caught.value.hint
    assert not path.exists()


def test_a_file_where_nothing_was_made_yet_is_no_database_for_a_reader(path):
    path.touch()
    with pytest.raises(StoreError) as caught:
        open_reader(path)
    assert caught.value.code == "WTC-DB-001"
    assert path.stat().st_size == 0


def test_a_damaged_file_is_said_as_such_and_not_as_a_fault_of_ours(path):
    store = open_store(path)
    for n in range(30):
        place(store, draft(f"a{n}", full_text(f"{n} " * 300)))
    store.close()
    whole = path.read_bytes()
    half = len(whole) // 2
    path.write_bytes(whole[:half] + b"\xff" * (len(whole) - half))
    with closing(open_reader(path)) as reader:
        with pytest.raises(StoreError) as caught:
            list(reader.search(None))
        with pytest.raises(StoreError):
            reader.status(NOON)
    assert (caught.value.code, caught.value.exit_status) == ("WTC-DB-010", 69)


NO_ROOM = """
import resource, sys
from pathlib import Path
from watcher.errors import StoreError
from watcher.store.sqlite.store import open_store
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[2]), resource.RLIM_INFINITY))
try:
    open_store(Path(sys.argv[1]))
except StoreError as error:
    print(error.code, error.hint)
"""


@pytest.mark.parametrize("room", [0, 3000, 20_000, 100_000])
def test_a_disk_without_room_for_the_schema_is_said_and_nothing_is_half_made(path, room):
    done = subprocess.run(
        [sys.executable, "-c", NO_ROOM, str(path), str(room)],
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.startswith("WTC-DB-00"), done.stderr
    store = open_store(path)
    assert place(store, draft("one")).revision == 1
    store.close()


# birth


def test_an_empty_file_becomes_a_whole_database(path):
    path.touch()
    open_store(path).close()
    fresh = path.with_name("fresh.db")
    open_store(fresh).close()
    layout = "SELECT name, sql FROM sqlite_schema ORDER BY name"
    assert raw(path, layout) == raw(fresh, layout)
    assert raw(path, "PRAGMA auto_vacuum") == [(2,)]
    assert raw(path, "PRAGMA journal_mode") == [("wal",)]
    assert raw(path, "PRAGMA application_id") == [(APPLICATION_ID,)]
    assert raw(path, "PRAGMA user_version") == [(SCHEMA_VERSION,)]


def test_opening_again_changes_no_row(path):
    store = open_store(path)
    place(store, draft("one", full_text("one")), topics={"raids": ["hook"]})
    store.close()
    maker = SqliteMaker()
    path.rename(maker.path(path.parent))
    before = maker.contents(path.parent)
    maker.open(path.parent).close()
    after = maker.contents(path.parent)
    assert {**after, "sqlite_stat1": []} == {**before, "sqlite_stat1": []}


def test_a_migration_whose_source_changed_since_is_told(path):
    open_store(path).close()
    store = open_store(path)
    assert store.warnings == []
    store.close()
    raw(path, "UPDATE meta SET value = 'other' WHERE name LIKE 'migration:%'")
    store = open_store(path)
    assert len(store.warnings) == len(migrations.sources())
    assert "0001_first" in store.warnings[0]
    store.close()


def test_every_table_checks_its_types(path):
    open_store(path).close()
    loose = raw(
        path,
        "SELECT name FROM pragma_table_list WHERE type = 'table' AND NOT strict"
        " AND name NOT LIKE 'sqlite_%' AND name NOT LIKE '_sqlite_%'",
    )
    assert loose == []


def test_what_is_committed_is_on_disk_and_links_are_checked(path):
    store = open_store(path)
    asked = ("synchronous", "foreign_keys", "trusted_schema", "cell_size_check")
    assert [store._db.execute(f"PRAGMA {name}").fetchone()[0] for name in asked] == [2, 1, 0, 1]
    store.close()
