"""Copies of the database: made under a writer, taken back whole, and one before every migration."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from sqlite_utils import Database
from tests.cli.support import Cli
from tests.store.builders import NOON, feed_spec

from watcher.store.sqlite import connect, migrations
from watcher.store.sqlite.connect import SCHEMA_VERSION
from watcher.store.sqlite.store import open_store


def put(cli: Cli, *names: str) -> None:
    lines = [
        {"id": name, "title": f"Ferry {name}", "body": f"The ferry {name} left at noon. " * 9}
        for name in names
    ]
    Path("a.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))
    assert cli("import", "articles", "a.jsonl").status == 0


def titles(cli: Cli, db: str = "watcher.db") -> set[str]:
    return {one["title"] for one in cli("search", "ferry", "--json", "--db", db).json["items"]}


def test_a_copy_is_made_while_another_process_holds_the_database(cli: Cli):
    put(cli, "one")
    with closing(open_store(Path("watcher.db"))) as store:
        store.sync_feeds([feed_spec()], NOON)
        done = cli("db", "backup", "copy.db", "--json")
    assert (done.status, done.json["copy"]) == (0, "copy.db")
    assert titles(cli, "copy.db") == {"Ferry one"}
    assert cli("feeds", "list", "--json", "--db", "copy.db").json["count"] == 1
    assert done.json["size"] == Path("copy.db").stat().st_size


def test_without_a_name_the_copy_stands_beside_and_says_when(cli: Cli):
    put(cli, "one")
    done = cli("db", "backup")
    (made,) = Path().glob("watcher.db.20*Z")
    assert done.out == f"written: {made} ({made.stat().st_size:,} bytes)\n"
    assert f"watcher db restore {made}" in done.err
    Path("folder").mkdir()
    assert cli("db", "backup", "folder/").status == 0
    assert len(list(Path("folder").glob("watcher.db.20*Z"))) == 1


def test_no_copy_is_ever_written_over_and_none_is_left_half(cli: Cli):
    put(cli, "one")
    Path("copy.db").write_text("mine")
    done = cli("db", "backup", "copy.db")
    assert (done.status, done.code) == (1, "WTC-IN-006")
    assert Path("copy.db").read_text() == "mine"
    missing = cli("db", "backup", "nowhere/copy.db")
    assert (missing.status, missing.code) == (69, "WTC-DB-011")
    assert not list(Path().glob(".*part"))


def test_a_copy_is_taken_back_and_what_was_there_is_kept(cli: Cli):
    put(cli, "one")
    cli("db", "backup", "copy.db")
    put(cli, "two")
    assert titles(cli) == {"Ferry one", "Ferry two"}
    done = cli("db", "restore", "copy.db", "--yes", "--json")
    assert done.status == 0
    assert titles(cli) == {"Ferry one"}
    assert titles(cli, done.json["kept"]) == {"Ferry one", "Ferry two"}
    put(cli, "three")  # and it is written to again
    assert titles(cli) == {"Ferry one", "Ferry three"}
    assert Path("copy.db").exists()


def test_restoring_asks_first_and_in_a_pipe_wants_it_said(cli: Cli):
    put(cli, "one")
    cli("db", "backup", "copy.db")
    done = cli("db", "restore", "copy.db")
    assert (done.status, done.code) == (2, "WTC-USE-022")


@pytest.mark.parametrize("sort", ["text", "foreign", "damaged", "newer", "missing", "itself"])
def test_what_is_no_good_copy_is_refused_and_nothing_is_changed(cli: Cli, sort: str):
    put(cli, "one")
    bad = Path("bad.db")
    if sort == "text":
        bad.write_text("no database at all, but long enough to be looked at" * 20)
    elif sort == "foreign":
        with closing(sqlite3.connect(bad)) as db:
            db.execute("CREATE TABLE other (a)")
    elif sort in {"damaged", "newer"}:
        cli("db", "backup", "bad.db")
        if sort == "newer":
            with closing(sqlite3.connect(bad)) as db:
                db.execute(f"PRAGMA user_version={SCHEMA_VERSION + 1}")
        else:
            raw = bytearray(bad.read_bytes())
            raw[4096 * 3 : 4096 * 12] = b"\xff" * 4096 * 9
            bad.write_bytes(raw)
    elif sort == "itself":
        bad = Path("watcher.db")
    before = Path("watcher.db").read_bytes()
    done = cli("db", "restore", bad, "--yes")
    assert done.status in {1, 69}
    assert done.err.startswith("error[WTC-")
    assert "hint:" in done.err
    assert Path("watcher.db").read_bytes() == before
    assert titles(cli) == {"Ferry one"}


def test_while_somebody_works_on_the_database_it_is_not_replaced(cli: Cli):
    put(cli, "one")
    cli("db", "backup", "copy.db")
    with closing(open_store(Path("watcher.db"))):
        assert cli("db", "restore", "copy.db", "--yes").status == 75
        assert cli("db", "vacuum").status == 75
        checked = cli("db", "check", "--json").json
        assert (checked["sound"], checked["index_checked"]) == (True, False)


def test_a_damaged_search_index_is_found_and_made_anew(cli: Cli):
    put(cli, "one", "two")
    assert cli("db", "check").out == "watcher.db is sound\n"
    with closing(sqlite3.connect("watcher.db")) as db:
        db.execute("DELETE FROM article_text_data WHERE id > 10")
        db.commit()
    done = cli("db", "check")
    assert (done.status, done.out.startswith("damaged: ")) == (5, True)
    assert "--repair" in done.err
    mended = cli("db", "check", "--repair", "--json")
    assert (mended.status, mended.json["reindexed"], mended.json["sound"]) == (0, 2, True)
    assert titles(cli) == {"Ferry one", "Ferry two"}


def older(path: Path) -> None:
    """A file of the schema before today's, with a feed in it."""
    with closing(sqlite3.connect(path, isolation_level=None)) as db:
        db.execute(f"PRAGMA application_id={connect.APPLICATION_ID}")
        migrations.migrations.apply(Database(db), stop_before="0002_polling")
        db.execute(
            "INSERT INTO feed (feed, url, fetch_url, wanted, state, due_at) VALUES"
            " ('f_1', 'https://a.example/f', 'https://a.example/f',"
            """ '{"feed": "f_1", "url": "https://a.example/f"}', 'active', 0)"""
        )


