"""`demo`: the fixture newsroom through the whole pipeline, on this machine alone."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from watcher.cli.output import clean, say

if TYPE_CHECKING:
    from watcher.demo.play import Day, Stage
    from watcher.demo.receivers import Hook


@click.command()
@click.option("--serve", is_flag=True, help="Keep the newsroom and the daemon running afterwards.")
@click.option(
    "--into",
    metavar="FOLDER",
    type=click.Path(file_okay=False, path_type=Path),
    help="Where config.yaml and the database go (default: a new temporary folder).",
)
def demo(serve: bool, into: Path | None) -> int:
    """Play the fixture newsroom: seven outlets in six languages over three days, served on this
    machine; polled, read, folded into stories, matched, and told by mail and signed webhook."""
    from watcher.demo.play import stage

    folder = into or Path(tempfile.mkdtemp(prefix="watcher-demo-"))
    folder.mkdir(parents=True, exist_ok=True)
    with stage(folder) as on_air:
        click.echo(f"The newsroom is on air; everything is kept in {folder}\n")
        days = [on_air.play(number) for number in range(1, len(on_air.site.newsroom.days) + 1)]
        for day in days:
            _show_day(day)
        problems = _show_sent(on_air)
        _show_next(folder)
        if serve and not problems:
            return _serve(on_air)
    for problem in problems:
        say(f"demo: {problem}")
    return 1 if problems else 0


def _show_day(day: Day) -> None:
    tally = day.tally
    click.echo(f"── Day {day.number}, {day.at} " + "─" * 40)
    click.echo(
        f"{tally.polls} feeds polled, {tally.new} new and {tally.changed} changed entries, "
        f"{len(day.notes.named('place'))} texts stored"
    )
    for facts in day.notes.named("page_missing"):
        click.echo(clean(f"  no page     {facts['url']}\n              {facts['error']}"))
    for facts in day.notes.named("place"):
        if facts["role"] == "copy":
            click.echo(clean(f"  copy        {facts['url']}\n              of {facts['copy_of']}"))
        elif facts["revision"] > 1:
            changes = ", ".join(facts["changes"])
            click.echo(
                clean(f"  revision {facts['revision']}  {facts['url']}\n              {changes}")
            )
    for facts in day.notes.named("alert"):
        head = f"  {facts['decision']:<11} {facts['topic']}: {facts['title']} — {facts['outlet']}"
        click.echo(clean(f"{head}\n              because {facts['reason']}"))
    click.echo()


def _show_sent(on_air: Stage) -> list[str]:
    """Prints one mail and one webhook in full, the others in a line. Returns what went wrong."""
    mails, hooks = on_air.mails.mails, on_air.hooks.hooks
    click.echo(f"── {len(mails)} mails to a real SMTP receiver; the first one " + "─" * 12)
    if mails:
        first = mails[0]
        for name in ("From", "To", "Subject", "Message-ID", "List-Id"):
            click.echo(clean(f"{name}: {first[name]}"))
        part = first.get_body(("plain",))
        text = part.get_content() if part is not None else ""
        click.echo("\n" + clean(text.replace("\r\n", "\n")) + "\n")
    good = [hook for hook in hooks if hook.verified]
    click.echo(f"── {len(hooks)} webhooks, {len(good)} signatures verified " + "─" * 20)
    for hook in hooks:
        _show_hook(hook)
    if hooks:
        click.echo("\nthe first one's body:")
        click.echo(
            clean(json.dumps(_short(json.loads(hooks[0].body)), indent=2, ensure_ascii=False))
        )
    click.echo()
    return _problems(mails, hooks)


def _show_hook(hook: Hook) -> None:
    body = json.loads(hook.body)
    facts, item = body["data"]["_watcher"], body["data"]["items"][0]
    mark = "verified" if hook.verified else f"NOT VERIFIED ({hook.problem})"
    click.echo(clean(f"  {mark}  {facts['topic']['name']}: {item['title']}"))
    click.echo(clean(f"            because {facts['reason']}"))


def _short(body: dict[str, Any]) -> dict[str, Any]:
    """The body with its long text cut for the screen."""
    item = body["data"]["items"][0]
    if len(item.get("content_text", "")) > 160:
        item["content_text"] = item["content_text"][:160] + " … (cut for the screen)"
    clauses = item["_watcher"]["match"].get("clauses", [])
    item["_watcher"]["match"]["clauses"] = clauses[:2]
    return body


def _problems(mails: Sequence[object], hooks: Sequence[Hook]) -> list[str]:
    problems = [f"webhook {hook.id}: {hook.problem}" for hook in hooks if not hook.verified]
    if not mails:
        problems.append("no mail arrived")
    if not hooks:
        problems.append("no webhook arrived")
    return problems


def _show_next(folder: Path) -> None:
    config = f"-c {folder / 'config.yaml'}"
    click.echo("── What to try next " + "─" * 40)
    for command in (
        f"watcher search {config} 'camp AND police'",
        f"watcher stories list {config}",
        f"watcher alerts list {config}",
        f"watcher deliveries list {config}",
        f"watcher status {config}",
    ):
        click.echo(f"  {command}")
    click.echo("Then write a config.yaml of your own: the one in the repository is commented.")


def _serve(on_air: Stage) -> int:
    from watcher.daemon.logs import LogJournal
    from watcher.daemon.main import serve as run_daemon

    for key, base in on_air.site.bases.items():
        click.echo(f"  {key:<10} {base}{on_air.site.newsroom.outlets[key].feed}")
    return run_daemon(
        on_air.settings, LogJournal(verbose=True), lambda: click.echo("ready", err=True)
    )
