"""`init`: the first config.yaml."""

from __future__ import annotations

import base64
import os
import sys
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from watcher.cli.options import DEFAULT_CONFIG, DEFAULT_DATABASE, Where, json_options, where_options
from watcher.cli.output import print_object, say
from watcher.errors import ConfigError, ConfigErrors, UsageError

if TYPE_CHECKING:
    from watcher.config.starter import Start

KEY_BYTES = 32
ASKED = "No question is needed: Enter leaves a thing out, and all of it can be changed in the file."


@click.command()
@click.option(
    "--topic",
    "topics",
    metavar="NAME=QUERY",
    multiple=True,
    help="What to watch; several times for several.",
)
@click.option("--email", "mail_to", metavar="ADDRESS", multiple=True, help="Tell this address.")
@click.option("--smtp", "mail_host", metavar="HOST", help="The mail server (default: localhost).")
@click.option("--sender", metavar="ADDRESS", help="Where mails come from.")
@click.option("--webhook", metavar="URL", help="Tell this address; a key is made for it.")
@click.option("--contact", metavar="URL|MAIL", help="Leads to you; goes into the user agent.")
@click.option("--from-opml", metavar="FILE", help="Take the feeds of another reader along.")
@click.option("--no-input", is_flag=True, help="Ask nothing.")
@where_options
@json_options
def init(
    where: Where,
    topics: tuple[str, ...],
    mail_to: tuple[str, ...],
    mail_host: str | None,
    sender: str | None,
    webhook: str | None,
    contact: str | None,
    from_opml: str | None,
    no_input: bool,
    as_json: bool,
    ndjson: bool,
) -> None:
    """Write a commented config.yaml and make the database. Nothing is ever overwritten.

    On a terminal it asks for what is not said; --no-input, or a pipe, asks nothing.

    \b
    Examples:
      watcher init
      watcher init --topic 'ferries=ferry AND strike' --email desk@example.org
      watcher init --from-opml feeds.opml --no-input
    """
    from watcher.config.starter import Start

    path = Path(where.config or DEFAULT_CONFIG)
    if os.path.lexists(path):
        raise _there(path)
    start = Start(
        database=where.db or DEFAULT_DATABASE,
        contact=contact,
        topics=tuple(_topic(one) for one in topics),
        mail_to=mail_to,
        mail_host=mail_host or "localhost",
        sender=sender,
        webhook=webhook,
    )
    if not (no_input or as_json or ndjson) and sys.stdin.isatty() and sys.stderr.isatty():
        start = _asked(start)
    _write(path, start)
    taken = _opml(path, from_opml) if from_opml else 0
    key = _key(path, start) if start.webhook else None
    database = _database(path)
    steps = _next(where, taken, bool(start.topics))
    shape = {
        "config": str(path),
        "database": str(database),
        "key": None if key is None else str(key),
        "feeds": taken,
        "next": steps,
    }
    if as_json or ndjson:
        print_object(shape)
        return
    click.echo(f"written: {path}")
    click.echo(f"made: {database}")
    if key is not None:
        click.echo(f"made: {key} (the webhook's key: give it to the receiver)")
    if taken:
        click.echo(f"feeds: {taken}")
    for number, step in enumerate(steps):
        say(f"{'next:' if not number else '     '} {step}")


def _there(path: Path) -> UsageError:
    return UsageError(
        "WTC-USE-020",
        f"{path} is there already; nothing was written",
        hint="`watcher config check` says what is in it; -c FILE writes another one",
    )


def _topic(text: str) -> tuple[str, str]:
    name, equals, query = text.partition("=")
    if not (equals and name.strip() and query.strip()):
        raise UsageError(
            "WTC-USE-021",
            f"--topic {text!r} is no NAME=QUERY",
            hint="for example: --topic 'ferries=ferry AND strike'",
        )
    return name.strip(), query.strip()


def _asked(start: Start) -> Start:
    """The same with what somebody on the terminal adds."""
    click.echo(ASKED, err=True)
    if not start.topics:
        query = _ask("What do you want to watch? (a query, for example: ferry AND strike)")
        name = _ask("A short name for it", "watch") if query else None
        start = replace(start, topics=((name or "watch", query),) if query else ())
    if not start.mail_to and not start.webhook:
        mail = _ask("Where shall mails go?")
        start = replace(start, mail_to=(mail,) if mail else ())
        hook = None if mail else _ask("Or a webhook's address?")
        start = replace(start, webhook=hook)
    if start.contact is None:
        start = replace(start, contact=_ask("An address that leads to you, for publishers"))
    return start


def _ask(question: str, default: str = "") -> str | None:
    answer: str = click.prompt(question, default=default, show_default=bool(default), err=True)
    return answer.strip() or None


def _write(path: Path, start: Start) -> None:
    """All or nothing, and never over a file that is there. Raises ConfigErrors for answers that
    would make a config that does not load."""
    from watcher.config.load import load_text
    from watcher.config.starter import starter

    text = starter(start)
    load_text(text, path)
    try:
        with path.open("x", encoding="utf-8") as out:
            out.write(text)
    except FileExistsError as error:
        raise _there(path) from error
    except OSError as error:
        hint = "name a file in a folder that you may write to with -c FILE"
        message = f"{path} cannot be written: {error.strerror or error}"
        raise ConfigErrors([ConfigError("WTC-CFG-002", message, hint=hint)]) from error


def _opml(path: Path, source: str) -> int:
    from watcher.config.edit import NewFeed, add_feeds
    from watcher.feeds.opml import parse_opml
    from watcher.reading import read_source

    try:
        found = parse_opml(read_source(source))
        wanted = [NewFeed(one.url, one.title, one.tags, one.folders) for one in found.feeds]
        return len(add_feeds(path, wanted))
    except ValueError as error:
        path.unlink()
        raise UsageError(
            "WTC-IN-004", f"{source}: {error}", hint="export the subscriptions as OPML once more"
        ) from error
    except BaseException:
        path.unlink()  # it was ours, made a moment ago
        raise


def _key(path: Path, start: Start) -> Path | None:
    """A new key for the webhook, readable for this user alone; one that is there stays."""
    key = path.parent / start.key_file
    try:
        handle = os.open(key, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        say(f"note: {key} is there already and was kept")
        return None
    with os.fdopen(handle, "w") as out:
        out.write(f"whsec_{base64.b64encode(os.urandom(KEY_BYTES)).decode()}\n")
    return key


def _database(path: Path) -> Path:
    from watcher.app import open_writing
    from watcher.config.load import load

    database = load(path).database
    if not database.exists():
        with closing(open_writing(database)):
            pass
    return database


def _next(where: Where, feeds: int, topics: bool) -> list[str]:
    config = f" -c {where.config}" if where.config else ""
    steps = []
    if not feeds:
        steps.append(f"watcher add{config} URL           (a feed, or a site that has one)")
    if not topics:
        steps.append(f"watcher topics add{config} NAME 'QUERY'")
    steps.append(f"watcher once{config}              (one pass; then `watcher alerts list`)")
    steps.append(f"watcher run{config}               (the daemon)")
    return steps
