import asyncio

import pytest
from tests.support.site import RESET, Raw, Reply, Seen, Site, redirect

from watcher.model.page import Fetched, FetchFailed, FetchRequest
from watcher.model.when import HOUR, MINUTE, SECOND
from watcher.net.fetcher import HttpFetcher
from watcher.net.policy import parse_rules

RULES = "User-agent: *\nDisallow: /no\nAllow: /no/but\n\nUser-agent: watcher\nDisallow: /never\n"


def test_articles_obey_robots_and_a_subscribed_feed_does_not_ask(fetch):
    with Site({"/robots.txt": RULES, "/never": b"x", "/no": b"x"}) as site:
        refused = fetch(site.url("/never"), purpose="article")
        assert (refused.kind, refused.code) == ("robots", "WTC-NET-010")
        assert refused.permanent
        assert site.hits("/never") == []
        assert isinstance(fetch(site.url("/no"), purpose="article"), Fetched)
        assert isinstance(fetch(site.url("/never"), purpose="feed"), Fetched)
        assert fetch(site.url("/never"), purpose="discovery").kind == "robots"
        assert len(site.hits("/robots.txt")) == 3


def test_robots_is_asked_once_a_day_and_origin_by_the_same_name(fetch, clock):
    with Site({"/robots.txt": RULES, "/a": b"x", "/b": b"x"}) as site:
        fetch(site.url("/a"), site.url("/b"), site.url("/a"), purpose="article")
        (asked,) = site.hits("/robots.txt")
        assert asked.header("User-Agent") == "watcher/0 (+https://bot.example)"


def test_robots_is_asked_again_after_a_day(policy, clock):
    async def go(site: Site) -> None:
        async with HttpFetcher(policy(), clock) as fetcher:
            for pause in (0, 23 * HOUR, 2 * HOUR):
                clock.at += pause
                await fetcher.fetch(FetchRequest(site.url("/a"), "article"))

    with Site({"/a": b"x"}) as site:
        asyncio.run(go(site))
        assert len(site.hits("/robots.txt")) == 2


def test_many_who_wait_for_one_robots_ask_once(policy, clock):
    async def go(site: Site):
        async with HttpFetcher(policy(per_host=4), clock) as fetcher:
            wanted = [FetchRequest(site.url(f"/{n}"), "article") for n in range(6)]
            return await asyncio.gather(*(fetcher.fetch(request) for request in wanted))

    with Site({"/robots.txt": Reply("Disallow:", delay=0.05)}) as site:
        asyncio.run(go(site))
        assert len(site.hits("/robots.txt")) == 1


@pytest.mark.parametrize("status", [400, 401, 403, 404, 410, 429])
def test_a_4xx_robots_allows_all(fetch, status):
    with Site({"/robots.txt": status, "/": b"x"}) as site:
        assert isinstance(fetch(site.url(), purpose="article"), Fetched)


@pytest.mark.parametrize(
    "answer",
    [500, 503, Raw([RESET]), Raw([b"noise"]), Reply(b"x", headers={"Content-Encoding": "gzip"})],
)
def test_a_robots_that_cannot_be_had_disallows_for_now(fetch, answer):
    with Site({"/robots.txt": answer, "/": b"x"}) as site:
        got = fetch(site.url(), purpose="article")
        assert (got.kind, got.code) == ("robots", "WTC-NET-011")
        assert not got.permanent
        assert got.retry_after == 5 * MINUTE
        assert site.hits("/") == []


def test_a_robots_that_failed_is_asked_again_when_its_wait_is_over(policy, clock):
    async def go(site: Site):
        async with HttpFetcher(policy(), clock) as fetcher:
            request = FetchRequest(site.url(), "article")
            first = await fetcher.fetch(request)
            clock.at += 4 * MINUTE
            second = await fetcher.fetch(request)
            clock.at += 2 * MINUTE
            return first, second, await fetcher.fetch(request)

    with Site({"/robots.txt": [503, 404], "/": b"x"}) as site:
        first, second, third = asyncio.run(go(site))
        assert len(site.hits("/robots.txt")) == 2
    assert (first.retry_after, second.retry_after) == (5 * MINUTE, MINUTE)
    assert isinstance(third, Fetched)


