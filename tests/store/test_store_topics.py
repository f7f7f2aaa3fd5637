"""Topics: every meaning gets a version, and what was found keeps the version that found it."""

from __future__ import annotations

import pytest
from tests.store.builders import NOON, draft, place, topic_spec

from watcher.model.topic import Scope
from watcher.model.when import HOUR

FIRST = topic_spec("t", "@x AND raid", meaning="(a OR b) AND raid")


@pytest.mark.parametrize(
    ("then", "version"),
    [
        (FIRST, 1),
        (topic_spec("t", FIRST.query, meaning="(a OR b OR c) AND raid"), 2),  # the alias grew
        (topic_spec("t", "(a OR b) raid", meaning=FIRST.meaning), 1),  # only written otherwise
        (topic_spec("t", FIRST.query, meaning=FIRST.meaning, channels=("hook",)), 1),
        (topic_spec("t", FIRST.query, meaning=FIRST.meaning, scope=Scope(langs=("sq",))), 1),
        (topic_spec("t", "raid \ud800", meaning="raid \ud800"), 2),
    ],
)
def test_a_new_meaning_makes_a_new_version_and_nothing_else_does(store, then, version):
    store.sync_topics([FIRST], NOON)
    held = store.sync_topics([then], NOON + HOUR)["t"]
    assert (held.version, held.since) == (version, NOON + (version - 1) * HOUR)
    assert store.sync_topics([then], NOON + 2 * HOUR)["t"] == held


def test_versions_are_counted_for_each_topic_and_never_reused(database, store):
    for number, meaning in enumerate(["one", "two", "one"], 1):
        held = store.sync_topics([topic_spec("a", meaning), topic_spec("b")], NOON)
        assert (held["a"].version, held["b"].version) == (number, 1)
    store.sync_topics([], NOON)
    assert store.sync_topics([topic_spec("a", "three")], NOON)["a"].version == 4
    kept = [row[:2] for row in database.contents()["topic_version"]]
    assert kept == [("a", 1), ("a", 2), ("a", 3), ("a", 4), ("b", 1)]


def test_a_match_and_an_alert_keep_the_version_that_found_them(store, reader):
    store.sync_topics([topic_spec("t", "one")], NOON)
    of = draft("a")
    place(store, of, topics={"t": []})
    store.sync_topics([topic_spec("t", "two")], NOON)
    row = reader.article(of.article)
    assert [one.topic_version for one in (*row.matches, *row.alerts)] == [1, 1]
    (shown,) = reader.topics(now=NOON, limit=9).items
    assert (shown.version, shown.query, shown.matches_total) == (2, "two", 1)


def test_the_topics_of_a_config_come_back_by_name(store):
    wanted = [topic_spec(name) for name in ("b", "a", "é", "z-1.x_y")]
    held = store.sync_topics(wanted, NOON)
    assert {name: one.topic for name, one in held.items()} == {
        one.topic: one.topic for one in wanted
    }
    assert store.sync_topics([], NOON) == {}
