"""What a poll changes, and when the next one is due."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from watcher.feeds.decide import decide_poll, digested, needs_parse
from watcher.feeds.policy import CadencePolicy
from watcher.model.feed import (
    FeedJob,
    FeedMemory,
    FeedSpec,
    FeedState,
    KnownEntry,
    ParsedEntry,
    ParsedFeed,
    ParseFailed,
    Rate,
    Wishes,
)
from watcher.model.page import Fetched, FetchFailed, NotModified
from watcher.model.when import DAY, HOUR, MINUTE, SECOND, Dated
from watcher.text.durations import span
from watcher.text.hashes import bytes_hash

NOW = 1_772_442_000_000_000
URL = "https://site.example/feed"
PUBLIC = CadencePolicy(every=HOUR, floor=15 * MINUTE, cap=DAY)
LOCAL = CadencePolicy(every=10 * SECOND, floor=SECOND, cap=DAY)
ETAG = {"etag": '"1"'}


def job(every=None, **state):
    return FeedJob(FeedState(FeedSpec("f_1", URL, every=every), URL, **state), "token")


def polled(**state):
    """A feed polled before, an hour apart."""
    facts = {"body_hash": "old", "polls": 3, "interval": HOUR, "last_poll": NOW - HOUR}
    return job(**{**facts, "due_at": NOW, **state})


def fetched(headers=ETAG, body=b"<rss/>", status=200):
    return Fetched(URL, URL, status, headers, body, micros=7)


def entry(n, title="t", text="x", published=None):
    return ParsedEntry(str(n), f"https://site.example/{n}", title, published, text=text)


def feed(*entries, ttl=None):
    wishes = Wishes(ttl=ttl)
    return ParsedFeed(
        "T", URL, "https://site.example/", "en", entries, "feedparser", "rss20", wishes
    )


def failed(status=None, retry_after=None, kind="status"):
    return FetchFailed(URL, kind, "WTC-NET-007", "no answer", "h", status, retry_after)


def decide(what, result, parsed=None, known=None, policy=PUBLIC):
    return decide_poll(what, result, parsed, known or {}, NOW, policy)


KNOWN = {"id:known": KnownEntry("e_known", "hash")}


def known_of(decision):
    return {e.identity: KnownEntry(e.entry, e.hash) for e in (*decision.new, *decision.changed)}


# Entries


def test_the_first_poll_brings_all_entries_as_new_and_goes_by_its_first_guess():
    made = decide(job(), fetched(), feed(entry(1), entry(2)))
    assert [e.identity for e in made.new] == ["id:1", "id:2"]
    assert [e.position for e in made.new] == [0, 1]
    assert (made.outcome, made.interval) == ("new", HOUR)
    assert HOUR / 2 <= made.next_due - NOW <= HOUR
    assert made.why.startswith("2 new entries: about 4 a day, again in ")
    assert (made.title, made.site_url, made.language) == ("T", "https://site.example/", "en")
    assert (made.reader, made.seen, made.status, made.micros) == ("feedparser", 2, 200, 7)


def test_an_entry_seen_before_is_neither_new_nor_changed():
    first = decide(job(), fetched(), feed(entry(1)))
    again = decide(polled(), fetched(), feed(entry(1)), known_of(first))
    assert (again.new, again.changed, again.outcome, again.seen) == ((), (), "unchanged", 1)


def test_an_edited_entry_is_changed_and_keeps_its_id():
    first = decide(job(), fetched(), feed(entry(1, text="12 arrested")))
    again = decide(polled(), fetched(), feed(entry(1, text="13 arrested")), known_of(first))
    assert [e.entry for e in again.changed] == [first.new[0].entry]
    assert (again.new, again.outcome) == ((), "new")
    assert again.why.startswith("1 changed entry: ")


def test_an_entry_that_left_and_came_back_is_not_new():
    first = decide(job(), fetched(), feed(entry(1), entry(2)))
    known = known_of(first)
    gone = decide(polled(), fetched(), feed(entry(2)), known)
    back = decide(polled(), fetched(), feed(entry(1), entry(2)), known)
    assert (gone.new, gone.changed, back.new, back.changed) == ((), (), (), ())


def test_an_entry_stated_twice_is_stored_once():
    made = decide(job(), fetched(), feed(entry(1), entry(1)))
    assert (len(made.new), made.seen) == (1, 1)


@pytest.mark.parametrize(
    ("stated", "believed"),
    [
        (NOW - HOUR, NOW - HOUR),
        (NOW + HOUR, NOW),
        (NOW + 900 * DAY, NOW),
        (0, None),
        (-2 * HOUR, None),
        (-900 * DAY, -900 * DAY),
    ],
)
def test_an_entry_is_of_no_day_to_come_and_not_of_the_first_of_1970(stated, believed):
    said = Dated("as stated", stated)
    got = decide(job(), fetched(), feed(entry(1, published=said))).new[0].published
    assert (got and got.at) == believed
    assert got is None or stated > NOW or got.text == "as stated"


def test_undated_entries_of_the_first_poll_count_as_old_except_the_newest():
    date = Dated("2026-03-02", NOW, "day")
    made = decide(job(), fetched(), feed(entry(1), entry(2), entry(3, published=date)))
    assert [e.counts_as_old for e in made.new] == [False, True, False]


def test_of_a_feed_added_as_seen_the_first_poll_brings_history():
    marked = FeedJob(FeedState(FeedSpec("f_1", URL, seen=NOW - 1), URL), "token")
    days = Dated("2026-03-02", NOW, "day")
    made = decide(
        marked,
        fetched(),
        feed(
            entry(1),
            entry(2, published=days),
            entry(3, published=Dated("at", NOW - HOUR)),
            entry(4, published=Dated("since", NOW)),
        ),
    )
    assert [e.counts_as_old for e in made.new] == [True, True, True, False]


def test_undated_entries_of_later_polls_are_news():
    made = decide(polled(), fetched(), feed(entry(1), entry(2)))
    assert [e.counts_as_old for e in made.new] == [False, False]


def test_a_first_poll_after_failures_is_still_the_first():
    made = decide(job(polls=4, failures=4), fetched(), feed(entry(1), entry(2)))
    assert [e.counts_as_old for e in made.new] == [False, True]


def test_a_feed_without_entries_is_no_error():
    made = decide(polled(), fetched(), feed())
    assert (made.outcome, made.error, made.failures) == ("unchanged", None, 0)


# Validators and bodies


def test_a_200_stores_its_validators_and_deletes_those_it_does_not_have():
    made = decide(polled(etag='"0"', last_modified="then"), fetched(ETAG), feed())
    assert (made.etag, made.last_modified) == ('"1"', None)


def test_a_304_updates_what_it_carries_and_keeps_the_rest():
    before = polled(etag='"0"', last_modified="then")
    made = decide(before, NotModified(URL, URL, {"etag": 'W/"2"'}))
    assert (made.etag, made.last_modified, made.body_hash) == ('W/"2"', "then", None)
    assert (made.outcome, made.status) == ("not_modified", 304)


def test_the_same_body_is_not_read_again_but_its_new_validators_are_kept():
    same = fetched({"etag": '"2"', "last-modified": "now"})
    before = polled(etag='"1"', body_hash=bytes_hash(same.body))
    assert not needs_parse(before, same)
    made = decide(before, same)
    assert (made.etag, made.last_modified, made.outcome) == ('"2"', "now", "unchanged")


def test_a_new_body_is_read_though_its_etag_is_the_old_one():
    assert needs_parse(polled(etag='"1"'), fetched(ETAG, b"<rss>new</rss>"))


@pytest.mark.parametrize(
    ("status", "body"), [(204, b""), (206, b"<rss"), (200, b" \n"), (200, b"")]
)
def test_an_answer_with_nothing_to_read_is_no_error_and_moves_nothing(status, body):
    before = polled(etag='"0"')
    empty = fetched({"etag": '"9"'}, body, status)
    assert not needs_parse(before, empty)
    made = decide(before, empty)
    assert (made.etag, made.body_hash, made.error, made.failures) == ('"0"', None, None, 0)


@pytest.mark.parametrize(
    ("result", "parsed"),
    [
        (failed(503), None),
        (failed(kind="timeout"), None),
        (fetched({"etag": '"9"'}), ParseFailed("WTC-FEED-002", "a web page", "look")),
    ],
)
def test_a_failure_never_moves_validators_body_or_interval(result, parsed):
    made = decide(polled(etag='"0"', last_modified="then"), result, parsed)
    assert (made.etag, made.last_modified, made.body_hash) == ('"0"', "then", None)
    assert (made.outcome, made.interval, made.failures, made.life) == ("failed", HOUR, 1, "active")


def test_a_body_that_is_no_feed_carries_its_code_and_hint():
    made = decide(polled(), fetched(), ParseFailed("WTC-FEED-002", "a web page", "look"))
    assert made.error
    assert (made.error.code, made.error.hint, made.status) == ("WTC-FEED-002", "look", 200)


# When


def wait_of(made, at_least, jitter=0.05):
    """The wait is a publisher's wish, and a little more."""
    wait = made.next_due - NOW
    return at_least <= wait <= at_least + min(at_least * jitter, 5 * MINUTE)


