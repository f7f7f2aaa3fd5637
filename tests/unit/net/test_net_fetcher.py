import asyncio
import gzip
import time
import zlib

import brotli
import pytest
import zstandard
from tests.support.site import Raw, Reply, Seen, Site, drip, redirect
from tests.unit.net.conftest import open_policy

from watcher.model.page import Fetched, FetchFailed, FetchRequest, Hop, NotModified
from watcher.model.when import DAY, SECOND
from watcher.net.fetcher import HttpFetcher
from watcher.net.policy import parse_ports, parse_rules

NOTHING = {"allow": ()}


def test_a_page_comes_with_its_status_headers_and_bytes(fetch):
    with Site({"/x": Reply("ü", headers={"X-A": "1", "x-a": "2", "Set-Cookie": "s=1"})}) as site:
        got = fetch(site.url("/x#part"))
    assert isinstance(got, Fetched)
    assert (got.status, got.body, got.final_url) == (200, "ü".encode(), site.url("/x"))
    assert got.headers["x-a"] == "1, 2"
    assert got.content_type == "text/html; charset=utf-8"
    assert "set-cookie" not in got.headers
    assert got.micros > 0
    assert site.paths == ["/x"]


def test_a_request_says_who_asks_and_what_is_read_and_nothing_else(fetch):
    with Site({"/": b"x"}) as site:
        fetch(site.url("/?a=%7E[]&b=%3A"), purpose="feed")
    (seen,) = site.requests
    names = [name for name, _ in seen.headers]
    assert names == ["Host", "User-Agent", "Accept", "Accept-Encoding"]
    assert seen.header("User-Agent") == "watcher/0 (+https://bot.example)"
    assert (seen.header("Accept") or "").startswith("application/atom+xml, application/rss+xml")
    assert "q=" in (seen.header("Accept") or "")
    assert seen.header("Accept-Encoding") == "gzip, br, zstd"
    assert seen.target == "/?a=%7E[]&b=%3A"


@pytest.mark.parametrize(
    ("etag", "last_modified"),
    [
        ('"abc"', None),
        ('W/"a b"', "Tue, 01 Jan 2030 00:00:00 +0200"),
        ("unquoted", "not a date"),
        (None, "Sat, 31 Feb 2026 99:00:00 GMT"),
        ('"\xfc"', None),
    ],
)
def test_validators_are_echoed_byte_for_byte(fetch, etag, last_modified):
    with Site({"/": b"x"}) as site:
        fetch(site.url(), etag=etag, last_modified=last_modified)
    assert site.requests[0].header("If-None-Match") == etag
    assert site.requests[0].header("If-Modified-Since") == last_modified


def test_an_etag_with_odd_bytes_makes_the_round(fetch):
    wire = b'HTTP/1.1 200 OK\r\nETag: "\xc3\xbc\xff"\r\nContent-Length: 1\r\n\r\nx'
    with Site({"/": Raw([wire])}) as site:
        got = fetch(site.url())
        assert isinstance(got, Fetched)
        fetch(site.url(), etag=got.headers["etag"])
    assert site.requests[1].header("If-None-Match") == '"\xc3\xbc\xff"'


def test_a_304_to_a_conditional_request_is_not_modified(fetch):
    with Site({"/": Reply(b"x", etag='"1"', headers={"Cache-Control": "max-age=60"})}) as site:
        got = fetch(site.url(), etag='"1"')
    assert isinstance(got, NotModified)
    assert got.headers["cache-control"] == "max-age=60"


def test_a_304_that_nobody_asked_for_is_a_failure(fetch):
    with Site({"/": 304}) as site:
        got = fetch(site.url())
    assert (got.kind, got.code, got.status) == ("status", "WTC-NET-074", 304)


@pytest.mark.parametrize("status", [200, 203, 204, 206])
def test_2xx_answers_are_passed_on_also_without_a_body(fetch, status):
    with Site({"/": Reply(b"", status)}) as site:
        got = fetch(site.url())
    assert isinstance(got, Fetched)
    assert (got.status, got.body) == (status, b"")


