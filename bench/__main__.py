"""All benches, or those that are named: `python -m bench [NAME…] [--json FILE]`."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from importlib import import_module

from bench.harness import Figure, report

BENCHES = ("startup", "extraction", "polls", "search")


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m bench")
    parser.add_argument("names", nargs="*", choices=[*BENCHES, []], metavar="NAME")
    parser.add_argument("--json", metavar="FILE")
    args = parser.parse_args()
    return report(_figures(args.names or BENCHES), args.json)


def _figures(names: tuple[str, ...]) -> Iterator[Figure]:
    for name in names:
        yield from import_module(f"bench.{name}").figures()


if __name__ == "__main__":
    raise SystemExit(main())
