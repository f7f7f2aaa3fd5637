"""`stories list` and `show`, and what every list shares."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, TypeVar

import click

from watcher.cli import shapes
from watcher.cli.options import Where, json_options, page_options, where_options
from watcher.cli.output import (
    not_there,
    one_line,
    print_list,
    print_object,
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


@click.group()
def stories() -> None:
    """The stories, with their articles and copies."""


@stories.command("list")
@where_options
@json_options
@page_options(50)
def stories_list(where: Where, as_json: bool, ndjson: bool, limit: int, after: str | None) -> None:
    """List the stories, newest first."""
    reader = where.reader()
    page = every(lambda n, cursor: reader.stories(limit=n, after=cursor), limit, after)
    print_page(
        page,
        shapes.story,
        as_json,
        ndjson,
        [
            "story",
            "first_seen",
            ("articles", lambda row: len(row["articles"])),
            ("copies", lambda row: sum(one["role"] == "copy" for one in row["articles"])),
            ("outlets", lambda row: ", ".join({one["outlet"]: None for one in row["articles"]})),
            "title",
        ],
        empty="no stories yet",
    )


@stories.command("show")
@click.argument("ident", metavar="STORY")
@where_options
@json_options
def stories_show(where: Where, ident: str, as_json: bool, ndjson: bool) -> None:
    """Show one story: who wrote it, who copied it, and what says so."""
    row = where.reader().story(ident)
    if row is None:
        raise not_there("story", ident, "stories")
    shape = shapes.story(row)
    if as_json or ndjson:
        print_object(shape)
        return
    print_facts(shape, ["story", "title", "first_seen"])
    click.echo()
    print_table(
        shape["articles"],
        ["article", "role", "kind", "outlet", "title", "why"],
        empty="its articles have moved to other stories",
    )


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
