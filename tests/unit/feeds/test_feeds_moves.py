"""What redirects mean for a feed's address (spec `polling` §5, checks 42-48)."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.unit.feeds.makers import (
    NEW,
    NOW,
    PUBLIC,
    URL,
    answer,
    decide,
    entry,
    failed,
    feed,
    state,
    unchanged,
)

from watcher.feeds.moves import target
from watcher.model.feed import FeedMemory, Move, ParseFailed
from watcher.model.page import Hop
from watcher.model.when import DAY, HOUR, MINUTE, SECOND

FOR_GOOD = (Hop(301, NEW),)
SEEN = Move(NEW, 2, NOW - 4 * DAY, NOW - DAY)
PAGE = ParseFailed("WTC-FEED-002", "a web page", "look")


def seen(move=SEEN, **more):
    return state(FeedMemory(move=move, **more))


@pytest.mark.parametrize(
    ("statuses", "leads"),
    [
        ((), None),
        ((301,), "1"),
        ((308,), "1"),
        ((302,), None),
        ((303,), None),
        ((307,), None),
        ((301, 308), "2"),
        ((301, 302), "1"),
        ((302, 301), None),
        ((308, 301, 307, 301), "2"),
    ],
)
def test_only_the_leading_run_of_permanent_redirects_leads_anywhere(statuses, leads):
    hops = [Hop(status, str(number)) for number, status in enumerate(statuses, start=1)]
    assert target(str(len(hops)), hops) == leads


def test_the_first_sighting_is_told_and_changes_no_address():
    made = decide(state(), answer(hops=FOR_GOOD), feed(entry(1)))
    assert made.fetch_url is None
    assert made.memory.move == Move(NEW, 1, NOW, NOW)
    assert made.notes == (
        f"redirects for good to {NEW}: fetched there once that was seen 3 times over 3 days",
    )


def test_the_second_sighting_says_nothing():
    made = decide(seen(replace(SEEN, sightings=1)), answer(hops=FOR_GOOD), feed(entry(1)))
    assert (made.fetch_url, made.notes) == (None, ())
    assert made.memory.move == replace(SEEN, last=NOW)


def test_the_third_sighting_after_three_days_moves_the_feed_and_tells_how_to_undo_it():
    made = decide(seen(), answer(hops=FOR_GOOD), feed(entry(1)))
    assert made.fetch_url == NEW
    assert (made.memory.move, made.memory.adopted) == (None, NOW)
    assert made.notes == (
        f"moved for good: fetched at {NEW} from now on, before at {URL}"
        " (seen 3 times since 2026-02-26T09:00:00Z)",
    )


def test_ten_sightings_within_an_hour_are_not_enough():
    hasty = Move(NEW, 10, NOW - HOUR, NOW - SECOND)
    assert decide(seen(hasty), answer(hops=FOR_GOOD), feed(entry(1))).fetch_url is None


def test_two_sightings_a_month_apart_are_not_enough():
    sparse = Move(NEW, 1, NOW - 30 * DAY, NOW - 30 * DAY)
    assert decide(seen(sparse), answer(hops=FOR_GOOD), feed(entry(1))).fetch_url is None


def test_another_target_begins_anew():
    made = decide(seen(), answer(hops=(Hop(301, "https://third.example/"),)), feed(entry(1)))
    assert made.fetch_url is None
    assert made.memory.move == Move("https://third.example/", 1, NOW, NOW)


def test_an_answer_without_a_redirect_ends_the_evidence():
    assert decide(seen(), answer(), feed(entry(1))).memory.move is None


@pytest.mark.parametrize("status", [302, 303, 307])
def test_a_temporary_redirect_ends_the_evidence_and_never_moves_a_feed(status):
    made = decide(seen(), answer(hops=(Hop(status, NEW),)), feed(entry(1)))
    assert (made.fetch_url, made.memory.move) == (None, None)


def test_a_page_at_the_new_address_ends_the_evidence():
    """A permanent redirect to a page about works, seen with many a site."""
    made = decide(seen(), answer(b"<html>", hops=FOR_GOOD), PAGE)
    assert (made.fetch_url, made.memory.move) == (None, None)
    assert made.error.code == "WTC-FEED-002"


def test_a_page_at_the_old_address_says_nothing_about_the_move():
    assert decide(seen(), answer(b"<html>"), PAGE).memory.move == SEEN


@pytest.mark.parametrize("result", [failed(503), failed(kind="timeout"), answer(b"", FOR_GOOD)])
def test_a_failure_and_an_empty_answer_leave_the_evidence_as_it_is(result):
    made = decide(seen(), result)
    assert (made.fetch_url, made.memory.move) == (None, SEEN)


def test_a_304_from_the_new_address_is_a_sighting():
    made = decide(seen(validated_url=NEW), unchanged(FOR_GOOD))
    assert made.fetch_url == NEW


def test_of_a_chain_only_the_permanent_part_is_adopted():
    hops = (Hop(301, NEW), Hop(302, "https://cdn.example/today"))
    made = decide(seen(), answer(hops=hops), feed(entry(1)))
    assert made.fetch_url == NEW
    assert made.memory.validated_url == "https://cdn.example/today"


def test_a_move_that_the_user_undid_is_not_made_again():
    made = decide(seen(None, not_to=(NEW,)), answer(hops=FOR_GOOD), feed(entry(1)))
    assert (made.fetch_url, made.memory.move, made.notes) == (None, None, ())


def test_evidence_from_the_future_begins_anew():
    future = Move(NEW, 2, NOW + DAY, NOW + 5 * DAY)
    assert decide(seen(future), answer(hops=FOR_GOOD), feed(entry(1))).memory.move.sightings == 1


@given(
    steps=st.lists(
        st.tuples(st.sampled_from([200, 301, 302, 308, 503]), st.integers(0, 2 * DAY)), max_size=12
    )
)
def test_no_feed_moves_on_less_than_three_sightings_in_a_row_over_three_days(steps):
    """Whatever comes in between, a move has its evidence behind it."""
    known, now, sightings = state(), NOW, []
    for status, later in steps:
        now += later
        hops = (Hop(status, NEW),) if 300 < status < 400 else ()
        result = failed(503) if status == 503 else answer(hops=hops)
        made = decide(known, result, feed(entry(1)) if status != 503 else None, now=now)
        if status in {301, 308}:
            sightings.append(now)
        elif status != 503:
            sightings.clear()
        moved = len(sightings) >= 3 and sightings[-1] - sightings[0] >= 3 * DAY - MINUTE
        assert (made.fetch_url == NEW) == moved
        if moved:
            return
        known = replace(known, memory=made.memory, failures=made.failures)


# back


def moved_state(**memory):
    return state(FeedMemory(adopted=NOW - 9 * DAY, **memory), fetch_url=NEW)


@pytest.mark.parametrize(
    "result", [failed(404), failed(410), failed(kind="dns", code="WTC-NET-020")]
)
def test_an_adopted_address_that_is_no_more_yields_to_the_configured_one(result):
    made = decide(moved_state(), result)
    assert (made.fetch_url, made.life, made.outcome) == (URL, "active", "failed")
    assert made.next_due == NOW + HOUR
    assert made.notes == (f"{NEW} is no more ({result.code}): back to the configured {URL}",)
    assert made.memory.validated_url == NEW


@pytest.mark.parametrize("result", [failed(503), failed(403), failed(kind="timeout")])
def test_an_adopted_address_that_only_fails_is_kept(result):
    assert decide(moved_state(), result).fetch_url is None


def test_a_configured_address_that_is_gone_has_nowhere_to_go_back_to():
    made = decide(state(), failed(410))
    assert (made.fetch_url, made.life) == (None, "gone")


def test_an_adopted_address_may_move_back():
    back = seen(Move(URL, 2, NOW - 4 * DAY, NOW - DAY))
    made = decide(replace(back, fetch_url=NEW), answer(hops=(Hop(301, URL),)), feed(entry(1)))
    assert made.fetch_url == URL


# whose validators


def test_validators_are_remembered_with_the_address_that_gave_them():
    made = decide(state(), answer(hops=(Hop(302, NEW),), etag='"1"'), feed(entry(1)))
    assert (made.etag, made.memory.validated_url) == ('"1"', NEW)
    direct = decide(state(FeedMemory(validated_url=NEW)), answer(etag='"2"'), feed(entry(1)))
    assert (direct.etag, direct.memory.validated_url) == ('"2"', None)


def test_after_the_move_they_are_those_of_the_feeds_own_address():
    made = decide(seen(), answer(hops=FOR_GOOD, etag='"1"'), feed(entry(1)))
    assert (made.etag, made.memory.validated_url) == ('"1"', None)


def test_the_policy_stands_for_a_way_back_too():
    low = replace(PUBLIC, floor=2 * HOUR)
    assert decide(moved_state(), failed(404), policy=low).next_due == NOW + 2 * HOUR
