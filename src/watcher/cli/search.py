"""`search`: the topic language over the archive."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import click

from watcher.cli import shapes
from watcher.cli.options import Where, json_options, page_options, where_options
from watcher.cli.output import clean, print_list, say
from watcher.errors import UsageError
from watcher.model.rows import FoundArticle
from watcher.model.topic import Span
from watcher.model.when import Micros

NOTHING = 4


@dataclass(frozen=True, slots=True)
class Filter:
    """What narrows a search beside the query. Times are on published, else on first seen;
    `since` inclusive, `until` exclusive."""

    since: Micros | None = None
    until: Micros | None = None
    feed: str | None = None
    lang: str | None = None
    story: str | None = None

    def keeps(self, found: FoundArticle) -> bool:
        at = found.text.published.at if found.text.published else found.first_seen
        language = found.text.language or ""
        return (
            (self.since is None or at >= self.since)
            and (self.until is None or at < self.until)
            and (self.feed is None or self.feed in found.feeds)
            and (self.story is None or self.story == found.story)
            and (self.lang is None or language.split("-")[0].lower() == self.lang.lower())
        )


@click.command()
@click.argument("query")
@click.option("--since", metavar="TIME", help="Published at or after: a date, a time, or 7d.")
@click.option("--until", metavar="TIME", help="Published before.")
@click.option("--feed", metavar="ID", help="Only what this feed brought.")
@click.option("--lang", metavar="TAG", help="Only this language, for example sq.")
@click.option("--story", metavar="ID", help="Only this story's articles.")
@click.option("--exit-code", is_flag=True, help="Exit with 4 where nothing is found.")
@where_options
@json_options
@page_options(50)
def search(
    where: Where,
    query: str,
    since: str | None,
    until: str | None,
    feed: str | None,
    lang: str | None,
    story: str | None,
    exit_code: bool,
    as_json: bool,
    ndjson: bool,
    limit: int,
    after: str | None,
) -> int:
    """Search the newest revision of every article, newest first.

    The language is that of the topics: words, "phrases", AND, OR, NOT, parentheses, @aliases of
    config.yaml, title:word, =Exact, suffix*.
    """
    narrow = Filter(_time(since), _time(until), feed, lang, story)
    hits = _hits(where, query, narrow, _cursor(after))
    held: list[dict[str, Any]] = []
    cursor = None
    for found, spans in hits:
        if limit and len(held) == limit:
            cursor = held[-1].pop("_key")
            break
        held.append(_shape(found, spans))
    for one in held:
        one.pop("_key", None)
    if as_json or ndjson:
        print_list(held, None if cursor is None else f"k{cursor}", lines=ndjson)
    else:
        _print(held, None if cursor is None else f"k{cursor}")
    return NOTHING if exit_code and not held else 0


def _hits(
    where: Where, query: str, narrow: Filter, before: int | None
) -> Iterator[tuple[FoundArticle, tuple[Span, ...]]]:
    from watcher.topics.archive import plan
    from watcher.topics.document import Document
    from watcher.topics.evaluate import evaluate
    from watcher.topics.parse import parse_query

    settings = where.settings()
    parsed = parse_query(query, settings.aliases)
    for warning in parsed.warnings:
        say(f"warning: {warning.message}")
    reader = where.reader()
    for found in reader.search(plan(parsed), before_key=before):
        if not narrow.keeps(found):
            continue
        spans = evaluate(parsed, Document.of(found.text))
        if spans is not None:
            yield found, tuple(spans)


def _shape(found: FoundArticle, spans: tuple[Span, ...]) -> dict[str, Any]:
    from watcher.topics.snippet import snippet

    return {
        "_key": found.key,
        "article": found.article,
        "id": found.id,
        "url": found.url,
        "title": found.text.title,
        "outlet": found.outlet.name,
        "published": shapes.dated(found.text.published),
        "spans": [shapes.span(one) for one in spans],
        "snippet": snippet(found.text, spans),
    }


def _print(rows: list[dict[str, Any]], cursor: str | None) -> None:
    for row in rows:
        click.echo(clean(f"{row['published'] or 'no date'}  {row['outlet']}"))
        click.echo(clean(f"  {row['title']}"))
        click.echo(clean(f"  {row['snippet']}"))
        click.echo(clean(f"  {row['url']}  {row['article']}\n"))
    if not rows:
        say("nothing found")
    if cursor is not None:
        say(f"more: --after {cursor}")


def _cursor(text: str | None) -> int | None:
    if text is None:
        return None
    if not text.startswith("k") or not text[1:].isdigit():
        raise UsageError("WTC-USE-004", f"--after: {text!r} is no cursor of this list")
    return int(text[1:])


def _time(text: str | None) -> Micros | None:
    """A date, a time, or an age such as `7d` back from now."""
    if text is None:
        return None
    from watcher.model.when import DAY, HOUR, MINUTE
    from watcher.system import SystemClock
    from watcher.text.dates import parse_date

    units = {"m": MINUTE, "h": HOUR, "d": DAY}
    if text[:-1].isdigit() and text[-1:] in units:
        return SystemClock().now() - int(text[:-1]) * units[text[-1]]
    read = parse_date(text)
    if read is None:
        raise UsageError(
            "WTC-USE-002",
            f"{text!r} is no time",
            hint="write 2026-03-10, 2026-03-10T12:00:00Z, or an age such as 7d",
        )
    return read.at
