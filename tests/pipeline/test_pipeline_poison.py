"""Poison: what breaks our own code time and again is set aside and told; nothing else waits."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from typing import Any

import pytest
from tests.pipeline.conftest import NOON, Watch, page, rss
from tests.support.site import Site

import watcher.app
from watcher.feeds import decide
from watcher.model.article import ExtractFailed
from watcher.model.when import HOUR, MINUTE, SECOND
from watcher.pipeline import place, scrape
from watcher.store.sqlite.store import open_store
from watcher.workers.pool import ProcessParsers

BAD, GOOD = "Poisoned well", "Ferry late"


@pytest.fixture
def news(watch: Watch, site: Site) -> Site:
    site.routes = {
        "/feed": rss(site, ("/bad", BAD, "what the feed says of it"), ("/good", GOOD, "late")),
        "/bad": page(BAD, *(f"Paragraph {n} of the well at the harbour." for n in range(6))),
        "/good": page(GOOD, *(f"Paragraph {n} of the ferry at the harbour." for n in range(6))),
    }
    watch.feed(site.url("/feed"))
    return site


def faulty(call: Callable[..., Any], is_bad: Callable[..., bool]) -> Callable[..., Any]:
    """`call` with a fault of ours for some of what comes."""

    def instead(*args: Any, **named: Any) -> Any:
        if is_bad(*args, **named):
            raise ZeroDivisionError("a fault of ours")
        return call(*args, **named)

    return instead


@pytest.fixture
def bad_place(monkeypatch: pytest.MonkeyPatch) -> None:
    """Placing the text of the bad page fails; that of its entry does not."""
    revise = place.revise
    fails = faulty(revise, lambda _, draft: draft.text.title == BAD and draft.text.source == "page")
    monkeypatch.setattr(place, "revise", fails)


def passes(watch: Watch, *minutes: int) -> list[int]:
    """Passes at these minutes; how often our own code broke in each."""
    return [watch.once(at * MINUTE).broken for at in minutes]


def test_an_entry_that_breaks_a_stage_three_times_is_set_aside_with_its_feeds_text_in_place(
    watch: Watch, news: Site, bad_place: None
) -> None:
    assert passes(watch, 0) == [1]
    assert watch.has(news.url("/good"))
    assert not watch.has(news.url("/bad"))
    assert watch.read("status", NOON).entries_broken == 0

    assert passes(watch, 2, 7, 60, 600) == [1, 1, 0, 0]
    assert len(news.hits("/bad")) == 3
    assert watch.article(news.url("/bad")).text.source == "feed"
    (broken,) = watch.feed_row(news.url("/feed")).broken
    assert (broken.stage, broken.code, broken.times) == ("place", "WTC-INT-001", 3)
    assert broken.url == news.url("/bad")
    assert "ZeroDivisionError: a fault of ours" in broken.message
    assert broken.version == watcher.__version__
    assert watch.read("status", NOON).entries_broken == 1


def test_what_was_set_aside_is_tried_once_by_another_version(
    watch: Watch, news: Site, bad_place: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    passes(watch, 0, 2, 7)
    monkeypatch.setattr(watcher.app, "__version__", "9.9.9")
    assert passes(watch, 20, 40, 60) == [1, 0, 0]
    assert len(news.hits("/bad")) == 4
    (broken,) = watch.feed_row(news.url("/feed")).broken
    assert (broken.times, broken.version) == (3, "9.9.9")


def test_a_mended_version_brings_the_page_and_forgets_the_fault(
    watch: Watch, news: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as context:
        real = place.revise
        context.setattr(
            place,
            "revise",
            faulty(real, lambda _, d: d.text.title == BAD and d.text.source == "page"),
        )
        passes(watch, 0, 2, 7)
    monkeypatch.setattr(watcher.app, "__version__", "9.9.9")
    assert passes(watch, 20) == [0]
    assert watch.article(news.url("/bad")).text.source == "page"
    assert watch.feed_row(news.url("/feed")).broken == ()
    assert watch.read("status", NOON).entries_broken == 0


def test_it_is_tried_once_by_hand(watch: Watch, news: Site, bad_place: None) -> None:
    passes(watch, 0, 2, 7)
    with closing(open_store(watch.folder / "watcher.db")) as store:
        assert store.retry_broken(NOON + HOUR, feed="f_other") == 0
        feed = watch.feed_row(news.url("/feed")).feed
        assert store.retry_broken(NOON + HOUR, feed=feed) == 1
    assert passes(watch, 61, 120, 180) == [1, 0, 0]
    assert watch.read("status", NOON).entries_broken == 1


def test_an_entry_of_which_not_even_the_feeds_text_can_be_placed_is_set_aside_all_the_same(
    watch: Watch, news: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        scrape, "prints", faulty(scrape.prints, lambda text: "what the feed" in str(text))
    )
    monkeypatch.setattr(
        place, "revise", faulty(place.revise, lambda _, draft: draft.text.title == BAD)
    )
    assert passes(watch, 0, 2, 7, 60) == [1, 1, 1, 0]
    assert not watch.has(news.url("/bad"))
    assert watch.read("status", NOON).entries_broken == 1
    assert watch.read("status", NOON).entries_waiting == 0


def test_an_entry_that_the_publisher_edits_gets_new_tries(
    watch: Watch, news: Site, bad_place: None
) -> None:
    passes(watch, 0, 2, 7)
    news.routes["/feed"] = rss(
        news, ("/bad", BAD, "another text of the feed"), ("/good", GOOD, "late")
    )
    assert watch.once(2 * HOUR, force=True).broken == 1
    assert watch.read("status", NOON).entries_broken == 0


def test_a_page_that_kills_its_reader_three_times_is_set_aside(
    watch: Watch, news: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = ProcessParsers.extract

    async def extract(self: ProcessParsers, body: bytes, *rest: Any) -> Any:
        if BAD.encode() not in body:
            return await real(self, body, *rest)
        done = await self.run("time:sleep", (9,), SECOND // 5)
        return ExtractFailed(done.code, f"reading the page {done.message}")

    monkeypatch.setattr(ProcessParsers, "extract", extract)
    assert passes(watch, 0) == [0]
    # Nobody waits for such a page: the feed's text stands in at once.
    assert watch.article(news.url("/bad")).text.source == "feed"
    assert passes(watch, 2, 7, 60, 600) == [0, 0, 0, 0]
    assert len(news.hits("/bad")) == 3
    (broken,) = watch.feed_row(news.url("/feed")).broken
    assert (broken.stage, broken.times) == ("extract", 3)
    assert broken.code.startswith("WTC-WORK-")

    monkeypatch.setattr(ProcessParsers, "extract", real)
    monkeypatch.setattr(watcher.app, "__version__", "9.9.9")
    passes(watch, 601)
    assert watch.article(news.url("/bad")).text.source == "page"
    assert watch.feed_row(news.url("/feed")).broken == ()


# -- feeds ---------------------------------------------------------------------------------------


def test_a_feed_that_breaks_our_code_fails_like_others_is_backed_off_and_mended_by_a_new_version(
    watch: Watch, news: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as context:
        context.setattr(decide, "_read", faulty(decide._read, lambda *_: True))
        tally = watch.once()
        assert (tally.polls, tally.failed, tally.broken) == (1, 1, 1)
        row = watch.feed_row(news.url("/feed"))
        assert (row.state, row.error_code) == ("failing", "WTC-INT-002")
        assert "ZeroDivisionError: a fault of ours" in (row.error_message or "")
        asked = len(news.hits("/feed"))
        for minutes in (1, 5, 10):
            watch.once(minutes * SECOND)
        assert len(news.hits("/feed")) == asked  # no hot loop

    assert watch.once(11 * SECOND).polls == 0
    monkeypatch.setattr(watcher.app, "__version__", "9.9.9")
    tally = watch.once(12 * SECOND)
    assert (tally.polls, tally.failed, tally.new) == (1, 0, 2)
    row = watch.feed_row(news.url("/feed"))
    assert (row.state, row.error_code) == ("active", None)
    assert row.memory is not None
    assert row.memory.broken_by is None
