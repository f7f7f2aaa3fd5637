"""What the app is handed: plain records, made from a config that was found good."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from watcher.config.secrets import Secret
from watcher.config.targets import Target
from watcher.model.article import Recipe
from watcher.model.feed import FeedSpec
from watcher.model.recheck import RecheckPolicy
from watcher.model.topic import TopicSpec
from watcher.model.when import DAY, HOUR, MINUTE, SECOND, Micros

if TYPE_CHECKING:
    from watcher.config.own import AccessSettings
    from watcher.topics.ast import Query


@dataclass(frozen=True, slots=True)
class NetSettings:
    contact: str | None = None
    allow: tuple[str, ...] = ()
    allow_post: tuple[str, ...] = ()
    ports: tuple[tuple[int, int], ...] = ((80, 80), (443, 443), (8000, 8999))
    gap: Micros = SECOND
    per_host: int = 1
    concurrency: int = 64
    deadline: Micros = 30 * SECOND
    max_body: int = 10_000_000
    robots_for_feeds: bool = False


@dataclass(frozen=True, slots=True)
class MailServer:
    host: str
    port: int
    security: str  # none | starttls | tls
    user: str
    password: Secret | None
    sender: str


@dataclass(frozen=True, slots=True)
class Settings:
    """`path` is the config's, or None where there is none; `outlets` maps domains to names and
    `outlet_names` squashed names (with `aka`) to names; `backlog` None means all; `access` is
    there, by feed, for those with a way of their own to be asked; `recipes` are by host."""

    path: Path | None
    database: Path
    net: NetSettings = NetSettings()
    every: Micros = HOUR
    floor: Micros = 15 * MINUTE
    cap: Micros = DAY
    budget: float = 3600.0  # polls an hour
    patience: Micros = 10 * MINUTE
    keep_noarchive: bool = True
    keep_pages: Micros | None = None
    recipes: Mapping[str, Recipe] = field(default_factory=dict)
    recheck: RecheckPolicy = field(default_factory=RecheckPolicy)
    feeds: tuple[FeedSpec, ...] = ()
    access: Mapping[str, AccessSettings] = field(default_factory=dict)
    topics: tuple[TopicSpec, ...] = ()
    ignore: tuple[tuple[TopicSpec, Query], ...] = ()  # block rules, named by their queries
    queries: Mapping[str, Query] = field(default_factory=dict)
    aliases: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    outlets: Mapping[str, str] = field(default_factory=dict)
    outlet_names: Mapping[str, str] = field(default_factory=dict)
    backlog: Micros | None = DAY
    notices: tuple[str, ...] = ()
    channels: tuple[Target, ...] = ()
    mail: MailServer | None = None
    listen: str | None = "socket"  # `unix:PATH`, `HOST:PORT`, or `socket`: one beside the database
    reload: bool = True
    warnings: tuple[str, ...] = ()

    @property
    def saved(self) -> dict[str, str]:
        """The queries that `topic:name` stands for."""
        return {topic.topic: topic.query for topic in self.topics}

    @staticmethod
    def empty(database: Path) -> Settings:
        """For commands that need no feed, topic or channel, where there is no config.yaml."""
        return Settings(None, database)

    def on(self, database: Path) -> Settings:
        """The same on another database."""
        return replace(self, database=database)
