"""All benches, or those that are named: `python -m bench [NAME…] [--renew] [--json FILE]`.

Prints every figure beside its bar. Ends with 1 where one misses its bar, or is a fifth worse than
the committed report says; before that it is measured again, with as many pairs once more. With
`--renew` the committed report is written instead of compared with.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Mapping, Sequence
from importlib import import_module
from pathlib import Path

from bench import report
from bench.harness import Figure, fallen, joined

BENCHES = (
    "startup", "parsing", "net", "scale", "cadence", "day", "polls", "extraction", "search",
    "outbox",
    "copies", "stories", "matching",
)  # fmt: skip
AGAIN = 2  # how often a bench with a fallen figure is run once more


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"of {', '.join(BENCHES)}")
    parser.add_argument("--renew", action="store_true", help="write bench/report.json")
    parser.add_argument("--json", metavar="FILE", help="write the figures there, too")
    args = parser.parse_args()
    if unknown := set(args.names) - set(BENCHES):
        parser.error(f"no bench is called {', '.join(sorted(unknown))}: {', '.join(BENCHES)}")
    before = report.committed()
    old = {} if args.renew else {name: held["ratio"] for name, held in before.items()}
    tries = 1 if args.renew else 1 + AGAIN
    print(report.HEAD)
    measured = [one for name in args.names or _there() for one in _measured(name, old, tries)]
    if args.renew:
        report.write(measured, before)
    if args.json:
        shapes = [one.shape() for one in measured]
        Path(args.json).write_text(json.dumps(shapes, indent=1, ensure_ascii=False) + "\n", "utf-8")
    return 1 if fallen(measured, old) else 0


def _there() -> Sequence[str]:
    return [name for name in BENCHES if Path(__file__).with_name(f"{name}.py").exists()]


def _measured(name: str, old: Mapping[str, float], tries: int) -> Sequence[Figure]:
    """The figures of one bench, each printed when it comes; noise is met with more pairs."""
    held: dict[str, Figure] = {}
    for left in reversed(range(tries)):
        for fresh in import_module(f"bench.{name}").figures():
            one = joined(held[fresh.name], fresh) if fresh.name in held else fresh
            held[one.name] = one
            print(report.line(one, old.get(one.name)), flush=True)
        if not left or not fallen(held.values(), old):
            break
        print(f"{name}: once more, with more pairs", flush=True)
    return list(held.values())


if __name__ == "__main__":
    raise SystemExit(main())
