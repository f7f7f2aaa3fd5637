"""The outbox: deliveries that are due, and how their attempts ended."""

from __future__ import annotations

from sqlite3 import Connection

from watcher.model.alert import Delivery, DeliveryJob, Settlement
from watcher.model.when import Micros
from watcher.store.sqlite.codec import clean, dump

CLAIM = """
UPDATE delivery SET lease_until = :until, lease_token = :token WHERE delivery IN (
    SELECT delivery FROM delivery
    WHERE state = 'due' AND due_at <= :now AND (lease_token IS NULL OR lease_until <= :now)
    ORDER BY due_at, id LIMIT :limit)
RETURNING delivery
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


def claim(db: Connection, now: Micros, until: Micros, token: str, limit: int) -> list[DeliveryJob]:
    asked = {"now": now, "until": until, "token": token, "limit": limit}
    leased = [row["delivery"] for row in db.execute(CLAIM, asked)]
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
            first_in_thread=None if row["first"] == row["delivery"] else row["first"],
        )
        for row in db.execute(CLAIMED, (dump(leased),))
    ]


def settle(db: Connection, job: DeliveryJob, settlement: Settlement) -> bool:
    facts = {
        "delivery": job.delivery.delivery,
        "token": job.token,
        "state": settlement.state,
        "next_at": settlement.next_at,
    }
    if db.execute(SETTLE, facts).rowcount != 1:
        return False
    attempt = settlement.attempt
    error = None if attempt.error is None else clean(attempt.error)
    db.execute(
        "INSERT INTO attempt (delivery, at, status, error, ms) VALUES (?, ?, ?, ?, ?)",
        (job.delivery.delivery, attempt.at, attempt.status, error, attempt.ms),
    )
    return True
