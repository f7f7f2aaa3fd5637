"""`alerts why-not`: each answer that there is, as somebody meets it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from tests.cli.support import Cli
from tests.cli.test_shapes import check
from tests.support.site import Reply, Site

from watcher.config.load import load
from watcher.daemon.main import one_pass
from watcher.demo.play import Notes
from watcher.model.when import HOUR, Micros

NOON: Micros = 1_773_144_000_000_000  # 2026-03-10T12:00:00Z

RSS = """<rss version="2.0"><channel><title>Daily</title>
<item><title>Harbour strike goes on</title><link>{base}/strike</link>
<pubDate>Tue, 10 Mar 2026 11:00:00 GMT</pubDate>
<description>Crews at the harbour stopped the cranes in the night.</description></item>
<item><title>Old fish at the harbour market</title><link>{base}/fish</link>
<pubDate>Sun, 01 Mar 2026 11:00:00 GMT</pubDate>
<description>Traders ask twice the price of last winter for hake.</description></item>
</channel></rss>"""


@pytest.fixture
def told(tmp_path: Path, site: Site) -> dict[str, object]:
    """A database with two articles of a feed, one of them history; the topics of its config."""
    site.routes["/feed"] = Reply(RSS.format(base=site.url("")), type="application/rss+xml")
    topics = {
        "harbour": {"query": "harbour", "channels": []},
        "goats": {"query": "goats", "channels": []},
        "german": {"query": "harbour", "scope": {"langs": ["de"]}},
    }
    config = {
        "net": {"allow": ["127.0.0.1"], "ports": ["1024-65535"], "gap": "0s"},
        "poll": {"floor": "1s"},
        "scrape": {"pages": "never"},
        "feeds": [site.url("/feed")],
        "topics": topics,
    }
    write(tmp_path, config)
    one_pass(load(tmp_path / "config.yaml"), Notes(), at=NOON)
    return config


def write(folder: Path, config: dict[str, object]) -> None:
    (folder / "config.yaml").write_text(json.dumps(config))


def test_why_an_article_was_told_or_not(
    cli: Cli, told: dict[str, object], site: Site, tmp_path: Path
) -> None:
    def answer(path: str, topic: str) -> tuple[str, str]:
        shape = cli("alerts", "why-not", site.url(path), topic, "--json").json
        check(shape, "why_not")
        return shape["result"], shape["why"]

    assert answer("/strike", "harbour")[0] == "told"
    result, why = answer("/fish", "harbour")
    assert result == "suppressed"
    assert why.startswith("backlog: published 2026-03-01T11:00:00Z, first seen 2026-03-10T12:0")
    assert answer("/strike", "goats") == (
        "not_true",
        "the query is not true of its newest version: goats",
    )
    assert answer("/strike", "german")[0] == "out_of_scope"


def test_a_topic_that_came_after_the_article_says_so(
    cli: Cli, told: dict[str, object], site: Site, tmp_path: Path
) -> None:
    topics = told["topics"]
    assert isinstance(topics, dict)
    topics["cranes"] = {"query": "cranes"}
    write(tmp_path, told)
    before = cli("alerts", "why-not", site.url("/strike"), "cranes", "--json").json
    assert (before["result"], before["hint"]) == ("too_early", "watcher once")
    one_pass(load(tmp_path / "config.yaml"), Notes(), at=NOON + HOUR)
    said = cli("alerts", "why-not", site.url("/strike"), "cranes")
    assert "before the topic's version 1 (2026-03-10T13:0" in said.out
    assert "see `watcher topics test cranes`" in said.out


def test_what_is_not_there_is_said(cli: Cli, told: dict[str, object], site: Site) -> None:
    failed = cli("alerts", "why-not", site.url("/nothing"), "harbour")
    assert (failed.status, failed.code) == (2, "WTC-USE-404")
    assert "no feed brought it" in failed.err
    assert cli("alerts", "why-not", site.url("/strike"), "nobody").code == "WTC-USE-404"