@pytest.mark.parametrize(
    ("status", "code", "permanent"),
    [
        (400, "WTC-NET-070", True),
        (401, "WTC-NET-070", True),
        (403, "WTC-NET-070", True),
        (404, "WTC-NET-070", True),
        (410, "WTC-NET-071", True),
        (429, "WTC-NET-072", False),
        (500, "WTC-NET-073", False),
        (503, "WTC-NET-073", False),
        (300, "WTC-NET-074", False),
    ],
)
def test_other_answers_are_failures_with_their_status(fetch, status, code, permanent):
    with Site({"/": status}) as site:
        got = fetch(site.url())
    assert isinstance(got, FetchFailed)
    assert (got.kind, got.status, got.code) == ("status", status, code)
    assert got.permanent is permanent
    assert got.message
    assert got.hint


@pytest.mark.parametrize(
    ("stated", "wait"),
    [
        ("120", 120 * SECOND),
        ("0", 0),
        ("-5", None),
        ("soon", None),
        ("315360000", 7 * DAY),
        ("9" * 5000, 7 * DAY),
        ("Tue, 24 Nov 2026 10:05:00 GMT", 300 * SECOND),
        ("Tue, 24 Nov 2026 09:00:00 GMT", None),
        ("Tue, 24 Nov 2056 10:05:00 GMT", 7 * DAY),
    ],
)
def test_retry_after_is_a_wait_counted_by_the_servers_own_clock(fetch, stated, wait):
    headers = {"Retry-After": stated, "Date": "Tue, 24 Nov 2026 10:00:00 GMT"}
    with Site({"/": Reply(status=429, headers=headers)}) as site:
        assert fetch(site.url()).retry_after == wait


def test_redirects_are_followed_and_listed(fetch):
    routes = {"/a": redirect("/b?x=1", 301), "/b": redirect("c/d", 307), "/c/d": b"end"}
    with Site(routes) as site:
        got = fetch(site.url("/a"))
        assert isinstance(got, Fetched)
        assert got.body == b"end"
        assert got.final_url == site.url("/c/d")
        assert got.hops == (Hop(301, site.url("/b?x=1")), Hop(307, site.url("/c/d")))


def test_validators_go_to_the_first_address_only(fetch):
    with Site({"/a": redirect("/b"), "/b": Reply(b"x", etag='"1"')}) as site:
        got = fetch(site.url("/a"), etag='"1"')
    assert isinstance(got, Fetched)
    assert site.requests[0].header("If-None-Match") == '"1"'
    assert site.requests[1].header("If-None-Match") is None
    assert all(seen.header("Referer") is None for seen in site.requests)


def test_cookies_are_never_sent_back(fetch):
    with Site({"/a": Reply(status=302, headers={"Location": "/b", "Set-Cookie": "a=1"})}) as site:
        fetch(site.url("/a"), site.url("/b"))
    assert all(seen.header("Cookie") is None for seen in site.requests)


def test_five_hops_are_followed_and_a_sixth_is_not(fetch):
    def hop(seen: Seen):
        left = int(seen.path[1:])
        return redirect(f"/{left - 1}") if left else b"end"

    with Site({f"/{n}": hop for n in range(60)}) as site:
        assert isinstance(fetch(site.url("/5")), Fetched)
        got = fetch(site.url("/50"))
    assert (got.kind, got.code) == ("redirect", "WTC-NET-041")
    assert len(site.hits("/44")) == 0
    assert "/49 →" in got.message


def test_a_circle_is_a_failure_that_shows_the_chain(fetch):
    with Site({"/a": redirect("/b"), "/b": redirect("/a")}) as site:
        got = fetch(site.url("/a"))
        assert (got.kind, got.code) == ("redirect", "WTC-NET-040")
        assert got.message.endswith(f"{site.url('/a')} → {site.url('/b')} → {site.url('/a')}")
    assert len(site.requests) == 2


@pytest.mark.parametrize(
    "location", ["file:///etc/passwd", "gopher://x/", "ftp://x/", "data:,x", "javascript:1"]
)
def test_a_hop_to_another_scheme_is_refused(fetch, location):
    with Site({"/": redirect(location)}) as site:
        got = fetch(site.url())
    assert (got.kind, got.code) == ("redirect", "WTC-NET-044")
    assert location in got.message


