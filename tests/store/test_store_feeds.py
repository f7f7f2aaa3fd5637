"""Feeds: what config.yaml wants of them, whose turn it is, and what a poll stores."""

from dataclasses import replace

import pytest
from tests.store.builders import (
    LEASE,
    NOON,
    compares,
    date,
    draft,
    entry,
    feed_spec,
    place,
    poll,
    says,
    stock,
    topic_spec,
)

from watcher.model.feed import Demand, FeedMemory, Move, PollError, Rate, Wishes
from watcher.model.when import DAY, HOUR, MINUTE, SECOND


def claim(store, now=NOON, token="t", limit=10, **how):
    return store.claim_feeds(now, now + LEASE, token, limit, **how)


def names(jobs):
    return [job.state.spec.feed for job in jobs]


def states(reader):
    return {row.feed: row.state for row in reader.feeds(limit=100).items}


A, B = feed_spec("a"), feed_spec("b")


# what is wanted


def test_a_wanted_feed_is_stored_as_it_is_wanted_and_due_at_once(store):
    spec = feed_spec(
        "full",
        title="Wanted title",
        tags=("balkans", "بالکان"),
        every=30 * MINUTE,
        scrape="matched",
        outlet="The Daily",
        language="sq",
        country="AL",
    )
    store.sync_feeds([spec], NOON)
    assert store.next_due() == NOON
    (job,) = claim(store)
    assert job.token == "t"
    assert job.state.spec == spec
    assert (job.state.fetch_url, job.state.title) == (spec.url, "Wanted title")
    assert (job.state.language, job.state.polls, job.state.due_at) == ("sq", 0, NOON)


def test_the_same_feeds_wanted_again_change_nothing(database, store):
    store.sync_feeds([A, B], NOON)
    before = database.contents()
    store.sync_feeds([B, A], NOON + HOUR)
    assert database.contents() == before


def test_a_feed_no_longer_wanted_is_retired_with_its_history_kept(store, reader):
    stock(store, entry("one", A), feed=A)
    store.sync_feeds([B], NOON + 1)
    row = reader.feed(A.feed)
    assert (row.state, row.next_due, row.entries, len(row.polls)) == ("retired", None, 1, 1)
    assert names(claim(store, NOON + 9 * HOUR)) == [B.feed]
    assert names(claim(store, NOON + 9 * HOUR, "f", force=True)) == []


def test_a_retired_feed_wanted_again_is_due_at_once_with_what_it_knew(store, reader):
    stock(store, entry("one", A), feed=A)
    store.sync_feeds([], NOON + 1)
    store.sync_feeds([A], NOON + 2)
    assert states(reader) == {A.feed: "active"}
    (job,) = claim(store, NOON + 2)
    assert (job.state.etag, job.state.polls) == ('"1"', 1)
    assert store.commit_poll(job, compares([entry("one", A)]), NOON + 3).new == ()


def test_a_feed_of_changed_wishes_keeps_its_schedule(store):
    stock(store, feed=A)
    store.sync_feeds([replace(A, title="New name", tags=("x",))], NOON + 1)
    assert claim(store, NOON + 1) == []
    (job,) = claim(store, NOON + HOUR)
    assert (job.state.title, job.state.spec.tags) == ("New name", ("x",))


def test_a_feed_moved_in_the_config_is_asked_anew_at_its_new_address(store):
    spec = replace(A, url="https://old.example/feed")
    store.sync_feeds([spec], NOON)
    (job,) = claim(store)
    old = poll(etag='"old"', last_modified="Mon, 21 Sep 2026 12:00:00 GMT", body_hash="old")
    assert store.commit_poll(job, says(old), NOON)
    store.sync_feeds([A], NOON + 1)
    (job,) = claim(store, NOON + 1)
    assert job.state.fetch_url == A.url
    # The validators of another address would let it answer "not modified" for ever.
    assert (job.state.etag, job.state.last_modified, job.state.body_hash) == (None, None, None)


