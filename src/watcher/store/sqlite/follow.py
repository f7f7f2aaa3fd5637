"""Links that are followed: a row for each address, once and for all."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from sqlite3 import Connection

from watcher.articles.follow import slot
from watcher.model.follow import Followed, FollowJob, FollowLink, FollowWish
from watcher.model.when import Micros
from watcher.store.sqlite.codec import Row, clean, dump, load_spec, optional

# `budget` alone is no end: a link that comes again may find room.
ADD = """
INSERT INTO follow (key, url, text, role, heading, topics, topic, depth, article, feeds, tags,
                    found_at, slot, due_at, outcome, why)
VALUES (:key, :url, :text, :role, :heading, :topics, :topic, :depth, :article, :feeds, :tags,
        :now, :slot, :slot, :outcome, :why)
ON CONFLICT (key) DO UPDATE SET topics = excluded.topics, topic = excluded.topic,
    depth = excluded.depth, article = excluded.article, text = excluded.text,
    role = excluded.role, heading = excluded.heading, feeds = excluded.feeds,
    tags = excluded.tags, slot = excluded.slot, due_at = excluded.due_at,
    outcome = excluded.outcome, why = excluded.why
WHERE follow.outcome = 'budget'
"""

KNOWN = """
SELECT 1 FROM article_url WHERE key = :key
UNION ALL SELECT 1 FROM follow WHERE key = :key AND outcome IS NOT 'budget' LIMIT 1
"""

TAKEN = "SELECT slot FROM follow WHERE topic = ? AND slot IS NOT NULL ORDER BY slot DESC LIMIT ?"

OWNERS = """
SELECT feed, tags FROM article_feed WHERE article = ?1 ORDER BY feed
"""

INHERITED = "SELECT feeds, tags FROM follow WHERE found = ? AND outcome = 'article'"

OURS = "an article of ours stands there"

NAMES = "SELECT url, title, wanted FROM feed WHERE feed IN (SELECT value FROM json_each(?))"

SETTLE_KNOWN = """
UPDATE follow SET outcome = 'known', due_at = NULL, done_at = :now, slot = NULL,
    why = :why,
    found = (SELECT article FROM article_url WHERE article_url.key = follow.key)
WHERE due_at <= :now AND lease_token IS NULL
  AND EXISTS (SELECT 1 FROM article_url WHERE article_url.key = follow.key)
"""

CLAIM = """
UPDATE follow SET lease_until = :until, lease_token = :token WHERE key IN (
    SELECT key FROM follow
    WHERE due_at <= :now AND (lease_token IS NULL OR lease_until <= :now)
      AND NOT EXISTS (SELECT 1 FROM entry WHERE entry.url = follow.url AND entry.due_at IS NOT NULL)
    ORDER BY due_at, key LIMIT :limit)
RETURNING *
"""

SETTLE = """
UPDATE follow SET outcome = :outcome, why = :why, code = :code, found = :found,
    feed_url = :feed_url, done_at = :at, attempts = attempts + :tried,
    due_at = :due, slot = coalesce(:due, slot), lease_until = 0, lease_token = NULL
WHERE key = :key AND lease_token = :token
"""

ALIAS = """
INSERT INTO follow (key, url, text, role, heading, topics, topic, depth, article, feeds, tags,
                    found_at, outcome, why, found, done_at)
SELECT ?1, url, text, role, heading, topics, topic, depth, article, feeds, tags, found_at,
       'known', 'the same page as ' || url, found, done_at FROM follow WHERE key = ?2
