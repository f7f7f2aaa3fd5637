"""Feeds and their entries: as wanted (config), as known (store), as read (parser), as decided."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from watcher.model.alert import Alert, Delivery
    from watcher.model.when import Dated, Micros

ScrapeMode = Literal["all", "matched", "never"]
FeedLife = Literal["active", "paused", "gone", "retired"]
IdentityPolicy = Literal["auto", "guid", "link", "hash"]  # what tells two entries apart
Quirk = Literal["no_validators", "plain_coding"]  # what a server does not bear being asked for


@dataclass(frozen=True, slots=True)
class PageRecipe:
    """How a list page is read as a feed: CSS selectors of its links, of links among them that are
    none of its articles, and of a title within the link's own block. All None: found by itself."""

    links: str | None = None
    without: str | None = None
    title: str | None = None


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
    weight: float = 1.0  # how much sooner than others it is wanted, 0.1 to 10
    folder: tuple[str, ...] = ()
    identity: IdentityPolicy = "auto"
    page: PageRecipe | None = None  # a list page, watched like a feed
    topics: int = 1  # how many of the topics look at it
    seen: Micros | None = None  # what was there by then raises no alert


@dataclass(frozen=True, slots=True)
class Wishes:
    """What a feed itself asks of its readers. `ttl` and `period` (sy:updatePeriod by
    sy:updateFrequency) in minutes; `base` is sy:updateBase; hours are GMT, 0 to 23; days count
    from Monday, 0 to 6."""

    ttl: int | None = None
    period: int | None = None
    base: Micros | None = None
    skip_hours: tuple[int, ...] = ()
    skip_days: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Rate:
    """How often a feed publishes: entries seen and days watched, both decayed as of `at`, and the
    entries by hour of the day (UTC), 24 of them or none yet."""

    entries: float = 0.0
    days: float = 0.0
    at: Micros | None = None
    hours: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True)
class Move:
    """The evidence for a permanent redirect: where it leads, how often it was seen, first and
    last."""

    target: str
    sightings: int
    first: Micros
    last: Micros


@dataclass(frozen=True, slots=True)
class FeedMemory:
    """What polls remember of a feed beyond its validators. Stored as one JSON text: fields may
    come, none may change its meaning.

    `last_whole`: when a body was last read, or an unconditional answer had; `last_new`: when an
    entry last came; `failing_since`: the first of the failures in a row, `hint`: what can be done
    about the last; `children`: what a sitemap index's parts said of their last change, by address,
    0 where nothing; `part_tags`: the ETag and Last-Modified of those that gave any;
    `validated_url`: whose answer gave the validators, where a redirect led there; `last_bare`: when
    the feed was last asked without its validators to see whether they still tell the truth;
    `suspect`: a request with validators was refused, the next one goes without; `adopted`: when
    `fetch_url` last changed; `not_to`: moves that the user undid; `earliest`: no poll before it, by
    the publisher's wish or the floor; `all_new`: polls in a row that found nothing they knew;
    `broken_by`: the version of watcher whose code broke on what came last; `told_broken`: since
    when it failed when somebody was told of it.
    """

    wishes: Wishes = Wishes()
    rate: Rate = Rate()
    move: Move | None = None
    quirks: tuple[Quirk, ...] = ()
    last_whole: Micros | None = None
    last_new: Micros | None = None
    failing_since: Micros | None = None
    hint: str | None = None
    validated_url: str | None = None
    last_bare: Micros | None = None
    suspect: bool = False
    adopted: Micros | None = None
    not_to: tuple[str, ...] = ()
    earliest: Micros | None = None
    all_new: int = 0
    broken_by: str | None = None
    told_broken: Micros | None = None
    children: Mapping[str, Micros] = field(default_factory=dict)
    part_tags: Mapping[str, tuple[str | None, str | None]] = field(default_factory=dict)


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
    reader: str | None = None  # which one served last, with its version
    slices: bytes | None = None  # hashes of what the body held (`feeds.slices`)
    error: str | None = None  # the code of the last poll's failure
    hits: float = 0.0  # articles of its entries that matched a topic, fading over 30 days
    memory: FeedMemory = FeedMemory()
    also: tuple[FeedSpec, ...] = ()  # feeds that were found to be this one, and merged into it


@dataclass(frozen=True, slots=True)
class FeedJob:
    """A leased feed. The token fences: a settle with another token is refused."""

    state: FeedState
    token: str