def test_a_poll_of_the_old_address_is_refused_after_the_feed_moved(store):
    store.sync_feeds([replace(A, url="https://old.example/feed")], NOON)
    (job,) = claim(store)
    store.sync_feeds([A], NOON + 1)
    assert store.commit_poll(job, says(poll([entry("one", A)])), NOON + 2) is None
    assert names(claim(store, NOON + 2, "u")) == [A.feed]


# whose turn it is


def test_the_longest_overdue_feeds_are_claimed_first(store):
    for at, spec in ((2, feed_spec("p")), (0, feed_spec("q")), (1, feed_spec("r"))):
        store.sync_feeds([*_known(store), spec], NOON + at)
    wanted = [feed_spec(name).feed for name in "qrp"]
    assert names(claim(store, NOON + 5, "t", 2)) == wanted[:2]
    assert names(claim(store, NOON + 5, "u", 2)) == wanted[2:]
    assert claim(store, NOON + 5, "v") == []


def _known(store):
    """The specs stored so far, read off by a claim that ends at once."""
    jobs = claim(store, NOON + 10, "peek", 100)
    store.release_leases()
    return [job.state.spec for job in jobs]


def test_a_feed_is_not_due_before_its_time(store):
    stock(store, feed=A)
    assert claim(store, NOON + HOUR - 1) == []
    assert names(claim(store, NOON + HOUR)) == [A.feed]


def test_a_leased_feed_is_nobody_elses_until_the_lease_lapses(store):
    store.sync_feeds([A], NOON)
    assert names(claim(store, NOON, "t")) == [A.feed]
    assert claim(store, NOON + LEASE - 1, "u") == []
    assert names(claim(store, NOON + LEASE, "u")) == [A.feed]


def test_the_token_of_a_lapsed_lease_stores_nothing(database, store):
    store.sync_feeds([A], NOON)
    (late,) = claim(store, NOON, "t")
    (fresh,) = claim(store, NOON + LEASE, "u")
    before = database.contents()
    assert store.commit_poll(late, says(poll([entry("one", A)])), NOON + LEASE) is None
    assert database.contents()["feed"] == before["feed"]
    assert database.contents()["entry"] == []
    assert store.commit_poll(fresh, says(poll([entry("one", A)])), NOON + LEASE)
    assert (
        store.commit_poll(fresh, says(poll()), NOON + LEASE) is None
    )  # settled: the lease is over


def test_a_poll_slower_than_its_lease_counts_while_nobody_else_took_the_feed(store):
    store.sync_feeds([A], NOON)
    (job,) = claim(store, NOON)
    assert store.commit_poll(job, says(poll()), NOON + 2 * LEASE) is not None


def test_a_poll_in_flight_is_refused_once_its_feed_was_retired(store, reader):
    store.sync_feeds([A], NOON)
    (job,) = claim(store)
    store.sync_feeds([], NOON)
    assert store.commit_poll(job, says(poll([entry("one", A)])), NOON) is None
    assert states(reader) == {A.feed: "retired"}


def test_force_claims_every_active_feed_not_polled_since(store):
    store.sync_feeds([A, B], NOON)
    (job,) = claim(store, NOON, "t", 1)
    assert store.commit_poll(job, says(poll()), NOON)
    assert set(names(claim(store, NOON + 1, "f", force=True))) == {A.feed, B.feed}
    store.release_leases()
    assert store.commit_poll(*_forced(store, job.state.spec.feed), NOON + 1)
    left = {A.feed, B.feed} - {job.state.spec.feed}
    assert set(names(store.claim_feeds(NOON + 1, NOON + LEASE, "g", 10, force=True))) == left


def _forced(store, feed):
    jobs = claim(store, NOON + 1, "once", force=True)
    mine = next(job for job in jobs if job.state.spec.feed == feed)
    for job in jobs:
        if job is not mine:
            assert store.commit_poll(job, says(poll()), NOON)  # an earlier moment: still wanted
    return mine, says(poll())


