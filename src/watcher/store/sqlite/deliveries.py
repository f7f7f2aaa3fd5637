"""The outbox: deliveries that are due, and how their attempts ended."""

from __future__ import annotations

from collections.abc import Iterator
from sqlite3 import Connection

from watcher.model.alert import ChannelDecision, ChannelState, Delivery, DeliveryJob, Settlement
from watcher.model.when import Micros
from watcher.ports import ChannelDecider, RoomDecider
from watcher.store.sqlite import channels
from watcher.store.sqlite.codec import Row, clean, dump

# Each channel by itself, so that one that is slow or down keeps no other waiting, however much has
# gathered for it: a claim reads no more rows than a channel has room for.
TURN = """
SELECT delivery, due_at, id FROM delivery
WHERE channel = :channel AND state = 'due' AND due_at <= :now
  AND (lease_token IS NULL OR lease_until <= :now)
ORDER BY due_at, id LIMIT :room
"""
LEASED = """
SELECT count(*) FROM delivery
WHERE channel = ? AND lease_token IS NOT NULL AND lease_until > ?
"""
LEASE = """
UPDATE delivery SET lease_until = :until, lease_token = :token
WHERE delivery IN (SELECT value FROM json_each(:chosen))
"""

CLAIMED = """
SELECT d.*,
    (SELECT count(*) FROM attempt WHERE attempt.delivery = d.delivery) AS attempts,
    (SELECT f.delivery FROM delivery AS f
     WHERE f.topic = d.topic AND f.story = d.story AND f.channel = d.channel
     ORDER BY f.id LIMIT 1) AS first
FROM delivery AS d WHERE d.delivery IN (SELECT value FROM json_each(?)) ORDER BY d.due_at, d.id
"""

SETTLE = """
UPDATE delivery SET state = :state, due_at = :next_at, lease_until = 0, lease_token = NULL
WHERE delivery = :delivery AND lease_token = :token
"""

DELIVERY = """
INSERT INTO delivery (delivery, alert, topic, story, channel, payload, state, first_due, due_at)
VALUES (?, ?, ?, ?, ?, ?, 'due', ?, ?) ON CONFLICT (delivery) DO NOTHING
"""

# A replay is the same delivery again, from its first attempt on; its attempts are kept.
AGAIN = """
UPDATE delivery SET state = 'due', due_at = :now, lease_until = 0, lease_token = NULL
WHERE delivery = :delivery AND (lease_token IS NULL OR lease_until <= :now)
  AND (state <> 'done' OR :replay)
"""


def claim(
    db: Connection, now: Micros, until: Micros, token: str, limit: int, room: RoomDecider | None
) -> list[DeliveryJob]:
    turns = sorted(
        turn for one in channels.states(db) for turn in _turns(db, one, now, limit, room)
    )
    if not turns:
        return []
    chosen = dump([delivery for _, _, delivery in turns[:limit]])
    db.execute(LEASE, {"until": until, "token": token, "chosen": chosen})
    return [
        DeliveryJob(
            delivery=Delivery(
                row["delivery"],
                row["alert"],
                row["topic"],
                row["story"],
                row["channel"],
                row["payload"],
                row["due_at"],
            ),
            token=token,
            attempts=row["attempts"],
            first_due=row["first_due"],
            first_in_thread=_first(row),
        )
        for row in db.execute(CLAIMED, (chosen,))
    ]


def _first(row: Row) -> str | None:
    """A digest is of no story, and begins a thread of its own."""
    return None if row["first"] == row["delivery"] or not row["story"] else str(row["first"])


def _turns(
    db: Connection, one: ChannelState, now: Micros, limit: int, room: RoomDecider | None
) -> Iterator[tuple[Micros, int, str]]:
    free = limit
    if room is not None:
        free = min(limit, room(one) - db.execute(LEASED, (one.channel, now)).fetchone()[0])
    if free > 0:
        for row in db.execute(TURN, {"channel": one.channel, "now": now, "room": free}):
            yield row["due_at"], row["id"], row["delivery"]


def settle(
    db: Connection, job: DeliveryJob, settlement: Settlement, judge: ChannelDecider | None
) -> ChannelDecision | None:
    """None: the lease was lost, and nothing is stored."""
    facts = {
        "delivery": job.delivery.delivery,
        "token": job.token,
        "state": settlement.state,
        "next_at": settlement.next_at,
    }
    if db.execute(SETTLE, facts).rowcount != 1:
        return None
    attempt = settlement.attempt
    error = None if attempt.error is None else clean(attempt.error)
    db.execute(
        "INSERT INTO attempt (delivery, at, status, error, ms) VALUES (?, ?, ?, ?, ?)",
        (job.delivery.delivery, attempt.at, attempt.status, error, attempt.ms),
    )
    before = channels.state(db, job.delivery.channel)
    if judge is None:
        return ChannelDecision(before)
    made = judge(before)
    channels.store(db, made.state)
    return made


def insert(db: Connection, deliveries: tuple[Delivery, ...]) -> None:
    channels.know(db, {one.channel for one in deliveries})
    db.executemany(
        DELIVERY,
        [
            (
                one.delivery,
                one.alert,
                one.topic,
                one.story,
                one.channel,
                clean(one.payload),
                one.due_at,
                one.due_at,
            )
            for one in deliveries
        ],
    )


def again(db: Connection, delivery: str, now: Micros, *, replay: bool) -> bool:
    facts = {"delivery": delivery, "now": now, "replay": replay}
    return db.execute(AGAIN, facts).rowcount == 1
