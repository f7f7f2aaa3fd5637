"""What every stage is handed: the ports, and the few settings that decisions need."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Protocol, TypeVar

from watcher.alerts.rules import AlertPolicy
from watcher.feeds.policy import CadencePolicy
from watcher.model.article import Recipe
from watcher.model.page import Access
from watcher.model.recheck import RecheckPolicy
from watcher.model.when import MINUTE, Micros
from watcher.pipeline.budget import Budget
from watcher.pipeline.outage import Outage
from watcher.pipeline.topics import TopicDesk
from watcher.ports import Channel, Clock, Fetcher, Ids, Journal, Parsers, Store

T = TypeVar("T")

LEASE: Micros = 10 * MINUTE  # longer than any deadline a stage can add up to
STAGES = ("poll", "scrape", "recheck", "follow", "listen", "gather", "deliver")


class StoreDoor(Protocol):
    """The synchronous store behind its one writer thread."""

    async def run(self, call: Callable[[Store], T]) -> T: ...


@dataclass(frozen=True, slots=True)
class ScrapePolicy:
    """`patience`: how long the feed's text waits for its page before it stands alone;
    `keep_noarchive`: the text of pages that ask not to be archived is stored all the same;
    `keep_pages`: how long pages are kept, None: not at all;
    `recipes`: by host, how pages are read."""

    patience: Micros = 10 * MINUTE
    keep_noarchive: bool = True
    keep_pages: Micros | None = None
    recipes: Mapping[str, Recipe] = field(default_factory=dict)


@dataclass(slots=True)
class OutletNames:
    """Names of outlets: by domain for who publishes, by squashed name for whom a credit names."""

    by_domain: Mapping[str, str]
    by_name: dict[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaceDesk:
    """What placing a text needs: the store, the topics and the rules, no network."""

    store: StoreDoor
    clock: Clock
    journal: Journal
    topics: TopicDesk
    outlets: OutletNames
    alerts: AlertPolicy
    instance: str
    recheck: RecheckPolicy = field(default_factory=RecheckPolicy)
    wake: Callable[[str], None] = field(default=lambda stage: None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk(PlaceDesk):
    fetcher: Fetcher
    parsers: Parsers
    channels: Mapping[str, Channel]
    ids: Ids
    version: str  # whose code sets poison aside
    cadence: CadencePolicy
    scrape: ScrapePolicy
    spread: Callable[[], float]
    notices: tuple[str, ...] = ()  # channels that hear of sources that break
    access: Mapping[str, Access] = field(default_factory=dict)  # by feed, where it has its own
    outage: Outage = field(default_factory=Outage)
    budget: Budget = field(default_factory=Budget)
