"""A whole day of polls on a simulated clock: nobody asked too early, nothing lost, nothing twice
(spec `polling` §9, G9)."""

import os
from pathlib import Path

import pytest
from tests.support.day import Day

FEEDS = int(os.environ.get("WATCHER_DAY_FEEDS", "300"))  # `make soak`: 10,000


@pytest.mark.slow
@pytest.mark.timeout(120 + FEEDS // 2)
def test_a_day_of_polls_asks_nobody_early_and_loses_and_repeats_nothing(tmp_path: Path):
    day = Day(FEEDS, tmp_path)
    account = day.run()
    feeds = len(day.world.publishers)
    assert account.early == []
    assert account.lost == []
    assert account.twice == []
    assert account.invented == []
    assert account.new > feeds  # a few a day each: there was something to lose
    assert account.requests > 4 * feeds
    assert account.sent <= 0.25 * account.whole
