"""A hundred thousand feeds in one SQLite file: registered, claimed, kept in time, and left alone.

The bars of the spec are seconds and stand beside the same work done by plain SQLite: rows of feed,
address and settings in a table with an index on the due time, and a ticker that leases what is due
(`UPDATE … RETURNING`) and puts it an hour off.
"""

from __future__ import annotations

import json
import signal
import sqlite3
import statistics
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from bench.harness import WATCHER, Figure, figure

FEEDS = 100_000
RATE = 30  # polls a second
TICKS = 120
RUNS = 3
IDLE = 20.0  # seconds
NOW = 1_790_000_000_000_000
SECOND = 1_000_000
HOUR = 3_600 * SECOND


def figures() -> Iterator[Figure]:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        ours, theirs = zip(*(_pair(folder / str(n)) for n in range(RUNS)), strict=True)
        for at, (title, bar, unit, ratio_bar) in enumerate(
            (
                ("100,000 feeds registered", 2.0, "seconds", 12.0),
                ("the same again, nothing changed", 2.0, "seconds", 2.5),
                ("claim of what is due, median", 5.0, "milliseconds", 8.0),
            )
        ):
            mine = [one[at] for one in ours]
            yield figure(title, "", unit, mine, bar=bar)
            pairs = [a[at] / b[at] for a, b in zip(ours, theirs, strict=True)]
            yield figure(f"{title} (ratio)", "plain SQLite", "wall", pairs, bar=ratio_bar)
        late = [one[3] for one in ours]
        yield figure("latest of all at 30 polls a second", "", "seconds late", late, bar=60.0)
        yield figure("daemon idle with 100,000 feeds", "", "% of a core", [_idle(folder)], bar=0.5)


Times = tuple[float, ...]


def _pair(folder: Path) -> tuple[Times, Times]:
    folder.mkdir()
    return _ours(folder / "ours.db"), _theirs(folder / "theirs.db")


def url(number: int) -> str:
    return f"https://host{number % 40_000}.example/feed/{number}"


def _ours(path: Path) -> Times:
    from watcher.model.feed import FeedSpec
    from watcher.model.ids import feed_id
    from watcher.store.sqlite.store import open_store

    specs = [FeedSpec(feed_id(url(n)), url(n)) for n in range(FEEDS)]
    store = open_store(path)
    new = _wall(lambda: store.sync_feeds(specs, NOW))
    again = _wall(lambda: store.sync_feeds(specs, NOW))
    _spread(store._db)
    taken, late = [], 0

    for tick in range(1, TICKS + 1):
        now = NOW + tick * SECOND
        start = time.perf_counter()
        jobs = store.claim_feeds(now, now + HOUR, f"tick {tick}", 64)
        taken.append(time.perf_counter() - start)
        late = max([late, *(now - job.state.due_at for job in jobs)])
        for job in jobs:
            store.commit_poll(job, _decision(now), now)
    store.close()
    return new, again, statistics.median(taken) * 1e3, late / SECOND


def _decision(now: int) -> Callable[..., object]:
    from watcher.model.feed import PollDecision

    made = PollDecision(
        "not_modified", now + HOUR, "as before", HOUR, '"tag"', None, None, status=304
    )
    return lambda job, known: made


def _theirs(path: Path) -> Times:
    db = sqlite3.connect(path, isolation_level=None)
    db.execute("PRAGMA journal_mode=WAL")
    db.execute("PRAGMA synchronous=FULL")
    db.execute("CREATE TABLE feed (feed TEXT PRIMARY KEY, url TEXT, wanted TEXT, due_at, lease)")
    db.execute("CREATE INDEX feed_due ON feed (due_at)")
    rows = [(f"feed-{n}", url(n), json.dumps({"url": url(n)}), NOW) for n in range(FEEDS)]

    def register() -> None:
        db.execute("BEGIN IMMEDIATE")
        db.executemany("INSERT OR REPLACE INTO feed VALUES (?, ?, ?, ?, 0)", rows)
        db.execute("COMMIT")

    new, again = _wall(register), _wall(register)
    _spread(db)
    taken = []
    for tick in range(1, TICKS + 1):
        now = NOW + tick * SECOND
        start = time.perf_counter()
        leased = db.execute(
            "UPDATE feed SET lease = 1 WHERE feed IN (SELECT feed FROM feed WHERE due_at <= ?"
            " AND lease = 0 ORDER BY due_at LIMIT 64) RETURNING feed, url, wanted",
            (now,),
        ).fetchall()
        taken.append(time.perf_counter() - start)
        put_off = [(now + HOUR, row[0]) for row in leased]
        db.executemany("UPDATE feed SET due_at = ?, lease = 0 WHERE feed = ?", put_off)
    db.close()
    return new, again, statistics.median(taken) * 1e3


def _spread(db: sqlite3.Connection) -> None:
    """As many feeds due each second as are polled."""
    db.execute(f"UPDATE feed SET due_at = {NOW} + rowid * 7919 % {FEEDS} * {SECOND // RATE}")


def _wall(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def _idle(folder: Path) -> float:
    """Per cent of a core that a daemon takes with 100,000 feeds, none of them due."""
    opml, database = folder / "feeds.opml", folder / "idle.db"
    outlines = "".join(f'<outline type="rss" xmlUrl="{url(n)}"/>' for n in range(FEEDS))
    opml.write_text(f'<opml version="2.0"><body>{outlines}</body></opml>', "utf-8")
    config = folder / "config.yaml"
    config.write_text(f"database: {database}\nfeeds: [{{opml: feeds.opml}}]\n", "utf-8")
    _register(config)
    daemon = subprocess.Popen(
        [WATCHER, "run", "-c", str(config)], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
    )
    try:
        assert daemon.stderr is not None
        if not any(line.strip() == b"ready" for line in daemon.stderr):
            raise RuntimeError("the daemon ended before it was ready")
        time.sleep(2)
        before = _cpu_of(daemon.pid)
        time.sleep(IDLE)
        return (_cpu_of(daemon.pid) - before) / IDLE * 100
    finally:
        daemon.send_signal(signal.SIGTERM)
        daemon.communicate()


def _register(config: Path) -> None:
    """Registers all, none of them due for an hour."""
    from watcher.config.load import load
    from watcher.store.sqlite.store import open_store

    settings = load(config)
    now = time.time_ns() // 1_000
    store = open_store(settings.database)
    store.sync_feeds(settings.feeds, now)
    store._db.execute("UPDATE feed SET due_at = ?, last_poll = ?, polls = 1", (now + HOUR, now))
    store.close()


def _cpu_of(pid: int) -> float:
    """CPU seconds that a process has taken."""
    facts = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(facts[11]) + int(facts[12])) / 100