def test_a_host_that_cannot_be_had_at_all_says_so_rather_than_robots(fetch):
    assert fetch("http://127.0.0.9:8001/", purpose="article").kind == "connect"
    got = fetch("http://10.0.0.1/", purpose="article")
    assert (got.kind, got.url) == ("refused", "http://10.0.0.1/")


def test_robots_redirects_are_followed_five_times(fetch):
    def hop(seen: Seen):
        left = int(seen.path[1:])
        return redirect(f"/{left - 1}") if left else Reply("User-agent: *\nDisallow: /")

    for hops, kind in ((4, FetchFailed), (9, Fetched)):
        routes = {f"/{n}": hop for n in range(10)}
        with Site({"/robots.txt": redirect(f"/{hops}"), "/page": b"x", **routes}) as site:
            assert isinstance(fetch(site.url("/page"), purpose="article"), kind)


def test_a_robots_that_leads_inside_is_not_followed(fetch):
    with Site() as inside, Site({"/robots.txt": redirect(inside.url("/r")), "/": b"x"}) as site:
        got = fetch(site.url(), purpose="article", allow=parse_rules([f"127.0.0.1:{site.port}"]))
        assert (got.kind, got.code) == ("robots", "WTC-NET-011")
        assert inside.connections == 0


def test_half_a_megabyte_of_robots_is_read_and_the_rest_left(fetch):
    filler = "# comment\n" * 51_000
    early = f"{filler}User-agent: *\nDisallow: /no\n"
    late = "# comment\n" * 60_000 + "User-agent: *\nDisallow: /no\n"
    assert 500 * 1024 > len(filler) > 490 * 1024
    for text, kind in ((early, FetchFailed), (late, Fetched)):
        with Site({"/robots.txt": text, "/no": b"x"}) as site:
            assert isinstance(fetch(site.url("/no"), purpose="article"), kind)


def test_each_hop_of_an_article_obeys_the_robots_of_its_host(fetch):
    with (
        Site({"/robots.txt": "User-agent: *\nDisallow: /", "/x": b"x"}) as closed,
        Site({"/": redirect(closed.url("/x"))}) as site,
    ):
        got = fetch(site.url(), purpose="article")
        assert (got.kind, got.code) == ("robots", "WTC-NET-010")
        assert got.url == site.url()
        assert closed.hits("/x") == []


@pytest.mark.parametrize(
    ("delay", "wait"), [("10", 10.0), ("0.5", 1.0), ("600", 60.0), ("x", 1.0), ("-3", 1.0)]
)
def test_a_crawl_delay_raises_the_gap_of_its_host_up_to_a_minute(fetch, clock, delay, wait):
    rules = f"User-agent: *\nCrawl-delay: {delay}\n"
    with Site({"/robots.txt": rules, "/a": b"x", "/b": b"x"}) as site:
        fetch(site.url("/a"), site.url("/b"), purpose="article", gap=SECOND)
    assert clock.slept == [wait, wait]


def test_a_byte_order_mark_and_broken_bytes_do_not_hide_the_rules(fetch):
    body = b"\xef\xbb\xbfUser-agent: *\n# \xff\xfe\nDisallow: /no\n"
    with Site({"/robots.txt": body, "/no": b"x"}) as site:
        assert fetch(site.url("/no"), purpose="article").kind == "robots"


def test_what_robots_names_as_sitemaps_is_known_without_asking_again(policy, clock):
    async def go(site: Site) -> tuple[tuple[str, ...], ...]:
        async with HttpFetcher(policy(), clock) as fetcher:
            await fetcher.fetch(FetchRequest(site.url("/a"), "discovery"))
            return await fetcher.sitemaps(site.url("/b")), await fetcher.sitemaps("ftp://x.example")

    with Site({"/robots.txt": RULES + "Sitemap: /news.xml\nSitemap: https://x.example/m"}) as site:
        assert asyncio.run(go(site)) == (("/news.xml", "https://x.example/m"), ())
        assert len(site.hits("/robots.txt")) == 1
    with Site() as bare:
        assert asyncio.run(go(bare)) == ((), ())
