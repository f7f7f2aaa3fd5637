"""Two feeds that turn out to be one (spec `polling` §5, checks 47 and 48)."""

from dataclasses import replace

import pytest
from tests.store.builders import LEASE, NOON, draft, entry, feed_spec, place, poll, says

from watcher.model.feed import FeedMemory, Move
from watcher.model.when import DAY, HOUR

OLD = feed_spec("old", tags=("balkans",), title="Old name")
NEW = feed_spec("new", tags=("press",))


def claim(store, now=NOON, token="t"):
    return {job.state.spec.feed: job for job in store.claim_feeds(now, now + LEASE, token, 10)}


def adopts(*new, url=NEW.url, **more):
    return says(poll(new, fetch_url=url, memory=FeedMemory(adopted=NOON), **more))


@pytest.fixture
def both(store):
    """OLD knows `one` and `two`, NEW `two` and `three`, by the same identities."""
    store.sync_feeds([OLD, NEW], NOON)
    jobs = claim(store)
    store.commit_poll(jobs[OLD.feed], says(poll([entry("one", OLD), entry("two", OLD)])), NOON)
    store.commit_poll(jobs[NEW.feed], says(poll([entry("two", NEW), entry("three", NEW)])), NOON)
    return store


def merged(store, *new, at=NOON + DAY, **more):
    job = claim(store, at, "m")[OLD.feed]
    return store.commit_poll(job, adopts(*new, **more), at)


def identities(database, feed):
    rows = database.contents()["entry"]
    return sorted(row[2] for row in rows if row[1] == feed.feed)


def test_a_feed_that_moves_to_an_address_of_its_own_is_fetched_there(store, reader):
    store.sync_feeds([OLD], NOON)
    made = store.commit_poll(claim(store)[OLD.feed], adopts(), NOON)
    assert made.merged_into is None
    row = reader.feed(OLD.feed)
    assert (row.url, row.fetch_url, row.state) == (OLD.url, NEW.url, "active")
    (job,) = claim(store, NOON + DAY, "u").values()
    assert job.state.fetch_url == NEW.url


def test_a_feed_that_moves_to_anothers_address_is_merged_into_it(database, both, reader):
    made = merged(both)
    assert made.merged_into == NEW.feed
    assert made.notes == (f"the same feed as {NEW.url}: merged into it",)
    row = reader.feed(OLD.feed)
    assert (row.state, row.merged_into, row.next_due) == ("merged", NEW.feed, None)
    assert row.why == f"the same feed as {NEW.url}: merged into it"
    assert row.polls[0].notes == made.notes
    assert list(claim(both, NOON + 9 * DAY, "u")) == [NEW.feed]


def test_the_address_is_compared_in_its_normal_form(both):
    made = merged(both, url="HTTPS://NEW.example:443/feed?utm_source=x#top")
    assert made.merged_into == NEW.feed


def test_entries_are_moved_and_none_is_doubled(database, both):
    before = {row[0] for row in database.contents()["entry"]}
    merged(both)
    assert identities(database, OLD) == []
    assert identities(database, NEW) == ["id:one", "id:three", "id:two"]
    assert {row[0] for row in database.contents()["entry"]} < before
    assert database.sound() == []


def test_what_the_last_poll_brought_counts_as_new_only_where_it_is(database, both):
    made = merged(both, entry("three", OLD), entry("four", OLD))
    assert [one.identity for one in made.new] == ["id:four"]
    assert identities(database, NEW) == ["id:four", "id:one", "id:three", "id:two"]


def test_the_feed_that_stays_knows_the_entries_of_both(both):
    merged(both)
    seen = {}

    def decide(job, known):
        seen.update(known)
        return poll()

    both.commit_poll(claim(both, NOON + 2 * DAY, "u")[NEW.feed], decide, NOON + 2 * DAY)
    assert sorted(seen) == ["id:one", "id:three", "id:two"]


