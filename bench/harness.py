"""What every bench shares: paired runs, medians, one report, bars.

A figure is a ratio against a named peer measured in the same run, so that a slow machine slows
both, and the median of several pairs, so that one disturbed run decides nothing.
"""

from __future__ import annotations

import json
import os
import platform
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any, Literal

PYTHON = sys.executable
WATCHER = str(Path(PYTHON).with_name("watcher"))
PEERS = ("feedparser", "httpx", "reader", "sqlite-utils", "trafilatura")


@dataclass(frozen=True, slots=True)
class Figure:
    """`ratios` of ours to the peer's, one a pair of runs; `unit` is what was compared. `bar` is
    the worst that may come out, `better` the direction away from it. `goal`: what the specs want
    where the bar, which today's code holds, is still short of it."""

    name: str
    peer: str
    unit: str
    ratios: Sequence[float]
    bar: float
    better: Literal["low", "high"] = "low"
    goal: float | None = None

    @property
    def ratio(self) -> float:
        return statistics.median(self.ratios)

    @property
    def met(self) -> bool:
        return self.ratio <= self.bar if self.better == "low" else self.ratio >= self.bar

    def shape(self) -> dict[str, Any]:
        return {
            "figure": self.name,
            "peer": self.peer,
            "unit": self.unit,
            "ratio": round(self.ratio, 4),
            "lowest": round(min(self.ratios), 4),
            "highest": round(max(self.ratios), 4),
            "runs": len(self.ratios),
            "better": self.better,
            "bar": self.bar,
            "met": self.met,
            "goal": self.goal,
        }


@dataclass(frozen=True, slots=True)
class Spent:
    """A process with those it started and waited for: seconds of CPU and wall, and the largest of
    their resident sizes in kB."""

    cpu: float
    wall: float
    peak: int


def pairs(ours: Callable[[], float], theirs: Callable[[], float], runs: int) -> list[float]:
    """`runs` ratios ours/theirs, the two in turn, after one pair that warms up."""
    ours(), theirs()
    return [ours() / theirs() for _ in range(runs)]


def cpu(work: Callable[[], object]) -> float:
    """Seconds of this process's CPU time."""
    start = time.process_time()
    work()
    return time.process_time() - start


def wall(work: Callable[[], object]) -> float:
    """Seconds on the clock."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def spent(command: list[str]) -> Spent:
    """What a command takes. Raises RuntimeError with its last words where it fails."""
    with tempfile.TemporaryFile() as said:
        start = time.perf_counter()
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=said)
        _, status, usage = os.wait4(process.pid, 0)
        taken = time.perf_counter() - start
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode:
            said.seek(0)
            raise RuntimeError(f"{command[:4]} failed: {said.read()[-2000:].decode()}")
    return Spent(usage.ru_utime + usage.ru_stime, taken, usage.ru_maxrss)


def report(figures: Iterator[Figure], file: str | None) -> int:
    """Prints each figure as it comes; writes all to `file` as JSON. 1 where a bar is missed."""
    print(f"{'figure':<36} {'peer':<32} {'ratio':>8}  {'lowest–highest':>17} {'bar':>8}  runs")
    held = []
    for one in figures:
        held.append(one)
        sign = "<=" if one.better == "low" else ">="
        spread = f"{min(one.ratios):.3g}–{max(one.ratios):.3g}"
        notes = [f"{one.unit}, {one.better} is better"]
        if one.goal is not None:
            notes.append(f"wanted {sign} {one.goal:g}")
        if not one.met:
            notes.append("MISSED")
        print(
            f"{one.name:<36} {one.peer:<32} {one.ratio:>8.3g}  {spread:>17} {sign} {one.bar:>5g}"
            f"  {len(one.ratios):>4}  {'; '.join(notes)}",
            flush=True,
        )
    if file:
        shape = {"machine": machine(), "figures": [one.shape() for one in held]}
        Path(file).write_text(json.dumps(shape, indent=1, ensure_ascii=False) + "\n", "utf-8")
    return 0 if all(one.met for one in held) else 1


def machine() -> dict[str, Any]:
    """What the figures were measured on, and the versions of those measured against."""
    return {
        "cores": len(os.sched_getaffinity(0)),
        "system": platform.system(),
        "python": platform.python_version(),
        "sqlite": sqlite3.sqlite_version,
        "peers": {name: _version(name) for name in PEERS},
    }


def _version(name: str) -> str | None:
    try:
        return version(name)
    except PackageNotFoundError:
        return None
