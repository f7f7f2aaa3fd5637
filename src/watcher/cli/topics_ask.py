"""`topics explain` and `topics counts`: why a topic is true of an article or not, and how often."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from watcher.cli import shapes
from watcher.cli.lists import every, print_page
from watcher.cli.moments import moment_of
from watcher.cli.options import Where, json_options, page_options, where_options
from watcher.cli.output import (
    counted,
    not_there,
    one_line,
    print_list,
    print_object,
    print_table,
    print_warning,
    say,
    when,
)
from watcher.errors import Place, QueryError

if TYPE_CHECKING:
    from watcher.config.settings import Settings
    from watcher.model.rows import IgnoredRow
    from watcher.model.topic import TopicSpec
    from watcher.ports import Reader
    from watcher.topics.ast import Query, QueryWarning
    from watcher.topics.explain import Clause

NOTHING = 4
BROAD = 0.2  # of the archive: a term that matches more is hardly worth asking for
SHOWN = 3  # places of a clause


def named(settings: Settings, wanted: str) -> tuple[TopicSpec, Query]:
    """A topic by its name, with its scope; any other text is read as a query without one."""
    from watcher.model.topic import TopicSpec
    from watcher.topics.parse import parse_query

    for spec in settings.topics:
        if spec.topic == wanted:
            return spec, settings.queries[wanted]
    query = parse_query(wanted, settings.aliases, settings.saved)
    return TopicSpec("", wanted, query.meaning), query


def warn(reader: Reader, query: Query, *, as_json: bool) -> None:
    """What is odd about a query, what it may miss, and its terms that are almost everywhere."""
    from watcher.topics.warn import hints

    for warning in (*query.warnings, *hints(query.root), *_broad(reader, query)):
        place = Place(offset=warning.offset, length=warning.length, source=query.text)
        problem = QueryError(
            warning.code,
            warning.message,
            hint=warning.hint,
            place=place,
            suggestion=warning.suggestion,
        )
        print_warning(problem, as_json=as_json)


def warn_of_scope(reader: Reader, settings: Settings, spec: TopicSpec) -> None:
    """Names in the scope that nothing is known by, in the config or the archive: slips, often."""
    from watcher.topics.scope import unknown_names

    stored = every(lambda n, cursor: reader.feeds(limit=n, after=cursor), 0, None).items
    feeds = {name for one in settings.feeds for name in (one.feed, one.url, one.title) if name}
    feeds |= {name for one in stored for name in (one.feed, one.url, one.title) if name}
    outlets = {name for pair in reader.outlets_stored() for name in pair}
    outlets |= {*settings.outlets, *settings.outlets.values(), *settings.outlet_names}
    tags = {tag for one in settings.feeds for tag in one.tags}
    for part, name in unknown_names(spec.scope, feeds=feeds, tags=tags, outlets=outlets):
        what = "feed is tagged" if part == "tags" else f"{part.rpartition('_')[2][:-1]} is called"
        say(f"warning: scope.{part}: no {what} {name!r} so far")


def _broad(reader: Reader, query: Query) -> list[QueryWarning]:
    from watcher.topics import complain
    from watcher.topics.archive import plan_term
    from watcher.topics.ast import QueryWarning, terms

    found: list[QueryWarning] = []
    for term in dict.fromkeys(terms(query.root)):
        fts = plan_term(term)
        share = reader.share(fts) if fts is not None else 0.0
        if share > BROAD:
            found.append(
                QueryWarning(
                    complain.TOO_BROAD,
                    f"{term.member or term.written} is in {share:.0%} of all articles",
                    term.start,
                    term.length,
                    hint="it narrows nothing: ask for a phrase, for title:, or leave it out",
                )
            )
    return found


@click.command("explain")
@click.argument("topic", metavar="NAME|QUERY")
@click.argument("article")
@click.option("--exit-code", is_flag=True, help="Exit with 4 where it does not match.")
@where_options
@json_options
def explain(
    where: Where, topic: str, article: str, exit_code: bool, as_json: bool, ndjson: bool
) -> int:
    """Say clause by clause why a topic, or a query, is true of an article, or why it is not.

    ARTICLE is our id, an address that led to it, or id:… of an import.

    \b
    Examples:
      watcher topics explain mek-albania https://example.org/news/1
      watcher topics explain 'raid NEAR/5 camp' id:41
    """
    from watcher.topics.document import Document
    from watcher.topics.explain import explain as explained
    from watcher.topics.facts import facts_of
    from watcher.topics.scope import outside

    spec, query = named(where.settings(), topic)
    found = where.reader().found(article)
    if found is None:
        raise not_there("article", article, "stories")
    facts = facts_of(found)
    clauses = explained(query, Document.of(found.text, facts))
    out = outside(spec.scope, facts)
    result = clauses[0].value and out is None
    if as_json or ndjson:
        print_object(
            {
                "topic": spec.topic or None,
                "query": query.text,
                "article": found.article,
                "result": result,
                "scope": out,
                "clauses": [_shape(one) for one in clauses],
            }
        )
    else:
        _print(clauses, found.text.title, result, out)
    return NOTHING if exit_code and not result else 0


def _shape(clause: Clause) -> dict[str, Any]:
    return {
        "clause": clause.clause,
        "start": clause.start,
        "end": clause.end,
        "depth": clause.depth,
        "value": clause.value,
        "why": clause.why,
        "spans": [shapes.span(one) for one in clause.spans],
    }


def _print(clauses: tuple[Clause, ...], title: str, result: bool, out: str | None) -> None:
    click.echo(f"{'matches' if result else 'does not match'}: {one_line(title)}")
    if out is not None:
        click.echo(f"out of scope: {one_line(out)}")
    for clause in clauses:
        places = [f"{one.field} {one.start}-{one.end}" for one in clause.spans[:SHOWN]]
        more = f" and {len(clause.spans) - SHOWN} more" if len(clause.spans) > SHOWN else ""
        said = clause.why or ", ".join(places) + more
        mark = "true " if clause.value else "false"
        line = f"{mark} {'  ' * clause.depth}{clause.clause}"
        click.echo(one_line(f"{line}: {said}") if said else one_line(line))


@click.command("rematch")
@click.argument("topic", metavar="NAME")
@click.option("--days", type=click.IntRange(1, 36_500), default=7, help="How far back (default 7).")
@where_options
@json_options
def rematch(where: Where, topic: str, days: int, as_json: bool, ndjson: bool) -> None:
    """Match a new or changed topic against what was stored in the last days. Nobody is told:
    `topics test` says what would have been.

    \b
    Example:
      watcher topics rematch mek-albania --days 30
    """
    from watcher.app import open_writing
    from watcher.model.when import DAY
    from watcher.pipeline.rematch import rematch as found_again
    from watcher.pipeline.topics import block_rules
    from watcher.system import SystemClock

    settings = where.settings()
    spec = next((one for one in settings.topics if one.topic == topic), None)
    if spec is None:
        raise not_there("topic", topic, "topics")
    store = open_writing(settings.database)
    try:
        now = SystemClock().now()
        version = store.sync_topics(settings.topics, now)[topic].version
        rules, query = block_rules(settings.ignore), settings.queries[topic]
        since = now - days * DAY
        matches = list(found_again(where.reader(), spec, query, version, since, rules))
        new = store.add_matches(matches, now)
    finally:
        store.close()
    if as_json or ndjson:
        print_object({"topic": topic, "version": version, "matches": len(matches), "new": new})
    else:
        click.echo(
            f"{counted(len(matches), 'article matches', 'articles match')}, {new} of them new"
        )


@click.command("ignored")
@where_options
@json_options
@page_options(50)
def ignored(where: Where, as_json: bool, ndjson: bool, limit: int, after: str | None) -> None:
    """List what the block rules of config.yaml (`ignore:`) keep from all topics, newest first."""
    reader = where.reader()
    page = every(lambda n, cursor: reader.ignored(limit=n, after=cursor), limit, after)
    columns = ["at", "rule", "outlet", "title", "article"]
    print_page(page, _ignored, as_json, ndjson, columns, empty="nothing is ignored")
    if not (as_json or ndjson):
        for rule, count in reader.rules().items():
            say(f"{counted(count, 'article', 'articles')}: {rule}")


def _ignored(row: IgnoredRow) -> dict[str, Any]:
    return {
        "article": row.article,
        "id": row.id,
        "url": shapes.address(row.url),
        "title": row.title,
        "outlet": row.outlet,
        "rule": row.rule,
        "at": when(row.at),
    }


@click.command("counts")
@click.argument("topic", metavar="NAME")
@click.option(
    "--by", type=click.Choice(["day", "outlet", "lang"]), default="day", help="What is counted by."
)
@click.option("--since", metavar="TIME", help="Published at or after: a date, a time, or 90d.")
@where_options
@json_options
def counts(
    where: Where, topic: str, by: Any, since: str | None, as_json: bool, ndjson: bool
) -> None:
    """Count the articles that matched a topic, by day, outlet or language."""
    reader = where.reader()
    held = reader.counts(topic, by, moment_of("--since", since))
    if not held and all(spec.topic != topic for spec in where.settings().topics):
        raise not_there("topic", topic, "topics")
    rows = [{by: value or None, "articles": count} for value, count in held]
    if as_json or ndjson:
        print_list(rows, None, lines=ndjson)
        return
    print_table(rows, [by, "articles"], empty="nothing matched yet")
    if rows:
        say(counted(sum(count for _, count in held), "article", "articles"))
