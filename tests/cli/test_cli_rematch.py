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


def test_a_backtest_replays_earlier_revisions(cli: Cli, tmp_path: Path) -> None:
    """A text that lost the word was told of when it had it; one that gained it, when it did."""
    (tmp_path / "config.yaml").write_text("topics: {t: camp}\nalerts: {backlog: all}\n")
    first = [
        {"id": "lost", "title": "Camp searched", "body": "Police came."},
        {"id": "won", "title": "Police search", "body": "Nothing is known yet."},
        {"id": "never", "title": "Harvest", "body": "Apples."},
    ]
    then = [
        {"id": "lost", "title": "Site searched", "body": "Police came at dawn and left."},
        {"id": "won", "title": "Police search a camp", "body": "They found nothing at all."},
        {"id": "never", "title": "Harvest", "body": "Apples and pears."},
    ]
    for lines in (first, then):
        (tmp_path / "a.jsonl").write_text("\n".join(map(json.dumps, lines)))
        assert cli("import", "articles", "a.jsonl", "--alert", "--json").status == 0
    hits = cli("topics", "test", "t", "--json").json["hits"]
    assert [(hit["id"], hit["title"], hit["reason"]) for hit in hits] == [
        ("lost", "Camp searched", "camp"),
        ("won", "Police search a camp", "camp (newly true in this revision)"),
    ]
    told = cli("alerts", "list", "--json").json["items"]
    assert {one["article"]: one["reason"] for one in told} == {
        hit["article"]: hit["reason"] for hit in hits
    }
