"""Entries whose page is wanted: in which order, how a try without a page ends, and the fence."""

from dataclasses import replace

import pytest
from tests.store.builders import (
    LEASE,
    NOON,
    date,
    decides,
    draft,
    entry,
    feed_spec,
    poll,
    says,
    stock,
)

from watcher.model.feed import FeedMemory, PollError
from watcher.model.when import DAY, HOUR, MINUTE, SECOND

FEED, OTHER = feed_spec(), feed_spec("other")


def claim(store, now=NOON, token="t", limit=99):
    return store.claim_entries(now, now + LEASE, token, limit)


def names(jobs):
    return [job.entry.publisher_id for job in jobs]


def settle(store, job, **how):
    of = draft(job.entry.publisher_id, origin_feed=FEED.feed, origin_entry=job.entry.entry)
    return store.place(of, decides(of), NOON, job=job, **how)


def test_an_entry_comes_back_as_it_was_stated(store):
    stated = entry(
        "full",
        FEED,
        title="خبر \u200fتازه",
        text="Two paragraphs.\n\nOf \x00 text \U0001f5de.",
        updated=date(NOON),
        authors=("A", "B"),
        language="fa",
        tags=("یک", "two"),
        position=7,
        counts_as_old=True,
    )
    stock(store, stated, feed=FEED)
    (job,) = claim(store)
    assert job.entry == stated
    assert (job.feed.spec, job.token, job.first_seen) == (FEED, "t", NOON)
    assert (job.attempts, job.has_article, job.changed) == (0, False, False)


def test_an_entry_with_nothing_but_its_identity_comes_back_too(store):
    bare = entry(
        "bare", FEED, url=None, title="", text="", published=None, publisher_id=None,
        authors=(), language=None, tags=(),
    )  # fmt: skip
    stock(store, bare, feed=FEED)
    assert [job.entry for job in claim(store)] == [bare]


def test_the_oldest_publication_is_claimed_first(store):
    stock(
        store,
        entry("young", published=date(NOON - MINUTE)),
        entry("old", published=date(NOON - DAY)),
        entry("undated", published=None),  # counts from when it was first seen
        entry("updated", published=None, updated=date(NOON - HOUR)),
        entry("future", published=date(NOON + DAY)),
        feed=FEED,
    )
    assert names(claim(store, limit=2)) == ["old", "updated"]
    assert names(claim(store, token="u")) == ["young", "undated", "future"]


def test_entries_of_one_moment_are_claimed_in_the_order_of_their_ids(store):
    stated = [entry(f"e{n}") for n in range(6)]
    stock(store, *stated, feed=FEED)
    wanted = [one.publisher_id for one in sorted(stated, key=lambda one: one.entry)]
    assert names(claim(store)) == wanted


def test_a_leased_entry_is_nobody_elses_until_the_lease_lapses(store):
    stock(store, entry("one"), feed=FEED)
    assert names(claim(store)) == ["one"]
    assert claim(store, NOON + LEASE - 1, "u") == []
    assert names(claim(store, NOON + LEASE, "v")) == ["one"]


def test_a_deferred_entry_is_tried_again_at_its_time_with_its_tries_counted(database, store):
    stock(store, entry("one"), feed=FEED)
    for attempts in range(3):
        at = NOON + attempts * MINUTE
        (job,) = claim(store, at, f"t{attempts}")
        assert job.attempts == attempts
        assert store.defer_entry(job, at + MINUTE, "WTC-NET-007", "slow \ud800 host")
        assert claim(store, at + MINUTE - 1) == []
    assert "slow \ufffd host" in repr(database.contents()["entry"])


def test_an_entry_given_up_is_never_claimed_again(store):
    stock(store, entry("one"), feed=FEED)
    (job,) = claim(store)
    assert store.defer_entry(job, None, "WTC-NET-404", "gone")
    assert claim(store, NOON + 365 * DAY) == []
    assert store.next_due() == NOON + HOUR  # the feed's


def test_placing_settles_the_entry_and_remembers_its_article(store, reader):
    stock(store, entry("one"), feed=FEED)
    (job,) = claim(store)
    made = settle(store, job)
    assert claim(store, NOON + DAY) == []
    assert reader.article(made.article).feeds == (FEED.feed,)
    assert reader.status(NOON).entries_waiting == 0


def test_an_entry_whose_feed_text_was_placed_is_still_wanted_later(store):
    stock(store, entry("one"), feed=FEED)
    (job,) = claim(store)
    assert settle(store, job, next_due=NOON + 30 * SECOND)
    assert claim(store, NOON + 29 * SECOND) == []
    (job,) = claim(store, NOON + 30 * SECOND, "u")
    assert (job.attempts, job.has_article) == (1, True)
    assert settle(store, job)
    assert claim(store, NOON + DAY, "v") == []


