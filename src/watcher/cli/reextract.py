"""`reextract`: the rules of today over the pages that are kept."""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

import click

from watcher.cli.options import Where, json_options, where_options
from watcher.cli.output import clean, counted, one_line, print_list, say, when
from watcher.cli.progress import Bar
from watcher.errors import UsageError

if TYPE_CHECKING:
    from watcher.config.settings import Settings
    from watcher.pipeline.desk import PlaceDesk
    from watcher.pipeline.reextract import Reread


@click.command()
@click.option("--site", metavar="HOST", help="Only pages of this host and those below it.")
@click.option("--dry-run", is_flag=True, help="Only say what would change, as without --apply.")
@click.option("--apply", "write", is_flag=True, help="Write what differs.")
@where_options
@json_options
def reextract(
    where: Where, site: str | None, dry_run: bool, write: bool, as_json: bool, ndjson: bool
) -> None:
    """Read the kept pages (`keep_pages:`) anew, by today's rules and recipes, and say what would
    change of their articles.

    With --apply it is written, as revisions marked `reread` that tell nobody.

    \b
    Examples:
      watcher reextract --site example.org
      watcher reextract --apply
    """
    import anyio

    if dry_run and write:
        raise UsageError("WTC-USE-020", "--dry-run and --apply exclude each other")
    made = Report(loud=not (as_json or ndjson))
    anyio.run(_run, where.settings(), site.lower() if site else None, write, made)
    if as_json or ndjson:
        print_list(made.items, None, lines=ndjson)
    made.sum_up(write)


class Report:
    """Tells every change as it is found, and counts."""

    def __init__(self, *, loud: bool) -> None:
        self.items: list[dict[str, Any]] = []
        self.read = 0
        self.written = 0
        self._loud = loud
        self._fields: Counter[str] = Counter()

    def tell(self, made: Reread, *, written: bool) -> None:
        self.read += 1
        self.written += written
        if not made.changes and made.problem is None:
            return
        self._fields.update(one.field for one in made.changes)
        item = shape(made, written)
        self.items.append(item)
        if self._loud:
            _print(item)

    def sum_up(self, write: bool) -> None:
        unread = sum(one["problem"] is not None for one in self.items)
        changed = len(self.items) - unread
        fields = ", ".join(f"{name} {number}" for name, number in self._fields.most_common())
        would = "" if write else "would "
        say(
            f"{counted(self.read, 'page', 'pages')} read: {self.read - len(self.items)} the same, "
            f"{changed} {would}change{f' ({fields})' if fields else ''}"
            + (f", {unread} left as they are" if unread else "")
        )
        if write:
            say(f"{counted(self.written, 'revision', 'revisions')} written; nobody was told")
        elif changed:
            say("next: `watcher reextract --apply` writes it, and tells nobody")


def shape(made: Reread, written: bool) -> dict[str, Any]:
    return {
        "article": made.of.article,
        "url": made.of.url,
        "fetched_at": when(made.at),
        "problem": made.problem,
        "changes": [
            {
                "field": one.field,
                "before": one.before,
                "after": one.after,
                "diff": list(one.diff),
            }
            for one in made.changes
        ],
        "written": written,
    }


def _print(item: dict[str, Any]) -> None:
    click.echo(f"{item['article']}  {one_line(item['url'])}")
    if item["problem"]:
        click.echo(f"  left as it is: {one_line(item['problem'])}")
    for change in item["changes"]:
        click.echo(f"  {change['field']}:")
        for line in change["diff"]:
            click.echo(clean(f"    {line}"))


async def _run(settings: Settings, site: str | None, write: bool, report: Report) -> None:
    from contextlib import closing

    from watcher.app import open_kept, open_reading, outlet_names
    from watcher.pipeline.reextract import apply, reread
    from watcher.workers.pool import ProcessParsers

    with (
        open_kept(settings.database) as kept,
        closing(open_reading(settings.database)) as reader,
        Bar("pages") as bar,
    ):
        total = kept.count(site)
        left_out = {row.host: frozenset(one.hash for one in row.blocks) for row in reader.sites()}

        def repeated(host: str) -> frozenset[int]:
            return left_out.get(host, frozenset())

        async with _desk(settings, write) as desk, ProcessParsers() as parsers:
            names = outlet_names(settings).by_name
            async for made in reread(
                kept.newest(site), reader.context, parsers, settings.recipes, names, repeated
            ):
                written = desk is not None and await apply(desk, made)
                report.tell(made, written=written)
                bar(report.read, total)


@asynccontextmanager
async def _desk(settings: Settings, write: bool) -> AsyncIterator[PlaceDesk | None]:
    """The database's lock is taken only to write."""
    from watcher.app import open_place
    from watcher.cli.imports import Silence
    from watcher.system import SystemClock

    if not write:
        yield None
        return
    async with open_place(settings, SystemClock(), Silence(), tell_imports=False) as desk:
        yield desk
