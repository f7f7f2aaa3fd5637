"""`status`: is the daemon running, and is anything late?"""

from __future__ import annotations

from typing import Any

import click

from watcher.cli import shapes
from watcher.cli.options import Where, json_options, where_options
from watcher.cli.output import counted, one_line, print_object
from watcher.cli.quick import quick_database

UNHEALTHY = 5


@click.command()
@click.option("--health", is_flag=True, help="Exit with 5 where the daemon does not answer.")
@click.option("--watch", is_flag=True, help="Show it again every two seconds, until Ctrl-C.")
@where_options
@json_options
def status(where: Where, health: bool, watch: bool, as_json: bool, ndjson: bool) -> int:
    """Show the daemon, the feeds, what waits to be sent, and the database.

    `watcher doctor` says what is wrong, and what mends it.

    \b
    Examples:
      watcher status
      watcher status --watch
      watcher status --health || systemctl restart watcher
    """
    database = quick_database(where)
    if not watch:
        daemon = _daemon(database)
        _show(database, daemon, as_json=as_json or ndjson)
        return UNHEALTHY if health and not daemon["running"] else 0
    while True:
        if not (as_json or ndjson):
            click.clear()
        _show(database, _daemon(database), as_json=as_json or ndjson)
        _wait()


def _wait() -> None:
    """Two seconds. Ctrl-C ends it with 130."""
    import threading

    threading.Event().wait(2.0)


def _show(database: Any, daemon: dict[str, Any], *, as_json: bool) -> None:
    from watcher.app import open_reading
    from watcher.system import SystemClock

    reader = open_reading(database)
    shape = shapes.status(reader.status(SystemClock().now()), daemon=daemon, path=str(database))
    reader.close()
    if as_json:
        print_object(shape)
    else:
        _print(shape)


def _daemon(database: Any) -> dict[str, Any]:
    from watcher.daemon.client import ask

    reply = ask(database, {"do": "ping"})
    if reply is None:
        return {"running": False, "pid": None, "since": None}
    return {"running": True, "pid": reply["pid"], "since": reply["since"]}


def _print(shape: dict[str, Any]) -> None:
    daemon, outbox, base = shape["daemon"], shape["outbox"], shape["database"]
    running = f"running (pid {daemon['pid']}) since {daemon['since']}"
    feeds = ", ".join(f"{count} {state}" for state, count in shape["feeds"].items()) or "none"
    lines = {
        "daemon": running if daemon["running"] else "not running",
        "feeds": feeds,
        "polls": _polls(shape["polls"]),
        "next due": shape["next_due"] or "nothing",
        "articles": f"{shape['articles']:,} in {counted(shape['stories'], 'story', 'stories')}, "
        f"{counted(shape['entries_waiting'], 'page', 'pages')} waiting"
        + f", {shape['entries_broken']} set aside"
        * bool(shape["entries_broken"]),
        "matches": f"{shape['matches']:,}, {counted(shape['alerts'], 'alert', 'alerts')}",
        "outbox": f"{outbox['due']} due, {outbox['leased']} being sent, {outbox['dead']} dead"
        + (f", {outbox['waiting']} alerts waiting for their time" if outbox["waiting"] else "")
        + (f", oldest from {outbox['oldest']}" if outbox["oldest"] else ""),
        "database": f"{base['path']} (version {base['version']}, {base['size']:,} bytes)",
    }
    for name, text in lines.items():
        click.echo(f"{name:<10} {one_line(text)}")
    _print_feeds(shape)


def _polls(polls: dict[str, Any]) -> str:
    told = f"about {polls['hourly']:,.0f} an hour"
    if polls["stretched"]:
        feeds = counted(polls["stretched"], "feed", "feeds")
        told += f"; {feeds} polled later than wanted (poll.budget)"
    return told


def _print_feeds(shape: dict[str, Any]) -> None:
    """What feeds have to tell: those that fail, and what polls noted of late."""
    for one in shape["failing"]:
        error = one["error"]
        told = f"{one['url']} since {one['since'] or '?'}: {error['message']} ({error['code']})"
        click.echo(f"failing    {one_line(told)}")
        if one["hint"]:
            click.echo(f"           {one_line(one['hint'])}")
    for one in shape["notes"]:
        told = f"{one['at']} {one['url']}: {one['note']}"
        click.echo(f"note       {one_line(told)}")
