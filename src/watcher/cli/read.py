"""`parse` and `extract`: one feed or one page read, nothing stored."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import click

from watcher.cli import shapes
from watcher.cli.options import Where, json_options, where_options
from watcher.cli.output import clean, dumps, print_error, print_object
from watcher.errors import InputError, UsageError, WatcherError
from watcher.model.article import Extraction
from watcher.model.feed import ParsedFeed


@click.command()
@click.argument("source", metavar="PATH|URL", required=False)
@click.option("--manifest", metavar="FILE.jsonl", help="Read many: lines of {id, path, url}.")
@click.option("--url", help="The address that a file was fetched from.")
@where_options
@json_options
def parse(
    where: Where,
    source: str | None,
    manifest: str | None,
    url: str | None,
    as_json: bool,
    ndjson: bool,
) -> int:
    """Read a feed of any kind and print what it says.

    PATH may be `-` for standard input, and a `.gz` file is read as such.
    """
    from watcher.app import Reading

    with Reading(where.settings()) as reading:
        if manifest is not None:
            return _manifest(
                manifest, lambda path, url: shapes.parsed_feed(reading.feed(path, url))
            )
        feed = reading.feed(_needed(source), url)
    if as_json or ndjson:
        print_object(shapes.parsed_feed(feed))
    else:
        _print_feed(feed)
    return 0


@click.command()
@click.argument("sources", metavar="PATH|URL...", nargs=-1)
@click.option("--manifest", metavar="FILE.jsonl", help="Read many: lines of {id, path, url}.")
@click.option("--url", help="The address that a file was fetched from.")
@click.option("--why", is_flag=True, help="Say which method won, and why.")
@where_options
@json_options
def extract(
    where: Where,
    sources: tuple[str, ...],
    manifest: str | None,
    url: str | None,
    why: bool,
    as_json: bool,
    ndjson: bool,
) -> int:
    """Read pages and print the articles on them: text, people, captions, links by their role.

    PATH may be `-` for standard input, and a `.gz` file is read as such.
    """
    from watcher.app import Reading

    with Reading(where.settings()) as reading:
        if manifest is not None:
            return _manifest(manifest, lambda path, url: shapes.extraction(reading.page(path, url)))
        failed = 0
        for source in sources or (_needed(None),):
            try:
                read = reading.page(source, url)
            except WatcherError as error:
                if len(sources) == 1:
                    raise
                failed = 1
                print_error(error, as_json=as_json or ndjson)
                continue
            if as_json or ndjson:
                print_object(shapes.extraction(read))
            else:
                _print_article(read, why=why)
    return failed


def _needed(source: str | None) -> str:
    if source is None:
        raise UsageError(
            "WTC-USE-003",
            "nothing to read",
            hint="name a file, an address, or `-` for standard input; or give --manifest FILE",
        )
    return source


def _manifest(path: str, read: Any) -> int:
    """One line out for each line in: the shape with its `id`, or `{id, error}`."""
    for line in _lines(path):
        caller_id, source, url = line
        try:
            shape = {**read(source, url), "id": caller_id}
        except WatcherError as error:
            shape = {"id": caller_id, "error": {"code": error.code, "message": error.message}}
        click.echo(dumps({"schema_version": 1, **shape}))
    return 0


def _lines(path: str) -> Iterator[tuple[Any, str, str | None]]:
    from pathlib import Path

    base = Path() if path == "-" else Path(path).parent
    with click.open_file(path, encoding="utf-8") as lines:
        for number, line in enumerate(lines, 1):
            if not line.strip():
                continue
            try:
                row = json.loads(line)
                source = row.get("path")
                source = row["url"] if source is None else str(base / source)
            except (ValueError, KeyError, TypeError, AttributeError) as error:
                raise InputError(
                    "WTC-IN-001",
                    f"{path}:{number}: not a manifest line: {error}",
                    hint='a line is {"id": …, "path": …, "url": …}',
                ) from error
            yield row.get("id"), source, row.get("url")


def _print_feed(feed: ParsedFeed) -> None:
    click.echo(clean(f"{feed.title or '(no title)'} ({feed.kind}, read by {feed.reader})"))
    for entry in feed.entries:
        date = entry.published.text if entry.published else "no date"
        click.echo(clean(f"\n{entry.title}\n  {date}  {entry.url or '(no link)'}"))
    for problem in feed.problems:
        click.echo(clean(f"problem[{problem.code}]: {problem.message}"), err=True)


def _print_article(read: Extraction, *, why: bool) -> None:
    click.echo(clean(f"# {read.title}\n"))
    facts = {
        "url": read.canonical_url or read.url,
        "by": ", ".join(read.byline) or None,
        "credit": read.credit
        and f"{read.credit.outlet or read.credit.agency} (“{read.credit.text}”)",
        "published": read.published and read.published.text,
        "language": read.language,
        "state": f"{read.state.kind} ({read.state.confidence:.2f})",
    }
    for name, value in facts.items():
        if value is not None:
            click.echo(clean(f"{name:<10} {value}"))
    if read.standfirst:
        click.echo(clean(f"\n> {read.standfirst}"))
    click.echo(clean(f"\n{read.body}"))
    for caption in read.captions:
        click.echo(
            clean(
                f"\n[caption] {caption.text}" + (f" — {caption.credit}" if caption.credit else "")
            )
        )
    for link in read.links:
        click.echo(
            clean(f"[{link.role}{'/' + link.kind if link.kind else ''}] {link.text}  {link.url}")
        )
    if why:
        click.echo(f"\nmethod: {read.method}", err=True)
        for reason in read.why:
            click.echo(clean(f"  {reason}"), err=True)
