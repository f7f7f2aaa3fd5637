"""Hosts that are left alone, and feeds whose failure was not theirs."""

from __future__ import annotations

from collections.abc import Sequence
from sqlite3 import Connection

from watcher.model.feed import Pause
from watcher.model.when import Micros
from watcher.store.sqlite.codec import clean

PAUSE = """
INSERT INTO host (host, paused_until, why, since, firm)
VALUES (:host, :until, :why, :now, :firm)
ON CONFLICT (host) DO UPDATE SET
    why = excluded.why, firm = max(firm, excluded.firm),
    paused_until = max(paused_until, excluded.paused_until)
"""

OVER = "DELETE FROM host WHERE paused_until <= ?"

EXCUSE = """
UPDATE feed SET failures = max(0, failures - 1), due_at = min(due_at, :due),
    error_code = CASE WHEN failures > 1 THEN error_code END,
    error_message = CASE WHEN failures > 1 THEN error_message END,
    memory = CASE WHEN failures > 1 OR memory = '{}' THEN memory
                  ELSE json_set(memory, '$.failing_since', NULL, '$.hint', NULL) END,
    why = 'our own network was down: tried again soon'
WHERE feed = :feed AND failures > 0
"""


def pause(db: Connection, wanted: Pause, now: Micros) -> None:
    db.execute(OVER, (now,))
    facts = {
        "host": wanted.host,
        "until": wanted.until,
        "why": clean(wanted.why),
        "now": now,
        "firm": wanted.firm,
    }
    db.execute(PAUSE, facts)


def pauses(db: Connection, now: Micros) -> list[Pause]:
    rows = db.execute("SELECT * FROM host WHERE paused_until > ? ORDER BY host", (now,))
    return [Pause(row["host"], row["paused_until"], row["why"], bool(row["firm"])) for row in rows]


def answered(db: Connection, feed: str) -> None:
    """A good answer: what was only supposed of its host is over."""
    db.execute(
        "DELETE FROM host WHERE NOT firm AND host = (SELECT host FROM feed WHERE feed = ?)", (feed,)
    )


def turn_back(db: Connection, by: Micros, now: Micros) -> None:
    db.execute(
        "UPDATE host SET paused_until = max(:now, paused_until - :by) WHERE paused_until > :now",
        {"by": by, "now": now},
    )


def excuse(db: Connection, feeds: Sequence[str], due: Micros) -> None:
    db.executemany(EXCUSE, [{"feed": feed, "due": due} for feed in feeds])
