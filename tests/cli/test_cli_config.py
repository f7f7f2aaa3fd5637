"""`config check`, `show` and `schema`."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from tests.cli.support import Cli

from watcher.config.schema import schema

KEY = "whsec_" + "QUJD" * 8


def test_a_good_config_is_called_good_with_its_counts(cli: Cli, config: Path) -> None:
    config.write_text("feeds: [https://a.example/feed]\ntopics: {t: a AND b}\n")
    assert cli("config", "check").out == "config.yaml is good: 1 feeds, 1 topics, 0 channels\n"
    shape = cli("config", "check", "--json").json
    assert (shape["feeds"], shape["topics"], shape["warnings"]) == (1, 1, [])


def test_every_problem_is_said_at_once(cli: Cli, config: Path) -> None:
    config.write_text("feds: []\ntopics:\n  t: 'a AND ('\npoll: {every: soon}\n")
    done = cli("config", "check", "--json")
    assert done.status == 78
    problems = [json.loads(line)["error"] for line in done.err.splitlines()]
    assert [problem["line"] for problem in problems] == [1, 3, 4]


@pytest.mark.parametrize(("secret", "status"), [(KEY, 0), ("short", 78), (None, 78)])
def test_secrets_are_read_and_never_shown(
    secret: str | None, status: int, cli: Cli, config: Path, tmp_path: Path
) -> None:
    if secret is not None:
        (tmp_path / "hook.secret").write_text(secret)
    config.write_text(
        "channels: {h: {type: webhook, url: https://a.example/h, secret: {file: hook.secret}}}\n"
    )
    done = cli("config", "check")
    assert done.status == status
    shown = cli("config", "show")
    assert shown.status == 0
    assert '"file": "hook.secret"' in shown.out
    if secret is not None:
        assert secret not in done.out + done.err + shown.out + shown.err


def test_show_prints_a_config_with_every_default(cli: Cli, config: Path) -> None:
    config.write_text("poll: {every: 90m}\n")
    shape = cli("config", "show", "--json").json
    assert shape["poll"] == {"every": "90m", "floor": "15m", "cap": "1d", "budget": "3600/h"}
    text = cli("config", "show").out
    config.write_text(text)
    assert cli("config", "show").out == text


def test_schema_is_the_schema(cli: Cli) -> None:
    assert json.loads(cli("config", "schema").out) == schema()


def test_without_a_config_the_file_is_asked_for(cli: Cli) -> None:
    done = cli("config", "check")
    assert (done.status, done.code) == (78, "WTC-CFG-001")
