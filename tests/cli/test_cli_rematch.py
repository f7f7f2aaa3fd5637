"""`topics rematch`: a changed topic over what is stored already."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from tests.cli.support import Cli

from watcher.model.when import DAY, rfc3339
from watcher.system import SystemClock

NOW = SystemClock().now()
LINES = [
    {"id": "new", "title": "Camp searched", "published": rfc3339(NOW - DAY)},
    {"id": "chess", "title": "Chess camp", "published": rfc3339(NOW - DAY)},
    {"id": "old", "title": "Camp opened", "published": rfc3339(NOW - 60 * DAY)},
]


@pytest.fixture
def changed(cli: Cli, tmp_path: Path) -> Cli:
    """An archive that was matched by another query than the config has now."""
    config = tmp_path / "config.yaml"
    config.write_text("topics: {t: prison}\nalerts: {backlog: all}\nignore: chess\n")
    (tmp_path / "a.jsonl").write_text("\n".join(map(json.dumps, LINES)))
    assert cli("import", "articles", "a.jsonl", "--alert", "--json").status == 0
    config.write_text("topics: {t: camp}\nalerts: {backlog: all}\nignore: chess\n")
    return cli


def test_what_is_stored_is_matched_by_the_new_version_and_nobody_is_told(changed: Cli) -> None:
    done = changed("topics", "rematch", "t", "--days", "30", "--json").json
    assert done == {"schema_version": 1, "topic": "t", "version": 2, "matches": 1, "new": 1}
    (match,) = changed("show", "id:new", "--json").json["matches"]
    assert (match["topic"], match["topic_version"]) == ("t", 2)
    assert changed("alerts", "list", "--json").json["items"] == []
    assert changed("show", "id:chess", "--json").json["matches"] == []


def test_a_second_time_nothing_is_new(changed: Cli) -> None:
    changed("topics", "rematch", "t", "--days", "30")
    again = changed("topics", "rematch", "t", "--days", "90")
    assert again.out == "2 articles match, 1 of them new\n"
    assert changed("topics", "rematch", "none").status == 2
