"""Random claims and settlements of feeds, entries and deliveries, in any order, on the real store
and on a plain model of it: no row is lost, none is leased twice, a lost lease stores nothing."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from tests.store.builders import (
    NOON,
    again,
    date,
    dead,
    decides,
    done,
    draft,
    entry,
    feed_spec,
    poll,
    says,
)
from tests.store.makers import MAKERS, Maker

from watcher.model.when import HOUR, MINUTE, Micros

FEEDS = {name: feed_spec(name) for name in ("ash", "bay", "cedar")}
TIMES = st.integers(0, 5).map(lambda n: n * MINUTE)
LIMITS = st.integers(0, 4)
PICK = st.randoms(use_true_random=False)


@dataclass
class Row:
    """What the model knows of a row of work. `due` None: nothing more is wanted."""

    name: str
    order: tuple[Any, ...]  # beside `due`, where that counts
    due: Micros | None
    until: Micros = 0
    token: str | None = None
    alive: bool = True  # a feed that is wanted
    polled: Micros | None = None

    def free(self, now: Micros) -> bool:
        return self.alive and (self.token is None or self.until <= now)

    def settle(self, due: Micros | None) -> None:
        self.due, self.until, self.token = due, 0, None


class Work(RuleBasedStateMachine):
    def __init__(self, maker: Maker) -> None:
        super().__init__()
        self.maker = maker
        self.folder = tempfile.TemporaryDirectory()
        self.place = Path(self.folder.name)
        self.store = maker.open(self.place)
        self.now = NOON
        self.tokens = 0
        self.feeds: dict[str, Row] = {}
        self.entries: dict[str, Row] = {}
        self.deliveries: dict[str, Row] = {}
        self.articles: set[str] = set()
        self.held: dict[str, list[Any]] = {"feeds": [], "entries": [], "deliveries": []}

    def teardown(self) -> None:
        self.store.close()
        try:
            assert self.maker.sound(self.place) == []
        finally:
            self.folder.cleanup()

    # the clock, the config and the process

    @initialize()
    def begin(self) -> None:
        """Some work of every kind, so that no run waits for its first delivery."""
        self.want(set(FEEDS))
        for channels in (2, 1):
            self.arrive(channels)

    @rule(channels=st.integers(0, 2))
    def arrive(self, channels: int) -> None:
        """An article that no entry led to."""
        self.placed(f"import{len(self.articles)}", channels)

    @rule(by=TIMES)
    def wait(self, by: Micros) -> None:
        self.now += by

    @rule()
    def let_leases_lapse(self) -> None:
        self.now += self.lease

    @rule(names=st.sets(st.sampled_from(sorted(FEEDS)), min_size=1))
    def want(self, names: set[str]) -> None:
        self.store.sync_feeds([FEEDS[name] for name in sorted(names)], self.now)
        for name, spec in FEEDS.items():
            row = self.feeds.get(spec.feed)
            if name in names and (row is None or not row.alive):
                polled = row.polled if row else None
                self.feeds[spec.feed] = Row(spec.feed, (spec.feed,), self.now, polled=polled)
            elif name not in names and row is not None and row.alive:
                row.alive, row.token, row.until = False, None, 0

    @rule()
    def restart(self) -> None:
        """As after a kill: what was leased stays leased until the new process says otherwise."""
        self.store.close()
        self.store = self.maker.open(self.place)
        leased = [row for row in self.rows() if row.token is not None]
        assert self.store.release_leases() == len(leased)
        for row in leased:
            row.token, row.until = None, 0

    # claims

    def claimed(
        self, kind: str, jobs: list[Any], names: list[str], due: Iterable[Row], token: str
    ) -> None:
        wanted = list(due)
        assert names == [row.name for row in wanted]
        for row in wanted:
            row.token, row.until = token, self.now + self.lease
        self.held[kind] += jobs

    def token(self) -> str:
        self.tokens += 1
        return f"t{self.tokens}"

    lease = 3 * MINUTE

    @rule(limit=LIMITS, force=st.booleans())
    def claim_feeds(self, limit: int, force: bool) -> None:
        token, now = self.token(), self.now
        jobs = self.store.claim_feeds(now, now + self.lease, token, limit, force=force)
        due = [
            row
            for row in self.feeds.values()
            if row.free(now)
            and ((row.polled is None or row.polled < now) if force else row.due <= now)
        ]
        due.sort(key=lambda row: (row.due, *row.order))
        names = [job.state.spec.feed for job in jobs]
        self.claimed("feeds", jobs, names, due[:limit], token)

    @rule(limit=LIMITS)
    def claim_entries(self, limit: int) -> None:
        token, now = self.token(), self.now
        jobs = self.store.claim_entries(now, now + self.lease, token, limit)
        due = sorted(self.due(self.entries), key=lambda row: row.order)
        self.claimed("entries", jobs, [job.entry.entry for job in jobs], due[:limit], token)

    @rule(limit=LIMITS)
    def claim_deliveries(self, limit: int) -> None:
        token, now = self.token(), self.now
        jobs = self.store.claim_deliveries(now, now + self.lease, token, limit)
        due = sorted(self.due(self.deliveries), key=lambda row: (row.due, *row.order))
        names = [job.delivery.delivery for job in jobs]
        self.claimed("deliveries", jobs, names, due[:limit], token)

    def due(self, rows: dict[str, Row]) -> list[Row]:
        return [
            row
            for row in rows.values()
            if row.due is not None and row.due <= self.now and row.free(self.now)
        ]

    # settlements: of any job ever handed out, its lease held or long lost

    def pick(self, kind: str, chance: Any) -> Any:
        """More often one of the last handed out, whose lease may still run."""
        jobs = self.held[kind]
        return chance.choice(jobs[-3:] if chance.random() < 0.6 else jobs)

    @precondition(lambda self: self.held["feeds"])
    @rule(chance=PICK, brings=st.integers(0, 3), after=TIMES)
    def commit_poll(self, chance: Any, brings: int, after: Micros) -> None:
        job = self.pick("feeds", chance)
        feed = job.state.spec.feed
        row = self.feeds[feed]
        news = [
            entry(f"{feed}-{len(self.entries)}-{n}", job.state.spec, published=stated)
            for n in range(brings)
            for stated in [date(NOON - n * HOUR) if n % 2 else None]
        ]
        decision = poll(news, next_due=self.now + after)
        stored = self.store.commit_poll(job, says(decision), self.now)
        assert (stored is not None) == (row.token == job.token)
        if stored is None:
            return
        row.settle(self.now + after)
        row.polled = self.now
        for one in news:
            at = one.published.at if one.published else self.now
            self.entries[one.entry] = Row(one.entry, (at, one.entry), self.now)

    @precondition(lambda self: self.held["entries"])
    @rule(chance=PICK, after=st.none() | TIMES)
    def defer_entry(self, chance: Any, after: Micros | None) -> None:
        job = self.pick("entries", chance)
        row = self.entries[job.entry.entry]
        due = None if after is None else self.now + after
        stored = self.store.defer_entry(job, due, "WTC-NET-007", "slow")
        assert stored == (row.token == job.token)
        if stored:
            row.settle(due)

    @precondition(lambda self: self.held["entries"])
    @rule(chance=PICK, channels=st.integers(0, 2), after=st.none() | TIMES)
    def place_entry(self, chance: Any, channels: int, after: Micros | None) -> None:
        job = self.pick("entries", chance)
        row = self.entries[job.entry.entry]
        due = None if after is None else self.now + after
        made = self.placed(job.entry.entry, channels, job=job, next_due=due)
        assert made == (row.token == job.token)
        if made:
            row.settle(due)

    def placed(self, name: str, channels: int, **how: Any) -> bool:
        of = draft(name)
        decide = decides(of, topics={"raids": [f"c{n}" for n in range(channels)]})
        made = self.store.place(of, decide, self.now, **how)
        if made is None:
            return False
        assert (made.revision is None) == (of.article in self.articles)
        self.articles.add(of.article)
        for one in made.deliveries:
            number = (len(self.deliveries),)
            self.deliveries[one.delivery] = Row(one.delivery, number, one.due_at)
        return True

    @precondition(lambda self: self.held["deliveries"])
    @rule(chance=PICK, how=st.sampled_from(["done", "dead", "again"]), after=TIMES)
    def settle_delivery(self, chance: Any, how: str, after: Micros) -> None:
        job = self.pick("deliveries", chance)
        row = self.deliveries[job.delivery.delivery]
        due = self.now + after if how == "again" else None
        settlement = {"done": done, "dead": dead, "again": lambda at: again(due, at)}[how](self.now)
        stored = self.store.settle_delivery(job, settlement)
        assert (stored is not None) == (row.token == job.token)
        if stored:
            row.settle(due)

    # what always holds

    def rows(self) -> list[Row]:
        return [*self.feeds.values(), *self.entries.values(), *self.deliveries.values()]

    @invariant()
    def nothing_is_lost(self) -> None:
        wanted = [row.due for row in self.rows() if row.alive and row.due is not None]
        assert self.store.next_due() == min(wanted, default=None)

    @invariant()
    def the_same_is_leased(self) -> None:
        contents = self.maker.leases(self.place)
        assert contents == {row.name: (row.token, row.until) for row in self.rows()}


@pytest.mark.parametrize("maker", MAKERS.values(), ids=MAKERS)
def test_any_order_of_claims_and_settlements_is_as_the_model_says(maker: Maker) -> None:
    run_state_machine_as_test(
        lambda: Work(maker),
        settings=settings(
            max_examples=80,
            stateful_step_count=50,
            deadline=None,
            suppress_health_check=[HealthCheck.too_slow],
        ),
    )
