"""`feeds suggest` and what `show` tells of following, over a real pass."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from tests.cli.test_shapes import check
from tests.pipeline.conftest import HARBOUR, Watch, page, rss
from tests.support.site import Reply, Site

LETTER = "The letter that the crews wrote in January"


@pytest.fixture
def followed(tmp_path: Path):
    watch = Watch(tmp_path)
    with Site() as site, Site() as other:
        url = other.url("/2026/the-letter-of-january")
        links = (
            f"<aside><h2>Related posts</h2><ul><li><a href='{url}'>{LETTER}</a></li></ul></aside>"
        )
        entry = ("/strike", "Harbour strike", "Crews stopped work.")
        site.routes["/feed"] = Reply(rss(site, entry), type="application/rss+xml")
        site.routes["/strike"] = page("Harbour strike", *HARBOUR, after=links)
        named = "<link rel='alternate' type='application/rss+xml' href='/all.xml'></head>"
        words = (f"As the harbour has it: {text}" for text in HARBOUR)
        other.routes["/2026/the-letter-of-january"] = page("The letter", *words).replace(
            "</head>", named
        )
        watch.feed(site.url("/feed"))
        watch.topic("harbour", "harbour")
        watch.sections["topics"]["harbour"]["follow"] = {}
        watch.once()
        yield tmp_path, site, other


def test_outlets_are_suggested_with_examples_and_the_next_step(cli, followed):
    folder, _, other = followed
    where = ("-c", folder / "config.yaml")
    whole = cli("feeds", "suggest", *where, "--json").json
    assert whole["count"] == 1
    (one,) = whole["items"]
    check(one, "outlet_met", framed=False)
    assert one["articles"] == 1
    assert one["topics"] == ["harbour"]
    assert one["feed_url"] == other.url("/all.xml")
    assert one["next"] == f"watcher add {other.url('/all.xml')}"
    assert cli("feeds", "suggest", *where, "--ndjson").lines == [{**one, "schema_version": 1}]
    assert one["next"] in cli("feeds", "suggest", *where).out


def test_show_says_which_link_found_an_article_and_what_came_of_an_articles_links(cli, followed):
    folder, site, other = followed
    where = ("-c", folder / "config.yaml")
    url = other.url("/2026/the-letter-of-january")
    shape = cli("show", url, *where, "--json").json
    check(shape, "article")
    assert shape["origin"]["url"] == site.url("/strike")
    assert shape["origin"]["link"]["text"] == LETTER
    said = cli("show", url, "--why", *where).out
    assert f"related link '{LETTER}' under 'Related posts'" in said
    assert f"of 'Harbour strike' ({site.url('/strike')})" in said
    assert f"article      {url}" in cli("show", site.url("/strike"), "--related", *where).out


def test_without_anything_met_it_says_so(cli, tmp_path):
    watch = Watch(tmp_path)
    watch.sections["poll"]["floor"] = "15m"
    watch.once()
    done = cli("feeds", "suggest", "-c", tmp_path / "config.yaml")
    assert (done.status, done.out) == (0, "")
    assert "follow:" in done.err


def test_a_follow_that_cannot_be_is_refused_at_its_place(cli, tmp_path):
    config = {"topics": {"a": {"query": "x", "follow": {"depth": 9, "budget": "many"}}}}
    (tmp_path / "config.yaml").write_text(json.dumps(config))
    done = cli("config", "check", "-c", tmp_path / "config.yaml")
    assert done.status == 78
    assert "depth" in done.err
    assert "20/d" in done.err
