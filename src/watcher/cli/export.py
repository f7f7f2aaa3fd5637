"""`export`: what is here, in the formats of others."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from watcher.cli.options import Where, where_options
from watcher.cli.output import counted, say
from watcher.errors import InputError, StoreError

if TYPE_CHECKING:
    from watcher.feeds.opml import Subscription
    from watcher.model.rows import FeedRow


@click.group("export")
def export() -> None:
    """Take what is here to other programs."""


@export.command("opml")
@click.argument("target", metavar="[FILE]", default="-")
@where_options
def export_opml(where: Where, target: str) -> None:
    """Write the feeds of config.yaml as OPML, the list that feed readers exchange: with folders,
    titles, sites, languages, and tags as categories. Without FILE, or with `-`, it is printed.

    \b
    Examples:
      watcher export opml feeds.opml
      watcher export opml | xmllint --format -
    """
    from watcher.feeds.opml import write_opml

    feeds = _feeds(where)
    text = write_opml(feeds, "Feeds watched by watcher")
    if target == "-":
        click.echo(text, nl=False)
        return
    try:
        Path(target).write_text(text, encoding="utf-8")
    except OSError as error:
        raise InputError(
            "WTC-IN-005",
            f"{target} cannot be written: {error.strerror or error}",
            hint="name a file in a folder that you may write to",
        ) from error
    say(f"{counted(len(feeds), 'feed', 'feeds')} written to {target}")


def _feeds(where: Where) -> list[Subscription]:
    from watcher.feeds.opml import Subscription

    settings = where.settings(needs_config=True)
    seen = _seen(where)
    found = []
    pages = [spec.url for spec in settings.feeds if spec.page is not None]
    if pages:
        told = counted(len(pages), "list page is", "list pages are")
        say(f"{told} left out: no other reader could read {pages[0]} as a feed")
    for spec in settings.feeds:
        if spec.page is not None:
            continue
        row = seen.get(spec.feed)
        found.append(
            Subscription(
                spec.url,
                spec.title or (row.title if row else None),
                spec.folder,
                site_url=row.site_url if row else None,
                language=spec.language,
                categories=spec.tags,
            )
        )
    return found


def _seen(where: Where) -> dict[str, FeedRow]:
    """What polls learned of the feeds; nothing where there is no database yet."""
    from watcher.cli.lists import every

    try:
        reader = where.reader()
    except StoreError:
        return {}
    rows = every(lambda n, cursor: reader.feeds(limit=n, after=cursor), 0, None)
    return {row.feed: row for row in rows.items}
