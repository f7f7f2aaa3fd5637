"""`add`: subscribe to feeds."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from watcher.cli import shapes
from watcher.cli.options import DEFAULT_CONFIG, Where, json_options, where_options
from watcher.cli.output import counted, one_line, print_object, say
from watcher.errors import UsageError

if TYPE_CHECKING:
    from watcher.config.settings import Settings
    from watcher.model.feed import ParsedFeed


@click.command()
@click.argument("urls", metavar="URL...", nargs=-1, required=True)
@click.option("--dry-run", is_flag=True, help="Show the feed's entries, write nothing.")
@where_options
@json_options
def add(where: Where, urls: tuple[str, ...], dry_run: bool, as_json: bool, ndjson: bool) -> None:
    """Subscribe to feeds: reads each once to see that it is one, then writes them into config.yaml
    with its comments kept; where one is no feed, none is written. A new feed is polled at once by
    the daemon, or by the next `once`.

    \b
    Examples:
      watcher add https://example.org/feed https://example.com/rss
      watcher add https://example.org/feed --dry-run
    """
    settings = where.settings(needs_config=True)
    feeds = _read(settings, urls)
    if dry_run:
        _show(feeds, as_json=as_json or ndjson)
        return
    written = _write(Path(where.config or DEFAULT_CONFIG), feeds)
    take_over(settings.database, list(feeds))
    shape = [
        {"url": url, "title": feed.title, "added": url in written} for url, feed in feeds.items()
    ]
    if as_json or ndjson:
        print_object({"feeds": shape})
        return
    for one in shape:
        click.echo(f"{'added' if one['added'] else 'already there'}: {one['url']}")
    if written:
        say("next: `watcher once`, or leave it to the running daemon")


def _read(settings: Settings, urls: Sequence[str]) -> dict[str, ParsedFeed]:
    """The feeds by their addresses. Raises UsageError for what is no address, and what a feed that
    cannot be had or read raises."""
    from watcher.app import Reading

    for url in urls:
        if not url.lower().startswith(("http://", "https://")):
            raise UsageError(
                "WTC-USE-006",
                f"{url!r} is no http(s) address",
                hint="write it whole, for example https://example.org/feed",
            )
    feeds = {}
    with Reading(settings) as reading:
        for url in urls:
            feed = feeds[url] = reading.feed(url, None)
            entries = counted(len(feed.entries), "entry", "entries")
            say(f"{one_line(feed.title or url)}: {entries} ({feed.kind})")
    return feeds


def _show(feeds: dict[str, ParsedFeed], *, as_json: bool) -> None:
    if as_json:
        shape = [{**shapes.parsed_feed(feed), "url": url} for url, feed in feeds.items()]
        print_object({"feeds": shape})
        return
    for feed in feeds.values():
        for entry in feed.entries:
            click.echo(one_line(f"  {entry.title}  {entry.url or ''}"))


def _write(path: Path, feeds: dict[str, ParsedFeed]) -> set[str]:
    from watcher.config.edit import NewFeed, add_feeds

    return {
        one.url
        for one in add_feeds(path, [NewFeed(url, feed.title) for url, feed in feeds.items()])
    }


def take_over(database: Path, urls: list[str]) -> None:
    """Tells a running daemon; without one the next start reads the file."""
    from watcher.daemon.client import ask

    reply = ask(database, {"do": "add", "urls": urls})
    if reply is not None:
        for url in reply["missing"]:
            say(f"warning: the running daemon reads another config and does not know {url}")
