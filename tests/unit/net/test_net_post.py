import asyncio
import itertools
import time

import pytest
from tests.support.site import RESET, Raw, Reply, Site, redirect

from watcher.model.page import PostResult
from watcher.net.policy import parse_rules
from watcher.net.post import MAX_ANSWER, GuardedPost

OK = b"HTTP/1.1 200 OK\r\n"


@pytest.fixture
def post(policy, clock):
    def one(
        url: str, body: bytes = b"{}", headers=None, *, deadline=15.0, resolver=None, **changes
    ):
        changes.setdefault("allow_post", parse_rules(["127.0.0.0/8"]))

        async def go() -> PostResult:
            rules = policy(**changes)
            async with GuardedPost(rules, clock, resolver=resolver, deadline=deadline) as door:
                return await door.post(url, body, headers or {})

        return asyncio.run(go())

    return one


def test_body_and_headers_arrive_as_given(post):
    with Site({"/hook?a=1": Reply("thanks", 202, {"X-A": "b"})}) as site:
        got = post(site.url("/hook?a=1"), "ü".encode(), {"webhook-id": "x", "Content-Type": "a/b"})
        (seen,) = site.requests
    assert (got.status, got.body, got.error, got.refused) == (202, "thanks", None, False)
    assert got.headers["x-a"] == "b"
    assert got.micros > 0
    assert (seen.method, seen.body) == ("POST", "ü".encode())
    assert (seen.header("webhook-id"), seen.header("content-type")) == ("x", "a/b")
    assert seen.header("User-Agent") == "watcher/0 (+https://bot.example)"
    assert seen.header("Content-Length") == "2"


def test_the_caller_cannot_replace_the_host(post):
    with Site({"/": b"x"}) as site:
        post(site.url(), headers={"HOST": "inside.example"})
        assert [v for n, v in site.requests[0].headers if n.lower() == "host"] == [
            f"127.0.0.1:{site.port}"
        ]


@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_a_redirect_is_an_answer_and_is_not_followed(post, status):
    with Site() as inside, Site({"/": redirect(inside.url(), status)}) as site:
        got = post(site.url())
        assert (got.status, got.error) == (status, None)
        assert got.headers["location"] == inside.url()
        assert inside.connections == 0


def test_what_may_be_fetched_may_not_be_posted_to(post):
    with Site({"/": b"x"}) as site:
        got = post(site.url(), allow_post=(), allow=parse_rules(["127.0.0.0/8"]))
        assert got.refused
        assert got.status is None
        assert "WTC-NET-006" in (got.error or "")
        assert site.connections == 0


@pytest.mark.parametrize(
    "url", ["file:///x", "http://u:p@example.org/", "http://10.0.0.1/", "http://2130706433/", ""]
)
def test_a_target_that_the_guard_refuses_is_refused(post, url):
    got = post(url)
    assert got.refused
    assert got.error


def test_a_public_name_that_resolves_inside_is_refused(post):
    async def resolver(host: str, port: int):
        return ["10.0.0.1"]

    got = post("http://hook.example/", resolver=resolver)
    assert got.refused
    assert "10.0.0.1" in (got.error or "")


@pytest.mark.parametrize(
    "script",
    [
        Raw(itertools.chain([OK + b"\r\n"], itertools.repeat(b"x" * 10_000))),
        Raw([OK + b"Content-Length: 1073741824\r\n\r\n" + b"x" * 100_000]),
    ],
)
def test_at_most_4_kb_of_the_answer_are_read(post, script):
    with Site({"/": script}) as site:
        got = post(site.url())
    assert got.status == 200
    assert got.body == "x" * MAX_ANSWER


def test_an_answer_that_breaks_off_after_its_status_is_an_answer(post):
    with Site({"/": Raw([OK + b"Content-Length: 9\r\n\r\nabc"])}) as site:
        got = post(site.url())
    assert (got.status, got.body, got.error) == (200, "abc", None)


def test_a_receiver_that_takes_too_long_is_an_error(post):
    with Site({"/": Reply(b"x", delay=5)}) as site:
        begun = time.monotonic()
        got = post(site.url(), deadline=0.2)
        assert time.monotonic() - begun < 1
    assert got.status is None
    assert not got.refused
    assert "WTC-NET-035" in (got.error or "")


@pytest.mark.parametrize("script", [Raw([RESET]), Raw([]), Raw([b"noise\r\n\r\n"])])
def test_a_receiver_that_breaks_off_is_an_error_and_is_asked_once(post, script):
    with Site({"/": script}) as site:
        got = post(site.url())
        assert len(site.requests) == 1
    assert got.status is None
    assert "WTC-NET-06" in (got.error or "")


def test_a_receiver_that_is_not_there_is_an_error(post):
    got = post("http://127.0.0.9:8001/")
    assert (got.status, got.refused) == (None, False)
    assert "WTC-NET-022" in (got.error or "")


@pytest.mark.parametrize("value", ["a\r\nInjected: 1", "a\0b"])
def test_a_header_that_would_break_the_request_is_not_sent(post, value):
    with Site({"/": b"x"}) as site:
        got = post(site.url(), headers={"webhook-id": value})
        assert got.status is None
        assert got.error
        assert site.requests == []


def test_one_address_may_be_private_and_no_other(policy, clock):
    async def go(allowed, asked):
        async with GuardedPost(policy(allow_post=()), clock) as door:
            return await door.allowing(allowed).post(asked, b"{}", {})

    with Site({"/hook": b"x"}) as site, Site({"/hook": b"x"}) as other:
        assert asyncio.run(go(site.url("/hook"), site.url("/hook"))).status == 200
        refused = asyncio.run(go(site.url("/hook"), other.url("/hook")))
        assert refused.refused
        assert other.connections == 0


def test_an_allowed_name_may_lead_to_a_private_address(policy, clock):
    class Names:
        async def __call__(self, host, port):
            return ["127.0.0.1"]

    with Site({"/": b"x"}) as site:
        url = f"http://desk.example:{site.port}/"

        async def go(allowed):
            door = GuardedPost(policy(allow_post=()), clock, resolver=Names())
            return await (door.allowing(url) if allowed else door).post(url, b"{}", {})

        assert asyncio.run(go(True)).status == 200
        assert asyncio.run(go(False)).refused


def test_a_put_is_sent_as_one(post, policy, clock):
    async def go(url):
        async with GuardedPost(policy(allow_post=parse_rules(["127.0.0.0/8"])), clock) as door:
            return await door.post(url, b"{}", {}, method="PUT")

    with Site({"/x": b"x"}) as site:
        assert asyncio.run(go(site.url("/x"))).status == 200
        assert [one.method for one in site.requests] == ["PUT"]
