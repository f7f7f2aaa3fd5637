"""What attempts on a channel say of it: probes, disabling, and who hears of it once."""

import json
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st
from tests.support.records import NOON

from watcher.alerts.circuit import OPENS_AFTER, judged, room
from watcher.alerts.notice import of_alert
from watcher.alerts.render import mail
from watcher.model.alert import ChannelState, Dead, Receipt, Retry
from watcher.model.when import DAY, HOUR, MINUTE

HOOK = ChannelState("hook")
BUSY = Retry("HTTP 503", 503)


def failed(times, state=HOOK, start=NOON, step=MINUTE):
    for n in range(times):
        state = judged(state, BUSY, start + n * step).state
    return state


def test_a_channel_is_ok_until_something_fails_on_it():
    assert HOOK.state == "ok"
    state = failed(1)
    assert (state.state, state.failures, state.last_error) == ("failing", 1, "HTTP 503")
    assert state.failing_since == NOON


def test_five_failures_in_a_row_open_the_circuit_for_one_probe_at_a_time():
    assert room(failed(OPENS_AFTER - 1), NOON + HOUR, 2) == 2
    state = failed(OPENS_AFTER)
    last = NOON + (OPENS_AFTER - 1) * MINUTE
    assert room(state, last + MINUTE - 1, 2) == 0
    assert room(state, last + MINUTE, 2) == 1


def test_probes_grow_rarer_up_to_half_an_hour():
    gaps = [failed(n).open_until - (NOON + (n - 1) * MINUTE) for n in range(5, 12)]
    assert [gap // MINUTE for gap in gaps] == [1, 2, 5, 15, 30, 30, 30]


def test_a_success_closes_it_and_forgets_the_failures():
    made = judged(failed(9), Receipt(200), NOON + HOUR)
    assert made.state == ChannelState("hook", last_ok=NOON + HOUR)
    assert room(made.state, NOON + HOUR, 2) == 2


def test_410_disables_at_once_and_says_so_once():
    made = judged(HOOK, Dead("410: the receiver wants no more", 410, disable=True), NOON)
    assert (made.state.state, made.state.disabled_at) == ("disabled", NOON)
    assert made.alert.kind == "channel_failing"
    assert "410" in made.alert.reason
    again = judged(made.state, Dead("410", 410, disable=True), NOON + 1)
    assert again.alert is None
    assert room(made.state, NOON + 99 * DAY, 2) == 0


def test_a_refusal_of_one_delivery_disables_nothing():
    assert judged(HOOK, Dead("550 no such user", 550), NOON).state.disabled_at is None


def test_five_days_without_a_success_disable_it():
    state = failed(20, step=6 * HOUR)
    assert state.disabled_at is None
    made = judged(state, BUSY, NOON + 5 * DAY)
    assert made.state.disabled_at == NOON + 5 * DAY
    assert "2026-03-10T12:00:00Z" in made.alert.reason


def test_failing_for_an_hour_is_told_under_one_id_however_often_it_fails():
    early = judged(failed(6), BUSY, NOON + 59 * MINUTE)
    assert early.alert is None
    late = judged(early.state, BUSY, NOON + HOUR)
    later = judged(late.state, BUSY, NOON + 2 * HOUR)
    assert late.alert.alert == later.alert.alert
    assert "fails since 2026-03-10T12:00:00Z: HTTP 503" in late.alert.reason


def test_recovery_is_told_only_where_the_failure_was():
    assert judged(failed(7), Receipt(200), NOON + 10 * MINUTE).alert is None
    told = judged(failed(7), Receipt(200), NOON + 2 * HOUR)
    assert told.alert.kind == "channel_recovered"


def test_a_notice_is_a_cloud_event_and_a_mail():
    alert = judged(failed(6), BUSY, NOON + HOUR).alert
    payload = json.loads(of_alert("d_1", alert, "press desk"))
    assert (payload["type"], payload["id"]) == ("channel.failing", "d_1")
    assert payload["source"] == "urn:watcher:press%20desk"
    words = mail(payload)
    assert words.subject.startswith("[watcher] A channel fails: channel hook fails since ")
    assert "HTTP 503" in words.text
    assert "HTTP 503" in words.html
    assert words.headers["List-Id"] == "<notices.press-desk>"


def test_what_a_receiver_says_cannot_break_the_mail():
    alert = judged(failed(6), Retry("x\r\nBcc: a@b\x00<script>"), NOON + HOUR).alert
    words = mail(json.loads(of_alert("d_1", alert, "desk")))
    assert "\n" not in words.subject
    assert "<script>" not in words.html


OUTCOMES = st.sampled_from([Receipt(200), BUSY, Dead("no"), Dead("410", 410, disable=True)])


@given(st.lists(st.tuples(OUTCOMES, st.integers(0, 2 * DAY)), max_size=40))
def test_whatever_happens_a_channel_is_open_failing_or_disabled_for_a_reason(steps):
    state, now = HOOK, NOON
    for result, past in steps:
        now += past
        made = judged(state, result, now)
        if isinstance(result, Receipt):
            assert made.state.state == "ok"
        else:
            assert made.state.failures == state.failures + 1
            assert made.state.last_error
        if made.state.disabled_at is not None:
            assert made.state.why
        assert 0 <= room(made.state, now + HOUR, 2) <= 2
        state = replace(made.state, disabled_at=None) if past % 2 else made.state
