"""`help` and `completion`: what belongs to no single command."""

from __future__ import annotations

import sys
from collections.abc import Callable

import click

from watcher.cli.options import Where, where_options
from watcher.errors import UsageError
from watcher.exits import Exit

ENVIRONMENT = """\
Environment

NO_COLOR            no colour, whatever the terminal can
FORCE_COLOR         colour in a pipe, too
PAGER               shows long tables on a terminal; PAGER=cat turns it off
WATCHER_PLAIN       tables as tab-separated lines on a terminal, too
WATCHER_TRACEBACK   a fault of watcher's own ends with its traceback
SSL_CERT_FILE       the certificates that are trusted, in place of the system's
NOTIFY_SOCKET       set by systemd: where the daemon says that it is ready and alive
CREDENTIALS_DIRECTORY   set by systemd: where {credential: NAME} is read

Secrets come from a file, a variable or a credential that config.yaml names; never from a flag.
"""

FORMATTING = """\
Formatting

On a terminal a list is a table; in a pipe it is tab-separated lines with a head. --json prints one
object, a list as {schema_version, items, count, next}; --ndjson an object a line. Data goes to
standard output, all else to standard error; under --json an error is one line there:
{schema_version, error: {code, message, hint, file, line, column, offset, length, suggestion}}.

Times are RFC 3339 in UTC with Z; a publisher's own time keeps its offset. A TIME on the command
line is 2026-03-10, 2026-03-10T12:00:00Z or 7d (so long ago). What is printed of pages and feeds is
cleaned of control characters. `-` stands for standard input or output.
"""


def exit_codes() -> str:
    lines = ["Exit statuses", "", *(f"{one.value:>4}  {one.meaning}" for one in Exit)]
    return "\n".join([*lines, "", "Any other is a failure, too."]) + "\n"


TOPICS: dict[str, Callable[[], str]] = {
    "exit-codes": exit_codes,
    "environment": lambda: ENVIRONMENT,
    "formatting": lambda: FORMATTING,
}


@click.command("help")
@click.argument("words", metavar="[COMMAND… | TOPIC]", nargs=-1)
@where_options
def help_(where: Where, words: tuple[str, ...]) -> None:
    """Show the help of a command, or of a topic: exit-codes, environment, formatting, man.

    \b
    Examples:
      watcher help feeds retry
      watcher help exit-codes
      watcher help man > /usr/local/share/man/man1/watcher.1
    """
    from watcher.cli.group import cli

    if words == ("man",):
        from watcher.cli.manual import man_page

        click.echo(man_page(), nl=False)
        return
    if len(words) == 1 and words[0] in TOPICS:
        _show(TOPICS[words[0]]())
        return
    command: click.Command = cli
    context = click.Context(cli, info_name="watcher", **cli.context_settings)
    for word in words:
        found = command.get_command(context, word) if isinstance(command, click.Group) else None
        if found is None:
            raise UsageError(
                "WTC-USE-024",
                f"there is no command or topic {' '.join(words)!r}",
                hint=f"`watcher help` lists the commands; topics are {', '.join(TOPICS)} and man",
            )
        context = click.Context(found, context, info_name=word)
        command = found
    _show(command.get_help(context) + "\n")


def _show(text: str) -> None:
    if sys.stdout.isatty():
        click.echo_via_pager(text)
    else:
        click.echo(text, nl=False)


@click.command()
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
@where_options
def completion(where: Where, shell: str) -> None:
    """Print a script that completes commands and options in your shell.

    \b
    Examples:
      watcher completion bash > ~/.local/share/bash-completion/completions/watcher
      watcher completion zsh > ~/.zfunc/_watcher
      watcher completion fish > ~/.config/fish/completions/watcher.fish
    """
    from click.shell_completion import get_completion_class

    from watcher.cli.group import cli

    made = get_completion_class(shell)
    assert made is not None
    shown = made(cli, {}, "watcher", "_WATCHER_COMPLETE")
    click.echo(shown.source_template % shown.source_vars())
