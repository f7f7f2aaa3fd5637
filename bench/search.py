"""`search` over 100,000 stored articles: the twenty newest for a rare, a middling and the most
common word, against plain FTS5 (`unicode61`) on the same texts, newest first; and what the index
takes on disk."""

from __future__ import annotations

import sqlite3
import tempfile
from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from bench.harness import Figure, pairs, wall
from bench.texts import Texts

if TYPE_CHECKING:
    from watcher.model.alert import PlaceDecision
    from watcher.model.article import ArticleDraft
    from watcher.ports import Reader

ARTICLES = 100_000
WORDS = 120
RUNS = 21
TIMES = 5  # a search of the peer is too short for the clock
START = 1_790_000_000_000_000

# The rowid is what comes last in news order, as ours is.
TABLES = """
CREATE TABLE article (id INTEGER PRIMARY KEY, url, title, body, published);
CREATE VIRTUAL TABLE found USING fts5
    (title, body, content='article', content_rowid='id', tokenize='unicode61');
"""
NEWEST = """
SELECT * FROM article JOIN
    (SELECT rowid FROM found WHERE found MATCH ? ORDER BY rowid DESC LIMIT 20) AS hit
ON id = hit.rowid
"""
MARKED = """
SELECT rowid, highlight(found, 0, '[', ']'), highlight(found, 1, '[', ']')
FROM found WHERE found MATCH ? ORDER BY rowid DESC LIMIT 20
"""
INDEX = """
SELECT (SELECT sum(length(block)) FROM {name}_data) + (SELECT sum(length(sz)) FROM {name}_docsize)
"""
COPY = """
SELECT sum(length(c0) + length(c1) + length(c2) + length(c3)) FROM article_text_content
"""


def figures() -> Iterator[Figure]:
    from watcher.app import open_reading

    with tempfile.TemporaryDirectory() as name:
        ours, theirs = Path(name) / "ours.db", Path(name) / "theirs.db"
        vocabulary = _fill(ours, theirs)
        reader, plain = open_reading(ours), sqlite3.connect(theirs)
        common, middling, rare = vocabulary[0], vocabulary[300], vocabulary[-1]
        for title, word, peer, query, bar in (
            ("20 newest, the most common word", common, "plain FTS5", NEWEST, 130.0),
            ("20 newest, a middling word", middling, "plain FTS5", NEWEST, 130.0),
            ("20 newest, a rare word", rare, "plain FTS5", NEWEST, 90.0),
            ("20 newest, common word, marked", common, "FTS5 with highlight()", MARKED, 40.0),
        ):
            ratios = pairs(
                _timed(lambda w=word: _search(reader, w)),
                _timed(lambda w=word, q=query: plain.execute(q, (w,)).fetchall()),
                RUNS,
            )
            yield Figure(title, peer, "wall", ratios, bar)
        reader.close()
        yield from _sizes(ours, theirs)


def _timed(work: Callable[[], object]) -> Callable[[], float]:
    return lambda: wall(lambda: [work() for _ in range(TIMES)])


def _search(reader: Reader, word: str) -> None:
    """What the command does: every hit whole, judged again and marked on its printed text."""
    from watcher.topics.archive import plan
    from watcher.topics.document import Document
    from watcher.topics.evaluate import evaluate
    from watcher.topics.parse import parse_query

    query = parse_query(word, {})
    for found in islice(reader.search(plan(query)), 20):
        assert evaluate(query, Document.of(found.text))


def _sizes(ours: Path, theirs: Path) -> Iterator[Figure]:
    """Our index holds the folded text, since SQLite cannot fold as we do; the peer's refers to the
    table, whose text it must find again as it was."""
    with sqlite3.connect(ours) as mine, sqlite3.connect(theirs) as plain:
        own = mine.execute(INDEX.format(name="article_text")).fetchone()[0]
        copy = mine.execute(COPY).fetchone()[0]
        peers = plain.execute(INDEX.format(name="found")).fetchone()[0]
    yield Figure("the index of 100,000 articles", "plain FTS5", "bytes", [own / peers], 2.0)
    whole = (own + copy) / peers
    yield Figure("the index with its folded text", "plain FTS5", "bytes", [whole], 3.5)
    size = ours.stat().st_size / theirs.stat().st_size
    yield Figure("the database of 100,000 articles", "plain FTS5", "bytes", [size], 3.5)


def _fill(ours: Path, theirs: Path) -> list[str]:
    """The same texts in both; returns their vocabulary. Ours through the store's own statements on
    real drafts, many in one transaction, since how fast they get in is another figure."""
    from watcher.articles.lines import draft, read_line
    from watcher.store.sqlite import place
    from watcher.store.sqlite.store import open_store

    texts = Texts()
    plain = sqlite3.connect(theirs)
    plain.executescript(TABLES)
    store = open_store(ours)
    with store._writing(START) as db:
        for line in texts.lines(ARTICLES, WORDS):
            made = draft(read_line(line), now=START, domains={}, names={})
            place._write(db, _alone(made), None, START)
            place._addresses(db, made.article, made)
            plain.execute("INSERT INTO article VALUES (:id, :url, :title, :body, :published)", line)
    plain.execute("INSERT INTO found (found) VALUES ('rebuild')")
    plain.commit()
    plain.close()
    store.close()
    return texts.vocabulary


def _alone(draft: ArticleDraft) -> PlaceDecision:
    """The decision about a text that is like no other and matches nothing."""
    from watcher.model.alert import PlaceDecision
    from watcher.model.ids import story_id
    from watcher.model.story import Placement, Standing

    standing = Standing(draft.article, "original", why="made for a bench")
    placed = Placement(story_id(draft.article), True, standing)
    return PlaceDecision(draft, draft.article, 1, (), placed, (), (), (), "made for a bench")
