"""The stages as pumps over one desk: what `once` drains and the daemon keeps running."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from typing import Any, TypeVar

from watcher.alerts.circuit import room
from watcher.errors import WatcherError
from watcher.model.alert import DeliveryJob
from watcher.model.feed import EntryJob, FeedJob
from watcher.model.follow import FollowJob
from watcher.model.recheck import RecheckJob
from watcher.model.when import SECOND, Micros
from watcher.pipeline import poison
from watcher.pipeline.deliver import deliver
from watcher.pipeline.desk import LEASE, Desk
from watcher.pipeline.follow import broke as follow_broke
from watcher.pipeline.follow import follow
from watcher.pipeline.gather import gather
from watcher.pipeline.listen import hear
from watcher.pipeline.outage import is_ours
from watcher.pipeline.poll import poll
from watcher.pipeline.pump import Pump, Turn
from watcher.pipeline.recheck import broke as recheck_broke
from watcher.pipeline.recheck import recheck
from watcher.pipeline.scrape import broke, scrape
from watcher.ports import Store

J = TypeVar("J")

POLL_WIDTH = 64
SCRAPE_WIDTH = 32
FOLLOW_WIDTH = 8
RECHECK_WIDTH = 8  # what is new comes first
PER_CHANNEL = 2  # deliveries at a time to one of them
# Mails go one after the other over one connection: the others are made ready and settled meanwhile.
PER_MAIL_CHANNEL = 8
DELIVER_WIDTH = 8  # also the most that a crash can repeat on the wire

# While feeds are being polled a new entry waits so long for what they bring: of a text and its
# copy, found at the same time, the older is then stored and told first, whichever feed answers
# first, and on every run alike.
GATHER: Micros = 5 * SECOND


@dataclass(slots=True)
class Tally:
    """What a pass did. `failed` counts polls that brought an error, `broken` our own faults."""

    polls: int = 0
    failed: int = 0
    new: int = 0
    changed: int = 0
    scraped: int = 0
    rechecked: int = 0
    followed: int = 0
    deliveries: int = 0
    undelivered: int = 0
    broken: int = 0


class Works:
    """Pumps by stage name, with a tally of what they did. A commit that makes work due wakes the
    pump of its stage."""

    def __init__(self, desk: Desk) -> None:
        self.desk = replace(desk, wake=self.wake)
        self.tally = Tally()
        self._force_since: Micros | None = None
        self.pumps: dict[str, Pump[Any]] = {
            "poll": self._pump(
                "poll", self._claim_feeds, self._poll, POLL_WIDTH, lambda: self.wake("scrape")
            ),
            "scrape": self._pump("scrape", self._claim_entries, self._scrape, SCRAPE_WIDTH),
            "recheck": self._pump("recheck", self._claim_rechecks, self._recheck, RECHECK_WIDTH),
            "follow": self._pump("follow", self._claim_follow, self._follow, FOLLOW_WIDTH),
            "listen": self._pump("listen", self._claim_signals, self._listen, 1),
            "gather": self._pump("gather", self._claim_waiting, self._gather, 1),
            "deliver": self._pump("deliver", self._claim_deliveries, self._deliver, DELIVER_WIDTH),
        }

    def wake(self, stage: str) -> None:
        self.pumps[stage].wake()

    async def once(self, *, force: bool = False) -> Tally:
        """Does all that is due at the desk's clock and all it makes due, until nothing is."""
        self._force_since = self.desk.clock.now() if force else None
        while True:
            done = [await pump.drain() for pump in self.pumps.values()]
            if not any(done):
                return self.tally

    def _pump(
        self,
        name: str,
        claim: Callable[[int], Awaitable[list[J]]],
        work: Callable[[J, Turn], Awaitable[None]],
        width: int,
        rested: Callable[[], None] = lambda: None,
    ) -> Pump[J]:
        return Pump(name, claim, work, self._broke, width, rested)

    async def _claim(self, call: Callable[[Store, Micros, Micros, str], list[J]]) -> list[J]:
        now = self.desk.clock.now()
        token = self.desk.ids.token()
        return await self.desk.store.run(lambda store: call(store, now, now + LEASE, token))

    async def _claim_feeds(self, limit: int) -> list[FeedJob]:
        since = self._force_since
        limit = self.desk.outage.room(self.desk.clock.now(), limit)
        if not limit:
            return []

        await self._renew_budget()

        def call(store: Store, now: Micros, until: Micros, token: str) -> list[FeedJob]:
            if since is None:
                return store.claim_feeds(now, until, token, limit)
            return store.claim_feeds(since, until, token, limit, force=True)

        return await self._claim(call)

    async def _renew_budget(self) -> None:
        desk, now = self.desk, self.desk.clock.now()
        if desk.budget.is_old(now):
            every = desk.cadence.every
            demand = await desk.store.run(lambda store: store.poll_demand(every))
            desk.budget.renew(demand, desk.cadence, desk.journal, now)

    async def _claim_entries(self, limit: int) -> list[EntryJob]:
        waits = GATHER if self.pumps["poll"].busy else 0
        return await self._claim(
            lambda store, now, until, token: store.claim_entries(now - waits, until, token, limit)
        )

    async def _claim_rechecks(self, limit: int) -> list[RecheckJob]:
        policy = self.desk.recheck
        if policy.pages == "never" or self.desk.outage.signs.down is not None:
            return []
        return await self._claim(
            lambda store, now, until, token: store.claim_rechecks(
                now, until, token, limit, policy.hourly
            )
        )

    async def _claim_follow(self, limit: int) -> list[FollowJob]:
        return await self._claim(
            lambda store, now, until, token: store.claim_follow(now, until, token, limit)
        )

    async def _claim_deliveries(self, limit: int) -> list[DeliveryJob]:
        return await self._claim(
            lambda store, now, until, token: store.claim_deliveries(
                now, until, token, limit, lambda one: room(one, now, self._at_a_time(one.channel))
            )
        )

    async def _claim_signals(self, limit: int) -> list[tuple[str, str]]:
        now = self.desk.clock.now()
        return await self.desk.store.run(lambda store: store.signals_due(now, limit))

    async def _listen(self, job: tuple[str, str], turn: Turn) -> None:
        await hear(self.desk, *job)

    async def _claim_waiting(self, limit: int) -> list[tuple[str, str]]:
        # No lease: each is one transaction, after which nothing of it is due.
        now = self.desk.clock.now()
        return await self.desk.store.run(lambda store: store.waiting_due(now, limit))

    async def _gather(self, job: tuple[str, str], turn: Turn) -> None:
        await gather(self.desk, *job)

    def _at_a_time(self, name: str) -> int:
        channel = self.desk.channels.get(name)
        return PER_MAIL_CHANNEL if channel and channel.kind == "email" else PER_CHANNEL

    async def _poll(self, job: FeedJob, turn: Turn) -> None:
        try:
            decision = await poll(self.desk, job)
        except Exception as error:
            if poison.is_poison(error):
                self.tally.polls += 1
                self.tally.failed += await poison.feed_broke(self.desk, job, error) is not None
            raise
        if decision is None or decision.outcome != "deferred" or is_ours(decision):
            self.tally.polls += 1
        if decision is not None:
            self.tally.failed += decision.error is not None or is_ours(decision)
            self.tally.new += len(decision.new)
            self.tally.changed += len(decision.changed)

    async def _scrape(self, job: EntryJob, turn: Turn) -> None:
        try:
            await scrape(self.desk, job, turn)
        except Exception as error:
            if poison.is_poison(error):
                await broke(self.desk, job, error)
            raise
        self.tally.scraped += 1

    async def _recheck(self, job: RecheckJob, turn: Turn) -> None:
        try:
            await recheck(self.desk, job, turn)
        except Exception as error:
            if poison.is_poison(error):
                await recheck_broke(self.desk, job, error)
            raise
        self.tally.rechecked += 1

    async def _follow(self, job: FollowJob, turn: Turn) -> None:
        try:
            await follow(self.desk, job, turn)
        except Exception as error:
            if poison.is_poison(error):
                await follow_broke(self.desk, job, error)
            raise
        self.tally.followed += 1

    async def _deliver(self, job: DeliveryJob, turn: Turn) -> None:
        settlement = await deliver(self.desk, job)
        self.tally.deliveries += settlement.state == "done"
        self.tally.undelivered += settlement.state != "done"

    def _broke(self, stage: str, job: object, error: Exception) -> None:
        # A fault must cost one job, not the daemon. What broke it is settled where it can be; else
        # its lease lapses and it is retried.
        self.tally.broken += 1
        code, said, hint = "WTC-INT-001", f"{type(error).__name__}: {error}", None
        if isinstance(error, WatcherError):
            code, said, hint = error.code, error.message, error.hint
        self.desk.journal.note(
            "broken", stage=stage, job=_name(job), code=code, error=said, hint=hint
        )


def _name(job: object) -> str | None:
    match job:
        case FeedJob():
            return job.state.spec.feed
        case EntryJob():
            return job.entry.entry
        case FollowJob():
            return job.link.url
        case RecheckJob():
            return job.look.article
        case DeliveryJob():
            return job.delivery.delivery
    return None
