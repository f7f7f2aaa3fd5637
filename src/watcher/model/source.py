"""Where a site's feeds may be, and what was found there."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from watcher.model.feed import ParsedFeed

How = Literal[
    "itself",  # the address that was given is a feed
    "header",  # a Link header of the page's answer
    "link",  # a <link rel=alternate> on the page
    "host",  # a rule about how this service names its feeds
    "anchor",  # a plain link on the page that looks like a feed's
    "guess",  # a path where feeds often are
    "sitemap",  # a news sitemap
]


@dataclass(frozen=True, slots=True)
class Candidate:
    """An address that may be a feed's, and why. `aside`: why it is not what was asked for, though
    it may be a feed (the comments, a part of another one); `note`: what to know before using it."""

    url: str
    how: How
    why: str
    title: str | None = None
    aside: str | None = None
    note: str | None = None


@dataclass(frozen=True, slots=True)
class Probe:
    """What a candidate turned out to be. `feed` is what was read; without one, `problem` says
    what came instead, or why it was not asked (`asked` is False)."""

    candidate: Candidate
    feed: ParsedFeed | None = None
    problem: str | None = None
    asked: bool = True


@dataclass(frozen=True, slots=True)
class Discovered:
    """What one site led to. `probes` in the order of their rank; `requests` counts those beyond
    the address itself (robots.txt apart); `stopped`: why the search ended before its end."""

    site: str
    probes: tuple[Probe, ...]
    requests: int = 0
    stopped: str | None = None

    @property
    def feeds(self) -> tuple[Probe, ...]:
        """Those that are feeds."""
        return tuple(one for one in self.probes if one.feed is not None)

    @property
    def offers(self) -> tuple[Probe, ...]:
        """Feeds, and what may be one but was not asked."""
        return tuple(one for one in self.probes if one.feed is not None or not one.asked)

    @property
    def choices(self) -> tuple[Probe, ...]:
        """Those among which somebody has to choose: all that is not aside, else whatever is."""
        return tuple(one for one in self.feeds if one.candidate.aside is None) or self.feeds
