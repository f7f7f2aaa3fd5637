"""Ports of the writing side of the store, by what is written, and the decisions handed to it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, Protocol

from watcher.model.alert import (
    ChannelDecision,
    ChannelState,
    Closing,
    DeliveryJob,
    Mute,
    Notice,
    PlaceDecision,
    PlaceView,
    Sent,
    Settlement,
    Waiting,
)
from watcher.model.feed import (
    Demand,
    EntryJob,
    FeedJob,
    FeedSpec,
    FeedStanding,
    KnownEntries,
    Pause,
    PollDecision,
    RetryRefused,
)
from watcher.model.signal import Heard, Sounds

if TYPE_CHECKING:
    from watcher.model.article import ArticleDraft
    from watcher.model.follow import Followed, FollowJob, FollowWish
    from watcher.model.kept import KeptPage
    from watcher.model.recheck import Looked, RecheckJob
    from watcher.model.site import Block, Lesson, SiteMemory
    from watcher.model.story import StoryAct
    from watcher.model.topic import Match, TopicSpec, TopicVersion
    from watcher.model.when import Micros


RetryDecider = Callable[[FeedStanding], RetryRefused | None]
PollDecider = Callable[[FeedJob, KnownEntries], PollDecision]
RoomDecider = Callable[[ChannelState], int]
SoundDecider = Callable[[int, Sounds], Heard]
WaitingDecider = Callable[[Sequence[Waiting], Sequence[Sent], Mapping[str, Mute]], Closing]
ChannelDecider = Callable[[ChannelState], ChannelDecision]
TellDecider = Callable[[PlaceView], Notice]
PlaceDecider = Callable[[PlaceView], PlaceDecision]


class FeedStore(Protocol):
    def sync_feeds(self, specs: Sequence[FeedSpec], now: Micros) -> None:
        """Makes the stored feeds those of the config. New ones are due at once, missing ones are
        retired with their history kept, returning ones revived. Idempotent."""
        ...

    def claim_feeds(
        self, now: Micros, until: Micros, token: str, limit: int, *, force: bool = False
    ) -> list[FeedJob]:
        """Leases active feeds that are due (or all not yet polled since `now`, with `force`),
        longest overdue first, until `until`; none of a host that is paused."""
        ...

    def commit_poll(self, job: FeedJob, decide: PollDecider, now: Micros) -> PollDecision | None:
        """Calls `decide` with the feed's known entries and stores its decision with the new and
        changed entries, due for scraping at once, in one transaction. None: the lease was lost."""
        ...

    def blame_feeds(self, problems: Mapping[str, tuple[str, str]]) -> None:
        """These feeds cannot be asked at all, for reasons of our own (code and words by feed):
        they say so until they can. What was blamed before and is not now is cleared."""
        ...

    def poll_demand(self, every: Micros) -> list[Demand]:
        """How many active feeds want to be polled how often; `every` those not polled yet."""
        ...

    def pause_feed(self, feed: str, author: str, now: Micros) -> bool:
        """No more polls until it is resumed. False: it is not polled anyway, or not there."""
        ...

    def resume_feed(self, feed: str, author: str, now: Micros, *, original: bool = False) -> bool:
        """Polls a paused, gone or merged feed again; with `original` at its configured address,
        for good. False: config.yaml does not want it, or it is not there."""
        ...

    def claim_feed(
        self, feed: str, now: Micros, until: Micros, token: str, decide: RetryDecider
    ) -> FeedJob | RetryRefused:
        """Leases this one feed, due or not, unless `decide` refuses."""
        ...

    def pause_host(self, pause: Pause, now: Micros) -> None:
        """No feed of the host is claimed before the pause is over. A longer one stays."""
        ...

    def pauses(self, now: Micros) -> list[Pause]:
        """Those that are not over."""
        ...

    def excuse_feeds(self, feeds: Sequence[str], due: Micros) -> None:
        """Takes back the last failure of these feeds, which was ours, and polls them at `due`."""
        ...


class EntryStore(Protocol):
    def claim_entries(self, now: Micros, until: Micros, token: str, limit: int) -> list[EntryJob]:
        """Leases entries whose page is wanted, oldest publication first (then by id)."""
        ...

    def defer_entry(
        self,
        job: EntryJob,
        next_due: Micros | None,
        code: str,
        message: str,
        *,
        tried: bool = True,
    ) -> bool:
        """Settles a try that brought no page: try again at `next_due`, or never (None). Not
        `tried`: nothing was asked, so it does not count. False: the lease was lost."""
        ...

    def count_broken(
        self, job: EntryJob, stage: str, code: str, message: str, by: str | None
    ) -> bool:
        """One more time that the entry broke a stage. `by`: the version of watcher that sets it
        aside now; it is then claimed no more. The lease stays. False: the lease was lost."""
        ...

    def retry_broken(
        self, now: Micros, *, version: str | None = None, feed: str | None = None
    ) -> int:
        """Entries set aside, and feeds that our own code broke on, are due now, for one more try:
        those of other versions than `version` (None: of all), of one feed or of all. Returns how
        many."""
        ...

    def place(
        self,
        draft: ArticleDraft,
        decide: PlaceDecider,
        now: Micros,
        *,
        job: EntryJob | None = None,
        next_due: Micros | None = None,
        followed: Followed | None = None,
        looked: Looked | None = None,
    ) -> PlaceDecision | None:
        """The heart: reads the view, calls the pure `decide`, writes article, revision, links,
        prints, story, matches, alerts and deliveries, and settles the entry, all in one
        `BEGIN IMMEDIATE`. `next_due`: the entry's page is still wanted then (its feed text was
        placed). `followed`: the link that led to it, `looked`: the look that brought it
        is settled too. `decide` may be called again after a serialisation failure. None: lease
        lost."""
        ...


class DeliveryStore(Protocol):
    def claim_deliveries(
        self,
        now: Micros,
        until: Micros,
        token: str,
        limit: int,
        room: RoomDecider | None = None,
    ) -> list[DeliveryJob]:
        """Leases deliveries that are due, oldest first, so many of each channel that no more than
        it has `room` for (None: for all) are under way."""
        ...

    def settle_delivery(
        self, job: DeliveryJob, settlement: Settlement, judge: ChannelDecider | None = None
    ) -> ChannelDecision | None:
        """Stores the attempt, the new state, and what `judge` (None: nothing new) says of the
        channel, with what is to be told of it. None: the lease was lost."""
        ...

    def deliver_again(self, delivery: str, now: Micros, author: str, *, replay: bool) -> bool:
        """Due now, under its id: one that failed or waits, with `replay` one that was delivered
        too. False: it is under way, delivered, or not there."""
        ...

    def waiting_due(self, now: Micros, limit: int) -> list[tuple[str, str]]:
        """Topics and channels for which alerts have waited long enough, the longest due first."""
        ...

    def close_waiting(
        self, topic: str, channel: str, decide: WaitingDecider, now: Micros
    ) -> Closing:
        """Hands `decide` what waits for the way and is due, what went there of late, and what is
        muted; sends what it says, and what it neither keeps nor sends is not told."""
        ...

    def mute(self, mute: Mute) -> None:
        """A topic or a story is told of no more, or later."""
        ...

    def act_on_story(self, act: StoryAct, now: Micros) -> str | None:
        """What somebody says of stories, kept ever after. Returns the story that it is about
        afterwards, None where it does not apply."""
        ...

    def unmute(self, thing: str, author: str, now: Micros) -> bool:
        """It is told of again, and what waited for that is due now. False: it was not muted."""
        ...

    def know_channels(self, names: Sequence[str]) -> None:
        """The channels of config.yaml, so that they can be listed before anything was sent."""
        ...

    def enable_channel(self, channel: str, author: str, now: Micros) -> bool:
        """It starts anew, and what waits for it is due now. False: not known."""
        ...

    def disable_channel(self, channel: str, author: str, now: Micros) -> bool:
        """Nothing is sent on it until it is enabled; deliveries wait. False: not known."""
        ...


class PageStore(Protocol):
    def keep_page(self, article: str, page: KeptPage) -> str | None:
        """Keeps the page that an article was read off, beside the database. Returns what went
        wrong, if anything: nothing else depends on it."""
        ...

    def prune_pages(self, before: Micros) -> int:
        """Forgets kept pages that were last had before then. Returns how many."""
        ...


class SiteStore(Protocol):
    def repeated_blocks(self, host: str, urls: Sequence[str] = ()) -> frozenset[int]:
        """Hashes of the blocks that are left out of texts of the host, but for those that stand
        in what is stored of the article at `urls` (as keys)."""
        ...

    def learn_site(self, lesson: Lesson, now: Micros) -> str | None:
        """Counts one page of a host. Returns what drifted, if that is new."""
        ...

    def replace_site(
        self, host: str, memory: SiteMemory, blocks: Sequence[Block], now: Micros
    ) -> None:
        """What was learned anew, in place of what was known."""
        ...


class FollowStore(Protocol):
    def claim_follow(self, now: Micros, until: Micros, token: str, limit: int) -> list[FollowJob]:
        """Leases links whose pages are wanted and due, oldest due first. One that has led to an
        article meanwhile is settled as known, one that a feed's entry waits for stays."""
        ...

    def settle_follow(self, followed: Followed) -> bool:
        """Stores what became of a link that led to no article. False: the lease was lost."""
        ...

    def sync_follow(self, wishes: Mapping[str, FollowWish]) -> None:
        """What topics want followed, from now on: what none of them wants any more is not asked
        for."""
        ...


