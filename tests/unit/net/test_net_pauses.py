"""A host that asked to be left alone is sent nothing (spec `polling` §5, checks 30-34)."""

import asyncio

import pytest
from tests.support.site import Reply, Site, redirect
from tests.unit.net.conftest import NOON, open_policy

from watcher.model.feed import Pause
from watcher.model.page import Fetched, FetchRequest
from watcher.model.when import DAY, HOUR, MINUTE, SECOND
from watcher.net.fetcher import HttpFetcher
from watcher.net.pauses import Pauses
from watcher.net.policy import NetPolicy


def busy(status=429, wait="120"):
    return Reply(status=status, headers={"Retry-After": wait} if wait else {}, type=None)


@pytest.fixture
def session(clock):
    """Runs requests one after the other with one fetcher; numbers between them move the clock."""

    def run(*steps, before=()):
        async def go():
            got = []
            async with HttpFetcher(open_policy(), clock, sleep=clock.sleep) as fetcher:
                fetcher.pause(before)
                for step in steps:
                    if isinstance(step, int):
                        clock.at += step
                    else:
                        got.append(await fetcher.fetch(step))
            return got

        return asyncio.run(go())

    return run


def ask(url, purpose="feed", **how):
    return FetchRequest(url, purpose, **how)


@pytest.mark.parametrize("status", [429, 503])
@pytest.mark.parametrize("purpose", ["feed", "article"])
def test_nothing_is_sent_to_a_host_that_asked_to_wait_until_it_is_over(session, status, purpose):
    with Site({"/busy": busy(status), "/fine": "x"}) as site:
        busy_one, paused, again = session(
            ask(site.url("/busy"), purpose), ask(site.url("/fine")), 120 * SECOND,
            ask(site.url("/fine")),
        )  # fmt: skip
        assert (busy_one.status, busy_one.retry_after) == (status, 120 * SECOND)
        assert busy_one.pause == Pause(
            f"127.0.0.1|{site.port}", NOON + 120 * SECOND, f"it answered {status}"
        )
        assert (paused.kind, paused.retry_after) == ("paused", 120 * SECOND)
        assert paused.code == "WTC-NET-080"
        assert isinstance(again, Fetched)
        assert [path for path in site.paths if path != "/robots.txt"] == ["/busy", "/fine"]


def test_another_host_goes_on(session):
    with Site({"/busy": busy()}) as one, Site({"/fine": "x"}) as other:
        _, got = session(ask(one.url("/busy")), ask(other.url("/fine")))
        assert isinstance(got, Fetched)


def test_requests_that_wait_for_their_turn_are_not_sent_any_more(clock):
    with Site({"/busy": busy(), "/fine": "x"}) as site:

        async def go():
            async with HttpFetcher(open_policy(), clock, sleep=clock.sleep) as fetcher:
                asks = [ask(site.url(path)) for path in ("/busy", "/fine", "/fine")]
                return await asyncio.gather(*map(fetcher.fetch, asks))

        assert [got.kind for got in asyncio.run(go())] == ["status", "paused", "paused"]
        assert site.paths == ["/busy"]


def test_a_redirect_does_not_lead_into_a_pause(session):
    with Site({"/busy": busy()}) as busy_site, Site() as site:
        site.routes["/to"] = redirect(busy_site.url("/feed"))
        _, got = session(ask(busy_site.url("/busy")), ask(site.url("/to")))
        assert (got.kind, busy_site.paths, site.paths) == ("paused", ["/busy"], ["/to"])


@pytest.mark.parametrize(
    ("answer", "wait"),
    [
        (busy(429, ""), MINUTE),
        (busy(503, ""), None),  # perhaps one broken page
        (busy(429, "0"), None),
        (busy(500, "60"), None),
        (busy(429, "99999999"), 7 * DAY),
        (busy(429, "soon"), MINUTE),
    ],
)
def test_what_pauses_a_host_and_for_how_long(session, answer, wait):
    with Site({"/": answer, "/fine": "x"}) as site:
        first, second = session(ask(site.url()), ask(site.url("/fine")))
        assert (first.pause and first.pause.until - NOON) == wait
        assert isinstance(second, Fetched) == (wait is None)


def test_a_host_that_nobody_allowed_is_left_alone_for_an_hour(clock):
    pauses = Pauses(clock, NetPolicy("w").reach)
    assert pauses.heard("https://a.example/x", 429, None).until == NOON + HOUR
    assert pauses.of("https://a.example/y")
    assert pauses.of("https://b.example/y") is None


def test_the_many_hosts_of_one_platform_are_paused_together(clock):
    pauses = Pauses(clock, NetPolicy("w").reach)
    pauses.heard("https://one.substack.com/feed", 429, HOUR)
    assert pauses.of("https://two.substack.com/feed")


def test_what_the_store_knew_binds_too_but_only_what_the_host_asked_for(session):
    with Site({"/": "x"}) as site:
        key = f"127.0.0.1|{site.port}"
        (paused,) = session(ask(site.url()), before=[Pause(key, NOON + HOUR, "it answered 429")])
        assert paused.retry_after == HOUR
        soft = Pause(key, NOON + HOUR, "it answered 503", firm=False)
        assert isinstance(session(ask(site.url()), before=[soft])[0], Fetched)


def test_a_longer_pause_is_not_shortened_by_another_answer(clock):
    pauses = Pauses(clock, NetPolicy("w").reach)
    pauses.heard("https://a.example/x", 429, DAY)
    pauses.heard("https://a.example/y", 429, MINUTE)
    assert pauses.of("https://a.example/").until == NOON + DAY


def test_a_clock_set_back_a_year_frees_everybody(clock):
    pauses = Pauses(clock, NetPolicy("w").reach)
    pauses.heard("https://a.example/x", 429, DAY)
    clock.at -= 365 * DAY
    assert pauses.of("https://a.example/x") is None


def test_a_robots_txt_that_says_how_long_to_wait_is_heard(session):
    with Site({"/robots.txt": busy(), "/page": "x"}) as site:
        (got,) = session(ask(site.url("/page"), "article"))
        assert (got.kind, site.paths) == ("paused", ["/robots.txt"])