@pytest.mark.parametrize("life", ["paused", "gone"])
def test_a_feed_that_a_poll_found_ended_is_not_claimed(store, reader, life):
    store.sync_feeds([A], NOON)
    (job,) = claim(store)
    store.commit_poll(job, says(poll(life=life)), NOON)
    assert claim(store, NOON + 9 * HOUR) == []
    assert claim(store, NOON + 9 * HOUR, force=True) == []
    assert store.next_due() is None
    store.sync_feeds([A], NOON + HOUR)
    assert states(reader) == {A.feed: life}


def test_every_lease_ends_at_the_start_of_a_process(store):
    stock(store, entry("one", A), feed=A)
    place(store, draft("x"), topics={"t": ["hook"]})
    assert len(claim(store, NOON + HOUR)) == 1
    assert len(store.claim_entries(NOON, NOON + LEASE, "e", 9)) == 1
    assert len(store.claim_deliveries(NOON, NOON + LEASE, "d", 9)) == 1
    assert store.release_leases() == 3
    assert store.release_leases() == 0
    assert len(claim(store, NOON + HOUR, "u")) == 1
    assert len(store.claim_entries(NOON, NOON + LEASE, "v", 9)) == 1
    assert len(store.claim_deliveries(NOON, NOON + LEASE, "w", 9)) == 1


# what a poll stores


def test_a_poll_is_stored_with_all_it_says(store, reader):
    store.sync_feeds([A], NOON)
    (job,) = claim(store, NOON + 7 * SECOND)
    memory = FeedMemory(
        wishes=Wishes(ttl=45, skip_hours=(1, 2)),
        rate=Rate(2.5, 3.5, NOON, (0.5,) * 24),
        move=Move("https://b.example/feed", 2, NOON, NOON + HOUR),
        quirks=("no_validators",),
        last_new=NOON,
        children={"https://a.example/1.xml": NOON},
    )
    made = poll(
        [entry("one", A)],
        etag='W/"é"',
        last_modified="Mon, 21 Sep 2026 12:00:00 GMT",
        title="Zëri i Ditës",
        site_url="https://a.example/",
        language="sq",
        memory=memory,
        slices=b"12345678",
        reasons=("twice a day", "20 min"),
        notes=("3 entries rolled off",),
        interval=20 * MINUTE,
        next_due=NOON + 20 * MINUTE,
        why="busy: every 20 min",
        micros=1234,
    )
    assert store.commit_poll(job, says(made), NOON + 8 * SECOND) == made
    row = reader.feed(A.feed)
    assert (row.title, row.reader, row.why) == ("Zëri i Ditës", "feedparser", "busy: every 20 min")
    assert (row.next_due, row.lag, row.entries) == (NOON + 20 * MINUTE, 8 * SECOND, 1)
    (shown,) = row.polls
    assert (shown.at, shown.outcome, shown.status) == (NOON + 8 * SECOND, "new", 200)
    assert (shown.new, shown.changed, shown.seen, shown.micros) == (1, 0, 1, 1234)
    (job,) = claim(store, NOON + HOUR)
    state = job.state
    assert (state.etag, state.last_modified) == ('W/"é"', "Mon, 21 Sep 2026 12:00:00 GMT")
    assert (state.site_url, state.language) == ("https://a.example/", "sq")
    assert (state.memory, state.slices, state.reader) == (memory, b"12345678", "feedparser")
    assert (row.memory, row.reasons) == (memory, ("twice a day", "20 min"))
    assert (shown.notes, shown.reader) == (("3 entries rolled off",), "feedparser")
    assert (state.polls, state.interval, state.last_poll) == (1, 20 * MINUTE, NOON + 8 * SECOND)


def test_what_a_poll_leaves_out_stays_but_validators_go(store):
    stock(store, feed=A)
    (job,) = claim(store, NOON + HOUR)
    quiet = poll(etag=None, body_hash=None, reader=None, outcome="not_modified")
    store.commit_poll(job, says(quiet), NOON + HOUR)
    (job,) = claim(store, NOON + 2 * HOUR)
    assert (job.state.etag, job.state.body_hash) == (None, "b1")


