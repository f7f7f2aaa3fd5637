"""Reading commands start fast because they leave the heavy libraries alone (DESIGN.md)."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from watcher.cli.options import Where
from watcher.store.sqlite.store import open_store

HEAVY = {
    "sqlite_utils",
    "httpx",
    "httpcore",
    "trafilatura",
    "apscheduler",
    "feedparser",
    "structlog",
}

PROBE = """
import sys
from watcher.cli.main import main
try:
    main(sys.argv[1:])
except SystemExit as stop:
    print("STATUS", stop.code or 0, file=sys.stderr)
print("LOADED", *sorted(sys.modules), file=sys.stderr)
"""


def run(*args: str) -> tuple[int, set[str]]:
    done = subprocess.run(
        [sys.executable, "-c", PROBE, *args], capture_output=True, text=True, check=True
    )
    lines = done.stderr.splitlines()
    status = next(int(line.split()[1]) for line in lines if line.startswith("STATUS"))
    loaded = next(line.split()[1:] for line in lines if line.startswith("LOADED"))
    return status, set(loaded)


@pytest.fixture
def database(tmp_path: Path) -> str:
    path = tmp_path / "w.db"
    open_store(path).close()
    return str(path)


@pytest.mark.parametrize(
    "args", [["--version"], ["--help"], ["search", "--help"], ["feeds", "list", "--help"]]
)
def test_asking_for_help_loads_nothing_heavy(args: list[str]) -> None:
    status, loaded = run(*args)
    assert status == 0
    assert not loaded & HEAVY


@pytest.mark.parametrize(
    "args",
    [
        ["status"],
        ["search", "camp"],
        ["feeds", "list"],
        ["stories", "list"],
        ["alerts", "list", "--json"],
    ],
)
def test_reading_the_database_loads_nothing_heavy(database: str, args: list[str]) -> None:
    status, loaded = run(*args, "--db", database)
    assert status == 0
    assert not loaded & HEAVY


READING = {"pydantic", "ruamel.yaml", "jinja2", "watcher.model.page", "watcher.feeds.backoff"}


@pytest.mark.parametrize("args", [["status"], ["search", "camp"], ["feeds", "list"]])
@pytest.mark.parametrize(
    ("config", "named"),
    [("feeds: []\n", True), ("# ours\ndatabase: w.db  # here\n", True), ("", False)],
)
def test_a_config_is_not_read_where_only_the_database_is_asked_of_it(
    database: str, tmp_path: Path, args: list[str], config: str, named: bool
) -> None:
    (tmp_path / "watcher.db").write_bytes(Path(database).read_bytes())
    where = ["--db", database]
    if named:
        (tmp_path / "mine.yaml").write_text(config)
        where = ["-c", str(tmp_path / "mine.yaml")]
    status, loaded = run(*args, *where)
    assert status in {0, 4}
    assert not loaded & READING


@pytest.mark.parametrize(
    "config",
    ["'database': w.db\n", "database: [w.db]\n", "{database: w.db}\n", "database: 'w.db'\n"],
)
def test_a_config_that_names_its_database_in_any_other_way_is_read(
    tmp_path: Path, config: str
) -> None:
    path = tmp_path / "mine.yaml"
    path.write_text(config)
    assert Where(str(path), None)._named_plainly() is None


def test_show_loads_nothing_heavy_even_where_it_finds_nothing(database: str) -> None:
    status, loaded = run("show", "a_nothing", "--db", database)
    assert status == 2
    assert not loaded & HEAVY


def test_the_probe_would_see_a_heavy_import() -> None:
    code = f"import sqlite_utils\n{PROBE}"
    done = subprocess.run(
        [sys.executable, "-c", code, "--version"], capture_output=True, text=True, check=True
    )
    assert "sqlite_utils" in done.stderr
