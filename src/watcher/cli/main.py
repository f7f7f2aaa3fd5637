"""The entry point. `--version` answers before click is loaded: click alone takes four times as
long to import as a bare interpreter to start."""

from __future__ import annotations

import sys

from watcher import __version__


def main(args: list[str] | None = None) -> None:
    """Runs the command line and exits."""
    argv = sys.argv[1:] if args is None else args
    if argv == ["--version"]:
        print(f"watcher {__version__}")
        sys.exit(0)
    from watcher.cli.group import status_of

    sys.exit(status_of(argv))
