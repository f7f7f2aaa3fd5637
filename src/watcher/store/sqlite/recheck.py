"""Pages of stored articles that are looked at again: one row an article."""

from __future__ import annotations

from sqlite3 import Connection

from watcher.model.feed import FeedState
from watcher.model.recheck import Look, Looked, Neighbours, Plan, RecheckJob
from watcher.model.when import DAY, HOUR, Micros
from watcher.store.sqlite import follow, merge, view
from watcher.store.sqlite.codec import Row, clean, dump, load_entry, optional
from watcher.store.sqlite.feeds import state_of
from watcher.text.hosts import pause_key

# A new version: what was known of the page's answers and signs is of the one before.
PLAN = """
INSERT INTO recheck (article, url, host, feed, since, due_at, why)
VALUES (:article, :url, :host, :feed, :since, :due, :why)
ON CONFLICT (article) DO UPDATE SET url = excluded.url, host = excluded.host,
    feed = coalesce(excluded.feed, feed), since = excluded.since, due_at = excluded.due_at,
    why = excluded.why, etag = NULL, last_modified = NULL, validated_url = NULL, body_hash = NULL,
    failures = 0, sign = NULL, sign_why = NULL, sign_since = NULL, signs = 0,
    gone = NULL, gone_why = NULL, gone_at = NULL, lease_until = 0, lease_token = NULL
"""

END = "UPDATE recheck SET due_at = NULL, why = :why WHERE article = :article"

BUSY = """
SELECT count(*) FROM recheck WHERE asked_at > :since
UNION ALL SELECT count(*) FROM recheck WHERE lease_token IS NOT NULL AND lease_until > :now
"""

CLAIM = """
UPDATE recheck SET lease_until = :until, lease_token = :token WHERE article IN (
    SELECT article FROM recheck
    WHERE due_at <= :now AND (lease_token IS NULL OR lease_until <= :now)
      AND NOT EXISTS (SELECT 1 FROM host WHERE host.host = recheck.host AND paused_until > :now)
    ORDER BY due_at, article LIMIT :limit)
RETURNING *
"""

TOPICS = """
SELECT DISTINCT topic FROM match JOIN article USING (article)
WHERE match.article = ? AND match.revision = article.revision ORDER BY topic
"""

ENTRY = """
SELECT stated FROM entry WHERE article = ?1 AND (?2 IS NULL OR feed = ?2)
ORDER BY first_seen, entry LIMIT 1
"""

# Pages that are known to be gone say nothing of their host.
NEAR = """
SELECT count(*) FILTER (WHERE sign IS NULL AND looked_at >= :since) AS well,
       count(*) FILTER (WHERE sign IS NOT NULL) AS ill
FROM recheck WHERE host = :host AND article <> :article AND gone IS NULL
"""

KNOW = """
UPDATE recheck SET etag = :etag, last_modified = :last_modified, validated_url = :validated_url,
    body_hash = :body_hash WHERE article = :article
"""

SETTLE = """
UPDATE recheck SET etag = :etag, last_modified = :last_modified, validated_url = :validated_url,
    body_hash = :body_hash, since = :since, looked_at = :looked_at, asked_at = :asked_at,
    looks = :looks, failures = :failures, sign = :sign, sign_why = :sign_why,
    sign_since = :sign_since, signs = :signs, gone = :gone, gone_why = :gone_why,
    gone_at = :gone_at, why = :why, due_at = :due, lease_until = 0, lease_token = NULL
WHERE article = :article AND lease_token = :token
"""


def plan(db: Connection, article: str, url: str, feed: str | None, wanted: Plan | None) -> None:
    """What follows from a new version. None: the article is of no concern (any more)."""
    if wanted is None or wanted.due is None:
        why = "no topic is true on it" if wanted is None else wanted.why
        db.execute(END, {"article": article, "why": why})
        return
    db.execute(
        PLAN,
        {
            "article": article,
            "url": clean(url),
            "host": pause_key(url),
            "feed": feed,
            "since": wanted.since,
            "due": wanted.due,
            "why": wanted.why,
        },
    )


