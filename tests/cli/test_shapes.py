"""What commands print as JSON is what docs/reference/shapes.schema.json says, key by key."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from tests.cli.support import Cli, Result
from tests.support.site import Reply, Site

from watcher.demo.newsroom import Newsroom, fill
from watcher.demo.play import stage

ROOT = Path(__file__).resolve().parents[2]
SCHEMA = json.loads((ROOT / "docs" / "reference" / "shapes.schema.json").read_text())


def check(shape: dict[str, Any], name: str, *, framed: bool = True) -> None:
    """`framed`: carries `schema_version`, as every object that stands alone does."""
    held = dict(shape)
    if framed:
        assert held.pop("schema_version") == 1
    validator = jsonschema.Draft202012Validator({**SCHEMA, "$ref": f"#/$defs/{name}"})
    problems = [f"{list(e.absolute_path)}: {e.message}"[:300] for e in validator.iter_errors(held)]
    assert problems == []


def check_list(whole: Result, lines: Result, name: str) -> None:
    frame = whole.json
    assert set(frame) == {"schema_version", "items", "count", "next"}
    assert frame["count"] == len(frame["items"])
    assert frame["items"]
    for item in frame["items"]:
        check(item, name, framed=False)
    for line in lines.lines:
        check(line, name)
    assert [{**item, "schema_version": 1} for item in frame["items"]] == lines.lines


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The newsroom's days in a folder: config.yaml and the database, and `page.html`."""
    folder = tmp_path_factory.mktemp("played")
    with stage(folder, Newsroom.find()) as on_air:
        for number in range(1, len(on_air.site.newsroom.days) + 1):
            on_air.play(number)
        harbour = on_air.site.newsroom.folder / "harbour"
        for name in ("day1/police-search-at-the-lantern-camp.html", "day1/feed.xml"):
            text = fill((harbour / name).read_text(), on_air.site.bases)
            (folder / Path(name).name).write_text(text)
        yield folder


LISTS = {
    "feeds list": "feed",
    "topics list": "topic",
    "stories list": "story",
    "alerts list": "alert",
    "deliveries list": "delivery",
    "channels list": "channel",
    "search camp": "hit",
    "topics counts lantern-camp": "topic_count",
    "topics counts lantern-camp --by lang": "topic_count",
}


@pytest.mark.parametrize("command", LISTS)
def test_lists(command: str, cli: Cli, played: Path) -> None:
    where = ("-c", played / "config.yaml")
    args = command.split()
    check_list(cli(*args, *where, "--json"), cli(*args, *where, "--ndjson"), LISTS[command])


def test_every_stored_article_shows_in_its_shape(cli: Cli, played: Path) -> None:
    where = ("-c", played / "config.yaml", "--json")
    stories = cli("stories", "list", "--limit", "0", *where).json["items"]
    names = [one["article"] for story in stories for one in story["articles"]]
    assert len(names) == 40
    for name in names:
        check(cli("show", name, *where).json, "article")
        check(cli("show", name, "--diff", *where).json, "diff")
        check_list(
            cli("show", name, "--revisions", *where),
            cli("show", name, "--revisions", *where[:2], "--ndjson"),
            "revision",
        )
    check(cli("stories", "show", stories[0]["story"], *where).json, "story")


def test_single_things(cli: Cli, played: Path) -> None:
    where = ("-c", played / "config.yaml", "--json")
    feed = cli("feeds", "list", *where).json["items"][0]["feed"]
    check(cli("feeds", "show", feed, *where).json, "feed_shown")
    check(cli("status", *where).json, "status")
    for one in cli("alerts", "list", "--limit", "0", *where).json["items"]:
        check(cli("alerts", "show", one["alert"], *where).json, "alert_shown")
    check(cli("topics", "test", "lantern-camp", *where).json, "topic_test")
    check(cli("topics", "test", "camp", "--against", "ferry-strike", *where).json, "topic_test")
    newest = cli("search", "camp", *where).json["items"][0]["article"]
    for query in ("lantern-camp", "camp NEAR/3 zebra -lang:sq"):
        check(cli("topics", "explain", query, newest, *where).json, "topic_explained")
    check(cli("config", "check", *where).json, "config_check")


