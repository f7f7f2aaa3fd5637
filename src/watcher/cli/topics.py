"""`topics`: what is watched, and what a query would have told."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from watcher.cli import shapes
from watcher.cli.lists import every, print_page
from watcher.cli.moments import moment_of
from watcher.cli.options import Where, json_options, page_options, where_options
from watcher.cli.output import counted, one_line, print_object, print_table, say, when
from watcher.cli.topics_ask import counts, explain, ignored, named, rematch, warn, warn_of_scope

if TYPE_CHECKING:
    from watcher.pipeline.backtest import Backtest, Hit

NOTHING = 4
MOST_OUTLETS = 10


@click.group()
def topics() -> None:
    """The topics and their matches."""


topics.add_command(explain)
topics.add_command(counts)
topics.add_command(ignored)
topics.add_command(rematch)


@topics.command("list")
@where_options
@json_options
@page_options(100)
def topics_list(where: Where, as_json: bool, ndjson: bool, limit: int, after: str | None) -> None:
    """List the topics as last loaded."""
    from watcher.system import SystemClock

    reader = where.reader()
    now = SystemClock().now()
    page = every(lambda n, cursor: reader.topics(now=now, limit=n, after=cursor), limit, after)
    print_page(
        page,
        shapes.topic,
        as_json,
        ndjson,
        ["topic", "version", "matches_today", "matches_total", "channels", "query"],
        empty="no topics yet: write one under `topics:` in config.yaml, then `watcher once`",
    )


@topics.command("test")
@click.argument("topic", metavar="NAME|QUERY")
@click.option("--since", metavar="TIME", help="Published at or after: a date, a time, or 90d.")
@click.option(
    "--against", metavar="NAME|QUERY", help="Compare: what it gains and loses against this one."
)
@click.option("--exit-code", is_flag=True, help="Exit with 4 where nothing is found.")
@where_options
@json_options
def topics_test(
    where: Where,
    topic: str,
    since: str | None,
    against: str | None,
    exit_code: bool,
    as_json: bool,
    ndjson: bool,
) -> int:
    """Run a topic of config.yaml, or a query, over the archive: what it would have told, and why.

    An article counts by the first of its revisions that the topic is true of, in the order in
    which they arrived.

    \b
    Examples:
      watcher topics test mek-albania --since 90d
      watcher topics test '@mek AND (Tirana OR Durrës)' --against mek-albania
    """
    from watcher.alerts.rules import AlertPolicy
    from watcher.pipeline.backtest import backtest
    from watcher.pipeline.topics import block_rules

    settings = where.settings()
    reader = where.reader()
    start = moment_of("--since", since)
    policy = AlertPolicy(settings.backlog)
    spec, query = named(settings, topic)
    warn(reader, query, as_json=as_json or ndjson)
    if not (as_json or ndjson):
        warn_of_scope(reader, settings, spec)
    rules = block_rules(settings.ignore)
    tested = backtest(reader, spec, query, policy, start, settings.feeds, rules)
    other = (
        backtest(reader, *named(settings, against), policy, start, settings.feeds, rules)
        if against
        else None
    )
    gained = tested.without(other) if other else ()
    lost = other.without(tested) if other else ()
    if as_json or ndjson:
        print_object(
            {
                "topic": spec.topic or None,
                "query": spec.query,
                "hits": [_hit(one) for one in tested.hits],
                "per_day": tested.per_day,
                "per_outlet": tested.per_outlet,
                "gained": [_hit(one) for one in gained],
                "lost": [_hit(one) for one in lost],
            }
        )
    else:
        _print_test(tested)
        if other is not None:
            _print_change("gained", gained)
            _print_change("lost", lost)
    return NOTHING if exit_code and not tested.hits else 0


def _hit(hit: Hit) -> dict[str, Any]:
    from watcher.topics.snippet import snippet

    found = hit.article
    return {
        "article": found.article,
        "id": found.id,
        "at": when(hit.at),
        "decision": hit.decision,
        "reason": hit.reason,
        "url": shapes.address(found.url),
        "title": found.text.title,
        "outlet": found.outlet.name,
        "snippet": snippet(found.text, hit.spans),
    }


def _print_test(tested: Backtest) -> None:
    raised = sum(hit.decision == "raised" for hit in tested.hits)
    print_table(
        [_hit(one) for one in tested.hits],
        ["at", "decision", "outlet", "title", "reason"],
        empty="nothing in the archive matches",
    )
    if not tested.hits:
        return
    days = tested.per_day
    outlets = list(tested.per_outlet.items())
    said = counted(len(tested.hits), "article matches", "articles match")
    say(f"{said}, {raised} would have been told")
    say(f"per day: {', '.join(f'{day} {count}' for day, count in days.items())}")
    shown = ", ".join(f"{one_line(name)} {count}" for name, count in outlets[:MOST_OUTLETS])
    more = f" and {len(outlets) - MOST_OUTLETS} more" if len(outlets) > MOST_OUTLETS else ""
    say(f"per outlet: {shown}{more}")


def _print_change(name: str, hits: tuple[Hit, ...]) -> None:
    say(f"{name}: {len(hits)}")
    for hit in hits:
        say(f"  {one_line(hit.article.text.title)} — {one_line(hit.article.outlet.name)}")
