"""`add`: subscribe to feeds."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from watcher.cli.options import DEFAULT_CONFIG, Where, json_options, where_options
from watcher.cli.output import clean, print_object, say


@click.command()
@click.argument("urls", metavar="URL...", nargs=-1, required=True)
@click.option("--dry-run", is_flag=True, help="Show the feed's entries, write nothing.")
@where_options
@json_options
def add(where: Where, urls: tuple[str, ...], dry_run: bool, as_json: bool, ndjson: bool) -> None:
    """Subscribe to feeds: reads each once to see that it is one, then writes it into config.yaml
    with its comments kept. A new feed is polled at once by the daemon, or by the next `once`."""
    from watcher.app import Reading

    settings = where.settings(needs_config=True)
    path = Path(where.config or DEFAULT_CONFIG)
    added: list[dict[str, Any]] = []
    with Reading(settings) as reading:
        for url in urls:
            feed = reading.feed(url, None)
            say(f"{feed.title or url}: {len(feed.entries)} entries ({feed.kind})")
            if dry_run:
                for entry in feed.entries:
                    click.echo(clean(f"  {entry.title}  {entry.url or ''}"))
                continue
            added.append({"url": url, "title": feed.title, "added": _write(path, url, feed.title)})
    if not dry_run:
        take_over(settings.database, [one["url"] for one in added])
    if as_json or ndjson:
        print_object({"feeds": added})
        return
    for one in added:
        click.echo(f"{'added' if one['added'] else 'already there'}: {one['url']}")
    if any(one["added"] for one in added):
        say("next: `watcher once`, or leave it to the running daemon")


def _write(path: Path, url: str, title: str | None) -> bool:
    from watcher.config.edit import add_feed

    return add_feed(path, url, title)


def take_over(database: Path, urls: list[str]) -> None:
    """Tells a running daemon; without one the next start reads the file."""
    from watcher.daemon.client import ask

    reply = ask(database, {"do": "add", "urls": urls})
    if reply is not None:
        for url in reply["missing"]:
            say(f"warning: the running daemon reads another config and does not know {url}")
