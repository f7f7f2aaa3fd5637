"""`init` writes a first config, never over one; and the README's path leads to an alert."""

from __future__ import annotations

import os
import pty
import shlex
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.cli.support import Cli
from tests.support.site import Reply, Site

from watcher.config.load import load, load_text
from watcher.config.starter import Start, starter


def test_a_first_config_loads_is_commented_and_the_database_is_made(cli: Cli, tmp_path: Path):
    done = cli("init", "--no-input")
    assert (done.status, done.out.splitlines()[0]) == (0, "written: config.yaml")
    assert load(Path("config.yaml")).topics == ()
    assert "# " in Path("config.yaml").read_text()
    assert cli("status").status == 0
    assert done.err.startswith("next: watcher add URL")
    assert "watcher run" in done.err


def test_what_flags_say_stands_in_the_file(cli: Cli):
    topic = "ferries=title:\"ferry: # 'late'\" OR паром"
    done = cli(
        *("init", "--topic", topic, "--email", "a@example.org", "--email", "b@example.org"),
        *("--smtp", "mail.example.org", "--sender", "w@example.org", "--contact", "c@example.org"),
        *("--webhook", "https://example.org/hook", "--json"),
    )
    assert done.json["config"] == "config.yaml"
    held = load(Path("config.yaml"))
    assert [(one.topic, one.query) for one in held.topics] == [tuple(topic.split("=", 1))]
    assert held.topics[0].channels == ("desk", "hook")
    assert held.mail is not None
    assert (held.mail.host, held.mail.sender) == ("mail.example.org", "w@example.org")
    assert held.net.contact == "c@example.org"
    assert stat.S_IMODE(os.stat("hook.secret").st_mode) == 0o600
    assert cli("config", "check").status == 0  # the key that was made is one


@pytest.mark.parametrize("name", ["config.yaml", "other.yaml"])
def test_nothing_is_ever_overwritten(cli: Cli, name: str):
    Path(name).write_text("feeds: []  # mine\n")
    done = cli("init", "-c", name)
    assert (done.status, done.code) == (2, "WTC-USE-020")
    assert Path(name).read_text() == "feeds: []  # mine\n"
    assert not Path("watcher.db").exists()


def test_a_link_that_leads_nowhere_is_not_written_through(cli: Cli):
    Path("config.yaml").symlink_to("elsewhere.yaml")
    assert cli("init").status == 2
    assert not Path("elsewhere.yaml").exists()


def test_a_key_and_a_database_that_are_there_are_kept(cli: Cli):
    Path("hook.secret").write_text("whsec_mine")
    assert cli("init", "-c", "one.yaml").status == 0
    before = Path("watcher.db").read_bytes()
    done = cli("init", "--webhook", "https://example.org/h")
    assert done.status == 0
    assert "kept" in done.err
    assert Path("hook.secret").read_text() == "whsec_mine"
    assert Path("watcher.db").read_bytes() == before


@pytest.mark.parametrize(
    ("args", "status"),
    [
        (["--topic", "no equals sign"], 2),
        (["--topic", "t=(unclosed"], 78),
        (["--topic", "bad name=ferry"], 78),
        (["--email", "no address"], 78),
    ],
)
def test_an_answer_that_makes_no_good_config_writes_nothing(cli: Cli, args: list[str], status: int):
    done = cli("init", *args)
    assert done.status == status
    assert os.listdir() == []


def test_the_feeds_of_another_reader_come_along(cli: Cli):
    opml = (
        '<opml version="2.0"><body><outline xmlUrl="https://example.org/f" text="F"/></body></opml>'
    )
    Path("feeds.opml").write_text(opml)
    done = cli("init", "--from-opml", "feeds.opml", "--no-input")
    assert done.status == 0
    assert [feed.url for feed in load(Path("config.yaml")).feeds] == ["https://example.org/f"]
    Path("broken.opml").write_text("<opml")
    assert cli("init", "-c", "two.yaml", "--from-opml", "broken.opml").status != 0
    assert not Path("two.yaml").exists()


