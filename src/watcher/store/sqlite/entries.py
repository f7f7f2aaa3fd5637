"""Entries whose page is wanted."""

from __future__ import annotations

from sqlite3 import Connection

from watcher.model.feed import EntryJob
from watcher.model.when import Micros
from watcher.store.sqlite import merge
from watcher.store.sqlite.codec import clean, dump, load_entry
from watcher.store.sqlite.feeds import state_of

# Oldest publication first, so that what was written first is stored first.
ORDER = "coalesce(entry.published_at, entry.first_seen), entry.entry"

CLAIM = f"""
UPDATE entry SET lease_until = :until, lease_token = :token WHERE entry IN (
    SELECT entry FROM entry
    WHERE due_at <= :now AND (lease_token IS NULL OR lease_until <= :now)
    ORDER BY {ORDER} LIMIT :limit)
RETURNING entry
"""

CLAIMED = f"""
SELECT feed.*, entry.entry AS entry_id, entry.stated, entry.first_seen, entry.attempts,
       entry.changed, entry.article, entry.broken
FROM entry JOIN feed USING (feed)
WHERE entry.entry IN (SELECT value FROM json_each(?)) ORDER BY {ORDER}
"""

LEASED = "SELECT 1 FROM entry WHERE entry = ? AND lease_token = ?"

DEFER = """
UPDATE entry SET due_at = :due, attempts = attempts + :tried, error_code = :code,
    error_message = :message, lease_until = 0, lease_token = NULL
WHERE entry = :entry AND lease_token = :token
"""

SETTLE = """
UPDATE entry SET due_at = :due, article = :article, attempts = attempts + :more, changed = 0,
    error_code = CASE WHEN :more OR broken_by IS NOT NULL THEN error_code END,
    error_message = CASE WHEN :more OR broken_by IS NOT NULL THEN error_message END,
    broken = CASE WHEN :more OR broken_by IS NOT NULL THEN broken ELSE 0 END,
    lease_until = 0, lease_token = NULL
WHERE entry = :entry
"""


def claim(db: Connection, now: Micros, until: Micros, token: str, limit: int) -> list[EntryJob]:
    asked = {"now": now, "until": until, "token": token, "limit": limit}
    leased = [row["entry"] for row in db.execute(CLAIM, asked)]
    rows = db.execute(CLAIMED, (dump(leased),)).fetchall() if leased else []
    also = merge.also(db, {row["feed"] for row in rows})
    return [
        EntryJob(
            entry=load_entry(row["stated"]),
            feed=state_of(row, also.get(row["feed"], ())),
            token=token,
            first_seen=row["first_seen"],
            attempts=row["attempts"],
            has_article=row["article"] is not None,
            changed=bool(row["changed"]),
            broken=row["broken"],
        )
        for row in rows
    ]


def leased(db: Connection, job: EntryJob) -> bool:
    return db.execute(LEASED, (job.entry.entry, job.token)).fetchone() is not None


def defer(
    db: Connection, job: EntryJob, due: Micros | None, code: str, message: str, tried: bool
) -> bool:
    facts = {
        "entry": job.entry.entry,
        "token": job.token,
        "due": due,
        "code": code,
        "tried": tried,
        "message": clean(message),
    }
    return db.execute(DEFER, facts).rowcount == 1


def settle(db: Connection, job: EntryJob, article: str, due: Micros | None) -> None:
    """The entry became (part of) an article; with `due` its page is still wanted then."""
    facts = {"entry": job.entry.entry, "article": article, "due": due, "more": due is not None}
    db.execute(SETTLE, facts)
