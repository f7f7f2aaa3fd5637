"""Titles that would steer the terminal, in every command that prints them; and output that nobody
reads to its end."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.cli.archive import ESCAPES, HOSTILE
from tests.cli.support import write
from tests.support.site import Reply

from watcher.cli.escape import clean, json_text, one_line
from watcher.cli.output import dumps

STEERING = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u061c\u202a-\u202e\u2066-\u2069\ud800-\udfff]"
)
PAGE = f"""<!doctype html><html lang="en"><head><title>A &#27;[31m page {ESCAPES}</title></head>
<body><article><h1>A {ESCAPES} page</h1>
{f"<p>A storm that {ESCAPES} came over the hills at night and went by noon.</p>" * 8}
</article></body></html>"""
FEED = """<?xml version="1.0"?><rss version="2.0"><channel><title>Feed &#x9b;31m\u202e</title>
<item><title>Item &#x9b;2J \u202e one</title><link>https://x.example/1?\u202e</link></item>
</channel></rss>"""


@pytest.mark.parametrize(
    "args",
    [
        ["search", "storm"],
        ["show", HOSTILE.article, "--why"],
        ["stories", "list"],
        ["alerts", "list"],
        ["deliveries", "list"],
        ["feeds", "list"],
        ["feeds", "show", "https://broken.example/feed"],
        ["search", f"camp OR {ESCAPES} ("],
        ["show", f"id:{ESCAPES}"],
        ["show", f"{ESCAPES}\udcff"],
        ["search", "x", "--since", ESCAPES],
        ["search", "x", "--after", ESCAPES],
        ["feeds", ESCAPES],
        ["search", "x", f"--{ESCAPES}"],
        ["search", "x", "-c", ESCAPES],
    ],
    ids=lambda args: " ".join(args[:2]).encode("unicode_escape").decode()[:40],
)
@pytest.mark.parametrize("form", [[], ["--json"]])
def test_nothing_that_a_command_prints_steers_the_terminal(cli, db, args, form):
    result = cli(*args, *form, "--db", db)
    assert result.out + result.err
    assert STEERING.findall(result.out + result.err) == []


def test_hostile_titles_are_shown_escaped_and_whole_in_json(cli, db):
    out = cli("search", "storm", "--db", db).out
    assert "Storm \\x1b]0;owned\\x07\\x1b[2J\\x9b31m\\u202egnp\\u2066 second line\n" in out
    (item,) = cli("search", "storm", "--json", "--db", db).json["items"]
    assert item["title"] == HOSTILE.text.title


def test_a_title_of_two_lines_is_one_line_of_a_table(cli, db):
    out = cli("stories", "list", "--db", db).out
    assert len(out.splitlines()) == 5
    assert sum("second line" in line for line in out.splitlines()) == 1


def test_pages_and_feeds_read_from_the_network_steer_nothing_either(cli, config, site):
    site.routes = {"/page": PAGE, "/feed": Reply(FEED, type="application/rss+xml")}
    for args in (
        ["extract", site.url("/page"), "--why"],
        ["extract", site.url("/page"), "--json"],
        ["parse", site.url("/feed")],
        ["parse", site.url("/feed"), "--json"],
        ["add", site.url("/feed"), "--dry-run"],
        ["add", site.url("/feed")],
    ):
        result = cli(*args)
        assert result.status == 0, result.err
        assert STEERING.findall(result.out + result.err) == [], args


def test_a_failed_page_of_a_pass_steers_nothing(cli, tmp_path, site):
    item = f"<item><title>t</title><link>{site.url('/1')}</link><guid>{ESCAPES[2:7]}</guid></item>"
    feed = f'<rss version="2.0"><channel><title>\u202e</title>{item}</channel></rss>'
    site.routes = {
        "/feed": Reply(feed, type="application/rss+xml"),
        "/bad": Reply(f"<p>{ESCAPES}</p>"),
    }
    write(tmp_path / "config.yaml", site.url("/feed"), site.url("/bad"), poll={"floor": "1s"})
    result = cli("once")
    assert result.status == 3
    assert STEERING.findall(result.out + result.err) == []


@given(text=st.text(st.characters()))
def test_clean_text_steers_nothing_and_plain_text_stays_as_it_is(text):
    assert STEERING.findall(clean(text)) == []
    assert not re.search("[\n\r\t\u2028\u2029]", one_line(text))
    if not STEERING.search(text):
        assert clean(text) == text


@given(value=st.recursive(st.text() | st.integers() | st.none(), st.lists))
def test_json_without_steering_is_the_same_json(value):
    text = dumps(value)
    assert STEERING.findall(text) == []
    assert json.loads(text) == value
    assert json_text(text) == text


@pytest.mark.parametrize("args", [["search", "camp OR raided"], ["stories", "list", "--json"]])
def test_a_reader_that_goes_away_is_no_error(db, args):
    reading, writing = os.pipe()
    os.close(reading)
    done = subprocess.run(
        [sys.executable, "-m", "watcher", *args, "--db", str(db)],
        stdout=writing,
        stderr=subprocess.PIPE,
        check=False,
    )
    os.close(writing)
    assert (done.returncode, done.stderr) == (0, b"")
