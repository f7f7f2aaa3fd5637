"""When the next poll is due: the square-root law, and what stands around it."""

from collections import Counter
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.unit.feeds.makers import NOW, PUBLIC, entry, state

from watcher.feeds.bounds import awake, bound
from watcher.feeds.budget import hourly, stretch
from watcher.feeds.cadence import Seen, importance, plan
from watcher.feeds.policy import CadencePolicy
from watcher.model.feed import Demand, FeedMemory, FeedSpec, FeedState, Rate, Wishes
from watcher.model.when import DAY, HOUR, MINUTE, SECOND

NONE = Wishes()
NOTHING = Seen()
LOCAL = CadencePolicy(every=HOUR, floor=SECOND, cap=DAY)


def feed(a_day=4.0, name="f_1", wishes=NONE, polls=9, **known):
    """One that was watched for a month, and publishes so often."""
    memory = FeedMemory(rate=Rate(a_day * 30, 30.0, NOW), wishes=wishes)
    spec = known.pop("spec", FeedSpec(name, "https://site.example/feed"))
    facts = {"polls": polls, "due_at": NOW, "last_poll": NOW - HOUR, "interval": DAY, **known}
    return FeedState(spec, spec.url, memory=memory, **facts)


def planned(of, policy=PUBLIC, validated=True, seen=NOTHING, now=NOW, **headers):
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return plan(of, named, seen, now, policy, validated=validated)


def wait(of, **given):
    return planned(of, **given).due - given.get("now", NOW)


# The law


def test_four_times_the_entries_are_worth_twice_the_polls():
    seldom, often = planned(feed(1.0)).interval, planned(feed(4.0)).interval
    assert seldom / often == pytest.approx(2, rel=0.02)
    assert often == pytest.approx(HOUR, rel=0.02)


def test_from_the_first_guess_on_an_interval_grows_step_by_step_but_shrinks_at_once():
    seldom, seen = feed(0.01, polls=0, interval=None), []
    for _ in range(6):
        made = planned(seldom)
        seen.append(made.interval)
        seldom = replace(seldom, polls=seldom.polls + 1, interval=made.interval)
    assert seen[:4] == [HOUR, 2 * HOUR, 4 * HOUR, 8 * HOUR]
    assert seen[-1] < 16 * HOUR
    assert "growing to" in planned(feed(0.01, interval=HOUR)).reasons[-1]
    assert planned(feed(400.0, interval=DAY)).interval == 15 * MINUTE


def test_four_times_the_weight_is_worth_twice_the_polls():
    heavy = feed(spec=FeedSpec("f_1", "https://site.example/feed", weight=4.0))
    assert planned(feed()).interval / planned(heavy).interval == pytest.approx(2, rel=0.02)


def test_our_own_choice_stays_between_floor_and_cap():
    assert planned(feed(10_000.0)).interval == 15 * MINUTE
    assert wait(feed(10_000.0)) == 15 * MINUTE
    assert planned(feed(0.0001)).interval < DAY
    lazy = replace(PUBLIC, every=20 * HOUR)
    assert planned(feed(0.0001), policy=lazy).interval == DAY


def test_what_matched_of_late_makes_a_feed_more_important_and_no_topic_less():
    known = feed()
    unwatched = replace(known, spec=replace(known.spec, topics=0))
    order = [importance(one)[0] for one in (unwatched, known, replace(known, hits=5.0))]
    assert order == sorted(order)
    assert len(set(order)) == 3
    assert importance(unwatched)[1] == " (no topic looks at it)"
    assert "5 matches of late" in importance(replace(known, hits=5.0))[1]


def test_an_interval_of_its_own_is_kept_to_the_second():
    own = feed(spec=FeedSpec("f_1", "https://site.example/feed", every=30 * MINUTE))
    assert wait(own) == wait(replace(own, polls=0)) == 30 * MINUTE


def test_hosts_that_the_user_allowed_are_polled_on_the_dot():
    made = planned(feed(), policy=LOCAL)
    assert made.due - NOW == made.interval


def test_many_missed_entries_make_the_rate_grow():
    some = tuple(entry(n) for n in range(5))
    missed = planned(feed(), seen=Seen(some, overflowed=True))
    assert missed.rate.entries > planned(feed(), seen=Seen(some)).rate.entries
    assert "some missed" in missed.why


# Jitter


