"""Help by topic, completion in three shells, and a man page that man can show."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys

import pytest
from tests.cli.support import Cli

from watcher.cli.group import COMMANDS
from watcher.exits import Exit


def test_help_is_that_of_the_command(cli: Cli):
    assert "Usage: watcher feeds retry" in cli("help", "feeds", "retry").out
    assert all(name in cli("help").out for name in COMMANDS)


@pytest.mark.parametrize("topic", ["exit-codes", "environment", "formatting"])
def test_help_has_topics(cli: Cli, topic: str):
    done = cli("help", topic)
    assert (done.status, len(done.out) > 200) == (0, True)


def test_the_exit_statuses_are_all_told(cli: Cli):
    out = cli("help", "exit-codes").out
    assert all(re.search(rf"^ *{one.value}  {re.escape(one.meaning)}$", out, re.M) for one in Exit)


def test_what_is_no_command_is_said(cli: Cli):
    done = cli("help", "feeds", "fry")
    assert (done.status, done.code) == (2, "WTC-USE-024")


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion_is_a_script_of_the_shell(cli: Cli, shell: str):
    done = cli("completion", shell)
    assert done.status == 0
    assert f"_WATCHER_COMPLETE={shell}_complete" in done.out
    if shutil.which(shell):
        check = [shell, "-n"] if shell != "fish" else ["fish", "--no-execute"]
        assert subprocess.run(check, input=done.out, text=True, check=False).returncode == 0


@pytest.mark.parametrize(
    ("words", "offered"), [("watcher doc", "doctor"), ("watcher feeds re", "retry")]
)
def test_the_shell_is_offered_what_fits(words: str, offered: str):
    environment = {
        **os.environ,
        "_WATCHER_COMPLETE": "bash_complete",
        "COMP_WORDS": words,
        "COMP_CWORD": str(len(words.split()) - 1),
    }
    done = subprocess.run(
        [sys.executable, "-c", "from watcher.cli.main import main; main()"],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert offered in done.stdout, done


def test_the_man_page_names_every_command_and_status(cli: Cli):
    page = cli("help", "man").out
    for name in COMMANDS:
        assert f".SS watcher {name}\n" in page
    assert ".SS watcher feeds retry\n" in page
    assert page.startswith(".TH WATCHER 1 ")
    requests = {line.split()[0] for line in page.splitlines() if line.startswith(".")}
    assert requests <= {".TH", ".SH", ".SS", ".B", ".I", ".PP", ".TP", ".nf", ".fi"}
    if shutil.which("groff"):
        shown = subprocess.run(
            ["groff", "-k", "-man", "-Tutf8", "-ww"],
            input=page,
            capture_output=True,
            text=True,
            check=True,
        )
        plain = re.sub(r".\x08|\x1b\[[\d;]*m", "", shown.stdout)
        assert "EXIT STATUS" in plain
        assert shown.stderr == ""
