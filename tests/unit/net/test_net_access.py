"""A feed's own way to be asked: what is sent to its origin, and to nobody else (check 46, S9)."""

import asyncio
import shutil
import ssl
import subprocess

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.support.proxy import Proxy
from tests.support.site import Raw, Reply, Site, redirect

from watcher.model.page import Access, Fetched, FetchRequest
from watcher.model.when import SECOND
from watcher.net.fetcher import HttpFetcher
from watcher.net.guard import check_url
from watcher.net.policy import Reach, parse_rules
from watcher.text.urls import origin

SECRET = "s3cr3t-of-the-desk"
LOGIN = (("Authorization", f"Bearer {SECRET}"), ("Cookie", f"sid={SECRET}"), ("X-Key", SECRET))


def own(site, **changes):
    return Access(site.origin, **{"headers": LOGIN, "user_agent": "desk/1", **changes})


def said(seen):
    """Whether a request holds anything of the feed's own."""
    return SECRET in str(seen.headers) or "desk/1" in str(seen.headers)


async def to_loopback(host, port):
    return ["127.0.0.1"]


async def nobody_knows(host, port):
    raise AssertionError(f"{host} was looked up")


def test_what_the_feed_wants_is_sent_to_its_origin(fetch):
    with Site({"/feed": b"x"}) as site:
        assert isinstance(fetch(site.url("/feed"), access=own(site)), Fetched)
    seen = site.requests[0]
    assert seen.header("Authorization") == f"Bearer {SECRET}"
    assert seen.header("Cookie") == f"sid={SECRET}"
    assert seen.header("X-Key") == SECRET
    assert seen.header("User-Agent") == "desk/1"


def test_a_header_of_the_feed_stands_in_for_ours_and_is_sent_once(fetch):
    with Site({"/feed": b"x"}) as site:
        fetch(site.url("/feed"), access=Access(site.origin, (("accept", "text/plain"),)))
    named = [value for name, value in site.requests[0].headers if name.lower() == "accept"]
    assert named == ["text/plain"]


def test_a_redirect_within_the_origin_keeps_what_the_feed_wants(fetch):
    with Site({"/old": redirect("/new", 301), "/new": b"x"}) as site:
        fetch(site.url("/old"), access=own(site))
    assert [said(seen) for seen in site.requests] == [True, True]


def test_a_redirect_to_another_origin_gets_nothing_of_it_and_nothing_on_the_way_back(fetch):
    with Site() as home, Site() as other:
        home.routes = {"/feed": redirect(other.url("/hop")), "/back": b"x"}
        other.routes = {"/hop": redirect(home.url("/back"))}
        got = fetch(home.url("/feed"), access=own(home))
    assert isinstance(got, Fetched)
    assert [said(seen) for seen in home.requests] == [True, False]
    assert [said(seen) for seen in other.requests] == [False]
    assert other.requests[0].header("User-Agent").startswith("watcher/")


def test_another_name_of_the_same_server_is_another_origin(fetch):
    with Site() as site:
        site.routes = {"/feed": redirect(f"http://localhost:{site.port}/there"), "/there": b"x"}
        fetch(site.url("/feed"), access=own(site), resolver=to_loopback)
    assert [said(seen) for seen in site.requests] == [True, False]


def test_a_feed_that_has_moved_to_another_origin_is_asked_as_a_stranger(fetch):
    with Site({"/feed": b"x"}) as home, Site({"/feed": b"x"}) as moved:
        fetch(moved.url("/feed"), access=own(home))
    assert not said(moved.requests[0])


def test_no_failure_holds_a_secret(fetch):
    with Site() as site:
        site.routes = {
            "/403": 403,
            "/cut": Raw([b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nx"]),
            "/odd": Raw([SECRET.encode() + b"\r\n\r\n"]),
            "/loop": redirect("/loop"),
        }
        access = own(site, proxy=None)
        results = fetch(*(site.url(path) for path in site.routes), access=access)
    for got in results:
        assert SECRET not in repr(got)
    assert SECRET not in repr(access)
    assert SECRET not in repr(FetchRequest("https://a.example/", "feed", access=access))


def test_robots_txt_of_the_origin_is_asked_for_in_the_feeds_way(fetch):
    with Site({"/page": b"x", "/robots.txt": "User-agent: *\nAllow: /"}) as site:
        fetch(site.url("/page"), purpose="article", access=own(site))
    assert site.paths == ["/robots.txt", "/page"]
    assert all(said(seen) for seen in site.requests)


def test_the_robots_txt_of_another_origin_is_asked_for_as_a_stranger(fetch):
    with Site() as home, Site({"/page": b"x"}) as other:
        home.routes = {"/page": redirect(other.url("/page"))}
        fetch(home.url("/page"), purpose="article", access=own(home))
    assert other.paths == ["/robots.txt", "/page"]
    assert not any(said(seen) for seen in other.requests)


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from([301, 302, 303, 307, 308]))))
def test_whatever_the_chain_of_redirects_no_other_origin_learns_anything(fetch, chain):
    """Hops over three sites; the feed's own is `a`."""
    with Site() as a, Site() as b, Site() as c:
        sites = {"a": a, "b": b, "c": c}
        places = [("a", 0), *((name, n) for n, (name, _) in enumerate(chain[:5], 1))]
        for (name, n), (to, _), (_, status) in zip(places, places[1:], chain, strict=False):
            sites[name].routes[f"/{n}"] = redirect(sites[to].url(f"/{n + 1}"), status)
        name, n = places[-1]
        sites[name].routes[f"/{n}"] = b"x"
        assert isinstance(fetch(a.url("/0"), access=own(a)), Fetched)
        assert not any(said(seen) for site in (b, c) for seen in site.requests)
        first = next((n for n, (name, _) in enumerate(places) if name != "a"), len(places))
        assert [said(seen) for seen in a.requests][:first] == [True] * first
        assert not any(said(seen) for seen in a.requests[first:])