def test_our_own_choice_is_at_most_a_tenth_early_and_never_late():
    waits = [wait(feed(name=f"f_{n}")) for n in range(200)]
    chosen = planned(feed()).interval
    assert all(0.9 * chosen <= one <= chosen for one in waits)
    assert len(set(waits)) > 190


def test_the_first_wait_is_anything_from_half_of_it_on():
    waits = sorted(wait(feed(name=f"f_{n}", polls=0)) for n in range(400))
    chosen = planned(feed()).interval
    assert chosen / 2 <= waits[0] < 0.6 * chosen
    assert 0.9 * chosen < waits[-1] <= chosen


def test_feeds_that_a_stop_left_overdue_part_again():
    late = {"due_at": NOW - 3 * HOUR}
    waits = sorted(wait(feed(name=f"f_{n}", **late)) for n in range(400))
    chosen = planned(feed()).interval
    assert waits[-1] - waits[0] > 0.45 * chosen


def test_a_publishers_wish_is_overstayed_by_five_minutes_at_most():
    for seconds in (3600, 86_400, 604_800):
        for n in range(50):
            over = wait(feed(name=f"f_{n}"), cache_control=f"max-age={seconds}") - seconds * SECOND
            assert 0 <= over <= min(0.05 * seconds * SECOND, 5 * MINUTE)


def test_the_same_poll_is_planned_alike_again():
    assert planned(feed()) == planned(feed())


# Wishes

MONDAY = NOW - NOW % DAY  # 2026-03-02, a Monday


@pytest.mark.parametrize(
    ("hours", "days", "at", "awoken"),
    [
        ((), (), MONDAY, MONDAY),
        ((0, 1), (), MONDAY + 30 * MINUTE, MONDAY + 2 * HOUR),
        ((23, 0), (), MONDAY + 23 * HOUR, MONDAY + 25 * HOUR),
        ((5,), (), MONDAY, MONDAY),
        ((), (0,), MONDAY + HOUR, MONDAY + DAY),
        ((0,), (0, 1), MONDAY + HOUR, MONDAY + 2 * DAY + HOUR),
        ((), (5, 6), MONDAY + 4 * DAY, MONDAY + 4 * DAY),
    ],
)
def test_hours_and_days_to_skip_are_waited_out(hours, days, at, awoken):
    moved, why = awake(Wishes(skip_hours=hours, skip_days=days), at)
    assert moved == awoken
    assert (why is not None) == (moved != at)


def test_a_publisher_that_skips_everything_is_not_believed_and_that_is_said():
    for wishes in (Wishes(skip_hours=tuple(range(24))), Wishes(skip_days=tuple(range(7)))):
        moved, why = awake(wishes, NOW)
        assert moved == NOW
        assert "ignored" in why
        assert "ignored" in planned(feed(wishes=wishes)).why


