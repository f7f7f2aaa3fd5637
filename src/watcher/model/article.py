"""Articles: what extraction reads off a page, and what the store keeps of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from watcher.model.when import Dated, Micros

LinkRole = Literal["related", "citation", "credit", "tag", "navigation"]
LinkKind = Literal["block", "inline"]
StateKind = Literal[
    "article", "teaser", "live", "consent", "soft404", "needs_rendering", "not_article"
]
CreditScope = Literal["full", "partial"]
TextSource = Literal["page", "feed", "import"]
ChangeKind = Literal[
    "cosmetic",
    "wording",
    "number",
    "name",
    "quote",
    "headline",
    "byline",
    "credit",
    "added",
    "removed",
    "correction",
    "fulltext",
    "reread",  # the same page, read by other rules: no news
]
Role = Literal["original", "copy", "report"]
CopyKind = Literal["same", "excerpt", "extends", "translation"]


@dataclass(frozen=True, slots=True)
class Caption:
    """The words below a picture."""

    text: str
    credit: str | None = None


@dataclass(frozen=True, slots=True)
class Credit:
    """A line or link that names the original outlet. `outlet` as written; `known` the outlet it
    resolves to, by name folded and without blanks, or None; `text` the evidence as printed."""

    outlet: str | None
    text: str
    agency: str | None = None
    known: str | None = None
    scope: CreditScope | None = None


@dataclass(frozen=True, slots=True)
class Link:
    """`kind` only for related links: a block under a heading, or inline between paragraphs."""

    url: str
    text: str
    role: LinkRole
    kind: LinkKind | None = None
    heading: str | None = None


@dataclass(frozen=True, slots=True)
class PageState:
    """What the page is. `lacks` names what an article should have and this page has not
    (`body`, `title`, `date`, …)."""

    kind: StateKind
    confidence: float
    lacks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Extraction:
    """One page read. `body` is paragraphs joined by a blank line, without headline, captions,
    byline, credit line, related links and inline promos. `method` names the text candidate that
    won, `why` the reasons for each choice. `noarchive`: where the page asks not to be archived, by
    what it does so."""

    url: str
    canonical_url: str | None
    title: str
    standfirst: str | None
    body: str
    byline: tuple[str, ...]
    credit: Credit | None
    published: Dated | None
    modified: Dated | None
    language: str | None
    captions: tuple[Caption, ...]
    links: tuple[Link, ...]
    state: PageState
    method: str
    why: tuple[str, ...]
    site_name: str | None = None
    tags: tuple[str, ...] = ()
    noarchive: str | None = None
    notices: tuple[str, ...] = ()  # what somebody should look at: a recipe that no longer fits


@dataclass(frozen=True, slots=True)
class Recipe:
    """How the pages of `host` (and of hosts below it) are read, as CSS selectors: where the text
    stands, what is taken out before, which lists are related, who wrote it. What is empty is found
    as on any page. `valid_until`: from the day after (microseconds) it is not used."""

    host: str
    body: tuple[str, ...] = ()
    remove: tuple[str, ...] = ()
    related: tuple[str, ...] = ()
    byline: tuple[str, ...] = ()
    valid_until: Micros | None = None


@dataclass(frozen=True, slots=True)
class ExtractFailed:
    """The page could not be read: over its limits, not HTML, or it broke the reader."""

    code: str
    message: str
    hint: str | None = None


@dataclass(frozen=True, slots=True)
class Outlet:
    """Who publishes: a registrable domain (for an IP literal, `host:port`) with a name."""

    domain: str
    name: str


@dataclass(frozen=True, slots=True)
class ArticleText:
    """One version of an article: what matching, copies and readers see. `source` says whether
    the page or only the feed gave it."""

    title: str
    standfirst: str | None
    body: str
    byline: tuple[str, ...]
    credit: Credit | None
    published: Dated | None
    modified: Dated | None
    language: str | None
    captions: tuple[Caption, ...]
    links: tuple[Link, ...]
    state: PageState
    tags: tuple[str, ...]
    source: TextSource
    method: str
    why: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Features:
    """Terms with how often each stands. `words` are stems of the lead and, counted more than once,
    of the title; `names` skeletons of names (of all words, where the script has no capitals) and
    numbers, which need no translation. `language`: without script and region, empty if unknown."""

    language: str
    words: Mapping[str, int] = field(default_factory=dict)
    names: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ArticleDraft:
    """A text about to be placed. `urls` are its normalised addresses (canonical first, then every
    other that led here); `article` derives from the first. `origin_feed` and `origin_entry` name
    what led to it; `counts_as_old` see `model.feed.Entry`; `seen_until` is the
    feed's `seen`."""

    article: str
    url: str
    canonical_url: str | None
    urls: tuple[str, ...]
    outlet: Outlet
    text: ArticleText
    text_hash: str  # of the folded title and body: equal hashes are the same version
    seen_at: Micros
    caller_id: str | None = None
    origin_feed: str | None = None
    origin_entry: str | None = None
    feed_tags: tuple[str, ...] = ()
    counts_as_old: bool = False
    seen_until: Micros | None = None
    reread: bool = False  # a kept page, read again: tells nobody
    depth: int = 0  # how many followed links away from a feed it was found
    prints: tuple[int, ...] = ()  # winnowed shingle hashes, signed 64-bit, sorted, unique
    features: Features | None = None  # what the event is recognised by; None: not looked at


@dataclass(frozen=True, slots=True)
class StoredText:
    """The newest revision of a stored article, as a decision needs it."""

    article: str
    key: int
    story: str
    revision: int
    url: str
    canonical_url: str | None
    outlet: Outlet
    text: ArticleText
    text_hash: str
    first_seen: Micros
    role: Role
    copy_of: str | None
    counts_as_old: bool
    urls: tuple[str, ...] = ()  # every address that led to it, as keys