def test_a_failed_poll_shows_as_failing_until_one_succeeds(store, reader):
    store.sync_feeds([A], NOON)
    for failures in (1, 2):
        (job,) = claim(store, NOON + failures * HOUR)
        error = PollError("WTC-NET-001", "no answer", hint="is it up?")
        failed = poll(outcome="failed", failures=failures, error=error, next_due=NOON + HOUR)
        store.commit_poll(job, says(failed), NOON + failures * HOUR)
        assert (reader.feed(A.feed).state, reader.feed(A.feed).error_code) == (
            "failing",
            "WTC-NET-001",
        )
    (job,) = claim(store, NOON + 3 * HOUR)
    assert job.state.failures == 2
    store.commit_poll(job, says(poll()), NOON + 3 * HOUR)
    row = reader.feed(A.feed)
    assert (row.state, row.error_code, row.error_message) == ("active", None, None)
    assert [one.code for one in row.polls] == [None, "WTC-NET-001", "WTC-NET-001"]


def test_new_and_changed_entries_are_due_at_once_and_nothing_is_stored_twice(database, store):
    stock(store, entry("one", A), entry("two", A), feed=A)
    jobs = store.claim_entries(NOON, NOON + LEASE, "e", 9)
    for job in jobs:
        assert store.defer_entry(job, None, "done", "")
    assert store.next_due() == NOON + HOUR  # the feed's own
    (job,) = claim(store, NOON + HOUR)
    stated = [entry("one", A), entry("two", A, text="Edited."), entry("three", A)]
    made = store.commit_poll(job, compares(stated, next_due=NOON + 9 * HOUR), NOON + HOUR)
    assert [one.identity for one in made.new] == ["id:three"]
    assert [one.identity for one in made.changed] == ["id:two"]
    assert store.next_due() == NOON + HOUR
    due = store.claim_entries(NOON + HOUR, NOON + HOUR + LEASE, "f", 9)
    assert {(job.entry.text, job.changed) for job in due} == {
        ("Edited.", True),
        ("Text of three.", False),
    }
    assert len(database.contents()["entry"]) == 3


def test_an_entry_stated_twice_in_one_poll_is_stored_once(database, store):
    store.sync_feeds([A], NOON)
    (job,) = claim(store)
    store.commit_poll(job, says(poll([entry("one", A), entry("one", A, text="Other.")])), NOON)
    assert len(database.contents()["entry"]) == 1
    assert store.claim_entries(NOON, NOON + LEASE, "e", 9)[0].entry.text == "Text of one."


def test_the_same_entry_in_two_feeds_is_two_entries(store):
    store.sync_feeds([A, B], NOON)
    for job in claim(store):
        spec = job.state.spec
        store.commit_poll(job, compares([entry("one", spec)]), NOON)
    jobs = store.claim_entries(NOON, NOON + LEASE, "e", 9)
    assert {job.feed.spec.feed for job in jobs} == {A.feed, B.feed}


def test_a_changed_entry_is_taken_from_the_job_that_reads_its_old_state(store):
    stock(store, entry("one", A), feed=A)
    (old,) = store.claim_entries(NOON, NOON + 9 * HOUR, "e", 9)
    (job,) = claim(store, NOON + HOUR)
    store.commit_poll(job, compares([entry("one", A, text="Edited.")]), NOON + HOUR)
    assert not store.defer_entry(old, None, "x", "x")
    (fresh,) = store.claim_entries(NOON + HOUR, NOON + 9 * HOUR, "f", 9)
    assert (fresh.entry.text, fresh.changed, fresh.attempts) == ("Edited.", True, 0)


