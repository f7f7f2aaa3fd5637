"""How things are printed: JSON shapes' frame, plain tables, errors. Data to standard output,
everything else to standard error (spec `interfaces`)."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import click

from watcher.errors import ConfigErrors, Place, WatcherError
from watcher.model.when import Micros, rfc3339

SCHEMA_VERSION = 1

# C0 (but tab and newline), C1 and bidi controls: a title must not steer the terminal.
_STEERING = {
    code: f"\\x{code:02x}"
    for code in [*range(0x20), *range(0x7F, 0xA0)]
    if code not in {0x09, 0x0A}
} | {
    code: f"\\u{code:04x}"
    for code in [*range(0x202A, 0x202F), *range(0x2066, 0x206A), 0x200E, 0x200F]
}


def clean(text: str) -> str:
    """`text` with every character that steers a terminal printed as an escape."""
    return text.translate(_STEERING).encode("utf-8", "replace").decode("utf-8")


def wants_json(argv: Sequence[str]) -> bool:
    return "--json" in argv or "--ndjson" in argv


def dumps(value: object) -> str:
    return json.dumps(value, ensure_ascii=False).encode("utf-8", "replace").decode("utf-8")


def print_object(shape: Mapping[str, Any]) -> None:
    click.echo(dumps({"schema_version": SCHEMA_VERSION, **shape}))


def print_list(items: Iterable[Mapping[str, Any]], next_cursor: str | None, *, lines: bool) -> None:
    """A list as `{schema_version, items, count, next}`, or with `lines` one item a line."""
    if lines:
        for item in items:
            print_object(item)
        return
    held = list(items)
    print_object({"items": held, "count": len(held), "next": next_cursor})


def print_table(
    rows: Iterable[Mapping[str, Any]],
    columns: Sequence[str | tuple[str, Callable[[Mapping[str, Any]], object]]],
    *,
    empty: str,
) -> None:
    """`rows` as a table on a terminal, as tab-separated lines with a header in a pipe."""
    heads = [column if isinstance(column, str) else column[0] for column in columns]
    cells = [[_cell(row, column) for column in columns] for row in rows]
    if not cells:
        click.echo(empty, err=True)
        return
    if sys.stdout.isatty() and not os.environ.get("WATCHER_PLAIN"):
        _draw(heads, cells)
        return
    for line in [heads, *cells]:
        click.echo("\t".join(line))


def _cell(
    row: Mapping[str, Any], column: str | tuple[str, Callable[[Mapping[str, Any]], object]]
) -> str:
    value = row.get(column) if isinstance(column, str) else column[1](row)
    if value is None:
        return "-"
    if isinstance(value, list | tuple):
        value = ", ".join(str(part) for part in value)
    return clean(str(value)).replace("\t", " ").replace("\n", " ")


def _draw(heads: Sequence[str], cells: Sequence[Sequence[str]]) -> None:
    from rich.box import SIMPLE_HEAD
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(box=SIMPLE_HEAD, pad_edge=False)
    for head in heads:
        table.add_column(head, overflow="fold")
    for line in cells:
        table.add_row(*(Text(cell) for cell in line))
    Console().print(table)


def when(at: Micros | None) -> str | None:
    """A moment for people and programs alike: RFC 3339 UTC, whole seconds."""
    return None if at is None else rfc3339(at - at % 1_000_000)


def say(text: str) -> None:
    """A message beside the data."""
    click.echo(clean(text), err=True)


def print_error(error: WatcherError, *, as_json: bool) -> None:
    problems = error.problems if isinstance(error, ConfigErrors) else (error,)
    for problem in problems:
        if as_json:
            click.echo(dumps(error_shape(problem)), err=True)
        else:
            _print_problem(problem)


def error_shape(error: WatcherError) -> dict[str, Any]:
    place = error.place
    return {
        "schema_version": SCHEMA_VERSION,
        "error": {
            "code": error.code,
            "message": error.message,
            "hint": error.hint,
            "file": place.file,
            "line": place.line,
            "column": place.column,
            "offset": place.offset,
            "length": place.length,
            "suggestion": error.suggestion,
        },
    }


def _print_problem(error: WatcherError) -> None:
    where = _where(error.place)
    click.echo(f"error[{error.code}]: {where}{clean(error.message)}", err=True)
    if error.suggestion:
        click.echo(f"did you mean: {clean(error.suggestion)}", err=True)
    if error.hint:
        click.echo(f"\nhint: {clean(error.hint)}", err=True)


def _where(place: Place) -> str:
    if place.file is None:
        return ""
    parts = [place.file, *(str(number) for number in (place.line, place.column) if number)]
    return ":".join(parts) + ": "