def test_a_redirect_to_nowhere_is_a_failure(fetch):
    with Site({"/": Reply(status=302)}) as site:
        assert fetch(site.url()).code == "WTC-NET-043"


def test_a_blank_in_a_location_is_escaped(fetch):
    with Site({"/": redirect("/a b"), "/a%20b": b"x"}) as site:
        assert isinstance(fetch(site.url()), Fetched)


def test_a_location_in_utf_8_is_understood(fetch):
    with Site({"/": redirect("/ü"), "/%C3%BC": b"x"}) as site:
        got = fetch(site.url())
    assert isinstance(got, Fetched)


def test_a_hop_to_a_private_host_is_refused_and_nothing_is_asked_there(fetch):
    with Site() as inside, Site({"/": redirect("/b"), "/b": redirect(inside.url())}) as site:
        got = fetch(site.url(), allow=parse_rules([f"127.0.0.1:{site.port}"]))
        assert (got.kind, got.code) == ("refused", "WTC-NET-006")
        assert len(got.hops) == 2
        assert inside.connections == 0


def test_a_location_with_a_password_or_odd_bytes_is_not_shown(fetch):
    with Site({"/a": redirect("http://u:secret@x.example/"), "/b": redirect("x:\x9b31m")}) as site:
        first, second = fetch(site.url("/a"), site.url("/b"))
    assert (first.kind, first.code) == ("refused", "WTC-NET-003")
    assert "secret" not in repr(first)
    assert second.code == "WTC-NET-044"
    assert second.message.isprintable()


def test_long_addresses_are_cut_in_the_words_of_a_failure(fetch):
    with Site({"/": redirect("/?" + "a" * 5000)}) as site:
        site.routes["/"] = lambda seen: redirect(f"/?{len(site.requests)}" + "a" * 5000)
        got = fetch(site.url())
    assert got.code == "WTC-NET-041"
    assert len(got.message) < 2000


@pytest.mark.parametrize("host", ["127.0.0.1", "[::ffff:127.0.0.1]", "[::1]", "localhost"])
def test_by_default_loopback_is_not_connected_to(fetch, host):
    with Site({"/": b"x"}) as site:
        got = fetch(f"http://{host}:{site.port}/", **NOTHING, ports=parse_ports([site.port]))
        assert (got.kind, got.code) == ("refused", "WTC-NET-006")
        assert site.connections == 0


def test_a_public_name_that_resolves_to_loopback_is_not_connected_to(fetch):
    async def resolver(host: str, port: int):
        return ["127.0.0.1"]

    with Site({"/": b"x"}) as site:
        got = fetch(
            f"http://public.example:{site.port}/",
            **NOTHING,
            ports=parse_ports([site.port]),
            resolver=resolver,
        )
        assert (got.kind, got.code) == ("refused", "WTC-NET-006")
        assert "public.example resolves to 127.0.0.1" in got.message
        assert site.connections == 0


def test_proxies_of_the_environment_are_not_asked(fetch, monkeypatch):
    with Site({"/": b"direct"}) as site, Site() as proxy:
        for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
            monkeypatch.setenv(name, proxy.origin)
        assert isinstance(fetch(site.url()), Fetched)
        assert proxy.connections == 0


@pytest.mark.parametrize(
    ("name", "packed"),
    [
        ("gzip", gzip.compress(b"text")),
        ("br", brotli.compress(b"text")),
        ("zstd", zstandard.compress(b"text")),
        ("deflate", zlib.compress(b"text")),
        ("gzip, br", brotli.compress(gzip.compress(b"text"))),
    ],
    ids=["gzip", "br", "zstd", "deflate", "both"],  # gzip's bytes hold the time
)
def test_bodies_are_decoded_once(fetch, name, packed):
    with Site({"/": Reply(packed, headers={"Content-Encoding": name})}) as site:
        got = fetch(site.url())
    assert isinstance(got, Fetched)
    assert got.body == b"text"
    assert "content-encoding" not in got.headers


