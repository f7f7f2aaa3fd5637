"""`topics add`: a topic into config.yaml."""

from __future__ import annotations

from pathlib import Path

import click

from watcher.cli.options import DEFAULT_CONFIG, Where, json_options, where_options
from watcher.cli.output import one_line, print_object, say
from watcher.cli.topics import topics
from watcher.errors import UsageError, WatcherError


@topics.command("add")
@click.argument("name")
@click.argument("query")
@click.option("--channel", "channels", metavar="NAME", multiple=True, help="Tell this channel.")
@where_options
@json_options
def topics_add(
    where: Where, name: str, query: str, channels: tuple[str, ...], as_json: bool, ndjson: bool
) -> None:
    """Write a topic into config.yaml, its comments kept; a running daemon takes it over at once.

    \b
    Examples:
      watcher topics add ferries 'ferry AND (strike OR cancelled)' --channel desk
    """
    from watcher.config.edit_topics import NewTopic, add_topics
    from watcher.topics.parse import parse_query

    settings = where.settings(needs_config=True)
    parse_query(query, settings.aliases)  # an error of the command line, not of the file
    path = Path(where.config or DEFAULT_CONFIG)
    added = add_topics(path, [NewTopic(name, query, channels)])
    if not added:
        raise UsageError(
            "WTC-USE-023",
            f"there is a topic {name!r} already",
            hint="take another name, or change it in the file",
        )
    take_over(settings.database)
    if as_json or ndjson:
        print_object({"topic": name, "query": query, "channels": list(channels)})
        return
    click.echo(one_line(f"added: {name}: {query}"))
    if not channels:
        say("note: nobody is told of it (--channel NAME); `watcher alerts list` shows its alerts")
    say(f"next: `watcher topics test {name}` tries it over the archive; then `watcher once`")


def take_over(database: Path) -> None:
    """Has a running daemon read the file; without one the next start does."""
    from watcher.daemon.client import ask

    try:
        ask(database, {"do": "reload"}, seconds=60)
    except WatcherError as error:
        say(f"warning: the running daemon did not take it over: {error.message}")
