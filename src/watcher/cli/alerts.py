"""`alerts`: what was told, what was not, and why."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from watcher.cli import shapes
from watcher.cli.deliveries import last_answer
from watcher.cli.lists import every, print_facts, print_page
from watcher.cli.mutes import mute, muted, snooze, unmute
from watcher.cli.options import Where, json_options, page_options, where_options
from watcher.cli.output import clean, not_there, one_line, print_object, print_table
from watcher.cli.why_not import why_not

if TYPE_CHECKING:
    from watcher.model.rows import AlertRow
    from watcher.ports import Reader

FACTS = ("alert", "kind", "decision", "reason", "at", "topic", "topic_version", "story", "article",
         "revision")  # fmt: skip
MOST = 1_000  # deliveries of one alert that are shown


@click.group()
def alerts() -> None:
    """What was told, what was not, and why."""


@alerts.command("list")
@click.option("--topic", metavar="NAME", help="Only this topic's.")
@where_options
@json_options
@page_options(50)
def alerts_list(
    where: Where, topic: str | None, as_json: bool, ndjson: bool, limit: int, after: str | None
) -> None:
    """List the alerts, newest first, the suppressed ones with their reason."""
    reader = where.reader()
    page = every(lambda n, cursor: reader.alerts(limit=n, after=cursor, topic=topic), limit, after)
    print_page(
        page,
        shapes.alert,
        as_json,
        ndjson,
        ["at", "decision", "topic", "article", "reason"],
        empty="no alerts yet",
    )


@alerts.command("show")
@click.argument("ident", metavar="ALERT")
@click.option("--why", is_flag=True, help="The query, the words, the story, and every attempt.")
@where_options
@json_options
def alerts_show(where: Where, ident: str, why: bool, as_json: bool, ndjson: bool) -> None:
    """Show one alert, and what became of it on each channel.

    \b
    Example:
      watcher alerts show al_k3x… --why
    """
    reader = where.reader()
    row = reader.alert(ident)
    if row is None:
        raise not_there("alert", ident, "alerts")
    shape = _shape(row, reader)
    if as_json or ndjson:
        print_object(shape)
        return
    print_facts(shape, [name for name in FACTS if shape[name] is not None])
    if why:
        _print_why(shape)
    click.echo()
    print_table(
        shape["deliveries"],
        ["delivery", "channel", "state", ("attempts", lambda one: len(one["attempts"])),
         ("last answer", last_answer), "next_at"],
        empty="told nobody" if row.decision != "raised" else "its topic has no channels",
    )  # fmt: skip


for command in (why_not, mute, snooze, unmute, muted):
    alerts.add_command(command)


def _shape(row: AlertRow, reader: Reader) -> dict[str, Any]:
    """The alert, with all that led to it."""
    article = reader.article(row.article) if row.article else None
    match = None
    if article is not None:
        found = [one for one in article.matches if one.topic == row.topic]
        # The alert's own revision; what was matched anew since is not why it came.
        own = [one for one in found if one.revision == row.revision] or found
        match = shapes.match(own[0]) if own else None
    page = reader.deliveries(limit=MOST, alert=row.alert)
    return {
        **shapes.alert(row),
        "query": reader.query(row.topic, row.topic_version) if row.topic else None,
        "match": match,
        "title": article.text.title if article else None,
        "url": shapes.address(article.url) if article else None,
        "why_story": article.why if article else None,
        "deliveries": [shapes.delivery(one) for one in page.items],
    }


def _print_why(shape: dict[str, Any]) -> None:
    if shape["title"] is not None:
        click.echo(f"\n{one_line(shape['title'])}\n  {one_line(shape['url'] or '-')}")
        click.echo(clean(f"\nwhy this story: {shape['why_story']}"))
    if shape["query"] is not None:
        click.echo(clean(f"\nthe query, version {shape['topic_version']}: {shape['query']}"))
    if shape["match"] is not None:
        click.echo(clean(f"true because of: {shape['match']['clause']}"))
        for span in shape["match"]["spans"]:
            place = f"{span['field']} {span['start']}-{span['end']}"
            click.echo(clean(f"  {place}  {span['clause']}"))
    for delivery in shape["deliveries"]:
        click.echo(f"\n{delivery['delivery']} on {delivery['channel']}: {delivery['state']}")
        for one in delivery["attempts"]:
            said = one["error"] or one["status"]
            click.echo(clean(f"  {one['at']}  {said}  ({one['ms']} ms)"))
