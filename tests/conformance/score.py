"""Scores feed readers by the contract, and writes the table of docs/conformance.md.

python -m tests.conformance.score                 # watcher and the peers that are here
python -m tests.conformance.score newsboat 1-16   # one reader, some checks, nothing written
"""

from __future__ import annotations

import json
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.conformance.checks.all import CHECKS
from tests.conformance.drivers import peers
from tests.conformance.drivers.base import Driver, NotApplicable
from tests.conformance.drivers.watcher import Watcher
from tests.conformance.trial import Numbered, Trial

DOCS = Path(__file__).parents[2] / "docs"
BEGIN, END = "<!-- table -->", "<!-- end of table -->"
LIMIT = 300.0  # seconds of one check of one reader
SIGNS = {"held": "yes", "broken": "no", "na": "–"}


def scored(make: Callable[[], Driver], one: Numbered) -> tuple[str, str]:
    """`held`, `broken` or `na`, and why."""
    outcome: list[tuple[str, str]] = []

    def run() -> None:
        try:
            with tempfile.TemporaryDirectory() as folder, Trial(make, Path(folder)) as trial:
                one.run(trial)
            outcome.append(("held", ""))
        except NotApplicable as reason:
            outcome.append(("na", str(reason)))
        except AssertionError as reason:
            outcome.append(("broken", str(reason)))
        except Exception as error:
            outcome.append(("broken", f"{type(error).__name__}: {error}"))

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    thread.join(LIMIT)
    return outcome[0] if outcome else ("broken", f"no end within {LIMIT:.0f} s")


def score(make: Callable[[], Driver], numbers: list[int]) -> dict[int, tuple[str, str]]:
    found = {}
    for number in numbers:
        begun = time.monotonic()
        found[number] = scored(make, CHECKS[number])
        state, why = found[number]
        took = time.monotonic() - begun
        print(
            f"{make().name} {number} {state} {took:.1f} s {' '.join(why.split())[:150]}", flush=True
        )
    return found


def table(results: dict[str, dict[int, tuple[str, str]]]) -> str:
    names = list(results)
    lines = [f"| check | {' | '.join(names)} |", f"|---|{'---|' * len(names)}"]
    for number, one in sorted(CHECKS.items()):
        cells = [SIGNS[results[name].get(number, ("na", ""))[0]] for name in names]
        lines.append(f"| {number}. {one.title} | {' | '.join(cells)} |")
    sums = []
    for name in names:
        states = [state for state, _ in results[name].values()]
        sums.append(f"**{states.count('held')}** of {len(states) - states.count('na')}")
    lines.append(f"| **held, of those that can be asked** | {' | '.join(sums)} |")
    return "\n".join(lines)


def publish(results: dict[str, dict[int, tuple[str, str]]]) -> None:
    path = DOCS / "conformance.md"
    before, _, rest = path.read_text("utf-8").partition(BEGIN)
    after = rest.partition(END)[2]
    path.write_text(f"{before}{BEGIN}\n{table(results)}\n{END}{after}", "utf-8")


def main(args: list[str]) -> None:
    makes: dict[str, Any] = {make().name: make for make in (Watcher, *peers.present())}
    if args:
        numbers = sorted(CHECKS)
        if len(args) > 1:
            first, _, last = args[1].partition("-")
            numbers = [n for n in numbers if int(first) <= n <= int(last or first)]
        found = score(makes[args[0]], numbers)
        if len(args) > 2:
            make = makes[args[0]]()
            held = {"name": f"{make.name} {make.version}", "checks": found}
            Path(args[2]).write_text(json.dumps(held), "utf-8")
        return
    publish({f"{m().name} {m().version}": score(m, sorted(CHECKS)) for m in makes.values()})


if __name__ == "__main__":
    main(sys.argv[1:])
