"""The rules against server-side request forgery by their names (spec `polling` §6, S1 to S10), each
over real sockets where there is something to reach. S11 is in tests/pipeline, S12 in tests/cli."""

from __future__ import annotations

import asyncio

import pytest
from tests.support.proxy import Proxy
from tests.support.site import Reply, Site, redirect

from watcher.model.page import Access, FetchFailed
from watcher.net.guard import private
from watcher.net.policy import DEFAULT_PORTS, as_address, parse_ports, parse_rules
from watcher.net.post import GuardedPost

NOBODY = parse_rules(["nobody.example"])  # loopback is not allowed
PRIVATE = "WTC-NET-006"


def resolving(*addresses: str):
    async def resolver(host: str, port: int):
        return list(addresses)

    return resolver


def test_s1_only_http_and_https_are_fetched(fetch):
    for url in ("file:///etc/passwd", "ftp://a.example/", "gopher://a.example/", "data:,x"):
        assert fetch(url).code == "WTC-NET-001"


def test_s2_only_the_usual_ports_are_asked_and_others_by_configuration(fetch):
    assert parse_ports(["80", "443", "8000-8999"]) == DEFAULT_PORTS
    with Site({"/": b"x"}, port=0) as site:
        name = f"http://site.example:{site.port}/"
        loopback = parse_rules(["127.0.0.1:1"])  # allowed, but not at this port
        refused = fetch(name, resolver=resolving("93.184.216.34"), allow=loopback)
        assert refused.code == "WTC-NET-002"
        opened = fetch(
            f"http://127.0.0.1:{site.port}/",
            allow=NOBODY,
            ports=parse_ports([str(site.port)]),
        )
        assert opened.code == PRIVATE  # the port is open, the address is not
        assert site.connections == 0


def test_s3_an_address_with_a_user_or_password_is_refused_and_credentials_stay_at_their_origin(
    fetch,
):
    assert fetch("http://user:secret@127.0.0.1/").code == "WTC-NET-003"
    with Site({"/": b"x"}) as other, Site({"/feed": redirect(other.url("/"))}) as site:
        login = (("Authorization", "Basic eDp5"), ("Cookie", "a=b"))
        fetch(site.url("/feed"), access=Access(site.origin, login))
        assert site.hits("/feed")[0].header("Authorization") == "Basic eDp5"
        assert other.requests[0].header("Authorization") is None
        assert other.requests[0].header("Cookie") is None


def test_s4_a_name_is_looked_up_once_every_address_judged_and_a_judged_one_dialled(fetch):
    asked: list[str] = []

    async def rebinding(host: str, port: int):
        asked.append(host)
        return ["127.0.0.1"] if len(asked) == 1 else ["10.0.0.1"]

    with Site({"/": b"x"}) as site:
        url = f"http://rebind.example:{site.port}/"
        assert fetch(url, resolver=rebinding).body == b"x"
        assert (asked, site.requests[0].header("Host")) == (
            ["rebind.example"],
            f"rebind.example:{site.port}",
        )
        mixed = resolving("127.0.0.1", "10.0.0.1")
        assert fetch(url, resolver=mixed).code == PRIVATE
        assert site.connections == 1


INSIDE = "http://10.0.0.1/admin"


@pytest.mark.parametrize("purpose", ["feed", "article", "discovery", "listing", "sitemap"])
@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_s5_every_hop_is_judged_whatever_it_is_for(fetch, purpose, status):
    with Site({"/": redirect(INSIDE, status)}) as site:
        assert fetch(site.url("/"), purpose=purpose).code == PRIVATE
        assert fetch(INSIDE, purpose=purpose).code == PRIVATE


def test_s5_robots_txt_leads_nowhere_inside(fetch):
    with Site() as inside, Site({"/page": b"x"}) as site:
        site.routes["/robots.txt"] = redirect(f"http://127.0.0.2:{inside.port}/robots.txt")
        fetch(site.url("/page"), purpose="article", allow=parse_rules(["127.0.0.1"]))
        assert site.hits("/robots.txt")
        assert inside.connections == 0


def test_s5_a_webhook_is_judged_by_a_list_of_its_own_and_its_redirects_are_not_followed(
    policy, clock
):
    async def post(url, **rules):
        async with GuardedPost(policy(**rules), clock) as door:
            return await door.post(url, b"{}", {})

    with Site() as inside, Site({"/hook": redirect(inside.url())}) as site:
        # What may be fetched may not be posted to.
        refused = asyncio.run(post(site.url("/hook"), allow=parse_rules(["127.0.0.1"])))
        assert (refused.refused, site.connections) == (True, 0)
        told = asyncio.run(post(site.url("/hook"), allow_post=parse_rules(["127.0.0.1"])))
        assert (told.status, inside.connections) == (302, 0)


LITERALS = ("127.0.0.1", "[::1]", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[64:ff9b::7f00:1]")


@pytest.mark.parametrize("host", LITERALS)
def test_s6_literals_are_judged_like_answers(fetch, host):
    with Site({"/": b"x"}) as site:
        ports = parse_ports([str(site.port)])
        got = fetch(f"http://{host}:{site.port}/", allow=NOBODY, ports=ports)
        assert (got.code, site.connections) == (PRIVATE, 0)


SPELLINGS = ("2130706433", "0x7f000001", "0x7f.1", "0177.0.0.1", "127.1", "127.0.1", "0", "1.0x1")


@pytest.mark.parametrize("host", SPELLINGS)
def test_s7_other_spellings_of_ipv4_are_refused(fetch, host):
    with Site({"/": b"x"}) as site:
        ports = parse_ports([str(site.port)])
        got = fetch(f"http://{host}:{site.port}/", ports=ports)
        assert (got.code, site.connections) == ("WTC-NET-005", 0)


# What `ipaddress.is_global` of Python 3.11.7 calls global, and more of the kind.
NOT_PUBLIC = (
    *("64:ff9b::a00:1", "64:ff9b:1::1", "2002:7f00:1::", "::127.0.0.1", "fec0::1", "192.88.99.1"),
    *("2001:0:4136:e378:8000:63bf:3fff:fdd2", "::ffff:10.0.0.1", "224.0.0.1", "ff02::1", "0.0.0.0"),
    *("169.254.169.254", "100.64.0.1", "fe80::1", "fd00::1", "255.255.255.255", "::"),
)


@pytest.mark.parametrize("address", NOT_PUBLIC)
def test_s8_what_is_not_public_or_embeds_it_is_denied(fetch, address):
    held = as_address(address)
    assert held is not None
    assert private(held) is not None
    assert fetch("http://a.example/", resolver=resolving(address), allow=NOBODY).code == PRIVATE


def test_s9_a_proxy_is_trusted_but_what_is_asked_of_it_is_judged(fetch):
    with Proxy() as proxy:  # on loopback, which nothing allows
        access = Access("http://inside.example", proxy=proxy.url)
        inside = resolving("10.0.0.1")
        got = fetch("http://inside.example/", access=access, resolver=inside, allow=NOBODY)
        assert (got.code, proxy.lines) == (PRIVATE, [])


def test_s10_errors_echo_nothing_of_an_answer(fetch):
    secret = "instance-identity-of-the-inside"
    answers = {
        "/status": Reply(secret, status=500, headers={"X-Inside": secret}),
        "/reason": Reply(secret, status=403),
        "/coding": Reply(secret, headers={"Content-Encoding": "gzip"}),
    }
    with Site(answers) as site:
        for path in answers:
            got = fetch(site.url(path))
            assert isinstance(got, FetchFailed)
            assert secret not in f"{got.message} {got.hint} {got.hops}"
