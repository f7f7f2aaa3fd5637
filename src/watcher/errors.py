"""The exception tree: what every layer raises and every edge prints.

    WatcherError            1
     ├─ UsageError          2   a wrong argument on the command line
     │   └─ QueryError      2   a query that cannot be read (78 in config.yaml)
     ├─ ConfigError        78   one problem of config.yaml
     ├─ ConfigErrors       78   all problems of config.yaml at once
     ├─ BusyError          75   another process holds the database
     ├─ StoreError         69   the database cannot be used
     ├─ NetworkError       69   a fetch that a command needed failed
     └─ InputError          1   a document (feed, page, file) that cannot be read

Failures inside the pipeline are values (`watcher.model.page.FetchFailed`), not
exceptions; these are for the edges.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Place:
    """Where a problem stands: 1-based `line` and `column`; `offset` and `length` in code points
    of `source`, the text that was read where it is not the line itself (a query). `private`: the
    line may hold a secret and is not shown."""

    file: str | None = None
    line: int | None = None
    column: int | None = None
    offset: int | None = None
    length: int | None = None
    source: str | None = field(default=None, compare=False)
    private: bool = field(default=False, compare=False)


class WatcherError(Exception):
    """Base of all. `code` is stable (`WTC-…`), `message` says what happened, `hint` what to do."""

    exit_status = 1

    def __init__(
        self,
        code: str,
        message: str,
        *,
        hint: str | None = None,
        place: Place | None = None,
        suggestion: str | None = None,
    ) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.hint = hint
        self.place = place or Place()
        self.suggestion = suggestion


class UsageError(WatcherError):
    exit_status = 2


class QueryError(UsageError):
    """A query that cannot be read; `place.offset` and `place.length` point into the query."""


class ConfigError(WatcherError):
    exit_status = 78


class ConfigErrors(WatcherError):
    """Every problem found in one reading of config.yaml, in file order."""

    exit_status = 78

    def __init__(self, problems: Sequence[WatcherError]) -> None:
        count = len(problems)
        super().__init__("WTC-CFG-000", f"config has {count} problem{'s' if count != 1 else ''}")
        self.problems = tuple(problems)


class BusyError(WatcherError):
    exit_status = 75


class StoreError(WatcherError):
    exit_status = 69


class NetworkError(WatcherError):
    exit_status = 69


class InputError(WatcherError):
    exit_status = 1
