"""`once` and `add`: a pass over loopback feeds with its summary and its statuses, and
subscriptions written into config.yaml."""

from __future__ import annotations

import json
import signal
import subprocess
from pathlib import Path

import pytest
from tests.cli.support import minding_ctrl_c, write
from tests.support.site import Reply, Site

from watcher.store.sqlite.store import open_store

NOON = "2026-03-10T12:00:00Z"
SUMMARY = {
    *("schema_version", "polls", "failed", "new_entries", "changed_entries", "articles", "alerts"),
    *("deliveries", "failures"),
}
FAST = {"poll": {"floor": "1s"}}


def page(title: str) -> str:
    body = "".join(f"<p>{title}: paragraph {n} of a report on the harbour.</p>" for n in range(8))
    return f'<html lang="en"><body><article><h1>{title}</h1>{body}</article></body></html>'


def rss(title: str, *links: str) -> Reply:
    items = "".join(
        f"<item><title>Item {link[-1]}</title><link>{link}</link><guid>{link[-2:]}</guid>"
        "<pubDate>Tue, 10 Mar 2026 10:00:00 +0000</pubDate></item>"
        for link in links
    )
    feed = f'<rss version="2.0"><channel><title>{title}</title>{items}</channel></rss>'
    return Reply(feed, type="application/rss+xml", etag='"1"')


@pytest.fixture
def news(site: Site) -> Site:
    site.routes = {
        "/feed": rss("Harbour", site.url("/1"), site.url("/2")),
        "/other": rss("Other", site.url("/3")),
        "/1": page("Ferry late"),
        "/2": page("Pump broken"),
        "/3": page("Bread gone"),
        "/broken": 503,
        "/text": "just a page, no feed",
    }
    return site


@pytest.fixture
def once(cli, tmp_path, news):
    """Writes the config and runs a pass at noon."""

    def run(*paths: str, args=("--at", NOON), **sections):
        write(tmp_path / "config.yaml", *map(news.url, paths), **{**FAST, **sections})
        return cli("once", *args)

    return run


# the summary


def test_the_first_pass_polls_reads_and_stores(once, cli):
    shape = once("/feed", "/other", args=["--at", NOON, "--json"]).json
    assert set(shape) == SUMMARY
    assert (shape["polls"], shape["failed"], shape["new_entries"]) == (2, 0, 3)
    assert (shape["articles"], shape["changed_entries"]) == (3, 0)
    assert shape["alerts"] == {"raised": 0, "suppressed": 0}
    assert shape["deliveries"] == {"done": 0, "failed": 0}
    assert shape["failures"] == []
    found = cli("search", "report", "--json").json["items"]
    assert sorted(item["title"] for item in found) == ["Bread gone", "Ferry late", "Pump broken"]


def test_in_words_a_pass_is_one_line(once):
    result = once("/feed")
    assert (result.status, result.err.count("\n")) == (0, 1)
    assert result.err.startswith("next: ")
    assert result.out == (
        "1 feed polled; 2 new entries; 2 articles stored; 0 alerts raised (0 suppressed); "
        "0 delivered\n"
    )


def test_nothing_due_is_no_poll_and_force_polls_all_the_same(once, cli, news):
    once("/feed")
    again = cli("once", "--at", "2026-03-10T12:00:30Z", "--json").json
    assert (again["polls"], len(news.hits("/feed"))) == (0, 1)
    forced = cli("once", "--at", "2026-03-10T12:00:40Z", "--force", "--json").json
    assert (forced["polls"], forced["new_entries"]) == (1, 0)
    assert news.hits("/feed")[1].header("If-None-Match") == '"1"'


def test_a_matching_topic_raises_an_alert(once, cli):
    result = once("/feed", topics={"boats": {"query": "ferry"}}, args=["--at", NOON, "--json"])
    assert result.json["alerts"] == {"raised": 1, "suppressed": 0}
    (alert,) = cli("alerts", "list", "--json").json["items"]
    assert (alert["topic"], alert["decision"]) == ("boats", "raised")


# what fails


def test_a_failed_feed_ends_with_3_and_costs_only_itself(once, cli, news):
    result = once("/broken", "/feed", "/text")
    assert result.status == 3
    assert result.out.startswith("3 feeds polled (2 failed); 2 new entries; 2 articles stored")
    warned = [line for line in result.err.splitlines() if line.startswith("warning[WTC-")]
    assert sorted(line.split(": ")[1] for line in warned) == sorted(
        f"feed {news.url(path)}" for path in ("/broken", "/text")
    )
    feeds = {one["url"]: one["state"] for one in cli("feeds", "list", "--json").json["items"]}
    assert feeds == {
        news.url("/broken"): "failing",
        news.url("/text"): "failing",
        news.url("/feed"): "active",
    }


