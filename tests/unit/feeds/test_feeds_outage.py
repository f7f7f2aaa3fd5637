"""Whose fault it is that nobody answers."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.unit.feeds.makers import NOW, answer, failed, unchanged

from watcher.feeds.outage import RECENT, Signs, after, blames_us
from watcher.model.when import HOUR, MINUTE, SECOND

NO_NAMES = failed(kind="dns", code="WTC-NET-021")
NO_WAY = failed(kind="connect", code="WTC-NET-023")
NO_HOST = failed(kind="dns", code="WTC-NET-020")
SILENT = failed(kind="timeout", code="WTC-NET-035")
REFUSED = failed(kind="connect", code="WTC-NET-022")


def of(host, result):
    return replace(result, url=f"https://{host}.example/feed")


def seen(*results, signs=None, step=SECOND):
    signs, now = signs or Signs(), NOW
    for result in results:
        signs = after(signs, result, now)
        now += step
    return signs


@pytest.mark.parametrize("result", [NO_NAMES, NO_WAY])
def test_silent_name_servers_and_a_missing_way_out_are_ours_at_once(result):
    signs = seen(result)
    assert signs.down == NOW
    assert blames_us(signs, result)


@pytest.mark.parametrize("result", [NO_HOST, SILENT])
def test_one_or_two_silent_hosts_are_theirs_three_are_ours(result):
    two = seen(of("a", result), of("b", result), of("a", result))
    assert two.down is None
    assert not blames_us(two, result)
    assert after(two, of("c", result), NOW + MINUTE).down == NOW + MINUTE


def test_hosts_that_refuse_are_there():
    signs = seen(*(of(name, REFUSED) for name in "abcdef"))
    assert (signs.down, dict(signs.silent)) == (None, {})


@pytest.mark.parametrize(
    "result", [answer(), unchanged(), failed(500), failed(kind="tls"), failed(kind="protocol")]
)
def test_any_answer_of_anybody_says_that_the_network_is_up(result):
    down = seen(NO_NAMES)
    up = after(down, result, NOW + MINUTE)
    assert up == Signs(answered=NOW + MINUTE)
    # And for a while one silent name server is the name's own.
    assert after(up, NO_NAMES, NOW + MINUTE + RECENT).down is None
    assert after(up, NO_NAMES, NOW + 2 * MINUTE + RECENT).down is not None


@pytest.mark.parametrize("kind", ["paused", "refused", "robots"])
def test_what_was_never_sent_says_nothing(kind):
    down = seen(NO_NAMES)
    assert after(down, failed(kind=kind), NOW + MINUTE) == down
    assert not blames_us(down, failed(kind=kind))


def test_silences_hours_apart_are_no_outage():
    assert seen(*(of(name, SILENT) for name in "abcdef"), step=HOUR).down is None


@given(st.lists(st.tuples(st.sampled_from("abcd"), st.sampled_from([SILENT, NO_HOST, REFUSED]))))
def test_without_three_silent_hosts_nothing_is_down(results):
    signs = seen(*(of(*each) for each in results))
    silent = {host for host, result in results if result is not REFUSED}
    if len(silent) < 3:
        assert signs.down is None
