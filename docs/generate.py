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


METRICS_HEAD = """\
# Metrics

What `/metrics` of the daemon says ([how to ask it](../deploy.md)). Labels hold only what config.yaml
or the code bounds: never an address or an id. Counters begin anew with every start.

"""

CODES_HEAD = """\
# Exit statuses and error codes

"""


def metrics() -> str:
    from watcher.daemon.metrics import Metrics

    lines = ["| metric | kind | labels | is |", "|---|---|---|---|"]
    lines += [
        f"| `{one.name}` | {one.kind} | {', '.join(f'`{name}`' for name in one.labels)} | {one.help} |"
        for one in Metrics()
    ]
    return "\n".join(lines) + "\n"


def codes() -> str:
    """Every exit status, and every code with the first words of its messages in the source."""
    from watcher.exits import Exit

    lines = ["| exit status | is |", "|---|---|"]
    lines += [f"| {one.value} | {one.meaning} |" for one in Exit]
    lines += [
        "",
        "Every error has a code that stays, whatever its words become. The letters after `WTC-` say",
        "where it comes from:",
        "",
        "| code | from |",
        "|---|---|",
    ]
    found = _codes()
    for group, what in GROUPS.items():
        held = sorted(code for code in found if code.split("-")[1] == group)
        if held:
            lines.append(f"| {', '.join(f'`{code}`' for code in held)} | {what} |")
    other = sorted(code for code in found if code.split("-")[1] not in GROUPS)
    if other:
        lines.append(f"| {', '.join(f'`{code}`' for code in other)} | elsewhere |")
    return "\n".join(lines) + "\n"


GROUPS = {
    "CFG": "config.yaml",
    "QRY": "a query",
    "USE": "the command line",
    "IN": "a file or page that a command was given",
    "DB": "the database",
    "RUN": "the running daemon",
    "NET": "fetching; from 400 on the server's own status",
    "FEED": "reading a feed, or looking for one",
    "ART": "reading a page",
    "OUT": "deliveries",
    "INT": "a fault of watcher's own",
    "WORK": "a reader of feeds or pages that was ended",
}


def _codes() -> set[str]:
    import re

    source = HERE.parents[1] / "src" / "watcher"
    text = "\n".join(path.read_text(encoding="utf-8") for path in sorted(source.rglob("*.py")))
    return set(re.findall(r"WTC-[A-Z]+-[0-9]{3}", text))


def pages() -> dict[str, str]:
    """File name to content."""
    from watcher.config.schema import reference, schema_text

    return {
        "metrics.md": METRICS_HEAD + metrics(),
        "codes.md": CODES_HEAD + codes(),
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
