"""`sites`: what the pages of each host have taught, and learning it anew."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING, Any

import click

from watcher.cli.options import Where, json_options, where_options
from watcher.cli.output import (
    counted,
    not_there,
    one_line,
    print_list,
    print_object,
    print_table,
    say,
    when,
)
from watcher.cli.progress import Bar

if TYPE_CHECKING:
    from watcher.config.settings import Settings
    from watcher.model.site import Block, Lesson, SiteMemory, SiteRow


@click.group()
def sites() -> None:
    """What was learned of the sites: blocks that repeat, and texts that changed their kind."""


@sites.command("list")
@where_options
@json_options
def sites_list(where: Where, as_json: bool, ndjson: bool) -> None:
    """List the sites, those that drifted first."""
    rows = sorted(where.reader().sites(), key=lambda row: (row.memory.drift is None, row.host))
    shapes = [shape(row) for row in rows]
    if as_json or ndjson:
        print_list(shapes, None, lines=ndjson)
        return
    print_table(
        shapes,
        [
            "host",
            "pages",
            "words",
            "agreement",
            ("left_out", lambda row: len(row["blocks"])),
            "drift",
        ],
        empty="nothing was learned yet: pages teach as they are read",
    )


@sites.command("show")
@click.argument("host", metavar="HOST")
@where_options
@json_options
def sites_show(where: Where, host: str, as_json: bool, ndjson: bool) -> None:
    """Show what was learned of one site: its usual text, what is left out, its drift."""
    rows = where.reader().sites(_named(host))
    if not rows:
        raise not_there("site", host, "sites")
    held = shape(rows[0])
    if as_json or ndjson:
        print_object(held)
        return
    for name in ("host", "pages", "words", "agreement", "learned_at", "drift", "drift_at"):
        click.echo(f"{name:<10} {'-' if held[name] is None else one_line(str(held[name]))}")
    click.echo("\nleft out of its texts:" if held["blocks"] else "\nleft out of its texts: nothing")
    for one in held["blocks"]:
        click.echo(f"  on {one['pages']} pages: {one_line(one['text'])}")
    if held["drift"]:
        say(
            f"next: `watcher sites relearn {held['host']} --dry-run`, once its pages are read again"
        )


@sites.command("relearn")
@click.argument("host", metavar="HOST")
@click.option("--dry-run", is_flag=True, help="Only say what would be learned.")
@where_options
@json_options
def sites_relearn(where: Where, host: str, dry_run: bool, as_json: bool, ndjson: bool) -> None:
    """Learn a site anew from its kept pages (`keep_pages:`), and say what that changes. A drift
    that was noticed is settled by it. Stored texts change only by `watcher reextract`.

    \b
    Example:
      watcher sites relearn example.org
    """
    import anyio

    from watcher.articles.learn import is_repeated, relearned
    from watcher.system import SystemClock

    settings, name = where.settings(), _named(host)
    lessons = anyio.run(_lessons, settings, name)
    if not lessons:
        raise not_there("kept page of site", host, "sites")
    now = SystemClock().now()
    memory, blocks = relearned(lessons, now)
    with closing(where.reader()) as reader:
        before = next(iter(reader.sites(name)), None)
    after = tuple(one for one in blocks if is_repeated(one, memory.pages))
    if not dry_run:
        _write(settings, name, memory, blocks)
    held = _compared(name, before, memory, after, written=not dry_run)
    if as_json or ndjson:
        print_object(held)
        return
    _print(held)
    if not dry_run:
        say(f"next: `watcher reextract --site {name.partition('|')[0]}` shows what comes of it")


def shape(row: SiteRow) -> dict[str, Any]:
    memory = row.memory
    return {
        "host": row.host,
        "pages": memory.pages,
        "words": round(memory.words),
        "agreement": None if memory.agreement is None else round(memory.agreement, 2),
        "drift": memory.drift,
        "drift_at": when(memory.drift_at),
        "learned_at": when(row.learned_at),
        "blocks": [_block(one) for one in row.blocks],
    }


def _block(one: Block) -> dict[str, Any]:
    return {"text": one.text, "pages": one.pages}


def _named(host: str) -> str:
    """As it is kept: an IP literal's port stands behind `|`."""
    from watcher.articles.learn import site_of

    if "|" in host:
        return host
    return site_of(host if "//" in host else f"https://{host}/")


async def _lessons(settings: Settings, name: str) -> list[Lesson]:
    from watcher.app import open_kept, open_reading
    from watcher.pipeline.reextract import relearn
    from watcher.workers.pool import ProcessParsers

    host = name.partition("|")[0]
    with (
        open_kept(settings.database) as kept,
        closing(open_reading(settings.database)) as reader,
        Bar("pages") as bar,
    ):
        total = kept.count(host)
        async with ProcessParsers() as parsers:
            found = await relearn(
                kept.newest(host),
                reader.context,
                parsers,
                settings.recipes,
                lambda done: bar(done, total),
            )
    return found.get(name, [])


def _write(settings: Settings, name: str, memory: SiteMemory, blocks: tuple[Block, ...]) -> None:
    from watcher.app import open_writing
    from watcher.system import SystemClock

    with closing(open_writing(settings.database)) as store:
        store.replace_site(name, memory, blocks, SystemClock().now())


def _compared(
    name: str,
    before: SiteRow | None,
    memory: SiteMemory,
    after: tuple[Block, ...],
    *,
    written: bool,
) -> dict[str, Any]:
    old = {one.hash: one for one in before.blocks} if before else {}
    new = {one.hash: one for one in after}
    return {
        "host": name,
        "pages": memory.pages,
        "words": {
            "before": round(before.memory.words) if before else None,
            "after": round(memory.words),
        },
        "drift": before.memory.drift if before else None,
        "added": [_block(one) for key, one in new.items() if key not in old],
        "dropped": [_block(one) for key, one in old.items() if key not in new],
        "kept": [_block(one) for key, one in new.items() if key in old],
        "written": written,
    }


def _print(held: dict[str, Any]) -> None:
    words = held["words"]
    click.echo(f"{held['host']}: {counted(held['pages'], 'kept page', 'kept pages')} read anew")
    click.echo(f"words of a text: {words['before'] or '-'} before, {words['after']} now")
    if held["drift"]:
        click.echo(f"drift settled: {one_line(held['drift'])}")
    for name, sign in (("added", "+"), ("dropped", "-"), ("kept", "=")):
        for one in held[name]:
            click.echo(f"{sign} on {one['pages']} pages: {one_line(one['text'])}")
    if not (held["added"] or held["dropped"] or held["kept"]):
        click.echo("no block repeats")
