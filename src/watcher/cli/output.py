"""How things are printed: JSON shapes' frame, plain tables, errors. Data to standard output,
everything else to standard error (spec `interfaces`)."""

from __future__ import annotations

import json
import os
import shlex
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import click

from watcher.cli import escape
from watcher.cli.excerpt import excerpt
from watcher.errors import ConfigErrors, Place, UsageError, WatcherError
from watcher.model.when import Micros, rfc3339

SCHEMA_VERSION = 1

clean = escape.clean
one_line = escape.one_line


def wants_json(argv: Sequence[str]) -> bool:
    return "--json" in argv or "--ndjson" in argv


def dumps(value: object) -> str:
    return escape.json_text(json.dumps(value, ensure_ascii=False))


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
    return one_line(str(value))


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
    console = Console()
    if len(cells) < console.height or not sys.stdin.isatty():
        console.print(table)
        return
    os.environ.setdefault("LESS", "-FRX")  # colours, and no pager for what fits after all
    with console.pager(styles=True):
        console.print(table)


def when(at: Micros | None) -> str | None:
    """A moment for people and programs alike: RFC 3339 UTC, whole seconds."""
    return None if at is None else rfc3339(at - at % 1_000_000)


def counted(number: int, one: str, many: str) -> str:
    return f"{number:,} {one if number == 1 else many}"


def say_more(cursor: str | None) -> None:
    """How the list goes on, to be copied into a shell."""
    if cursor is not None:
        click.echo(f"more: --after {shlex.quote(one_line(cursor))}", err=True)


def say(text: str) -> None:
    """A message beside the data."""
    click.echo(clean(text), err=True)


def not_there(what: str, ident: str, group: str) -> UsageError:
    """Something that was named is not stored; `group` lists what is."""
    return UsageError(
        "WTC-USE-404", f"no {what} {ident!r}", hint=f"`watcher {group} list` shows them all"
    )


def print_error(error: WatcherError, *, as_json: bool) -> None:
    """One error, or every problem of a config: as a line of JSON each, or in words."""
    problems = error.problems if isinstance(error, ConfigErrors) else (error,)
    for number, problem in enumerate(problems):
        if as_json:
            click.echo(dumps(error_shape(problem)), err=True)
            continue
        if number:
            click.echo("", err=True)
        _print_problem("error", problem)


def print_warning(problem: WatcherError, *, as_json: bool) -> None:
    """Something that is not refused, in the form of an error."""
    if as_json:
        shape = error_shape(problem)
        click.echo(dumps({"schema_version": SCHEMA_VERSION, "warning": shape["error"]}), err=True)
    else:
        _print_problem("warning", problem)


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


def _print_problem(sort: str, error: WatcherError) -> None:
    """`error[CODE]: message` / the line with a caret / blank line / `hint: …`."""
    click.echo(f"{sort}[{error.code}]: {_where(error.place)}{clean(error.message)}", err=True)
    for text in excerpt(error.place):
        click.echo(f"  {text}", err=True)
    told = f"{error.message} {error.hint}"
    if error.suggestion and error.suggestion not in told:
        click.echo(f"did you mean: {one_line(error.suggestion)}", err=True)
    if error.hint:
        click.echo(f"\nhint: {clean(error.hint)}", err=True)


def _where(place: Place) -> str:
    if place.file is None:
        return ""
    parts = [
        one_line(place.file),
        *(str(number) for number in (place.line, place.column) if number),
    ]
    return ":".join(parts) + ": "
