"""Bytes of a simulated day of polls (the one that `tests/faults` holds to its account), against the
same polls without conditions. Counted, not timed: one run says it."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

from bench.harness import Figure, figure

FEEDS = 300


def figures() -> Iterator[Figure]:
    from tests.support.day import Day

    with tempfile.TemporaryDirectory() as name:
        account = Day(FEEDS, Path(name)).run()
    ratio = account.sent / account.whole
    yield figure("bytes of a day, 300 feeds", "unconditional polls", "bytes", [ratio], bar=0.25)
