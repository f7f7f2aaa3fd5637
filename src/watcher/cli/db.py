"""`db`: copies of the database, its soundness, its schema."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from watcher.cli.options import Where, json_options, where_options
from watcher.cli.output import print_object, say
from watcher.cli.progress import Bar
from watcher.errors import UsageError

UNHEALTHY = 5


@click.group()
def db() -> None:
    """Look after the database: copy, take back, check, migrate, vacuum."""


@db.command()
@click.argument("target", metavar="[FILE|FOLDER]", required=False)
@where_options
@json_options
def backup(where: Where, target: str | None, as_json: bool, ndjson: bool) -> None:
    """Write a copy of the database as it is at one moment; a running daemon goes on.

    The copy appears under its name only when it is whole, on disk, and found sound. Without FILE
    it stands beside the database, named for the time; no file is ever written over.

    \b
    Examples:
      watcher db backup
      watcher db backup /mnt/backups/
    """
    from watcher.keeping import backup_database

    database = where.database()
    size = backup_database(database, path := _target(database, target))
    if as_json or ndjson:
        print_object({"database": str(database), "copy": str(path), "size": size})
        return
    click.echo(f"written: {path} ({size:,} bytes)")
    say(f"next: `watcher db restore {path}` takes it back; keep a copy on another disk")


def _target(database: Path, target: str | None) -> Path:
    path = Path(target) if target else database.parent
    return path / f"{database.name}.{_stamp()}" if path.is_dir() else path


def _stamp() -> str:
    from watcher.model.when import moment
    from watcher.system import SystemClock

    return f"{moment(SystemClock().now()):%Y%m%dT%H%M%SZ}"


@db.command()
@click.argument("source", metavar="FILE")
@click.option("--yes", is_flag=True, help="Do not ask.")
@where_options
@json_options
def restore(where: Where, source: str, yes: bool, as_json: bool, ndjson: bool) -> None:
    """Put a copy in the place of the database, which is kept beside it. No daemon may be running.

    What was stored after the copy is seen again as new: entries that are still in their feeds are
    read again, and may be told again (under the same ids).
    """
    from watcher.keeping import restore_database

    database = where.database()
    aside = database.with_name(f"{database.name}.before-restore.{_stamp()}")
    if database.exists() and not yes:
        if as_json or ndjson or not sys.stdin.isatty():
            raise UsageError(
                "WTC-USE-022",
                f"{database} would be replaced by {source}",
                hint=f"say so with --yes; the present one is kept as {aside.name}",
            )
        click.confirm(f"Replace {database} by {source}?", abort=True, err=True)
    restore_database(Path(source), database, aside)
    kept = str(aside) if aside.exists() else None
    if as_json or ndjson:
        print_object({"database": str(database), "restored": source, "kept": kept})
        return
    click.echo(f"restored: {database} from {source}")
    if kept:
        click.echo(f"kept: {kept}")
    say("next: `watcher doctor`, then `watcher run`")


@db.command()
@click.option("--repair", is_flag=True, help="Make the search index anew.")
@where_options
@json_options
def check(where: Where, repair: bool, as_json: bool, ndjson: bool) -> int:
    """Look through the whole file for damage: pages, references, search index.

    Exits with 5 where there is any. The index is derived from the texts: --repair makes it anew
    and loses nothing. Other damage is mended by `watcher db restore`.
    """
    from watcher.keeping import reindex_database, verify_database

    database = where.database()
    repaired = None
    if repair:
        with Bar("articles") as tell:
            repaired = reindex_database(database, tell)
    found = verify_database(database)
    problems = [*found.structure, *found.index]
    if found.orphans:
        problems.append(f"{found.orphans} rows refer to rows that are not there")
    if as_json or ndjson:
        shape = {"sound": found.sound, "problems": problems, "reindexed": repaired}
        print_object({"database": str(database), **shape, "index_checked": found.index_checked})
        return 0 if found.sound else UNHEALTHY
    if repaired is not None:
        click.echo(f"indexed: {repaired:,} articles")
    for problem in problems:
        click.echo(f"damaged: {problem}")
    if found.sound:
        click.echo(f"{database} is sound")
    if not found.index_checked:
        say(
            "note: the daemon holds the database, so of the search index only the rows were counted"
        )
    if found.index and not (found.structure or found.orphans):
        say("next: `watcher db check --repair` makes the search index anew")
    elif not found.sound:
        say("next: `watcher db restore FILE` with the last good copy")
    return 0 if found.sound else UNHEALTHY


@db.command()
@where_options
@json_options
def migrate(where: Where, as_json: bool, ndjson: bool) -> None:
    """Bring an older database to this version's schema; a copy is made first and kept.

    `run`, `once` and every writing command do the same by themselves. A database of a newer
    watcher is refused and not touched.
    """
    from watcher.keeping import migrate_database

    database = where.database()
    before, after, copy = migrate_database(database)
    if as_json or ndjson:
        shape = {"before": before, "after": after, "copy": None if copy is None else str(copy)}
        print_object({"database": str(database), **shape})
    elif copy is None:
        click.echo(f"{database} has schema {after}: nothing to do")
    else:
        click.echo(f"{database} went from schema {before} to {after}")
        click.echo(f"kept: {copy} (the file as it was)")


@db.command()
@where_options
@json_options
def vacuum(where: Where, as_json: bool, ndjson: bool) -> None:
    """Give room that is no longer used back to the disk. No daemon may be running."""
    from watcher.keeping import vacuum_database

    database = where.database()
    before, after = vacuum_database(database)
    if as_json or ndjson:
        print_object({"database": str(database), "before": before, "after": after})
    else:
        click.echo(f"{database}: {before:,} bytes before, {after:,} now")
