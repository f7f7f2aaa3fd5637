"""What is right and wrong with a running watcher, as `doctor` and monitors see it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from watcher.model.when import Micros

Level = Literal["ok", "note", "warning", "error"]


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at. `check` is a stable name; `fix` says what to do about what is
    not `ok`."""

    check: str
    level: Level
    message: str
    fix: str | None = None


@dataclass(frozen=True, slots=True)
class Integrity:
    """What a look through the file found. `structure` and `index` are SQLite's own words, none
    where all is well; `index_checked` False: another process held the database, so that only the
    number of rows was compared."""

    structure: tuple[str, ...]
    orphans: int  # rows that refer to rows that are not there
    index: tuple[str, ...]
    index_checked: bool

    @property
    def sound(self) -> bool:
        return not (self.structure or self.orphans or self.index)


@dataclass(frozen=True, slots=True)
class DatabaseFacts:
    """What `doctor` reads of the database without writing to it. Times in microseconds UTC."""

    sqlite: str  # the library's version
    version: int  # of the schema
    last: Micros | None  # the latest moment anything was stored
    stuck: dict[str, int]  # leases that lapsed long ago, by table
    overdue: int  # deliveries due for longer than they should wait
    oldest: Micros | None  # since when the oldest of them is due
    dead: int  # deliveries that were given up
    largest: int  # bytes of the write-ahead log, or of what one transaction may come to
    integrity: Integrity
