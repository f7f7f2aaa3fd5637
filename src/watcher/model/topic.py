"""Topics as wanted, and what they found."""

from __future__ import annotations

from dataclasses import dataclass

from watcher.model.follow import FollowWish
from watcher.model.when import Micros


@dataclass(frozen=True, slots=True)
class Scope:
    """Where a topic looks; empty means everywhere."""

    tags: tuple[str, ...] = ()
    feeds: tuple[str, ...] = ()
    langs: tuple[str, ...] = ()
    outlets: tuple[str, ...] = ()
    not_outlets: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class TopicSpec:
    """A topic as config.yaml wants it. `meaning` is the query with its aliases written out: a new
    meaning makes a new version."""

    topic: str
    query: str
    meaning: str
    scope: Scope = Scope()
    channels: tuple[str, ...] = ()
    follow: FollowWish | None = None  # None: its articles' links are not followed


@dataclass(frozen=True, slots=True)
class TopicVersion:
    topic: str
    version: int
    query: str
    meaning: str
    since: Micros


@dataclass(frozen=True, slots=True)
class Span:
    """A hit: code points of the field as printed, end exclusive. `field` is one of title,
    standfirst, body, caption[i], author, credit, url, tag; `clause` the part of the query as
    written."""

    field: str
    start: int
    end: int
    clause: str


@dataclass(frozen=True, slots=True)
class Match:
    """A topic found true on a revision. `clause` is the part of the query that decided."""

    topic: str
    version: int
    article: str
    revision: int
    clause: str
    spans: tuple[Span, ...]
