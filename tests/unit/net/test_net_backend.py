import asyncio
import socket

import pytest
from tests.support.site import Site

from watcher.model.page import Fetched
from watcher.net.backend import resolve
from watcher.net.policy import parse_ports, parse_rules

CLOSED = "127.0.0.9"  # loopback too, but nobody listens there


def answering(*answers):
    """A resolver that gives one answer after the other, and the list of its questions."""
    asked: list[str] = []

    async def resolver(host: str, port: int):
        asked.append(host)
        answer = answers[min(len(asked), len(answers)) - 1]
        if isinstance(answer, Exception):
            raise answer
        return answer

    return resolver, asked


def test_a_name_that_changes_its_address_after_the_check_is_asked_only_once(fetch):
    resolver, asked = answering(["127.0.0.1"], ["127.0.0.2"])
    with Site({"/": b"x"}) as site:
        url = f"http://rebind.example:{site.port}/"
        got = fetch(url, resolver=resolver, allow=parse_rules(["127.0.0.1/32"]))
        assert isinstance(got, Fetched)
        assert asked == ["rebind.example"]
        assert site.requests[0].header("Host") == f"rebind.example:{site.port}"


def test_a_name_that_turns_private_between_two_fetches_is_refused_at_the_second(fetch):
    resolver, _ = answering(["127.0.0.1"], ["10.0.0.1"])
    with Site({"/": b"x"}) as site:
        site.routes["/"] = lambda seen: b"x"
        url = f"http://rebind.example:{site.port}/"
        rules = parse_rules(["127.0.0.1/32"])
        first = fetch(url, resolver=resolver, allow=rules)
        second = fetch(url, resolver=resolver, allow=rules)
    assert isinstance(first, Fetched)
    assert (second.kind, second.code) == ("refused", "WTC-NET-006")


def test_one_private_answer_among_allowed_ones_stops_the_dial(fetch):
    resolver, _ = answering(["127.0.0.1", "192.168.0.1"])
    with Site({"/": b"x"}) as site:
        got = fetch(
            f"http://mixed.example:{site.port}/",
            resolver=resolver,
            allow=parse_rules(["127.0.0.1/32"]),
        )
        assert got.code == "WTC-NET-006"
        assert site.connections == 0


def test_the_next_address_is_tried_where_one_accepts_nothing(fetch):
    resolver, _ = answering([CLOSED, "127.0.0.1"])
    with Site({"/": b"x"}) as site:
        got = fetch(f"http://two.example:{site.port}/", resolver=resolver)
    assert isinstance(got, Fetched)


def test_a_port_outside_the_usual_ones_needs_an_allowed_address(fetch):
    resolver, _ = answering(["93.184.216.34"])
    got = fetch("http://public.example:6379/", resolver=resolver, ports=parse_ports([80]))
    assert (got.kind, got.code) == ("refused", "WTC-NET-002")


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        (socket.gaierror(socket.EAI_NONAME, "no such name"), "WTC-NET-020"),
        (socket.gaierror(socket.EAI_AGAIN, "try again"), "WTC-NET-021"),
        (OSError("resolver broke"), "WTC-NET-021"),
        ([], "WTC-NET-020"),
    ],
)
def test_a_name_without_addresses_is_a_dns_failure(fetch, answer, code):
    resolver, _ = answering(answer)
    got = fetch("http://nowhere.example/", resolver=resolver)
    assert (got.kind, got.code) == ("dns", code)
    assert "nowhere.example" in got.message
    assert not got.permanent


def test_a_host_that_accepts_nothing_is_a_connect_failure(fetch):
    got = fetch(f"http://{CLOSED}:8001/")
    assert (got.kind, got.code) == ("connect", "WTC-NET-022")


def test_the_systems_resolver_finds_localhost_and_names_what_is_missing():
    assert "127.0.0.1" in asyncio.run(resolve("localhost", 80)) or "::1" in asyncio.run(
        resolve("localhost", 80)
    )
    with pytest.raises(socket.gaierror):
        asyncio.run(resolve("no-such-name.invalid", 80))
    with pytest.raises(OSError, match=r".+"):
        asyncio.run(resolve("x" * 300, 80))
