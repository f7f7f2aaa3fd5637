"""`parse` and `extract`: one feed or one page read, nothing stored."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click

from watcher.cli import feed_shapes, shapes
from watcher.cli.jsonl import read_lines
from watcher.cli.options import Where, json_options, where_options
from watcher.cli.output import clean, one_line, print_error, print_object, when
from watcher.errors import InputError, UsageError, WatcherError
from watcher.model.article import Extraction
from watcher.model.feed import ParsedFeed, Wishes


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

    \b
    Examples:
      watcher parse https://example.org/feed
      watcher parse saved.xml --url https://example.org/feed --json
    """
    from watcher.reading import Reading

    with Reading(where.settings()) as reading:
        if manifest is not None:
            return _manifest(
                manifest, lambda path, url: feed_shapes.parsed_feed(reading.feed(path, url))
            )
        feed = reading.feed(_needed(source), url)
    if as_json or ndjson:
        print_object(feed_shapes.parsed_feed(feed))
    else:
        _print_feed(feed)
    return 0


@click.command()
@click.argument("sources", metavar="PATH|URL...", nargs=-1)
@click.option("--manifest", metavar="FILE.jsonl", help="Read many: lines of {id, path, url}.")
@click.option("--url", help="The address that a file was fetched from.")
@click.option("--recipe", metavar="FILE", help="Read with the recipes of FILE, as a preview.")
@click.option("--why", is_flag=True, help="Say what was chosen, left out, and why.")
@where_options
@json_options
def extract(
    where: Where,
    sources: tuple[str, ...],
    manifest: str | None,
    url: str | None,
    recipe: str | None,
    why: bool,
    as_json: bool,
    ndjson: bool,
) -> int:
    """Read pages and print the articles on them: text, people, captions, links by their role.

    PATH may be `-` for standard input, and a `.gz` file is read as such.

    \b
    Examples:
      watcher extract https://example.org/news/1 --why
      watcher extract page.html.gz --url https://example.org/news/1 --json
      watcher extract --manifest pages.jsonl --ndjson > articles.jsonl
      watcher extract page.html --url https://example.org/1 --recipe try.yaml --why
    """
    from watcher.cli.recipes import recipes_of
    from watcher.reading import Reading

    tried = recipes_of(recipe, url or next(iter(sources), None)) if recipe else None
    with Reading(where.settings()) as reading:
        if manifest is not None:
            return _manifest(
                manifest, lambda path, url: shapes.extraction(reading.page(path, url, tried))
            )
        failed = 0
        for source in sources or (_needed(None),):
            try:
                read = reading.page(source, url, tried)
            except WatcherError as error:
                if len(sources) == 1:
                    raise
                failed = 1
                print_error(error, as_json=as_json or ndjson)
                continue
            for notice in read.notices:
                click.echo(f"notice: {one_line(notice)}", err=True)
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


def _manifest(path: str, read: Callable[[str, str | None], dict[str, Any]]) -> int:
    """One line out for each line in: the shape with its `id`, or `{id, error}`."""
    base = Path() if path == "-" else Path(path).parent

    def refuse(error: InputError) -> None:
        where = error.place
        _line_out(None, _failed(error.code, f"{where.file}:{where.line}: {error.message}"))

    for _, line in read_lines(path, ManifestLine.of, refuse):
        try:
            shape = read(line.source(base), line.url)
        except WatcherError as error:
            shape = _failed(error.code, error.message)
        _line_out(line.id, shape)
    return 0


def _line_out(caller_id: object, shape: dict[str, Any]) -> None:
    print_object({**shape, "id": caller_id})


def _failed(code: str, message: str) -> dict[str, Any]:
    return {"error": {"code": code, "message": message}}


@dataclass(frozen=True, slots=True)
class ManifestLine:
    """`path` is relative to the manifest's folder; without one, `url` is fetched."""

    id: object
    path: str | None
    url: str | None

    @staticmethod
    def of(value: object) -> ManifestLine:
        """Raises ValueError."""
        if not isinstance(value, dict):
            raise ValueError('not a manifest line: write {"id": …, "path": …, "url": …}')
        path, url = value.get("path"), value.get("url")
        for name, one in (("path", path), ("url", url)):
            if not isinstance(one, str | None):
                raise ValueError(f"{name} is no text")
        if path is None and url is None:
            raise ValueError("path or url is missing")
        return ManifestLine(value.get("id"), path, url)

    def source(self, base: Path) -> str:
        return str(self.url) if self.path is None else str(base / self.path)


def _print_feed(feed: ParsedFeed) -> None:
    click.echo(one_line(f"{feed.title or '(no title)'} ({feed.kind}, read by {feed.reader})"))
    if wishes := _wishes(feed.wishes):
        click.echo(f"asks to be polled {wishes}")
    for entry in feed.entries:
        date = entry.published.text if entry.published else "no date"
        click.echo(f"\n{one_line(entry.title)}")
        click.echo(f"  {date}  {one_line(entry.url or '(no link)')}")
    for part in feed.children:
        changed = when(part.modified) or "no date"
        click.echo(f"part  {changed}  {one_line(part.url)}")
    for problem in feed.problems:
        click.echo(f"problem[{problem.code}]: {one_line(problem.message)}", err=True)


def _wishes(asked: Wishes) -> str:
    parts = []
    if minutes := max(asked.ttl or 0, asked.period or 0):
        parts.append(f"every {minutes} min")
    if asked.skip_hours:
        parts.append(f"not at {', '.join(map(str, asked.skip_hours))} h GMT")
    if asked.skip_days:
        parts.append(f"not on {', '.join(feed_shapes.DAYS[day] for day in asked.skip_days)}")
    return ", ".join(parts)


def _print_article(read: Extraction, *, why: bool) -> None:
    click.echo(f"# {one_line(read.title)}\n")
    facts = {
        "url": read.canonical_url or read.url or None,
        "by": ", ".join(read.byline) or None,
        "credit": read.credit
        and f"{read.credit.outlet or read.credit.agency} (“{read.credit.text}”)",
        "published": read.published.text if read.published else None,
        "language": read.language,
        "state": f"{read.state.kind} ({read.state.confidence:.2f})",
    }
    for name, value in facts.items():
        if value is not None:
            click.echo(f"{name:<10} {one_line(str(value))}")
    if read.standfirst:
        click.echo(clean(f"\n> {read.standfirst}"))
    if read.body:
        click.echo(clean(f"\n{read.body}"))
    for caption in read.captions:
        credit = f" — {caption.credit}" if caption.credit else ""
        click.echo("\n" + one_line(f"[caption] {caption.text}{credit}"))
    if read.links:
        click.echo()
    for link in read.links:
        role = f"{link.role}{'/' + link.kind if link.kind else ''}"
        click.echo(one_line(f"[{role}] {link.text}  {link.url}"))
    if why:
        click.echo(f"\nmethod: {read.method}", err=True)
        for reason in read.why:
            click.echo(clean(f"  {reason}"), err=True)
