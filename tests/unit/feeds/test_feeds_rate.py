"""How often a feed publishes, from its polls and its entries' dates."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.unit.feeds.makers import NOW, answer, decide, entry, feed, state

from watcher.feeds.rate import (
    PRIOR_RATE,
    a_day,
    after,
    busy_hours,
    expected,
    first_rate,
    next_rate,
    shares,
)
from watcher.model.feed import Rate
from watcher.model.when import DAY, HOUR, MINUTE, Dated, rfc3339


def dated(at, precision="exact"):
    return Dated(rfc3339(at), at, precision)


def days_ago(*days):
    return [dated(NOW - round(one * DAY)) for one in days]


def entries(*dates):
    """As a poll decides on them."""
    listed = [entry(n, one) for n, one in enumerate(dates)]
    return decide(state(), answer(), feed(*listed)).new


def steady(a_day, days=30, rate=None, now=NOW):
    """A feed that was polled every hour for so long, and had an entry each time that one fell."""
    rate = rate or Rate(at=now)
    for hour in range(days * 24):
        at = now + (hour + 1) * HOUR
        came = int((hour + 1) * a_day / 24) - int(hour * a_day / 24)
        fresh = entries(*[dated(at - n * MINUTE) for n in range(came)])
        rate = next_rate(rate, [replace(one, published=None) for one in fresh], at)
    return rate


def test_nothing_is_known_of_a_feed_without_dates():
    assert first_rate([], NOW) == Rate(at=NOW)
    assert a_day(Rate()) == PRIOR_RATE == 4


def test_a_first_poll_goes_by_the_dates_of_what_it_read():
    assert a_day(first_rate(days_ago(*range(10)), NOW)) == pytest.approx(1.1, abs=0.15)
    assert a_day(first_rate(days_ago(*(n / 24 for n in range(48))), NOW)) > 20


def test_entries_all_dated_to_the_same_minute_are_believed_to_be_a_days():
    built = [dated(NOW - MINUTE)] * 30
    assert a_day(first_rate(built, NOW)) == pytest.approx(27, abs=2)


def test_a_feed_that_fell_asleep_long_ago_is_known_for_it():
    asleep = first_rate(days_ago(400, 401, 402), NOW)
    assert a_day(asleep) < 0.02
    assert asleep.days > 40


def test_what_is_dated_to_the_future_says_nothing():
    assert first_rate([dated(NOW + HOUR)], NOW) == Rate(at=NOW)


@pytest.mark.parametrize("rate", [0.5, 4, 24])
def test_a_steady_feed_is_known_for_what_it_does(rate):
    assert a_day(steady(rate)) == pytest.approx(rate, rel=0.15)


def test_a_feed_that_changes_its_ways_is_soon_seen_to():
    quiet = steady(0.2, days=60)
    busy = steady(24, days=7, rate=quiet, now=quiet.at)
    assert a_day(busy) > 2
    assert a_day(steady(0, days=21, rate=steady(24))) < 16


def test_old_entries_under_new_ids_are_no_news():
    known = Rate(10.0, 10.0, NOW - HOUR)
    flood = entries(*days_ago(*range(3, 30)))
    assert next_rate(known, flood, NOW).entries < 10


def test_entries_without_dates_count():
    known = Rate(10.0, 10.0, NOW - HOUR)
    assert next_rate(known, entries(None, None), NOW).entries == pytest.approx(12, abs=0.02)


def test_what_was_to_be_expected_goes_by_the_time_before_the_silence():
    rate = steady(1, days=20)
    silent = rate
    for hour in range(7 * 24):
        silent = next_rate(silent, (), rate.at + (hour + 1) * HOUR)
    assert expected(silent, rate.at, silent.at) == pytest.approx(7, rel=0.1)
    assert expected(Rate(), NOW, NOW + DAY) == 0


def night_owl():
    """Publishes between 20 and 24 UTC."""
    hours = tuple(10.0 if hour >= 20 else 0.0 for hour in range(24))
    return Rate(40.0, 10.0, NOW, hours)


def test_the_hours_of_a_newsroom_shape_the_waits():
    midnight = NOW - NOW % DAY
    evening = after(night_owl(), HOUR, midnight + 21 * HOUR, DAY)
    morning = after(night_owl(), HOUR, midnight + 8 * HOUR, DAY)
    assert evening < HOUR < morning
    assert busy_hours(night_owl()) in {(16, 0), (17, 1), (18, 2), (19, 3), (20, 4)}


def test_an_even_feed_waits_alike_at_all_hours():
    for hour in range(24):
        assert after(Rate(), 90 * MINUTE, NOW + hour * HOUR + 7 * MINUTE, DAY) == 90 * MINUTE
    assert busy_hours(Rate(24.0, 1.0, NOW, (1.0,) * 24)) is None


def test_a_day_without_a_time_says_nothing_of_the_hour():
    rate = first_rate([dated(NOW - NOW % DAY, "day")], NOW)
    assert rate.hours == ()


@given(
    hours=st.lists(st.floats(0, 1000), min_size=24, max_size=24),
    interval=st.integers(MINUTE, 3 * DAY),
    now=st.integers(0, 2 * 10**15),
)
def test_over_a_whole_day_the_waits_come_to_the_interval(hours, interval, now):
    rate = Rate(1.0, 1.0, now, tuple(hours))
    assert sum(shares(rate)) == pytest.approx(24)
    assert 1 <= after(rate, interval, now, DAY) <= DAY
    if interval == DAY:
        assert after(rate, interval, now, 2 * DAY) == pytest.approx(DAY, rel=1e-6)


@given(
    steps=st.lists(
        st.tuples(st.integers(0, 60 * DAY), st.integers(0, 50), st.floats(1, 10)), max_size=20
    )
)
def test_a_rate_stays_one_whatever_comes(steps):
    rate, now = Rate(), NOW
    for past, came, missed in steps:
        now += past
        rate = next_rate(rate, entries(*[None] * came), now, missed=missed)
        assert rate.entries >= 0
        assert 0 <= rate.days <= 45
        assert 0 < a_day(rate) < 1e5
        assert rate.at == now


def test_a_clock_that_was_set_back_undoes_nothing():
    known = Rate(10.0, 10.0, NOW)
    assert next_rate(known, (), NOW - DAY) == Rate(10.0, 10.0, NOW - DAY)