def test_a_migration_makes_a_copy_first_and_the_copy_is_what_was(cli: Cli):
    older(Path("watcher.db"))
    done = cli("db", "migrate", "--json")
    assert (done.json["before"], done.json["after"]) == (1, SCHEMA_VERSION)
    with closing(sqlite3.connect(done.json["copy"])) as db:
        assert db.execute("PRAGMA user_version").fetchone() == (1,)
        assert db.execute("SELECT feed FROM feed").fetchall() == [("f_1",)]
    assert cli("db", "check").status == 0
    assert "nothing to do" in cli("db", "migrate").out
    assert cli("db", "restore", done.json["copy"], "--yes").status == 0
    again = cli("db", "migrate", "--json").json  # and the way can be gone again, with its own copy
    assert again["before"] == 1
    assert again["copy"] != done.json["copy"]


def test_once_migrates_by_itself_with_a_copy_and_a_newer_file_is_refused(cli: Cli, config: Path):
    older(Path("watcher.db"))
    assert cli("once").status == 0
    assert Path("watcher.db.schema1").exists()
    with closing(sqlite3.connect("watcher.db")) as db:
        db.execute(f"PRAGMA user_version={SCHEMA_VERSION + 1}")
    for command in ("migrate", "check", "backup", "vacuum"):
        done = cli("db", command)
        assert (done.status, done.code) == (69, "WTC-DB-006"), command


def test_where_no_copy_can_be_made_nothing_is_migrated(cli: Cli):
    older(Path("watcher.db"))
    Path(".watcher.db.schema1.part").mkdir()  # nothing can be written under this name
    done = cli("db", "migrate")
    assert (done.status, done.code) == (69, "WTC-DB-011")
    with closing(sqlite3.connect("watcher.db")) as db:
        assert db.execute("PRAGMA user_version").fetchone() == (1,)


def test_room_that_is_not_used_is_given_back(cli: Cli):
    put(cli, *map(str, range(40)))
    with closing(sqlite3.connect("watcher.db")) as db:
        db.execute("CREATE TABLE filler AS SELECT randomblob(1000000) AS x")
        db.execute("DROP TABLE filler")
        db.commit()
    done = cli("db", "vacuum", "--json").json
    assert done["after"] < done["before"]
    assert titles(cli)


@pytest.mark.parametrize("command", [["backup"], ["check"], ["migrate"], ["vacuum"]])
def test_without_a_database_every_command_says_what_makes_one(cli: Cli, command: list[str]):
    done = cli("db", *command)
    assert (done.status, done.code) == (69, "WTC-DB-001")
    assert not Path("watcher.db").exists()
