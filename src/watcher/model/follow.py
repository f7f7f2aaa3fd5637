"""Following: the links of matched articles that lead to further pages, as work in the store."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from watcher.model.when import DAY, Micros

if TYPE_CHECKING:
    from watcher.model.article import LinkRole

# What became of a page that was followed. `known`: an article of ours already stood there;
# `budget`: it was not asked for, because no budget of its topics had room within its time.
FollowOutcome = Literal["article", "no_match", "not_article", "failed", "known", "budget"]


@dataclass(frozen=True, slots=True)
class FollowWish:
    """What a topic wants followed: up to `depth` links away from what its feeds brought, at most
    `number` pages in any `per`, links of these `roles`."""

    depth: int = 1
    number: int = 20
    per: Micros = DAY
    roles: tuple[LinkRole, ...] = ("related",)


@dataclass(frozen=True, slots=True)
class FollowLink:
    """A link to follow. `key` is its address's identity; `topics` want it; `depth` is how many
    links away from a feed its page is."""

    key: str
    url: str
    text: str
    role: LinkRole
    heading: str | None
    topics: tuple[str, ...]
    depth: int = 1


@dataclass(frozen=True, slots=True)
class FollowJob:
    """A leased link. `article` has it; `feeds` brought that article, with their `tags`: a topic's
    scope looks at them for its page too."""

    link: FollowLink
    article: str
    token: str
    attempts: int = 0
    feeds: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    names: tuple[str, ...] = ()  # further names of the feeds


@dataclass(frozen=True, slots=True)
class Followed:
    """How a try ends. `due`: when it is asked again (then `outcome` is not final). `keys`: further
    addresses that turned out to be this page; `feed_url`: a feed that the page names."""

    job: FollowJob
    outcome: FollowOutcome
    at: Micros
    why: str = ""
    code: str | None = None
    due: Micros | None = None
    keys: tuple[str, ...] = ()
    feed_url: str | None = None
    tried: bool = True


@dataclass(frozen=True, slots=True)
class FoundBy:
    """Which link an article was found by."""

    article: str
    article_url: str
    article_title: str
    link: FollowLink
    at: Micros


@dataclass(frozen=True, slots=True)
class OutletRow:
    """An outlet that was met by following and has no feed here."""

    domain: str
    name: str
    articles: int
    topics: tuple[str, ...]
    examples: tuple[tuple[str, str], ...]  # address and title
    feed_url: str | None
    site_url: str
    last: Micros


@dataclass(frozen=True, slots=True)
class FollowRow:
    """A link that was followed, or waits for it."""

    url: str
    text: str
    topics: tuple[str, ...]
    article: str  # that has the link
    outcome: str | None  # None: still to be asked for
    why: str
    due: Micros | None
    found: str | None  # the article that its page became
