"""`stories list` and `show`, and what every list shares."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, TypeVar

import click

from watcher.cli.output import (
    one_line,
    print_list,
    print_table,
    say_more,
)
from watcher.model.rows import Page

R = TypeVar("R")

BATCH = 200  # rows asked of the store at a time where all are wanted


def every(fetch: Callable[[int, str | None], Page[R]], limit: int, after: str | None) -> Page[R]:
    """`limit` rows, or all of them (0), read in batches."""
    if limit:
        return fetch(limit, after)
    held: list[R] = []
    for page in _batches(fetch, after):
        held.extend(page.items)
    return Page(tuple(held))


def _batches(fetch: Callable[[int, str | None], Page[R]], after: str | None) -> Iterator[Page[R]]:
    while True:
        page = fetch(BATCH, after)
        yield page
        if page.next is None:
            return
        after = page.next


def print_page(
    page: Page[R],
    shape: Callable[[R], dict[str, Any]],
    as_json: bool,
    ndjson: bool,
    columns: list[Any],
    *,
    empty: str,
) -> None:
    """A part of a list as JSON, as lines, or as a table with the cursor beside it."""
    items = [shape(row) for row in page.items]
    if as_json or ndjson:
        print_list(items, page.next, lines=ndjson)
        return
    print_table(items, columns, empty=empty)
    say_more(page.next)


def print_facts(shape: dict[str, Any], names: list[str]) -> None:
    for name in names:
        value = shape[name]
        click.echo(f"{name:<10} {'-' if value is None else one_line(str(value))}")