def test_a_body_that_cannot_be_decoded_is_asked_for_once_more_as_it_is(fetch):
    broken = Reply(b"no gzip", headers={"Content-Encoding": "gzip"})
    with Site({"/": [broken, b"plain"], "/bad": broken}) as site:
        got = fetch(site.url())
        assert isinstance(got, Fetched)
        assert got.body == b"plain"
        assert site.requests[1].header("Accept-Encoding") == "identity"
        failed = fetch(site.url("/bad"))
    assert (failed.kind, failed.code) == ("decode", "WTC-NET-050")
    assert len(site.hits("/bad")) == 2


def test_a_body_over_the_cap_is_a_failure_in_every_coding(fetch):
    body = b"\0" * 3_000_000
    routes = {
        "/identity": Reply(body),
        "/gzip": Reply(gzip.compress(body), headers={"Content-Encoding": "gzip"}),
        "/br": Reply(brotli.compress(body, quality=1), headers={"Content-Encoding": "br"}),
        "/zstd": Reply(zstandard.compress(body), headers={"Content-Encoding": "zstd"}),
    }
    with Site(routes) as site:
        for path in routes:
            got = fetch(site.url(path), max_body=1_000_000)
            assert (got.kind, got.code) == ("too_large", "WTC-NET-055"), path


def test_one_host_is_asked_on_one_connection_and_with_the_gap_between(fetch, clock):
    with Site({"/": b"x", "/n": 404, "/m": redirect("/")}) as site:
        fetch(site.url(), site.url("/n"), site.url("/m"), gap=2 * SECOND)
        assert len(site.requests) == 4
        assert site.connections == 1
    assert clock.slept == [2.0, 2.0, 2.0]


def test_a_304_that_says_no_length_leaves_the_connection_open(fetch):
    same = Raw([b'HTTP/1.1 304 Not Modified\r\nETag: "a"\r\n\r\n'], keep=True)
    with Site({"/": same}) as site:
        results = fetch(site.url(), site.url(), site.url(), etag='"a"')
        assert [type(result) for result in results] == [NotModified] * 3
        assert site.connections == 1


def test_a_kept_connection_that_died_is_replaced_without_a_failure(fetch):
    one = b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nx"
    with Site({"/": Raw([one])}) as site:
        results = fetch(site.url(), site.url(), site.url())
    assert [type(result) for result in results] == [Fetched] * 3


def test_a_kept_connection_that_ends_under_a_request_is_replaced_once(fetch):
    with Site({"/": [b"first", Raw([]), b"third"], "/dead": [b"x", Raw([]), Raw([])]}) as site:
        first, second = fetch(site.url(), site.url())
        assert isinstance(first, Fetched)
        assert isinstance(second, Fetched)
        assert second.body == b"third"
        _, dead = fetch(site.url("/dead"), site.url("/dead"))
        assert dead.kind == "protocol"
        assert len(site.hits("/dead")) == 3


