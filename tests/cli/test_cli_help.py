"""`--help` of every command, what a wrong command line says, and `--version`."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys

import click
import pytest

from watcher import __version__
from watcher.cli.group import COMMANDS
from watcher.cli.group import cli as root

WITH_EXAMPLE = [
    *("add", "extract", "feeds show", "once", "parse", "search", "show"),
]
WITHOUT_DATABASE = {"config schema", "match"}


def walk(command: click.Command, path: tuple[str, ...] = ()) -> dict[str, click.Command]:
    found = {" ".join(path): command}
    if isinstance(command, click.Group):
        context = click.Context(command)
        for name in command.list_commands(context):
            inner = command.get_command(context, name)
            assert inner is not None
            found |= walk(inner, (*path, name))
    return found


ALL = walk(root)
LEAVES = {name: one for name, one in ALL.items() if not isinstance(one, click.Group)}


def test_the_commands_of_the_interface_are_there():
    lists = [f"{name} list" for name in ("feeds", "topics", "stories", "alerts", "deliveries")]
    wanted = {
        *("demo", "run", "once", "add", "parse", "extract", "search", "show", "status"),
        *("feeds show", "stories show", *lists),
    }
    assert wanted <= set(LEAVES)


@pytest.mark.parametrize("name", ALL)
@pytest.mark.parametrize("flag", ["--help", "-h"])
def test_help_says_what_a_command_does_on_standard_output(cli, name, flag):
    result = cli(*name.split(), flag)
    assert (result.status, result.err) == (0, "")
    assert result.out.startswith(f"Usage: watcher {name}".rstrip())
    assert ALL[name].help
    assert max(map(len, result.out.splitlines())) <= 100


@pytest.mark.parametrize("name", sorted(set(LEAVES) - WITHOUT_DATABASE - {"demo"}))
def test_config_and_database_stand_on_every_command(name):
    options = {flag for one in LEAVES[name].params for flag in one.opts}
    assert {"-c", "--config", "--db"} <= options


@pytest.mark.parametrize("name", sorted(LEAVES))
def test_every_option_says_what_it_does(name):
    silent = [
        one.name
        for one in LEAVES[name].params
        if isinstance(one, click.Option) and not one.help and not one.hidden
    ]
    assert silent == []


@pytest.mark.parametrize("name", WITH_EXAMPLE)
def test_examples_are_command_lines_that_read(cli, name):
    out = cli(*name.split(), "--help").out
    examples = re.findall(r"^    (watcher .*)$", out, re.M)
    assert examples
    for example in examples:
        command, *rest = shlex.split(example.partition(" > ")[0])[1:]
        found = ALL[command]
        while isinstance(found, click.Group):
            found = found.commands[rest.pop(0)]
        found.make_context(command, rest)  # raises where the line is wrong


def test_without_a_command_the_help_is_shown_as_a_usage_error(cli):
    for args in ((), ("feeds",), ("stories",)):
        result = cli(*args)
        assert (result.status, result.out) == (2, "")
        assert result.err.startswith("Usage: watcher")
        assert "error[" not in result.err


@pytest.mark.parametrize(
    "args",
    [
        ["nonsense"],
        ["feeds", "nonsense"],
        ["--nonsense"],
        ["search", "--nonsense"],
        ["status", "x"],
    ],
)
def test_a_wrong_command_line_ends_with_2_and_names_the_help(cli, args):
    result = cli(*args)
    assert (result.status, result.out, result.code) == (2, "", "WTC-USE-001")
    assert re.search(r"hint: see `watcher.* --help`", result.err)


@pytest.mark.parametrize(
    ("args", "meant"),
    [
        (["serach", "x"], "search"),
        (["feeds", "lst"], "list"),
        (["search", "x", "--limits", "3"], "--limit"),
    ],
)
def test_a_slip_is_met_once_with_what_was_meant(cli, args, meant):
    said = re.findall(r"(?i)did you mean:? '?([a-z-]+)", cli(*args).err)
    assert said == [meant]


def test_what_is_like_no_command_is_met_with_none(cli):
    assert "did you mean" not in cli("zzz").err.lower()


def test_the_groups_help_names_every_command_with_a_line(cli):
    out = cli("--help").out
    for name, (_, line) in COMMANDS.items():
        assert re.search(rf"^  {name} +{re.escape(line)}$", out, re.M), name


@pytest.mark.parametrize("command", [["watcher"], [sys.executable, "-m", "watcher"]])
def test_version_is_one_line(command):
    if command == ["watcher"]:
        command = [str(sys.executable).replace("python", "watcher")]
    done = subprocess.run([*command, "--version"], capture_output=True, text=True, check=True)
    assert (done.stdout, done.stderr) == (f"watcher {__version__}\n", "")
