"""Hosts that are left alone, feeds that are excused, and polls that were put off."""

from dataclasses import replace

import pytest
from tests.store.builders import LEASE, NOON, entry, feed_spec, poll, says, stock

from watcher.model.feed import FeedMemory, Pause, PollError
from watcher.model.when import DAY, HOUR, MINUTE

A, B = feed_spec("a"), feed_spec("b")
PAUSE = Pause("a.example", NOON + HOUR, "it answered 429")


def claim(store, now=NOON, token="t", **how):
    return store.claim_feeds(now, now + LEASE, token, 10, **how)


def names(jobs):
    return [job.state.spec.feed for job in jobs]


@pytest.fixture
def two(store):
    store.sync_feeds([A, B], NOON)
    return store


def test_no_feed_of_a_paused_host_is_claimed_until_it_is_over(two):
    two.pause_host(PAUSE, NOON)
    assert names(claim(two)) == [B.feed]
    assert names(claim(two, NOON + HOUR - 1, "u", force=True)) == [B.feed]
    assert names(claim(two, NOON + HOUR, "v")) == [A.feed]


def test_a_poll_that_was_told_to_wait_pauses_its_host(two):
    (a, _) = claim(two)
    two.commit_poll(a, says(poll(outcome="failed", pause=PAUSE, next_due=NOON)), NOON)
    assert two.pauses(NOON) == [PAUSE]
    assert names(claim(two, NOON + MINUTE, "u")) == []


def test_pauses_outlive_the_process_and_end(database, two):
    two.pause_host(PAUSE, NOON)
    database.close()
    again = database.open()
    assert again.pauses(NOON) == [PAUSE]
    assert again.pauses(NOON + HOUR) == []


def test_the_longer_and_firmer_of_two_pauses_stays(two):
    soft = replace(PAUSE, until=NOON + DAY, firm=False)
    for one in (PAUSE, soft, replace(PAUSE, until=NOON + MINUTE)):
        two.pause_host(one, NOON)
    assert two.pauses(NOON) == [Pause(PAUSE.host, NOON + DAY, PAUSE.why)]


def test_a_good_answer_ends_a_pause_that_nobody_asked_for_and_no_other(two):
    (a, b) = claim(two)
    two.pause_host(replace(PAUSE, firm=False), NOON)
    two.commit_poll(b, says(poll()), NOON)  # another host
    assert len(two.pauses(NOON)) == 1
    two.commit_poll(a, says(poll()), NOON)
    assert two.pauses(NOON) == []


def test_a_clock_set_back_brings_the_end_of_a_pause_with_it(two):
    (_, b) = claim(two)
    two.commit_poll(b, says(poll()), NOON)
    two.pause_host(PAUSE, NOON)
    two.turn_back(NOON - DAY)
    assert [one.until for one in two.pauses(NOON - DAY)] == [NOON - DAY + HOUR]


def test_a_poll_that_was_put_off_changes_only_when_it_is_due(database, two, reader):
    (a, _) = claim(two)
    two.commit_poll(a, says(poll(etag='"1"', next_due=NOON)), NOON)
    (a,) = [job for job in claim(two, NOON + 2 * LEASE, "u") if job.state.spec.feed == A.feed]
    later = NOON + DAY
    off = poll(outcome="deferred", etag=None, failures=9, next_due=later, why="paused")
    two.commit_poll(a, says(off), NOON + HOUR)
    row = reader.feed(A.feed)
    assert (row.last_poll, row.next_due, row.why) == (NOON, later, "paused")
    assert [one.outcome for one in row.polls] == ["deferred", "unchanged"]
    (a,) = [job for job in claim(two, later, "v") if job.state.spec.feed == A.feed]
    assert (a.state.etag, a.state.failures, a.state.polls) == ('"1"', 0, 1)


def test_force_does_not_ask_again_for_what_was_put_off(two):
    (a, b) = claim(two, force=True)
    off = poll(outcome="deferred", next_due=NOON + DAY)
    two.commit_poll(a, says(off), NOON + 1)
    two.commit_poll(b, says(poll()), NOON + 1)
    assert claim(two, NOON, "u", force=True) == []


def test_an_entry_that_was_not_asked_for_has_had_no_try(two):
    stock(two, entry("one", A), feed=A)
    (job,) = two.claim_entries(NOON, NOON + LEASE, "e", 5)
    two.defer_entry(job, NOON + HOUR, "WTC-NET-080", "paused", tried=False)
    (job,) = two.claim_entries(NOON + HOUR, NOON + 2 * HOUR, "f", 5)
    assert job.attempts == 0
    two.defer_entry(job, NOON + 2 * HOUR, "WTC-NET-022", "refused")
    (job,) = two.claim_entries(NOON + 2 * HOUR, NOON + 3 * HOUR, "g", 5)
    assert job.attempts == 1


@pytest.mark.parametrize("failures", [1, 3])
def test_a_feed_that_failed_for_our_networks_sake_is_excused(two, reader, failures):
    (a, b) = claim(two)
    error = PollError("WTC-NET-020", "there is no host of the name a.example")
    memory = FeedMemory(failing_since=NOON - HOUR, hint="look")
    made = poll(
        outcome="failed", error=error, failures=failures, next_due=NOON + DAY, memory=memory
    )
    for job in (a, b):
        two.commit_poll(job, says(made), NOON)
    two.excuse_feeds([A.feed], NOON + MINUTE)
    row, other = reader.feed(A.feed), reader.feed(B.feed)
    assert (row.next_due, other.next_due) == (NOON + MINUTE, NOON + DAY)
    assert row.state == ("active" if failures == 1 else "failing")
    assert row.memory.failing_since == (None if failures == 1 else NOON - HOUR)
    assert other.state == "failing"


def test_a_feed_at_another_address_begins_without_what_its_old_address_taught(two, reader):
    spec = feed_spec("kept")
    two.sync_feeds([spec], NOON)
    (job,) = claim(two)
    memory = FeedMemory(
        quirks=("no_validators",), earliest=NOON + DAY, not_to=("x",), last_new=NOON, all_new=3
    )
    two.commit_poll(job, says(poll(memory=memory)), NOON)
    two.sync_feeds([replace(spec, url="https://elsewhere.example/")], NOON + HOUR)
    assert reader.feed(spec.feed).memory == FeedMemory(last_new=NOON)
