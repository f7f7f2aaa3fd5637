"""`match`: the engine alone, from two files to lines."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.cli.support import Cli

TOPICS = """
aliases: {mek: [=MEK, "مجاهدین خلق"]}
topics:
  mek-albania: '@mek AND (Albania OR Tirana)'
  camps: {query: 'title:kampi', channels: [nobody]}
  english: {query: strike, scope: {langs: [en]}}
  ledger: {query: strike, scope: {outlets: [Coast Ledger]}}
"""
ARTICLES = """
{"id": 1, "title": "MEK in Albania", "body": "The MEK camp near Tirana."}
{"id": "b", "title": "Kampi", "body": "mek albania", "language": "sq"}
{"id": ["c"], "body": "A strike.", "language": "en-GB", "outlet": "Coast Ledger"}
{"body": "مجاهدین خلق، Tirana", "captions": [{"text": "kampi"}]}
"""


@pytest.fixture
def files(tmp_path: Path) -> tuple[str, ...]:
    (tmp_path / "t.yaml").write_text(TOPICS)
    (tmp_path / "a.jsonl").write_text(ARTICLES.lstrip())
    return ("--topics", "t.yaml", "--articles", "a.jsonl")


def test_a_line_for_each_pair_that_matches(cli: Cli, files: tuple[str, ...]) -> None:
    done = cli("match", *files, "--ndjson")
    assert done.status == 0
    assert [(one["id"], one["topic"]) for one in done.lines] == [
        (1, "mek-albania"),
        ("b", "camps"),
        (["c"], "english"),
        (["c"], "ledger"),
        (None, "mek-albania"),
    ]
    assert all(set(one) == {"schema_version", "id", "topic", "spans"} for one in done.lines)
    assert done.lines[0]["spans"] == [
        {"field": "title", "start": 0, "end": 3, "clause": "@mek"},
        {"field": "title", "start": 7, "end": 14, "clause": "Albania"},
        {"field": "body", "start": 4, "end": 7, "clause": "@mek"},
        {"field": "body", "start": 18, "end": 24, "clause": "Tirana"},
    ]


def test_json_is_a_list_and_plain_text_a_table(cli: Cli, files: tuple[str, ...]) -> None:
    whole = cli("match", *files, "--json").json
    assert (whole["count"], whole["next"], len(whole["items"])) == (5, None, 5)
    table = cli("match", *files).out.splitlines()
    assert table[0] == "id\ttopic\tspans"
    assert table[2] == "b\tcamps\ttitle 0-5 title:kampi"


def test_articles_come_from_standard_input_for_a_dash(cli: Cli, files: tuple[str, ...]) -> None:
    done = cli(
        "match", *files[:2], "--articles", "-", "--ndjson", stdin=b'{"id": 9, "title": "Kampi"}'
    )
    assert [(one["id"], one["topic"]) for one in done.lines] == [(9, "camps")]


def test_a_bad_line_costs_only_itself(cli: Cli, files: tuple[str, ...], tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_text('{"id": 1, "body": 4}\n{"id": 2, "title": "Kampi"}\n')
    done = cli("match", *files, "--ndjson")
    assert done.status == 1
    assert done.error["line"] == 1
    assert [one["id"] for one in done.lines] == [2]


def test_a_bad_query_is_said_with_its_place(
    cli: Cli, files: tuple[str, ...], tmp_path: Path
) -> None:
    (tmp_path / "t.yaml").write_text("topics:\n  one: a AND (b\n")
    done = cli("match", *files, "--ndjson")
    assert done.status == 78
    assert (done.error["file"], done.error["line"], done.error["offset"]) == ("t.yaml", 2, 6)


def test_both_files_are_needed(cli: Cli) -> None:
    assert cli("match", "--topics", "t.yaml").status == 2
