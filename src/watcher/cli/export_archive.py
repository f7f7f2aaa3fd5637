"""`export ndjson|csv|sqlite`: the archive for other programs."""

from __future__ import annotations

import csv
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

import click

from watcher.cli.export import export
from watcher.cli.moments import moment_of
from watcher.cli.options import Where, where_options
from watcher.cli.output import counted, dumps, say, when
from watcher.cli.progress import Bar
from watcher.errors import InputError

if TYPE_CHECKING:
    from watcher.model.rows import FoundArticle

COLUMNS = (
    *("article", "id", "url", "title", "outlet", "outlet_domain", "byline", "language"),
    *("published", "first_seen", "story", "copy_of", "words", "standfirst", "body"),
)
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")


@export.command("ndjson")
@click.argument("target", metavar="[FILE]", default="-")
@click.option("--since", metavar="TIME", help="First seen at or after: a date, a time, or 90d.")
@where_options
def export_ndjson(where: Where, target: str, since: str | None) -> None:
    """Write every article's newest revision as a line of JSON, oldest first.

    The lines are those that `import articles` reads: an archive can be taken to another database.

    \b
    Examples:
      watcher export ndjson archive.jsonl
      watcher export ndjson --since 7d | jq .title
    """
    with _out(target) as out:
        count = 0
        for one in _articles(where, since):
            out.write(dumps(line(one)) + "\n")
            count += 1
    _told(target, count)


@export.command("csv")
@click.argument("target", metavar="[FILE]", default="-")
@click.option("--since", metavar="TIME", help="First seen at or after: a date, a time, or 90d.")
@where_options
def export_csv(where: Where, target: str, since: str | None) -> None:
    """Write every article's newest revision as a table for spreadsheets, oldest first.

    A cell that a spreadsheet would take for a formula begins with an apostrophe.
    """
    with _out(target) as out:
        table = csv.writer(out, lineterminator="\r\n")  # RFC 4180
        table.writerow(COLUMNS)
        count = 0
        for one in _articles(where, since):
            held = cells(one)
            table.writerow([safe(held[name]) for name in COLUMNS])
            count += 1
    _told(target, count)


@export.command("sqlite")
@click.argument("target", metavar="FILE")
@where_options
def export_sqlite(where: Where, target: str) -> None:
    """Write articles, stories, topics, matches, alerts and feeds as a plain SQLite file, with a
    full-text index and foreign keys: for Datasette, for notebooks, for questions in SQL.

    \b
    Examples:
      watcher export sqlite archive.db && datasette archive.db
    """
    from watcher.keeping import export_plain

    path = Path(target)
    if os.path.lexists(path):
        raise _there(target)
    counts = export_plain(where.database(), path)
    for name, count in counts.items():
        say(f"{name}: {count:,}")
    click.echo(f"written: {path}")


def _articles(where: Where, since: str | None) -> Iterator[FoundArticle]:
    """Oldest first: what is imported in this order finds the originals before their copies."""
    start = moment_of("--since", since)
    with Bar("articles") as tell:
        held = []
        for one in where.reader().search(None):
            if start is None or one.first_seen >= start:
                held.append(one)
            tell(len(held))
    yield from reversed(held)


def line(one: FoundArticle) -> dict[str, Any]:
    """An article as `import articles` reads it, with our ids beside."""
    text = one.text
    shape = {
        "id": one.id,
        "url": None if one.url.startswith("id:") else one.url,
        "title": text.title,
        "standfirst": text.standfirst,
        "body": text.body,
        "captions": [{"text": each.text, "credit": each.credit} for each in text.captions],
        "byline": list(text.byline),
        "language": text.language,
        "published": text.published.text if text.published else None,
        "seen_at": when(one.first_seen),
        "outlet": one.outlet.name,
        "related": [each.url for each in text.links if each.role == "related"],
        "article": one.article,
        "story": one.story,
        "copy_of": one.copy_of,
    }
    return {name: value for name, value in shape.items() if value not in (None, [])}


def cells(one: FoundArticle) -> dict[str, object]:
    text = one.text
    return {
        "article": one.article,
        "id": one.id,
        "url": None if one.url.startswith("id:") else one.url,
        "title": text.title,
        "outlet": one.outlet.name,
        "outlet_domain": one.outlet.domain,
        "byline": "; ".join(text.byline),
        "language": text.language,
        "published": text.published.text if text.published else None,
        "first_seen": when(one.first_seen),
        "story": one.story,
        "copy_of": one.copy_of,
        "words": len(text.body.split()),
        "standfirst": text.standfirst,
        "body": text.body,
    }


def safe(value: object) -> str:
    """A cell that no spreadsheet runs (OWASP, CSV injection)."""
    if value is None:
        return ""
    text = str(value).replace("\x00", "")
    return f"'{text}" if text.startswith(FORMULA) else text


@contextmanager
def _out(target: str) -> Iterator[IO[str]]:
    if target == "-":
        yield sys.stdout
        return
    try:
        with Path(target).open("x", encoding="utf-8", newline="") as out:
            yield out
    except FileExistsError as error:
        raise _there(target) from error
    except OSError as error:
        raise InputError(
            "WTC-IN-005",
            f"{target} cannot be written: {error.strerror or error}",
            hint="name a file in a folder that you may write to",
        ) from error


def _there(target: str) -> InputError:
    return InputError(
        "WTC-IN-006",
        f"{target} is there already; nothing was written",
        hint="name another file, or remove it first",
    )


def _told(target: str, count: int) -> None:
    if target != "-":
        say(f"{counted(count, 'article', 'articles')} written to {target}")