class SignalStore(Protocol):
    def want_signals(self, wanted: Sequence[tuple[str, str]], now: Micros) -> None:
        """Which topics are listened to, as (burst or silence, topic)."""
        ...

    def signals_due(self, now: Micros, limit: int) -> list[tuple[str, str]]: ...

    def listen(self, kind: str, topic: str, decide: SoundDecider, now: Micros) -> Heard:
        """Hands `decide` the topic's version and what there is to hear, stores and tells what it
        says."""
        ...


class RecheckStore(Protocol):
    def claim_rechecks(
        self, now: Micros, until: Micros, token: str, limit: int, hourly: float
    ) -> list[RecheckJob]:
        """Leases articles whose pages are due to be looked at again, longest due first, at most
        `hourly` within any hour; none of a host that is paused."""
        ...

    def settle_recheck(
        self,
        looked: Looked,
        now: Micros,
        draft: ArticleDraft | None = None,
        tell: TellDecider | None = None,
    ) -> bool:
        """Stores how a look that brought no new version ended. Where the article is found to be
        gone, `tell` decides by the view of its `draft` what is told. False: the lease was lost."""
        ...


class Store(
    FeedStore,
    EntryStore,
    DeliveryStore,
    FollowStore,
    PageStore,
    SiteStore,
    RecheckStore,
    SignalStore,
    Protocol,
):
    """The writer. One per database; every method is one transaction, or a part of the one that
    `together` makes."""

    def together(self) -> AbstractContextManager[None]:
        """All that is called inside is durable when it ends, in one transaction. A method that
        raises takes nothing of the others with it. Raises StoreError where the whole could not be
        stored: then nothing of it was."""
        ...

    def sync_topics(self, topics: Sequence[TopicSpec], now: Micros) -> dict[str, TopicVersion]:
        """Gives every topic text a version: a new one where the meaning changed."""
        ...

    def add_matches(self, matches: Sequence[Match], now: Micros) -> int:
        """Matches found later, by a topic that is new or has changed; nobody is told. Returns how
        many were not there."""
        ...

    def last_time(self) -> Micros | None:
        """The latest moment anything was stored: no clock may start before it."""
        ...

    def turn_back(self, now: Micros) -> Micros:
        """Where the clock was set back by a minute or more (`now` is before the last stored
        moment): all that is due or leased later comes earlier by as much, so that nothing waits
        for a time that may be a year away. Returns by how much, 0 where it was not."""
        ...

    def next_due(self) -> Micros | None:
        """When the earliest of feeds, entries and deliveries is due, or None."""
        ...

    def release_leases(self) -> int:
        """At start, when this process alone holds the lock: every lease is an orphan and ends."""
        ...

    def close(self) -> None: ...
