"""`search`: the topic language over the archive."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, tzinfo
from typing import TYPE_CHECKING, Any

import click

from watcher.cli import shapes
from watcher.cli.moments import moment_of
from watcher.cli.options import Where, json_options, page_options, where_options
from watcher.cli.output import (
    not_there,
    one_line,
    print_list,
    print_warning,
    say,
    say_more,
)
from watcher.errors import Place, QueryError, UsageError
from watcher.model.rows import FoundArticle
from watcher.model.topic import Span

if TYPE_CHECKING:
    from watcher.model.when import Micros
    from watcher.ports import Reader
    from watcher.topics.ast import Query, QueryWarning

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

    def known(self, reader: Reader) -> Filter:
        """With the feed by its id. Raises UsageError where feed or story is not there: nothing
        found would say that they brought nothing."""
        feed = None if self.feed is None else reader.feed(self.feed)
        if self.feed is not None and feed is None:
            raise not_there("feed", self.feed, "feeds")
        if self.story is not None and reader.story(self.story) is None:
            raise not_there("story", self.story, "stories")
        return replace(self, feed=feed.feed if feed else None)

    def keeps(self, found: FoundArticle) -> bool:
        at = found.text.published.at if found.text.published else found.first_seen
        return (
            (self.since is None or at >= self.since)
            and (self.until is None or at < self.until)
            and (self.feed is None or self.feed in found.feeds)
            and (self.story is None or self.story == found.story)
            and (self.lang is None or _speaks(found.text.language or "", self.lang))
        )


def _speaks(language: str, wanted: str) -> bool:
    """BCP 47: `en` takes `en-GB` too, `en-GB` not `en`."""
    return f"{language}-".lower().startswith(f"{wanted}-".lower())


@click.command()
@click.argument("query")
@click.option("--since", metavar="TIME", help="Published at or after: a date, a time, or 7d.")
@click.option("--until", metavar="TIME", help="Published before.")
@click.option("--feed", metavar="ID|URL", help="Only what this feed brought.")
@click.option("--lang", metavar="TAG", help="Only this language, for example sq or en-GB.")
@click.option("--story", metavar="ID", help="Only this story's articles.")
@click.option("--rank", is_flag=True, help="Best first, of the 5,000 newest; no cursor.")
@click.option("--tz", "zone", metavar="ZONE", help="For after: and before: (default: UTC).")
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
    rank: bool,
    zone: str | None,
    exit_code: bool,
    as_json: bool,
    ndjson: bool,
    limit: int,
    after: str | None,
) -> int:
    """Search the newest revision of every article, newest first.

    The language is that of the topics (docs/queries.md): words, "phrases", AND, OR, NOT, NEAR/5,
    parentheses, @aliases of config.yaml, title:word, =Exact, suffix*. Words side by side must all
    be there.

    \b
    Examples:
      watcher search 'police AND (camp OR "holding centre") NOT football'
      watcher search 'title:strike' --since 7d --lang sq
      watcher search 'raid NEAR/5 camp after:2026-03-10' --rank --limit 10
      watcher search @mek --ndjson --limit 0 > found.jsonl
    """
    narrow = Filter(moment_of("--since", since), moment_of("--until", until), feed, lang, story)
    if rank and after is not None:
        raise UsageError(
            "WTC-USE-004",
            "--rank has no cursor to go on from",
            hint="take more of it with --limit, 0 for all",
        )
    asked = Asked(query, _cursor(after), rank, as_json or ndjson, zone)
    hits = _hits(where, asked, narrow)
    part = Part(hits, limit, ranked=rank)
    rows = (_shape(found, spans) for found, spans in part)
    if ndjson:
        print_list(rows, None, lines=True)
    elif as_json:
        held = list(rows)
        print_list(held, part.next, lines=False)
    else:
        _print(rows)
        say_more(part.next)
    return NOTHING if exit_code and not part.count else 0


Hit = tuple[FoundArticle, tuple[Span, ...]]


class Part:
    """At most `limit` hits (0: all), one by one; then `count` of them, and the cursor `next` where
    there are more."""

    def __init__(self, hits: Iterator[Hit], limit: int, *, ranked: bool = False) -> None:
        self._ranked = ranked
        self._hits = hits
        self._limit = limit
        self.count = 0
        self.next: str | None = None

    def __iter__(self) -> Iterator[Hit]:
        last = None
        for hit in self._hits:
            if self._limit and self.count == self._limit:
                self.next = None if self._ranked else f"k{last}"
                return
            self.count += 1
            last = hit[0].key
            yield hit


@dataclass(frozen=True, slots=True)
class Asked:
    """The query and how its hits are wanted. `before`: below this key only."""

    query: str
    before: int | None
    rank: bool
    as_json: bool
    zone: str | None


def _hits(where: Where, asked: Asked, narrow: Filter) -> Iterator[Hit]:
    from watcher.topics.document import Document
    from watcher.topics.evaluate import evaluate
    from watcher.topics.facts import facts_of
    from watcher.topics.parse import parse_query

    parsed = parse_query(asked.query, *_names_of(where, asked.query), _zone(asked.zone))
    for warning in parsed.warnings:
        print_warning(_problem(warning, asked.query), as_json=asked.as_json)
    reader = where.reader()
    narrow = narrow.known(reader)
    for found in _candidates(reader, parsed, asked):
        if not narrow.keeps(found):
            continue
        spans = evaluate(parsed, Document.of(found.text, facts_of(found)))
        if spans is not None:
            yield found, tuple(spans)


def _candidates(reader: Reader, parsed: Query, asked: Asked) -> Iterator[FoundArticle]:
    from watcher.topics.archive import plan

    fts = plan(parsed)
    if not asked.rank or fts is None:
        if asked.rank:
            say("--rank has no words to go by: newest first")
        return reader.search(fts, before_key=asked.before)
    capped, found = reader.ranked(fts)
    if capped:
        say("ranked: the 5,000 newest that have the words; older ones are left out")
    return found


def _zone(name: str | None) -> tzinfo:
    from zoneinfo import ZoneInfo

    if name is None:
        return UTC
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError) as error:
        raise UsageError(
            "WTC-USE-003", f"--tz: {name!r} is no time zone", hint="write for example Europe/Tirane"
        ) from error


def _names_of(where: Where, query: str) -> tuple[Mapping[str, tuple[str, ...]], Mapping[str, str]]:
    """The aliases and topics of the config, for a query that may name one: reading a config takes
    longer than most searches."""
    if "@" not in query and "topic" not in query:
        return {}, {}
    settings = where.settings()
    return settings.aliases, settings.saved


def _problem(warning: QueryWarning, query: str) -> QueryError:
    return QueryError(
        warning.code,
        warning.message,
        hint=warning.hint,
        place=Place(offset=warning.offset, length=warning.length, source=query),
        suggestion=warning.suggestion,
    )


def _shape(found: FoundArticle, spans: tuple[Span, ...]) -> dict[str, Any]:
    from watcher.topics.snippet import snippet

    return {
        "article": found.article,
        "id": found.id,
        "url": shapes.address(found.url),
        "title": found.text.title,
        "outlet": found.outlet.name,
        "published": shapes.dated(found.text.published),
        "spans": [shapes.span(one) for one in spans],
        "snippet": snippet(found.text, spans),
    }


def _print(rows: Iterator[dict[str, Any]]) -> None:
    empty = True
    for row in rows:
        empty = False
        click.echo(one_line(f"{row['published'] or 'no date'}  {row['outlet']}"))
        click.echo(f"  {one_line(row['title'])}")
        if row["snippet"] != row["title"]:
            click.echo(f"  {one_line(row['snippet'])}")
        click.echo(f"  {one_line(row['url'] or '(no address)')}  {row['article']}\n")
    if empty:
        say("nothing found")


def _cursor(text: str | None) -> int | None:
    if text is None:
        return None
    if not re.fullmatch("k[0-9]{1,19}", text):
        raise UsageError(
            "WTC-USE-004",
            f"--after: {text!r} is no cursor of this list",
            hint="give the `next` of the part before, or leave it out to begin at the start",
        )
    return min(int(text[1:]), 2**63 - 1)
