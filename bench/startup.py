"""How long commands take to start, as a ratio to a bare interpreter in the same run.

Runs the two in turn and takes the median of each pair's ratio, so that a machine that slows down
halfway does not favour one. Prints each ratio beside its bar; exits with 1 over a bar.

    python bench/startup.py
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

RUNS = 15
WATCHER = [str(Path(sys.executable).with_name("watcher"))]
BARE = [sys.executable, "-c", "pass"]


def seconds(command: list[str]) -> float:
    start = time.perf_counter()
    subprocess.run(command, check=True, capture_output=True)
    return time.perf_counter() - start


def ratio(command: list[str]) -> float:
    seconds(command)  # warm the disk cache and the byte code
    seconds(BARE)
    return statistics.median(seconds(command) / seconds(BARE) for _ in range(RUNS))


def main() -> int:
    from watcher.store.sqlite.store import open_store

    with tempfile.TemporaryDirectory() as folder:
        database = str(Path(folder) / "w.db")
        open_store(Path(database)).close()
        bars = [
            ("watcher --version", [*WATCHER, "--version"], 6.0),
            ("watcher status", [*WATCHER, "status", "--db", database], 20.0),
        ]
        print(f"{'command':<20} {'x bare python':>14} {'bar':>6}   (median of {RUNS} pairs)")
        over = 0
        for name, command, bar in bars:
            figure = ratio(command)
            over += figure > bar
            print(f"{name:<20} {figure:>14.1f} {bar:>6.1f}")
    return 1 if over else 0


if __name__ == "__main__":
    raise SystemExit(main())