def test_new_entries_shorten_the_interval_and_none_lengthen_it():
    calm = Rate(30.0, 30.0, NOW - HOUR)
    memory = FeedMemory(rate=calm)
    none = decide(polled(memory=memory), fetched(), feed())
    some = decide(polled(memory=memory), fetched(), feed(*map(entry, range(9))), KNOWN)
    assert some.interval < none.interval
    later = decide(polled(memory=none.memory), NotModified(URL, URL, {}))
    assert later.memory.rate.entries < calm.entries


def test_the_feeds_own_interval_is_fixed():
    made = decide(polled(every=30 * MINUTE), fetched(), feed(entry(1)))
    assert (made.next_due, made.why) == (NOW + 30 * MINUTE, "1 new entry: every 30m as configured")


def test_a_publishers_max_age_only_lengthens_and_says_so():
    long = {**ETAG, "cache-control": "max-age=10800", "age": "3600"}
    short = {**ETAG, "cache-control": "max-age=60"}
    made = decide(polled(every=HOUR), fetched(long), feed())
    assert wait_of(made, 2 * HOUR)
    assert made.why == (
        "nothing new: every 1h as configured; publisher asks for at least 2h (max-age)"
    )
    assert decide(polled(every=HOUR), fetched(short), feed()).next_due == NOW + HOUR


