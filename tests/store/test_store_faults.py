"""A failure at any statement of a transaction leaves the rows as they were, and a second try does
what the first would have done."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import pytest
from tests.store.builders import (
    LEASE,
    NOON,
    again,
    article_text,
    compares,
    decides,
    draft,
    entry,
    feed_spec,
    full_text,
    place,
    prints_of,
    stock,
    topic_spec,
)
from tests.store.conftest import Database

from watcher.errors import StoreError
from watcher.model.ids import story_id
from watcher.model.story import Standing
from watcher.model.when import HOUR
from watcher.ports import Store

FEED = feed_spec()
Call = Callable[[], object]


@dataclass(frozen=True)
class Case:
    """`prepare` stores what the call needs and returns it; `least` statements must be its own, or
    the case does not reach what it is about."""

    prepare: Callable[[Store], Call]
    least: int


def _first_article(store: Store) -> Call:
    stock(store, entry("one", FEED), feed=FEED)
    (job,) = store.claim_entries(NOON, NOON + LEASE, "t", 1)
    of = draft(
        "one",
        full_text("one"),
        prints=prints_of("a b c"),
        origin_feed=FEED.feed,
        feed_tags=("x",),
        caller_id="7",
    )
    decide = decides(of, topics={"raids": ["hook", "desk"], "camps": ["hook"]})
    return lambda: store.place(of, decide, NOON, job=job, next_due=NOON + HOUR)


def _revision_that_joins(store: Store) -> Call:
    """A new revision that moves into another story, and makes that one's article its copy."""
    other, before = draft("other", prints=prints_of("a b")), draft("one", prints=prints_of("a b"))
    place(store, other, topics={"raids": ["hook"]})
    place(store, before)
    text = article_text("Quite another text.", captions=full_text("x").captions)
    of = draft("one", replace(text, links=full_text("x").links), prints=prints_of("b c d"))
    home = story_id(other.article)
    decide = decides(
        of,
        joins=home,
        topics={"camps": ["hook"]},
        standing=Standing(of.article, "original", why="credited"),
        restated=[Standing(other.article, "copy", "same", of.article, 1.0, "credits it")],
    )
    return lambda: store.place(of, decide, NOON)


def _poll_with_news(store: Store) -> Call:
    stock(store, entry("old", FEED), entry("edited", FEED), feed=FEED)
    (job,) = store.claim_feeds(NOON + HOUR, NOON + HOUR + LEASE, "t", 1)
    stated = [
        *(entry(f"new{n}", FEED) for n in range(3)),
        entry("edited", FEED, title="Another title"),
        entry("old", FEED),
    ]
    return lambda: store.commit_poll(job, compares(stated), NOON + HOUR)


def _delivery_again(store: Store) -> Call:
    place(store, draft("one"), topics={"raids": ["hook"]})
    (job,) = store.claim_deliveries(NOON, NOON + LEASE, "t", 1)
    return lambda: store.settle_delivery(job, again(NOON + HOUR))


def _entry_deferred(store: Store) -> Call:
    stock(store, entry("one", FEED), feed=FEED)
    (job,) = store.claim_entries(NOON, NOON + LEASE, "t", 1)
    return lambda: store.defer_entry(job, NOON + HOUR, "WTC-NET-007", "slow")


def _feeds_synced(store: Store) -> Call:
    store.sync_feeds([FEED, feed_spec("goes")], NOON)
    wanted = [replace(FEED, title="T"), feed_spec("moved"), feed_spec("comes")]
    return lambda: store.sync_feeds(wanted, NOON + HOUR)


def _topics_synced(store: Store) -> Call:
    store.sync_topics([topic_spec("a"), topic_spec("b")], NOON)
    wanted = [topic_spec("a", "new meaning"), topic_spec("c")]
    return lambda: store.sync_topics(wanted, NOON + HOUR)


def _leases_released(store: Store) -> Call:
    stock(store, entry("one", FEED), feed=FEED)
    store.claim_entries(NOON, NOON + LEASE, "t", 1)
    store.claim_feeds(NOON + HOUR, NOON + HOUR + LEASE, "u", 1)
    return store.release_leases


def _claimed(store: Store) -> Call:
    stock(store, *(entry(f"e{n}", FEED) for n in range(3)), feed=FEED)
    return lambda: store.claim_entries(NOON, NOON + LEASE, "t", 2)


CASES = {
    "place a first article": Case(_first_article, 20),
    "place a revision that joins a story": Case(_revision_that_joins, 25),
    "commit a poll with news": Case(_poll_with_news, 11),
    "settle a delivery": Case(_delivery_again, 5),
    "defer an entry": Case(_entry_deferred, 3),
    "sync feeds": Case(_feeds_synced, 7),
    "sync topics": Case(_topics_synced, 8),
    "release leases": Case(_leases_released, 5),
    "claim entries": Case(_claimed, 4),
}


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_a_failure_at_any_statement_changes_nothing_and_a_second_try_succeeds(
    database: Database, tmp_path, case: Case
):
    wanted, answer, tried = _undisturbed(database, tmp_path, case)
    assert tried >= case.least
    store = database.open()
    call = case.prepare(store)
    before = database.contents()
    for at in range(tried):
        with database.maker.failing(store, at), pytest.raises(StoreError) as caught:
            call()
        assert caught.value.code == "WTC-DB-009"
        assert "disk I/O error" in caught.value.message
        assert database.contents() == before, f"statement {at}"
    assert call() == answer
    assert _rows(database.contents()) == wanted
    assert database.sound() == []


def _undisturbed(database: Database, tmp_path, case: Case) -> tuple[Any, object, int]:
    """The rows and the answer of a call that nothing disturbs, and how many statements it took."""
    place = tmp_path / "undisturbed"
    place.mkdir()
    store = database.maker.open(place)
    call = case.prepare(store)
    with database.maker.failing(store, -1) as tried:
        answer = call()
        count = tried()
    rows = _rows(database.maker.contents(place))
    store.close()
    return rows, answer, count


def _rows(contents: dict[str, Any]) -> dict[str, Any]:
    """All but the note of when the schema was made."""
    return {**contents, "_sqlite_migrations": []}


@pytest.mark.parametrize("error", [KeyboardInterrupt, MemoryError, SystemExit])
def test_an_interrupt_in_a_decision_leaves_no_transaction_open(database, store, error):
    of = draft("one")
    before = database.contents()

    def decide(_view):
        raise error

    with pytest.raises(error):
        store.place(of, decide, NOON)
    assert database.contents() == before
    assert place(store, of).revision == 1


def test_a_full_disk_is_said_in_its_own_words_and_heals_when_there_is_room(database, store):
    of = draft("big", article_text("x" * 1_000_000))
    before = database.contents()
    with database.maker.full(store), pytest.raises(StoreError) as caught:
        place(store, of)
    assert caught.value.code == "WTC-DB-008"
    assert "room" in caught.value.hint
    assert database.contents() == before
    assert place(store, of).revision == 1
    assert database.sound() == []
