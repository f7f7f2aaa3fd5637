"""What goes wrong around a running watcher: a full disk, a busy or foreign database, a clock that
jumps, a config that breaks. It says so, goes on, and loses nothing."""

from __future__ import annotations

import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from tests.pipeline.conftest import HARBOUR, Watch, page, rss
from tests.support.site import Reply, Site

from watcher.config.load import load
from watcher.daemon.main import one_pass
from watcher.demo.play import Notes
from watcher.model.when import DAY, HOUR

PATIENCE = 30.0


@pytest.fixture
def site() -> Iterator[Site]:
    with Site() as running:
        yield running


@pytest.fixture
def watch(tmp_path: Path, site: Site) -> Watch:
    """One feed with one article, and a topic that it matches."""
    made = Watch(tmp_path)
    serve(site, 1)
    made.feed(site.url("/feed"), every="1s")
    made.topic("harbour", "harbour")
    made.sections["alerts"] = {"backlog": "all"}
    write(made)
    return made


def write(watch: Watch) -> None:
    (watch.folder / "config.yaml").write_text(json.dumps(watch.sections))


def serve(site: Site, count: int) -> None:
    items = [(f"/{n}", f"Harbour {n}", "Crews.") for n in range(count, 0, -1)]
    site.routes["/feed"] = Reply(rss(site, *items), type="application/rss+xml")
    for n in range(1, count + 1):
        words = (f"Part {n} of the report. {part}" for part in HARBOUR)
        site.routes[f"/{n}"] = page(f"Harbour {n}", *words, f"Number {n} ends here." * n)


def watcher(watch: Watch, *args: str) -> list[str]:
    return [sys.executable, "-m", "watcher", *args, "-c", str(watch.folder / "config.yaml")]


@contextmanager
def daemon(watch: Watch) -> Iterator[Path]:
    """`watcher run`, ready; yields its log. It must still run at the end, and end well."""
    log = watch.folder / "daemon.log"
    process = subprocess.Popen(
        watcher(watch, "run", "-v"),
        stdout=subprocess.DEVNULL,
        stderr=log.open("ab"),
    )
    try:
        until(lambda: "ready" in log.read_text(), log)
        yield log
        assert process.poll() is None, log.read_text()
    finally:
        process.send_signal(signal.SIGTERM)
        assert process.wait(20) == 143


def until(done: Callable[[], bool], log: Path) -> None:
    end = time.monotonic() + PATIENCE
    while not done():
        if time.monotonic() > end:
            pytest.fail(log.read_text()[-3000:])
        time.sleep(0.05)


def articles(watch: Watch) -> int:
    return len(watch.articles)


# a full disk


