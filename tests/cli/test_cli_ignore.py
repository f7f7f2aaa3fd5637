"""Block rules: what `ignore:` in config.yaml keeps from all topics, counted and listed."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from tests.cli.support import Cli
from tests.store.builders import draft

from watcher.config.load import load_text
from watcher.errors import ConfigErrors
from watcher.pipeline.topics import block_rules, rule_for
from watcher.topics.document import Document
from watcher.topics.facts import Facts

CONFIG = """
topics: {camp: camp}
ignore: 'camp AND football'
alerts: {backlog: all}
"""
LINES = [
    {"id": "1", "title": "Camp searched", "body": "Police searched the camp."},
    {"id": "2", "title": "Football camp", "body": "The club went to its camp."},
]


@pytest.fixture
def imported(cli: Cli, tmp_path: Path) -> Cli:
    (tmp_path / "config.yaml").write_text(CONFIG)
    (tmp_path / "a.jsonl").write_text("\n".join(map(json.dumps, LINES)))
    assert cli("import", "articles", "a.jsonl", "--alert", "--json").status == 0
    return cli


def test_what_a_rule_is_true_of_is_stored_but_matches_nothing(imported: Cli) -> None:
    assert imported("topics", "list", "--json").json["items"][0]["matches_total"] == 1
    assert len(imported("search", "camp", "--json").json["items"]) == 2
    assert [one["article"] for one in imported("alerts", "list", "--json").json["items"]] == [
        imported("show", "id:1", "--json").json["article"]
    ]


def test_the_ignored_are_listed_and_counted(imported: Cli) -> None:
    (row,) = imported("topics", "ignored", "--json").json["items"]
    assert (row["id"], row["title"], row["rule"]) == ("2", "Football camp", "camp AND football")
    plain = imported("topics", "ignored")
    assert "1 article: camp AND football" in plain.err
    assert "Football camp" in plain.out


def test_a_backtest_tells_nobody_of_the_ignored(imported: Cli) -> None:
    hits = imported("topics", "test", "camp", "--json").json["hits"]
    assert {hit["id"]: (hit["decision"], hit["reason"]) for hit in hits} == {
        "1": ("raised", "camp"),
        "2": ("suppressed", "ignored: camp AND football"),
    }


def test_an_article_that_changes_is_ignored_no_longer(imported: Cli, tmp_path: Path) -> None:
    changed = {**LINES[1], "title": "Camp raided", "body": "Nothing of sport is in it any more."}
    (tmp_path / "b.jsonl").write_text(json.dumps(changed))
    assert imported("import", "articles", "b.jsonl", "--json").status == 0
    assert imported("topics", "ignored", "--json").json["items"] == []


def test_a_rule_of_a_feed_looks_at_that_feed_alone(tmp_path: Path) -> None:
    text = "feeds: [{url: 'https://a.example/feed', ignore: [football, chess]}]\n"
    settings = load_text(text, tmp_path / "config.yaml")
    rules = block_rules(settings.ignore)
    feed = settings.feeds[0].feed
    sport = draft("a").text
    for said, feeds, rule in [
        ("chess", (feed,), "chess"),
        ("chess", ("f_other",), None),
        ("chess", (), None),
        ("police", (feed,), None),
    ]:
        document = Document.of(replace(sport, title=said, body=""), Facts(feeds=feeds))
        assert rule_for(rules, document) == rule


def test_a_rule_that_cannot_be_read_is_a_problem_with_its_place(tmp_path: Path) -> None:
    with pytest.raises(ConfigErrors) as caught:
        load_text("topics: {a: b}\nignore: ['a', '(b']\n", tmp_path / "config.yaml")
    (problem,) = caught.value.problems
    assert (problem.code, problem.place.line) == ("WTC-QRY-003", 2)
    assert problem.message == 'ignore: missing ")"'
