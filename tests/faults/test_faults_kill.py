"""A kill -9 of the daemon at a random moment of the newsroom's days changes nothing in the end.

One undisturbed run is the measure. Every killed run starts on an empty database with the same
ports (addresses are part of the ids), is killed once, started again, and must end with the same
rows, tell the receivers the same ids, each with one payload, and repeat on the wire at most what
was in flight.
"""

from __future__ import annotations

import json
import os
import random
import re
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from watcher.demo.newsroom import Newsroom
from watcher.demo.play import SECRET
from watcher.demo.receivers import HookReceiver, MailReceiver
from watcher.demo.site import NewsroomSite
from watcher.pipeline.works import DELIVER_WIDTH

KILLS = int(os.environ.get("WATCHER_KILLS", "10"))
PATIENCE = 60.0  # seconds for a day to come to rest

# Times and counts of work, and what numbers rows in order of work.
WORK = {
    "feed": {
        *("polls", "failures", "interval", "last_poll", "lag", "why", "due_at", "lease_until"),
        *("memory", "reasons"),
    }
    | {"lease_token"},
    "entry": {"first_seen", "attempts", "due_at", "lease_until", "lease_token"},
    "article": {"first_seen", "placed_at"},
    "revision": {"seen_at"},
    "story_article": {"decided_at", "story", "why"},
    "match": {"at"},
    "alert": {"id", "at", "story", "decision", "reason"},
    "topic_version": {"since"},
}
SAME = ("article_url", "article_feed", "link", "print", "topic")


@dataclass
class Air:
    """The newsroom and its receivers, on ports that stay."""

    site: NewsroomSite
    hooks: HookReceiver
    mails: MailReceiver

    def config(self, folder: Path) -> Path:
        (folder / "hook.secret").write_text(SECRET)
        path = folder / "config.yaml"
        newsroom = self.site.newsroom
        feeds = [
            {"url": self.site.bases[key] + outlet.feed, "title": outlet.name, "every": "1s"}
            for key, outlet in newsroom.outlets.items()
        ]
        text = newsroom.config_text(
            self.site.bases,
            hook=self.hooks.url,
            secret_file="hook.secret",
            smtp_port=self.mails.port,
            changes={"feeds": feeds, "alerts": {"backlog": "all"}},
        )
        path.write_text(text)
        return path


WISHES = re.compile(r"<(ttl|sy:\w+)>[^<]*</\1>")


def impatient(folder: Path) -> Newsroom:
    """The newsroom without its publishers' wishes to be asked once an hour."""
    shutil.copytree(Newsroom.find().folder, folder)
    for feed in folder.rglob("*.xml"):
        feed.write_text(WISHES.sub("", feed.read_text()))
    return Newsroom(folder)


@pytest.fixture(scope="module")
def air(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Air]:
    newsroom = impatient(tmp_path_factory.mktemp("newsroom") / "copy")
    with (
        NewsroomSite(newsroom) as site,
        HookReceiver(SECRET) as hooks,
        MailReceiver() as mails,
    ):
        yield Air(site, hooks, mails)


@dataclass
class Ending:
    tables: dict[str, list[Any]]
    hooks: list[tuple[str, bytes]]
    mails: list[bytes]
    seconds: float


def play(air: Air, folder: Path, kill_after: float | None = None) -> Ending:
    """Plays all days; with `kill_after`, kills the daemon that many seconds into them."""
    config = air.config(folder)
    air.hooks.hooks.clear()
    air.mails.raw.clear()
    air.site.play(1)
    daemon = Daemon(config, kill_after)
    try:
        for day in range(1, len(air.site.newsroom.days) + 1):
            air.site.play(day)
            at_rest(folder / "watcher.db", daemon)
    finally:
        daemon.stop()
    return Ending(
        tables(folder / "watcher.db"),
        [(hook.id, hook.body) for hook in air.hooks.hooks],
        list(air.mails.raw),
        time.monotonic() - daemon.began,
    )


class Daemon:
    """`watcher run` as a process of its own, killed once at its hour."""

    def __init__(self, config: Path, kill_after: float | None) -> None:
        self.config = config
        self.kill_after = kill_after
        self.began = time.monotonic()
        self.process = self.start()

    def start(self) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            [sys.executable, "-m", "watcher", "run", "-c", str(self.config)],
            stdout=subprocess.DEVNULL,
            stderr=(self.config.parent / "daemon.log").open("ab"),
        )

    def tend(self) -> None:
        """Kills when it is time; and says so where the daemon ended by itself."""
        if self.kill_after is not None and time.monotonic() - self.began >= self.kill_after:
            self.kill_after = None
            self.process.send_signal(signal.SIGKILL)
            self.process.wait()
            self.process = self.start()
        log = self.config.parent / "daemon.log"
        assert self.process.poll() is None, log.read_text()

    def stop(self) -> None:
        self.process.terminate()
        assert self.process.wait(20) == 143


