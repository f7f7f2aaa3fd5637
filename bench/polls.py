"""Whole polls (fetch, read, decide, store) against `reader`'s `update_feeds` on the same loopback
feeds: all new, then unchanged, then one in twenty changed. CPU of the whole process, its start and
its workers included.

Neither side fetches a page (`scrape: never`), but ours also places every new entry's text as an
article: folded, indexed, printed and matched. The nearest that `reader` has is its search index,
so all-new is measured against that, too.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

from bench.harness import PYTHON, WATCHER, Figure, spent
from bench.site import Feeds, serving, write_config

FEEDS = 200
ITEMS = 20
RUNS = 3

ADD = """
import sys
from reader import make_reader
reader = make_reader(sys.argv[1])
for url in sys.argv[2:]:
    reader.add_feed(url)
"""
UPDATE = """
import sys
from reader import make_reader
reader = make_reader(sys.argv[1])
reader.update_feeds(workers=8, scheduled=False)
"""
INDEX = """
reader.enable_search()
reader.update_search()
"""


def figures() -> Iterator[Figure]:
    runs = [_run() for _ in range(RUNS)]
    alone, indexed = "reader, update_feeds", "reader, update_feeds and _search"
    for name, peer, bar, goal in (
        ("200 new feeds of 20 items", alone, 7.0, 1.0),
        ("200 new feeds, indexed", indexed, 2.5, 1.0),
        ("200 unchanged feeds, 150 say 304", alone, 2.5, 1.0),
        ("200 feeds, 10 of them changed", alone, 3.0, 1.0),
    ):
        ratios = [run.pop(0) for run in runs]
        yield Figure(name, peer, "CPU of the client", ratios, bar, goal=goal)


def _run() -> list[float]:
    """The ratio of every step, on fresh databases."""
    with tempfile.TemporaryDirectory() as name, serving(FEEDS, ITEMS) as server:
        folder = Path(name)
        ours = [WATCHER, "once", "--force", "-c", write_config(folder, server)]
        theirs = [PYTHON, "-c", UPDATE, str(_reader(folder / "plain.db", server))]
        indexing = [PYTHON, "-c", UPDATE + INDEX, str(_reader(folder / "indexed.db", server))]
        first = spent(ours).cpu
        new = [first / spent(theirs).cpu, first / spent(indexing).cpu]
        same = spent(ours).cpu / spent(theirs).cpu
        server.edition += 1
        return [*new, same, spent(ours).cpu / spent(theirs).cpu]


def _reader(database: Path, server: Feeds) -> Path:
    """A database of `reader` that knows the feeds: adding them is not part of the figure."""
    spent([PYTHON, "-c", ADD, str(database), *server.urls])
    return database
