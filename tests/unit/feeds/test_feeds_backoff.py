"""What follows a failed poll (spec `polling` §5, checks 30-41): never given up, never early."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.unit.feeds.makers import NOW, PUBLIC, URL, answer, decide, entry, failed, feed, state

from watcher.feeds.policy import CadencePolicy
from watcher.model.feed import FeedMemory, FeedSpec, FeedState, ParseFailed, Pause
from watcher.model.page import Hop
from watcher.model.when import DAY, HOUR, MINUTE, SECOND

LOCAL = CadencePolicy(every=10 * SECOND, floor=SECOND, cap=DAY)


def failing(failures, days=0, **more):
    memory = FeedMemory(failing_since=NOW - days * DAY if failures else None)
    return state(memory, failures=failures, **more)


def wait(made):
    return made.next_due - NOW


# how long


@pytest.mark.parametrize(
    ("days", "most"), [(0, DAY), (29, DAY), (30, DAY), (31, 7 * DAY), (900, 7 * DAY)]
)
def test_the_cap_is_a_day_and_after_30_days_of_failing_a_week(days, most):
    assert wait(decide(failing(900, days), failed(503))) == most


def test_a_feed_polled_seldom_fails_no_longer_by_count_but_by_time():
    assert wait(decide(failing(5, 40), failed(503))) == 32 * HOUR


@pytest.mark.parametrize(
    "result",
    [
        failed(401),
        failed(403),
        failed(404),
        failed(500),
        failed(503),
        failed(kind="dns"),
        failed(kind="tls"),
        failed(kind="timeout"),
        failed(kind="connect"),
        failed(kind="protocol"),
        failed(kind="too_large"),
        failed(kind="decode"),
    ],
)
def test_no_failure_of_any_kind_ever_ends_the_polls(result):
    known = state()
    now = NOW
    for _ in range(120):
        made = decide(known, result, now=now)
        assert (made.life, made.outcome) == ("active", "failed")
        assert HOUR <= made.next_due - now <= 7 * DAY
        now = made.next_due
        known = replace(known, failures=made.failures, memory=made.memory)
    assert known.memory.failing_since == NOW


@given(
    failures=st.integers(0, 10_000),
    days=st.integers(0, 4_000),
    status=st.sampled_from([404, 429, 500, 503]),
    asked=st.none() | st.integers(0, 10**15),
)
def test_a_next_poll_is_never_early_and_always_comes(failures, days, status, asked):
    made = decide(failing(failures, days), failed(status, retry_after=asked))
    assert made.life == "active"
    assert PUBLIC.floor <= wait(made) <= 7 * DAY
    if asked is not None:
        assert wait(made) >= min(asked, 7 * DAY)
    else:
        assert wait(made) >= HOUR
    more = decide(failing(failures + 1, days), failed(status, retry_after=asked))
    if status != 429:
        assert wait(more) >= wait(made)


# 33: a 429 that does not say how long


def test_a_bare_429_is_scattered_between_an_hour_and_a_day():
    waits = set()
    for number in range(200):
        spec = FeedSpec(f"f_{number}", URL)
        known = FeedState(spec, URL, failures=9, memory=FeedMemory(failing_since=NOW))
        waits.add(wait(decide(known, failed(429))))
    assert HOUR <= min(waits) < 3 * HOUR
    assert 22 * HOUR < max(waits) <= DAY
    assert len(waits) == 200


def test_the_first_bare_429_waits_one_to_two_hours_and_the_same_on_every_run():
    made = decide(state(), failed(429))
    assert HOUR <= wait(made) <= 2 * HOUR
    assert decide(state(), failed(429)).next_due == made.next_due
    assert "too many requests" in made.why


# 34: the whole host


@pytest.mark.parametrize(
    ("result", "pause"),
    [
        (failed(429, retry_after=2 * HOUR), Pause("site.example", NOW + 2 * HOUR, "429")),
        (failed(503, retry_after=MINUTE), Pause("site.example", NOW + MINUTE, "503")),
        (failed(503, retry_after=99 * DAY), Pause("site.example", NOW + 7 * DAY, "503")),
        (failed(503), Pause("site.example", NOW + HOUR, "503", firm=False)),
        (failed(500, retry_after=HOUR), None),
        (failed(404), None),
        (failed(kind="timeout"), None),
    ],
)
def test_what_a_busy_host_asks_of_one_feed_counts_for_all_of_it(result, pause):
    made = decide(state(), result).pause
    assert made == (pause and replace(pause, why=f"it answered {pause.why}"))


def test_a_bare_429_pauses_its_host_as_long_as_the_feed_waits():
    made = decide(state(), failed(429))
    assert (made.pause.until, made.pause.firm) == (made.next_due, True)


def test_a_feed_that_fails_with_503_for_weeks_costs_its_host_an_hour_not_a_week():
    made = decide(failing(40, 60), failed(503))
    assert (wait(made), made.pause.until - NOW) == (7 * DAY, HOUR)


def test_the_host_that_is_paused_is_the_one_that_answered():
    made = decide(state(), failed(429, hops=(Hop(302, "https://www.blogspot.com/x"),)))
    assert made.pause.host == "blogspot.com"


def test_where_every_host_is_allowed_waits_begin_at_a_minute():
    assert wait(decide(state(), failed(503), policy=LOCAL)) == MINUTE
    assert wait(decide(failing(50, 90), failed(503), policy=LOCAL)) == DAY
    assert MINUTE <= wait(decide(state(), failed(429), policy=LOCAL)) <= 2 * MINUTE


# 35


def test_a_wish_that_cannot_be_kept_is_noted():
    made = decide(state(), failed(429, retry_after=7 * DAY, odd="99999999"))
    assert made.notes == ("asks to wait “99999999” (Retry-After): 7d instead",)
    garbage = decide(state(), failed(503, odd="soon"))
    assert (wait(garbage), garbage.notes) == (
        HOUR,
        ("asks to wait “soon” (Retry-After): 1h instead",),
    )


# 36


def test_a_410_behind_permanent_redirects_is_the_feeds_end_but_not_behind_others():
    for_good = (Hop(301, "https://a.example/"), Hop(308, "https://b.example/"))
    assert decide(state(), failed(410, hops=for_good)).life == "gone"
    passing = (Hop(301, "https://a.example/"), Hop(302, "https://b.example/"))
    assert decide(state(), failed(410, hops=passing)).life == "active"


# what is kept and told


def test_the_first_failure_is_dated_and_keeps_what_can_be_done_about_it():
    first = decide(state(), failed(404))
    assert (first.memory.failing_since, first.memory.hint) == (NOW, "do this")
    assert first.reasons[:2] == ("WTC-NET-070: no answer", "the first failure in a row")
    known = state(first.memory, failures=1)
    second = decide(known, failed(500), now=NOW + HOUR)
    assert second.memory.failing_since == NOW
    assert second.reasons[1] == "failing since 2026-03-02T09:00:00Z"


def test_a_good_answer_ends_the_failing_and_says_so_once():
    made = decide(failing(3, 2), answer(), feed(entry(1)))
    assert (made.failures, made.memory.failing_since, made.memory.hint) == (0, None, None)
    assert made.notes[0] == "answers again, after 3 failures since 2026-02-28T09:00:00Z"
    again = decide(state(made.memory), answer(b"<other/>"), feed(entry(1)))
    assert again.notes == ()


@pytest.mark.parametrize("status", [200, 203])
def test_a_page_in_place_of_a_feed_keeps_all_that_is_known(status):
    """39: a parking page, a login, a browser check."""
    parsed = ParseFailed("WTC-FEED-002", "a web page came in place of a feed", "look")
    known = state(etag='"0"', last_modified="then")
    made = decide(known, answer(b"<html>", status=status, etag='"9"'), parsed)
    assert (made.etag, made.last_modified, made.body_hash) == ('"0"', "then", None)
    assert (made.fetch_url, made.life, made.error.code) == (None, "active", "WTC-FEED-002")


def test_a_failing_since_in_the_future_is_now():
    known = state(FeedMemory(failing_since=NOW + 99 * DAY), failures=5)
    made = decide(known, failed(503))
    assert (made.memory.failing_since, wait(made)) == (NOW, DAY)


# nothing was asked


def test_a_feed_of_a_paused_host_is_put_off_and_not_counted_as_failing():
    pause = Pause("site.example", NOW + HOUR, "it answered 429")
    result = replace(failed(kind="paused", code="WTC-NET-080", retry_after=HOUR), pause=pause)
    made = decide(failing(2, 1, etag='"1"'), result)
    assert (made.outcome, made.failures, made.error) == ("deferred", 2, None)
    assert (wait(made), made.pause, made.etag, made.memory) == (HOUR, pause, '"1"', None)
