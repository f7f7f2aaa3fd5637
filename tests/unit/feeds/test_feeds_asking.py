"""How a feed is asked, and what its answers teach about that (spec `polling` §5, checks 1-16)."""

from dataclasses import replace

import pytest
from tests.unit.feeds.makers import NOW, URL, answer, decide, entry, failed, feed, state, unchanged

from watcher.feeds.asking import request
from watcher.model.feed import FeedMemory, Rate
from watcher.model.when import DAY, HOUR

LIVELY = Rate(entries=28.0, days=28.0, at=NOW)  # one a day
QUIET = Rate(entries=4.0, days=28.0, at=NOW)


def known(memory=None, **facts):
    return state(memory, **{"etag": 'W/"1"', "last_modified": "then", **facts})


def validators(asked):
    return asked.etag, asked.last_modified


def test_a_feed_is_asked_with_both_validators_as_they_came():
    asked = request(known(), NOW)
    assert (asked.url, validators(asked), asked.plain) == (URL, ('W/"1"', "then"), False)


def test_validators_of_another_address_say_so():
    assert request(known(FeedMemory(validated_url="https://x.example/")), NOW).validated_url == (
        "https://x.example/"
    )


# 15: a lying 304


def lying(rate=LIVELY, whole=NOW - 7 * DAY, bare=None):
    return known(FeedMemory(rate=rate, last_whole=whole, last_bare=bare))


def test_a_week_of_304s_from_a_lively_feed_is_looked_into():
    assert validators(request(lying(), NOW)) == (None, None)


@pytest.mark.parametrize(
    "of",
    [
        lying(whole=NOW - 6 * DAY),
        lying(rate=QUIET),
        lying(rate=Rate()),
        lying(whole=NOW - 20 * DAY, bare=NOW - 6 * DAY),
        known(FeedMemory(rate=LIVELY)),
    ],
)
def test_a_short_time_a_quiet_feed_or_a_look_this_week_are_no_reason(of):
    assert validators(request(of, NOW)) == ('W/"1"', "then")


def test_a_quiet_feed_is_looked_into_once_enough_should_have_come():
    assert validators(request(lying(rate=QUIET, whole=NOW - 35 * DAY), NOW)) == (None, None)


@pytest.mark.parametrize(
    ("result", "parsed"),
    [(answer(etag='"2"'), feed(entry(1))), (failed(503), None), (failed(kind="timeout"), None)],
)
def test_whatever_comes_of_the_look_it_is_the_only_one_for_a_week(result, parsed):
    before = lying()
    made = decide(before, result, parsed, asked=request(before, NOW))
    assert made.memory.last_bare == NOW
    assert "asked once for the whole feed" in made.notes[0]
    later = replace(known(made.memory), memory=replace(made.memory, rate=LIVELY))
    for days in (1, 6):
        assert validators(request(later, NOW + days * DAY)) == ('W/"1"', "then")
    assert validators(request(later, NOW + 7 * DAY)) == (None, None)


def test_the_first_304_of_a_feed_from_before_begins_the_week():
    made = decide(known(), unchanged())
    assert made.memory.last_whole == NOW
    again = decide(known(made.memory), unchanged(), now=NOW + HOUR)
    assert again.memory.last_whole == NOW


# 16: validators that are not borne


@pytest.mark.parametrize("status", [400, 412])
def test_a_server_that_refuses_its_validators_is_asked_once_without_and_then_always(status):
    first = decide(known(), failed(status), asked=request(known(), NOW))
    assert first.memory.suspect
    assert (first.etag, first.last_modified) == ('W/"1"', "then")
    second = known(first.memory, failures=1)
    asked = request(second, NOW)
    assert validators(asked) == (None, None)
    good = decide(second, answer(etag='"2"'), feed(entry(1)), asked=asked)
    assert (good.memory.quirks, good.memory.suspect) == (("no_validators",), False)
    third = known(good.memory)
    assert validators(request(third, NOW)) == (None, None)
    calm = decide(third, answer(etag='"3"'), feed(entry(1)), asked=request(third, NOW))
    assert calm.memory.quirks == ("no_validators",)
    assert calm.next_due >= NOW + HOUR  # unvalidated as it is


def test_a_400_without_validators_clears_them_of_suspicion():
    suspected = known(FeedMemory(suspect=True), failures=1)
    made = decide(suspected, failed(400), asked=request(suspected, NOW))
    assert (made.memory.suspect, made.memory.quirks) == (False, ())
    assert validators(request(known(made.memory), NOW)) == ('W/"1"', "then")


def test_a_timeout_in_between_proves_nothing():
    suspected = known(FeedMemory(suspect=True), failures=1)
    made = decide(suspected, failed(kind="timeout"), asked=request(suspected, NOW))
    assert made.memory.suspect


@pytest.mark.parametrize("status", [401, 404, 500])
def test_other_failures_put_no_blame_on_validators(status):
    assert not decide(known(), failed(status), asked=request(known(), NOW)).memory.suspect


def test_a_feed_that_never_gave_validators_learns_nothing_about_them():
    bare = state()
    assert not decide(bare, failed(400), asked=request(bare, NOW)).memory.suspect


# content coding


def test_a_broken_content_coding_is_remembered_and_not_asked_for_again():
    made = decide(state(), answer(plain=True), feed(entry(1)))
    assert made.memory.quirks == ("plain_coding",)
    assert made.notes == ("its content coding is broken: asked for none from now on",)
    assert request(state(made.memory), NOW).plain
    again = decide(state(made.memory), answer(), feed(entry(1)))
    assert (again.memory.quirks, again.notes) == (("plain_coding",), ())
