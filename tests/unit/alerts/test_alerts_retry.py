"""When a delivery is tried again: the tables, what receivers ask for, and the end."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.support.records import NOON

from watcher.alerts.retry import settle
from watcher.model.alert import Dead, Delivery, DeliveryJob, Receipt, Retry
from watcher.model.when import DAY, HOUR, MINUTE, SECOND

# Standard Webhooks 1.0.0; spec `interfaces` for mail.
WEBHOOK = [5, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400]
EMAIL = [300, 1_800, 7_200, 21_600, 43_200, 86_400]
KINDS = st.sampled_from([("webhook", len(WEBHOOK)), ("email", len(EMAIL))])
SPREAD = st.floats(-1, 1)


def job(attempts=0):
    delivery = Delivery("d_1", "al_1", "raids", "s_1", "hook", "{}", NOON)
    return DeliveryJob(delivery, "token", attempts, NOON)


def wait(kind, attempts=0, spread=0.0, **asked):
    """Seconds until the next try after the failure number `attempts` + 1."""
    ended = settle(kind, job(attempts), Retry("busy", 503, **asked), NOON, spread)
    assert ended.state == "due"
    return (ended.next_at - NOON) / SECOND


def test_a_webhook_is_tried_ten_times_after_the_waits_of_standard_webhooks():
    assert [wait("webhook", tries) for tries in range(9)] == WEBHOOK
    assert settle("webhook", job(9), Retry("busy"), NOON, 0.0).state == "dead"


def test_a_mail_is_tried_seven_times():
    assert [wait("email", tries) for tries in range(6)] == EMAIL
    assert settle("email", job(6), Retry("busy"), NOON, 0.0).state == "dead"


def test_a_delivery_that_has_ended_has_no_next_time():
    for result in (Receipt(200), Dead("no"), Retry("busy")):
        assert settle("webhook", job(9), result, NOON, 0.0).next_at is None


@pytest.mark.parametrize("kind", ["webhook", "email"])
def test_a_receipt_is_done_at_any_attempt(kind):
    for attempts in (0, 5, 9, 50):
        assert settle(kind, job(attempts), Receipt(204), NOON, 1.0).state == "done"


@pytest.mark.parametrize("kind", ["webhook", "email"])
@pytest.mark.parametrize("result", [Dead("410: gone", 410, disable=True), Dead("550 no such user")])
def test_what_is_refused_for_good_is_dead_at_once(kind, result):
    ended = settle(kind, job(), result, NOON, 0.0)
    assert (ended.state, ended.attempt.status, ended.attempt.error) == (
        "dead",
        result.status,
        result.reason,
    )


@pytest.mark.parametrize("spread", [-1.0, -0.5, 0.5, 1.0])
def test_a_webhooks_wait_moves_by_a_fifth_at_most(spread):
    assert [wait("webhook", tries, spread) for tries in range(9)] == pytest.approx(
        [base * (1 + 0.2 * spread) for base in WEBHOOK]
    )


@pytest.mark.parametrize("spread", [-1.0, 1.0])
def test_a_mails_wait_does_not_move(spread):
    assert [wait("email", tries, spread) for tries in range(6)] == EMAIL


@pytest.mark.parametrize(
    ("asked", "wanted"),
    [
        (None, 5),
        (0, 5),
        (-HOUR, 5),
        (SECOND, 5),
        (2 * MINUTE, 120),
        (7 * DAY, 7 * 86_400),
        (400 * DAY, 7 * 86_400),
    ],
)
def test_a_receiver_may_ask_for_more_patience_up_to_a_week(asked, wanted):
    assert wait("webhook", after=asked) == wanted
    assert wait("email", after=asked) == max(wanted, 300)


def test_what_a_receiver_asks_for_is_never_cut_short_by_chance():
    assert wait("webhook", spread=-1.0, after=HOUR) == 3_600


def test_a_receiver_that_asks_for_patience_gets_no_more_tries():
    assert settle("webhook", job(9), Retry("busy", 429, HOUR), NOON, 0.0).state == "dead"


def test_an_attempt_is_kept_with_its_moment_status_error_and_length():
    attempt = settle("webhook", job(), Retry("HTTP 503: later", 503), NOON, 0.0, ms=42).attempt
    assert (attempt.at, attempt.status, attempt.error, attempt.ms) == (
        NOON,
        503,
        "HTTP 503: later",
        42,
    )
    attempt = settle("email", job(), Receipt(250, "queued"), NOON, 0.0).attempt
    assert (attempt.status, attempt.error) == (250, None)


@given(KINDS, SPREAD, st.lists(st.none() | st.integers(-DAY, 30 * DAY), max_size=12))
def test_every_delivery_that_is_always_refused_ends_after_its_table(kind, spread, asked):
    name, tries = kind
    now = NOON
    for attempts in range(tries + 1):
        after = asked[attempts] if attempts < len(asked) else None
        ended = settle(name, job(attempts), Retry("busy", 503, after), now, spread)
        if attempts == tries:
            assert ended.state == "dead"
            break
        assert ended.state == "due"
        assert now + 4 * SECOND <= ended.next_at <= now + 7 * DAY
        now = ended.next_at


@given(KINDS, SPREAD)
def test_waits_grow(kind, spread):
    name, tries = kind
    waits = [wait(name, attempts, spread) for attempts in range(tries)]
    assert waits == sorted(waits)
    assert sum(waits) > 40 * 3_600
