"""What every bench shares: paired runs, medians, one report, bars.

A figure is a ratio against a named peer measured in the same run, so that a slow machine slows
both. `at_most` bars are met by small ratios, `at_least` bars by large ones.
"""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass


@dataclass(frozen=True, slots=True)
class Figure:
    """`ratio` of ours to the peer's, the median of `runs` pairs. `unit` says what was compared."""

    name: str
    peer: str
    unit: str
    ratio: float
    bar: float
    at_least: bool
    runs: int

    @property
    def met(self) -> bool:
        return self.ratio >= self.bar if self.at_least else self.ratio <= self.bar


def pairs(ours: Callable[[], float], theirs: Callable[[], float], runs: int) -> float:
    """The median of `runs` ratios ours/theirs, the two in turn, after one pair that warms up."""
    ours(), theirs()
    return statistics.median(ours() / theirs() for _ in range(runs))


def cpu(work: Callable[[], object]) -> float:
    """Seconds of this process's CPU time."""
    start = time.process_time()
    work()
    return time.process_time() - start


def wall(command: list[str]) -> float:
    """Seconds that a command takes."""
    start = time.perf_counter()
    subprocess.run(command, check=True, capture_output=True)
    return time.perf_counter() - start


def report(figures: Iterator[Figure], file: str | None) -> int:
    """Prints each figure as it comes; writes all to `file` as JSON. 1 where a bar is missed."""
    print(f"{'figure':<44} {'peer':<34} {'ratio':>8}   {'bar':>8}  runs")
    held = []
    for one in figures:
        held.append(one)
        sign = ">=" if one.at_least else "<="
        mark = "" if one.met else "   MISSED"
        print(
            f"{one.name:<44} {one.peer:<34} {one.ratio:>8.3f} {sign} {one.bar:>7.3f}  {one.runs:>4}"
            f"  {one.unit}{mark}",
            flush=True,
        )
    if file:
        with open(file, "w", encoding="utf-8") as out:
            json.dump([asdict(one) | {"met": one.met} for one in held], out, indent=1)
            out.write("\n")
    return 0 if all(one.met for one in held) else 1


PYTHON = sys.executable
