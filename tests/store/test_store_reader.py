"""The reading side: lists whose pages neither repeat nor skip, articles by every name they have,
search in the order of news, and the counts of `status`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from itertools import chain
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.store.builders import (
    LEASE,
    NOON,
    article_text,
    date,
    decides,
    draft,
    entry,
    feed_spec,
    place,
    poll,
    says,
    stock,
    topic_spec,
)

from watcher.errors import UsageError
from watcher.model.when import DAY, HOUR, MINUTE
from watcher.ports import Reader, Store
from watcher.store.sqlite import archive

# lists


@dataclass(frozen=True)
class List:
    """One list: how `n` more rows come in, how a page of it is asked for, what names a row."""

    add: Callable[[Store, list[int]], None]
    page: Callable[..., Any]
    name: Callable[[Any], str]


def _articles(store: Store, numbers: list[int]) -> None:
    for n in numbers:
        # Some are older news than what is there already, some younger.
        text = article_text(str(n), title=f"T{n}", published=date(NOON - (n * 7 % 11) * HOUR))
        place(store, draft(f"a{n}", text), topics={"raids": ["hook"]})


def _topics(store: Store, numbers: list[int]) -> None:
    store.sync_topics([topic_spec(f"t{n * 7 % 97:02}") for n in range(max(numbers) + 1)], NOON)


def _feeds(store: Store, numbers: list[int]) -> None:
    store.sync_feeds([feed_spec(f"f{n * 7 % 97:02}") for n in range(max(numbers) + 1)], NOON)


LISTS = {
    "feeds": List(_feeds, lambda reader, **how: reader.feeds(**how), lambda row: row.feed),
    "topics": List(
        _topics, lambda reader, **how: reader.topics(now=NOON, **how), lambda row: row.topic
    ),
    "stories": List(_articles, lambda reader, **how: reader.stories(**how), lambda row: row.story),
    "alerts": List(_articles, lambda reader, **how: reader.alerts(**how), lambda row: row.alert),
    "deliveries": List(
        _articles, lambda reader, **how: reader.deliveries(**how), lambda row: row.delivery
    ),
}


@pytest.fixture(params=LISTS.values(), ids=LISTS)
def rows(request: pytest.FixtureRequest) -> List:
    return request.param


def pages(
    rows: List, reader: Reader, limit: int, between: Callable[[], object] | None = None
) -> list[list[str]]:
    found, after = [], None
    while True:
        page = rows.page(reader, limit=limit, after=after)
        found.append([rows.name(row) for row in page.items])
        if page.next is None:
            return found
        after = page.next
        if between:
            between()


@pytest.mark.parametrize(
    ("limit", "sizes"), [(1, [1] * 6), (4, [4, 2]), (3, [3, 3]), (6, [6]), (99, [6])]
)
def test_pages_of_any_size_make_up_the_list(store, reader, rows, limit, sizes):
    rows.add(store, list(range(6)))
    found = pages(rows, reader, limit)
    assert [len(page) for page in found] == sizes
    assert list(chain(*found)) == pages(rows, reader, 99)[0]


def test_an_empty_list_is_one_empty_page(reader, rows):
    page = rows.page(reader, limit=3)
    assert (page.items, page.next) == ((), None)


@pytest.mark.parametrize("limit", [1, 2, 3])
def test_rows_that_come_between_two_pages_repeat_nothing_and_skip_nothing(
    store, reader, rows, limit
):
    rows.add(store, list(range(6)))
    before = set(pages(rows, reader, 99)[0])
    coming = iter(range(6, 99))

    def more() -> None:
        number = next(coming)
        if number < 10:
            rows.add(store, [number])

    found = list(chain(*pages(rows, reader, limit, more)))
    assert len(found) == len(set(found))
    assert before <= set(found)


def test_stories_come_newest_news_first_and_alerts_and_deliveries_last_written_first(store, reader):
    _articles(store, [0, 1, 2, 3])  # published 0, 7, 3 and 10 hours ago
    assert [row.title for row in reader.stories(limit=9).items] == ["T0", "T2", "T1", "T3"]
    told = [row.alert for row in reader.alerts(limit=9).items]
    assert [row.alert for row in reader.deliveries(limit=9).items] == told
    titles = {row.alerts[0].alert: row.text.title for row in map(reader.article, _ids(reader))}
    assert [titles[alert] for alert in told] == ["T3", "T2", "T1", "T0"]


def _ids(reader: Reader) -> list[str]:
    return [found.article for found in reader.search(None)]


def test_feeds_and_topics_come_by_address_and_name(store, reader):
    store.sync_feeds([feed_spec(name) for name in ("b", "c", "a")], NOON)
    urls = [row.url for row in reader.feeds(limit=9).items]
    assert urls == [f"https://{name}.example/feed" for name in "abc"]
    store.sync_topics([topic_spec(name) for name in ("b", "c", "a")], NOON)
    assert [row.topic for row in reader.topics(now=NOON, limit=9).items] == ["a", "b", "c"]


def test_two_feeds_of_one_address_are_two_rows_on_two_pages(store, reader):
    twins = [replace(feed_spec(name), url="https://x.example/feed") for name in ("b", "a")]
    store.sync_feeds(twins, NOON)
    found = pages(LISTS["feeds"], reader, 1)
    assert found == [[feed] for feed in sorted(spec.feed for spec in twins)]


@pytest.mark.parametrize("name", ["stories", "alerts", "deliveries"])
@pytest.mark.parametrize("cursor", ["x", "", "-1", "1e3", "²", "9" * 30, "1.\ud800", "٣", "\x00"])
def test_what_is_no_cursor_is_refused_and_does_not_start_the_list_again(
    store, reader, name, cursor
):
    _articles(store, [0, 1])
    with pytest.raises(UsageError) as caught:
        LISTS[name].page(reader, limit=1, after=cursor)
    assert (caught.value.code, caught.value.exit_status) == ("WTC-USE-004", 2)


@pytest.mark.parametrize(
    ("name", "cursor", "count"),
    [
        ("stories", "0.s_a", 0),
        ("stories", f"{'9' * 19}.s_a", 2),
        ("alerts", "0", 0),
        ("alerts", "9" * 19, 2),
        ("deliveries", str(2**63), 2),
    ],
)
def test_a_cursor_beyond_every_row_is_a_place_like_any_other(store, reader, name, cursor, count):
    _articles(store, [0, 1])
    assert len(LISTS[name].page(reader, limit=9, after=cursor).items) == count


@pytest.mark.parametrize("name", ["feeds", "topics"])
@pytest.mark.parametrize("cursor", ["", "x\x00", "\ud800", "z" * 10_000])
def test_any_text_is_a_place_in_a_list_by_name(store, reader, name, cursor):
    LISTS[name].add(store, [0, 1])
    assert len(LISTS[name].page(reader, limit=9, after=cursor).items) in {0, 2}


def test_alerts_can_be_one_topics_page_by_page(store, reader):
    for n in range(4):
        place(store, draft(f"a{n}"), topics={f"t{n % 2}": []})
    first = reader.alerts(limit=1, topic="t1")
    second = reader.alerts(limit=1, topic="t1", after=first.next)
    assert [row.topic for row in (*first.items, *second.items)] == ["t1", "t1"]
    assert second.next is None
    assert reader.alerts(limit=9, topic="none \ud800").items == ()


# articles


def test_an_article_is_found_by_every_name_it_has(store, reader):
    of = draft(
        "one",
        url="https://daily.example/one",
        canonical_url="https://www.daily.example/2026/one",
        urls=("daily.example/one", "daily.example/2026/one", "daily.example/amp/one?p=2"),
        caller_id="nr 41/b",
    )
    place(store, of)
    place(store, draft("other"))
    for name in (
        of.article,
        "https://daily.example/one",
        "http://DAILY.example:80/one/",
        "https://www.daily.example/./one#comments",
        "https://daily.example/one?utm_source=x",
        " https://daily.example/one ",
        of.canonical_url,
        "https://daily.example/amp/one?p=2",
        "id:nr 41/b",
    ):
        row = reader.article(name)
        assert row is not None, name
        assert row.article == of.article, name


@pytest.mark.parametrize(
    "name",
    [
        *("", "a_nothing", "id:", "id:41", "https://daily.example/", "https://daily.example/On"),
        *("one", "https://daily.example/amp/one", "\ud800", "a\x00b", "%", "x" * 100_000),
    ],
)
def test_what_names_no_article_finds_none(store, reader, name):
    place(store, draft("one", urls=("daily.example/one", "daily.example/amp/one?p=2")))
    assert reader.article(name) is None
    assert reader.story(name) is None
    assert reader.feed(name) is None


def test_an_article_without_an_address_is_found_by_the_callers_id(store, reader):
    of = draft("x", url="", canonical_url=None, urls=("id:7",), article="a_imported", caller_id="7")
    place(store, of)
    assert reader.article("id:7").article == "a_imported"


def test_an_article_knows_its_feeds_copies_alerts_and_matches(store, reader):
    of = draft("one", origin_feed="f_2")
    home = place(store, of, topics={"b": ["hook"], "a": []}).placement.story
    place(store, replace(of, origin_feed="f_1"))
    place(store, draft("two"), joins=home)
    row = reader.article(of.article)
    assert (row.feeds, row.copies, row.story) == (("f_1", "f_2"), (), home)
    assert [one.topic for one in row.matches] == ["a", "b"]
    assert [one.topic for one in row.alerts] == ["b", "a"]


# feeds


def test_a_feed_is_found_by_id_and_by_its_addresses(store, reader):
    spec = feed_spec()
    store.sync_feeds([spec, feed_spec("other")], NOON)
    assert reader.feed(spec.feed).url == spec.url
    assert reader.feed(spec.url).feed == spec.feed


def test_the_newest_poll_of_a_feed_comes_first(store, reader):
    stock(store, now=NOON)
    (job,) = store.claim_feeds(NOON + HOUR, NOON + HOUR + LEASE, "t", 1)
    store.commit_poll(job, says(poll(outcome="failed", status=503)), NOON + HOUR)
    row = reader.feed(feed_spec().feed)
    assert [(one.at, one.status) for one in row.polls] == [(NOON + HOUR, 503), (NOON, 200)]


# search


def titles(reader: Reader, fts: str | None = None, **how: Any) -> list[str]:
    return [found.text.title for found in reader.search(fts, **how)]


def test_search_goes_from_the_newest_news_to_the_oldest(store, reader):
    for n, hours in enumerate([3, 1, 9, 5]):
        text = article_text("camp", title=f"{hours}", published=date(NOON - hours * HOUR))
        place(store, draft(f"a{n}", text))
    place(store, draft("x", article_text("else", title="else")))
    assert titles(reader, '"camp"') == ["1", "3", "5", "9"]
    assert sorted(titles(reader)) == ["1", "3", "5", "9", "else"]


@pytest.mark.parametrize("fts", [None, '"camp"'])
def test_search_goes_on_below_a_key_whatever_came_meanwhile(store, reader, fts):
    def put(n: int, hours: int) -> None:
        text = article_text(f"camp {n}", title=f"{n}", published=date(NOON - hours * HOUR))
        place(store, draft(f"a{n}", text))

    for n in range(6):
        put(n, n)
    first = [found for found, _ in zip(reader.search(fts), range(3), strict=False)]
    put(7, 0)
    put(8, 5)
    rest = titles(reader, fts, before_key=first[-1].key)
    assert [found.text.title for found in first] == ["0", "1", "2"]
    assert [title for title in rest if title != "8"] == ["3", "4", "5"]


@pytest.mark.parametrize("batch", [1, 2, 3, 200])
def test_search_reads_in_batches_that_nobody_notices(store, reader, monkeypatch, batch):
    for n in range(6):
        place(store, draft(f"a{n}", article_text("camp", title=f"{n}")))
    whole = titles(reader)
    assert sorted(whole) == [f"{n}" for n in range(6)]
    monkeypatch.setattr(archive, "BATCH", batch)
    assert titles(reader) == titles(reader, '"camp"') == whole


def test_a_search_half_read_holds_up_no_writer_and_no_other_search(store, reader):
    for n in range(3):
        place(store, draft(f"a{n}", article_text("camp")))
    half = reader.search('"camp"')
    next(half)
    place(store, draft("more", article_text("camp")))
    assert len(list(reader.search('"camp"'))) == 4
    assert len(list(half)) == 2


def test_what_is_found_says_where_it_came_from(store, reader):
    of = draft("one", origin_feed="f_1", feed_tags=("balkans", "daily"), caller_id="7")
    made = place(store, of)
    place(store, replace(of, origin_feed="f_2", feed_tags=("wire",)))
    (found,) = reader.search(None)
    assert (found.article, found.id, found.url) == (of.article, "7", of.url)
    assert (found.story, found.first_seen, found.outlet) == (made.placement.story, NOON, of.outlet)
    assert (found.feeds, found.feed_tags) == (("f_1", "f_2"), ("balkans", "daily", "wire"))


# status


def test_status_counts_everything_once(store, reader):
    store.sync_feeds([feed_spec(name) for name in ("a", "b", "c", "d")], NOON)
    jobs = store.claim_feeds(NOON, NOON + LEASE, "t", 9)
    by_feed = {job.state.spec.feed: job for job in jobs}
    ends = {"a": {}, "b": {"life": "gone", "error": None}}
    for name, how in ends.items():
        store.commit_poll(
            by_feed[feed_spec(name).feed], says(poll([entry(name, name)], **how)), NOON
        )
    home = place(store, draft("one"), topics={"x": ["hook"]}).placement.story
    place(store, draft("two"), joins=home, topics={"y": []})
    status = reader.status(NOON + 2 * MINUTE)
    assert status.feeds == {"active": 3, "gone": 1, "failing": 0, "late": 2}
    assert (status.articles, status.stories, status.matches) == (2, 1, 2)
    assert (status.entries_waiting, status.next_due) == (2, NOON)
    assert status.outbox == {"due": 1, "leased": 0, "dead": 0, "waiting": 0}
    assert status.database_version >= 1
    assert status.database_size > 0


@pytest.mark.parametrize(("after", "late"), [(MINUTE, 0), (MINUTE + 1, 1)])
def test_a_feed_is_late_when_it_was_due_for_over_a_minute(store, reader, after, late):
    store.sync_feeds([feed_spec()], NOON)
    assert reader.status(NOON + after).feeds["late"] == late


def test_status_of_an_empty_database_is_all_zero(reader):
    status = reader.status(NOON)
    assert status.feeds == {"failing": 0, "late": 0}
    assert (status.articles, status.outbox_oldest, status.next_due) == (0, None, None)


def test_topics_count_the_matches_of_this_day_utc(store, reader):
    store.sync_topics([topic_spec("t")], NOON)
    midnight = NOON - NOON % DAY
    for n, at in enumerate([midnight - 1, midnight, NOON]):
        assert store.place(draft(f"a{n}"), decides(draft(f"a{n}"), topics={"t": []}), at)
    (row,) = reader.topics(now=NOON, limit=9).items
    assert (row.matches_today, row.matches_total) == (2, 3)


# a reader is only a reader


def test_a_reader_can_write_nothing(database, reader):
    before = database.contents()
    for statement in ("DELETE FROM meta", "CREATE TABLE x (y)", "PRAGMA user_version = 9"):
        with pytest.raises(Exception, match=r"(?i)read-?only"):
            reader._db.execute(statement)
    assert database.contents() == before


@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(fts=st.text(max_size=30))
def test_no_name_of_a_thing_is_read_as_sql(reader, fts):
    for ask in (reader.article, reader.story, reader.feed):
        assert ask(fts) is None
    assert reader.alerts(limit=1, topic=fts).items == ()
