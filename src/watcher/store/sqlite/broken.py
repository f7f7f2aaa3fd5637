"""What broke our own code: counted, set aside, tried again."""

from __future__ import annotations

from sqlite3 import Connection
from typing import TYPE_CHECKING

from watcher.model.feed import BROKEN
from watcher.model.rows import BrokenRow
from watcher.store.sqlite.codec import clean

if TYPE_CHECKING:
    from watcher.model.feed import EntryJob
    from watcher.model.when import Micros

SHOWN = 50  # of one feed

COUNT = """
UPDATE entry SET broken = broken + 1, broken_stage = :stage, broken_by = :by,
    error_code = :code, error_message = :message,
    due_at = CASE WHEN :by IS NULL THEN due_at END
WHERE entry = :entry AND lease_token = :token
"""

# One more try: the next time that it breaks sets it aside again.
RETRY_ENTRIES = """
UPDATE entry SET due_at = :now, broken = broken - 1, broken_by = NULL
WHERE broken_by IS NOT NULL AND broken_by IS NOT :version AND (:feed IS NULL OR feed = :feed)
"""

RETRY_FEEDS = """
UPDATE feed SET due_at = :now
WHERE error_code = :code AND state = 'active' AND due_at > :now
  AND json_extract(memory, '$.broken_by') IS NOT :version AND (:feed IS NULL OR feed = :feed)
"""

OF_FEED = """
SELECT entry, url, title, broken_stage, error_code, error_message, broken, broken_by FROM entry
WHERE feed = ? AND broken_by IS NOT NULL ORDER BY first_seen DESC, entry LIMIT ?
"""


def count(
    db: Connection, job: EntryJob, stage: str, code: str, message: str, by: str | None
) -> bool:
    facts = {
        "entry": job.entry.entry,
        "token": job.token,
        "stage": stage,
        "code": code,
        "message": clean(message),
        "by": by,
    }
    return db.execute(COUNT, facts).rowcount == 1


def retry(db: Connection, now: Micros, version: str | None, feed: str | None) -> int:
    asked = {"now": now, "version": version, "feed": feed, "code": BROKEN}
    return sum(db.execute(query, asked).rowcount for query in (RETRY_ENTRIES, RETRY_FEEDS))


def of_feed(db: Connection, feed: str) -> tuple[BrokenRow, ...]:
    return tuple(BrokenRow(*row) for row in db.execute(OF_FEED, (feed, SHOWN)))