def at_rest(path: Path, daemon: Daemon) -> None:
    """Returns when every feed was polled twice from now on and nothing is left to do."""
    end = time.monotonic() + PATIENCE
    since = time.time_ns() // 1000
    while time.monotonic() < end:
        daemon.tend()
        time.sleep(0.05)
        if daemon.kill_after is None and path.exists() and rested(path, since):
            return
    log = daemon.config.parent / "daemon.log"
    pytest.fail(f"no rest after {PATIENCE} s:\n{log.read_text()[-3000:]}")


def rested(path: Path, since: int) -> bool:
    question = """
        SELECT (SELECT min(n) FROM (SELECT count(poll.id) AS n FROM feed LEFT JOIN poll
                  ON poll.feed = feed.feed AND poll.at > ? GROUP BY feed.feed)) >= 2
           AND NOT EXISTS (SELECT 1 FROM entry WHERE due_at IS NOT NULL)
           AND NOT EXISTS (SELECT 1 FROM delivery WHERE state = 'due')
    """
    try:
        db = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
        try:
            return bool(db.execute(question, (since,)).fetchone()[0])
        finally:
            db.close()
    except sqlite3.OperationalError:  # not made yet
        return False


def tables(path: Path) -> dict[str, list[Any]]:
    """Every table's rows without the columns that tell of the work itself, in one order."""
    db = sqlite3.connect(path)
    db.row_factory = sqlite3.Row
    found = {}
    for table in (*WORK, *SAME):
        left_out = WORK.get(table, set())
        rows = [
            {name: plain(name, row[name]) for name in set(row.keys()) - left_out}
            for row in db.execute(f"SELECT * FROM {table}")
        ]
        if table == "story_article":
            # Which reports are found to be on one event can depend on who came first; who is a
            # copy of whom cannot.
            rows = [row for row in rows if row["role"] == "copy"]
        found[table] = sorted(rows, key=lambda row: json.dumps(row, default=str, sort_keys=True))
    owed = db.execute("SELECT delivery, channel, alert FROM delivery WHERE state = 'done'")
    found["owed"] = [tuple(row) for row in owed]
    raised = db.execute(
        "SELECT alert, topic.channels FROM alert JOIN topic USING (topic)"
        " WHERE decision = 'raised' AND kind = 'match'"
    )
    found["raised"] = [
        (row["alert"], channel) for row in raised for channel in json.loads(row["channels"])
    ]
    db.close()
    return found


def plain(name: str, value: Any) -> object:
    """A feed's hits fade with the time between its polls; how many there were is the same."""
    if name == "hits":
        return round(value)
    return value.hex() if isinstance(value, bytes) else value


def by_id(told: list[tuple[str, bytes]]) -> dict[str, set[bytes]]:
    found: dict[str, set[bytes]] = {}
    for ident, body in told:
        found.setdefault(ident, set()).add(body)
    return found


def mail_ids(mails: list[bytes]) -> list[tuple[str, bytes]]:
    def ident(raw: bytes) -> str:
        line = next(line for line in raw.splitlines() if line.startswith(b"Message-ID:"))
        return line.decode()

    return [(ident(raw), raw) for raw in mails]


@pytest.fixture(scope="module")
def undisturbed(air: Air, tmp_path_factory: pytest.TempPathFactory) -> Ending:
    return play(air, tmp_path_factory.mktemp("undisturbed"))


def test_an_undisturbed_run_tells_each_thing_once(undisturbed: Ending) -> None:
    assert undisturbed.tables["article"]
    assert undisturbed.hooks
    assert undisturbed.mails
    assert max(Counter(ident for ident, _ in undisturbed.hooks).values()) == 1
    assert max(Counter(ident for ident, _ in mail_ids(undisturbed.mails)).values()) == 1


@pytest.mark.parametrize("number", range(KILLS))
def test_a_kill_at_a_random_moment_changes_nothing_in_the_end(
    number: int, air: Air, undisturbed: Ending, tmp_path: Path
) -> None:
    seed = int(os.environ.get("WATCHER_KILL_SEED", time.time_ns() % 1_000_000)) + number
    moment = random.Random(seed).uniform(0.2, max(1.0, undisturbed.seconds - 1.0))
    note = f"seed {seed}, killed after {moment:.3f} s"

    killed = play(air, tmp_path, kill_after=moment)

    for table, rows in undisturbed.tables.items():
        if table not in {"owed", "raised"}:
            assert killed.tables[table] == rows, f"{table}: {note}"
    owed = killed.tables["owed"]
    assert sorted((alert, channel) for _, channel, alert in owed) == sorted(
        killed.tables["raised"]
    ), note
    same_told(killed.hooks, {ident for ident, channel, _ in owed if channel == "hook"}, note)
    mails = [(ident.partition("<")[2].partition("@")[0], raw) for ident, raw in told(killed)]
    same_told(mails, {ident for ident, channel, _ in owed if channel == "desk"}, note)


def told(ending: Ending) -> list[tuple[str, bytes]]:
    return mail_ids(ending.mails)


def same_told(came: list[tuple[str, bytes]], wanted: set[str], note: str) -> None:
    """All that is owed came, nothing else, and again only what a kill may repeat."""
    found = by_id(came)
    assert set(found) == wanted, note
    assert all(len(bodies) == 1 for bodies in found.values()), note
    assert len(came) - len(found) <= DELIVER_WIDTH, note
