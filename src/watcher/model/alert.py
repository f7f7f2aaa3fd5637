"""Alerts and their deliveries."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from watcher.model.article import ArticleDraft, CopyKind, Outlet, Role, StoredText
    from watcher.model.follow import FollowLink
    from watcher.model.recheck import Plan
    from watcher.model.story import Candidate, OpenStory, Placement
    from watcher.model.topic import Match
    from watcher.model.when import Micros

AlertKind = Literal[
    "match",
    "outlet",
    "copy",
    "original",
    "revision",
    "withdrawal",
    "digest",
    "channel_failing",
    "channel_recovered",
    "source_broken",
    "source_recovered",
    "burst",
    "burst_over",
    "silence",
    "silence_over",
]
Decision = Literal["raised", "digest", "suppressed"]
DeliveryState = Literal["due", "leased", "done", "dead"]


@dataclass(frozen=True, slots=True)
class Alert:
    """A decision to tell, or not to tell. `reason` always says why. What is told of no topic,
    story or article (a channel that fails) has "" for them."""

    alert: str
    kind: AlertKind
    topic: str
    topic_version: int
    story: str
    article: str
    revision: int
    decision: Decision
    reason: str
    at: Micros


@dataclass(frozen=True, slots=True)
class Delivery:
    """An alert's way to one channel. `payload` is the JSON body as it will be sent, frozen when
    the alert is raised; every channel renders from it alone."""

    delivery: str
    alert: str
    topic: str
    story: str
    channel: str
    payload: str
    due_at: Micros


@dataclass(frozen=True, slots=True)
class Waiting:
    """An alert that goes to a channel later, alone or with others. `at`: when it was raised;
    `why`: what it waits for; `payload`: as it would have been sent by itself."""

    alert: str
    channel: str
    topic: str
    story: str
    at: Micros
    due_at: Micros
    why: str
    payload: str


@dataclass(frozen=True, slots=True)
class Mute:
    """Of a topic (`topic:NAME`) or a story (`story:ID`), until then or for good (None). What is
    snoozed is told when it ends, what is muted never."""

    thing: str
    until: Micros | None
    snooze: bool
    at: Micros
    author: str


@dataclass(frozen=True, slots=True)
class Sent:
    """What went to a channel of a topic: when, and whether as a digest (no cap counts those)."""

    at: Micros
    together: bool


@dataclass(frozen=True, slots=True)
class Closing:
    """What becomes of the alerts that waited for one channel of a topic: those sent now, alone or
    as a digest (which is an alert of its own), those that wait on, and those that are not told
    after all, with the reason by alert."""

    alerts: tuple[Alert, ...] = ()
    deliveries: tuple[Delivery, ...] = ()
    keep: tuple[Waiting, ...] = ()
    dropped: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class DeliveryJob:
    """A leased delivery. `first_in_thread` is the first delivery of (topic, story, channel): its
    mail is what later ones refer to (None where this is the first)."""

    delivery: Delivery
    token: str
    attempts: int
    first_due: Micros
    first_in_thread: str | None = None


@dataclass(frozen=True, slots=True)
class Receipt:
    """Delivered. `detail` is the receiver's answer in short."""

    status: int | None = None
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Retry:
    """Not delivered, worth another try; `after` is what the receiver asked for."""

    reason: str
    status: int | None = None
    after: Micros | None = None


@dataclass(frozen=True, slots=True)
class Dead:
    """Will not be delivered. `disable` where the receiver said so for all (410)."""

    reason: str
    status: int | None = None
    disable: bool = False


SendResult = Receipt | Retry | Dead


@dataclass(frozen=True, slots=True)
class Attempt:
    """One try at a delivery."""

    at: Micros
    status: int | None
    error: str | None
    ms: int


@dataclass(frozen=True, slots=True)
class Settlement:
    """How an attempt ends: the new state, and when to try again."""

    state: Literal["due", "done", "dead"]
    attempt: Attempt
    next_at: Micros | None = None


@dataclass(frozen=True, slots=True)
class ChannelState:
    """How a channel fares. `failures`: attempts in a row that failed; `failing_since`: the first of
    them; `open_until`: nothing is sent before; `disabled_at`: not before somebody enables it."""

    channel: str
    failures: int = 0
    failing_since: Micros | None = None
    last_ok: Micros | None = None
    last_error: str | None = None
    open_until: Micros = 0
    disabled_at: Micros | None = None
    why: str | None = None

    @property
    def state(self) -> Literal["ok", "failing", "disabled"]:
        if self.disabled_at is not None:
            return "disabled"
        return "failing" if self.failures else "ok"


@dataclass(frozen=True, slots=True)
class ChannelDecision:
    """What an attempt means for its channel, and whom to tell of it over other ones."""

    state: ChannelState
    alert: Alert | None = None
    deliveries: tuple[Delivery, ...] = ()


@dataclass(frozen=True, slots=True)
class StoryMember:
    """An article already in the story, for the story line of an alert."""

    article: str
    title: str
    url: str
    outlet: Outlet
    role: Role
    copy_of: str | None
    published_at: Micros | None
    first_seen: Micros
    kind: CopyKind | None = None
    score: float | None = None
    known: Micros | None = None  # since when its text stood there, at the latest


@dataclass(frozen=True, slots=True)
class PlaceView:
    """All that the decision about a draft may read, loaded in the transaction that will write it.

    `latest`: the stored article at the same address, if any. `candidates`: articles that share
    text, best first (at most 5), none of them `latest`, then the originals of those that are
    copies, however little they share. `told`: for every story at hand, the topics that already
    have an alert, told or waiting. `matched`: for every article at hand, the topics true on its
    newest revision. `members`: the articles of every story at hand. `depth`: how many followed
    links away from a feed `latest` was found. `mutes`: what is muted or snoozed, or was, by thing.
    `open`: stories that the draft may report on; `counts`: in how many articles its terms stand
    (`stories.cluster.keys`), itself counted.
    """

    latest: StoredText | None
    candidates: tuple[Candidate, ...]
    told: dict[str, frozenset[str]]
    matched: dict[str, frozenset[str]]
    members: dict[str, tuple[StoryMember, ...]]
    depth: int = 0
    mutes: Mapping[str, Mute] = field(default_factory=dict)
    open: tuple[OpenStory, ...] = ()
    counts: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class PlaceDecision:
    """What placing a draft changes. `revision` is the number to write (1 for a new article), or
    None where nothing of the text changed; `changes` names the kinds of change; `follow`: links
    whose pages are wanted, where they are not known yet; `ignored`: the block rule that kept it
    from all topics."""

    draft: ArticleDraft
    article: str
    revision: int | None
    changes: tuple[str, ...]
    placement: Placement | None
    matches: tuple[Match, ...]
    alerts: tuple[Alert, ...]
    deliveries: tuple[Delivery, ...]
    why: str
    follow: tuple[FollowLink, ...] = ()
    waiting: tuple[Waiting, ...] = ()
    recheck: Plan | None = None
    ignored: str | None = None


@dataclass(frozen=True, slots=True)
class Notice:
    """The alerts as they are stored (one that waits on all its ways is a `digest`), what is sent,
    and what waits."""

    alerts: tuple[Alert, ...]
    deliveries: tuple[Delivery, ...]
    waiting: tuple[Waiting, ...]
