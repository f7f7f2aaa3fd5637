"""`feeds`: list and show them, pause and resume, poll one now, take one out."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from watcher.cli import feed_shapes, shapes
from watcher.cli.lists import every, print_page
from watcher.cli.moments import moment_of
from watcher.cli.options import (
    DEFAULT_CONFIG,
    Where,
    author,
    json_options,
    page_options,
    where_options,
)
from watcher.cli.output import not_there, one_line, print_list, print_object, print_table, say, when
from watcher.errors import UsageError

if TYPE_CHECKING:
    from watcher.config.settings import Settings

PARTIAL = 3  # the feed failed


@click.group()
def feeds() -> None:
    """The feeds, their state and their next poll."""


@feeds.command("list")
@where_options
@json_options
@page_options(100)
def feeds_list(where: Where, as_json: bool, ndjson: bool, limit: int, after: str | None) -> None:
    """List the feeds by address."""
    reader = where.reader()
    page = every(lambda n, cursor: reader.feeds(limit=n, after=cursor), limit, after)
    print_page(
        page,
        feed_shapes.feed,
        as_json,
        ndjson,
        ["state", "title", "url", "entries", "last_poll", "next_due", "why"],
        empty="no feeds yet: `watcher add URL`, then `watcher once`",
    )


@feeds.command("show")
@click.argument("ident", metavar="ID")
@click.option("--why", is_flag=True, help="Step by step, with all that is remembered of the feed.")
@where_options
@json_options
def feeds_show(where: Where, ident: str, why: bool, as_json: bool, ndjson: bool) -> None:
    """Show one feed, by id or address: why its next poll is when it is, and its last 50 polls.

    \b
    Examples:
      watcher feeds show https://example.org/feed
      watcher feeds show https://example.org/feed --why
    """
    row = where.reader().feed(ident)
    if row is None:
        raise not_there("feed", ident, "feeds")
    shape = feed_shapes.feed_shown(row)
    if as_json or ndjson:
        print_object(shape)
        return
    _print(shape)
    if why:
        _print_why(shape)
    click.echo()
    print_table(
        shape["polls"],
        [
            *("at", "outcome", "status", "new", "changed", "reader", "lag", "ms", "message"),
            ("notes", lambda poll: "; ".join(poll["notes"]) or None),
        ],
        empty="no polls",
    )
    if shape["broken"]:
        click.echo("\nset aside, because they break watcher; the next version tries them again,")
        click.echo("`watcher feeds retry ID --broken` does so now:")
        print_table(
            shape["broken"],
            ["stage", "times", ("error", lambda one: one["error"]["message"]), "url"],
            empty="",
        )


@feeds.command("suggest")
@where_options
@json_options
def feeds_suggest(where: Where, as_json: bool, ndjson: bool) -> None:
    """Suggest outlets as sources: those whose articles matched, found by following links
    (`follow:` of a topic), and that no feed is of.

    \b
    Example:
      watcher feeds suggest
    """
    shown = [shapes.outlet_met(one) for one in where.reader().outlets_met()]
    if as_json or ndjson:
        print_list(shown, None, lines=ndjson)
        return
    print_table(
        shown,
        [
            "outlet",
            "domain",
            "articles",
            "topics",
            ("example", lambda row: row["examples"][0]["title"]),
            "feed_url",
            "next",
        ],
        empty="no outlet was met that has no feed here; a topic's `follow:` meets them",
    )


@feeds.command("pause")
@click.argument("ident", metavar="ID")
@where_options
@json_options
def feeds_pause(where: Where, ident: str, as_json: bool, ndjson: bool) -> None:
    """Stop polling a feed until it is resumed. What it brought is kept.

    \b
    Example:
      watcher feeds pause https://example.org/feed
    """
    _act(where, ident, "pause", as_json=as_json or ndjson)


@feeds.command("resume")
@click.argument("ident", metavar="ID")
@click.option(
    "--original", is_flag=True, help="At its configured address again: undoes an adopted move."
)
@where_options
@json_options
def feeds_resume(where: Where, ident: str, original: bool, as_json: bool, ndjson: bool) -> None:
    """Poll a paused feed again, one that is gone, or one that was merged into another.

    \b
    Examples:
      watcher feeds resume https://example.org/feed
      watcher feeds resume https://example.org/feed --original
    """
    _act(where, ident, "resume", as_json=as_json or ndjson, original=original)


@feeds.command("retry")
@click.argument("ident", metavar="[ID]", required=False)
@click.option("--at", metavar="TIME", help="Start the clock at TIME (RFC 3339).")
@click.option("--force", is_flag=True, help="Sooner than the publisher usually wants it.")
@click.option(
    "--broken",
    is_flag=True,
    help="Give what was set aside because it breaks watcher one more try: the feed's, or all.",
)
@where_options
@json_options
def feeds_retry(
    where: Where,
    ident: str | None,
    at: str | None,
    force: bool,
    broken: bool,
    as_json: bool,
    ndjson: bool,
) -> int:
    """Poll one feed now, conditionally. Refused while its publisher asks for patience.

    Exits with 1 where it is refused, and with 3 where the feed failed.

    \b
    Examples:
      watcher feeds retry https://example.org/feed
      watcher feeds retry https://example.org/feed --at 2026-03-10T12:00:00Z
      watcher feeds retry --broken
    """
    if broken:
        return _retry_broken(where, ident, at, as_json=as_json or ndjson)
    if ident is None:
        raise click.MissingParameter(param_hint="ID", param_type="argument")
    return _retry(where, ident, at, force=force, as_json=as_json or ndjson)


def _retry(where: Where, ident: str, at: str | None, *, force: bool, as_json: bool) -> int:
    from watcher.daemon import acts
    from watcher.daemon.client import ask

    settings = where.settings(needs_config=True)
    feed, url = _wanted(where, settings, ident)
    asked = {"do": "retry", "feed": feed, "force": force}
    start = moment_of("--at", at)
    running = ask(settings.database, {"do": "ping"}) is not None
    if running and start is not None:
        raise acts.no_clock()
    reply = ask(settings.database, asked, seconds=acts.SLOW_SECONDS) if running else None
    if reply is not None:
        done = reply["retried"]
    else:
        done = acts.retry_here(settings, Silent(), feed, at=start, force=force)
    shape = {"feed": feed, "url": url, **done}
    if as_json:
        print_object(shape)
    else:
        _print_retried(shape)
    if shape["result"] == "refused":
        return 1
    return PARTIAL if shape["error"] else 0


def _retry_broken(where: Where, ident: str | None, at: str | None, *, as_json: bool) -> int:
    from watcher.daemon import acts
    from watcher.daemon.client import ask

    database, feed = where.database(), None
    if ident is not None:
        row = where.reader().feed(ident)
        if row is None:
            raise not_there("feed", ident, "feeds")
        feed = row.feed
    start = moment_of("--at", at)
    request = {"do": "retry_broken", "feed": feed}
    if start is not None and ask(database, {"do": "ping"}) is not None:
        raise acts.no_clock()
    reply = ask(database, request)
    retried = acts.retry_broken_here(database, feed, start) if reply is None else reply["retried"]
    if as_json:
        print_object({"feed": feed, "retried": retried})
        return 0
    click.echo(f"{retried:,} set aside: tried once more" if retried else "nothing is set aside")
    if retried and reply is None:
        say("next: `watcher once`; what breaks again is set aside again")
    return 0


@feeds.command("remove")
@click.argument("ident", metavar="ID")
@where_options
@json_options
def feeds_remove(where: Where, ident: str, as_json: bool, ndjson: bool) -> None:
    """Take a feed out of config.yaml, with its comments kept. What it brought stays in the
    database.

    \b
    Example:
      watcher feeds remove https://example.org/feed
    """
    from watcher.cli.add import take_over
    from watcher.config.remove import remove_feed

    settings = where.settings(needs_config=True)
    feed, url = _wanted(where, settings, ident)
    remove_feed(Path(where.config or DEFAULT_CONFIG), feed)
    take_over(settings.database, [])
    if as_json or ndjson:
        print_object({"feed": feed, "url": url, "removed": True})
        return
    click.echo(f"removed: {one_line(url)}")
    say("what it brought is kept; the running daemon, or the next `watcher once`, asks it no more")


class Silent:
    """A journal for a command that prints the outcome itself."""

    def note(self, event: str, **facts: object) -> None:
        return


def _act(where: Where, ident: str, act: str, *, as_json: bool, **facts: Any) -> None:
    from watcher.daemon.acts import act as do

    database = where.database()
    row = where.reader().feed(ident)
    if row is None:
        raise not_there("feed", ident, "feeds")
    if not do(database, {"do": act, "feed": row.feed, "author": author(), **facts}):
        raise UsageError(
            "WTC-USE-008",
            f"{row.url} is {row.state}: there is nothing to {act}",
            hint="`watcher feeds show` says more",
        )
    after = where.reader().feed(row.feed)
    assert after is not None
    if as_json:
        print_object(feed_shapes.feed(after))
        return
    click.echo(f"{act}d: {one_line(after.url)}")
    if act == "resume" and after.next_due is not None:
        say(f"next poll: {when(after.next_due)}")


def _wanted(where: Where, settings: Settings, ident: str) -> tuple[str, str]:
    """Id and address of a feed that config.yaml wants, by id or any of its addresses."""
    from watcher.errors import StoreError
    from watcher.text.urls import normalise

    address = normalise(ident)
    for spec in settings.feeds:
        if ident in {spec.feed, spec.url} or normalise(spec.url) == address:
            return spec.feed, spec.url
    try:
        row = where.reader().feed(ident)
    except StoreError:
        row = None
    if row is None:
        raise not_there("feed", ident, "feeds")
    return row.feed, row.url


def _print(shape: dict[str, Any]) -> None:
    names = ["feed", "title", "url", "state", "last_poll", "next_due", "why"]
    if shape["fetch_url"] != shape["url"]:
        names.insert(3, "fetch_url")
    for name in names:
        value = shape[name]
        click.echo(f"{name:<10} {'-' if value is None else one_line(str(value))}")
    if shape["error"]:
        click.echo(f"error      {shape['error']['code']}: {one_line(shape['error']['message'])}")
    if shape["hint"]:
        click.echo(f"hint       {one_line(shape['hint'])}")
    if shape["failing"]:
        failing = shape["failing"]
        click.echo(f"failing    since {failing['since']}, {failing['failures']} in a row")
    if shape["merged_into"]:
        click.echo(f"merged     into {shape['merged_into']}: the same feed")
    for url in shape["merged"]:
        click.echo(f"also       {one_line(url)}: the same feed, merged into this one")
    if shape["fetch_url"] != shape["url"]:
        click.echo("           `watcher feeds resume ID --original` undoes the move")


def _print_why(shape: dict[str, Any]) -> None:
    click.echo()
    lines = [f"- {step}" for step in shape["reasons"]]
    if shape["pause"]:
        pause = shape["pause"]
        lines.append(f"- {pause['host']} is left alone until {pause['until']}: {pause['why']}")
    if shape["not_before"]:
        lines.append(f"- nobody may have it polled before {shape['not_before']}")
    if shape["move"]:
        move = shape["move"]
        lines.append(
            f"- redirects for good to {move['target']}: seen {move['sightings']} times"
            f" since {move['first']}"
        )
    if shape["adopted"]:
        lines.append(f"- its address changed at {shape['adopted']}")
    lines += [f"- {QUIRKS[one]}" for one in shape["quirks"]]
    lines += [f"- {one['act']}d by {one['author']} at {one['at']}" for one in shape["acts"]]
    for line in lines:
        click.echo(one_line(line))


QUIRKS = {
    "no_validators": "does not bear its own validators: asked without them",
    "plain_coding": "its content coding is broken: asked for none",
}


def _print_retried(shape: dict[str, Any]) -> None:
    if shape["result"] == "refused":
        click.echo(f"refused: {one_line(shape['reason'])}")
    else:
        said = f"{shape['new']} new, {shape['changed']} changed"
        if shape["error"]:
            said = f"{shape['error']['message']} ({shape['error']['code']})"
        click.echo(f"polled: {shape['outcome']}; {one_line(said)}")
        for note in shape["notes"]:
            click.echo(f"note: {one_line(note)}")
    if shape["next_due"]:
        click.echo(f"next due: {shape['next_due']}" + _because(shape))


def _because(shape: dict[str, Any]) -> str:
    return f" ({one_line(shape['why'])})" if shape["why"] else ""
