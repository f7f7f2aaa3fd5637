"""A simulated day of many feeds: real decisions and a real store, a scripted world, a clock that
jumps. The world keeps the account: who was asked too early, and what every answer weighed.

    account = Day(300, folder).run()
    assert account.early == []

Feeds differ in how much they publish (`RATES`) and, by turns of `KINDS`, in how they answer: one in
twenty has no validators, one in twenty is rewritten at every request, and so can be had whole only.
"""

from __future__ import annotations

import asyncio
import json
import random
import sqlite3
from bisect import bisect_right
from collections import Counter
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass, field, replace
from email.utils import formatdate
from pathlib import Path
from typing import Any

from watcher.app import open_app
from watcher.config.load import load
from watcher.feeds.parse import parse_feed
from watcher.model.page import Fetched, FetchFailed, FetchRequest, FetchResult, Hop, NotModified
from watcher.model.when import DAY, HOUR, MINUTE, SECOND, Micros
from watcher.pipeline.works import Works

START: Micros = 1_773_014_400_000_000  # 2026-03-09T00:00:00Z
TICK = 30 * SECOND
WINDOW = 20  # items that a feed shows
HEAD = 300  # bytes of an answer without its body
RATES = (0.02, 0.02, 0.05, 0.1, 0.3, 0.3, 1.0, 1.0, 3.0, 10.0)  # items a day: most are quiet
KINDS = (
    "plain", "plain", "no validators", "last-modified only", "max-age", "ttl", "outage",
    "told to wait", "unsteady", "restless", "no ids", "moves", "plain", "plain", "plain", "plain",
    "max-age", "plain", "plain", "plain",
)  # fmt: skip


@dataclass
class Account:
    """What a day came to. `early`: address, and by how many seconds; `sent` and `whole` in bytes:
    what was sent after the first answer of each feed, which is whole for everybody, and what would
    have been had every request been unconditional."""

    requests: int = 0
    early: list[tuple[str, float]] = field(default_factory=list)
    sent: int = 0
    whole: int = 0
    new: int = 0  # items published after the first poll that are stored
    lost: list[str] = field(default_factory=list)
    twice: list[str] = field(default_factory=list)
    invented: list[str] = field(default_factory=list)


class Publisher:
    """One feed of the world, with its own promise of when it may be asked again."""

    def __init__(self, number: int) -> None:
        chance = random.Random(number)
        self.kind = KINDS[number % len(KINDS)]
        self.url = f"https://feed{number}.example/feed"
        self.number = number
        rate = chance.choice(RATES)
        self.times: list[Micros] = []
        at = float(START - 400 * DAY)
        while at < START + DAY:
            self.times.append(int(at))
            at += chance.expovariate(rate / DAY)
        self.chance = chance
        self.trouble = START + chance.randrange(20) * HOUR
        self.may: Micros = 0
        self.first: int | None = None  # how many were published at the first answer
        self.answered = 0  # and at the last

    def item(self, n: int) -> str:
        return f"https://feed{self.number}.example/{n}"

    def shown(self, count: int) -> range:
        return range(max(0, count - WINDOW), count)

    def body(self, count: int, now: Micros) -> bytes:
        built = f"<lastBuildDate>{_date(now)}</lastBuildDate>" if self.kind == "restless" else ""
        ttl = "<ttl>120</ttl>" if self.kind == "ttl" else ""
        items = "".join(self._stated(n) for n in reversed(self.shown(count)))
        title = f"<title>Feed {self.number}</title><link>https://feed{self.number}.example/</link>"
        return f'<rss version="2.0"><channel>{title}{built}{ttl}{items}</channel></rss>'.encode()

    def _stated(self, n: int) -> str:
        guid = "" if self.kind == "no ids" else f"<guid>{self.number}:{n}</guid>"
        words = " ".join(f"word{(self.number * 7 + n * 13 + k * k) % 997}" for k in range(120))
        return (
            f"<item><title>Item {n} of feed {self.number}</title><link>{self.item(n)}</link>{guid}"
            f"<pubDate>{_date(self.times[n])}</pubDate><description>{words}</description></item>"
        )