@dataclass(frozen=True, slots=True)
class Enclosure:
    """A file that an entry comes with; `length` in bytes, as stated."""

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
    publisher's markup, unsanitised; `literal` says of each that it is no markup but plain text.
    `text` is the plain text of the longer of the two, paragraphs joined by a blank line, or None
    where it was not made yet (`feeds.plain.entry_text` makes it): most entries are known ones."""

    id: str | None
    url: str | None
    title: str
    published: Dated | None = None
    updated: Dated | None = None
    authors: tuple[str, ...] = ()
    summary: str = ""
    content: str = ""
    text: str | None = None
    literal: tuple[bool, bool] = (False, False)
    language: str | None = None
    tags: tuple[str, ...] = ()
    enclosures: tuple[Enclosure, ...] = ()
    source: EntrySource | None = None
    origins: tuple[tuple[str, str], ...] = ()  # field, and the element that gave it


@dataclass(frozen=True, slots=True)
class Child:
    """A part of a sitemap index, with the validators of its last answer."""

    url: str
    modified: Micros | None = None
    etag: str | None = None
    last_modified: str | None = None


@dataclass(frozen=True, slots=True)
class Problem:
    """Something wrong with a feed that did not stop the reading."""

    code: str
    message: str


@dataclass(frozen=True, slots=True)
class ParsedFeed:
    """A feed as read. `reader` says which reader served; `kind` is the format as the reader names
    it (`rss20`, `atom10`, …). `children` are the parts of a sitemap index, which has no entries of
    its own; `unfinished`: some of them are still to be asked."""

    title: str | None
    url: str | None
    site_url: str | None
    language: str | None
    entries: tuple[ParsedEntry, ...]
    reader: str
    kind: str
    wishes: Wishes = Wishes()
    children: tuple[Child, ...] = ()
    problems: tuple[Problem, ...] = ()
    unfinished: bool = False


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


PollOutcome = Literal["new", "unchanged", "not_modified", "failed", "deferred"]


@dataclass(frozen=True, slots=True)
class PollError:
    """Why a poll failed: a stable code, a sentence, and what can be done."""

    code: str
    message: str
    hint: str | None = None


BROKEN = "WTC-INT-002"  # the code of a feed that our own code breaks on

# How a step of `reasons` begins that the budget of polls made; `status` counts by it.
STRETCHED = "poll.budget: "


@dataclass(frozen=True, slots=True)
class Demand:
    """`feeds` of them want to be polled every `interval`; `fixed`: as the user said."""

    interval: Micros
    feeds: int
    fixed: bool = False


@dataclass(frozen=True, slots=True)
class Pause:
    """A whole host (`text.hosts.pause_key`) that is left alone until then, and why. One that is
    not firm, because nobody asked for it, ends with the host's next good answer."""

    host: str
    until: Micros
    why: str
    firm: bool = True


@dataclass(frozen=True, slots=True)
class FeedStanding:
    """A feed that somebody wants polled now. `life` may also be `merged`; `pause`: its host's."""

    state: FeedState
    life: FeedLife | str
    leased: bool = False
    pause: Pause | None = None


@dataclass(frozen=True, slots=True)
class RetryRefused:
    """Why a feed is not polled now, and when it may be."""

    reason: str
    next_due: Micros | None = None


@dataclass(frozen=True, slots=True)
class PollDecision:
    """What a poll changes. `new` and `changed` are entries to store and scrape, `refreshed` those
    that only another reader states differently (their hash is stored, nothing else happens).
    `why` explains the next due time in a line, `reasons` step by step; `notes` are what the user
    should know beyond it (entries that rolled off unseen, an adopted move).

    Fields that are None keep the stored value, but `etag` and `last_modified` are always stored as
    given (an answer without a validator deletes it). `fetch_url`: from now on the feed is fetched
    there. `merged_into`: set by the store where another feed is already fetched there.
    """

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
    refreshed: tuple[Entry, ...] = ()
    slices: bytes | None = None
    memory: FeedMemory | None = None
    reasons: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    pause: Pause | None = None
    fetch_url: str | None = None
    merged_into: str | None = None
    alerts: tuple[Alert, ...] = ()
    deliveries: tuple[Delivery, ...] = ()


@dataclass(frozen=True, slots=True)
class KnownEntry:
    """What the store remembers of an entry: enough to tell new from changed from same.
    `publisher_id` is given where the feed goes by it (`identity: guid`)."""

    entry: str
    hash: str
    url: str | None = None
    publisher_id: str | None = None


KnownEntries = Mapping[str, KnownEntry]  # by identity


@dataclass(frozen=True, slots=True)
class EntryJob:
    """A leased entry whose page is wanted. `first_seen` is when a poll first saw it; `attempts`
    counts earlier tries at the page; `has_article` is true once a text of it is stored; `broken`
    counts how often it broke a stage."""

    entry: Entry
    feed: FeedState
    token: str
    first_seen: Micros
    attempts: int = 0
    has_article: bool = False
    changed: bool = False
    broken: int = 0