ON CONFLICT DO NOTHING
"""


def add(
    db: Connection,
    article: str,
    links: Sequence[FollowLink],
    wishes: Mapping[str, FollowWish],
    now: Micros,
) -> None:
    """Makes the links due, each when the budget of one of its topics has room first."""
    if not links:
        return
    feeds, tags = owners(db, article)
    for link in links:
        if db.execute(KNOWN, {"key": clean(link.key)}).fetchone():
            continue
        at, topic = _room(db, link, wishes, now)
        db.execute(
            ADD,
            {
                "key": clean(link.key),
                "url": clean(link.url),
                "text": clean(link.text),
                "role": link.role,
                "heading": optional(link.heading),
                "topics": dump(link.topics),
                "topic": topic,
                "depth": link.depth,
                "article": article,
                "feeds": dump(feeds),
                "tags": dump(tags),
                "now": now,
                "slot": at,
                "outcome": None if at is not None else "budget",
                "why": "" if at is not None else f"the budget of {topic} has no room",
            },
        )


def _room(
    db: Connection, link: FollowLink, wishes: Mapping[str, FollowWish], now: Micros
) -> tuple[Micros | None, str]:
    rooms: list[tuple[Micros, str]] = []
    for topic in link.topics:
        wish = wishes.get(topic, FollowWish())
        taken = [row[0] for row in db.execute(TAKEN, (topic, wish.number))][::-1]
        at = slot(wish, taken, now)
        if at is not None:
            rooms.append((at, topic))
    return min(rooms) if rooms else (None, link.topics[0])


def owners(db: Connection, article: str) -> tuple[list[str], list[str]]:
    """Feeds and tags of an article; those of the link's own that found it, where no feed did."""
    feeds: dict[str, None] = {}
    tags: dict[str, None] = {}
    for row in db.execute(OWNERS, (article,)):
        feeds[row["feed"]] = None
        tags.update(dict.fromkeys(json.loads(row["tags"])))
    for row in db.execute(INHERITED, (article,)):
        feeds.update(dict.fromkeys(json.loads(row["feeds"])))
        tags.update(dict.fromkeys(json.loads(row["tags"])))
    return list(feeds), list(tags)


def depth(db: Connection, article: str) -> int:
    """How many links away from a feed the article was found; 0 where a feed brought it."""
    if db.execute("SELECT 1 FROM article_feed WHERE article = ?", (article,)).fetchone():
        return 0
    found = db.execute(
        "SELECT min(depth) FROM follow WHERE found = ? AND outcome = 'article'", (article,)
    ).fetchone()[0]
    return found or 0


def claim(db: Connection, now: Micros, until: Micros, token: str, limit: int) -> list[FollowJob]:
    db.execute(SETTLE_KNOWN, {"now": now, "why": OURS})
    asked = {"now": now, "until": until, "token": token, "limit": limit}
    rows = sorted(db.execute(CLAIM, asked).fetchall(), key=lambda row: (row["due_at"], row["key"]))
    return [
        FollowJob(
            link=link(row),
            article=row["article"],
            token=token,
            attempts=row["attempts"],
            feeds=tuple(json.loads(row["feeds"])),
            tags=tuple(json.loads(row["tags"])),
            names=names(db, row["feeds"]),
        )
        for row in rows
    ]


def names(db: Connection, feeds: str) -> tuple[str, ...]:
    found: dict[str, None] = {}
    for row in db.execute(NAMES, (feeds,)):
        spec = load_spec(row["wanted"])
        found.update(dict.fromkeys(one for one in (row["url"], spec.title or row["title"]) if one))
    return tuple(found)


def link(row: Row) -> FollowLink:
    return FollowLink(
        row["key"],
        row["url"],
        row["text"],
        row["role"],
        row["heading"],
        tuple(json.loads(row["topics"])),
        row["depth"],
    )


def leased(db: Connection, job: FollowJob) -> bool:
    asked = "SELECT 1 FROM follow WHERE key = ? AND lease_token = ?"
    return db.execute(asked, (clean(job.link.key), job.token)).fetchone() is not None


def settle(db: Connection, followed: Followed, found: str | None = None) -> bool:
    """With the article that the page became, where it did. The page's other addresses are as
    good as followed too."""
    key = clean(followed.job.link.key)
    done = db.execute(
        SETTLE,
        {
            "key": key,
            "token": followed.job.token,
            "outcome": None if followed.due is not None else followed.outcome,
            "why": clean(followed.why),
            "code": followed.code,
            "found": found,
            "feed_url": optional(followed.feed_url),
            "at": followed.at,
            "due": followed.due,
            "tried": followed.tried,
        },
    ).rowcount
    if done and followed.due is None:
        for other in followed.keys:
            if clean(other) != key:
                db.execute(ALIAS, (clean(other), key))
    return done == 1


def as_known(followed: Followed) -> Followed:
    """It led to an article that was there before."""
    return replace(followed, outcome="known", why=OURS, feed_url=None)


def sync(db: Connection, wishes: Mapping[str, FollowWish]) -> None:
    """What no topic wants any more is asked for no more; it may be wanted again."""
    db.execute(
        "UPDATE follow SET outcome = 'budget', due_at = NULL, slot = NULL,"
        " why = 'no topic follows it any more'"
        " WHERE due_at IS NOT NULL AND NOT EXISTS"
        " (SELECT 1 FROM json_each(topics) WHERE value IN (SELECT value FROM json_each(?)))",
        (dump(list(wishes)),),
    )
