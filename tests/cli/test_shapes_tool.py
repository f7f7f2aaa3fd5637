"""The shapes of the commands that look after watcher itself."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from tests.cli.support import Cli
from tests.cli.test_shapes import check


@pytest.fixture
def made(cli: Cli) -> Cli:
    done = cli("init", "--webhook", "https://example.org/h", "--json")
    check(done.json, "started")
    return cli


@pytest.mark.parametrize(
    ("args", "shape"),
    [
        (["doctor", "--offline"], "doctor"),
        (["db", "check"], "db_check"),
        (["db", "check", "--repair"], "db_check"),
        (["db", "migrate"], "db_migrate"),
        (["db", "vacuum"], "db_vacuum"),
        (["db", "backup", "copy.db"], "db_backup"),
        (["topics", "add", "t", "ferry"], "topic_added"),
    ],
)
def test_shapes(made: Cli, args: list[str], shape: str) -> None:
    check(made(*args, "--json").json, shape)


def test_a_finding_a_line(made: Cli) -> None:
    for line in made("doctor", "--offline", "--ndjson").lines:
        check(line, "finding")


def test_the_shapes_of_restoring_and_of_topics_that_come_in(made: Cli) -> None:
    made("db", "backup", "copy.db")
    check(made("db", "restore", "copy.db", "--yes", "--json").json, "db_restore")
    Path("a.json").write_text(json.dumps([{"query": "ferry"}]))
    check(made("import", "google-alerts", "a.json", "--json").json, "topics_imported")
