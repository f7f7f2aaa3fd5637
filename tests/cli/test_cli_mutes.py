"""`alerts mute|snooze|unmute|muted`, as somebody types them."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.cli import archive
from tests.cli.archive import CAMP
from tests.cli.support import Cli
from tests.cli.test_shapes import check


@pytest.fixture
def own(tmp_path: Path) -> Path:
    """An archive to be written to."""
    return archive.make(tmp_path / "watcher.db")


def topic(cli: Cli, own: Path) -> str:
    return str(cli("topics", "list", "--db", own, "--json").json["items"][0]["topic"])


def test_a_topic_is_muted_and_told_again(cli: Cli, own: Path) -> None:
    name = topic(cli, own)
    done = cli("alerts", "mute", name, "--db", own)
    assert done.status == 0
    assert done.out == f"muted: topic:{name}; it raises no alert\n"
    assert f"watcher alerts unmute {name}" in done.err
    (row,) = cli("alerts", "muted", "--db", own, "--json").json["items"]
    assert (row["thing"], row["how"], row["until"]) == (f"topic:{name}", "muted", None)
    assert cli("alerts", "unmute", name, "--db", own).status == 0
    assert "nothing is muted" in cli("alerts", "muted", "--db", own).err


def test_a_story_is_snoozed_by_an_article_of_it(cli: Cli, own: Path) -> None:
    shape = cli("alerts", "snooze", CAMP.article, "--for", "3d", "--db", own, "--json").json
    check(shape, "mute")
    story = cli("show", CAMP.article, "--db", own, "--json").json["story"]
    assert (shape["thing"], shape["how"]) == (f"story:{story}", "snoozed")
    assert shape["until"] > shape["at"]
    assert cli("alerts", "unmute", story, "--db", own, "--json").json == {
        "schema_version": 1,
        "thing": f"story:{story}",
        "muted": False,
    }


def test_what_is_not_there_cannot_be_muted(cli: Cli, own: Path) -> None:
    failed = cli("alerts", "mute", "nothing-like-it", "--db", own)
    assert (failed.status, failed.code) == (2, "WTC-USE-404")


def test_what_is_not_muted_cannot_be_unmuted(cli: Cli, own: Path) -> None:
    failed = cli("alerts", "unmute", topic(cli, own), "--db", own)
    assert failed.code == "WTC-USE-022"
    assert "watcher alerts muted" in failed.err


def test_a_span_that_cannot_be_read_is_said(cli: Cli, own: Path) -> None:
    failed = cli("alerts", "snooze", topic(cli, own), "--for", "soon", "--db", own)
    assert failed.status == 2
    assert "a duration such as" in failed.err
