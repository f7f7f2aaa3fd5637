"""`doctor` finds what is wrong, says what mends it, and monitors can read it."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path

import pytest
from tests.cli.support import Cli, Result, write
from tests.support.site import Reply, Site

from watcher.daemon.doctor_net import _clock
from watcher.store.sqlite.inspect import has_wal_bug


def found(done: Result, check: str) -> list[dict]:
    return [one for one in done.json["findings"] if one["check"] == check]


def test_a_good_setup_is_healthy_and_every_finding_that_is_not_ok_has_a_fix(cli: Cli):
    assert cli("init", "--topic", "t=ferry").status == 0
    done = cli("doctor", "--offline", "--json")
    assert (done.status, done.json["healthy"]) == (0, True)
    for one in done.json["findings"]:
        assert set(one) == {"check", "level", "message", "fix"}
        assert (one["fix"] is None) == (one["level"] == "ok")
    assert {one["check"] for one in done.json["findings"]} >= {
        *("config", "disk", "database", "sqlite", "clock", "daemon", "lateness", "outbox"),
    }


def test_in_words_a_finding_stands_beside_its_fix(cli: Cli):
    cli("init")
    done = cli("doctor", "--offline")
    assert "note     daemon        not running\n" in done.out
    assert "fix: `watcher run`" in done.out
    assert done.err == "nothing is wrong\n"


def test_a_broken_config_is_a_finding_with_its_line(cli: Cli, tmp_path: Path):
    (tmp_path / "config.yaml").write_text("feeds: []\nnonsense: 1\n")
    done = cli("doctor", "--offline", "--json")
    (one,) = found(done, "config")
    assert (done.status, one["level"]) == (5, "error")
    assert "config.yaml:2" in one["message"]


def test_a_secret_that_cannot_be_read_is_an_error(cli: Cli, tmp_path: Path):
    hook = {"type": "webhook", "url": "https://example.org/h", "secret": {"file": "gone"}}
    write(tmp_path / "config.yaml", channels={"hook": hook})
    cli("search", "x")
    done = cli("doctor", "--offline", "--json")
    assert (done.status, found(done, "secrets")[0]["level"]) == (5, "error")


def test_without_a_database_it_says_what_makes_one(cli: Cli, config: Path):
    done = cli("doctor", "--offline", "--json")
    (one,) = found(done, "database")
    assert (done.status, one["level"]) == (5, "error")
    assert "watcher once" in one["fix"]


def test_a_newer_database_is_told_as_such(cli: Cli, config: Path, tmp_path: Path):
    cli("once")
    with sqlite3.connect(tmp_path / "watcher.db") as db:
        db.execute("PRAGMA user_version=99")
    (one,) = found(cli("doctor", "--offline", "--json"), "database")
    assert "newer watcher" in one["message"]


def test_a_failing_feed_is_told_in_plain_words(cli: Cli, tmp_path: Path, site: Site):
    site.routes = {"/feed": 404}
    write(tmp_path / "config.yaml", site.url("/feed"))
    cli("once")
    done = cli("doctor", "--offline", "--json")
    (one,) = found(done, "feed")
    assert one["level"] == "warning"
    assert site.url("/feed") in one["message"]
    assert one["fix"]
    assert done.status == 0
    assert cli("doctor", "--offline", "--strict").status == 5


def test_damage_of_the_search_index_is_seen(cli: Cli, tmp_path: Path):
    line = {"id": "1", "title": "Ferry", "body": "The ferry left at noon. " * 9}
    (tmp_path / "a.jsonl").write_text(json.dumps(line) + "\n")
    assert cli("import", "articles", "a.jsonl").status == 0
    assert found(cli("doctor", "--offline", "--json"), "search index") == []
    with sqlite3.connect(tmp_path / "watcher.db") as db:
        db.execute("DELETE FROM article_text_data WHERE id > 10")
    done = cli("doctor", "--offline", "--json")
    assert done.status == 5
    assert "damaged" in (found(done, "search index") + found(done, "database"))[0]["message"]


def test_an_article_that_is_missing_in_the_index_is_seen(cli: Cli, tmp_path: Path):
    line = {"id": "1", "title": "Ferry", "body": "The ferry left at noon. " * 9}
    (tmp_path / "a.jsonl").write_text(json.dumps(line) + "\n")
    cli("import", "articles", "a.jsonl")
    with sqlite3.connect(tmp_path / "watcher.db") as db:
        db.execute("DELETE FROM article_text")
    (one,) = found(cli("doctor", "--offline", "--json"), "search index")
    assert "1 articles, but 0" in one["message"]


def test_a_clock_behind_what_is_stored_is_an_error(cli: Cli, config: Path, tmp_path: Path):
    cli("once")
    with sqlite3.connect(tmp_path / "watcher.db") as db:
        db.execute("INSERT OR REPLACE INTO meta VALUES ('last', '4102444800000000')")
    done = cli("doctor", "--offline", "--json")
    assert (done.status, found(done, "clock")[0]["level"]) == (5, "error")


def test_what_waits_to_be_sent_for_long_is_told_with_its_age(cli: Cli, config: Path, db: Path):
    done = cli("doctor", "--offline", "--json", "-c", config, "--db", db)
    (waits,) = found(done, "outbox")
    assert (waits["level"], waits["message"][:31]) == ("warning", "1 deliveries wait, the oldest f")
    (late,) = found(done, "lateness")
    assert (late["level"], "start the daemon" in late["fix"]) == ("warning", True)


@pytest.mark.parametrize("answers", [True, False])
def test_webhooks_are_reached_without_a_request(cli: Cli, tmp_path: Path, site: Site, answers):
    url = site.url("/hook") if answers else "http://127.0.0.1:9/hook"
    hook = {"type": "webhook", "url": url, "secret": {"env": "HOOK"}}
    cli._patch.setenv("HOOK", "whsec_" + "QUJD" * 10)
    net = {"allow": ["127.0.0.1"], "allow_post": ["127.0.0.1"], "ports": ["1-65535"]}
    write(tmp_path / "config.yaml", channels={"hook": hook}, net=net)
    cli("once")
    done = cli("doctor", "--json")
    (one,) = found(done, "webhook")
    assert (one["level"], done.status) == (("ok", 0) if answers else ("error", 5))
    assert site.requests == []


def test_a_mail_server_that_is_not_there_is_an_error_with_its_fix(cli: Cli, tmp_path: Path):
    write(
        tmp_path / "config.yaml",
        channels={"desk": {"type": "email", "to": ["a@example.org"]}},
        email={"host": "127.0.0.1", "port": 9, "sender": "w@example.org"},
    )
    cli("once")
    (one,) = found(cli("doctor", "--json"), "mail")
    assert one["level"] == "error"
    assert "127.0.0.1:9" in one["message"]
    assert "email:" in one["fix"]


def test_a_clock_that_others_contradict_is_told(cli: Cli, tmp_path: Path, site: Site):
    import anyio

    from watcher.config.load import load

    site.routes = {"/robots.txt": Reply("", headers={"Date": "Wed, 01 Jan 2020 00:00:00 GMT"})}
    settings = load(write(tmp_path / "config.yaml", site.url("/feed")))
    (one,) = anyio.run(_clock, settings, 1_577_836_800_000_000 + 3_600_000_000)
    assert (one.level, "3600 s ahead of" in one.message) == ("warning", True)
    (one,) = anyio.run(_clock, settings, 1_577_836_800_000_000)
    assert one.level == "ok"


@pytest.mark.parametrize(
    ("version", "bug"),
    [
        *(("3.6.23", False), ("3.7.0", True), ("3.40.1", True), ("3.44.5", True)),
        *(("3.44.6", False), ("3.45.0", True), ("3.50.6", True), ("3.50.7", False)),
        *(("3.51.2", True), ("3.51.3", False), ("3.52.0", False)),
    ],
)
def test_versions_of_sqlite_with_the_wal_reset_bug_are_known(version: str, bug: bool):
    assert has_wal_bug(version) is bug
