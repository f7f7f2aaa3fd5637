import ipaddress
import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from watcher.net.guard import Refused, Target, check_addresses, check_url, private
from watcher.net.policy import Reach, parse_ports, parse_rules

DEFAULT = Reach()


def code(url: str, reach: Reach = DEFAULT) -> str | None:
    judged = check_url(url, reach)
    return judged.code if isinstance(judged, Refused) else None


@pytest.mark.parametrize(
    "url",
    [
        "http://example.org",
        "https://example.org/a?b=c",
        "HTTPS://Example.ORG:443/",
        "http://example.org:8000/",
        "http://example.org:8999/",
        "http://bücher.example/",
        "http://93.184.216.34/",
        "http://[2606:2800:220:1:248:1893:25c8:1946]/",
        "http://3com.example/",
        "http://x.1a/",
    ],
)
def test_public_addresses_pass(url):
    assert isinstance(check_url(url, DEFAULT), Target)


@pytest.mark.parametrize(
    "url",
    [
        "file:///etc/passwd",
        "source:file:///etc/passwd",
        "ftp://example.org/",
        "gopher://example.org/",
        "data:text/html,x",
        "javascript:alert(1)",
        "unix:/run/x.sock",
    ],
)
def test_only_http_and_https_are_fetched(url):
    assert code(url) == "WTC-NET-001"


@pytest.mark.parametrize("port", [22, 25, 79, 81, 442, 444, 3306, 6379, 7999, 9000, 65535])
def test_other_ports_are_refused(port):
    assert code(f"http://example.org:{port}/") == "WTC-NET-002"


@pytest.mark.parametrize("user", ["u:p@", "u@", "@", "example.com@", "%40@"])
def test_user_information_is_refused(user):
    assert code(f"https://{user}example.org/") == "WTC-NET-003"


@pytest.mark.parametrize(
    "url",
    [
        "",
        "example.org",
        "//example.org/",
        "http://",
        "http:///path",
        "http://exa mple.org/",
        "http://example.org/a b",
        " http://example.org/",
        "http://example.org/\n",
        "http://example.org/\r\nHost: inside",
        "http://example.org/\x00",
        "http://example.org\\@inside/",
        "http://example.org:0/",
        "http://example.org:99999/",
        "http://example.org:x/",
        "http://[::1/",
        "http://[fe80::1%25eth0]/",
        "http://[fe80::1%eth0]/",
        "http://exam\u2028ple.org/",
        "http://example.org/" + "a" * 9000,
    ],
)
def test_malformed_addresses_are_refused(url):
    assert code(url) == "WTC-NET-004"


@pytest.mark.parametrize(
    "host",
    [
        "2130706433",
        "0x7f.1",
        "0x7f000001",
        "0177.0.0.1",
        "127.1",
        "127.0.1",
        "0127.0.0.1",
        "127.0.0.0x1",
        "127.0.0.256",
        "1.2.3.4.5",
        "example.0",
        "example.0x",
    ],
)
def test_odd_spellings_of_ipv4_are_refused(host):
    assert code(f"http://{host}/") == "WTC-NET-005"


PRIVATE = [
    "0.0.0.0",
    "0.1.2.3",
    "10.0.0.1",
    "100.64.0.1",
    "100.127.255.254",
    "127.0.0.1",
    "127.255.255.254",
    "169.254.169.254",
    "172.16.0.1",
    "172.31.255.254",
    "192.0.0.8",
    "192.0.2.1",
    "192.88.99.1",
    "192.168.1.1",
    "198.18.0.1",
    "198.51.100.1",
    "203.0.113.1",
    "224.0.0.1",
    "239.1.1.1",
    "240.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "::127.0.0.1",
    "::8.8.8.8",
    "::ffff:127.0.0.1",
    "::ffff:10.1.1.1",
    "::ffff:0:127.0.0.1",
    "64:ff9b::127.0.0.1",
    "64:ff9b::a9fe:a9fe",
    "64:ff9b:1::8.8.8.8",
    "100::1",
    "2001::1",
    "2001:0:4136:e378:8000:63bf:3fff:fdd2",
    "2001:db8::1",
    "2001:10::1",
    "2001:20::1",
    "2002:7f00:1::",
    "2002:808:808::",
    "3fff::1",
    "5f00::1",
    "fc00::1",
    "fd12:3456::1",
    "fe80::1",
    "fe80::5efe:8.8.8.8",
    "2606:2800::5efe:10.0.0.1",
    "fec0::1",
    "ff02::1",
]


@pytest.mark.parametrize("address", PRIVATE)
def test_private_addresses_are_refused_as_literal_and_as_answer(address):
    shown = f"[{address}]" if ":" in address else address
    assert code(f"http://{shown}/") == "WTC-NET-006"
    refused = check_addresses("example.org", 80, [address], DEFAULT)
    assert refused is not None
    assert refused.code == "WTC-NET-006"
    assert refused.hint


@pytest.mark.parametrize(
    "address",
    [
        *("8.8.8.8", "1.1.1.1", "172.32.0.1", "100.128.0.1"),
        *("2606:4700::1111", "2a00:1450::1", "::ffff:8.8.8.8", "64:ff9b::8.8.8.8"),
    ],
)
def test_public_addresses_are_dialled(address):
    assert check_addresses("example.org", 80, [address], DEFAULT) is None


