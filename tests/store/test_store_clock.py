"""A clock that was set back makes nothing wait for a time that is far away."""

from __future__ import annotations

from tests.store.builders import LEASE, NOON, entry, stock

from watcher.model.when import DAY, HOUR, MINUTE, SECOND
from watcher.ports import Store


def test_a_clock_that_goes_on_moves_nothing(store: Store) -> None:
    stock(store, entry("one"), now=NOON)
    assert store.turn_back(NOON + DAY) == 0
    assert store.turn_back(NOON - 59 * SECOND) == 0
    assert store.claim_feeds(NOON + HOUR - 1, NOON + DAY, "t", 10) == []


def test_what_is_due_later_comes_earlier_by_as_much(store: Store) -> None:
    stock(store, entry("one"), now=NOON + 300 * DAY)
    assert store.turn_back(NOON) == 300 * DAY
    assert store.last_time() == NOON
    assert store.claim_feeds(NOON + HOUR - 1, NOON + DAY, "t", 10) == []
    assert len(store.claim_feeds(NOON + HOUR, NOON + DAY, "t", 10)) == 1
    assert len(store.claim_entries(NOON, NOON + LEASE, "t", 10)) == 1
    assert store.turn_back(NOON) == 0


def test_leases_end_earlier_too(store: Store) -> None:
    later = NOON + DAY
    stock(store, entry("one"), now=later)
    assert len(store.claim_entries(later, later + 10 * MINUTE, "a", 10)) == 1
    store.turn_back(NOON)
    assert store.claim_entries(NOON + 9 * MINUTE, NOON + HOUR, "b", 10) == []
    assert len(store.claim_entries(NOON + 10 * MINUTE, NOON + HOUR, "c", 10)) == 1
