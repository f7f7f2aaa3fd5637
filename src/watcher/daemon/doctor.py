"""`doctor`: what stands between the user and their alerts, each thing with what mends it."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

from watcher.errors import ConfigError, ConfigErrors, WatcherError
from watcher.model.health import DatabaseFacts, Finding
from watcher.model.when import HOUR, MINUTE, SECOND, Micros, rfc3339

if TYPE_CHECKING:
    from watcher.config.settings import Settings
    from watcher.model.rows import StatusRow

ALL = 1_000_000  # rows: every feed
MOST = 10  # feeds told one by one
LOW_DISK = 1_000_000_000  # bytes
CLOCK_OFF: Micros = MINUTE


def look(settings: Settings, now: Micros) -> Iterator[Finding]:
    """All that can be seen without a network, in the order in which it should be mended."""
    yield from _config(settings)
    yield from _disk(settings.database)
    try:
        facts, status = _read(settings.database, now)
    except WatcherError as error:
        yield Finding("database", "error", error.message, error.hint)
        return
    running = _running(settings.database)
    yield from _database(settings.database, facts)
    yield from _clock(facts, now)
    yield from _daemon(running, facts)
    yield from _feeds(status, running=running)
    yield from _moved(settings.database)
    yield from _outbox(facts, now, running=running)


def _read(database: Path, now: Micros) -> tuple[DatabaseFacts, StatusRow]:
    from watcher.app import open_reading
    from watcher.keeping import inspect_database

    facts = inspect_database(database, now)
    with closing(open_reading(database)) as reader:
        return facts, reader.status(now)


def _running(database: Path) -> bool:
    from watcher.daemon.client import ask

    return ask(database, {"do": "ping"}) is not None


def _config(settings: Settings) -> Iterator[Finding]:
    from watcher.app import read_secrets

    try:
        read_secrets(settings)
    except ConfigErrors as found:
        for one in found.problems:
            yield Finding("secrets", "error", one.message, one.hint)
        return
    except ConfigError as one:
        yield Finding("secrets", "error", one.message, one.hint)
        return
    if settings.path is None:
        yield Finding("config", "note", "there is no config.yaml here", "`watcher init` writes one")
        return
    for warning in settings.warnings:
        yield Finding("config", "warning", warning, "mend it in config.yaml")
    count = f"{len(settings.feeds)} feeds, {len(settings.topics)} topics"
    yield Finding("config", "ok", f"{settings.path} is good: {count}")
    yield from _wishes(settings)


def _wishes(settings: Settings) -> Iterator[Finding]:
    """What is no error, and yet leaves somebody untold."""
    if not settings.feeds:
        yield Finding(
            "feeds", "note", "there is no feed yet", "`watcher add URL` subscribes to one"
        )
    if settings.feeds and not settings.net.contact:
        yield Finding(
            "contact",
            "note",
            "publishers cannot reach you: net.contact is empty",
            "write an address that leads to you under `net:` as `contact:`",
        )
    untold = [one.topic for one in settings.topics if not one.channels]
    if untold:
        yield Finding(
            "topics",
            "note",
            f"nobody is told of {', '.join(untold[:MOST])}",
            "name channels under the topic, or look with `watcher alerts list`",
        )


def _disk(database: Path) -> Iterator[Finding]:
    folder = database.resolve().parent
    if not folder.is_dir():
        yield Finding(
            "disk",
            "error",
            f"the folder {folder} is not there",
            f"make it (`mkdir -p {folder}`), or name another `database:`",
        )
        return
    if not os.access(folder, os.W_OK):
        yield Finding(
            "disk",
            "error",
            f"the folder {folder} cannot be written to",
            "give this user the right to write there, or name another `database:`",
        )
    free = shutil.disk_usage(folder).free
    wal = database.with_name(database.name + "-wal")
    needed = 2 * max(16_000_000, wal.stat().st_size if wal.exists() else 0)
    told = f"{free / 1e9:,.1f} GB free in {folder}"
    fix = "make room, or move the database to another disk and change `database:`"
    if free < needed:
        yield Finding("disk", "error", f"{told}: too little for one more transaction", fix)
    elif free < LOW_DISK:
        yield Finding("disk", "warning", told, fix)
    else:
        yield Finding("disk", "ok", told)


def _database(database: Path, facts: DatabaseFacts) -> Iterator[Finding]:
    from watcher.keeping import sqlite_has_wal_bug

    integrity = facts.integrity
    for problem in integrity.structure:
        yield Finding(
            "database",
            "error",
            f"{database} is damaged: {problem}",
            "stop the daemon and take back the last good copy: `watcher db restore FILE`",
        )
    if integrity.orphans:
        yield Finding(
            "database",
            "error",
            f"{integrity.orphans} rows refer to rows that are not there",
            "take back the last good copy: `watcher db restore FILE`",
        )
    for problem in integrity.index:
        yield Finding("search index", "error", problem, "`watcher db check --repair` makes it anew")
    if integrity.sound:
        seen = "" if integrity.index_checked else " (the daemon holds it: the index was counted)"
        yield Finding("database", "ok", f"{database} is sound{seen}")
    if sqlite_has_wal_bug(facts.sqlite):
        yield Finding(
            "sqlite",
            "note",
            f"SQLite {facts.sqlite} can damage a file that two programs checkpoint at once",
            "watcher alone never does; let nothing else write to the file (no Litestream, no "
            "sqlite3 shell) before SQLite 3.51.3, 3.50.7 or 3.44.6",
        )
    else:
        yield Finding("sqlite", "ok", f"SQLite {facts.sqlite}")


def _clock(facts: DatabaseFacts, now: Micros) -> Iterator[Finding]:
    if facts.last is not None and facts.last > now + CLOCK_OFF:
        by = (facts.last - now) // SECOND
        yield Finding(
            "clock",
            "error",
            f"the machine's clock is {by} s behind what is stored ({rfc3339(facts.last)})",
            "set the clock (`timedatectl`); the next start brings what is due forward",
        )
        return
    yield Finding("clock", "ok", "the machine's clock is not behind what is stored")


def _daemon(running: bool, facts: DatabaseFacts) -> Iterator[Finding]:
    if running:
        yield Finding("daemon", "ok", "running")
    else:
        yield Finding(
            "daemon",
            "note",
            "not running",
            "`watcher run` (contrib/systemd has units), or `watcher once` from a timer",
        )
    if not facts.stuck:
        return
    held = ", ".join(f"{count} of {table}" for table, count in facts.stuck.items())
    if running:
        yield Finding(
            "leases",
            "error",
            f"work that was taken in hand is not finished: {held}",
            "restart the daemon, which takes them back; please report it",
        )
    else:
        yield Finding(
            "leases",
            "note",
            f"a process was killed at work: {held}",
            "nothing to do: the next `run` or `once` takes it up again",
        )


def _feeds(status: StatusRow, *, running: bool) -> Iterator[Finding]:
    late = status.feeds.get("late", 0)
    if late:
        yield Finding(
            "lateness",
            "error" if running else "warning",
            f"{late} feeds are late",
            "raise net.concurrency or poll.budget, or watch fewer feeds"
            if running
            else "start the daemon, or run `watcher once` more often",
        )
    else:
        yield Finding("lateness", "ok", "no feed is late")
    for one in status.failing[:MOST]:
        since = rfc3339(one.since - one.since % SECOND) if one.since else "its first poll"
        yield Finding(
            "feed",
            "warning",
            f"{one.url} fails since {since}: {one.message} ({one.code})",
            one.hint or f"`watcher feeds show {one.feed}` has the whole story",
        )
    if len(status.failing) > MOST:
        yield Finding(
            "feed",
            "warning",
            f"{status.feeds.get('failing', 0) - MOST} more feeds fail",
            "`watcher feeds list` shows them all",
        )
    if status.entries_broken:
        yield Finding(
            "entries",
            "warning",
            f"{status.entries_broken} entries broke a stage and were set aside",
            "`watcher feeds show FEED` names them; another version of watcher tries them again",
        )


def _moved(database: Path) -> Iterator[Finding]:
    """Addresses that were left for good: the file should say so too."""
    from watcher.app import open_reading

    with closing(open_reading(database)) as reader:
        rows = reader.feeds(limit=ALL).items
    for row in rows:
        if row.state == "active" and row.fetch_url != row.url:
            yield Finding(
                "feed",
                "note",
                f"{row.url} has moved to {row.fetch_url}",
                "write the new address in config.yaml, with the old one's history by "
                f"`id: {row.feed}`",
            )


def _outbox(facts: DatabaseFacts, now: Micros, *, running: bool) -> Iterator[Finding]:
    if facts.overdue:
        age = (now - (facts.oldest or now)) / HOUR
        yield Finding(
            "outbox",
            "error" if running else "warning",
            f"{facts.overdue} deliveries wait, the oldest for {age:.1f} h",
            "`watcher deliveries list --state due` says why; `watcher channels test NAME` tries"
            if running
            else "start the daemon, or run `watcher once`",
        )
    if facts.dead:
        yield Finding(
            "outbox",
            "warning",
            f"{facts.dead} deliveries were given up",
            "`watcher deliveries list --state dead` says why; "
            "`watcher deliveries retry ID` tries again",
        )
    if not facts.overdue and not facts.dead:
        yield Finding("outbox", "ok", "nothing waits to be sent for long")
