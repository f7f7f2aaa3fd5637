"""Feeds that fail, hosts that are paused, feeds that move, our own network down: through the whole
pipeline, with a clock of the test's own."""

from __future__ import annotations

import socket

import pytest
from tests.pipeline.conftest import HARBOUR, HOUR, Watch, page, rss
from tests.support.site import Reply, Site, redirect

from watcher.model.when import DAY, MINUTE, SECOND
from watcher.net import backend


def feed(site: Site, *names: str, **headers: str) -> Reply:
    items = [(f"/{name}", f"Harbour {name}", f"Crews and {name}.") for name in names]
    return Reply(rss(site, *items), type="application/rss+xml", **headers)


@pytest.fixture
def other():
    with Site() as running:
        yield running


# 30-35: hosts that ask for patience


@pytest.mark.parametrize("status", [429, 503])
def test_a_busy_host_is_left_alone_with_all_its_feeds_and_the_others_go_on(
    watch: Watch, site: Site, other: Site, status: int
) -> None:
    site.routes["/a"] = Reply(status=status, headers={"Retry-After": "3600"}, type=None)
    site.routes["/b"] = feed(site, "one")
    other.routes["/c"] = feed(other, "two")
    for url in (site.url("/a"), site.url("/b"), other.url("/c")):
        watch.feed(url, every="10m")
    watch.once()
    first = site.paths.copy()
    assert "/a" in first
    watch.once(30 * MINUTE, force=True)
    assert site.paths == first
    assert len(other.hits("/c")) == 2
    row = watch.feed_row(site.url("/a"))
    assert (row.state, row.pause.why) == ("failing", f"it answered {status}")
    assert watch.feed_row(site.url("/b")).failures == 0
    watch.once(HOUR + MINUTE)
    assert len(site.hits("/a")) == 2


def test_a_503_that_does_not_say_how_long_ends_with_the_next_good_answer_of_its_host(
    watch: Watch, site: Site
) -> None:
    site.routes |= {"/a": 503, "/b": feed(site, "one")}
    watch.feed(site.url("/a"), every="10m")
    watch.once()
    assert watch.feed_row(site.url("/a")).pause is not None
    watch.feed(site.url("/b"), every="10m")
    watch.once(30 * SECOND)
    assert not site.hits("/b")
    watch.once(2 * MINUTE)
    assert len(site.hits("/b")) == 1


def test_the_articles_of_a_paused_host_are_put_off_and_come_later(watch: Watch, site: Site) -> None:
    busy = Reply(status=429, headers={"Retry-After": "300"}, type=None)
    site.routes["/feed"] = feed(site, "one", "two", "three")
    for name in ("one", "two", "three"):
        site.routes[f"/{name}"] = busy
    watch.feed(site.url("/feed"), every="1h")
    watch.once()
    articles = [path for path in site.paths if path in {"/one", "/two", "/three"}]
    assert len(articles) == 1
    assert not watch.articles
    for name in ("one", "two", "three"):
        site.routes[f"/{name}"] = page(f"Harbour {name}", *HARBOUR)
    watch.once(2 * MINUTE)
    assert not watch.articles
    watch.once(6 * MINUTE)
    assert len(watch.articles) == 3
    rows = [watch.article(site.url(f"/{name}")) for name in ("one", "two", "three")]
    assert {(one.text, one.n) for row in rows for one in row.revisions} == {("page", 1)}


def test_a_pause_that_an_article_heard_of_outlives_the_process(watch: Watch, site: Site) -> None:
    site.routes["/feed"] = feed(site, "one")
    site.routes["/one"] = Reply(status=429, headers={"Retry-After": "7200"}, type=None)
    watch.feed(site.url("/feed"), every="10m")
    watch.once()
    asked = len(site.requests)
    watch.once(HOUR, force=True)
    assert len(site.requests) == asked
    assert watch.feed_row(site.url("/feed")).state == "active"
    # Its text stands in by then, as for any page that cannot be had.
    assert watch.article(site.url("/one")).revisions[0].text == "feed"


# 36, 37


