"""`import` from newsboat, Miniflux, FreshRSS and Google Alerts."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from watcher.cli.imports import _subscribe, import_
from watcher.cli.options import DEFAULT_CONFIG, Where, json_options, where_options
from watcher.cli.output import one_line, print_object, say
from watcher.errors import ConfigErrors, InputError, QueryError

if TYPE_CHECKING:
    from watcher.config.edit_topics import NewTopic
    from watcher.topics.google import GoogleAlert


@import_.command("newsboat")
@click.argument("source", metavar="FILE")
@where_options
@json_options
def newsboat(where: Where, source: str, as_json: bool, ndjson: bool) -> int:
    """Write the feeds of newsboat's `urls` file into config.yaml, with their tags and titles.

    It lies in ~/.newsboat or ~/.config/newsboat. FILE may be `-`.
    """
    from watcher.feeds.foreign import parse_newsboat
    from watcher.reading import read_source

    text = read_source(source).decode("utf-8", "replace")
    return _subscribe(where, source, parse_newsboat(text), as_json or ndjson)


@import_.command("miniflux")
@click.argument("source", metavar="FILE")
@where_options
@json_options
def miniflux(where: Where, source: str, as_json: bool, ndjson: bool) -> int:
    """Write the feeds of a Miniflux export into config.yaml: its OPML, or the JSON of /v1/feeds.

    Categories become folders and tags. FILE may be `-`.

    \b
    Examples:
      watcher import miniflux feeds.opml
      curl -H "X-Auth-Token: …" https://mf.example/v1/feeds | watcher import miniflux -
    """
    return _list(where, source, as_json=as_json or ndjson)


@import_.command("freshrss")
@click.argument("source", metavar="FILE")
@where_options
@json_options
def freshrss(where: Where, source: str, as_json: bool, ndjson: bool) -> int:
    """Write the feeds of a FreshRSS export into config.yaml: its OPML, or the JSON of its
    subscription list.

    Categories become folders and tags. FILE may be `-`.
    """
    return _list(where, source, as_json=as_json or ndjson)


def _list(where: Where, source: str, *, as_json: bool) -> int:
    from watcher.feeds.foreign import parse_list
    from watcher.reading import read_source

    try:
        found = parse_list(read_source(source))
    except ValueError as error:
        raise _unread(source, error) from error
    return _subscribe(where, source, found, as_json)


def _unread(source: str, error: ValueError) -> InputError:
    return InputError("WTC-IN-008", f"{source}: {error}", hint="export it once more")


@import_.command("google-alerts")
@click.argument("source", metavar="FILE.json")
@click.option("--channel", "channels", metavar="NAME", multiple=True, help="Tell this channel.")
@where_options
@json_options
def google_alerts(
    where: Where, source: str, channels: tuple[str, ...], as_json: bool, ndjson: bool
) -> int:
    """Write the queries of a Google Alerts export into config.yaml as topics.

    The export is the JSON of Google's data export (Takeout). Queries are put into the language of
    topics and told as they were; one that cannot be read is told and left out. Google watches the
    whole web, watcher the feeds that you name: add those of the outlets that matter.
    """
    from watcher.cli.topics_add import take_over
    from watcher.config.edit_topics import NewTopic, add_topics
    from watcher.reading import read_source
    from watcher.topics.google import parse_alerts

    settings = where.settings(needs_config=True)
    try:
        found = parse_alerts(read_source(source))
    except ValueError as error:
        raise _unread(source, error) from error
    good = [one for one in found if _readable(one)]
    wanted = [NewTopic(one.name, one.query, channels, _langs(one)) for one in good]
    path = Path(where.config or DEFAULT_CONFIG)
    added = add_topics(path, wanted)
    if added:
        take_over(settings.database)
    _tell(path, found, good, added, as_json=as_json or ndjson)
    return 1 if len(good) < len(found) else 0


def _langs(one: GoogleAlert) -> tuple[str, ...]:
    return (one.lang,) if one.lang else ()


def _readable(one: GoogleAlert) -> bool:
    from watcher.topics.parse import parse_query

    try:
        parse_query(one.query, {})
    except (QueryError, ConfigErrors) as error:
        say(one_line(f"warning: {one.was!r} cannot be read as a topic: {error}"))
        return False
    return True


def _tell(
    path: Path,
    found: list[GoogleAlert],
    good: list[GoogleAlert],
    added: list[NewTopic],
    *,
    as_json: bool,
) -> None:
    names = {one.name for one in added}
    shape = {
        "topics": len(found),
        "added": len(added),
        "already_there": len(good) - len(added),
        "refused": len(found) - len(good),
    }
    if as_json:
        print_object(shape)
        return
    for one in good:
        if one.name in names:
            click.echo(one_line(f"{one.name}: {one.query}"))
            if one.query != one.was:
                say(one_line(f"  was: {one.was}"))
    click.echo(
        f"{shape['topics']} alerts: {shape['added']} topics added to {path}, "
        f"{shape['already_there']} already there, {shape['refused']} refused"
    )
    say("next: `watcher add URL` for the outlets that matter, then `watcher once`")
