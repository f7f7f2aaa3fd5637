"""`topics test`: a topic over the archive."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.cli.support import Cli

HIT = {"article", "id", "at", "decision", "reason", "url", "title", "outlet"}
CONFIG = "topics:\n  raids: {query: police AND camp}\nalerts: {backlog: all}\n"


@pytest.fixture
def on(config: Path, db: Path) -> tuple[object, ...]:
    config.write_text(CONFIG)
    return ("--db", db)


def test_a_topic_is_run_over_the_archive(cli: Cli, on: tuple[object, ...]) -> None:
    done = cli("topics", "test", "raids", *on, "--json")
    assert done.status == 0
    shape = done.json
    assert (shape["topic"], shape["query"]) == ("raids", "police AND camp")
    assert shape["hits"]
    assert all(set(hit) == HIT for hit in shape["hits"])
    assert sum(shape["per_day"].values()) == len(shape["hits"])
    assert sum(shape["per_outlet"].values()) == len(shape["hits"])
    assert (shape["gained"], shape["lost"]) == ([], [])


def test_of_a_text_and_its_copy_one_is_told(cli: Cli, on: tuple[object, ...]) -> None:
    hits = cli("topics", "test", "raids", *on, "--json").json["hits"]
    decisions = [hit["decision"] for hit in hits if "aid" in hit["title"]]
    assert decisions.count("raised") == 1
    (copy,) = [hit for hit in hits if hit["title"] == "Raid: a copy"]
    assert copy["decision"] == "suppressed"
    assert copy["reason"].startswith("copy of a_")


def test_a_query_is_compared_with_a_topic(cli: Cli, on: tuple[object, ...]) -> None:
    shape = cli("topics", "test", "police", "--against", "raids", *on, "--json").json
    assert shape["topic"] is None
    assert shape["lost"] == []
    narrow = cli("topics", "test", "title:copy", "--against", "raids", *on, "--json", "--exit-code")
    lost = {hit["article"] for hit in narrow.json["lost"]}
    held = {hit["article"] for hit in cli("topics", "test", "raids", *on, "--json").json["hits"]}
    got = {hit["article"] for hit in narrow.json["hits"]}
    assert lost == held - got


def test_the_words_say_how_many_would_have_been_told(cli: Cli, on: tuple[object, ...]) -> None:
    done = cli("topics", "test", "raids", *on)
    assert done.out.splitlines()[0].split("\t") == ["at", "decision", "outlet", "title", "reason"]
    assert "would have been told" in done.err


def test_nothing_found_is_4_only_where_it_is_asked_for(cli: Cli, on: tuple[object, ...]) -> None:
    assert cli("topics", "test", "zebra", *on).status == 0
    assert cli("topics", "test", "zebra", *on, "--exit-code").status == 4


def test_since_leaves_out_what_is_older(cli: Cli, on: tuple[object, ...]) -> None:
    assert cli("topics", "test", "raids", "--since", "2100-01-01", *on, "--json").json["hits"] == []


def test_a_bad_query_is_2_with_its_place(cli: Cli, on: tuple[object, ...]) -> None:
    done = cli("topics", "test", "police AND (", *on, "--json")
    assert (done.status, done.error["offset"]) == (2, 11)
