"""How far long work is: on standard error, after half a second, and only where somebody looks."""

from __future__ import annotations

import os
import sys
import time
from types import TracebackType
from typing import Self

import click

AFTER = 0.5  # seconds
EVERY = 0.1
WIDTH = 30


class Bar:
    """`with Bar("articles") as tell: tell(3, 10)`; a total of 0 is not known."""

    def __init__(self, what: str) -> None:
        self._what = what
        self._next = time.monotonic() + AFTER  # noqa: TID251 (for the eye alone)
        self._looked_at = sys.stderr.isatty() and os.environ.get("TERM") != "dumb"
        self._shown = False

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if self._shown:
            click.echo("\r\x1b[K", nl=False, err=True)

    def __call__(self, done: int, total: int = 0) -> None:
        if not self._looked_at:
            return
        now = time.monotonic()  # noqa: TID251
        if now < self._next:
            return
        self._next = now + EVERY
        self._shown = True
        click.echo(f"\r{self.line(done, total)}\x1b[K", nl=False, err=True)

    def line(self, done: int, total: int) -> str:
        if not total:
            return f"{done:,} {self._what}"
        full = WIDTH * done // total
        bar = "#" * full + "-" * (WIDTH - full)
        return f"[{bar}] {done:,} of {total:,} {self._what}"
