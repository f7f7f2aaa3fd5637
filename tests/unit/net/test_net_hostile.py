"""What a well-behaved server would never send (spec `storage` §5, inputs 15-20, 24, 25)."""

import itertools
import time
import tracemalloc

import pytest
from tests.support.site import RESET, Raw, Site, drip

from watcher.model.page import Fetched
from watcher.model.when import SECOND

OK = b"HTTP/1.1 200 OK\r\n"
SHORT = SECOND * 3 // 10


def timed(fetch, site: Site, **changes):
    begun = time.monotonic()
    got = fetch(site.url(), **changes)
    return got, time.monotonic() - begun


def endless(piece: bytes, head: bytes = b""):
    return itertools.chain([head], itertools.repeat(piece))


@pytest.mark.parametrize(
    ("name", "steps"),
    [
        ("reset at once", [RESET]),
        ("closed at once", []),
        ("noise", [b"\x16\x03\x01\x02 no http \r\n\r\n"]),
        ("HTTP/0.9", [b"<html>only a body</html>"]),
        ("bad status", [b"HTTP/1.1 abc OK\r\n\r\n"]),
        ("bad header", [OK + b"no colon here\r\n\r\n"]),
        ("NUL in header", [OK + b"A: b\0c\r\n\r\n"]),
        ("two lengths", [OK + b"Content-Length: 1\r\nContent-Length: 2\r\n\r\nxy"]),
        ("bad length", [OK + b"Content-Length: -1\r\n\r\nxy"]),
        ("one endless header", endless(b"a" * 10_000, OK + b"A: ")),
        ("endless headers", endless(b"Set-Cookie: a=b\r\n" * 100, OK)),
        ("a megabyte of header", [OK + b"A: " + b"b" * 1_000_000 + b"\r\n\r\n"]),
        ("cut in the header", [OK + b"Content-Le"]),
        ("cut in the body", [OK + b"Content-Length: 100\r\n\r\nshort"]),
        ("reset in the body", [OK + b"Content-Length: 100\r\n\r\nshort", 0.05, RESET]),
        ("bad chunk", [OK + b"Transfer-Encoding: chunked\r\n\r\n5\r\nhelloXX5\r\nhello"]),
        ("no last chunk", [OK + b"Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n"]),
        ("endless chunk line", endless(b"0" * 1000, OK + b"Transfer-Encoding: chunked\r\n\r\n")),
        ("odd transfer coding", [OK + b"Transfer-Encoding: gzip\r\n\r\nhello"]),
    ],
)
def test_what_is_not_http_is_a_protocol_failure(fetch, name, steps):
    with Site({"/": Raw(steps)}) as site:
        got, took = timed(fetch, site, deadline=2 * SECOND)
        assert len(site.requests) == 1  # a failure on a new connection is not tried again
    assert got.kind == "protocol", name
    assert got.code in {"WTC-NET-060", "WTC-NET-061", "WTC-NET-062"}
    assert took < 2
    assert "short" not in got.message


@pytest.mark.parametrize(
    "steps",
    [
        [b"HTTP/1.0 200 OK\r\n\r\nx"],
        [b"HTTP/1.1 200 OK\nContent-Length: 1\n\nx"],
        [b"HTTP/1.1 200\r\ncontent-LENGTH: 1\r\n\r\nx"],
        [OK + b"A: folded\r\n  value\r\nA: twice\r\nContent-Length: 1\r\n\r\nx"],
        [OK + b"A: " + b"b" * 64_000 + b"\r\nContent-Length: 1\r\n\r\nx"],
        [OK + b"Set-Cookie: a=b\r\n" * 1_000 + b"Content-Length: 1\r\n\r\nx"],
        [b"HTTP/1.1 103 Early\r\nLink: x\r\n\r\n" * 5 + OK + b"Content-Length: 1\r\n\r\nx"],
        [OK + b"Content-Length: 1\r\n\r\nx and more than was said"],
        [OK + b"Transfer-Encoding: chunked\r\n\r\n1;ext=1\r\nx\r\n0\r\nTrailer: 1\r\n\r\n"],
    ],
)
def test_odd_but_readable_answers_are_read(fetch, steps):
    with Site({"/": Raw(steps)}) as site:
        got = fetch(site.url())
    assert isinstance(got, Fetched)
    assert got.body == b"x"


def test_bytes_left_behind_by_one_answer_do_not_spoil_the_next(fetch):
    over = OK + b"Content-Length: 1\r\n\r\nx and more than was said"
    with Site({"/a": Raw([over], keep=True), "/b": b"fine"}) as site:
        first, second = fetch(site.url("/a"), site.url("/b"))
    assert isinstance(first, Fetched)
    assert isinstance(second, Fetched)
    assert second.body == b"fine"


@pytest.mark.parametrize(
    "script",
    [
        Raw([5]),
        Raw([OK, 5]),
        Raw([OK + b"Content-Length: 5\r\n\r\nx", 5]),
        drip(b"x" * 1000, 0.02),
        Raw(itertools.chain([OK], itertools.cycle([b"A: b\r\n", 0.02]))),
        Raw(itertools.cycle([b"HTTP/1.1 100 Continue\r\n\r\n", 0.02])),
    ],
)
def test_the_deadline_holds_against_silence_and_drips(fetch, script):
    with Site({"/": script}) as site:
        got, took = timed(fetch, site, deadline=SHORT)
    assert (got.kind, got.code) == ("timeout", "WTC-NET-035")
    assert took < 1


def test_the_deadline_holds_for_a_slow_look_up(fetch):
    import asyncio

    async def resolver(host: str, port: int):
        await asyncio.sleep(5)
        return ["93.184.216.34"]

    begun = time.monotonic()
    got = fetch("http://slow.example/", resolver=resolver, deadline=SHORT)
    assert (got.kind, got.code) == ("timeout", "WTC-NET-035")
    assert "connecting" in got.message
    assert time.monotonic() - begun < 1


@pytest.mark.parametrize(
    "head",
    [
        OK + b"\r\n",
        OK + b"Transfer-Encoding: chunked\r\n\r\n",
        OK + b"Content-Length: 9999999999\r\n\r\n",
    ],
)
def test_an_endless_body_stops_at_the_cap_with_little_memory(fetch, head):
    piece = b"x" * 65_536
    wire = b"10000\r\n" + piece + b"\r\n" if b"chunked" in head else piece
    with Site({"/": Raw(endless(wire, head))}) as site:
        tracemalloc.start()
        try:
            got = fetch(site.url(), max_body=2_000_000)
            _, peak = tracemalloc.get_traced_memory()
        finally:
            tracemalloc.stop()
    assert (got.kind, got.code) == ("too_large", "WTC-NET-055")
    assert peak < 20_000_000


def test_a_hostile_host_leaves_the_fetcher_in_order(fetch):
    with Site({"/": Raw([RESET])}) as bad, Site({"/": b"x"}) as good:
        results = fetch(bad.url(), good.url(), bad.url(), good.url())
    assert [isinstance(result, Fetched) for result in results] == [False, True, False, True]


def test_a_greeting_before_any_request_is_survived(fetch):
    with Site(greet=Raw([b"220 mail.example ESMTP\r\n", 0.05])) as site:
        assert fetch(site.url()).kind == "protocol"
