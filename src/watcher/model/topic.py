"""Topics as wanted, and what they found."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
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


# What a topic tells of, beside the first article of a story.
Tell = Literal["first", "outlet", "copy", "original", "revision", "withdrawal", "burst", "silence"]


@dataclass(frozen=True, slots=True)
class Way:
    """How a topic tells one channel. `digest`: at which minutes of the day its alerts go out
    together; `quiet`: from which minute to which nothing does; both, and the day of `cap` (the most
    that is told one by one), in `zone` (IANA). `cooldown`: the least time between two."""

    channel: str
    digest: tuple[int, ...] = ()
    quiet: tuple[int, int] | None = None
    zone: str = "UTC"
    cap: int | None = None
    cooldown: Micros = 0

    @property
    def at_once(self) -> bool:
        """Whether nothing ever waits on it."""
        return not (self.digest or self.quiet or self.cooldown) and self.cap is None


@dataclass(frozen=True, slots=True)
class TopicSpec:
    """A topic as config.yaml wants it. `meaning` is the query with its aliases written out: a new
    meaning makes a new version. `ways`: those of its channels that have rules."""

    topic: str
    query: str
    meaning: str
    scope: Scope = Scope()
    channels: tuple[str, ...] = ()
    follow: FollowWish | None = None  # None: its articles' links are not followed
    ways: tuple[Way, ...] = ()
    tell: tuple[Tell, ...] = ("first",)

    def way(self, channel: str) -> Way:
        return next((one for one in self.ways if one.channel == channel), Way(channel))


@dataclass(frozen=True, slots=True)
class TopicVersion:
    """A meaning that a topic had from `since` on."""

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