def test_those_that_sleep_do_not_all_come_at_the_full_hour():
    sleeper = Wishes(skip_hours=tuple(hour for hour in range(24) if hour != 15))
    due = [planned(feed(name=f"f_{n}", wishes=sleeper)).due for n in range(100)]
    assert all(at // HOUR % 24 == 15 for at in due)
    assert len({at // MINUTE for at in due}) >= 5


def test_an_update_base_sets_the_time_of_day():
    daily = Wishes(period=24 * 60, base=MONDAY - 400 * DAY + 18 * HOUR)
    limit = bound(daily, {}, NOW, PUBLIC, validated=True)
    assert limit.until == MONDAY + 18 * HOUR
    later = bound(daily, {}, MONDAY + 18 * HOUR, PUBLIC, validated=True)
    assert later.until == MONDAY + 42 * HOUR
    assert "updateBase" in limit.words


def test_a_base_in_the_future_counts_backwards_too():
    ahead = Wishes(period=24 * 60, base=MONDAY + 300 * DAY + 18 * HOUR)
    assert bound(ahead, {}, NOW, PUBLIC, validated=True).until == MONDAY + 18 * HOUR


@given(
    hours=st.sets(st.integers(0, 23)),
    days=st.sets(st.integers(0, 6)),
    at=st.integers(0, 3 * 10**15),
)
def test_nobody_sleeps_longer_than_a_week_nor_wakes_too_early(hours, days, at):
    wishes = Wishes(skip_hours=tuple(sorted(hours)), skip_days=tuple(sorted(days)))
    moved, _ = awake(wishes, at)
    assert at <= moved <= at + 7 * DAY + DAY
    if len(hours) < 24:
        assert moved // HOUR % 24 not in hours
    if len(days) < 7:
        assert (moved // DAY + 3) % 7 not in days


# Reasons


def test_every_step_to_a_due_time_is_told():
    spec = FeedSpec("f_1", "https://site.example/feed", weight=2.0)
    hours = tuple(9.0 if 8 <= hour < 16 else 0.1 for hour in range(24))
    busy = feed(8.0, spec=spec, hits=3.0)
    busy = replace(busy, memory=replace(busy.memory, rate=Rate(240.0, 30.0, NOW, hours)))
    made = planned(busy, policy=replace(PUBLIC, stretch=3.0), cache_control="max-age=36000")
    told = "\n".join(made.reasons)
    for word in ("8 entries a day", "watched", "weight 2", "3 matches", "root", "poll.budget",
                 "08 to 16 UTC", "max-age", "so again in"):  # fmt: skip
        assert word in told, word
    assert made.why == "nothing new: about 8 a day; publisher asks for at least 10h (max-age)"
    alone = planned(feed(8.0)).why
    assert alone.startswith("nothing new: about 8 a day, again in ")


# The budget


def test_intervals_are_stretched_alike_until_the_budget_is_enough():
    demand = [Demand(HOUR, 100), Demand(4 * HOUR, 400)]
    by = stretch(demand, 100, PUBLIC)
    assert by == pytest.approx(2, rel=1e-3)
    assert hourly(demand, by, PUBLIC) <= 100
    assert stretch(demand, 200, PUBLIC) == 1.0


def test_what_the_user_fixed_is_counted_but_not_stretched():
    demand = [Demand(HOUR, 50, fixed=True), Demand(HOUR, 100)]
    assert stretch(demand, 100, PUBLIC) == pytest.approx(2, rel=1e-3)


def test_nothing_is_stretched_beyond_the_cap():
    demand = [Demand(HOUR, 1_000_000)]
    by = stretch(demand, 10, PUBLIC)
    stretched = planned(feed(0.5), policy=replace(PUBLIC, stretch=by))
    assert stretched.due - NOW <= DAY
    assert by <= DAY / (15 * MINUTE)


@given(
    demand=st.lists(
        st.builds(Demand, st.integers(0, 40 * DAY), st.integers(1, 10**6), st.booleans()),
        max_size=20,
    ),
    budget=st.integers(1, 10**7),
)
def test_a_stretch_keeps_to_the_budget_where_the_cap_lets_it(demand, budget):
    by = stretch(demand, budget, PUBLIC)
    assert by >= 1
    most = PUBLIC.cap / PUBLIC.floor
    assert hourly(demand, by, PUBLIC) <= max(budget, hourly(demand, most, PUBLIC) * 1.001)


@given(
    a_day=st.floats(0, 10_000),
    weight=st.floats(0.1, 10),
    hits=st.floats(0, 1000),
    stretched=st.floats(1, 100),
    polls=st.integers(0, 99),
    late=st.integers(0, 40 * DAY),
    now=st.integers(NOW, NOW + 7 * DAY),
)
def test_our_own_choice_is_never_below_the_floor_nor_beyond_the_cap(
    a_day, weight, hits, stretched, polls, late, now
):
    spec = FeedSpec("f_1", "https://site.example/feed", weight=weight)
    known = feed(a_day, spec=spec, hits=hits, polls=polls, due_at=now - late)
    made = planned(known, policy=replace(PUBLIC, stretch=stretched), now=now)
    assert PUBLIC.floor <= made.due - now <= PUBLIC.cap


def test_no_minute_of_the_hour_has_more_than_its_share():
    due = Counter()
    for n in range(500):
        known, at = feed(a_day=2.0 + n % 7, name=f"f_{n}", polls=0), NOW
        while at < NOW + 12 * HOUR:
            at = planned(replace(known, due_at=at), now=at).due
            known = replace(known, polls=known.polls + 1)
            if at > NOW + 2 * HOUR:
                due[at // MINUTE % 60] += 1
    assert max(due.values()) <= 1.5 * sum(due.values()) / 60


def test_a_feed_from_before_rates_were_counted_begins_now():
    known = replace(state(), polls=40, last_poll=NOW - HOUR, due_at=NOW)
    assert planned(known).rate.at == NOW
