"""What is as large as it can be: texts of 10 MB, numbers of 64 bits, clocks far ahead."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.store.builders import (
    LEASE,
    NOON,
    article_text,
    draft,
    feed_spec,
    look,
    place,
    poll,
    says,
)

from watcher.model.ids import article_key
from watcher.model.when import DAY, HOUR, Micros
from watcher.text.normalise import fold

INT_MIN, INT_MAX = -(2**63), 2**63 - 1
YEAR = 365 * DAY
TEN_MB = 10_000_000


@pytest.mark.parametrize(
    ("sentence", "last"), [("A gate was opened. ", "Zymer"), ("در باز شد. ", "تیرانا")]
)
def test_a_text_of_ten_megabytes_is_kept_whole_found_and_revised(store, reader, sentence, last):
    body = sentence * (TEN_MB // len(sentence.encode())) + last
    of = draft("long", article_text(body))
    place(store, of)
    assert [found.article for found in reader.search(f'"{fold(last)}"')] == [of.article]
    assert look(store, of).latest.text.body == body
    assert place(store, draft("long", article_text(body + " Again."))).revision == 2
    assert reader.article(of.article).text.body == body + " Again."


def test_prints_at_the_ends_of_64_bits_are_shared_like_any_other(store):
    ends = (INT_MIN, -1, 0, INT_MAX)
    place(store, draft("one", prints=ends))
    (found,) = look(store, draft("two", prints=ends)).candidates
    assert (found.shared, found.prints) == (4, 4)


def test_numbers_of_a_poll_at_the_end_of_64_bits_are_kept(store, reader):
    store.sync_feeds([feed_spec()], NOON)
    (job,) = store.claim_feeds(NOON, INT_MAX, "t", 1)
    told = poll(next_due=INT_MAX, interval=INT_MAX, micros=INT_MAX, status=INT_MAX)
    assert store.commit_poll(job, says(told), NOON)
    row = reader.feed(feed_spec().feed)
    assert (row.next_due, row.polls[0].micros, row.polls[0].status) == (INT_MAX,) * 3
    (job,) = store.claim_feeds(INT_MAX, INT_MAX, "u", 1)
    assert job.state.interval == INT_MAX


def test_a_number_of_more_than_64_bits_is_refused_and_changes_nothing(database, store):
    store.sync_feeds([feed_spec()], NOON)
    (job,) = store.claim_feeds(NOON, NOON + LEASE, "t", 1)
    before = database.contents()
    with pytest.raises(OverflowError):
        store.commit_poll(job, says(poll(interval=INT_MAX + 1)), NOON)
    assert database.contents() == before
    assert store.commit_poll(job, says(poll()), NOON)


@pytest.mark.parametrize("years", [0, 13, 14, 100, 170, 8000])
def test_a_clock_far_ahead_stores_and_finds_what_it_sees(store, reader, years):
    """Keys have room for the milliseconds up to 2039; past it their order is lost, nothing else."""
    now = NOON + years * YEAR
    for n in range(3):
        text = article_text(f"Text {n}.", published=None)
        place(store, draft(f"a{n}", text, seen_at=now + n * HOUR), now)
    assert len(list(reader.search(None))) == 3
    assert len({found.key for found in reader.search(None)}) == 3
    assert len(reader.stories(limit=9).items) == 3
    assert store.last_time() == now


@given(first=st.integers(INT_MIN, INT_MAX), later=st.integers(0, INT_MAX), name=st.text())
def test_a_key_is_a_positive_number_of_63_bits_that_never_goes_back(
    first: Micros, later: int, name: str
):
    key, after = article_key(first, name), article_key(first + later + 1000, name)
    assert 0 <= key <= after <= INT_MAX