def test_what_is_done_to_feeds(cli: Cli, tmp_path: Path) -> None:
    (tmp_path / "config.yaml").write_text("feeds: ['http://127.0.0.1:9/feed']\n")
    url = "http://127.0.0.1:9/feed"
    retried = cli("feeds", "retry", url, "--json")
    assert retried.status == 3
    check(retried.json, "feed_retried")
    check(cli("feeds", "pause", url, "--json").json, "feed")
    refused = cli("feeds", "retry", url, "--json")
    assert refused.status == 1
    check(refused.json, "feed_retried")
    check(cli("feeds", "resume", url, "--json").json, "feed")
    check(cli("feeds", "show", url, "--json").json, "feed_shown")
    check(cli("status", "--json").json, "status")
    check(cli("feeds", "retry", "--broken", "--json").json, "feed_broken_retried")
    check(cli("feeds", "retry", url, "--broken", "--json").json, "feed_broken_retried")
    check(cli("feeds", "remove", url, "--json").json, "feed_removed")


def test_what_is_read_and_not_stored(cli: Cli, played: Path, tmp_path: Path) -> None:
    page, feed = played / "police-search-at-the-lantern-camp.html", played / "feed.xml"
    check(cli("extract", page, "--url", "https://h.example/a", "--json").json, "extraction")
    check(cli("parse", feed, "--url", "https://h.example/feed", "--json").json, "parsed_feed")
    lines = [
        {"id": 1, "path": str(page), "url": "https://h.example/a"},
        {"id": "two", "path": str(feed)},
        {"id": None, "path": "nowhere"},
    ]
    manifest = tmp_path / "m.jsonl"
    manifest.write_text("".join(json.dumps(line) + "\n" for line in lines))
    read = cli("extract", "--manifest", manifest, "--ndjson").lines
    assert [line["id"] for line in read] == [1, "two", None]
    check(read[0], "extraction")
    check(read[2], "failure")
    feeds = cli("parse", "--manifest", manifest, "--ndjson").lines
    assert [line["id"] for line in feeds] == [1, "two", None]
    check(feeds[0], "failure")
    check(feeds[1], "parsed_feed")


def test_what_changes_something(cli: Cli, tmp_path: Path) -> None:
    (tmp_path / "config.yaml").write_text("feeds: []\n")
    archive = tmp_path / "a.jsonl"
    archive.write_text('{"id": 1, "body": "x"}\n')
    check(cli("import", "articles", archive, "--json").json, "taken_in")
    shown = cli("show", "id:1", "--json").json
    check(shown, "article")
    assert (shown["id"], shown["url"]) == ("1", None)
    got = cli("import", "urls", "-", "--json", stdin=b"http://127.0.0.1:9/feed\n")
    check(got.json, "subscribed")
    failed = cli("once", "--json")
    assert failed.status == 3
    check(failed.json, "once")


def test_match_and_errors(cli: Cli, tmp_path: Path) -> None:
    (tmp_path / "t.yaml").write_text("topics: {t: camp}\n")
    (tmp_path / "a.jsonl").write_text('{"id": 1, "body": "the camp"}\n')
    args = ("match", "--topics", "t.yaml", "--articles", "a.jsonl")
    check_list(cli(*args, "--json"), cli(*args, "--ndjson"), "pair")
    for bad in (("search", "a AND (", "--json"), ("show", "x", "--json"), ("nonsense", "--json")):
        check(json.loads(cli(*bad).err.splitlines()[-1]), "error", framed=False)


def test_what_is_added_and_what_a_site_offers(cli: Cli, config: Path, site: Site) -> None:
    rss = '<rss version="2.0"><channel><title>{0}</title><item><title>{0}</title></item></channel>'
    link = '<link rel="alternate" type="application/rss+xml" href="/{}">'
    head = "".join(map(link.format, ("one", "two", "comments/feed")))
    site.routes = {
        "/": f"<!doctype html>{head}",
        "/one": Reply(rss.format("One"), type="application/rss+xml"),
        "/two": Reply(rss.format("Two"), type="application/rss+xml"),
    }
    check(cli("add", site.url("/"), "--dry-run", "--json").json, "add_shown")
    open_one = cli("add", site.url("/"), "--json")
    assert open_one.status == 2
    check(open_one.json, "add_shown")
    check(cli("add", site.url("/"), "--all", "--json").json, "added")
    check(cli("add", site.url("/one"), "--dry-run", "--json").json, "add_shown")
