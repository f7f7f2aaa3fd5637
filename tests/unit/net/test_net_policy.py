import pytest

from watcher.model.when import SECOND
from watcher.net.policy import NetPolicy, parse_ports, parse_rule, parse_rules, user_agent


@pytest.mark.parametrize(
    ("line", "host", "network", "port"),
    [
        ("intranet", "intranet", None, None),
        ("Box.Example:81", "box.example", None, 81),
        ("10.0.0.0/8", None, "10.0.0.0/8", None),
        ("10.1.2.3/8", None, "10.0.0.0/8", None),
        ("127.0.0.1", None, "127.0.0.1/32", None),
        ("127.0.0.1:9911", None, "127.0.0.1/32", 9911),
        ("::1", None, "::1/128", None),
        ("[::1]", None, "::1/128", None),
        ("[::1]:8080", None, "::1/128", 8080),
        ("fd00::/8", None, "fd00::/8", None),
        ("bücher.example", "xn--bcher-kva.example", None, None),
    ],
)
def test_a_rule_is_a_host_a_network_or_either_with_a_port(line, host, network, port):
    rule = parse_rule(line)
    assert (rule.host, rule.network and str(rule.network), rule.port) == (host, network, port)


@pytest.mark.parametrize(
    "line", ["", "http://x/", "a b", "host:0", "host:70000", "host:x", "a/b", "user@host"]
)
def test_a_line_that_is_no_rule_is_refused(line):
    with pytest.raises(ValueError, match="is no"):
        parse_rule(line)


def test_ports_are_numbers_and_ranges():
    assert parse_ports([80, "443", "8000-8999"]) == ((80, 80), (443, 443), (8000, 8999))
    for bad in ("x", "9-8", "0", "1-70000", "-5"):
        with pytest.raises(ValueError, match=r"port|backwards"):
            parse_ports([bad])


def test_only_allowed_hosts_are_asked_faster_than_once_a_second():
    policy = NetPolicy("w", allow=parse_rules(["127.0.0.0/8", "box"]), gap=0)
    assert policy.gap_for("127.0.0.1", 9911) == 0
    assert policy.gap_for("box", 80) == 0
    assert policy.gap_for("example.org", 80) == SECOND
    assert NetPolicy("w", gap=3 * SECOND).gap_for("example.org", 80) == 3 * SECOND


def test_the_user_agent_names_us_and_whom_to_write_to():
    assert user_agent("1.2", "https://x.example") == "watcher/1.2 (+https://x.example)"
    assert user_agent("1.2", None) == "watcher/1.2"
