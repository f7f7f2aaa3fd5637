"""How each channel fares: written with every attempt, read before every claim."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from sqlite3 import Connection

from watcher.model.alert import ChannelState
from watcher.model.when import Micros
from watcher.store.sqlite.codec import Row, clean, optional

KNOWN = "INSERT INTO channel (channel) VALUES (?) ON CONFLICT DO NOTHING"

STATE = """
UPDATE channel SET failures = :failures, failing_since = :failing_since, last_ok = :last_ok,
    last_error = :last_error, open_until = :open_until, disabled_at = :disabled_at, why = :why
WHERE channel = :channel
"""


def know(db: Connection, names: Iterable[str]) -> None:
    db.executemany(KNOWN, [(clean(name),) for name in names])


def states(db: Connection) -> Iterator[ChannelState]:
    for row in db.execute("SELECT * FROM channel ORDER BY channel"):
        yield state_of(row)


def state(db: Connection, name: str) -> ChannelState:
    row = db.execute("SELECT * FROM channel WHERE channel = ?", (name,)).fetchone()
    return ChannelState(name) if row is None else state_of(row)


def store(db: Connection, one: ChannelState) -> None:
    know(db, [one.channel])
    db.execute(
        STATE,
        {
            "channel": one.channel,
            "failures": one.failures,
            "failing_since": one.failing_since,
            "last_ok": one.last_ok,
            "last_error": optional(one.last_error),
            "open_until": one.open_until,
            "disabled_at": one.disabled_at,
            "why": optional(one.why),
        },
    )


def enable(db: Connection, name: str, now: Micros) -> bool:
    """As if nothing had been sent on it yet; what waits is tried at once. False: not known."""
    found = db.execute("SELECT 1 FROM channel WHERE channel = ?", (name,)).fetchone()
    if found is None:
        return False
    store(db, ChannelState(name))
    db.execute(
        "UPDATE delivery SET due_at = min(due_at, ?) WHERE channel = ? AND state = 'due'",
        (now, name),
    )
    return True


def disable(db: Connection, name: str, why: str, now: Micros) -> None:
    know(db, [name])
    db.execute(
        "UPDATE channel SET disabled_at = ?, why = ? WHERE channel = ?", (now, clean(why), name)
    )


def state_of(row: Row) -> ChannelState:
    return ChannelState(
        channel=row["channel"],
        failures=row["failures"],
        failing_since=row["failing_since"],
        last_ok=row["last_ok"],
        last_error=row["last_error"],
        open_until=row["open_until"],
        disabled_at=row["disabled_at"],
        why=row["why"],
    )