def test_the_decision_sees_every_known_entry_of_its_own_feed_only(store):
    stock(store, entry("one", A), entry("two", A), feed=A)
    store.sync_feeds([A, B], NOON + 1)
    seen = {}

    def decide(job, known):
        seen[job.state.spec.feed] = {name: one.hash for name, one in known.items()}
        return poll()

    for job in claim(store, NOON + HOUR):
        store.commit_poll(job, decide, NOON + HOUR)
    assert seen == {
        A.feed: {"id:one": entry("one").hash, "id:two": entry("two").hash},
        B.feed: {},
    }


def test_a_decision_that_breaks_leaves_the_feed_as_it_was(database, store):
    store.sync_feeds([A], NOON)
    (job,) = claim(store)
    before = database.contents()

    def decide(_job, _known):
        raise ValueError("broken")

    with pytest.raises(ValueError, match="broken"):
        store.commit_poll(job, decide, NOON)
    assert database.contents() == before
    assert store.commit_poll(job, says(poll()), NOON) is not None


def test_odd_text_in_a_feed_stops_nothing(store, reader):
    odd = "a\ud800b\x00c \u202eغ\U0001f5de"
    store.sync_feeds([A], NOON)
    (job,) = claim(store)
    stated = [
        entry(odd, A, title=odd, text=odd, url=odd, authors=(odd,), tags=(odd,)),
        entry(odd.replace("\ud800", "\udbff"), A),  # the same once neither can be written
    ]
    error = PollError("WTC-FEED-009", odd)
    made = poll(stated, title=odd, why=odd, etag=odd, last_modified=odd, language=odd, error=error)
    assert store.commit_poll(job, says(made), NOON)
    shown = odd.replace("\ud800", "\ufffd")
    assert (reader.feed(A.feed).title, reader.feed(A.feed).why) == (shown, shown)
    texts = {job.entry.text: job.entry for job in store.claim_entries(NOON, NOON + 1, "e", 9)}
    held = texts[shown]
    assert (held.title, held.url, held.authors, held.tags) == (shown, shown, (shown,), (shown,))


def test_a_feed_keeps_its_last_fifty_polls(store, reader):
    store.sync_feeds([A, B], NOON)
    for at in range(NOON, NOON + 53):
        for job in claim(store, at):
            store.commit_poll(job, says(poll(next_due=at + 1)), at)
    for spec in (A, B):
        assert [one.at - NOON for one in reader.feed(spec.feed).polls] == list(range(52, 2, -1))


# the clock


def test_the_next_due_time_is_the_earliest_of_feeds_entries_and_deliveries(store):
    assert store.next_due() is None
    stock(store, entry("one", A), feed=A, now=NOON)
    assert store.next_due() == NOON
    (job,) = store.claim_entries(NOON, NOON + LEASE, "e", 1)
    store.defer_entry(job, NOON + 30 * MINUTE, "x", "x")
    assert store.next_due() == NOON + 30 * MINUTE
    place(store, draft("x"), topics={"t": ["hook"]})
    assert store.next_due() == NOON


def test_the_last_time_is_the_latest_moment_at_which_anything_happened(database, store):
    assert store.last_time() is None
    stock(store, feed=A, now=NOON)
    assert store.last_time() == NOON
    place(store, draft("x"), now=NOON + HOUR)
    place(store, draft("y"), now=NOON + MINUTE)
    assert store.last_time() == NOON + HOUR
    database.close()
    assert database.open().last_time() == NOON + HOUR


# topics


def test_a_topic_gets_a_new_version_with_a_new_meaning_only(store, reader):
    first = store.sync_topics([topic_spec("t", "raid")], NOON)["t"]
    assert (first.version, first.since) == (1, NOON)
    assert store.sync_topics([topic_spec("t", "raid", channels=("hook",))], NOON + 1)["t"] == first
    second = store.sync_topics([topic_spec("t", "@x", meaning="raid OR police")], NOON + 2)["t"]
    assert (second.version, second.query, second.since) == (2, "@x", NOON + 2)
    third = store.sync_topics([topic_spec("t", "raid")], NOON + 3)["t"]
    assert third.version == 3
    (row,) = reader.topics(now=NOON, limit=9).items
    assert (row.topic, row.version, row.query, row.channels) == ("t", 3, "raid", ())