def claim(
    db: Connection, now: Micros, until: Micros, token: str, limit: int, hourly: float
) -> list[RecheckJob]:
    """Longest due first, and no more within an hour than `hourly`."""
    busy = sum(row[0] for row in db.execute(BUSY, {"since": now - HOUR, "now": now}))
    limit = min(limit, int(hourly) - busy)
    if limit <= 0:
        return []
    asked = {"now": now, "until": until, "token": token, "limit": limit}
    rows = sorted(
        db.execute(CLAIM, asked).fetchall(), key=lambda row: (row["due_at"], row["article"])
    )
    return [job for row in rows if (job := _job(db, row, token, now)) is not None]


def _job(db: Connection, row: Row, token: str, now: Micros) -> RecheckJob | None:
    stored = view.stored(db, row["article"])
    if stored is None:
        return None
    held = db.execute("SELECT * FROM feed WHERE feed = ?", (row["feed"],)).fetchone()
    also = merge.also(db, {row["feed"]} if held else set())
    feed = None if held is None else state_of(held, also.get(row["feed"], ()))
    entry = db.execute(ENTRY, (row["article"], row["feed"])).fetchone()
    feeds, tags = follow.owners(db, row["article"])
    return RecheckJob(
        look=load(row),
        stored=stored,
        token=token,
        topics=tuple(one[0] for one in db.execute(TOPICS, (row["article"],))),
        feed=feed,
        entry=None if entry is None else load_entry(entry["stated"]),
        neighbours=_near(db, row, feed, now),
        watched=held is None or held["state"] != "retired",
        feeds=tuple(feeds),
        tags=tuple(tags),
        names=follow.names(db, dump(feeds)),
    )


def _near(db: Connection, row: Row, feed: FeedState | None, now: Micros) -> Neighbours:
    since = now - DAY if row["sign_since"] is None else row["sign_since"]
    asked = {"host": row["host"], "article": row["article"], "since": since}
    near = db.execute(NEAR, asked).fetchone()
    beside = feed is not None and pause_key(feed.fetch_url) == row["host"]
    if feed is None or not beside:
        return Neighbours(near["well"], near["ill"])
    polled = feed.failures == 0 and (feed.last_poll or 0) >= since
    return Neighbours(near["well"] + polled, near["ill"], feed.failures > 0)


def load(row: Row) -> Look:
    return Look(
        article=row["article"],
        url=row["url"],
        since=row["since"],
        why=row["why"],
        due=row["due_at"],
        feed=row["feed"],
        etag=row["etag"],
        last_modified=row["last_modified"],
        validated_url=row["validated_url"],
        body_hash=row["body_hash"],
        looked_at=row["looked_at"],
        asked_at=row["asked_at"],
        looks=row["looks"],
        failures=row["failures"],
        sign=row["sign"],
        sign_why=row["sign_why"],
        sign_since=row["sign_since"],
        signs=row["signs"],
        gone=row["gone"],
        gone_why=row["gone_why"],
        gone_at=row["gone_at"],
    )


def leased(db: Connection, job: RecheckJob) -> bool:
    asked = "SELECT 1 FROM recheck WHERE article = ? AND lease_token = ?"
    return db.execute(asked, (job.look.article, job.token)).fetchone() is not None


def settle(db: Connection, looked: Looked) -> bool:
    """False: the lease was lost."""
    look = looked.look
    facts = {
        "article": look.article,
        "token": looked.job.token,
        "etag": optional(look.etag),
        "last_modified": optional(look.last_modified),
        "validated_url": optional(look.validated_url),
        "body_hash": look.body_hash,
        "since": look.since,
        "looked_at": look.looked_at,
        "asked_at": look.asked_at,
        "looks": look.looks,
        "failures": look.failures,
        "sign": look.sign,
        "sign_why": optional(look.sign_why),
        "sign_since": look.sign_since,
        "signs": look.signs,
        "gone": look.gone,
        "gone_why": optional(look.gone_why),
        "gone_at": look.gone_at,
        "why": clean(look.why),
        "due": look.due,
    }
    return db.execute(SETTLE, facts).rowcount == 1


def know(db: Connection, looked: Looked) -> None:
    """What the answer that brought a new version said of itself, after that version is planned."""
    look = looked.look
    db.execute(
        KNOW,
        {
            "article": look.article,
            "etag": optional(look.etag),
            "last_modified": optional(look.last_modified),
            "validated_url": optional(look.validated_url),
            "body_hash": look.body_hash,
        },
    )


def of_article(db: Connection, article: str) -> Look | None:
    row = db.execute("SELECT * FROM recheck WHERE article = ?", (article,)).fetchone()
    return None if row is None else load(row)