def test_waiting_for_a_turn_does_not_eat_the_deadline(policy, clock):
    async def go(site: Site):
        rules = policy(deadline=SECOND // 2)
        async with HttpFetcher(rules, clock) as fetcher:
            request = FetchRequest(site.url(), "feed")
            return await asyncio.gather(*(fetcher.fetch(request) for _ in range(4)))

    with Site({"/": Reply(b"x", delay=0.2)}) as site:
        results = asyncio.run(go(site))
    assert [type(result) for result in results] == [Fetched] * 4


def test_the_deadline_holds_over_all_redirects_together(fetch):
    slow = {
        f"/{n}": Reply(status=302, headers={"Location": f"/{n + 1}"}, delay=0.2) for n in range(9)
    }
    with Site(slow) as site:
        begun = time.monotonic()
        got = fetch(site.url("/0"), deadline=SECOND // 2)
        assert time.monotonic() - begun < 1.5
    assert (got.kind, got.code) == ("timeout", "WTC-NET-035")


def test_a_slow_host_does_not_hold_up_another(policy, clock):
    async def go(slow: Site, quick: Site):
        async with HttpFetcher(policy(), clock) as fetcher:
            waiting = asyncio.create_task(fetcher.fetch(FetchRequest(slow.url(), "feed")))
            await asyncio.sleep(0.05)
            done = await fetcher.fetch(FetchRequest(quick.url(), "feed"))
            assert not waiting.done()
            waiting.cancel()
            return done

    with Site({"/": drip(b"x" * 100, 0.1)}) as slow, Site({"/": b"x"}) as quick:
        assert isinstance(asyncio.run(go(slow, quick)), Fetched)


def test_idle_connections_are_bounded(policy, clock):
    async def go(sites: list[Site]):
        async with HttpFetcher(policy(concurrency=2), clock) as fetcher:
            for site in sites:
                await fetcher.fetch(FetchRequest(site.url(), "feed"))
            return len(fetcher.pools)

    sites = [Site({"/": b"x"}).start() for _ in range(5)]
    try:
        assert asyncio.run(go(sites)) == 2
    finally:
        for site in sites:
            site.stop()


# Whose validators, and what a server cannot


def asked(clock, request):
    async def go():
        async with HttpFetcher(open_policy(), clock, sleep=clock.sleep) as fetcher:
            return await fetcher.fetch(request)

    return asyncio.run(go())


def test_validators_go_to_the_address_that_gave_them_and_to_no_other(clock):
    with Site({"/old": redirect("/new"), "/new": Reply("x", etag='"1"')}) as site:
        how = {"etag": '"1"', "validated_url": site.url("/new")}
        got = asked(clock, FetchRequest(site.url("/old"), "feed", **how))
        assert isinstance(got, NotModified)
        assert (got.final_url, len(got.hops)) == (site.url("/new"), 1)
        assert site.hits("/old")[0].header("If-None-Match") is None

        site.routes["/old"] = redirect("/third")
        site.routes["/third"] = Reply("y", etag='"1"')
        got = asked(clock, FetchRequest(site.url("/old"), "feed", **how))
        assert isinstance(got, Fetched)
        assert site.hits("/third")[0].header("If-None-Match") is None


def test_a_304_to_a_request_that_was_not_conditional_is_no_answer(clock):
    with Site({"/old": redirect("/new"), "/new": 304}) as site:
        got = asked(clock, FetchRequest(site.url("/old"), "feed", etag='"1"'))
        assert (got.kind, got.status) == ("status", 304)


def test_a_body_had_only_without_content_coding_says_so_and_is_then_asked_for_so(clock):
    broken = Reply(b"no gzip", headers={"Content-Encoding": "gzip"})

    def answer(seen):
        return broken if "gzip" in seen.header("Accept-Encoding") else "plain"

    with Site({"/": answer}) as site:
        got = asked(clock, FetchRequest(site.url(), "feed"))
        assert (got.body, got.plain, len(site.requests)) == (b"plain", True, 2)
        again = asked(clock, FetchRequest(site.url(), "feed", plain=True))
        assert (again.body, again.plain, len(site.requests)) == (b"plain", False, 3)
        assert site.requests[2].header("Accept-Encoding") == "identity"


def test_a_browser_check_is_named_and_not_played(fetch):
    with Site({"/": Reply("<html>", 403, {"cf-mitigated": "challenge"})}) as site:
        got = fetch(site.url())
        assert (got.code, "browser check" in got.message) == ("WTC-NET-075", True)


@pytest.mark.parametrize(
    ("stated", "odd"),
    [("120", None), ("soon", "soon"), ("-5", "-5"), ("99999999", "99999999"), (None, None)],
)
def test_a_wish_that_cannot_be_kept_as_said_is_said(fetch, stated, odd):
    headers = {} if stated is None else {"Retry-After": stated}
    with Site({"/": Reply(status=503, headers=headers, type=None)}) as site:
        assert fetch(site.url()).odd_wait == odd


def test_a_guess_is_not_followed_elsewhere(policy, clock):
    async def go(url: str):
        async with HttpFetcher(policy(), clock) as fetcher:
            return await fetcher.fetch(FetchRequest(url, "discovery", follow=False))

    with Site({"/feed/": redirect("/real"), "/real": "x", "/here": "x"}) as site:
        failed = asyncio.run(go(site.url("/feed/")))
        assert (failed.kind, failed.code) == ("redirect", "WTC-NET-045")
        assert site.hits("/real") == []
        assert isinstance(asyncio.run(go(site.url("/here"))), Fetched)
