"""How long commands take from their start to their end, against a bare interpreter."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

from bench.harness import PYTHON, WATCHER, Figure, pairs, spent

RUNS = 15


def figures() -> Iterator[Figure]:
    from watcher.store.sqlite.store import open_store

    with tempfile.TemporaryDirectory() as name:
        database = str(Path(name) / "w.db")
        open_store(Path(database)).close()
        for title, args, bar, goal in (
            ("--version", ["--version"], 6.0, None),
            ("status", ["status", "--db", database], 20.0, None),
            ("search, one query", ["search", "x", "--db", database], 30.0, 20.0),
        ):
            ratios = pairs(lambda a=args: _wall([WATCHER, *a]), _bare, RUNS)
            yield Figure(title, "a bare interpreter", "wall", ratios, bar, goal=goal)


def _bare() -> float:
    return _wall([PYTHON, "-c", "pass"])


def _wall(command: list[str]) -> float:
    return spent(command).wall
