"""`channels`: how they fare, a test of one, and on or off."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from watcher.cli import shapes
from watcher.cli.options import Where, author, json_options, where_options
from watcher.cli.output import not_there, one_line, print_list, print_object, print_table, say
from watcher.errors import StoreError, UsageError

if TYPE_CHECKING:
    from watcher.config.settings import Settings


@click.group()
def channels() -> None:
    """The ways to people, and how they fare."""


@channels.command("list")
@where_options
@json_options
def channels_list(where: Where, as_json: bool, ndjson: bool) -> None:
    """List the channels: those of config.yaml, and those that something was sent on before."""
    items = _channels(where, where.settings())
    if as_json or ndjson:
        print_list(items, None, lines=ndjson)
        return
    print_table(
        items,
        ["channel", "type", "state", "failures", "waiting", "last_ok", "last_error", "why"],
        empty="no channels: config.yaml names them under `channels`",
    )


@channels.command("test")
@click.argument("name", metavar="NAME")
@where_options
@json_options
def channels_test(where: Where, name: str, as_json: bool, ndjson: bool) -> int:
    """Send a test on a channel now, and say what came of it. Nothing is stored.

    Exits with 1 where it was not taken.

    \b
    Example:
      watcher channels test desk
    """
    from watcher.daemon.trial import try_channel

    settings = where.settings(needs_config=True)
    _named(where, settings, name)
    shape = try_channel(settings, name)
    if as_json or ndjson:
        print_object(shape)
    elif shape["result"] == "delivered":
        said = "" if shape["status"] is None else f" answered {shape['status']}"
        click.echo(f"delivered: {name}{said}")
    else:
        click.echo(f"{shape['result']}: {one_line(shape['error'])}")
    return 0 if shape["result"] == "delivered" else 1


@channels.command("enable")
@click.argument("name", metavar="NAME")
@where_options
@json_options
def channels_enable(where: Where, name: str, as_json: bool, ndjson: bool) -> None:
    """Start anew with a channel that is disabled or failing; what waits for it is sent now.

    \b
    Example:
      watcher channels enable hook
    """
    _act(where, "enable_channel", name, as_json=as_json or ndjson)


@channels.command("disable")
@click.argument("name", metavar="NAME")
@where_options
@json_options
def channels_disable(where: Where, name: str, as_json: bool, ndjson: bool) -> None:
    """Send nothing on a channel until it is enabled. What there is to send waits.

    \b
    Example:
      watcher channels disable hook
    """
    _act(where, "disable_channel", name, as_json=as_json or ndjson)


def _channels(where: Where, settings: Settings) -> list[dict[str, Any]]:
    try:
        reader = where.reader()
    except StoreError:  # nothing was ever stored: all there is stands in config.yaml
        known, waiting = {}, {}
    else:
        known = {one.channel: one for one in reader.channels()}
        waiting = reader.waiting()
    types = {one.name: one.kind for one in settings.channels}
    names = dict.fromkeys([*types, *known])
    return [
        shapes.channel(name, types.get(name), known.get(name), waiting.get(name, 0))
        for name in names
    ]


def _named(where: Where, settings: Settings, name: str) -> dict[str, Any]:
    for shape in _channels(where, settings):
        if shape["channel"] == name:
            return shape
    raise not_there("channel", name, "channels")


def _act(where: Where, act: str, name: str, *, as_json: bool) -> None:
    from watcher.daemon.acts import act as do

    settings = where.settings()
    _named(where, settings, name)
    if not do(settings.database, {"do": act, "channel": name, "author": author()}):
        raise UsageError("WTC-USE-008", f"channel {name}: there is nothing to do", hint=None)
    shape = _named(where, settings, name)
    if as_json:
        print_object(shape)
        return
    click.echo(f"{act.partition('_')[0]}d: {name}")
    if shape["waiting"]:
        say(f"deliveries that wait for it: {shape['waiting']}")