@given(
    st.sampled_from(["http", "https", "HTTP"]),
    st.sampled_from(["a.example", "A.Example.", "bücher.example", "93.184.216.34", "[2606::1]"]),
    st.sampled_from(["", ":80", ":443", ":8080"]),
)
def test_the_origin_in_the_settings_is_the_one_that_the_guard_sees(scheme, host, port):
    url = f"{scheme}://{host}{port}/feed"
    assert origin(url) == check_url(url, Reach()).origin


# -- proxies -------------------------------------------------------------------------------------


def test_ssrf_s9_a_plain_address_is_asked_for_through_the_proxy(fetch):
    with Site({"/feed?a=%7E[1]": b"x"}) as site, Proxy() as proxy:
        url = f"http://site.example:{site.port}/feed?a=%7E[1]"
        access = Access(f"http://site.example:{site.port}", LOGIN, proxy=proxy.url)
        got = fetch(url, access=access, resolver=to_loopback)
        assert isinstance(got, Fetched)
        assert (got.body, got.final_url) == (b"x", url)
    assert proxy.lines == [f"GET {url} HTTP/1.1"]
    assert site.requests[0].header("Host") == f"site.example:{site.port}"
    assert site.requests[0].header("X-Key") == SECRET


def test_ssrf_s9_the_target_is_judged_though_a_proxy_connects(fetch):
    async def inside(host, port):
        return ["10.0.0.1"]

    with Proxy() as proxy:
        for url, resolver in (
            ("http://intra.example/", inside),
            ("https://intra.example/", inside),
            ("http://192.168.0.1/", nobody_knows),
            ("http://169.254.169.254/latest", nobody_knows),
        ):
            access = Access(origin(url), proxy=proxy.url)
            got = fetch(url, access=access, resolver=resolver)
            assert (got.kind, got.code) == ("refused", "WTC-NET-006")
    assert proxy.lines == []


def test_ssrf_s9_the_target_is_judged_again_at_every_request(fetch):
    answers = iter([["127.0.0.1"], ["10.0.0.1"]])

    async def turning(host, port):
        return next(answers)

    with Site({"/feed": b"x"}) as site, Proxy() as proxy:
        url = f"http://site.example:{site.port}/feed"
        first, second = fetch(
            url,
            url,
            access=Access(origin(url), proxy=proxy.url),
            resolver=turning,
            allow=parse_rules(["127.0.0.1/32"]),
        )
    assert isinstance(first, Fetched)
    assert second.code == "WTC-NET-006"
    assert len(proxy.lines) == 1


def test_ssrf_s9_a_redirect_through_the_proxy_is_judged_too(fetch):
    with Site({"/feed": redirect("http://10.0.0.1/")}) as site, Proxy() as proxy:
        got = fetch(site.url("/feed"), access=Access(site.origin, proxy=proxy.url))
    assert (got.kind, got.code) == ("refused", "WTC-NET-006")
    assert len(proxy.lines) == 1


def test_ssrf_s9_a_name_that_the_user_allowed_need_not_be_known_here(fetch):
    with Site({"/feed": b"x"}) as site, Proxy() as proxy:
        url = f"http://only.there.example:{site.port}/feed"
        got = fetch(
            url,
            access=Access(origin(url), proxy=proxy.url),
            resolver=nobody_knows,
            allow=parse_rules(["only.there.example"]),
        )
    assert isinstance(got, Fetched)


def test_ssrf_s9_proxies_of_the_environment_are_never_used(fetch, monkeypatch):
    with Site({"/": b"x"}) as site, Proxy() as proxy:
        for name in ("http_proxy", "https_proxy", "all_proxy", "HTTP_PROXY", "ALL_PROXY"):
            monkeypatch.setenv(name, proxy.url)
        assert isinstance(fetch(site.url()), Fetched)
    assert proxy.lines == []


def test_what_is_redirected_elsewhere_still_goes_through_the_proxy(fetch):
    with Site() as home, Site({"/feed": b"x"}) as other, Proxy() as proxy:
        home.routes = {"/feed": redirect(other.url("/feed"))}
        fetch(home.url("/feed"), access=own(home, proxy=proxy.url))
    assert len(proxy.lines) == 2
    assert not said(other.requests[0])


