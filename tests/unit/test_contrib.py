"""What lies in contrib/ fits the code: every metric of dashboard and rules is one, every command
of the units and the container exists, and the daemon's sandbox lets it do its work."""

from __future__ import annotations

import configparser
import json
import re
from pathlib import Path

import click
import pytest
from ruamel.yaml import YAML

from watcher.cli.group import cli
from watcher.daemon.metrics import Metrics

ROOT = Path(__file__).resolve().parents[2]
CONTRIB = ROOT / "contrib"
UNITS = sorted((CONTRIB / "systemd").iterdir())
NAMING = [*UNITS, CONTRIB / "prometheus/alerts.yml"]
LABELS = {one.name: one.labels for one in Metrics()}


def load(name: str):
    return YAML(typ="safe").load((CONTRIB / name).read_text())


def rules() -> list[dict]:
    (group,) = load("prometheus/alerts.yml")["groups"]
    return group["rules"]


def expressions() -> list[str]:
    board = json.loads((CONTRIB / "prometheus/dashboard.json").read_text())
    return [
        *(one["expr"] for one in rules()),
        *(target["expr"] for panel in board["panels"] for target in panel["targets"]),
    ]


def named(expression: str) -> set[str]:
    """The metrics of an expression, histograms by their own name."""
    found = re.findall(r"\bwatcher_[a-z_]+", expression)
    return {re.sub(r"_(bucket|sum|count)$", "", one) if one not in LABELS else one for one in found}


def test_every_metric_of_dashboard_and_rules_exists_and_every_one_is_shown():
    used = set().union(*map(named, expressions()))
    assert used - set(LABELS) == set()
    assert set(LABELS) - used == set()


@pytest.mark.parametrize("expression", expressions())
def test_labels_that_are_asked_for_exist(expression: str):
    for name, asked in re.findall(r"(watcher_[a-z_]+)\{([^}]*)\}", expression):
        known = LABELS[re.sub(r"_bucket$", "", name)]
        assert set(re.findall(r"(\w+)=", asked)) <= set(known)


def test_every_rule_says_what_to_do():
    for rule in rules():
        assert rule["labels"]["severity"] in {"page", "warn"}
        assert rule["annotations"]["summary"]
        assert rule["annotations"]["fix"]
    names = [rule["alert"] for rule in rules()]
    assert len(set(names)) == len(names)


def commands_in(text: str) -> list[list[str]]:
    """What is called of `watcher` in backticks or after a path to it."""
    found = re.findall(r"`watcher ([^`]+)`", text) + re.findall(
        r"^Exec\w+=\S*/watcher (.+)$", text, re.M
    )
    return [one.split() for one in found]


@pytest.mark.parametrize(
    "words",
    [words for path in NAMING for words in commands_in(path.read_text())],
    ids=" ".join,
)
def test_every_command_that_is_named_exists(words: list[str]):
    command: click.Command = cli
    context = click.Context(cli)
    options = []
    for word in words:
        if isinstance(command, click.Group) and not word.startswith("-"):
            found = command.get_command(context, word)
            assert found is not None, words
            command = found
        elif word.startswith("-"):
            options.append(word)
    known = {name for one in command.params for name in one.opts}
    assert set(options) <= known


def unit(path: Path) -> configparser.RawConfigParser:
    read = configparser.RawConfigParser(strict=False, interpolation=None)
    read.optionxform = str  # type: ignore[assignment,method-assign]
    read.read_string(path.read_text())
    return read


@pytest.mark.parametrize("path", [p for p in UNITS if p.suffix == ".service"], ids=lambda p: p.name)
def test_services_give_away_no_rights(path: Path):
    service = unit(path)["Service"]
    assert service["DynamicUser"] == "yes"
    assert service["NoNewPrivileges"] == "yes"
    assert service["ProtectSystem"] == "strict"
    assert service["CapabilityBoundingSet"] == ""
    assert "StateDirectory" in service


@pytest.mark.parametrize("path", [p for p in UNITS if p.suffix == ".timer"], ids=lambda p: p.name)
def test_a_timer_has_its_service(path: Path):
    assert path.with_suffix(".service").exists()
    assert unit(path)["Install"]["WantedBy"] == "timers.target"


def test_the_watchdog_has_time_for_several_looks():
    from watcher.daemon.vitals import LOOK_SECONDS

    service = unit(CONTRIB / "systemd/watcher.service")["Service"]
    assert service["Type"] == "notify"
    assert int(service["WatchdogSec"]) >= 5 * LOOK_SECONDS


def test_the_readers_may_bound_their_memory_in_the_sandbox():
    for name in ("watcher.service", "watcher-once.service"):
        text = (CONTRIB / "systemd" / name).read_text()
        assert text.index("~@privileged @resources") < text.index("SystemCallFilter=setrlimit")


def test_the_container_runs_as_nobody_and_is_watched():
    text = (CONTRIB / "container/Containerfile").read_text()
    assert "\nUSER watcher\n" in text
    assert "HEALTHCHECK" in text
    for copied in re.findall(r"^COPY (?!--)(.+) \S+$", text, re.M):
        for name in copied.split():
            assert (ROOT / name).exists(), name
    (service,) = [
        one for one in load("container/compose.yaml")["services"].values() if "build" in one
    ]
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service["healthcheck"]["test"] == ["CMD", "watcher", "status", "--health"]