def test_a_feed_that_fails_for_months_is_still_asked_and_recovers(watch: Watch, site: Site) -> None:
    site.routes["/feed"] = 500
    watch.feed(site.url("/feed"))
    watch.once()
    for day in (1, 20, 45, 90):
        watch.once(day * DAY)
    row = watch.feed_row(site.url("/feed"))
    assert (row.state, row.failures, len(site.hits("/feed"))) == ("failing", 5, 5)
    site.routes["/feed"] = feed(site, "one")
    watch.once(98 * DAY)
    row = watch.feed_row(site.url("/feed"))
    assert (row.state, row.failures, row.entries) == ("active", 0, 1)
    assert row.polls[0].notes[0].startswith("answers again, after 5 failures since 2026-03-10T12")


# 42-48


def test_a_feed_that_moved_for_good_brings_nothing_twice(watch: Watch, site: Site) -> None:
    site.routes |= {"/old": feed(site, "one", "two"), "/one": 404, "/two": 404}
    watch.feed(site.url("/old"))
    watch.once()
    site.routes |= {"/new": feed(site, "one", "two"), "/old": redirect("/new", 301)}
    for day in (1, 2, 3, 4):
        assert watch.once(day * DAY).new == 0
    row = watch.feed_row(site.url("/old"))
    assert (row.fetch_url, row.entries) == (site.url("/new"), 2)
    olds = len(site.hits("/old"))
    site.routes["/new"] = feed(site, "two", "three")
    assert watch.once(5 * DAY).new == 1
    assert len(site.hits("/old")) == olds


def test_two_feeds_at_one_address_become_one_and_their_topics_still_match(
    watch: Watch, site: Site
) -> None:
    site.routes |= {"/old": feed(site, "one", "two"), "/new": feed(site, "one", "two")}
    watch.feed(site.url("/old"), tags=["press"], every="1d")
    watch.feed(site.url("/new"), every="1d")
    watch.sections["topics"]["crews"] = {"query": "crews", "scope": {"tags": ["press"]}}
    watch.once()
    site.routes["/old"] = redirect("/new", 308)
    for day in (1, 2, 3, 4):
        watch.once(day * DAY + day * MINUTE, force=True)
    old, new = watch.feed_row(site.url("/old")), watch.feed_row(site.url("/new"))
    assert (old.state, old.merged_into) == ("merged", new.feed)
    assert (new.entries, new.merged) == (2, (site.url("/old"),))
    site.routes["/new"] = feed(site, "two", "three")
    asked = len(site.hits("/old"))
    watch.once(6 * DAY)
    assert len(site.hits("/old")) == asked
    row = watch.article(site.url("/three"))
    assert [one.topic for one in row.matches] == ["crews"]
    assert sorted(row.feeds) == sorted([old.feed, new.feed])


def test_an_adopted_address_is_vetted_like_any_other(watch: Watch, site: Site, other: Site) -> None:
    """S11: what was let through when it was adopted is not let through for ever."""
    site.routes["/feed"] = redirect(other.url("/feed"), 301)
    other.routes["/feed"] = feed(other, "one")
    watch.feed(site.url("/feed"))
    for day in (0, 1, 2, 3):
        watch.once(day * DAY + day * MINUTE, force=True)
    assert watch.feed_row(site.url("/feed")).fetch_url == other.url("/feed")
    asked = len(other.requests)
    watch.sections["net"]["allow"] = [f"127.0.0.1:{site.port}"]
    watch.once(5 * DAY)
    row = watch.feed_row(site.url("/feed"))
    assert (row.state, row.error_code[:9]) == ("failing", "WTC-NET-0")
    assert "private" in row.error_message or "allow" in (row.memory.hint or "")
    assert len(other.requests) == asked


# 12 and 15: validators


def test_a_redirecting_feed_is_asked_conditionally_where_its_answer_came_from(
    watch: Watch, site: Site
) -> None:
    site.routes |= {"/old": redirect("/new", 302), "/new": feed(site, "one", etag='"1"')}
    watch.feed(site.url("/old"))
    watch.once()
    watch.once(2 * HOUR, force=True)
    assert [one.header("If-None-Match") for one in site.hits("/old")] == [None, None]
    assert [one.header("If-None-Match") for one in site.hits("/new")] == [None, '"1"']
    assert watch.feed_row(site.url("/old")).polls[0].outcome == "not_modified"