def test_a_full_disk_ends_a_pass_with_its_code_and_the_next_one_takes_it_up(
    watch: Watch, site: Site
) -> None:
    subprocess.run(watcher(watch, "once"), check=True, capture_output=True)
    held = articles(watch)
    serve(site, 40)
    blocks = (watch.folder / "watcher.db").stat().st_size // 1024

    done = subprocess.run(
        ["bash", "-c", f'ulimit -f {blocks} && exec "$@"', "-", *watcher(watch, "once", "--force")],
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode in {1, 69}, done.stderr
    assert "Traceback" not in done.stderr
    assert "WTC-DB-00" in done.stderr
    with closing(sqlite3.connect(watch.folder / "watcher.db")) as db:
        assert db.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    assert articles(watch) >= held
    subprocess.run(watcher(watch, "once", "--force"), check=True, capture_output=True)
    assert articles(watch) == 40


# a busy database


def test_a_daemon_outlives_a_database_that_another_program_keeps_busy(
    watch: Watch, site: Site
) -> None:
    with daemon(watch) as log:
        until(lambda: articles(watch) == 1, log)
        with closing(sqlite3.connect(watch.folder / "watcher.db", isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            serve(site, 2)
            until(lambda: "WTC-DB-009" in log.read_text(), log)
            other.execute("ROLLBACK")
        until(lambda: articles(watch) == 2, log)


@pytest.mark.parametrize("command", [("once",), ("run",), ("status",), ("search", "x")])
def test_a_newer_database_is_refused_and_left_alone(command: tuple[str, ...], watch: Watch) -> None:
    subprocess.run(watcher(watch, "once"), check=True, capture_output=True)
    path = watch.folder / "watcher.db"
    with closing(sqlite3.connect(path)) as db:
        db.execute("PRAGMA user_version = 99")
    before = path.read_bytes()
    done = subprocess.run(watcher(watch, *command), capture_output=True, text=True, check=False)
    assert done.returncode == 69
    assert "WTC-DB-006" in done.stderr
    assert "newer watcher" in done.stderr
    assert path.read_bytes() == before


# a clock that jumps


def test_a_clock_set_back_a_year_does_not_stop_the_polls(watch: Watch) -> None:
    year = 365 * DAY
    settings = load(watch.folder / "config.yaml")
    real = time.time_ns() // 1000
    one_pass(settings, Notes(), at=real + year)
    one_pass(settings, Notes())
    due = watch.feed_row(watch.sections["feeds"][0]["url"]).next_due
    assert due is not None
    assert due < real + HOUR


def test_a_clock_that_leaps_ahead_polls_each_feed_once(watch: Watch, site: Site) -> None:
    settings = load(watch.folder / "config.yaml")
    real = time.time_ns() // 1000
    one_pass(settings, Notes(), at=real)
    before = len(site.requests)
    tally = one_pass(settings, Notes(), at=real + 30 * DAY)
    assert tally.polls == 1
    assert [seen.path for seen in site.requests[before:]].count("/feed") == 1


# a config that changes while the daemon runs


def test_a_config_that_breaks_while_it_runs_stops_nothing(watch: Watch, site: Site) -> None:
    config = watch.folder / "config.yaml"
    good = config.read_text()
    with daemon(watch) as log:
        until(lambda: articles(watch) == 1, log)
        config.write_text("feeds: [\n")
        serve(site, 2)
        until(lambda: articles(watch) == 2, log)
        other = site.url("/feed2")
        site.routes["/feed2"] = Reply(rss(site, ("/9", "Harbour 9", "x")))
        refused = subprocess.run(
            watcher(watch, "add", other), capture_output=True, text=True, check=False
        )
        assert refused.returncode == 78
        assert config.read_text() == "feeds: [\n"
        config.write_text(good)
        site.routes["/9"] = page("Harbour 9", *reversed(HARBOUR))
        subprocess.run(watcher(watch, "add", other), check=True, capture_output=True)
        until(lambda: any(one.text.title == "Harbour 9" for one in watch.articles), log)


def test_a_feed_taken_out_and_put_back_keeps_its_history(watch: Watch, site: Site) -> None:
    settings = load(watch.folder / "config.yaml")
    one_pass(settings, Notes())
    feeds = watch.sections["feeds"]
    watch.sections["feeds"] = []
    watch.sections["poll"] = {}
    write(watch)
    one_pass(load(watch.folder / "config.yaml"), Notes())
    assert watch.feed_row(feeds[0]["url"]).state == "retired"
    assert articles(watch) == 1
    watch.sections["feeds"] = feeds
    watch.sections["poll"] = {"floor": "1s"}
    write(watch)
    tally = one_pass(load(watch.folder / "config.yaml"), Notes())
    assert (tally.polls, tally.new) == (1, 0)


# a worker that dies


def test_killed_workers_cost_no_article(watch: Watch, site: Site) -> None:
    with daemon(watch) as log:
        until(lambda: articles(watch) == 1, log)
        for count in range(2, 6):
            for worker in workers(log):
                os.kill(worker, signal.SIGKILL)
            serve(site, count)
            until(lambda count=count: articles(watch) == count, log)


def workers(log: Path) -> list[int]:
    """The daemon's child processes."""
    mine = [int(one) for one in children(os.getpid())]
    return [int(child) for parent in mine for child in children(parent)]


def children(pid: int) -> list[str]:
    done = subprocess.run(
        ["ps", "--ppid", str(pid), "-o", "pid="], capture_output=True, text=True, check=False
    )
    return done.stdout.split()
