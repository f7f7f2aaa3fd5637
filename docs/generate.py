"""Writes the parts of the reference that the code knows best.

    make docs

A test compares what is written with what would be written.
"""

from __future__ import annotations

from pathlib import Path

HERE = Path(__file__).resolve().parent / "reference"

CONFIG_HEAD = """\
# config.yaml

Every key, its default and what it means. `watcher config check` reports every problem of a file at
once; `watcher config show` prints what it comes to with every default filled in; `watcher config
schema` prints the JSON Schema (also in [config.schema.json](config.schema.json)), with which
editors complete and check while you type.

Durations are written `30s`, `15m`, `1h`, `7d`; sizes `512KiB`, `10MB`. A secret is named, never
written: `{file: …}`, `{env: …}` or `{credential: …}`. An unknown key is an error, never ignored.

"""

COMMANDS_HEAD = """\
# Commands

What `--help` says, command by command. Every command takes `-c/--config` (default: `config.yaml`)
and `--db`; data goes to standard output, everything else to standard error.

"""


def pages() -> dict[str, str]:
    """File name to content."""
    from watcher.config.schema import reference, schema_text

    return {
        "config.schema.json": schema_text(),
        "config.md": CONFIG_HEAD + reference(),
        "commands.md": COMMANDS_HEAD + commands(),
    }


def commands() -> str:
    import click

    from watcher.cli.group import COMMANDS, cli

    wide = {**cli.context_settings, "max_content_width": 96, "terminal_width": 96}
    context = click.Context(cli, info_name="watcher", **wide)
    parts = []
    for name in COMMANDS:
        command = cli.get_command(context, name)
        assert command is not None
        parts += _help(command, click.Context(command, context, info_name=name))
    return "\n".join(parts)


def _help(command: object, context: object) -> list[str]:
    import click

    assert isinstance(command, click.Command)
    assert isinstance(context, click.Context)
    context.terminal_width = context.max_content_width = 96
    shown = "\n".join(line.rstrip() for line in command.get_help(context).splitlines())
    parts = [f"## `{context.command_path}`\n\n```text\n{shown}\n```\n"]
    if isinstance(command, click.Group):
        for name, inner in command.commands.items():
            parts += _help(inner, click.Context(inner, context, info_name=name))
    return parts


if __name__ == "__main__":
    for name, text in pages().items():
        (HERE / name).write_text(text, encoding="utf-8")
