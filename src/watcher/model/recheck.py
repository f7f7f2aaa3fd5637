"""Looking again at the pages of stored articles, as work in the store."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from watcher.model.article import StoredText
from watcher.model.when import DAY, HOUR, MINUTE, Micros

if TYPE_CHECKING:  # a poll's decision holds alerts, which hold what is planned here
    from watcher.model.feed import Entry, FeedState

# How an article may be gone (spec `interfaces`, Words).
GoneKind = Literal["gone", "redirected", "emptied", "paywalled"]
RecheckMode = Literal["matched", "all", "never"]


@dataclass(frozen=True, slots=True)
class RecheckPolicy:
    """`pages`: of which articles; `floor`: never sooner after the last look; `until`: no more once
    nothing changed for so long; `hourly`: looks an hour over all."""

    pages: RecheckMode = "matched"
    floor: Micros = 15 * MINUTE
    until: Micros = 90 * DAY
    hourly: float = 600.0


@dataclass(frozen=True, slots=True)
class Sign:
    """What speaks for an article being gone. `firm`: the server says so in so many words (410)."""

    kind: GoneKind
    why: str
    firm: bool = False


@dataclass(frozen=True, slots=True)
class Plan:
    """When the page of an article is looked at first, or next after a change. `due` None: not."""

    since: Micros
    due: Micros | None
    why: str


@dataclass(frozen=True, slots=True)
class Look:
    """What is known of an article's page from looking at it. `since`: its last change, or its
    first sight; `looked_at`: the last answer that said something of it; `sign…`: what speaks for
    its being gone, since when, seen how often in a row; `gone…`: that it is, and since when."""

    article: str
    url: str
    since: Micros
    why: str
    due: Micros | None
    feed: str | None = None
    etag: str | None = None
    last_modified: str | None = None
    validated_url: str | None = None
    body_hash: str | None = None
    looked_at: Micros | None = None
    asked_at: Micros | None = None
    looks: int = 0
    failures: int = 0
    sign: GoneKind | None = None
    sign_why: str | None = None
    sign_since: Micros | None = None
    signs: int = 0
    gone: GoneKind | None = None
    gone_why: str | None = None
    gone_at: Micros | None = None


@dataclass(frozen=True, slots=True)
class Neighbours:
    """What else of the same host was seen: `well`: pages found as they should be since the sign
    (its feed counts as one), `ill`: pages that show a sign too; `failing`: its feed fails."""

    well: int = 0
    ill: int = 0
    failing: bool = False


@dataclass(frozen=True, slots=True)
class RecheckJob:
    """A leased look. `topics` are true on the newest revision; `feed` and `entry` led to the
    article, where any did; `feeds`, `tags`, `names` see `model.follow.FollowJob`."""

    look: Look
    stored: StoredText
    token: str
    topics: tuple[str, ...] = ()
    feed: FeedState | None = None
    entry: Entry | None = None
    neighbours: Neighbours = Neighbours()
    watched: bool = True  # its feed is in config.yaml
    feeds: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    names: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Looked:
    """How a look ends: the row as it is from now on. `lost`: the article is found to be gone by
    this look, `back`: to be there again."""

    job: RecheckJob
    look: Look
    lost: bool = False
    back: bool = False


SCHEDULE: tuple[tuple[Micros, Micros], ...] = (
    (3 * HOUR, 15 * MINUTE),
    (DAY, HOUR),
    (7 * DAY, 3 * HOUR),
    (30 * DAY, 3 * DAY),
    (360 * DAY, 30 * DAY),
)  # up to so long after the last change: so often (spec `matching` §7)
