import ipaddress

import pytest

from watcher.config.values import (
    LONGEST,
    Unfit,
    address,
    contact,
    duration,
    instant,
    ports,
    private,
    size,
)
from watcher.model.when import DAY, HOUR, MINUTE, SECOND
from watcher.net.policy import parse_rule


@pytest.mark.parametrize(
    ("written", "span"),
    [
        ("0s", 0),
        ("30s", 30 * SECOND),
        ("15m", 15 * MINUTE),
        ("90m", 90 * MINUTE),
        ("1h", HOUR),
        ("7d", 7 * DAY),
        (" 7d ", 7 * DAY),
        ("36500d", LONGEST),
    ],
)
def test_durations(written, span):
    assert duration(written) == span


@pytest.mark.parametrize(
    "written",
    [*"15 m -1m 1.5h 1H 1w 1h30m 36501d".split(), "", "1 h", 15, 0, 1.5, True, None, ["1h"]],
)
def test_what_is_no_duration(written):
    with pytest.raises(Unfit) as caught:
        duration(written)
    assert caught.value.hint


@pytest.mark.parametrize(
    ("written", "count"),
    [
        (1, 1),
        (4096, 4096),
        ("512B", 512),
        ("10MB", 10_000_000),
        ("10 mb", 10_000_000),
        ("2kB", 2_000),
        ("1KiB", 1024),
        ("8MiB", 8 * 1024**2),
        ("1GB", 10**9),
        ("1GiB", 1024**3),
    ],
)
def test_sizes(written, count):
    assert size(written) == count


@pytest.mark.parametrize(
    "written",
    ["", "10", "MB", "-1MB", "1.5MB", "0MB", "10TB", "10IB", "10M", 0, -1, 1.5, True, None],
)
def test_what_is_no_size(written):
    with pytest.raises(Unfit):
        size(written)


@pytest.mark.parametrize(
    ("written", "ranges"),
    [
        ([], ()),
        ([80], ((80, 80),)),
        (["80", 443], ((80, 80), (443, 443))),
        (["8000-8999"], ((8000, 8999),)),
        (["8000 - 8999"], ((8000, 8999),)),
        ([1, 65535], ((1, 1), (65535, 65535))),
        (["1-65535"], ((1, 65535),)),
    ],
)
def test_ports(written, ranges):
    assert ports(written) == ranges


@pytest.mark.parametrize(
    "written",
    [
        *(80, "80", None, {}),
        *([one] for one in (0, 65536, "80-", "-80", "90-80", "80,81", "0-80", "80-99999")),
        *([one] for one in (True, None, 80.5, [80])),
    ],
)
def test_what_are_no_ports(written):
    with pytest.raises(Unfit):
        ports(written)


@pytest.mark.parametrize(
    ("rule", "name", "port", "holds"),
    [
        ("desk.example", "desk.example", 80, True),
        ("DESK.example", "desk.example", 443, True),
        ("desk.example", "www.desk.example", 80, False),
        ("desk.example:8080", "desk.example", 8080, True),
        ("desk.example:8080", "desk.example", 80, False),
        ("bücher.example", "xn--bcher-kva.example", 80, True),
        ("127.0.0.1", "127.0.0.1", 80, True),
        ("127.0.0.0/8", "127.3.2.1", 80, True),
        ("127.0.0.0/8", "128.0.0.1", 80, False),
        ("127.0.0.0/8", "desk.example", 80, False),
        ("127.0.0.1:8001", "127.0.0.1", 8001, True),
        ("127.0.0.1:8001", "127.0.0.1", 8002, False),
        ("::1", "::1", 80, True),
        ("[::1]", "::1", 80, True),
        ("[::1]:8001", "::1", 8001, True),
        ("[::1]:8001", "::1", 80, False),
        ("fd00::/8", "fd12::1", 80, True),
        ("fd00::/8", "10.0.0.1", 80, False),
    ],
)
def test_a_rule_of_the_config_means_what_the_guard_makes_of_it(rule, name, port, holds):
    assert private(rule).names(name, port) is holds
    guards = parse_rule(rule)
    try:
        assert guards.holds(ipaddress.ip_address(name), port) is holds
    except ValueError:
        assert guards.names(name, port) is holds


@pytest.mark.parametrize(
    "rule",
    [
        *("", " ", "bad host"),
        *"10.0.0.0/99 a.example:0 a.example:99999 a.example:http https://a.example".split(),
        *"a.example/x *.a.example me@a.example [::1]:x :80".split(),
    ],
)
def test_what_the_guard_takes_for_no_rule_is_none_in_the_config_either(rule):
    with pytest.raises(Unfit):
        private(rule)
    with pytest.raises(ValueError):  # noqa: PT011 (its kind is all that is promised)
        parse_rule(rule)


@pytest.mark.parametrize(
    "written",
    [
        "desk@example.org",
        "a.b+c@d.example",
        "x@localhost",
        "o'neil@a-b.example",
        " desk@a.example ",
    ],
)
def test_mail_addresses(written):
    assert address(written) == written.strip()


@pytest.mark.parametrize(
    "written",
    [
        *(
            "",
            5,
            None,
            "Desk <desk@a.example>",
            "a b@c.example",
            "a@b.c\nBcc: d@e.f",
            "a@" + "b" * 300,
        ),
        *"desk @a.example desk@ a@b@c.example a@b..example a@-b.example .a@b.example".split(),
        *"a,b@c.example دیدبان@a.example a@bücher.example".split(),
    ],
)
def test_what_is_no_mail_address(written):
    with pytest.raises(Unfit):
        address(written)


def test_a_contact_is_one_line_of_ascii_that_closes_no_bracket():
    for good in ("https://a.example/bot?x=1", "mailto:desk@a.example", "desk at a.example"):
        assert contact(good) == good
    for bad in ("", " ", "a\r\nX: y", "a)b", "é", "a\0", "x" * 300, 5):
        with pytest.raises(Unfit):
            contact(bad)


@pytest.mark.parametrize(
    ("said", "at"),
    [
        ("2026-11-25T14:50:00Z", 1_795_618_200),
        ("2026-11-25T15:50:00+01:00", 1_795_618_200),
        (" 2026-11-25 14:50 ", 1_795_618_200),
    ],
)
def test_moments_are_read(said, at):
    assert instant(said) == at * SECOND


@pytest.mark.parametrize(
    "said", ["", "2026-11-25", "now", "14:50", 1_795_618_200, None, True, "9" * 99]
)
def test_what_is_no_moment_is_refused(said):
    with pytest.raises(Unfit):
        instant(said)
