"""Whole polls a second (fetch, read, decide, store) against `reader`'s `update_feeds`, on the same
two thousand loopback feeds of two thousand hosts (the articles, on five hundred).

Both sides are processes that stay: neither its start nor the first poll of a feed is measured, and
both are kept on one core, the server on the other. Measured are rounds over all feeds in which
nothing is new (every answer a 304), and rounds in which every feed has two entries more.

`reader` stores entries. So does our poll stage, which is what the first two figures compare. The
third compares all that ours does with them when no page is asked for (`scrape: never`: each text
an article, folded, indexed, printed, placed and matched) with `reader`'s update and the update of
its search index, the nearest that it has.
"""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from bench.harness import PYTHON, Figure, cores, figure, pin
from bench.site import Site, serving

FEEDS = int(os.environ.get("WATCHER_BENCH_FEEDS", "2000"))
ITEMS = 20
MORE = 2  # entries that are new in a round
ARTICLE_FEEDS = min(FEEDS, 500)
RUNS = 3
THREADS = 8  # of reader: more or fewer are not faster


class Side:
    """A process that polls all feeds once for each line it is sent."""

    def __init__(self, kind: str, database: Path, site: Site) -> None:
        self._feeds = FEEDS if kind in {"ours", "theirs"} else ARTICLE_FEEDS
        urls = [site.url(n) for n in range(self._feeds)]
        self._process = subprocess.Popen(
            [PYTHON, "-m", "bench.polls", kind, str(database)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self._say(json.dumps(urls))

    def __enter__(self) -> Side:
        return self

    def __exit__(self, *_: object) -> None:
        self._process.terminate()
        self._process.wait()

    def round(self) -> float:
        """Polls a second."""
        self._say("round")
        assert self._process.stdout is not None
        wall: float = json.loads(self._process.stdout.readline())
        return self._feeds / wall

    def _say(self, line: str) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(line + "\n")
        self._process.stdin.flush()


def figures() -> Iterator[Figure]:
    with tempfile.TemporaryDirectory() as name, ExitStack() as stack:
        site = stack.enter_context(serving(ITEMS, cores().server))
        ours, theirs, placed, searched = (
            stack.enter_context(Side(kind, Path(name) / f"{kind}.db", site))
            for kind in ("ours", "theirs", "placed", "searched")
        )
        for side in (ours, theirs, placed, searched):
            side.round()
        same = [ours.round() / theirs.round() for _ in range(RUNS + 1)][1:]
        yield _figure("polls, nothing changed", "reader, update_feeds", same)
        new, whole = [], []
        for _ in range(RUNS):
            site.publish(MORE)
            new.append(ours.round() / theirs.round())
            whole.append(placed.round() / searched.round())
        yield _figure("polls, two entries new", "reader, update_feeds", new)
        peer = "reader, update_search too"
        yield _figure("polls, two entries new, articles", peer, whole, bar=0.7, goal=1.0)


def _figure(
    name: str, peer: str, pairs: list[float], bar: float = 1.0, goal: float | None = None
) -> Figure:
    return figure(name, peer, "polls a second", pairs, bar=bar, at_least=True, goal=goal)


def _child(kind: str, database: Path) -> None:
    urls = json.loads(sys.stdin.readline())
    if kind in {"ours", "placed"}:
        asyncio.run(_ours(database, urls, whole=kind == "placed"))
    else:
        _theirs(database, urls, search=kind == "searched")


async def _ours(database: Path, urls: list[str], *, whole: bool) -> None:
    from watcher.app import open_app
    from watcher.config.load import load
    from watcher.system import SystemClock

    config = database.with_suffix(".yaml")
    net = {"allow": ["127.0.0.0/8"], "ports": ["1024-65535"], "gap": "0s"}
    wanted = {"database": str(database), "net": net, "scrape": {"pages": "never"}, "feeds": urls}
    config.write_text(json.dumps(wanted), "utf-8")

    async with open_app(load(config), SystemClock(), _Silent()) as app:

        async def once() -> None:
            if whole:
                await app.works.once()
            else:
                await app.works.pumps["poll"].drain()

        while sys.stdin.readline():
            await app.desk.store.run(_all_due)
            polled = app.works.tally.polls
            start = time.perf_counter()
            await once()
            _answer(time.perf_counter() - start)
            assert app.works.tally.polls - polled == len(urls), app.works.tally
            assert not app.works.tally.failed, app.works.tally


def _all_due(store: Any) -> None:
    store._db.execute("UPDATE feed SET due_at = 0")


class _Silent:
    def note(self, event: str, /, **facts: Any) -> None:
        if event == "broken":
            raise SystemExit(f"a poll broke: {facts}")


def _theirs(database: Path, urls: list[str], *, search: bool) -> None:
    from reader import make_reader

    reader = make_reader(str(database), search_enabled=search or None)
    if search:
        reader.enable_search()
    for url in urls:
        reader.add_feed(url)
    while sys.stdin.readline():
        start = time.perf_counter()
        reader.update_feeds(workers=THREADS, scheduled=False)
        if search:
            reader.update_search()
        _answer(time.perf_counter() - start)
        assert not any(feed.last_exception for feed in reader.get_feeds())


def _answer(wall: float) -> None:
    print(json.dumps(wall), flush=True)


if __name__ == "__main__":
    pin(cores().client)
    _child(sys.argv[1], Path(sys.argv[2]))
