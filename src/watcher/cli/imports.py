"""`import`: archives into the database, subscription lists into config.yaml."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from watcher.cli.jsonl import read_lines
from watcher.cli.options import DEFAULT_CONFIG, Where, json_options, where_options
from watcher.cli.output import print_error, print_object, say
from watcher.errors import InputError

if TYPE_CHECKING:
    from watcher.articles.lines import ArticleLine
    from watcher.feeds.opml import Subscriptions
    from watcher.pipeline.take_in import TakenIn

MOST_TOLD = 20  # lines that are refused and told one by one


@click.group("import")
def import_() -> None:
    """Bring in an archive of articles, or a list of feeds."""


@import_.command("articles")
@click.argument("source", metavar="FILE.jsonl")
@click.option("--alert", is_flag=True, help="Let matches raise alerts, as those of feeds do.")
@where_options
@json_options
def import_articles(where: Where, source: str, alert: bool, as_json: bool, ndjson: bool) -> int:
    """Put an archive in, in file order: placed into stories, matched, searchable.

    A line is an object with id, url, title, standfirst, body, captions, byline, language,
    published, seen_at, outlet, related; url or id is needed, the rest may be missing. FILE may be
    `-`. A line that cannot be read is told and costs only itself. Importing a file again changes
    nothing.
    """
    import anyio

    refused: list[InputError] = []

    def refuse(error: InputError) -> None:
        refused.append(error)
        if len(refused) <= MOST_TOLD:
            print_error(error, as_json=as_json or ndjson)

    progress = Progress("articles")
    taken = anyio.run(_take_in, where, read_articles(source, refuse), alert, progress)
    progress.end()
    shape = {
        "lines": taken.lines + len(refused),
        "articles": taken.articles,
        "revisions": taken.revisions,
        "unchanged": taken.unchanged,
        "copies": taken.copies,
        "matches": taken.matches,
        "alerts": taken.alerts,
        "refused": len(refused),
    }
    if as_json or ndjson:
        print_object(shape)
    else:
        click.echo(
            f"{shape['lines']} lines: {taken.articles} articles ({taken.copies} copies), "
            f"{taken.revisions} revisions, {taken.unchanged} unchanged, {len(refused)} refused; "
            f"{taken.matches} matches, {taken.alerts['raised']} alerts raised"
        )
    return 1 if refused else 0


async def _take_in(
    where: Where,
    lines: Iterator[ArticleLine],
    alert: bool,
    progress: Callable[[TakenIn], None],
) -> TakenIn:
    from watcher.app import open_place
    from watcher.pipeline.take_in import take_in
    from watcher.system import SystemClock

    async with open_place(where.settings(), SystemClock(), Silence(), tell_imports=alert) as desk:
        return await take_in(desk, lines, progress)


def read_articles(source: str, refuse: Callable[[InputError], None]) -> Iterator[ArticleLine]:
    from watcher.articles.lines import read_line

    def named(row: object) -> ArticleLine:
        line = read_line(row)
        if line.url is None and line.id is None:
            raise ValueError("url or id is missing: an article needs one of them")
        return line

    for _, line in read_lines(source, named, refuse):
        yield line


class Silence:
    """A journal for work whose counts say enough."""

    def note(self, event: str, **facts: object) -> None: ...


class Progress:
    """A running count on standard error: after half a second, and only where somebody looks."""

    def __init__(self, what: str) -> None:
        self._what = what
        self._next = time.monotonic() + 0.5  # noqa: TID251 (for the eye alone)
        self._shown = False

    def __call__(self, taken: TakenIn) -> None:
        if not sys.stderr.isatty() or time.monotonic() < self._next:  # noqa: TID251
            return
        self._next += 0.2
        self._shown = True
        click.echo(f"\r{taken.lines:,} {self._what}", nl=False, err=True)

    def end(self) -> None:
        if self._shown:
            click.echo("\r\x1b[K", nl=False, err=True)


@import_.command("opml")
@click.argument("source", metavar="FILE")
@where_options
@json_options
def import_opml(where: Where, source: str, as_json: bool, ndjson: bool) -> int:
    """Write the feeds of an OPML file into config.yaml, with their folders, which become tags too.

    Most readers export one. FILE may be `-`.
    """
    from watcher.feeds.opml import parse_opml
    from watcher.reading import read_source

    try:
        found = parse_opml(read_source(source))
    except ValueError as error:
        raise InputError(
            "WTC-IN-004", f"{source}: {error}", hint="export the subscriptions as OPML once more"
        ) from error
    return _subscribe(where, source, found, as_json or ndjson)


@import_.command("urls")
@click.argument("source", metavar="FILE")
@where_options
@json_options
def import_urls(where: Where, source: str, as_json: bool, ndjson: bool) -> int:
    """Write the feeds of a plain list into config.yaml: an address a line, a title after it.

    FILE may be `-`.
    """
    from watcher.feeds.opml import parse_urls
    from watcher.reading import read_source

    text = read_source(source).decode("utf-8", "replace")
    return _subscribe(where, source, parse_urls(text), as_json or ndjson)


def _subscribe(where: Where, source: str, found: Subscriptions, as_json: bool) -> int:
    from watcher.cli.add import take_over
    from watcher.config.edit import NewFeed, add_feeds

    settings = where.settings(needs_config=True)
    path = Path(where.config or DEFAULT_CONFIG)
    wanted = [NewFeed(one.url, one.title, one.tags, one.folders) for one in found.feeds]
    added = add_feeds(path, wanted)
    for address in found.refused[:MOST_TOLD]:
        say(f"warning: {source}: {address!r} is no http(s) address")
    if added:
        take_over(settings.database, [one.url for one in added])
    shape: dict[str, Any] = {
        "feeds": len(found.feeds),
        "added": len(added),
        "already_there": len(found.feeds) - len(added),
        "refused": len(found.refused),
    }
    if as_json:
        print_object(shape)
    else:
        click.echo(
            f"{shape['feeds']} feeds: {shape['added']} added to {path}, "
            f"{shape['already_there']} already there, {shape['refused']} refused"
        )
        if added:
            say("next: `watcher once`, or leave it to the running daemon")
    return 1 if found.refused else 0
