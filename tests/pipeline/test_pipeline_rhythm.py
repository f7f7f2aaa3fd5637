"""Bursts and silences: a topic that asks for them hears of each once, and of its end."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing

import pytest
from tests.pipeline.conftest import HOUR, NOON, Watch, rss
from tests.support.site import Reply, Site

from watcher.demo.receivers import HookReceiver
from watcher.model.when import DAY, MINUTE, Micros

WEEKS = 21 * 24


@pytest.fixture
def calm(watch: Watch, site: Site, hooks: HookReceiver) -> Watch:
    """A topic with a match every four hours for three weeks, by a feed that is polled."""
    feed = rss(site, ("/first", "Harbour strike", "Crews at the harbour stopped work."))
    site.routes["/feed"] = Reply(feed, type="application/rss+xml")
    watch.feed(site.url("/feed"))
    watch.hook(hooks.url)
    watch.sections["scrape"] = {"pages": "never"}
    watch.sections["topics"]["harbour"] = {"query": "harbour", "tell": ["burst", "silence"],
                                           "channels": ["hook"]}  # fmt: skip
    watch.once()
    for n in range(1, WEEKS // 4):
        seen(watch, f"old{n}", NOON - n * 4 * HOUR)
    return watch


def seen(watch: Watch, name: str, at: Micros) -> None:
    """An article, its entry and its match, as if they had come at `at`."""
    with closing(sqlite3.connect(watch.folder / "watcher.db")) as db, db:
        db.execute("PRAGMA foreign_keys = ON")
        feed = db.execute("SELECT feed FROM feed").fetchone()[0]
        article, key = f"a_{name}", at * 1000 + int(name.strip("adelnorw"))
        db.execute(
            "INSERT INTO article (key, article, url, outlet_domain, outlet_name, first_seen,"
            " counts_as_old, revision, text_hash, prints)"
            " VALUES (?, ?, ?, 'daily.example', 'Daily', ?, 0, 1, 'x', 0)",
            (key, article, f"https://daily.example/{name}", at),
        )
        db.execute(
            "INSERT INTO revision (article, n, seen_at, source, changes, text_hash, title, body,"
            " words, rest) VALUES (?, 1, ?, 'page', '[]', 'x', ?, 'harbour', 1, '{}')",
            (article, at, f"Harbour {name}"),
        )
        db.execute("INSERT INTO story (story, key, title, first_seen) VALUES (?, ?, ?, ?)",
                   (f"s_{name}", key, name, at))  # fmt: skip
        db.execute(
            "INSERT INTO story_article (article, story, role, why, decided_at)"
            " VALUES (?, ?, 'original', '', ?)",
            (article, f"s_{name}", at),
        )
        db.execute("INSERT INTO match VALUES ('harbour', ?, 1, 1, 'harbour', '[]', ?)",
                   (article, at))  # fmt: skip
        db.execute("INSERT INTO article_feed (article, feed, tags) VALUES (?, ?, '[]')",
                   (article, feed))  # fmt: skip
        db.execute(
            "INSERT INTO entry (entry, feed, identity, hash, title, stated, first_seen, article)"
            " VALUES (?, ?, ?, 'x', ?, '{}', ?, ?)",
            (f"e_{name}", feed, name, name, at, article),
        )


def types(hooks: HookReceiver) -> list[str]:
    return [str(json.loads(hook.body)["type"]) for hook in hooks.hooks]


def test_many_matches_within_an_hour_are_told_once_and_their_end_too(
    calm: Watch, hooks: HookReceiver
) -> None:
    calm.once(2 * HOUR)
    assert types(hooks) == []
    for n in range(8):
        seen(calm, f"new{n}", NOON + 3 * HOUR + n * MINUTE)
    calm.once(3 * HOUR + 20 * MINUTE)
    calm.once(3 * HOUR + 40 * MINUTE)
    assert types(hooks) == ["topic.burst"]
    words = json.loads(hooks.hooks[0].body)["data"]["items"][0]["content_text"]
    assert words.startswith("Topic harbour: 8 matches within the hour, where 0.")
    assert "Harbour new7 (Daily)" in words
    calm.once(6 * HOUR)
    assert types(hooks) == ["topic.burst", "topic.burst_over"]


def test_an_outlet_that_stops_publishing_is_told_once_and_when_it_goes_on(
    calm: Watch, hooks: HookReceiver
) -> None:
    calm.once(10 * HOUR, force=True)
    assert types(hooks) == []
    calm.once(2 * DAY, force=True)
    calm.once(2 * DAY + 2 * HOUR, force=True)
    assert types(hooks) == ["topic.silent"]
    words = json.loads(hooks.hooks[0].body)["data"]["items"][0]["content_text"]
    assert "has gone silent: nothing since 2026-03-10T" in words
    seen(calm, "new1", NOON + 3 * DAY)
    calm.once(3 * DAY + HOUR, force=True)
    assert types(hooks)[-1] == "topic.silent_over"


def test_a_topic_that_does_not_ask_hears_nothing(calm: Watch, hooks: HookReceiver) -> None:
    calm.sections["topics"]["harbour"]["tell"] = ["first"]
    for n in range(8):
        seen(calm, f"new{n}", NOON + 3 * HOUR + n * MINUTE)
    calm.once(3 * HOUR + 20 * MINUTE)
    assert types(hooks) == []