def test_a_topic_taken_out_comes_back_with_its_version(store, reader):
    store.sync_topics([topic_spec("t"), topic_spec("u")], NOON)
    store.sync_topics([topic_spec("u")], NOON)
    assert [row.topic for row in reader.topics(now=NOON, limit=9).items] == ["u"]
    again = store.sync_topics([topic_spec("t"), topic_spec("u")], NOON + HOUR)
    assert (again["t"].version, again["t"].since) == (1, NOON)


def test_a_date_survives_with_its_offset(store):
    stated = entry("one", A, published=replace(date(NOON), text="2026-09-21T14:13:20+02:00"))
    stock(store, stated, feed=A)
    assert store.claim_entries(NOON, NOON + 1, "e", 1)[0].entry == stated


def test_a_feed_whose_entries_are_told_apart_in_another_way_is_read_anew_as_a_whole(store):
    one = entry("one", A)
    stock(store, one, feed=A)
    store.sync_feeds([replace(A, weight=2.0)], NOON + 1)
    (job,) = claim(store, NOON + HOUR)
    assert (job.state.etag, job.state.body_hash) == ('"1"', "b1")
    store.release_leases()
    for policy, url, publisher in (
        ("link", one.url, None),
        ("guid", one.url, "one"),
        ("hash", None, None),
    ):
        store.sync_feeds([replace(A, identity=policy)], NOON + 1)
        (job,) = claim(store, NOON + HOUR, policy)
        assert (job.state.etag, job.state.body_hash) == (None, None)
        seen = []

        def decide(job, known, seen=seen):
            seen.append(known)
            return poll(next_due=NOON)

        assert store.commit_poll(job, decide, NOON + HOUR)
        (known,) = seen[0].values()
        assert (known.entry, known.hash) == (one.entry, one.hash)
        assert (known.url, known.publisher_id) == (url, publisher)


def test_of_feeds_overdue_alike_the_one_of_more_weight_is_claimed_first(store):
    light, heavy = feed_spec("a-light"), feed_spec("z-heavy", weight=4.0)
    store.sync_feeds([light, heavy], NOON)
    assert names(claim(store, NOON + MINUTE, limit=1)) == [heavy.feed]
    assert names(claim(store, NOON + MINUTE)) == [light.feed]


def test_what_is_asked_for_in_all_is_counted_by_interval(store):
    fixed = feed_spec("fixed", every=30 * MINUTE)
    store.sync_feeds([feed_spec("one"), feed_spec("two"), fixed, feed_spec("gone")], NOON)
    for job in claim(store):
        life = "gone" if job.state.spec.feed == feed_spec("gone").feed else "active"
        made = poll(interval=job.state.spec.every or 2 * HOUR + SECOND, life=life)
        store.commit_poll(job, says(made), NOON)
    store.sync_feeds([feed_spec("one"), feed_spec("two"), fixed, feed_spec("new")], NOON)
    assert sorted(store.poll_demand(HOUR), key=lambda one: one.interval) == [
        Demand(30 * MINUTE, 1, fixed=True),
        Demand(HOUR, 1),
        Demand(2 * HOUR, 2),
    ]


def test_articles_that_matched_are_counted_for_their_feed_and_fade(store):
    stock(store, entry("one"), entry("two"))
    feed = feed_spec().feed
    place(store, draft("one", origin_feed=feed), topics={"raid": ()})
    place(store, draft("two", origin_feed=feed))
    (job,) = claim(store, NOON + 2 * HOUR)
    assert job.state.hits == 1
    store.commit_poll(job, says(poll(next_due=NOON + DAY)), NOON + 30 * DAY)
    (job,) = claim(store, NOON + 31 * DAY)
    assert job.state.hits == pytest.approx(0.368, abs=0.01)
