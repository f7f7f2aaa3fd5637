"""watcher itself, in this process: the whole app over a clock of ours. Only three things are not as
in earnest: the ticker (time jumps to what is due), the waits in a lane (they move the clock), and,
unless the check asks for `processes`, that feeds are read in this process."""

from __future__ import annotations

import json
import os
import sqlite3
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, ExitStack, closing
from dataclasses import replace
from pathlib import Path
from typing import Any
from unittest.mock import patch

from anyio.from_thread import start_blocking_portal
from tests.conformance.drivers.base import Ability, Article, Item, Refreshed, Wanted, peak
from tests.conformance.server import MINUTE, SECOND, World, resolving

import watcher
from watcher.app import App, open_app, open_reading
from watcher.config.load import load
from watcher.feeds.parse import parse_feed
from watcher.model.source import Discovered
from watcher.pipeline.discover import discover
from watcher.pipeline.retry import retry
from watcher.pipeline.works import Works
from watcher.text.urls import normalise

NEXT = """
SELECT min(max(feed.due_at, coalesce(host.paused_until, 0))) FROM feed
LEFT JOIN host ON host.host = feed.host WHERE feed.state = 'active'
"""
PAGES = "SELECT min(due_at) FROM entry WHERE due_at IS NOT NULL"
ENTRIES = """
SELECT feed.url AS feed, entry.identity AS id, entry.title AS title, entry.url AS url,
       entry.published_at AS published, entry.stated AS stated
FROM entry JOIN feed USING (feed) ORDER BY entry.first_seen, entry.rowid
"""


class InProcess:
    """`ports.Parsers` for feeds without processes."""

    def __init__(self, pages: Any) -> None:
        self._pages = pages

    async def parse_feed(
        self, body: bytes, url: str, headers: Mapping[str, str], page: object = None
    ) -> Any:
        return parse_feed(body, url, headers)

    async def extract(self, *args: Any) -> Any:
        return await self._pages.extract(*args)


class Broken(AssertionError):
    """A fault of watcher's own."""


class Journal:
    """Keeps what the stages told; what breaks inside fails the check."""

    def __init__(self) -> None:
        self.notes: list[tuple[str, dict[str, Any]]] = []

    def note(self, event: str, /, **facts: Any) -> None:
        self.notes.append((event, facts))


