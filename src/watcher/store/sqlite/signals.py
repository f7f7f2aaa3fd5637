"""Bursts and silences: which topics are listened to, when next, and what was said."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from sqlite3 import Connection

from watcher.model.signal import Feed, Heard, Sounds
from watcher.model.when import DAY, HOUR, Micros
from watcher.ports import SoundDecider
from watcher.store.sqlite import waiting
from watcher.store.sqlite.codec import clean, dump

WINDOW = 28 * DAY
LATELY = 90 * DAY  # a feed that brought a match since is one of the topic's
POLLED = 6 * HOUR  # a feed that was not polled for longer cannot be heard

WANTED = (
    "INSERT INTO signal (kind, topic, due_at, state) VALUES (?, ?, ?, '{}') ON CONFLICT DO NOTHING"
)

# News as it came, each article once: no copies, no history of a new feed or an archive.
HOURS = """
SELECT a.first_seen / :hour AS hour, count(*) FROM article AS a
JOIN story_article AS s USING (article)
WHERE a.article IN (SELECT article FROM match WHERE topic = :topic AND at > :since)
  AND a.first_seen > :since AND a.first_seen <= :now AND s.role <> 'copy' AND NOT a.counts_as_old
  AND a.first_seen - coalesce(a.published_at, a.first_seen) < :day
GROUP BY hour ORDER BY hour
"""

HEADLINES = """
SELECT r.title, a.outlet_name FROM article AS a
JOIN revision AS r ON r.article = a.article AND r.n = a.revision
WHERE a.article IN (SELECT article FROM match WHERE topic = :topic AND at >= :since)
  AND a.first_seen >= :since ORDER BY a.key DESC LIMIT 5
"""

FEEDS = """
SELECT feed, coalesce(title, url) AS name, last_poll FROM feed
WHERE state = 'active' AND failures = 0 AND last_poll > :polled AND feed IN (
    SELECT f.feed FROM match AS m JOIN article_feed AS f USING (article)
    WHERE m.topic = :topic AND m.at > :since)
ORDER BY feed
"""

MOMENTS = """
SELECT min(coalesce(published_at, first_seen), first_seen) AS at FROM entry
WHERE feed = ? AND first_seen > ? ORDER BY at
"""


def want(db: Connection, wanted: Sequence[tuple[str, str]], now: Micros) -> None:
    """`wanted`: kinds and topics. Those no longer wanted are forgotten."""
    db.executemany(WANTED, [(kind, clean(topic), now) for kind, topic in wanted])
    kept = dump([f"{kind} {topic}" for kind, topic in wanted])
    db.execute(
        "DELETE FROM signal WHERE kind || ' ' || topic NOT IN (SELECT value FROM json_each(?))",
        (kept,),
    )


def due(db: Connection, now: Micros, limit: int) -> list[tuple[str, str]]:
    rows = db.execute(
        "SELECT kind, topic FROM signal WHERE due_at <= ? ORDER BY due_at, kind, topic LIMIT ?",
        (now, limit),
    )
    return [(row[0], row[1]) for row in rows]


def listen(db: Connection, kind: str, topic: str, decide: SoundDecider, now: Micros) -> Heard:
    row = db.execute(
        "SELECT state FROM signal WHERE kind = ? AND topic = ?", (kind, topic)
    ).fetchone()
    if row is None:
        return Heard(now)
    state, mutes = json.loads(row[0]), waiting.mutes(db)
    if kind == "burst":
        sounds = Sounds(state, mutes, _hours(db, topic, now), _headlines(db, topic, now))
    else:
        sounds = Sounds(state, mutes, feeds=tuple(_feeds(db, topic, now)))
    version = db.execute("SELECT version FROM topic WHERE topic = ?", (topic,)).fetchone()
    heard = decide(version[0] if version else 0, sounds)
    db.execute(
        "UPDATE signal SET due_at = ?, state = ? WHERE kind = ? AND topic = ?",
        (heard.due_at, dump(dict(heard.state)), kind, topic),
    )
    return heard


def _hours(db: Connection, topic: str, now: Micros) -> tuple[int, ...]:
    facts = {"topic": topic, "since": now - WINDOW - HOUR, "now": now, "hour": HOUR, "day": DAY}
    counts = {row[0]: row[1] for row in db.execute(HOURS, facts)}
    if not counts:
        return ()
    return tuple(counts.get(hour, 0) for hour in range(min(counts), now // HOUR + 1))


def _headlines(db: Connection, topic: str, now: Micros) -> tuple[str, ...]:
    rows = db.execute(HEADLINES, {"topic": topic, "since": now // HOUR * HOUR})
    return tuple(f"{row[0]} ({row[1]})" for row in rows)


def _feeds(db: Connection, topic: str, now: Micros) -> Iterator[Feed]:
    facts = {"topic": topic, "since": now - LATELY, "polled": now - POLLED}
    for row in db.execute(FEEDS, facts).fetchall():
        moments = [one[0] for one in db.execute(MOMENTS, (row["feed"], now - WINDOW))]
        known = tuple(one for one in moments if one > now - WINDOW)
        yield Feed(row["feed"], row["name"], known, row["last_poll"])