class World:
    """`ports.Fetcher`: what the publishers answer at the clock's time."""

    def __init__(self, count: int, clock: HandClock) -> None:
        self.publishers = {one.url: one for one in map(Publisher, range(count))}
        self.clock = clock
        self.account = Account()

    def pause(self, pauses: Any) -> None: ...

    async def fetch(self, request: FetchRequest) -> FetchResult:
        now = self.clock.now()
        own = self.publishers[request.url.replace("/moved", "/feed")]
        self.account.requests += 1
        if now < own.may:
            self.account.early.append((own.url, (own.may - now) / SECOND))
        own.may = now + 15 * MINUTE
        failed = self._fails(own, request, now)
        if failed is not None:
            self.account.sent += HEAD
            self.account.whole += HEAD
            return failed
        return self._answer(own, request, now)

    def _fails(self, own: Publisher, request: FetchRequest, now: Micros) -> FetchFailed | None:
        since = now - own.trouble
        if own.kind == "outage" and 0 <= since < 3 * HOUR:
            return _failed(request, 503)
        if own.kind == "told to wait" and 0 <= since < HOUR:
            own.may = now + 90 * MINUTE
            return _failed(request, 429, wait=90 * MINUTE)
        if own.kind == "unsteady" and own.chance.random() < 0.1:
            return FetchFailed(request.url, "timeout", "WTC-NET-020", "took too long")
        return None

    def _answer(self, own: Publisher, request: FetchRequest, now: Micros) -> FetchResult:
        count = bisect_right(own.times, now)
        own.answered = count
        body = own.body(count, now)
        headers, wait = self._headers(own, count, now)
        own.may = max(own.may, now + wait)
        if own.first is None:
            own.first = count
            return Fetched(request.url, request.url, 200, headers, body)
        self.account.whole += HEAD + len(body)
        same = (
            request.etag == headers.get("etag")
            if request.etag
            else (
                request.last_modified is not None
                and request.last_modified == headers.get("last-modified")
            )
        )
        moved = own.kind == "moves" and request.url == own.url and now >= own.trouble
        final = own.url.replace("/feed", "/moved") if moved else request.url
        hops = (Hop(301, final),) if moved else ()
        if same:
            self.account.sent += HEAD
            return NotModified(request.url, final, headers, hops)
        self.account.sent += HEAD + len(body)
        return Fetched(request.url, final, 200, headers, body, hops)

    def _headers(self, own: Publisher, count: int, now: Micros) -> tuple[dict[str, str], Micros]:
        """An answer's headers, and how long they ask to wait."""
        tag = f'"{own.number}-{count}"'
        if own.kind == "restless":
            tag = f'"{now}"'
        headers = {"content-type": "application/rss+xml", "etag": tag}
        if own.kind == "no validators":
            return {"content-type": "application/rss+xml"}, HOUR
        if own.kind == "last-modified only":
            del headers["etag"]
            headers["last-modified"] = _date(own.times[count - 1])
        if own.kind == "max-age":
            return {**headers, "cache-control": "max-age=7200"}, 2 * HOUR
        return headers, 2 * HOUR if own.kind == "ttl" else 0


class HandClock:
    def __init__(self) -> None:
        self.at = START

    def now(self) -> Micros:
        return self.at


class InProcess:
    """`ports.Parsers` without processes: the world's bodies are ours."""

    async def parse_feed(
        self, body: bytes, url: str, headers: Mapping[str, str], page: object = None
    ) -> Any:
        return parse_feed(body, url, headers)


class Silent:
    """A journal that keeps nothing; what breaks inside us ends the day."""

    def note(self, event: str, /, **facts: Any) -> None:
        if event == "broken":
            raise AssertionError(facts)


class Day:
    def __init__(self, feeds: int, folder: Path) -> None:
        self.clock = HandClock()
        self.world = World(feeds, self.clock)
        self.config = folder / "config.yaml"
        self.database = folder / "day.db"
        wanted = {"database": str(self.database), "feeds": list(self.world.publishers)}
        self.config.write_text(json.dumps(wanted), "utf-8")

    def run(self) -> Account:
        asyncio.run(self._polled())
        return self._settled()

    async def _polled(self) -> None:
        async with open_app(load(self.config), self.clock, Silent()) as app:
            works = Works(replace(app.desk, fetcher=self.world, parsers=InProcess()))
            while self.clock.at < START + DAY:
                due = await app.desk.store.run(
                    lambda store: store._db.execute(
                        "SELECT min(due_at) FROM feed WHERE state = 'active'"
                    ).fetchone()[0]
                )
                self.clock.at = max(self.clock.at + TICK, due)
                await works.pumps["poll"].drain()
                assert not works.tally.broken

    def _settled(self) -> Account:
        """Holds what is stored against what was published."""
        account = self.world.account
        with closing(sqlite3.connect(self.database)) as db:
            stored = [url for (url,) in db.execute("SELECT url FROM entry")]
        known = set(stored)
        expected = set()
        for own in self.world.publishers.values():
            if own.first is None:
                continue
            oldest = own.shown(own.first).start
            expected |= {own.item(n) for n in range(oldest, own.answered)}
            account.new += own.answered - own.first
        account.lost = sorted(expected - known)
        account.invented = sorted(known - expected)
        account.twice = sorted(url for url, times in Counter(stored).items() if times > 1)
        return account


def _date(at: Micros) -> str:
    return formatdate(at / SECOND, usegmt=True)


def _failed(request: FetchRequest, status: int, wait: Micros | None = None) -> FetchFailed:
    says = f"answered {status}"
    code = f"WTC-NET-{status}"
    return FetchFailed(request.url, "status", code, says, status=status, retry_after=wait)
