"""A whole watcher over loopback: real config, store, workers, receivers; only the clock is ours."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from tests.support.site import Site

from watcher.app import open_reading
from watcher.config.load import load
from watcher.daemon.main import one_pass
from watcher.demo.play import SECRET, Notes
from watcher.demo.receivers import HookReceiver, MailReceiver
from watcher.model.rows import AlertRow, ArticleRow, DeliveryRow, FeedRow, FoundArticle
from watcher.model.when import HOUR, Micros
from watcher.pipeline.works import Tally

NOON: Micros = 1_773_144_000_000_000  # 2026-03-10T12:00:00Z


class Watch:
    """One config and its database. `once` runs a pass at NOON plus `at`; the notes of the last
    pass stand in `notes`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.notes = Notes()
        self.sections: dict[str, Any] = {
            "net": {"allow": ["127.0.0.1"], "allow_post": ["127.0.0.1"], "ports": ["1024-65535"]},
            "poll": {"floor": "1s"},
            "feeds": [],
            "topics": {},
            "channels": {},
        }
        self.sections["net"]["gap"] = "0s"
        (folder / "hook.secret").write_text(SECRET)

    def feed(self, url: str, **wanted: Any) -> None:
        self.sections["feeds"].append({"url": url, **wanted})

    def topic(self, name: str, query: str, *channels: str) -> None:
        self.sections["topics"][name] = {"query": query, "channels": list(channels)}

    def hook(self, url: str) -> None:
        self.sections["channels"]["hook"] = {
            "type": "webhook",
            "url": url,
            "secret": {"file": "hook.secret"},
        }

    def mail(self, port: int) -> None:
        self.sections["channels"]["desk"] = {"type": "email", "to": ["desk@example.org"]}
        self.sections["email"] = {
            "host": "127.0.0.1",
            "port": port,
            "sender": "watcher@example.org",
        }

    def once(self, at: Micros = 0, *, force: bool = False) -> Tally:
        config = self.folder / "config.yaml"
        config.write_text(json.dumps(self.sections, ensure_ascii=False))
        self.notes = Notes()
        return one_pass(load(config), self.notes, at=NOON + at, force=force)

    def read(self, what: str, *args: Any, **options: Any) -> Any:
        """One call of the reading side."""
        with closing(open_reading(self.folder / "watcher.db")) as reader:
            return getattr(reader, what)(*args, **options)

    def article(self, url: str) -> ArticleRow:
        row: ArticleRow | None = self.read("article", url)
        assert row is not None, f"no article {url}"
        return row

    def has(self, url: str) -> bool:
        return self.read("article", url) is not None

    def feed_row(self, url: str) -> FeedRow:
        row: FeedRow | None = self.read("feed", url)
        assert row is not None
        return row

    @property
    def articles(self) -> list[FoundArticle]:
        """Newest first."""
        with closing(open_reading(self.folder / "watcher.db")) as reader:
            return list(reader.search(None))

    @property
    def alerts(self) -> list[AlertRow]:
        """Oldest first."""
        return list(reversed(self.read("alerts", limit=1000).items))

    @property
    def deliveries(self) -> list[DeliveryRow]:
        """Oldest first."""
        return list(reversed(self.read("deliveries", limit=1000).items))


@pytest.fixture
def watch(tmp_path: Path) -> Watch:
    return Watch(tmp_path)


@pytest.fixture
def site() -> Iterator[Site]:
    with Site() as running:
        yield running


@pytest.fixture
def hooks() -> Iterator[HookReceiver]:
    with HookReceiver(SECRET) as running:
        yield running


@pytest.fixture
def mails() -> Iterator[MailReceiver]:
    with MailReceiver() as running:
        yield running


def rss(site: Site, *items: tuple[str, str, str], hours_old: int = 1) -> str:
    """A feed of (path, title, description) items, all `hours_old` at NOON."""
    at = 12 - hours_old
    entries = "".join(
        f"<item><title>{title}</title><link>{site.url(path)}</link>"
        f"<guid>{site.url(path)}</guid><description>{text}</description>"
        f"<pubDate>Tue, 10 Mar 2026 {at:02}:00:00 GMT</pubDate></item>"
        for path, title, text in items
    )
    return f'<rss version="2.0"><channel><title>Daily</title>{entries}</channel></rss>'


def page(title: str, *paragraphs: str, after: str = "", hours_old: int = 1) -> str:
    """An article's page with a date; `after` stands below the text."""
    text = "".join(f"<p>{paragraph}</p>" for paragraph in paragraphs)
    return (
        f"<!DOCTYPE html><html lang='en'><head><title>{title}</title>"
        f"<meta property='article:published_time' content='2026-03-10T{12 - hours_old:02}:00:00Z'>"
        f"</head><body><main><article><h1>{title}</h1>{text}</article>{after}</main></body></html>"
    )


HARBOUR = (
    "Workers at the harbour of Tarven stopped loading ships on Tuesday morning after talks about "
    "night shifts ended without a result, and the cranes stood still until the evening.",
    "The port authority said that seven vessels were waiting outside the breakwater, among them a "
    "tanker with heating oil that the islands had expected at the weekend.",
    "A spokeswoman for the crews, Ada Mirk, said that nobody wished for a long dispute but that "
    "the rosters had been changed four times since the autumn without a word to those concerned.",
    "The mayor offered the town hall for further talks and asked both sides to keep the ferry to "
    "the hospital island running in the meantime, whatever else may happen this week.",
)

__all__ = ["HARBOUR", "HOUR", "NOON", "Watch", "page", "rss"]
