"""All benches, or those that are named: `python -m bench [NAME…] [--json FILE]`."""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence
from importlib import import_module

from bench.harness import Figure, report

BENCHES = ("startup", "daemon", "extraction", "polls", "archive", "search")


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"of {', '.join(BENCHES)}")
    parser.add_argument("--json", metavar="FILE", help="write the figures there, too")
    args = parser.parse_args()
    if unknown := set(args.names) - set(BENCHES):
        parser.error(f"no bench is called {', '.join(sorted(unknown))}: {', '.join(BENCHES)}")
    return report(_figures(args.names or BENCHES), args.json)


def _figures(names: Sequence[str]) -> Iterator[Figure]:
    for name in names:
        yield from import_module(f"bench.{name}").figures()


if __name__ == "__main__":
    raise SystemExit(main())
