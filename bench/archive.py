"""`import articles` of 10,000 lines against sqlite-utils putting the same rows into a table with
full-text search: articles per CPU second, and peak memory. Ours also finds copies and stories,
matches, and commits each line for itself."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator
from pathlib import Path

from bench.harness import PYTHON, WATCHER, Figure, spent
from bench.texts import Texts

LINES = 10_000
WORDS = 300
RUNS = 3

PEER = """
import json, sys
import sqlite_utils
rows = map(json.loads, open(sys.argv[1], encoding="utf-8"))
table = sqlite_utils.Database(sys.argv[2])["article"]
table.insert(next(rows), pk="id")
table.enable_fts(["title", "body"], create_triggers=True)
table.insert_all(rows, pk="id")
"""


def figures() -> Iterator[Figure]:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        lines = folder / "lines.jsonl"
        with lines.open("w", encoding="utf-8") as out:
            out.writelines(json.dumps(row) + "\n" for row in Texts().lines(LINES, WORDS))
        rates, peaks = [], []
        for n in range(RUNS):
            config = folder / f"{n}.yaml"  # no config of the folder we happen to stand in
            config.write_text(f"database: ours-{n}.db\nfeeds: []\n", encoding="utf-8")
            ours = spent([WATCHER, "import", "articles", str(lines), "-c", str(config)])
            theirs = spent([PYTHON, "-c", PEER, str(lines), str(folder / f"theirs-{n}.db")])
            rates.append(theirs.cpu / ours.cpu)
            peaks.append(ours.peak / theirs.peak)
    peer = "sqlite-utils, insert_all and FTS"
    yield Figure("import of 10,000 lines", peer, "articles per CPU second", rates, 0.04, "high")
    yield Figure("import, peak memory", peer, "resident", peaks, 6.0)
