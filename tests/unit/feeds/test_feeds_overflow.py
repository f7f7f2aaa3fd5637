"""A feed's window that ran over between two polls is noticed, told, and polled sooner."""

from dataclasses import replace

import pytest
from tests.unit.feeds.makers import NOW, answer, decide, entry, feed, state

from watcher.model.feed import FeedMemory, KnownEntry
from watcher.model.when import DAY, HOUR, Dated, rfc3339


def at(hours, precision="exact"):
    moment = NOW - round(hours * HOUR)
    return Dated(rfc3339(moment), moment, precision)


def known_of(*entries):
    made = decide(state(), answer(), feed(*entries))
    return {one.identity: KnownEntry(one.entry, one.hash) for one in made.new}


def numbered(first, last, hours=None):
    """Newest first."""
    return [entry(n, None if hours is None else at(hours)) for n in range(last, first - 1, -1)]


def before(memory=None, **facts):
    facts = {"last_poll": NOW - 2 * HOUR, "interval": 2 * HOUR, "due_at": NOW, **facts}
    return state(memory, **facts)


OLD = known_of(*numbered(1, 10))


def poll(entries, known=OLD, of=None):
    return decide(of or before(), answer(b"<x/>"), feed(*entries), known)


def test_a_window_of_nothing_but_new_entries_may_have_lost_some():
    made = poll(numbered(11, 20, hours=1))
    assert made.notes == (
        "10 entries new, none known: some may have been missed between"
        " 2026-03-02T07:00:00Z and 2026-03-02T08:00:00Z",
    )
    assert "some missed" in made.why
    # The ten came within one hour of the two that passed: ten more are believed to be lost.
    assert made.memory.rate.entries == 20
    assert made.memory.all_new == 1


def test_an_undated_window_of_new_entries_too():
    assert "none known" in poll(numbered(11, 20)).notes[0]


def test_one_known_entry_in_the_last_place_says_that_nothing_was_lost():
    made = poll(numbered(10, 19, hours=1))
    assert (made.notes, made.memory.all_new, len(made.new)) == ((), 0, 9)


def test_a_pinned_entry_at_the_top_says_nothing():
    made = poll([entry(3), *numbered(11, 20, hours=1)])
    assert made.notes[0].startswith("10 entries new, only 1 known: ")


@pytest.mark.parametrize("entries", [numbered(11, 12), numbered(11, 11), []])
def test_two_entries_are_too_few_to_tell(entries):
    assert poll(entries).notes == ()


def test_the_first_poll_of_a_feed_has_missed_nothing():
    assert poll(numbered(1, 10), known={}).notes == ()


def test_entries_from_before_the_last_poll_were_renamed_not_missed():
    """They would have been seen then."""
    made = poll(numbered(11, 20, hours=30))
    assert (made.notes, made.memory.all_new) == ((), 1)


def test_a_day_without_a_time_may_be_after_the_last_poll():
    assert poll([entry(n, at(9, "day")) for n in range(20, 10, -1)]).notes
    assert not poll([entry(n, at(57, "day")) for n in range(20, 10, -1)]).notes


def test_ids_that_change_at_every_poll_are_no_overflow_and_told_once():
    same = [replace(one, id=f"nonce-{one.id}", url=None) for one in numbered(1, 10)]
    first = poll(same)
    assert len(first.new) == 10
    assert "`identity: link` or `hash`" in first.notes[0]
    again = poll(same, of=before(first.memory))
    assert (again.notes, again.memory.all_new) == ((), 2)


def test_after_failures_the_time_that_may_be_missing_begins_with_the_last_body():
    memory = FeedMemory(last_whole=NOW - 3 * DAY, failing_since=NOW - 2 * DAY)
    made = poll(numbered(11, 20, hours=1), of=before(memory, failures=4))
    assert "between 2026-02-27T09:00:00Z and 2026-03-02T08:00:00Z" in made.notes[-1]


def test_a_dated_future_ends_the_time_now():
    made = poll(numbered(11, 20, hours=-50))
    assert made.notes[0].endswith(" and 2026-03-02T09:00:00Z")