class Watcher:
    name = "watcher"
    version = watcher.__version__
    start_up = 3.0  # of a worker process, on a busy machine
    can: frozenset[Ability] = frozenset(
        (
            "own times", "settings", "refresh", "why", "state", "changes", "texts", "dates",
            "pages", "login", "names", "authority", "own network", "discovery", "clock",
        )
    )  # fmt: skip

    def start(self, world: World, folder: Path, wanted: Wanted) -> None:
        self._world, self._clock, self._wanted = world, world.clock, wanted
        self._folder, self._urls = folder, list[str]()
        self.journal = Journal()
        self._stack = ExitStack()
        self._running: ExitStack | None = None
        self._stack.enter_context(resolving(world.names, world.looked_up))
        self._stack.enter_context(_trusting(world))
        self._portal = self._stack.enter_context(start_blocking_portal())
        (folder / "login.secret").write_text(wanted.login[1] if wanted.login else "")

    def stop(self) -> None:
        self._close()
        self._stack.close()

    def subscribe(self, *urls: str) -> None:
        for url in urls:  # config.yaml is told of none twice, as by `watcher add`
            if normalise(url) not in map(normalise, self._urls):
                self._urls.append(url)
        self._write()
        if self._running is None:
            self._open()
        else:
            self._portal.call(self._app.reload_feeds)

    def restart(self) -> None:
        self._close()
        self._open()

    def run(self, until: int, enough: Callable[[], bool] | None = None) -> None:
        self._portal.call(self._run, until, enough or (lambda: False))
        broken = [facts for event, facts in self.journal.notes if event == "broken"]
        if broken:
            raise Broken(str(broken[0]))

    def entries(self) -> list[Item]:
        found = []
        for row in self._rows(ENTRIES):
            stated = json.loads(row["stated"])
            text = stated.get("text") or ""
            found.append(
                Item(row["feed"], row["id"], row["title"], row["url"], text, row["published"])
            )
        return found

    def memory(self) -> int:
        return peak(os.getpid())

    def refresh(self, url: str, *, force: bool = False) -> Refreshed:
        async def now() -> Any:
            return await retry(self._app.desk, self._feed(url)["feed"], force=force)

        done = self._portal.call(now)
        return Refreshed(done.decision is not None, done.reason, done.next_due)

    def why(self, url: str) -> str:
        feed = self._feed(url)
        notes = self._rows("SELECT notes FROM poll WHERE feed = ? ORDER BY id", feed["feed"])
        told = [note for row in notes for note in json.loads(row["notes"])]
        error = feed["error_message"] or ""
        return "\n".join([feed["why"], *json.loads(feed["reasons"]), *told, error])

    def state(self, url: str) -> str:
        feed = self._feed(url)
        if feed["merged_into"]:
            return "merged"
        if feed["state"] != "active":
            return str(feed["state"])
        return "failing" if feed["failures"] else "ok"

    def fetched_at(self, url: str) -> str:
        return str(self._feed(url)["fetch_url"])

    def revive(self, url: str, *, original: bool = False) -> None:
        feed, now = self._feed(url)["feed"], self._clock.at
        self._portal.call(
            self._app.desk.store.run,
            lambda store: store.resume_feed(feed, "tester", now, original=original),
        )

    def changes(self, url: str) -> int:
        rows = self._rows("SELECT changed FROM poll WHERE feed = ?", self._feed(url)["feed"])
        return sum(row["changed"] for row in rows)

    def article(self, url: str) -> Article:
        with closing(open_reading(self._folder / "watcher.db")) as store:
            row = store.article(url)
        assert row is not None, f"no article of {url}"
        return Article(row.text.body, "\n".join(row.text.why))

    def discover(self, url: str) -> list[str]:
        """As `watcher add SITE` looks for them."""

        async def search() -> list[str]:
            desk = self._app.desk
            found = await discover(url, desk.fetcher, desk.parsers, lambda _: None)
            return (
                []
                if not isinstance(found, Discovered)
                else [one.candidate.url for one in found.feeds]
            )

        return self._portal.call(search)

    def step_clock(self, by: int) -> None:
        """As the daemon's beat does it."""
        self._clock.at += by
        now = self._clock.at
        if by <= -MINUTE:
            self._portal.call(self._app.desk.store.run, lambda store: store.turn_back(now))

    def _config(self) -> dict[str, Any]:
        wanted = self._wanted
        net: dict[str, Any] = {"allow": ["127.0.0.0/8"], "ports": ["1024-65535"]}
        net["gap"] = _seconds(wanted.gap)
        if wanted.deadline is not None:
            net["deadline"] = _seconds(wanted.deadline * SECOND)
        if wanted.max_body is not None:
            net["max_body"] = wanted.max_body
        if wanted.concurrency is not None:
            net["concurrency"] = wanted.concurrency
        if wanted.contact is not None:
            net["contact"] = wanted.contact
        if wanted.robots_for_feeds:
            net["robots_for_feeds"] = True
        pages = {"pages": "all" if wanted.pages else "never", "noarchive": wanted.noarchive}
        return {"net": net, "scrape": pages, "feeds": [self._own(url) for url in self._urls]}

    def _own(self, url: str) -> dict[str, Any]:
        wanted = self._wanted
        own: dict[str, Any] = {"url": url}
        if wanted.every is not None:
            own["every"] = _seconds(wanted.every)
        if wanted.user_agent is not None:
            own["user_agent"] = wanted.user_agent
        if wanted.login is not None:
            own["auth"] = {"user": wanted.login[0], "password": {"file": "login.secret"}}
        if wanted.insecure:
            own["tls"] = "insecure"
        return own

    def _write(self) -> None:
        (self._folder / "config.yaml").write_text(json.dumps(self._config()), "utf-8")

    def _open(self) -> None:
        settings = load(self._folder / "config.yaml")
        self._running = ExitStack()
        opened = self._portal.wrap_async_context_manager(
            open_app(settings, self._clock, self.journal)
        )
        self._app: App = self._running.enter_context(opened)
        desk = self._app.desk
        desk.fetcher.lanes._sleep = self._sleep  # type: ignore[attr-defined]
        if not self._wanted.processes:
            desk = replace(desk, parsers=InProcess(desk.parsers))
        self._works = Works(desk)

    def _close(self) -> None:
        if self._running is not None:
            self._running.close()
            self._running = None

    async def _sleep(self, seconds: float) -> None:
        self._clock.at += round(seconds * SECOND)

    async def _run(self, until: int, enough: Callable[[], bool]) -> None:
        while not enough():
            due = await self._next()
            if due is None or due > until:
                self._clock.at = max(self._clock.at, until)
                return
            self._clock.at = max(self._clock.at, due)
            if not await self._work():
                self._clock.at += 10 * SECOND

    async def _work(self) -> bool:
        if not self._wanted.pages:
            return bool(await self._works.pumps["poll"].drain())
        before = sum(pump.handled for pump in self._works.pumps.values())
        await self._works.once()
        return sum(pump.handled for pump in self._works.pumps.values()) > before

    async def _next(self) -> int | None:
        def ask(store: Any) -> int | None:
            found = [store._db.execute(NEXT).fetchone()[0]]
            if self._wanted.pages:
                found.append(store._db.execute(PAGES).fetchone()[0])
            return min((at for at in found if at is not None), default=None)

        return await self._app.desk.store.run(ask)

    def _feed(self, url: str) -> sqlite3.Row:
        (row,) = self._rows("SELECT * FROM feed WHERE url = ?", url)
        return row

    def _rows(self, query: str, *args: Any) -> list[sqlite3.Row]:
        with closing(sqlite3.connect(self._folder / "watcher.db")) as db:
            db.row_factory = sqlite3.Row
            return db.execute(query, args).fetchall()


def _seconds(micros: float) -> str:
    return f"{max(round(micros), 0) // SECOND}s"


def _trusting(world: World) -> AbstractContextManager[Any]:
    trusted = {"SSL_CERT_FILE": str(world.trusted)} if world.trusted else {}
    return patch.dict("os.environ", trusted)