def test_under_json_failures_are_data_and_warnings_are_json(once, news):
    result = once("/broken", "/feed", args=["--at", NOON, "--json"])
    assert result.status == 3
    (failure,) = result.json["failures"]
    assert set(failure) == {"feed", "url", "code", "error", "hint"}
    assert (failure["url"], failure["code"][:4]) == (news.url("/broken"), "WTC-")
    (warning,) = map(json.loads, result.err.splitlines())
    assert warning["warning"]["code"] == failure["code"]


def test_a_page_that_is_missing_is_told_and_is_no_failed_feed(once, news):
    news.routes["/1"] = 404
    result = once("/feed")
    assert result.status == 0
    assert f": page {news.url('/1')}: " in result.err


def test_a_delivery_that_fails_is_told_with_its_next_try(once, news, tmp_path):
    (tmp_path / "hook.secret").write_text("whsec_" + "QUJD" * 8)
    news.routes["/hook"] = 503
    hook = {"type": "webhook", "url": news.url("/hook"), "secret": {"file": "hook.secret"}}
    result = once(
        "/feed",
        topics={"boats": {"query": "ferry", "channels": ["hook"]}},
        channels={"hook": hook},
        net={
            "allow": ["127.0.0.1"],
            "allow_post": ["127.0.0.1"],
            "ports": ["1024-65535"],
            "gap": "0s",
        },
    )
    assert "; 0 delivered, 1 not yet\n" in result.out
    assert "warning[WTC-OUT-001]: delivery to hook: " in result.err
    assert "; tried again at 2026-03-10T12:00:" in result.err


def test_a_fault_of_ours_is_told_and_ends_with_1(once, monkeypatch):
    async def faulty(*_: object) -> None:
        raise RuntimeError("a slip")

    monkeypatch.setattr("watcher.pipeline.works.poll", faulty)
    result = once("/feed")
    assert result.status == 1
    assert "warning[WTC-INT-001]: poll of f_" in result.err
    assert "RuntimeError: a slip" in result.err


# the clock, the config, the lock


def test_db_names_another_database_than_the_configs(once, cli, tmp_path):
    once("/feed", args=["--at", NOON, "--db", "replay.db"])
    assert not (tmp_path / "watcher.db").exists()
    assert cli("status", "--db", "replay.db", "--json").json["articles"] == 2


def test_a_time_before_what_is_stored_is_refused_and_changes_nothing(once, cli, news):
    once("/feed")
    asked = len(news.requests)
    result = cli("once", "--at", "2026-03-10T11:59:59Z", "--force")
    assert (result.status, result.code, result.out) == (2, "WTC-USE-005", "")
    assert "before the last stored moment, 2026-03-10T12:00:0" in result.err
    assert len(news.requests) == asked
    assert cli("once", "--at", "2026-03-10T12:10:00Z").status == 0


@pytest.mark.parametrize("time", ["noon", "", "2026-02-30", "12:00"])
def test_what_is_no_time_is_refused(cli, config, time):
    result = cli("once", "--at", time)
    assert (result.status, result.code) == (2, "WTC-USE-002")


@pytest.mark.parametrize("command", ["once", "run"])
def test_every_problem_of_the_config_is_said_at_once(cli, tmp_path, command):
    (tmp_path / "config.yaml").write_text("databas: x\nfeeds: [ftp://x]\ntopics: {a: 'b OR'}\n")
    result = cli(command)
    assert (result.status, result.out) == (78, "")
    codes = [line[6:17] for line in result.err.splitlines() if line.startswith("error[")]
    assert codes == ["WTC-CFG-012", "WTC-CFG-013", "WTC-QRY-005"]
    assert "config.yaml:2:9: " in result.err
    assert "\n  feeds: [ftp://x]\n          ^\n" in result.err
    assert list(tmp_path.iterdir()) == [tmp_path / "config.yaml"]


def test_under_json_every_problem_of_the_config_is_a_line(cli, tmp_path):
    (tmp_path / "config.yaml").write_text("databas: x\ntopics: {a: 'b OR'}\n")
    first, second = map(json.loads, cli("once", "--json").err.splitlines())
    assert (first["error"]["line"], first["error"]["column"]) == (1, 1)
    assert first["error"]["suggestion"] == "database"
    assert (second["error"]["offset"], second["error"]["length"]) == (2, 2)
    assert second["error"]["file"].endswith("config.yaml")


@pytest.mark.parametrize("command", ["once", "run", "add https://x.example/feed"])
def test_without_a_config_a_command_that_needs_one_says_so(cli, command):
    result = cli(*command.split())
    assert (result.status, result.code) == (78, "WTC-CFG-001")
    assert "-c FILE" in result.err


def test_a_secret_that_cannot_be_read_ends_with_78(cli, tmp_path):
    hook = {"type": "webhook", "url": "https://x.example/", "secret": {"file": "none.secret"}}
    write(tmp_path / "config.yaml", channels={"hook": hook})
    result = cli("once")
    assert (result.status, result.code) == (78, "WTC-CFG-020")
    assert "none.secret" in result.err


