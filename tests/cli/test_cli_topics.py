"""`topics test`: a topic over the archive."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.cli.support import Cli

HIT = {"article", "id", "at", "decision", "reason", "url", "title", "outlet", "snippet"}
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


def test_a_match_is_explained_clause_by_clause(cli: Cli, on: tuple[object, ...]) -> None:
    done = cli("topics", "explain", "raids", "id:nr 41", *on, "--json")
    shape = done.json
    assert (done.status, shape["topic"], shape["result"], shape["scope"]) == (
        0,
        "raids",
        True,
        None,
    )
    assert [(one["clause"], one["value"], one["depth"]) for one in shape["clauses"]] == [
        ("police AND camp", True, 0),
        ("police", True, 1),
        ("camp", True, 1),
    ]
    assert shape["clauses"][1]["spans"][0] == {
        "field": "title", "start": 0, "end": 6, "clause": "police",
    }  # fmt: skip


def test_so_is_what_does_not_match(cli: Cli, on: tuple[object, ...]) -> None:
    done = cli("topics", "explain", "title:dawn NEAR/2 camp", "id:nr 41", *on, "--exit-code")
    assert done.status == 4
    assert done.out.splitlines() == [
        "does not match: Police raid the camp",
        "false title:dawn NEAR/2 camp: not all of its words are there",
        "false   title:dawn: not in the title, but in body",
        "true    camp: title 16-20, body 18-22",
    ]


def test_the_scope_of_a_topic_is_part_of_the_explanation(
    cli: Cli, on: tuple[object, ...], config: Path
) -> None:
    config.write_text("topics:\n  raids: {query: police, scope: {langs: [sq]}}\n")
    shape = cli("topics", "explain", "raids", "id:nr 41", *on, "--json").json
    assert (shape["result"], shape["clauses"][0]["value"]) == (False, True)
    assert shape["scope"] == "its language is en, not sq"


def test_an_article_that_is_not_stored_cannot_be_explained(
    cli: Cli, on: tuple[object, ...]
) -> None:
    assert cli("topics", "explain", "raids", "id:none", *on).status == 2


def test_matches_are_counted_by_day_outlet_and_language(cli: Cli, on: tuple[object, ...]) -> None:
    def counted(*args: str) -> list[dict[str, object]]:
        return list(cli("topics", "counts", "raids", *args, *on, "--json").json["items"])

    assert [one["articles"] for one in counted()] == [2]
    assert counted("--by", "outlet") == [
        {"outlet": "The Daily", "articles": 1},
        {"outlet": "The Other", "articles": 1},
    ]
    assert counted("--by", "lang") == [{"lang": "en", "articles": 2}]
    assert counted("--since", "2100-01-01") == []
    assert cli("topics", "counts", "nothing", *on).status == 2


def test_a_test_warns_of_what_is_everywhere_and_of_letters_that_look_alike(
    cli: Cli, on: tuple[object, ...]
) -> None:
    done = cli("topics", "test", "police OR МЕК", *on)
    assert "police is in 40% of all articles" in done.err
    assert "add OR mek" in done.err


def test_a_scope_that_names_nothing_known_is_warned_of(
    cli: Cli, on: tuple[object, ...], config: Path
) -> None:
    scope = "{tags: [nope], feeds: [nowhere], outlets: [The Daily, daily.example, Daly]}"
    config.write_text(f"topics:\n  raids: {{query: police, scope: {scope}}}\n")
    said = cli("topics", "test", "raids", *on).err
    assert "warning: scope.tags: no feed is tagged 'nope' so far" in said
    assert "warning: scope.feeds: no feed is called 'nowhere' so far" in said
    assert "warning: scope.outlets: no outlet is called 'Daly' so far" in said
    assert said.count("warning: scope.") == 3


def test_a_tag_that_no_feed_has_is_a_warning_of_the_config(cli: Cli, tmp_path: Path) -> None:
    (tmp_path / "config.yaml").write_text(
        "feeds: [{url: 'https://a.example/feed', tags: [Balkans]}]\n"
        "topics: {t: {query: a, scope: {tags: [balkans, balcans]}}}\n"
    )
    done = cli("config", "check")
    assert "no feed is tagged 'balcans'" in done.out + done.err
    assert "'balkans'" not in done.out + done.err