def test_on_a_terminal_it_asks_and_enter_leaves_things_out(tmp_path: Path):
    leader, follower = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "watcher", "init"],
        cwd=tmp_path,
        stdin=follower,
        stdout=follower,
        stderr=follower,
    )
    os.close(follower)
    os.write(leader, b"ferry AND strike\nferries\ndesk@example.org\n\n")
    shown = b""
    while process.poll() is None or b"next:" not in shown:
        try:
            shown += os.read(leader, 65536)
        except OSError:  # the other side is gone
            break
    assert process.wait(60) == 0, shown
    os.close(leader)
    held = load(tmp_path / "config.yaml")
    assert [(one.topic, one.query) for one in held.topics] == [("ferries", "ferry AND strike")]
    assert held.topics[0].channels == ("desk",)
    assert held.net.contact is None


LINE = st.text(st.characters(blacklist_categories=("Cs", "Cc")), min_size=1, max_size=30)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(word=st.from_regex(r"\A[\w ü#:'\"-]{0,20}x\Z"), database=LINE)
def test_whatever_is_said_the_file_says_it_back(tmp_path: Path, word: str, database: str):
    from watcher.errors import ConfigErrors
    from watcher.topics.parse import parse_query

    try:
        parse_query(word, {})
    except Exception:
        word = "ferry"
    text = starter(Start(database=database, topics=(("t", word),)))
    try:
        held = load_text(text, tmp_path / "config.yaml")
    except ConfigErrors as error:
        assert all("database" in one.message for one in error.problems)  # noqa: PT017
        return
    assert held.topics[0].query == word


def test_from_nothing_to_a_first_alert_by_what_each_command_says_next(cli: Cli, site: Site):
    item = f"<item><title>Ferry strike</title><link>{site.url('/1')}</link></item>"
    site.routes = {
        "/feed": Reply(
            f'<rss version="2.0"><channel><title>Harbour</title>{item}</channel></rss>',
            type="application/rss+xml",
        ),
        "/1": "<html><body><article><h1>Ferry strike</h1>"
        + "<p>It left at noon and came back at night, said the harbour office.</p>" * 8
        + "</article></body></html>",
    }
    assert "watcher add URL" in cli("init", "--topic", "ferries=ferry").err
    text = Path("config.yaml").read_text()
    allowed = '  allow: ["127.0.0.1"]\n  ports: ["1024-65535"]'
    Path("config.yaml").write_text(text.replace("  allow: []", allowed))
    assert "next: `watcher once`" in cli("add", site.url("/feed")).err
    assert "next: `watcher alerts list`" in cli("once").err
    (alert,) = cli("alerts", "list", "--json").json["items"]
    assert (alert["topic"], alert["decision"]) == ("ferries", "raised")
    assert "next: nothing was due" in cli("once").err


def test_the_readmes_path_is_walked_as_it_stands_there(cli: Cli, site: Site):
    readme = (Path(__file__).resolve().parents[2] / "README.md").read_text()
    section = readme.partition("## Watch something of your own")[2].partition("```sh\n")[2]
    lines = [line.partition("  #")[0] for line in section.partition("```")[0].splitlines()]
    commands = [shlex.split(line)[1:] for line in lines]
    assert [words[0] for words in commands] == ["init", "add", "once", "alerts", "run"]
    item = f"<item><title>MEK in Tirana</title><link>{site.url('/1')}</link></item>"
    site.routes = {
        "/": '<!doctype html><head><link rel="alternate" type="application/rss+xml" href="/feed">',
        "/feed": Reply(
            f'<rss version="2.0"><channel><title>Harbour</title>{item}</channel></rss>',
            type="application/rss+xml",
        ),
    }
    for words in commands[:-1]:
        at_home = [site.url("/") if word.startswith("https://") else word for word in words]
        done = cli(*at_home)
        assert done.status == 0, done
        if words[0] == "init":
            text = Path("config.yaml").read_text()
            allowed = '  allow: ["127.0.0.1"]\n  ports: ["1024-65535"]'
            Path("config.yaml").write_text(text.replace("  allow: []", allowed))
    assert "mek-albania" in done.out
