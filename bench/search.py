"""`search` over 100,000 stored articles: the twenty newest for a rare, a middling and the most
common word, against plain FTS5 (`unicode61`) on the same texts, newest first."""

from __future__ import annotations

import random
import sqlite3
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path

from bench.harness import Figure

ARTICLES = 100_000
WORDS = 120
RUNS = 15
START = 1_700_000_000_000_000
SECOND = 1_000_000


def figures() -> Iterator[Figure]:
    with tempfile.TemporaryDirectory() as name:
        ours, theirs = Path(name) / "ours.db", Path(name) / "theirs.db"
        vocabulary = _fill(ours, theirs)
        plain = sqlite3.connect(theirs)
        bars = {"common": 130.0, "middling": 130.0, "rare": 40.0}
        for kind, word in zip(bars, (vocabulary[0], vocabulary[300], vocabulary[-1]), strict=True):
            ratio = _median(lambda w=word: _search(ours, w)) / _median(
                lambda w=word: _plain(plain, w)
            )
            yield Figure(
                f"search, 20 newest, {kind} word",
                "plain FTS5, whole rows",
                "wall",
                ratio,
                bars[kind],
                False,
                RUNS,
            )
        size = ours.stat().st_size / theirs.stat().st_size
        yield Figure("database of 100,000 articles", "plain FTS5", "bytes", size, 4.0, False, 1)


def _fill(ours: Path, theirs: Path) -> list[str]:
    """The same made-up texts in both. Ours through the store's own statements, many in one
    transaction, since how fast they get in is another figure."""
    from watcher.articles.lines import draft, read_line
    from watcher.model.alert import PlaceDecision
    from watcher.model.ids import story_id
    from watcher.model.story import Placement, Standing
    from watcher.store.sqlite import place
    from watcher.store.sqlite.store import open_store

    chance = random.Random(1)
    vocabulary = [f"{chance.choice('bdfgklmnprst')}{n:x}o" for n in range(30_000)]
    weights = [1 / (n + 3) for n in range(len(vocabulary))]
    bodies = [" ".join(chance.choices(vocabulary, weights, k=WORDS)) for _ in range(5_000)]
    plain = sqlite3.connect(theirs)
    plain.execute("CREATE TABLE article (id INTEGER PRIMARY KEY, title, body)")
    plain.execute(
        "CREATE VIRTUAL TABLE found USING fts5(title, body, content='article', content_rowid='id')"
    )
    store = open_store(ours)
    with store._writing(START) as db:
        for n in range(ARTICLES):
            title, body = f"Article {n}", bodies[n % len(bodies)]
            row = {"id": n, "url": f"https://o{n % 50}.example/{n}", "title": title, "body": body}
            made = draft(read_line(row), now=START + n * SECOND, domains={}, names={})
            standing = Standing(made.article, "original", why="made")
            decision = PlaceDecision(
                made,
                made.article,
                1,
                (),
                Placement(story_id(made.article), True, standing),
                (),
                (),
                (),
                "made",
            )
            place._write(db, decision, None, START)
            plain.execute("INSERT INTO article VALUES (?, ?, ?)", (n, title, body))
    plain.execute("INSERT INTO found (found) VALUES ('rebuild')")
    plain.commit()
    plain.close()
    store.close()
    return vocabulary


def _search(path: Path, word: str) -> None:
    from watcher.app import open_reading
    from watcher.topics.archive import plan
    from watcher.topics.document import Document
    from watcher.topics.evaluate import evaluate
    from watcher.topics.parse import parse_query

    query = parse_query(word, {})
    reader = open_reading(path)
    for found in islice(reader.search(plan(query)), 20):
        assert evaluate(query, Document.of(found.text)) is not None
    reader.close()


def _plain(db: sqlite3.Connection, word: str) -> None:
    db.execute(
        "SELECT * FROM article WHERE id IN (SELECT rowid FROM found WHERE found MATCH ?"
        " ORDER BY rowid DESC LIMIT 20)",
        (word,),
    ).fetchall()


def _median(work: Callable[[], None]) -> float:
    taken = []
    for _ in range(RUNS):
        start = time.perf_counter()
        work()
        taken.append(time.perf_counter() - start)
    return statistics.median(taken)