def test_a_publishers_ttl_lengthens_and_is_remembered_for_the_304s_that_follow():
    made = decide(polled(every=HOUR), fetched(), feed(ttl=180))
    assert (wait_of(made, 3 * HOUR), made.memory.wishes.ttl) == (True, 180)
    later = decide(polled(every=HOUR, memory=made.memory), NotModified(URL, URL, {}))
    assert (wait_of(later, 3 * HOUR), later.memory.wishes.ttl) == (True, 180)


def test_a_ttl_that_is_no_longer_stated_is_forgotten():
    remembered = FeedMemory(wishes=Wishes(ttl=180))
    made = decide(polled(every=HOUR, memory=remembered), fetched(), feed())
    assert (made.next_due, made.memory.wishes.ttl) == (NOW + HOUR, None)


def test_a_wish_goes_beyond_our_own_cap_but_not_beyond_31_days():
    wish = {**ETAG, "cache-control": "max-age=172800"}
    assert wait_of(decide(polled(), fetched(wish), feed()), 2 * DAY)
    absurd = {**ETAG, "cache-control": "max-age=99999999"}
    assert wait_of(decide(polled(), fetched(absurd), feed()), 31 * DAY)


def test_a_feed_without_validators_is_not_polled_more_than_once_an_hour():
    made = decide(polled(every=20 * MINUTE), fetched({}), feed())
    assert made.next_due == NOW + HOUR
    assert "without validators not before 1h" in made.why