# our own network


def no_names(monkeypatch: pytest.MonkeyPatch, *, down: bool) -> None:
    async def resolve(host: str, port: int) -> list[str]:
        if down:
            raise socket.gaierror(socket.EAI_AGAIN, "no name server")
        return ["127.0.0.1"]

    monkeypatch.setattr(backend, "resolve", resolve)


def test_when_no_name_server_answers_no_feed_is_blamed_and_all_come_back(
    watch: Watch, site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    watch.sections["net"]["allow"] = ["127.0.0.0/8", "a.example", "b.example", "c.example"]
    site.routes["/feed"] = lambda seen: feed(site, "one")
    urls = [f"http://{name}.example:{site.port}/feed" for name in "abc"]
    for url in urls:
        watch.feed(url)
    no_names(monkeypatch, down=True)
    tally = watch.once()
    assert tally.failed >= 1
    assert len(watch.notes.named("network_down")) == 1
    for url in urls:
        row = watch.feed_row(url)
        assert (row.state, row.failures) == ("active", 0)
    no_names(monkeypatch, down=False)
    assert watch.once(2 * MINUTE).failed == 0
    assert all(watch.feed_row(url).last_poll for url in urls)


# 38-40

LOGIN = "<html><head><title>Log in</title></head><form><input type=password></form></html>"
PARKED = "<!doctype html><title>harbour.example</title><p>This domain is for sale.</p>"
CHALLENGE = "<html><title>Just a moment...</title><script>cf-chl</script></html>"


@pytest.mark.parametrize(
    ("answer", "code", "says"),
    [
        (Reply(LOGIN, etag='"x"'), "WTC-FEED-002", "login"),
        (Reply(PARKED), "WTC-FEED-002", "parked"),
        (Reply(CHALLENGE, headers={"cf-mitigated": "challenge"}), "WTC-FEED-002", "browser check"),
        (Reply(CHALLENGE, 403, {"cf-mitigated": "challenge"}), "WTC-NET-075", "feed readers"),
    ],
)
def test_a_page_in_place_of_a_feed_costs_one_request_and_nothing_that_was_known(
    watch: Watch, site: Site, answer: Reply, code: str, says: str
) -> None:
    site.routes |= {"/feed": feed(site, "one", etag='"1"'), "/one": 404}
    watch.feed(site.url("/feed"))
    watch.once()
    asked = len(site.requests)
    site.routes["/feed"] = answer
    watch.once(2 * HOUR)
    row = watch.feed_row(site.url("/feed"))
    assert (row.state, row.error_code, row.entries) == ("failing", code, 1)
    assert says in (row.memory.hint or "")
    assert row.fetch_url == site.url("/feed")
    feeds = site.hits("/feed")
    assert len(feeds) == 2
    assert [seen.path for seen in site.requests[asked:] if seen.path == "/"] == []
    assert feeds[0].header("User-Agent") == feeds[1].header("User-Agent")
    site.routes["/feed"] = feed(site, "one", etag='"1"')
    watch.once(2 * DAY)
    assert site.hits("/feed")[2].header("If-None-Match") == '"1"'
    row = watch.feed_row(site.url("/feed"))
    assert (row.state, row.entries) == ("active", 1)


@pytest.mark.parametrize("answer", [204, Reply("", 206), Reply("  "), "<rss><channel/></rss>"])
def test_an_answer_with_nothing_in_it_deletes_nothing_and_is_no_error(
    watch: Watch, site: Site, answer: object
) -> None:
    site.routes |= {"/feed": feed(site, "one"), "/one": 404}
    watch.feed(site.url("/feed"))
    watch.once()
    site.routes["/feed"] = answer
    watch.once(2 * HOUR)
    row = watch.feed_row(site.url("/feed"))
    assert (row.state, row.entries, row.failures) == ("active", 1, 0)
