"""`alerts mute|snooze|unmute|muted`: of what people want to hear no more, or later."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from watcher.cli import shapes
from watcher.cli.lists import print_page
from watcher.cli.options import Where, author, json_options, where_options
from watcher.cli.output import not_there, print_object, say
from watcher.errors import UsageError
from watcher.model.rows import Page

if TYPE_CHECKING:
    from watcher.model.alert import Mute
    from watcher.model.when import Micros
    from watcher.ports import Reader

THINGS = "THING is a topic's name, or the id of a story, article or alert: then it is the story."


@click.command("mute", epilog=THINGS)
@click.argument("thing", metavar="THING")
@click.option("--for", "span", metavar="DURATION", help="Only for so long, such as 7d.")
@where_options
@json_options
def mute(where: Where, thing: str, span: str | None, as_json: bool, ndjson: bool) -> None:
    """Raise no more alerts of a topic or a story. What waits for its digest is not told either.

    \b
    Examples:
      watcher alerts mute harbour
      watcher alerts mute s_k3x… --for 7d
    """
    _hush(where, thing, span, snooze=False, as_json=as_json or ndjson)


@click.command("snooze", epilog=THINGS)
@click.argument("thing", metavar="THING")
@click.option("--for", "span", metavar="DURATION", required=True, help="For how long, such as 3d.")
@where_options
@json_options
def snooze(where: Where, thing: str, span: str, as_json: bool, ndjson: bool) -> None:
    """Keep a topic's or a story's alerts back, and tell them together when the time is over.

    \b
    Example:
      watcher alerts snooze harbour --for 3d
    """
    _hush(where, thing, span, snooze=True, as_json=as_json or ndjson)


@click.command("unmute", epilog=THINGS)
@click.argument("thing", metavar="THING")
@where_options
@json_options
def unmute(where: Where, thing: str, as_json: bool, ndjson: bool) -> None:
    """Tell of a topic or a story again; what was snoozed until now goes out.

    \b
    Example:
      watcher alerts unmute harbour
    """
    from watcher.daemon.acts import act

    named = _named(where, where.reader(), thing, known=True)
    if not act(where.database(), {"do": "unmute", "thing": named, "author": author()}):
        raise UsageError(
            "WTC-USE-022",
            f"{named} is neither muted nor snoozed",
            hint="`watcher alerts muted` lists what is",
        )
    if as_json or ndjson:
        print_object({"thing": named, "muted": False})
        return
    click.echo(f"told again: {named}")


@click.command("muted")
@where_options
@json_options
def muted(where: Where, as_json: bool, ndjson: bool) -> None:
    """List what is muted or snoozed.

    \b
    Example:
      watcher alerts muted
    """
    page = Page(tuple(where.reader().mutes(_now())), None)
    columns: list[Any] = ["thing", "how", "until", "author", "at"]
    print_page(page, shapes.mute, as_json, ndjson, columns, empty="nothing is muted")


def _hush(where: Where, thing: str, span: str | None, *, snooze: bool, as_json: bool) -> None:
    from watcher.daemon.acts import act

    reader = where.reader()
    named = _named(where, reader, thing)
    until = None if span is None else _now() + _duration(span)
    request = {"do": "mute", "thing": named, "until": until, "snooze": snooze, "author": author()}
    act(where.database(), request)
    done = next(one for one in where.reader().mutes(_now()) if one.thing == named)
    if as_json:
        print_object(shapes.mute(done))
        return
    click.echo(_said(done))
    say(f"`watcher alerts unmute {named.partition(':')[2]}` takes it back")


def _said(one: Mute) -> str:
    until = shapes.mute(one)["until"]
    if one.snooze:
        return f"snoozed until {until}: {one.thing}; its alerts go out together then"
    return f"muted{f' until {until}' if until else ''}: {one.thing}; it raises no alert"


def _named(where: Where, reader: Reader, thing: str, *, known: bool = False) -> str:
    """`topic:NAME` or `story:ID`. `known`: it may be muted and else not there any more."""
    for name in (f"topic:{thing}", f"story:{thing}", thing):
        if known and any(one.thing == name for one in reader.mutes(0)):
            return name
    kind, colon, rest = thing.partition(":")
    bare = rest if colon and kind in {"topic", "story"} else thing
    if kind != "story" and (reader.query(bare, 1) is not None or _configured(where, bare)):
        return f"topic:{bare}"
    story = reader.story(bare)
    if story is not None:
        return f"story:{story.story}"
    alert = reader.alert(bare)
    if alert is not None and alert.story:
        return f"story:{alert.story}"
    article = reader.article(bare)
    if article is not None:
        return f"story:{article.story}"
    raise not_there("topic or story", thing, "stories")


def _configured(where: Where, name: str) -> bool:
    return any(topic.topic == name for topic in where.settings().topics)


def _duration(span: str) -> Micros:
    from watcher.config.values import Unfit, duration

    try:
        return duration(span)
    except Unfit as error:
        raise click.BadParameter(f"this should be {error}", param_hint="'--for'") from None


def _now() -> Micros:
    from watcher.system import SystemClock

    return SystemClock().now()