def test_an_article_of_the_one_feed_is_one_of_both_with_the_tags_of_each(both, reader):
    merged(both)
    (job,) = claim(both, NOON + 2 * DAY, "u").values()
    assert [spec.feed for spec in job.state.also] == [OLD.feed]
    place(both, draft("piece", origin_feed=NEW.feed, feed_tags=("press",)), NOON + 2 * DAY)
    (found,) = reader.search(None)
    assert sorted(found.feeds) == sorted([OLD.feed, NEW.feed])
    assert sorted(found.feed_tags) == ["balkans", "press"]


def test_entries_in_hand_know_what_else_they_are_wanted_for(both):
    merged(both)
    jobs = both.claim_entries(NOON + 2 * DAY, NOON + 3 * DAY, "e", 10)
    assert len(jobs) == 3
    assert {spec.title for job in jobs for spec in job.feed.also} == {"Old name"}


def test_the_same_feeds_wanted_again_leave_them_merged(database, both, reader):
    merged(both)
    before = database.contents()
    both.sync_feeds([OLD, NEW], NOON + 2 * DAY)
    assert database.contents() == before
    assert reader.feed(OLD.feed).state == "merged"


def test_when_the_other_is_wanted_no_more_it_takes_its_place_with_all_entries(
    database, both, reader
):
    merged(both)
    both.sync_feeds([OLD], NOON + 2 * DAY)
    row = reader.feed(OLD.feed)
    assert (row.state, row.merged_into, row.fetch_url) == ("active", None, NEW.url)
    assert identities(database, OLD) == ["id:one", "id:three", "id:two"]
    assert list(claim(both, NOON + 2 * DAY, "u")) == [OLD.feed]


def test_one_that_was_taken_out_and_comes_back_begins_at_its_own_address(both, reader):
    merged(both)
    both.sync_feeds([NEW], NOON + 2 * DAY)
    assert reader.feed(OLD.feed).state == "retired"
    both.sync_feeds([OLD, NEW], NOON + 3 * DAY)
    row = reader.feed(OLD.feed)
    assert (row.state, row.merged_into, row.fetch_url) == ("active", None, OLD.url)


def test_three_feeds_become_one(database, both, reader):
    third = feed_spec("third")
    both.sync_feeds([OLD, NEW, third], NOON + HOUR)
    merged(both)
    job = claim(both, NOON + 2 * DAY, "u")[NEW.feed]
    both.commit_poll(job, adopts(url=third.url), NOON + 2 * DAY)
    assert {reader.feed(one.feed).merged_into for one in (OLD, NEW)} == {third.feed}
    assert identities(database, third) == ["id:one", "id:three", "id:two"]
    both.sync_feeds([OLD, NEW], NOON + 3 * DAY)
    states = {reader.feed(one.feed).state for one in (OLD, NEW)}
    assert states == {"active", "merged"}


def test_the_first_sign_of_a_duplicate_is_told(both):
    move = Move(NEW.url, 1, NOON, NOON)
    job = claim(both, NOON + DAY, "u")[OLD.feed]
    made = both.commit_poll(job, says(poll(memory=FeedMemory(move=move))), NOON + DAY)
    assert made.notes == (f"a duplicate: the feed {NEW.url} is fetched there already",)
    job = claim(both, NOON + 2 * DAY, "v")[OLD.feed]
    later = FeedMemory(move=replace(move, sightings=2))
    assert both.commit_poll(job, says(poll(memory=later)), NOON + 2 * DAY).notes == ()


def test_a_feed_is_not_merged_into_one_that_is_not_polled(both, reader):
    claim(both, NOON + HOUR, "u")
    job = claim(both, NOON + DAY, "v")[NEW.feed]
    both.commit_poll(job, says(poll(life="gone")), NOON + DAY)
    made = merged(both, at=NOON + 2 * DAY)
    assert made.merged_into is None
    assert reader.feed(OLD.feed).fetch_url == NEW.url
