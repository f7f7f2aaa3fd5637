"""What every bench shares: figures, paired runs, cores, and the one rule on what fell.

A figure is a ratio against a named peer measured in the same run, so that a slow machine slows
both, and the median of its pairs, so that one disturbed run decides nothing. Where a spec states
its bar in seconds, the figure has no peer and only its bar counts.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

PYTHON = sys.executable
WATCHER = str(Path(PYTHON).with_name("watcher"))
FALL = 0.8  # of what was committed: a fifth less fails


@dataclass(frozen=True, slots=True)
class Figure:
    """`ratio` of ours to the peer's, the median of `runs` pairs, which lie between `lowest` and
    `highest` (None where only the median was kept). `unit` says what was compared. `bar` is the
    worst that may come out. `goal`: what the spec wants, where the bar that today's code holds is
    still short of it. `counted`: a ratio that noise does not touch (bytes, requests)."""

    name: str
    peer: str
    unit: str
    ratio: float
    bar: float
    at_least: bool
    runs: int
    lowest: float | None = None
    highest: float | None = None
    goal: float | None = None

    @property
    def met(self) -> bool:
        return self.ratio >= self.bar if self.at_least else self.ratio <= self.bar

    @property
    def is_ratio(self) -> bool:
        return bool(self.peer)

    def fell(self, before: float | None) -> bool:
        """Whether this is a fifth worse than what was committed. Figures without a peer are held
        to their bar only: another machine has other seconds."""
        if before is None or not self.is_ratio or self.ratio <= 0:
            return False
        kept = self.ratio / before if self.at_least else before / self.ratio
        return kept < FALL

    def shape(self) -> dict[str, Any]:
        return {
            "figure": self.name,
            "peer": self.peer,
            "unit": self.unit,
            "ratio": _short(self.ratio),
            "lowest": _short(self.lowest),
            "highest": _short(self.highest),
            "runs": self.runs,
            "bar": self.bar,
            "better": "high" if self.at_least else "low",
            "goal": self.goal,
            "met": self.met,
        }


def figure(
    name: str,
    peer: str,
    unit: str,
    ratios: Iterable[float],
    *,
    bar: float,
    at_least: bool = False,
    goal: float | None = None,
) -> Figure:
    """The figure of some pairs: their median, and between which they lie."""
    held = sorted(ratios)
    middle = statistics.median(held)
    return Figure(name, peer, unit, middle, bar, at_least, len(held), held[0], held[-1], goal)


def joined(one: Figure, other: Figure) -> Figure:
    """Two measurements of one figure, weighed by their pairs."""
    runs = one.runs + other.runs
    ratio = (one.ratio * one.runs + other.ratio * other.runs) / runs
    ends = [end for f in (one, other) for end in (f.lowest, f.highest, f.ratio) if end is not None]
    facts = (one.bar, one.at_least, runs, min(ends), max(ends), one.goal)
    return Figure(one.name, one.peer, one.unit, ratio, *facts)


def fallen(figures: Iterable[Figure], committed: Mapping[str, float]) -> list[Figure]:
    """Those that miss their bar, or are a fifth worse than committed."""
    return [one for one in figures if not one.met or one.fell(committed.get(one.name))]


def ratios(ours: Callable[[], float], theirs: Callable[[], float], runs: int) -> list[float]:
    """`runs` ratios ours/theirs, the two in turn, after one pair that warms up."""
    ours(), theirs()
    return [ours() / theirs() for _ in range(runs)]


def pairs(ours: Callable[[], float], theirs: Callable[[], float], runs: int) -> float:
    """The median of `ratios`."""
    return statistics.median(ratios(ours, theirs, runs))


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


@dataclass(frozen=True, slots=True)
class Cores:
    """Where what is measured runs, and where the server runs that it asks; None where the system
    does not say, or has one core only."""

    client: int | None
    server: int | None

    @property
    def pinned(self) -> bool:
        return self.client is not None


def cores() -> Cores:
    """The first two cores that this process may use."""
    if not hasattr(os, "sched_getaffinity"):
        return Cores(None, None)
    usable = sorted(_USABLE)
    return Cores(usable[0], usable[1]) if len(usable) > 1 else Cores(None, None)


def pin(core: int | None) -> None:
    """Keeps this process, and those it starts from now on, on one core."""
    if core is not None:
        os.sched_setaffinity(0, {core})


_USABLE = os.sched_getaffinity(0) if hasattr(os, "sched_getaffinity") else set()


def _short(number: float | None) -> float | None:
    return None if number is None else float(f"{number:.4g}")
