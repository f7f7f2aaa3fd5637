"""Reading feeds: against feedparser with its defaults on the 200 real feeds of WATCHER_CORPORA
(time, and whether the same was read), and what bodies that mean harm cost a worker.

feedparser takes most of the time here and goes over the feeds once; ours does so once before and
twice after it.
"""

from __future__ import annotations

import gzip
import os
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import anyio
from bench.harness import Figure, cpu, figure
from tests.support.fidelity import FIELDS, REVIEWED, URL, differences, theirs
from tests.support.hostile import HOSTILE

from watcher.feeds import slices
from watcher.feeds.cadence import CadencePolicy
from watcher.feeds.decide import decide_poll, needs_parse
from watcher.feeds.parse import parse_feed
from watcher.feeds.plain import entry_text
from watcher.feeds.strict import READER
from watcher.model.feed import FeedJob, FeedSpec, FeedState, ParsedFeed
from watcher.model.page import Fetched
from watcher.workers.pool import FEED_TARGET, ProcessParsers

PEER = "feedparser, default"
OF = "share of entries"
BARS = {"id": 0.999, "title": 0.999, "published": 0.999, "link": 0.997}
RUNS = 3
NOW = 1_790_000_000_000_000
POLICY = CadencePolicy(every=3_600_000_000)
SLACK = 0.2  # seconds that ending a worker may take beyond its deadline


def figures() -> Iterator[Figure]:
    if corpora := os.environ.get("WATCHER_CORPORA"):
        folder = Path(corpora) / "feeds" / "real"
        yield from _real([_Feed.read(path) for path in sorted(folder.glob("*.gz"))])
    yield from anyio.run(_harm)


@dataclass(frozen=True, slots=True)
class _Feed:
    name: str
    body: bytes

    @classmethod
    def read(cls, path: Path) -> _Feed:
        return cls(path.name, gzip.decompress(path.read_bytes()))


def _real(feeds: list[_Feed]) -> Iterator[Figure]:
    _ours(feeds[:3])
    first = _ours(feeds)
    alike = _Alike()
    spent = sum(alike.read(feed) for feed in feeds)
    held = [first, _ours(feeds), _ours(feeds)]
    parsed = [spent / once for once, _ in held]
    whole = [spent / (once + texts) for once, texts in held]
    unit = "feeds per CPU second"
    yield figure("200 real feeds", PEER, unit, parsed, bar=15, at_least=True, goal=40)
    yield figure("200 real feeds, texts too", PEER, unit, whole, bar=6, at_least=True)
    polled = [_Polled(feed) for feed in feeds]
    same = [cpu(lambda: [one.same() for one in polled]) / spent for _ in range(RUNS)]
    dates = [cpu(lambda: [one.dates_moved() for one in polled]) / spent for _ in range(RUNS)]
    yield figure("the same body again", PEER, "CPU", same, bar=1 / 400)
    yield figure("only channel dates moved", PEER, "CPU", dates, bar=1 / 50, goal=1 / 75)
    yield from alike.figures()


class _Polled:
    """A feed that was polled before, and comes again with nothing new."""

    def __init__(self, feed: _Feed) -> None:
        self._result = Fetched(URL, URL, 200, {}, feed.body, (), 0)
        job = self._job(None, None)
        cut = slices.cut(feed.body, URL, {})
        made = decide_poll(
            job, self._result, parse_feed(feed.body, URL, {}), {}, NOW, POLICY, cut=cut
        )
        self._before = self._job(made.slices, made.reader)
        self._read = self._job(made.slices, made.reader, made.body_hash)

    def same(self) -> None:
        """What is done where the body came before."""
        assert not needs_parse(self._read, self._result)

    def dates_moved(self) -> None:
        """What is done where only its hash is another: a whole parse, too, where it has to be."""
        body = self._result.body
        needs_parse(self._before, self._result)
        cut = slices.cut(body, URL, {})
        part = cut and slices.known_part(self._before.state, cut, READER)
        if part and not part.places:
            slices.joined(part, ())
        else:
            parse_feed(body, URL, {})

    def _job(self, held: bytes | None, reader: str | None, body: str | None = None) -> FeedJob:
        spec = FeedSpec("f_1", URL)
        return FeedJob(FeedState(spec, URL, body_hash=body, reader=reader, slices=held), "t")


def _ours(feeds: list[_Feed]) -> tuple[float, float]:
    """CPU seconds of reading, and of making the plain texts."""
    read: list[Any] = []
    once = cpu(lambda: read.extend(parse_feed(feed.body, URL, {}) for feed in feeds))
    return once, cpu(lambda: [entry_text(entry) for one in read for entry in one.entries])


class _Alike:
    """Whether the same is read."""

    def __init__(self) -> None:
        self.feeds: Counter[bool] = Counter()
        self.fields: Counter[str] = Counter()

    def read(self, feed: _Feed) -> float:
        """Compares, and says what feedparser took of the CPU."""
        start = time.process_time()
        found = theirs(feed.body)
        spent = time.process_time() - start
        ours = parse_feed(feed.body, URL, {})
        same = isinstance(ours, ParsedFeed) and len(ours.entries) == len(found.entries)
        self.feeds[same or feed.name in REVIEWED] += 1
        if same and isinstance(ours, ParsedFeed):
            self.fields += differences(ours, found.entries)
        return spent

    def figures(self) -> Iterator[Figure]:
        share = self.feeds[True] / self.feeds.total()
        yield figure("as many entries", PEER, "share of feeds", [share], bar=1, at_least=True)
        for field in FIELDS:
            alike = 1 - self.fields[f"{field} differs"] / self.fields[field]
            yield figure(f"same {field}", PEER, OF, [alike], bar=BARS[field], at_least=True)


async def _harm() -> list[Figure]:
    """The slowest of the bodies that mean harm, and the most memory that one took, in the pool
    that the daemon uses."""
    seconds, megabytes = [], []
    async with ProcessParsers(processes=1) as parsers:
        for make in HOSTILE.values():
            body = make()
            await parsers.run(FEED_TARGET, (b"<rss>&<channel/></rss>", URL, {}), 9_000_000)
            watched = _Memory(await parsers.run("os:getpid", (), 9_000_000))
            start = time.perf_counter()
            await parsers.parse_feed(body, URL, {})
            seconds.append(time.perf_counter() - start)
            megabytes.append(watched.grown())
    longest, most = max(seconds), max(megabytes)
    return [
        figure(f"slowest of {len(HOSTILE)} bad bodies", "", "seconds", [longest], bar=3 + SLACK),
        figure("the most that one took", "", "MB more", [most], bar=100),
    ]


class _Memory:
    """How much more memory than now this process and a worker take at their highest."""

    def __init__(self, worker: int) -> None:
        self._pids = (os.getpid(), worker)
        for pid in self._pids:
            Path(f"/proc/{pid}/clear_refs").write_text("5")
        self._before = {pid: self._high(pid) for pid in self._pids}

    def grown(self) -> float:
        """In megabytes. A worker that was ended says nothing any more."""
        return sum(max(0.0, self._high(pid) - was) for pid, was in self._before.items())

    def _high(self, pid: int) -> float:
        with suppress(OSError):
            for line in Path(f"/proc/{pid}/status").read_text().split("\n"):
                if line.startswith("VmHWM"):
                    return int(line.split()[1]) / 1024
        return 0.0
