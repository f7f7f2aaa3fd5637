"""Burst and silence on simulated rates: what is planted is found, and little else."""

from __future__ import annotations

import math
import random

import pytest

from watcher.alerts.rhythm import LEAST, WEEK, WINDOW, burst, silence
from watcher.model.when import DAY, HOUR, Micros

START: Micros = 1_770_000_000_000_000 // HOUR * HOUR


def rate(hour: int, mean: float) -> float:
    """Busy by day, quiet at night and on two days of the week."""
    day = 1 + 0.9 * math.sin((hour % 24 - 9) / 24 * 2 * math.pi)
    return mean * day * (0.4 if hour // 24 % 7 > 4 else 1.0)


def drawn(dice: random.Random, mean: float) -> int:
    """Poisson, by Knuth's way."""
    limit, number, product = math.exp(-mean), 0, dice.random()
    while product > limit:
        number += 1
        product *= dice.random()
    return number


def counted(dice: random.Random, mean: float, hours: int, scatter: float = 0.0) -> list[int]:
    made = []
    for hour in range(hours):
        level = rate(hour, mean) * (dice.gammavariate(1 / scatter, scatter) if scatter else 1.0)
        made.append(drawn(dice, level))
    return made


@pytest.mark.parametrize("scatter", [0.0, 0.5])
@pytest.mark.parametrize("mean", [0.2, 1.0, 4.0])
def test_false_bursts_are_at_most_one_a_topic_a_month(mean: float, scatter: float) -> None:
    months, alarms = 3, 0
    for seed in range(months):
        counts = counted(random.Random(seed), mean, 2 * WINDOW, scatter)
        on = False
        for hour in range(WINDOW, 2 * WINDOW):
            said = burst(counts[: hour + 1], hour % WEEK)
            alarms += said.on and not on
            on = said.on or (on and not said.over)
    assert alarms <= months


@pytest.mark.parametrize("mean", [0.2, 1.0, 4.0])
def test_a_burst_is_found_in_its_hour_and_is_over_when_it_is_usual_again(mean: float) -> None:
    counts = counted(random.Random(7), mean, WINDOW + 40)
    at = WINDOW + 14
    planted = max(LEAST + 3, round(8 * rate(at, mean)))
    counts[at] = planted
    said = burst(counts[: at + 1], at % WEEK)
    assert said.on
    assert said.reason.startswith(f"{planted} matches within the hour")
    later = [burst(counts[: hour + 1], hour % WEEK) for hour in range(at + 1, at + 26)]
    assert any(one.over for one in later)


def test_nothing_is_a_burst_before_two_weeks_are_known() -> None:
    assert not burst([0] * 100 + [50], 101 % WEEK).on


def test_four_matches_are_no_burst_however_rare() -> None:
    quiet = [0] * WINDOW
    assert not burst([*quiet, LEAST - 1], 0).on
    assert burst([*quiet, LEAST], 0).on


def published(dice: random.Random, mean: float, hours: int) -> list[Micros]:
    return sorted(
        START + hour * HOUR + dice.randrange(HOUR)
        for hour in range(hours)
        for _ in range(drawn(dice, rate(hour, mean)))
    )


@pytest.mark.parametrize("mean", [0.04, 0.3, 3.0])
def test_false_silences_are_at_most_one_an_outlet_a_month(mean: float) -> None:
    months, alarms = 3, 0
    for seed in range(months):
        moments = published(random.Random(seed), mean, 2 * WINDOW)
        on = False
        for hour in range(WINDOW, 2 * WINDOW, 4):
            now = START + hour * HOUR
            known = [one for one in moments if now - WINDOW * HOUR <= one <= now]
            if not known:
                continue
            said = silence(known, now)
            alarms += said.on and not on
            on = said.on
    assert alarms <= months


@pytest.mark.parametrize(("mean", "days"), [(0.3, 3), (3.0, 1.5)])
def test_an_outlet_that_stops_is_noticed(mean: float, days: float) -> None:
    moments = published(random.Random(3), mean, WINDOW)
    now = moments[-1] + int(days * DAY)
    said = silence(moments, now)
    assert said.on
    assert said.reason.startswith("nothing since ")
    assert silence([*moments, now], now + HOUR).over


def test_a_night_is_no_silence_for_who_publishes_by_day() -> None:
    moments = [START + day * DAY + hour * HOUR for day in range(28) for hour in range(8, 20)]
    assert not silence(moments, moments[-1] + 12 * HOUR).on
    assert silence(moments, moments[-1] + 24 * HOUR).on


def test_few_gaps_say_nothing() -> None:
    assert not silence([START + n * HOUR for n in range(10)], START + 100 * DAY).on
