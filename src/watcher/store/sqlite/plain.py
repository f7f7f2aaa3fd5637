"""The archive as a plain SQLite file: ordinary tables with foreign keys, times as text, one
full-text index. For Datasette and for people who write SQL; watcher never reads it."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from watcher.errors import StoreError
from watcher.store.sqlite.connect import connect_reader

TIME = "strftime('%Y-%m-%dT%H:%M:%SZ', {0} / 1000000, 'unixepoch')"

SCHEMA = """
CREATE TABLE feeds (feed TEXT PRIMARY KEY, url TEXT, title TEXT, state TEXT, polls INTEGER,
    last_poll TEXT);
CREATE TABLE stories (story TEXT PRIMARY KEY, title TEXT, first_seen TEXT);
CREATE TABLE articles (article TEXT PRIMARY KEY, story TEXT REFERENCES stories, url TEXT,
    title TEXT, standfirst TEXT, body TEXT, outlet TEXT, outlet_domain TEXT, language TEXT,
    published TEXT, first_seen TEXT, revisions INTEGER, words INTEGER, role TEXT, kind TEXT,
    copy_of TEXT REFERENCES articles);
CREATE TABLE revisions (article TEXT REFERENCES articles, n INTEGER, seen_at TEXT, title TEXT,
    changes TEXT, words INTEGER, PRIMARY KEY (article, n));
CREATE TABLE links (article TEXT REFERENCES articles, position INTEGER, url TEXT, text TEXT,
    role TEXT, PRIMARY KEY (article, position));
CREATE TABLE topics (topic TEXT PRIMARY KEY, query TEXT, version INTEGER);
CREATE TABLE matches (topic TEXT, article TEXT REFERENCES articles, revision INTEGER,
    clause TEXT, at TEXT, PRIMARY KEY (topic, article, revision));
CREATE TABLE alerts (alert TEXT PRIMARY KEY, topic TEXT, story TEXT, article TEXT,
    kind TEXT, decision TEXT, reason TEXT, at TEXT);
"""

FILL = {
    "feeds": "SELECT feed, url, title, state, polls, {last_poll} FROM w.feed",
    "stories": "SELECT story, title, {first_seen} FROM w.story",
    "articles": """SELECT a.article, s.story, nullif(a.url, 'id:' || coalesce(a.caller_id, '')),
        r.title, r.standfirst, r.body, a.outlet_name, a.outlet_domain, r.language, r.published,
        {a.first_seen}, a.revision, r.words, s.role, s.kind, s.copy_of
        FROM w.article a JOIN w.revision r ON r.article = a.article AND r.n = a.revision
        LEFT JOIN w.story_article s ON s.article = a.article ORDER BY a.key""",
    "revisions": "SELECT article, n, {seen_at}, title, changes, words FROM w.revision",
    "links": "SELECT article, position, url, text, role FROM w.link",
    "topics": """SELECT t.topic, v.query, t.version FROM w.topic t
        JOIN w.topic_version v ON v.topic = t.topic AND v.version = t.version""",
    "matches": "SELECT topic, article, revision, clause, {at} FROM w.match",
    "alerts": "SELECT alert, topic, story, article, kind, decision, reason, {at} FROM w.alert",
}

INDEXES = """
CREATE INDEX articles_story ON articles (story);
CREATE INDEX articles_published ON articles (published);
CREATE INDEX articles_outlet ON articles (outlet);
CREATE INDEX matches_article ON matches (article);
CREATE INDEX alerts_topic ON alerts (topic, at);
CREATE VIRTUAL TABLE articles_fts USING fts5 (title, standfirst, body, content='articles',
    tokenize="unicode61 remove_diacritics 2");
INSERT INTO articles_fts (articles_fts) VALUES ('rebuild');
"""


def export_plain(path: Path, target: Path) -> dict[str, int]:
    """Writes it to `target`, which appears under its name when it is whole. Returns the rows by
    table. Raises StoreError."""
    connect_reader(path).close()  # refuses what is not ours
    part = target.with_name(f".{target.name}.part")
    try:
        part.unlink(missing_ok=True)
        with closing(sqlite3.connect(part, isolation_level=None, uri=True)) as db:
            db.execute("ATTACH ? AS w", (f"{path.resolve().as_uri()}?mode=ro",))
            counts = _filled(db)
        part.rename(target)
    except (sqlite3.Error, OSError) as error:
        part.unlink(missing_ok=True)
        raise StoreError(
            "WTC-DB-015",
            f"{target} could not be written: {error}",
            hint="is there room, and may you write there?",
        ) from error
    return counts


def _filled(db: sqlite3.Connection) -> dict[str, int]:
    db.execute("PRAGMA main.journal_mode=OFF")
    db.execute("BEGIN")
    for statement in SCHEMA.split(";")[:-1]:
        db.execute(statement)
    counts = {
        table: db.execute(f"INSERT INTO {table} {_timed(query)}").rowcount
        for table, query in FILL.items()
    }
    for statement in INDEXES.split(";")[:-1]:
        db.execute(statement)
    db.execute("COMMIT")
    db.execute("DETACH w")
    return counts


def _timed(query: str) -> str:
    """`{column}` is a moment of ours as RFC 3339."""
    head, *rest = query.split("{")
    parts = [head]
    for one in rest:
        column, _, tail = one.partition("}")
        parts += [TIME.format(column), tail]
    return "".join(parts)
