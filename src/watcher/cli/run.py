"""`run` and `once`: the daemon, and one pass for a timer."""

from __future__ import annotations

from typing import Any

import click

from watcher.cli.options import Where, json_options, where_options
from watcher.cli.output import counted, one_line, print_object, print_warning, say, when
from watcher.errors import UsageError, WatcherError
from watcher.model.when import Micros

PARTIAL = 3  # some feeds failed


@click.command()
@click.option("-v", "--verbose", is_flag=True, help="Log polls that brought nothing, too.")
@where_options
def run(where: Where, verbose: bool) -> int:
    """Run the daemon in the foreground.

    Writes `ready` to standard error once it holds the database and has looked for work. SIGTERM
    and Ctrl-C finish what is in hand.
    """
    settings = where.settings(needs_config=True)
    _warn(settings.warnings, plain=True)
    from watcher.daemon.logs import LogJournal
    from watcher.daemon.main import serve

    return serve(settings, LogJournal(verbose=verbose), lambda: _ready(where))


def _ready(where: Where) -> None:
    click.echo("ready", err=True)
    config = f" -c {where.config}" if where.config else ""
    say(f"next: `watcher status{config}` in another terminal; Ctrl-C ends the daemon")


@click.command()
@click.option("--at", metavar="TIME", help="Start the clock at TIME (RFC 3339).")
@click.option("--force", is_flag=True, help="Poll feeds that are not due, too.")
@where_options
@json_options
def once(where: Where, at: str | None, force: bool, as_json: bool, ndjson: bool) -> int:
    """Do everything that is due, and all it makes due, then stop.

    Exits with 3 where some feeds failed; the others are done.

    \b
    Examples:
      watcher once
      watcher once --force --json
      watcher once --at 2026-03-10T12:00:00Z --db replay.db
    """
    start = None if at is None else _moment(at)
    settings = where.settings(needs_config=True)
    plain = not (as_json or ndjson)
    _warn(settings.warnings, plain=plain)
    from watcher.daemon.main import one_pass

    journal = PassJournal(plain=plain)
    tally = one_pass(settings, journal, at=start, force=force)
    shape = {
        "polls": tally.polls,
        "failed": tally.failed,
        "new_entries": tally.new,
        "changed_entries": tally.changed,
        "articles": journal.placed,
        "alerts": {"raised": journal.raised, "suppressed": journal.suppressed},
        "deliveries": {"done": tally.deliveries, "failed": tally.undelivered},
        "failures": journal.failures,
    }
    if plain:
        click.echo(_summary(shape))
        say(f"next: {_next(shape, feeds=len(settings.feeds))}")
    else:
        print_object(shape)
    if tally.broken:
        return 1
    return PARTIAL if tally.failed else 0


class PassJournal:
    """Counts what a pass does, and tells failures as they happen, in words or as JSON lines."""

    def __init__(self, *, plain: bool) -> None:
        self._plain = plain
        self.placed = 0
        self.raised = 0
        self.suppressed = 0
        self.failures: list[dict[str, Any]] = []

    def note(self, event: str, **facts: Any) -> None:
        match event:
            case "place":
                self.placed += 1
            case "alert" if facts["decision"] != "suppressed":  # a digest's is told too
                self.raised += 1
            case "alert":
                self.suppressed += 1
            case "poll" if facts.get("code"):
                names = ("feed", "url", "code", "error", "hint")
                self.failures.append({name: facts.get(name) for name in names})
                self._tell(f"feed {facts['url']}", facts)
            case "poll" if facts.get("notes") and self._plain:
                for note in facts["notes"]:
                    say(one_line(f"note: feed {facts['url']}: {note}"))
            case "network_down":
                self._tell("network", facts)
            case "site_drift":
                self._tell(f"site {facts['host']}", facts)
            case "page_not_kept":
                self._tell(f"page of {facts['url']} not kept", facts)
            case "page_missing":
                self._tell(f"page {facts['url']}", facts)
            case "deliver" if facts.get("error"):
                again = facts.get("next_at")
                then = "given up" if again is None else f"tried again at {when(again)}"
                told = {"code": "WTC-OUT-001", "error": f"{facts['error']}; {then}"}
                self._tell(f"delivery to {facts['channel']}", told)
            case "broken":
                self._tell(" of ".join(filter(None, (facts["stage"], facts["job"]))), facts)

    def _tell(self, what: str, facts: dict[str, Any]) -> None:
        hint = facts.get("hint")
        problem = WatcherError(facts["code"], one_line(f"{what}: {facts['error']}"), hint=hint)
        if not self._plain:
            print_warning(problem, as_json=True)
            return
        say(f"warning[{problem.code}]: {problem.message}")
        if hint:
            say(f"  hint: {hint}")


def _summary(shape: dict[str, Any]) -> str:
    alerts, sent = shape["alerts"], shape["deliveries"]
    parts = [
        f"{counted(shape['polls'], 'feed', 'feeds')} polled"
        + (f" ({shape['failed']} failed)" * bool(shape["failed"])),
        counted(shape["new_entries"], "new entry", "new entries"),
        f"{counted(shape['articles'], 'article', 'articles')} stored",
        f"{counted(alerts['raised'], 'alert', 'alerts')} raised"
        f" ({alerts['suppressed']} suppressed)",
        f"{sent['done']} delivered" + (f", {sent['failed']} not yet" * bool(sent["failed"])),
    ]
    return "; ".join(parts)


def _next(shape: dict[str, Any], *, feeds: int) -> str:
    """What somebody who looks at the summary wants to see then."""
    if not feeds:
        return "`watcher add URL`: there is no feed yet"
    if shape["failed"]:
        return "`watcher feeds list` shows what failed, `watcher doctor` what to do"
    if shape["alerts"]["raised"]:
        return "`watcher alerts list`; `watcher show ARTICLE --why` has the reasons"
    if not shape["polls"] and not shape["articles"]:
        return "nothing was due; `watcher status` says when, --force polls at once"
    return "`watcher search WORD` looks into the archive; `watcher run` keeps it up to date"


def _moment(text: str) -> Micros:
    from watcher.text.dates import parse_date

    read = parse_date(text)
    if read is None:
        raise UsageError(
            "WTC-USE-002",
            f"--at: {text!r} is no time",
            hint="write it as RFC 3339, for example 2026-03-10T12:00:00Z",
        )
    return read.at


def _warn(warnings: tuple[str, ...], *, plain: bool) -> None:
    for warning in warnings:
        print_warning(WatcherError("WTC-CFG-100", warning), as_json=not plain)