def test_a_floor_for_allowed_hosts_stands_for_both_floors():
    made = decide(polled(every=SECOND), fetched({}), feed(), policy=LOCAL)
    assert made.next_due == NOW + SECOND


@pytest.mark.parametrize(
    ("failures", "wait"),
    [(0, HOUR), (1, 2 * HOUR), (3, 8 * HOUR), (5, DAY), (33, DAY), (90, DAY)],
)
def test_failures_back_off_doubling(failures, wait):
    made = decide(polled(failures=failures), failed(503))
    assert (made.next_due - NOW, made.failures) == (wait, failures + 1)


@pytest.mark.parametrize(("failures", "wait"), [(0, MINUTE), (1, 2 * MINUTE), (50, DAY)])
def test_allowed_hosts_back_off_from_a_minute(failures, wait):
    made = decide(polled(failures=failures), failed(kind="connect"), policy=LOCAL)
    assert made.next_due - NOW == wait


def test_a_success_ends_the_back_off():
    assert decide(polled(failures=9), fetched(), feed()).failures == 0
    assert decide(polled(failures=9), NotModified(URL, URL, {})).failures == 0


@pytest.mark.parametrize(
    ("asked", "wait"),
    [(2 * HOUR, 2 * HOUR), (0, 15 * MINUTE), (-5, 15 * MINUTE), (99 * DAY, 7 * DAY)],
)
def test_retry_after_is_honoured_between_the_floor_and_a_week(asked, wait):
    made = decide(polled(failures=4), failed(429, asked))
    assert made.next_due - NOW == wait
    assert "Retry-After" in made.why


def test_a_410_ends_the_feeds_polls():
    made = decide(polled(), failed(410))
    assert (made.life, made.outcome) == ("gone", "failed")
    assert "410" in made.why


@given(
    interval=st.none() | st.integers(SECOND, 40 * DAY),
    every=st.none() | st.integers(SECOND, 3 * DAY),
    ttl=st.integers(0, 10_080),
    max_age=st.integers(0, 10**9),
    entries=st.integers(0, 2),
)
def test_no_success_is_due_before_the_floor_or_the_publishers_wish(
    interval, every, ttl, max_age, entries
):
    headers = {**ETAG, "cache-control": f"max-age={max_age}"}
    what = job(every=every, interval=interval, body_hash="old")
    made = decide(what, fetched(headers), feed(*map(entry, range(entries)), ttl=ttl))
    wait = made.next_due - NOW
    assert wait >= PUBLIC.floor
    assert wait >= min(max(max_age * SECOND, ttl * MINUTE), 31 * DAY)
    assert wait <= max(31 * DAY + 5 * MINUTE, every or 0)
    assert made.why


@pytest.mark.parametrize(
    ("length", "words"),
    [(0, "0s"), (90 * MINUTE, "1h 30m"), (DAY + SECOND, "1d 1s"), (59 * SECOND, "59s")],
)
def test_spans_read_well(length, words):
    assert span(length) == words


def test_the_entry_of_a_known_feed_moves_with_the_feed_not_with_its_address():
    first = decide(job(), fetched(), feed(entry(1)))
    moved = replace(job().state, fetch_url="https://new.example/feed")
    again = decide(FeedJob(moved, "t"), fetched(), feed(entry(1)), known_of(first))
    assert again.new == ()


def test_another_readers_words_for_a_known_entry_are_kept_but_are_no_edit():
    first = decide(job(), fetched(), feed(entry(1, text="as one reader has it")))
    state = polled(reader="another")
    made = decide(state, fetched(), feed(entry(1, text="as the other has it")), known_of(first))
    assert (made.outcome, made.new, made.changed) == ("unchanged", (), ())
    assert [one.entry for one in made.refreshed] == [first.new[0].entry]


def test_the_hash_of_a_body_is_made_once(monkeypatch):
    made = digested(fetched())
    monkeypatch.setattr("watcher.feeds.decide.bytes_hash", lambda _: "another")
    assert decide(polled(), made, feed(entry(1))).body_hash == made.digest
    assert not needs_parse(polled(body_hash=made.digest), made)
    assert decide(polled(body_hash=made.digest), made).error is None