def test_the_login_of_the_proxy_is_for_the_proxy_alone(fetch):
    with Site({"/feed": b"x"}) as site, Proxy() as proxy:
        there = proxy.url.replace("//", "//desk:p%40ss@")
        access = Access(site.origin, proxy=there)
        assert isinstance(fetch(site.url("/feed"), access=access), Fetched)
        assert b"Proxy-Authorization: Basic ZGVzazpwQHNz" in proxy.heads[0]
        assert "p%40ss" not in repr(access)


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_a_proxy_that_is_not_there_is_named_as_the_cause(fetch, scheme):
    access = Access(f"{scheme}://site.example", proxy="http://127.0.0.9:8001")
    got = fetch(f"{scheme}://site.example/", access=access, resolver=to_loopback)
    assert (got.kind, got.code) == ("connect", "WTC-NET-027")
    assert "proxy" in got.hint


def test_a_proxy_that_refuses_is_told_by_its_status_alone(fetch):
    with Proxy(refuse=b"407 please log in as admin") as proxy:
        access = Access("https://site.example", proxy=proxy.url)
        got = fetch("https://site.example/", access=access, resolver=to_loopback)
    assert (got.kind, got.code) == ("connect", "WTC-NET-026")
    assert "407" in got.message
    assert "admin" not in repr(got)


# -- certificates --------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    if shutil.which("openssl") is None:
        pytest.skip("no openssl command")
    folder = tmp_path_factory.mktemp("own")
    cert, key = folder / "cert.pem", folder / "key.pem"
    subprocess.run(
        [
            *("openssl", "req", "-x509", "-nodes", "-days", "2", "-subj", "/CN=other.example"),
            *("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1"),
            *("-keyout", str(key), "-out", str(cert)),
        ],
        check=True,
        capture_output=True,
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(cert, key)
    return context


def test_a_bad_certificate_passes_for_the_one_feed_that_says_so(fetch, server, monkeypatch):
    monkeypatch.delenv("SSL_CERT_FILE", raising=False)
    with Site({"/feed": b"x"}, tls=server) as site:
        assert isinstance(fetch(site.url("/feed"), access=own(site, insecure=True)), Fetched)
        strict = fetch(site.url("/feed"), access=own(site))
        assert (strict.kind, strict.code) == ("tls", "WTC-NET-030")
    assert len(site.requests) == 1


def test_an_unchecked_connection_serves_no_other_feed(clock, policy, server, monkeypatch):
    monkeypatch.delenv("SSL_CERT_FILE", raising=False)

    async def go(url, access):
        async with HttpFetcher(policy(), clock, sleep=clock.sleep) as fetcher:
            loose = await fetcher.fetch(FetchRequest(url, "feed", access=access))
            strict = await fetcher.fetch(FetchRequest(url, "feed"))
            return loose, strict

    with Site({"/feed": b"x"}, tls=server) as site:
        loose, strict = asyncio.run(go(site.url("/feed"), own(site, insecure=True)))
    assert isinstance(loose, Fetched)
    assert strict.code == "WTC-NET-030"


def test_the_exception_does_not_follow_a_redirect(fetch, server, monkeypatch):
    monkeypatch.delenv("SSL_CERT_FILE", raising=False)
    with Site({"/feed": b"x"}, tls=server) as other, Site(tls=server) as site:
        site.routes = {"/feed": redirect(other.url("/feed"))}
        got = fetch(site.url("/feed"), access=own(site, insecure=True))
    assert (got.kind, got.code) == ("tls", "WTC-NET-030")
    assert other.requests == []


def test_the_tunnel_through_a_proxy_is_checked_end_to_end(fetch, server, monkeypatch):
    monkeypatch.delenv("SSL_CERT_FILE", raising=False)
    with Site({"/feed": Reply(b"x")}, tls=server) as site, Proxy() as proxy:
        url = f"https://site.example:{site.port}/feed"
        strict = Access(origin(url), LOGIN, proxy=proxy.url)
        got = fetch(url, access=strict, resolver=to_loopback)
        assert (got.kind, got.code) == ("tls", "WTC-NET-030")
        assert site.requests == []
        loose = Access(origin(url), LOGIN, proxy=proxy.url, insecure=True)
        assert isinstance(fetch(url, access=loose, resolver=to_loopback), Fetched)
    assert proxy.lines == [f"CONNECT site.example:{site.port} HTTP/1.1"] * 2
    assert SECRET.encode() not in b"".join(proxy.heads)
    assert site.requests[0].target == "/feed"
    assert site.requests[0].header("X-Key") == SECRET


def test_a_proxy_that_never_answers_meets_the_deadline(fetch):
    with Site(greet=Raw([5])) as silent:
        access = Access("https://site.example", proxy=silent.origin)
        got = fetch(
            "https://site.example/", access=access, resolver=to_loopback, deadline=SECOND // 5
        )
    assert (got.kind, got.code) == ("timeout", "WTC-NET-035")
