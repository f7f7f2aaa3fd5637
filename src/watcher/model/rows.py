"""What the reading side of the store hands out: one record per thing that lists and `show` print.

Times are Micros; the command line turns them into text.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from watcher.model.alert import Attempt
    from watcher.model.article import ArticleText, Credit, Outlet
    from watcher.model.feed import FeedLife, FeedMemory, Pause
    from watcher.model.follow import FoundBy
    from watcher.model.topic import Span
    from watcher.model.when import Dated, Micros

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """Part of a list. `next` is the cursor for the following part, or None at the end."""

    items: tuple[T, ...]
    next: str | None = None


@dataclass(frozen=True, slots=True)
class PollRow:
    """A poll that was done, as `feeds show` lists it."""

    at: Micros
    outcome: str
    status: int | None
    new: int
    changed: int
    seen: int
    code: str | None
    message: str | None
    micros: Micros
    reader: str | None = None
    lag: Micros | None = None
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ActRow:
    """What somebody did, and when."""

    at: Micros
    author: str
    act: str


@dataclass(frozen=True, slots=True)
class NoteRow:
    """What a poll of a feed had to tell."""

    feed: str
    url: str
    at: Micros
    note: str


@dataclass(frozen=True, slots=True)
class FailingRow:
    """A feed that fails, and since when."""

    feed: str
    url: str
    since: Micros | None
    failures: int
    code: str
    message: str
    hint: str | None


@dataclass(frozen=True, slots=True)
class BrokenRow:
    """An entry that was set aside because it broke `stage` `times` times, by which version."""

    entry: str
    url: str | None
    title: str
    stage: str
    code: str
    message: str
    times: int
    version: str


@dataclass(frozen=True, slots=True)
class FeedRow:
    """A feed with all that is known of it."""

    feed: str
    url: str
    fetch_url: str
    title: str | None
    outlet: str | None
    state: FeedLife | str  # also `failing`
    last_poll: Micros | None
    next_due: Micros | None
    why: str
    reader: str | None
    entries: int
    lag: Micros | None
    error_code: str | None
    error_message: str | None
    polls: tuple[PollRow, ...] = ()
    reasons: tuple[str, ...] = ()  # why the next poll is when it is, step by step
    memory: FeedMemory | None = None
    merged_into: str | None = None
    pause: Pause | None = None  # of its host
    failures: int = 0
    acts: tuple[ActRow, ...] = ()  # newest first
    merged: tuple[str, ...] = ()  # addresses of the feeds that turned out to be this one
    site_url: str | None = None
    broken: tuple[BrokenRow, ...] = ()


@dataclass(frozen=True, slots=True)
class TopicRow:
    """A topic, with how often it was found true."""

    topic: str
    version: int
    query: str
    channels: tuple[str, ...]
    matches_today: int
    matches_total: int


@dataclass(frozen=True, slots=True)
class IgnoredRow:
    """An article that a block rule kept from all topics."""

    article: str
    id: str | None
    url: str
    title: str
    outlet: str
    rule: str
    at: Micros


@dataclass(frozen=True, slots=True)
class StoryArticleRow:
    """An article as a part of its story."""

    article: str
    id: str | None
    url: str
    title: str
    outlet: Outlet
    role: str
    kind: str | None
    copy_of: str | None
    score: float | None
    why: str
    published: Dated | None = None
    first_seen: Micros = 0
    known: Micros = 0  # since when its text stood there, at the latest
    language: str | None = None
    credit: Credit | None = None


@dataclass(frozen=True, slots=True)
class StoryLinkRow:
    """A link from one article of a story to another one that is stored, of whatever story."""

    article: str
    to: str
    story: str
    role: str
    url: str


@dataclass(frozen=True, slots=True)
class StoryRow:
    """`articles` in the order of the news. `aliases`: stories that turned out to be this one."""

    story: str
    title: str
    first_seen: Micros
    articles: tuple[StoryArticleRow, ...]
    links: tuple[StoryLinkRow, ...] = ()
    aliases: tuple[str, ...] = ()
    acts: tuple[ActRow, ...] = ()


@dataclass(frozen=True, slots=True)
class AlertRow:
    """An alert as it was decided, raised or not."""

    alert: str
    kind: str
    topic: str
    topic_version: int
    story: str
    article: str
    revision: int
    decision: str
    reason: str
    at: Micros


@dataclass(frozen=True, slots=True)
class DeliveryRow:
    """A delivery with its attempts."""

    delivery: str
    alert: str
    channel: str
    state: str
    attempts: tuple[Attempt, ...]
    next_at: Micros | None


@dataclass(frozen=True, slots=True)
class MatchRow:
    """A topic found true on a revision."""

    topic: str
    topic_version: int
    revision: int
    clause: str
    spans: tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class RevisionRow:
    """A version of an article."""

    n: int
    seen_at: Micros
    changes: tuple[str, ...]
    title: str
    text: str  # page | feed | import
    words: int


@dataclass(frozen=True, slots=True)
class VersionRow:
    """One version of an article, whole; `links` only of the newest."""

    n: int
    seen_at: Micros
    changes: tuple[str, ...]
    text: ArticleText


@dataclass(frozen=True, slots=True)
class ArticleRow:
    """A stored article whole, with its newest revision."""

    article: str
    key: int
    id: str | None
    url: str
    canonical_url: str | None
    outlet: Outlet
    text: ArticleText
    story: str
    role: str
    kind: str | None
    copy_of: str | None
    score: float | None
    why: str
    first_seen: Micros
    revisions: tuple[RevisionRow, ...]
    matches: tuple[MatchRow, ...]
    alerts: tuple[AlertRow, ...]
    feeds: tuple[str, ...]
    copies: tuple[str, ...]
    related_known: dict[str, str]  # related link URL -> article id, where we hold it
    found_by: FoundBy | None = None  # the link that found it, where following did


@dataclass(frozen=True, slots=True)
class FoundArticle:
    """A candidate of a search, to be re-checked against the query (spec `matching` §2)."""

    key: int
    article: str
    id: str | None
    url: str
    outlet: Outlet
    story: str
    first_seen: Micros
    text: ArticleText
    feeds: tuple[str, ...] = ()
    feed_names: tuple[str, ...] = ()  # their addresses and titles
    feed_tags: tuple[str, ...] = ()
    revision: int = 1
    copy_of: str | None = None
    counts_as_old: bool = False


@dataclass(frozen=True, slots=True)
class StatusRow:
    """What `status` tells of feeds, entries and deliveries."""

    feeds: dict[str, int]  # by state, with `late` among them
    failing: tuple[FailingRow, ...]  # those that fail longest
    notes: tuple[NoteRow, ...]  # what polls had to tell of late, newest first
    polls_hourly: float  # that the present due times come to
    stretched: int  # feeds that are polled later because of poll.budget
    entries_waiting: int
    entries_broken: int  # set aside
    articles: int
    stories: int
    matches: int
    alerts: int
    outbox: dict[str, int]  # due, leased, dead; waiting: alerts that go out later
    outbox_oldest: Micros | None
    next_due: Micros | None
    database_version: int
    database_size: int