@pytest.mark.parametrize("rival", ["claimed by another", "released at a start", "settled"])
def test_without_its_lease_a_job_stores_nothing(database, store, rival):
    stock(store, entry("one"), feed=FEED)
    (late,) = claim(store)
    if rival == "claimed by another":
        claim(store, NOON + LEASE, "u")
    elif rival == "released at a start":
        store.release_leases()
    else:
        settle(store, late)
    before = database.contents()

    def decide(_view):
        raise AssertionError("asked without a lease")

    assert store.place(draft("other"), decide, NOON, job=late) is None
    assert not store.defer_entry(late, None, "x", "x")
    assert database.contents() == before


def test_the_holder_of_a_fresh_lease_settles_after_the_late_one_was_refused(store):
    stock(store, entry("one"), feed=FEED)
    (late,) = claim(store)
    (fresh,) = claim(store, NOON + LEASE, "u")
    assert settle(store, late) is None
    assert settle(store, fresh) is not None


def test_entries_of_a_retired_feed_are_still_read(store):
    stock(store, entry("one"), feed=FEED)
    store.sync_feeds([], NOON)
    (job,) = claim(store)
    assert job.feed.spec == FEED
    assert settle(store, job)


# what broke a stage


def test_an_entry_set_aside_is_claimed_no_more_and_its_lease_is_whose_it_was(store, reader):
    stock(store, entry("one", FEED), feed=FEED)
    (job,) = store.claim_entries(NOON, NOON + LEASE, "t", 5)
    assert job.broken == 0
    assert not store.count_broken(replace(job, token="other"), "place", "C", "m", None)
    assert store.count_broken(job, "place", "WTC-INT-001", "odd \ud800 words", None)
    assert store.defer_entry(job, NOON + MINUTE, "WTC-INT-001", "m", tried=False)
    (job,) = store.claim_entries(NOON + MINUTE, NOON + LEASE, "t2", 5)
    assert (job.broken, job.attempts) == (1, 0)
    assert store.count_broken(job, "place", "WTC-INT-001", "words", "0.1")
    store.release_leases()
    assert store.claim_entries(NOON + HOUR, NOON + 2 * HOUR, "t3", 5) == []
    (row,) = reader.feed(FEED.feed).broken
    assert (row.stage, row.code, row.message, row.times, row.version) == (
        *("place", "WTC-INT-001", "words", 2, "0.1"),
    )
    assert reader.status(NOON).entries_broken == 1


def test_only_another_version_or_a_person_makes_it_due_again(store):
    stock(store, entry("one", FEED), feed=FEED)
    (job,) = store.claim_entries(NOON, NOON + LEASE, "t", 5)
    store.count_broken(job, "place", "C", "m", "0.1")
    store.defer_entry(job, None, "C", "m", tried=False)
    assert store.retry_broken(NOON, version="0.1") == 0
    assert store.retry_broken(NOON, feed=OTHER.feed) == 0
    assert store.retry_broken(NOON + 5, version="0.2") == 1
    assert store.retry_broken(NOON + 5, version="0.2") == 0
    (job,) = store.claim_entries(NOON + 5, NOON + LEASE, "t2", 5)
    assert job.broken == 0


def test_a_feed_that_broke_our_code_is_due_for_another_version(store):
    stock(store, feed=FEED)
    (job,) = store.claim_feeds(NOON + HOUR, NOON + 2 * HOUR, "t", 5)
    failed = poll(
        outcome="failed",
        next_due=NOON + 9 * HOUR,
        error=PollError("WTC-INT-002", "m"),
        memory=FeedMemory(broken_by="0.1"),
    )
    assert store.commit_poll(job, says(failed), NOON + HOUR)
    assert store.retry_broken(NOON + HOUR, version="0.1") == 0
    assert store.retry_broken(NOON + HOUR, version="0.2") == 1
    assert [job.state.spec.feed for job in store.claim_feeds(NOON + HOUR, NOON + 2 * HOUR, "u", 5)]


def test_feeds_that_cannot_be_asked_say_so_until_they_can(store, reader):
    store.sync_feeds([FEED, OTHER], NOON)
    store.blame_feeds({FEED.feed: ("WTC-CFG-020", "no secret")})
    assert (reader.feed(FEED.feed).error_code, reader.feed(OTHER.feed).error_code) == (
        "WTC-CFG-020",
        None,
    )
    store.blame_feeds({})
    assert reader.feed(FEED.feed).error_code is None