@pytest.mark.parametrize("spelling", ["127.0.0.1.", "１２７.0.0.1", "①②⑦.⓪.⓪.①", "127。0。0。1"])
def test_spellings_that_become_an_address_are_judged_as_it(spelling):
    assert code(f"http://{spelling}/") == "WTC-NET-006"


def test_one_private_address_among_public_ones_refuses_the_name():
    assert check_addresses("x.example", 80, ["8.8.8.8", "10.0.0.1"], DEFAULT) is not None
    assert check_addresses("x.example", 80, ["8.8.8.8", "fe80::1%eth0"], DEFAULT) is not None


def test_an_allowed_network_opens_its_addresses_on_any_port():
    reach = Reach(parse_rules(["10.0.0.0/8"]))
    assert code("http://10.1.2.3:5000/", reach) is None
    assert code("http://192.168.0.1/", reach) == "WTC-NET-006"
    assert code("http://inside.example:5000/", reach) is None  # its addresses decide
    assert check_addresses("inside.example", 5000, ["10.1.2.3"], reach) is None
    refused = check_addresses("inside.example", 5000, ["8.8.8.8"], reach)
    assert refused is not None
    assert refused.code == "WTC-NET-002"
    assert check_addresses("inside.example", 80, ["::ffff:10.1.2.3"], reach) is None


def test_an_allowed_name_may_resolve_anywhere_but_no_other_name_may():
    reach = Reach(parse_rules(["intranet"]))
    assert code("http://intranet:5000/", reach) is None
    assert check_addresses("intranet", 5000, ["10.0.0.1"], reach) is None
    assert check_addresses("other", 80, ["10.0.0.1"], reach) is not None
    assert code("http://sub.intranet:5000/", reach) == "WTC-NET-002"


def test_an_allowed_host_and_port_opens_that_port_alone():
    reach = Reach(parse_rules(["127.0.0.1:9911", "box.example:81", "[::1]:9911"]))
    assert code("http://127.0.0.1:9911/", reach) is None
    assert code("http://127.0.0.1:8080/", reach) == "WTC-NET-006"
    assert code("http://[::1]:9911/", reach) is None
    assert code("http://[::1]:80/", reach) == "WTC-NET-006"
    assert code("http://box.example:81/", reach) is None
    assert check_addresses("box.example", 80, ["10.0.0.1"], reach) is not None


def test_an_odd_spelling_stays_refused_where_its_host_is_allowed():
    assert code("http://2130706433/", Reach(parse_rules(["127.0.0.0/8"]))) == "WTC-NET-005"


def test_configured_ports_replace_the_usual_ones():
    reach = Reach(ports=parse_ports([80, "5000-5001"]))
    assert code("http://example.org:5001/", reach) is None
    assert code("https://example.org/", reach) == "WTC-NET-002"


@pytest.mark.parametrize(
    ("url", "request_target", "authority"),
    [
        ("http://example.org", "/", "example.org"),
        ("http://example.org?a=b", "/?a=b", "example.org"),
        ("http://Example.org:80/x#frag", "/x", "example.org"),
        ("https://example.org:8443/x", "/x", "example.org:8443"),
        ("http://example.org/%7Eu/[a]?u=%3A%2F%2F&b={c}|d", None, "example.org"),
        ("http://example.org/ü?q=تیرانا", None, "example.org"),
        ("http://[2606:2800::1]:8080/", "/", "[2606:2800::1]:8080"),
    ],
)
def test_a_target_keeps_the_address_as_written(url, request_target, authority):
    target = check_url(url, DEFAULT)
    assert isinstance(target, Target)
    assert target.authority == authority
    if request_target is not None:
        assert target.request == request_target
    assert target.request.isascii()


def test_signed_queries_are_not_requoted_and_other_scripts_are_sent_in_utf_8():
    signed = check_url("http://example.org/%7Eu/[a]?u=%3A%2F%2F&b={c}|d~", DEFAULT)
    assert isinstance(signed, Target)
    assert signed.request == "/%7Eu/[a]?u=%3A%2F%2F&b={c}|d~"
    other = check_url("http://example.org/ü", DEFAULT)
    assert isinstance(other, Target)
    assert other.request == "/%C3%BC"


def test_a_lane_is_a_host_and_for_a_literal_host_and_port():
    def lane(url: str) -> str:
        target = check_url(url, Reach(parse_rules(["127.0.0.1"])))
        assert isinstance(target, Target)
        return target.lane

    assert lane("http://a.example/") == lane("https://A.example:8000/x")
    assert lane("http://127.0.0.1:8001/") != lane("http://127.0.0.1:8002/")


@given(st.text(max_size=60))
def test_no_text_breaks_the_guard(text):
    for url in (text, f"http://{text}/", f"http://example.org/{text}"):
        judged = check_url(url, DEFAULT)
        if isinstance(judged, Target):
            assert judged.request.isascii()
            assert not set(judged.request) & set(string.whitespace)


@given(st.ip_addresses(v=4))
def test_every_ipv4_that_python_calls_private_is_private_here_and_when_mapped(address):
    if not address.is_global:
        assert private(address)
        assert private(ipaddress.ip_address(f"::ffff:{address}"))
