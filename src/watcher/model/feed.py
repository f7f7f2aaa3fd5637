"""Feeds and their entries: as wanted (config), as known (store), as read (parser), as decided."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from watcher.model.when import Dated, Micros

ScrapeMode = Literal["all", "matched", "never"]
FeedLife = Literal["active", "paused", "gone", "retired"]


@dataclass(frozen=True, slots=True)
class FeedSpec:
    """A feed as config.yaml wants it. `feed` is our id (`model.ids.feed_id`)."""

    feed: str
    url: str
    title: str | None = None
    tags: tuple[str, ...] = ()
    every: Micros | None = None
    scrape: ScrapeMode = "all"
    outlet: str | None = None
    language: str | None = None
    country: str | None = None


@dataclass(frozen=True, slots=True)
class FeedState:
    """A feed as the store knows it when it is leased. `title` is the configured title, else the
    feed's own; `site_url` the feed's own link to its site."""

    spec: FeedSpec
    fetch_url: str
    title: str | None = None
    site_url: str | None = None
    language: str | None = None
    etag: str | None = None
    last_modified: str | None = None
    body_hash: str | None = None
    polls: int = 0
    failures: int = 0
    interval: Micros | None = None
    last_poll: Micros | None = None
    due_at: Micros = 0
    ttl: int | None = None  # minutes, as the feed last stated it (0: it states none)


@dataclass(frozen=True, slots=True)
class FeedJob:
    """A leased feed. The token fences: a settle with another token is refused."""

    state: FeedState
    token: str


@dataclass(frozen=True, slots=True)
class Enclosure:
    url: str
    type: str | None = None
    length: int | None = None


@dataclass(frozen=True, slots=True)
class EntrySource:
    """The feed that an aggregator names as an entry's origin."""

    title: str | None
    url: str | None


@dataclass(frozen=True, slots=True)
class ParsedEntry:
    """An entry as the feed states it. `id` is the publisher's; `summary` and `content` are the
    publisher's markup, unsanitised; `text` is their plain text, paragraphs joined by a blank line
    (the longer of the two)."""

    id: str | None
    url: str | None
    title: str
    published: Dated | None = None
    updated: Dated | None = None
    authors: tuple[str, ...] = ()
    summary: str = ""
    content: str = ""
    text: str = ""
    language: str | None = None
    tags: tuple[str, ...] = ()
    enclosures: tuple[Enclosure, ...] = ()
    source: EntrySource | None = None


@dataclass(frozen=True, slots=True)
class Problem:
    """Something wrong with a feed that did not stop the reading."""

    code: str
    message: str


@dataclass(frozen=True, slots=True)
class ParsedFeed:
    """A feed as read. `reader` says which reader served (`feedparser`); `kind` is the format as
    the reader names it (`rss20`, `atom10`, …). `ttl` is the publisher's wish in minutes."""

    title: str | None
    url: str | None
    site_url: str | None
    language: str | None
    entries: tuple[ParsedEntry, ...]
    reader: str
    kind: str
    ttl: int | None = None
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True)
class ParseFailed:
    """Not a feed, or a feed that cannot be read."""

    code: str
    message: str
    hint: str | None = None


@dataclass(frozen=True, slots=True)
class Entry:
    """An entry with stable identity, as the store keeps it. `identity` is unique in its feed;
    `hash` covers what the publisher may edit (title, text), folded; `backlog_candidate` marks
    undated entries of a first poll other than the newest (they count as old, spec `interfaces`)."""

    entry: str
    feed: str
    identity: str
    publisher_id: str | None
    url: str | None
    title: str
    text: str
    published: Dated | None
    updated: Dated | None
    authors: tuple[str, ...]
    language: str | None
    tags: tuple[str, ...]
    hash: str
    position: int = 0
    counts_as_old: bool = False


PollOutcome = Literal["new", "unchanged", "not_modified", "failed"]


@dataclass(frozen=True, slots=True)
class PollError:
    code: str
    message: str
    hint: str | None = None


@dataclass(frozen=True, slots=True)
class PollDecision:
    """What a poll changes. `new` and `changed` are entries to store and scrape; `why` explains the
    next due time. Fields that are None keep the stored value, but `etag` and `last_modified` are
    always stored as given (an answer without a validator deletes it)."""

    outcome: PollOutcome
    next_due: Micros
    why: str
    interval: Micros
    etag: str | None
    last_modified: str | None
    body_hash: str | None
    new: tuple[Entry, ...] = ()
    changed: tuple[Entry, ...] = ()
    seen: int = 0
    failures: int = 0
    status: int | None = None
    reader: str | None = None
    title: str | None = None
    site_url: str | None = None
    language: str | None = None
    life: FeedLife = "active"
    error: PollError | None = None
    micros: Micros = 0
    ttl: int | None = None  # minutes; 0: the feed states none any more


@dataclass(frozen=True, slots=True)
class KnownEntry:
    """What the store remembers of an entry: enough to tell new from changed from same."""

    entry: str
    hash: str


KnownEntries = Mapping[str, KnownEntry]  # by identity


@dataclass(frozen=True, slots=True)
class EntryJob:
    """A leased entry whose page is wanted. `first_seen` is when a poll first saw it; `attempts`
    counts earlier tries at the page; `has_article` is true once a text of it is stored."""

    entry: Entry
    feed: FeedState
    token: str
    first_seen: Micros
    attempts: int = 0
    has_article: bool = False
    changed: bool = False
