"""Leases, the same for feeds, entries and deliveries: one holder at a time, to the microsecond."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from tests.store.builders import (
    LEASE,
    NOON,
    decides,
    done,
    draft,
    entry,
    feed_spec,
    place,
    poll,
    says,
    stock,
)

from watcher.model.when import HOUR, Micros
from watcher.ports import Store

COUNT = 5


@dataclass(frozen=True)
class Kind:
    """A sort of work: how `COUNT` rows of it come to be due, are claimed and are settled."""

    make: Callable[[Store], object]
    claim: Callable[[Store, Micros, Micros, str, int], list[Any]]
    settle: Callable[[Store, Any], object]
    name: Callable[[Any], str]


def _entries(store: Store) -> None:
    stock(store, *(entry(f"e{n}") for n in range(COUNT)))


def _deliveries(store: Store) -> None:
    place(store, draft("one"), topics={"raids": [f"c{n}" for n in range(COUNT)]})


KINDS = {
    "feeds": Kind(
        lambda store: store.sync_feeds([feed_spec(f"f{n}") for n in range(COUNT)], NOON),
        lambda store, *asked: store.claim_feeds(*asked),
        lambda store, job: store.commit_poll(job, says(poll()), NOON),
        lambda job: job.state.spec.feed,
    ),
    "entries": Kind(
        _entries,
        lambda store, *asked: store.claim_entries(*asked),
        lambda store, job: store.place(draft("x"), decides(draft("x")), NOON, job=job),
        lambda job: job.entry.entry,
    ),
    "deliveries": Kind(
        _deliveries,
        lambda store, *asked: store.claim_deliveries(*asked),
        lambda store, job: store.settle_delivery(job, done()),
        lambda job: job.delivery.delivery,
    ),
}


@pytest.fixture(params=KINDS.values(), ids=KINDS)
def kind(request: pytest.FixtureRequest, store: Store) -> Kind:
    request.param.make(store)
    return request.param


def names(kind: Kind, jobs: list[Any]) -> list[str]:
    return [kind.name(job) for job in jobs]


@pytest.mark.parametrize(
    ("limits", "got"),
    [((2, 99), [2, 3]), ((1, 1, 1, 1, 1), [1] * 5), ((3, 2, 1), [3, 2, 0]), ((0, 5), [0, 5])],
)
def test_claimers_share_out_what_is_due_and_never_get_the_same(store, kind, limits, got):
    taken = [
        names(kind, kind.claim(store, NOON, NOON + LEASE, f"t{n}", limit))
        for n, limit in enumerate(limits)
    ]
    assert [len(part) for part in taken] == got
    assert len({name for part in taken for name in part}) == COUNT
    assert kind.claim(store, NOON, NOON + LEASE, "late", 99) == []


def test_a_lease_ends_at_its_moment_and_not_before(store, kind):
    first = names(kind, kind.claim(store, NOON, NOON + LEASE, "t", 2))
    assert names(kind, kind.claim(store, NOON + LEASE - 1, NOON + HOUR, "u", 99)) != first
    assert names(kind, kind.claim(store, NOON + LEASE, NOON + HOUR, "v", 99)) == first


def test_of_two_holders_only_the_later_stores(database, store, kind):
    (late, *_) = kind.claim(store, NOON, NOON + LEASE, "t", 99)
    (fresh, *_) = kind.claim(store, NOON + LEASE, NOON + 2 * LEASE, "u", 99)
    assert kind.name(fresh) == kind.name(late)
    before = database.contents()
    assert not kind.settle(store, late)
    assert {**database.contents(), "meta": []} == {**before, "meta": []}
    assert kind.settle(store, fresh)
    assert not kind.settle(store, fresh)


def test_what_a_dead_process_held_is_due_again_once_its_successor_released_it(database, kind):
    database.close()
    before = database.open()
    (held, *_) = kind.claim(before, NOON, NOON + HOUR, "dead", 3)
    database.close()  # as its process dies: no lease is given back
    store = database.open()
    assert len(kind.claim(store, NOON, NOON + HOUR, "t", 99)) == COUNT - 3
    assert store.release_leases() == COUNT
    assert store.release_leases() == 0
    again = kind.claim(store, NOON, NOON + HOUR, "u", 99)
    assert len(again) == COUNT
    assert not kind.settle(store, held)
    assert kind.settle(store, again[0])


def test_one_lease_lost_costs_the_others_of_the_same_claim_nothing(store, kind):
    first, *others = kind.claim(store, NOON, NOON + LEASE, "t", 99)
    assert kind.settle(store, first)
    assert all(kind.settle(store, job) for job in others)
    assert kind.claim(store, NOON + LEASE, NOON + HOUR, "u", 99) == []
