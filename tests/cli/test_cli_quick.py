"""The database is found without reading the whole config, and never another one."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.cli.support import Cli
from tests.cli.test_imports_of_quick_commands import run

from watcher.cli.options import Where
from watcher.cli.quick import quick_database
from watcher.store.sqlite.store import open_store


@pytest.mark.parametrize(
    "text",
    [
        *("", "# words\n", "feeds: []\n", "database: a.db\n"),
        "database: a.db  # here\nfeeds: []\n",
        *('database: "a b.db"\n', "database: 'a.db'\n", "feeds: []\ndatabase: sub/a.db"),
        *('"database": a.db\n', "{database: a.db}\n", "---\ndatabase: a.db\n"),
        "database:\n  a.db\n",
        *("database: a.db\r\nfeeds: []\r\n", "database : a.db\n", "? database\n: a.db\n"),
        *("database: |-\n  a.db\n", 'database: "a\\u0062.db"\n', "database: >-\n  a.db\n"),
        "topics:\n  database: ferry\n",
    ],
)  # fmt: skip
def test_it_is_the_one_that_a_whole_reading_finds(cli: Cli, text: str):
    Path("config.yaml").write_bytes(text.encode())
    assert quick_database(Where(None, None)) == Where(None, None).database()


def test_status_works_though_the_file_is_wrong_and_loads_nothing_of_it(cli: Cli, tmp_path: Path):
    open_store(Path("mine.db")).close()
    Path("config.yaml").write_text("database: mine.db\nnonsense: 1\n")
    assert "mine.db" in cli("status").out
    status, loaded = run("status", "-c", str(tmp_path / "config.yaml"))
    assert status == 0
    assert not loaded & {"pydantic", "ruamel.yaml", "watcher.config.load"}
