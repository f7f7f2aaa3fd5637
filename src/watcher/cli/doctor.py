"""`doctor`: what is wrong, and what mends it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from watcher.cli.options import Where, json_options, where_options
from watcher.cli.output import counted, one_line, print_object, say
from watcher.errors import ConfigErrors
from watcher.model.health import Finding

if TYPE_CHECKING:
    from watcher.config.settings import Settings

UNHEALTHY = 5
MARKS = {"ok": "ok", "note": "note", "warning": "warning", "error": "ERROR"}


@click.command()
@click.option("--offline", is_flag=True, help="Ask nothing of the network.")
@click.option("--strict", is_flag=True, help="Warnings end with 5, too.")
@where_options
@json_options
def doctor(where: Where, offline: bool, strict: bool, as_json: bool, ndjson: bool) -> int:
    """Look for what stands between you and your alerts; every finding says what mends it.

    Looks at config.yaml and its secrets, disk, database, search index, SQLite, clock, daemon,
    leases, late and failing feeds, and what waits to be sent; then asks name servers, the mail
    server (login, no mail) and the webhooks (connection, no request). Changes nothing.

    Exits with 0, or with 5 where there is an error (with --strict: or a warning).

    \b
    Examples:
      watcher doctor
      watcher doctor --offline --json
    """
    findings = _findings(where, offline=offline)
    bad = {"error", "warning"} if strict else {"error"}
    healthy = not any(one.level in bad for one in findings)
    if ndjson:
        for one in findings:
            print_object(_shape(one))
    elif as_json:
        print_object({"healthy": healthy, "findings": [_shape(one) for one in findings]})
    else:
        _print(findings)
    return 0 if healthy else UNHEALTHY


def _findings(where: Where, *, offline: bool) -> list[Finding]:
    from watcher.daemon.doctor import look
    from watcher.system import SystemClock

    now = SystemClock().now()
    found, settings = _settings(where)
    if settings is None:
        return found
    found += look(settings, now)
    if not offline:
        from watcher.daemon.doctor_net import ask_around

        found += ask_around(settings, now)
    return found


def _settings(where: Where) -> tuple[list[Finding], Settings | None]:
    """The settings; a config with problems is a finding, and what can be seen without it is."""
    from watcher.config.settings import Settings

    try:
        return [], where.settings()
    except ConfigErrors as error:
        found = [
            Finding("config", "error", f"{_place(one)}{one.message}", one.hint)
            for one in error.problems
        ]
        if where.db is None:
            return found, None
        return found, replace(Settings.empty(Path(where.db)))


def _place(problem: Any) -> str:
    place = problem.place
    return f"{place.file}:{place.line}: " if place.file and place.line else ""


def _shape(one: Finding) -> dict[str, Any]:
    return {"check": one.check, "level": one.level, "message": one.message, "fix": one.fix}


def _print(findings: Sequence[Finding]) -> None:
    for one in findings:
        click.echo(f"{MARKS[one.level]:<8} {one.check:<13} {one_line(one.message)}")
        if one.fix and one.level != "ok":
            click.echo(f"{'':<22} fix: {one_line(one.fix)}")
    errors = sum(one.level == "error" for one in findings)
    warnings = sum(one.level == "warning" for one in findings)
    if errors or warnings:
        told = counted(errors, "error", "errors"), counted(warnings, "warning", "warnings")
        say(f"{told[0]}, {told[1]}")
    else:
        say("nothing is wrong")
