"""Alerts that wait to be told, and what is muted or snoozed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from sqlite3 import Connection

from watcher.model.alert import Closing, Mute, Sent, Waiting
from watcher.model.when import DAY, Micros
from watcher.ports import WaitingDecider
from watcher.store.sqlite.codec import clean, dump

MOST = 2_000  # alerts of one way in one digest; the rest makes the next

INSERT = """
INSERT INTO waiting (alert, channel, topic, story, at, due_at, why, payload)
VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING
"""

DUE = """
SELECT topic, channel FROM waiting WHERE due_at <= ?
GROUP BY topic, channel ORDER BY min(due_at), topic, channel LIMIT ?
"""

ROWS = """
SELECT alert, channel, topic, story, at, due_at, why, payload FROM waiting
WHERE topic = ? AND channel = ? AND due_at <= ? ORDER BY at, alert LIMIT ?
"""

SENT = """
SELECT d.first_due, a.kind = 'digest' FROM delivery AS d JOIN alert AS a USING (alert)
WHERE d.topic = ? AND d.channel = ? AND d.first_due > ? ORDER BY d.first_due
"""

DROP = """
UPDATE alert SET decision = 'suppressed', reason = ?
WHERE alert = ? AND NOT EXISTS (SELECT 1 FROM waiting WHERE alert = ?)
  AND NOT EXISTS (SELECT 1 FROM delivery WHERE alert = ?)
"""

TURN_BACK = """
UPDATE waiting SET due_at = max(:now, due_at - :by) WHERE due_at > :now
"""

MUTE = """
INSERT INTO mute (thing, until, snooze, at, author) VALUES (?, ?, ?, ?, ?)
ON CONFLICT (thing) DO UPDATE SET until = excluded.until, snooze = excluded.snooze,
    at = excluded.at, author = excluded.author
"""

# What waited for a snooze that somebody ended is due now.
HEARD = """
UPDATE waiting SET due_at = min(due_at, :now)
WHERE why = 'snooze' AND (topic = :name OR story = :name)
"""


def insert(db: Connection, rows: Sequence[Waiting]) -> None:
    db.executemany(
        INSERT,
        [
            (one.alert, one.channel, one.topic, one.story, one.at, one.due_at, one.why,
             clean(one.payload))
            for one in rows
        ],
    )  # fmt: skip


def due(db: Connection, now: Micros, limit: int) -> list[tuple[str, str]]:
    return [(row[0], row[1]) for row in db.execute(DUE, (now, limit))]


def close(db: Connection, topic: str, channel: str, decide: WaitingDecider, now: Micros) -> Closing:
    rows = [Waiting(*row) for row in db.execute(ROWS, (topic, channel, now, MOST))]
    if not rows:
        return Closing()
    sent = [
        Sent(at, bool(digest)) for at, digest in db.execute(SENT, (topic, channel, now - 2 * DAY))
    ]
    made = decide(rows, sent, mutes(db))
    kept = {one.alert for one in made.keep}
    db.executemany(
        "UPDATE waiting SET due_at = ?, why = ? WHERE alert = ? AND channel = ?",
        [(one.due_at, one.why, one.alert, one.channel) for one in made.keep],
    )
    db.execute(
        "DELETE FROM waiting WHERE channel = ? AND alert IN (SELECT value FROM json_each(?))",
        (channel, dump([row.alert for row in rows if row.alert not in kept])),
    )
    db.executemany(DROP, [(clean(why), alert, alert, alert) for alert, why in made.dropped.items()])
    return made


def mutes(db: Connection) -> Mapping[str, Mute]:
    return {
        row["thing"]: Mute(
            row["thing"], row["until"], bool(row["snooze"]), row["at"], row["author"]
        )
        for row in db.execute("SELECT * FROM mute")
    }


def mute(db: Connection, one: Mute) -> None:
    facts = (clean(one.thing), one.until, one.snooze, one.at, clean(one.author))
    db.execute(MUTE, facts)


def unmute(db: Connection, thing: str, now: Micros) -> bool:
    """False: it was not muted or snoozed."""
    gone = db.execute("DELETE FROM mute WHERE thing = ?", (clean(thing),)).rowcount == 1
    if gone:
        db.execute(HEARD, {"name": clean(thing.partition(":")[2]), "now": now})
    return gone
