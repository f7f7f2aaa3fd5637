"""Topics: every meaning gets a version, kept for ever."""

from __future__ import annotations

from collections.abc import Sequence
from sqlite3 import Connection

from watcher.model.topic import Match, TopicSpec, TopicVersion
from watcher.model.when import Micros
from watcher.store.sqlite.codec import clean, dump, dump_spans

NEWEST = """
SELECT v.version, v.query, v.meaning, v.since FROM topic AS t
JOIN topic_version AS v ON v.topic = t.topic AND v.version = t.version WHERE t.topic = ?
"""

MATCH = """
INSERT INTO match (topic, article, revision, version, clause, spans, at)
VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING
"""

LOAD = """
INSERT INTO topic (topic, version, channels, loaded) VALUES (?, ?, ?, 1)
ON CONFLICT (topic) DO UPDATE SET version = excluded.version, channels = excluded.channels,
    loaded = 1
"""


def sync(db: Connection, topics: Sequence[TopicSpec], now: Micros) -> dict[str, TopicVersion]:
    db.execute("UPDATE topic SET loaded = 0")
    return {topic.topic: _load(db, topic, now) for topic in topics}


def add_matches(db: Connection, matches: Sequence[Match], now: Micros) -> int:
    before = db.total_changes
    db.executemany(
        MATCH,
        [
            (
                one.topic,
                one.article,
                one.revision,
                one.version,
                clean(one.clause),
                dump_spans(one.spans),
                now,
            )
            for one in matches
        ],
    )
    return db.total_changes - before


def _load(db: Connection, topic: TopicSpec, now: Micros) -> TopicVersion:
    name, query, meaning = topic.topic, clean(topic.query), clean(topic.meaning)
    held = db.execute(NEWEST, (name,)).fetchone()
    version, since = (held["version"], held["since"]) if held else (0, now)
    fresh = held is None or held["meaning"] != meaning
    if fresh:
        version, since = version + 1, now
    db.execute(LOAD, (name, version, dump(topic.channels)))
    if fresh:
        db.execute(
            "INSERT INTO topic_version (topic, version, query, meaning, since)"
            " VALUES (?, ?, ?, ?, ?)",
            (name, version, query, meaning, since),
        )
    return TopicVersion(name, version, query, meaning, since)
