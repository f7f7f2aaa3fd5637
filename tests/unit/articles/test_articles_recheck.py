"""When a page is looked at again, and when an article that may be gone is."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.support.records import NOON

from watcher.articles.recheck import ended, failed, plan, same, signed, unread
from watcher.model.page import FetchFailed
from watcher.model.recheck import Look, Neighbours, RecheckPolicy, Sign
from watcher.model.when import DAY, HOUR, MINUTE

POLICY = RecheckPolicy()
LOOK = Look("a_one", "https://a.example/1", NOON, "", NOON)
MAYBE, FIRM = Sign("gone", "not found"), Sign("gone", "gone for good", firm=True)
WELL = Neighbours(well=1)


@pytest.mark.parametrize(
    ("age", "wait"),
    [
        (0, 15 * MINUTE),
        (2 * HOUR, 15 * MINUTE),
        (3 * HOUR, HOUR),
        (25 * HOUR, 3 * HOUR),
        (8 * DAY, 3 * DAY),
        (40 * DAY, 30 * DAY),
    ],
)
def test_the_older_the_last_change_the_longer_the_wait(age, wait):
    made = plan(NOON, NOON + age, POLICY, "a_one")
    assert 0.9 * wait <= made.due - NOON - age <= 1.1 * wait


def test_what_did_not_change_for_long_enough_is_looked_at_no_more():
    made = plan(NOON, NOON + 91 * DAY, POLICY, "a_one")
    assert (made.due, "no more" in made.why) == (None, True)


@given(st.integers(0, 400 * DAY), st.sampled_from([MINUTE, 15 * MINUTE, 5 * HOUR]))
def test_no_wait_is_shorter_than_the_floor_by_more_than_the_spread(age, floor):
    made = plan(NOON, NOON + age, replace(POLICY, floor=floor), "a_one")
    assert made.due is None or made.due - NOON - age >= 0.9 * max(floor, 15 * MINUTE)


def test_a_good_look_clears_what_was_supposed():
    bad, _ = signed(LOOK, MAYBE, WELL, NOON, POLICY)
    good = same(bad, NOON + HOUR, POLICY)
    assert (good.sign, good.signs, good.sign_since, good.looks) == (None, 0, None, 2)


def looks(sign, near, *hours):
    """The state after looks so many hours after noon, and which of them found it gone."""
    look, found = LOOK, []
    for hour in hours:
        look, lost = signed(look, sign, near, NOON + int(hour * HOUR), POLICY)
        found += [hour] if lost else []
    return look, found


@pytest.mark.parametrize(
    ("sign", "near", "hours", "found"),
    [
        (MAYBE, WELL, (0, 0.3), []),
        (MAYBE, WELL, (0, 0.3, 0.6), []),
        (MAYBE, WELL, (0, 0.3, 1.5), [1.5]),
        (MAYBE, WELL, (0, 9), []),
        (FIRM, WELL, (0,), []),
        (FIRM, WELL, (0, 0.1), []),
        (FIRM, WELL, (0, 0.3), [0.3]),
        (FIRM, Neighbours(), (0, 0.3, 6), []),
        (FIRM, Neighbours(), (0, 0.3, 25), [25]),
        (MAYBE, Neighbours(well=3, failing=True), (0, 5, 50), []),
        (MAYBE, Neighbours(well=1, ill=2), (0, 5, 50), []),
        (MAYBE, Neighbours(well=2, ill=2), (0, 5, 50), []),
        (MAYBE, Neighbours(well=3, ill=2), (0, 5, 50), [50]),
        (MAYBE, Neighbours(well=1, ill=1), (0, 5, 50), [50]),
    ],
)
def test_a_sign_is_believed_when_it_stays_and_the_host_is_well(sign, near, hours, found):
    look, got = looks(sign, near, *hours)
    assert got == found
    assert (look.gone == "gone") is bool(found)
    assert look.gone_at == (NOON if found else None)
    assert look.due > NOON + int(hours[-1] * HOUR)


def test_what_is_gone_is_found_once_and_looked_at_weekly():
    look, found = looks(FIRM, WELL, 0, 1, 200, 400)
    assert found == [1]
    assert look.due == NOON + 400 * HOUR + 7 * DAY


@given(st.lists(st.sampled_from(["fail", "bad", "same", "unread"]), max_size=12))
def test_failures_alone_never_make_a_sign(steps):
    look, now = LOOK, NOON
    down = FetchFailed(LOOK.url, "status", "WTC-NET-503", "HTTP 503", status=503)
    for step in steps:
        now += HOUR
        before = look
        if step == "fail":
            look = failed(look, down, now)
        elif step == "unread":
            look = unread(look, "a wall", now, POLICY)
        elif step == "same":
            look = same(look, now, POLICY)
        else:
            look, _ = signed(look, MAYBE, WELL, now, POLICY)
        if step in {"fail", "unread"}:
            assert (look.sign, look.signs, look.gone) == (before.sign, before.signs, before.gone)
        assert look.due is not None
        assert look.due > now


def test_a_pause_is_kept_to_and_counts_as_no_try():
    asked = FetchFailed(LOOK.url, "paused", "WTC-NET-060", "paused", retry_after=3 * HOUR)
    look = failed(LOOK, asked, NOON)
    assert (look.due, look.failures, look.asked_at) == (NOON + 3 * HOUR, 0, None)


def test_what_ended_is_not_due():
    assert ended(LOOK, "its feed is gone").due is None
