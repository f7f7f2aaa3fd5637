"""The daemon's log: one event a stage and thing, for people on a terminal, as JSON otherwise."""

from __future__ import annotations

import sys
from typing import Any, TextIO

import structlog


class LogJournal:
    """`ports.Journal` over structlog. Values are data; nothing here is ever a secret, because
    the stages are never handed one."""

    def __init__(self, stream: TextIO | None = None, *, verbose: bool = False) -> None:
        stream = stream or sys.stderr
        self._verbose = verbose
        renderer: Any = (
            structlog.dev.ConsoleRenderer(colors=stream.isatty())
            if stream.isatty()
            else structlog.processors.JSONRenderer(ensure_ascii=False)
        )
        self._log = structlog.wrap_logger(
            structlog.PrintLogger(stream),
            processors=[
                structlog.processors.add_log_level,
                structlog.processors.TimeStamper(fmt="iso", utc=True),
                renderer,
            ],
            wrapper_class=structlog.BoundLogger,
        )

    def note(self, event: str, **facts: object) -> None:
        shown = {name: _plain(value) for name, value in facts.items() if value is not None}
        if facts.get("again") and not self._verbose:
            return  # a feed that goes on failing was told of when it began
        if "error" in shown or event in {"broken", "dead", "page_missing"}:
            self._log.warning(event, **shown)
        elif self._verbose or not _idle(event, facts):
            self._log.info(event, **shown)


def _idle(event: str, facts: dict[str, object]) -> bool:
    """A poll that brought nothing: one line a feed and hour would drown the rest."""
    brought = facts.get("new") or facts.get("changed") or facts.get("notes")
    return event == "poll" and not brought


def _plain(value: object) -> object:
    """Data alone is logged, by its type: a thing of another kind (a secret, a connection, an
    error with what it holds) is named and not shown."""
    if isinstance(value, str):
        # A title with line breaks or escapes must not forge a log line.
        return value.encode("unicode_escape").decode("ascii") if _steers(value) else value
    if isinstance(value, bool | int | float) or value is None:
        return value
    if isinstance(value, list | tuple):
        return [_plain(one) for one in value]
    if isinstance(value, dict):
        return {str(name): _plain(one) for name, one in value.items()}
    return f"<{type(value).__name__}>"


def _steers(value: str) -> bool:
    return any(ord(character) < 0x20 or 0x7F <= ord(character) < 0xA0 for character in value)
