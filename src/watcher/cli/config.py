"""`config`: what is wrong with config.yaml, what it comes to, and what may stand in it."""

from __future__ import annotations

from pathlib import Path

import click

from watcher.cli.options import DEFAULT_CONFIG, Where, json_options, where_options
from watcher.cli.output import clean, dumps, print_object, say


@click.group()
def config() -> None:
    """Check, show or describe config.yaml."""


@config.command()
@where_options
@json_options
def check(where: Where, as_json: bool, ndjson: bool) -> None:
    """Check config.yaml: every problem at once, with its line and a hint; secrets are read, too.

    Exits with 78 where there is any.
    """
    settings = where.settings(needs_config=True)
    from watcher.app import read_secrets

    read_secrets(settings)
    shape = {
        "file": str(settings.path),
        "feeds": len(settings.feeds),
        "topics": len(settings.topics),
        "channels": len(settings.channels),
        "warnings": list(settings.warnings),
    }
    if as_json or ndjson:
        print_object(shape)
        return
    for warning in settings.warnings:
        say(f"warning: {warning}")
    click.echo(
        clean(
            f"{settings.path} is good: {shape['feeds']} feeds, {shape['topics']} topics, "
            f"{shape['channels']} channels"
        )
    )


@config.command()
@where_options
@json_options
def show(where: Where, as_json: bool, ndjson: bool) -> None:
    """Show what config.yaml comes to, defaults filled in. Secrets are named, never shown."""
    from watcher.config.load import effective

    shape = effective(Path(where.config or DEFAULT_CONFIG))
    if as_json or ndjson:
        print_object(shape)
        return
    for name, value in shape.items():
        click.echo(clean(f"{name}: {dumps(value)}"))


@config.command()
def schema() -> None:
    """Print the JSON Schema of config.yaml, for editors that complete and check while you type."""
    from watcher.config.schema import schema_text

    click.echo(schema_text(), nl=False)


@config.command()
@where_options
@json_options
def reload(where: Where, as_json: bool, ndjson: bool) -> None:
    """Have the running daemon take config.yaml over, and show what changes.

    It is taken over whole, or not at all where anything in it is wrong. The daemon does the same
    when the file changes (`daemon.reload`), and on SIGHUP. What only a restart changes is named.
    """
    settings = where.settings(needs_config=True)
    from watcher.daemon.client import ask
    from watcher.errors import BusyError

    reply = ask(settings.database, {"do": "reload"}, seconds=60)
    if reply is None:
        raise BusyError(
            "WTC-RUN-077",
            "no daemon is running on this database",
            hint="nothing to do: the next `run` or `once` reads the file",
        )
    if as_json or ndjson:
        print_object({"changes": reply["changes"], "restart": reply["restart"]})
        return
    for change in reply["changes"]:
        click.echo(clean(change))
    if not reply["changes"]:
        click.echo("nothing changed")
    for name in reply["restart"]:
        say(f"note: {name} changes with the next start of the daemon")
