"""The man page, made from the commands' own help: roff with the classic `man` macros."""

from __future__ import annotations

import inspect
from collections.abc import Iterator

import click

from watcher import __version__
from watcher.exits import Exit


def man_page() -> str:
    """watcher(1)."""
    from watcher.cli.group import COMMANDS, cli

    context = click.Context(cli, info_name="watcher")
    lines = [
        f'.TH WATCHER 1 "" "watcher {__version__}" "User commands"',
        *(".SH NAME", "watcher \\- follows news feeds and tells you once, with the reason"),
        *(".SH SYNOPSIS", ".B watcher", ".I command", "[options]"),
        *(".SH DESCRIPTION", _roff(inspect.cleandoc(cli.help or ""))),
        ".SH COMMANDS",
    ]
    for name in COMMANDS:
        command = cli.get_command(context, name)
        assert command is not None
        lines += _command(command, f"watcher {name}")
    lines.append(".SH EXIT STATUS")
    for one in Exit:
        lines += [".TP", str(one.value), _roff(one.meaning)]
    lines += [
        *(".SH FILES", ".TP", "config.yaml", "What is wanted; the default of \\-\\-config."),
        *(".TP", "watcher.db", "What was seen and done."),
        *(".TP", "watcher.db.sock, watcher.db.http", "Where a running daemon is reached."),
    ]
    return "\n".join(lines) + "\n"


def _command(command: click.Command, path: str) -> Iterator[str]:
    yield f".SS {_roff(path)}"
    yield from _text(command.help or "")
    context = click.Context(command, info_name=path)
    for one in command.params:
        record = one.get_help_record(context)
        if record is not None:
            yield from (".TP", f".B {_roff(record[0])}", _roff(" ".join(record[1].split())))
    if isinstance(command, click.Group):
        for name, inner in command.commands.items():
            yield from _command(inner, f"{path} {name}")


def _text(help_: str) -> Iterator[str]:
    """Paragraphs; what stands after a `\\b` keeps its lines."""
    for part in inspect.cleandoc(help_).split("\n\n"):
        if part.startswith("\b"):
            yield from (".PP", ".nf", _roff(part.removeprefix("\b").strip("\n")), ".fi")
        else:
            yield from (".PP", _roff(" ".join(part.split())))


def _roff(text: str) -> str:
    held = text.replace("\\", "\\e").replace("-", "\\-")
    # A line that begins so would be taken for a request.
    return "\n".join(
        f"\\&{line}" if line.startswith((".", "'")) else line for line in held.split("\n")
    )
