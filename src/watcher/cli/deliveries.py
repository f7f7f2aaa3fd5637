"""`deliveries`: list them, try one again, send one once more."""

from __future__ import annotations

from typing import Any

import click

from watcher.cli import shapes
from watcher.cli.lists import every, print_page
from watcher.cli.options import Where, author, json_options, page_options, where_options
from watcher.cli.output import not_there, print_object, say
from watcher.errors import UsageError


@click.group()
def deliveries() -> None:
    """What was sent to which channel."""


@deliveries.command("list")
@click.option("--state", type=click.Choice(["due", "leased", "done", "dead"]), help="Only these.")
@where_options
@json_options
@page_options(50)
def deliveries_list(
    where: Where, state: str | None, as_json: bool, ndjson: bool, limit: int, after: str | None
) -> None:
    """List the deliveries, newest first, with every attempt."""
    reader = where.reader()
    page = every(
        lambda n, cursor: reader.deliveries(limit=n, after=cursor, state=state), limit, after
    )
    print_page(
        page,
        shapes.delivery,
        as_json,
        ndjson,
        [
            "delivery",
            "channel",
            "state",
            ("attempts", lambda row: len(row["attempts"])),
            ("last answer", last_answer),
            "next_at",
            "alert",
        ],
        empty="no deliveries yet",
    )


@deliveries.command("retry")
@click.argument("ident", metavar="DELIVERY")
@where_options
@json_options
def deliveries_retry(where: Where, ident: str, as_json: bool, ndjson: bool) -> None:
    """Try a delivery that failed, or waits, again now. Its id stays.

    \b
    Example:
      watcher deliveries retry d_k3x…
    """
    _again(where, ident, replay=False, as_json=as_json or ndjson)


@deliveries.command("replay")
@click.argument("ident", metavar="DELIVERY")
@where_options
@json_options
def deliveries_replay(where: Where, ident: str, as_json: bool, ndjson: bool) -> None:
    """Send a delivery once more, though it was delivered. Its id stays: a receiver that keeps
    account of ids knows it for a repeat.

    \b
    Example:
      watcher deliveries replay d_k3x…
    """
    _again(where, ident, replay=True, as_json=as_json or ndjson)


def _again(where: Where, ident: str, *, replay: bool, as_json: bool) -> None:
    from watcher.daemon.acts import act

    row = where.reader().delivery(ident)
    if row is None:
        raise not_there("delivery", ident, "deliveries")
    request = {"do": "deliver_again", "delivery": ident, "replay": replay, "author": author()}
    if not act(where.database(), request):
        delivered = row.state == "done"
        raise UsageError(
            "WTC-USE-008",
            f"{ident} is {'delivered' if delivered else 'being sent just now'}",
            hint="`watcher deliveries replay` sends it once more" if delivered else "wait for it",
        )
    after = where.reader().delivery(ident)
    assert after is not None
    if as_json:
        print_object(shapes.delivery(after))
        return
    click.echo(f"due now: {ident} on {after.channel}")
    say("the running daemon, or the next `watcher once`, sends it")


def last_answer(row: Any) -> object:
    if not row["attempts"]:
        return None
    last = row["attempts"][-1]
    return last["error"] or last["status"]