def test_while_another_process_holds_the_database_a_pass_ends_with_75(cli, config, tmp_path):
    store = open_store(tmp_path / "watcher.db")
    result = cli("once")
    store.close()
    assert (result.status, result.code, result.out) == (75, "WTC-DB-075", "")
    assert "watcher status" in result.err
    assert cli("once").status == 0


def test_a_database_of_another_program_ends_with_69(cli, config, tmp_path):
    (tmp_path / "watcher.db").write_bytes(b"a text" * 100)
    result = cli("once", "--json")
    assert (result.status, result.error["code"]) == (69, "WTC-DB-005")


def test_ctrl_c_ends_a_pass_with_130_and_what_it_has_is_kept(tmp_path, news):
    news.routes["/other"] = Reply("late", delay=60)
    write(tmp_path / "config.yaml", news.url("/feed"), news.url("/other"), **FAST)
    with subprocess.Popen(
        minding_ctrl_c("once"),
        cwd=tmp_path,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as process:
        while not news.hits("/other"):  # one host is asked for one thing at a time
            assert process.poll() is None
        process.send_signal(signal.SIGINT)
        out, err = process.communicate()
    assert (process.returncode, out) == (130, b"")
    assert b"Traceback" not in err
    open_store(tmp_path / "watcher.db").close()


# add

LISTED = """# what we watch
database: watcher.db
net: {allow: [127.0.0.1], ports: [1024-65535]}  # the test's own
feeds:
  # the first one
  - https://first.example/feed   # keep

topics: {}
"""


@pytest.fixture
def listed(tmp_path: Path) -> Path:
    path = tmp_path / "config.yaml"
    path.write_text(LISTED)
    return path


def test_add_writes_a_line_and_keeps_every_other(cli, listed, news):
    result = cli("add", news.url("/feed"))
    assert (result.status, result.out) == (0, f"added: {news.url('/feed')}\n")
    assert result.err.splitlines() == [
        "Harbour: 2 entries (rss20)",
        "next: `watcher once`, or leave it to the running daemon",
    ]
    lines = listed.read_text().splitlines(keepends=True)
    (new,) = [line for line in lines if news.origin in line]
    assert new == f"  - {{url: {news.url('/feed')}, title: Harbour}}\n"
    assert lines.index(new) == 6
    lines.remove(new)
    assert "".join(lines) == LISTED


def test_add_takes_several_and_says_what_was_there(cli, listed, news):
    cli("add", news.url("/feed"))
    shape = cli("add", news.url("/feed"), news.url("/other"), "--json").json
    assert shape["feeds"] == [
        {"url": news.url("/feed"), "title": "Harbour", "added": False},
        {"url": news.url("/other"), "title": "Other", "added": True},
    ]
    text = listed.read_text()
    assert text.count(news.url("/feed")) == text.count(news.url("/other")) == 1


def test_a_feed_that_was_added_is_polled_by_the_next_pass(cli, listed, news):
    listed.write_text(LISTED.replace("  - https://first.example/feed   # keep\n", ""))
    cli("add", news.url("/feed"))
    assert cli("once", "--json").json["new_entries"] == 2


def test_dry_run_shows_the_entries_and_writes_nothing(cli, listed, news):
    result = cli("add", news.url("/feed"), "--dry-run")
    assert result.out.splitlines() == [
        f"  Item 1  {news.url('/1')}",
        f"  Item 2  {news.url('/2')}",
    ]
    (feed,) = cli("add", news.url("/feed"), "--dry-run", "--json").json["feeds"]
    assert (feed["url"], len(feed["entries"])) == (news.url("/feed"), 2)
    assert listed.read_text() == LISTED


@pytest.mark.parametrize(
    ("url", "status", "code"),
    [
        ("/text", 1, "WTC-FEED-"),
        ("/broken", 69, "WTC-NET-"),
        ("/none", 69, "WTC-NET-"),
        ("example.org/feed", 2, "WTC-USE-006"),
        ("./config.yaml", 2, "WTC-USE-006"),
        ("ftp://x.example/", 2, "WTC-USE-006"),
    ],
)
def test_what_is_no_feed_is_not_written_nor_is_what_was_named_beside_it(
    cli, listed, news, url, status, code
):
    asked = news.url(url) if url.startswith("/") else url
    result = cli("add", news.url("/feed"), asked)
    assert (result.status, result.out) == (status, "")
    assert f"error[{code}" in result.err
    assert "\n\nhint: " in result.err
    assert listed.read_text() == LISTED


def test_add_needs_an_address(cli, listed):
    result = cli("add")
    assert (result.status, result.code) == (2, "WTC-USE-001")
