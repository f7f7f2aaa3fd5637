"""`add SITE`: what a site has for feeds, who chooses, and what is written."""

from __future__ import annotations

import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest
from tests.cli.support import Cli, write
from tests.support.site import Reply, Site

RSS = 'rel="alternate" type="application/rss+xml"'


def feed(title: str, *paths: str) -> Reply:
    items = "".join(f"<item><title>{p}</title><link>/{p}</link></item>" for p in paths)
    body = f'<rss version="2.0"><channel><title>{title}</title>{items}</channel></rss>'
    return Reply(body, type="application/rss+xml")


def page(head: str = "") -> str:
    return f"<!doctype html><html><head>{head}</head><body><p>Harbour news</p></body></html>"


def article(name: str) -> str:
    # Of words that no two of them share, else they would be one story.
    said = " ".join(f"{name}boat{n} {name}left {name}pier{n} at {name}dawn," for n in range(60))
    said = f"In the harbour {said}"
    told = f"<p>{said} and that was {name}.</p>"
    return f'<html lang="en"><body><article><h1>{name}</h1>{told}</article></body></html>'


ARTICLES = {f"/{name}": article(name) for name in ("a", "b", "c")}


@pytest.fixture
def one(site: Site, config: Path) -> Site:
    """A site with one feed and the comments."""
    site.routes = {
        "/": page(f'<link {RSS} href="/comments/feed/"><link {RSS} href="/feed/">'),
        "/feed/": feed("Harbour", "a", "b"),
    }
    return site


@pytest.fixture
def three(site: Site, config: Path) -> Site:
    """A site with three feeds that are worth having, and one in another format."""
    links = "".join(f'<link {RSS} href="/{name}.xml">' for name in ("all", "sport", "city", "rss"))
    site.routes = {
        "/": page(links),
        "/all.xml": feed("All", "a", "b"),
        "/sport.xml": feed("Sport", "a"),
        "/city.xml": feed("City", "b"),
        "/rss.xml": feed("All again", "a", "b"),
    }
    return site


def written(config: Path, site: Site) -> list[str]:
    """The paths of the site that stand in the file."""
    parts = config.read_text().split(site.origin)[1:]
    return [part.partition('"')[0].partition(",")[0] for part in parts]


def test_a_site_s_only_feed_is_taken_and_every_request_told(cli: Cli, one: Site, config: Path):
    result = cli("add", one.url("/"))
    assert (result.status, result.out) == (0, f"added: {one.url('/feed/')}\n")
    assert result.err.splitlines() == [
        f"{one.url('/')}: a web page, not a feed; looking for its feeds",
        f"  {one.url('/feed/')}: a feed, Harbour, 2 entries (rss20)",
        "Harbour: 2 entries (rss20)",
        f"not taken: {one.url('/comments/feed/')} (comments)",
        "next: `watcher once`, or leave it to the running daemon",
    ]
    assert written(config, one) == ["/feed/"]


def test_what_was_found_is_polled_by_the_next_pass(cli: Cli, one: Site, config: Path):
    one.routes |= {"/a": page(), "/b": page()}
    cli("add", one.url("/"))
    assert cli("once", "--json").json["new_entries"] == 2


def test_several_are_listed_and_nothing_is_written(cli: Cli, three: Site, config: Path):
    before = config.read_text()
    result = cli("add", three.url("/"))
    assert result.status == 2
    head, *lines = [line.split("\t") for line in result.out.splitlines()]
    assert head == ["pick", "url", "title", "entries", "what"]
    assert [line[:4] for line in lines] == [
        ["1", three.url("/all.xml"), "All", "2"],
        ["2", three.url("/sport.xml"), "Sport", "1"],
        ["3", three.url("/city.xml"), "City", "1"],
        ["4", three.url("/rss.xml"), "All again", "2"],
    ]
    assert lines[3][4] == f"the same entries as {three.url('/all.xml')}"
    assert f"error[WTC-USE-011]: {three.url('/')} has 3 feeds" in result.err
    assert "hint: take one with --pick N or --pick URL, or all of them with --all" in result.err
    assert config.read_text() == before


@pytest.mark.parametrize(
    ("args", "taken"),
    [
        (("--pick", "2"), ["/sport.xml"]),
        (("--pick", "3", "--pick", "1"), ["/city.xml", "/all.xml"]),
        (("--pick", "2", "--pick", "2"), ["/sport.xml"]),
        (("--pick", "4"), ["/rss.xml"]),
        (("--all",), ["/all.xml", "/sport.xml", "/city.xml"]),
    ],
)
def test_the_command_line_says_which(cli: Cli, three: Site, config: Path, args, taken):
    result = cli("add", three.url("/"), *args)
    assert result.status == 0, result.err
    assert written(config, three) == taken


def test_a_feed_is_picked_by_its_address(cli: Cli, three: Site, config: Path):
    assert cli("add", three.url("/"), "--pick", three.url("/city.xml#x")).status == 0
    assert written(config, three) == ["/city.xml"]


def test_what_was_not_asked_is_read_when_it_is_picked(cli: Cli, one: Site, config: Path):
    one.routes["/comments/feed/"] = feed("Comments", "c")
    assert cli("add", one.url("/"), "--pick", "2").status == 0
    assert written(config, one) == ["/comments/feed/"]
    del one.routes["/comments/feed/"]
    assert cli("add", one.url("/"), "--pick", "2").status == 69


@pytest.mark.parametrize("pick", ["0", "5", "https://elsewhere.example/feed", "sport"])
def test_a_pick_that_is_not_offered_is_refused(cli: Cli, three: Site, config: Path, pick):
    before = config.read_text()
    result = cli("add", three.url("/"), "--pick", pick)
    assert (result.status, result.out) == (2, "")
    assert "error[WTC-USE-012]" in result.err
    assert config.read_text() == before


@pytest.mark.parametrize("args", [("--pick", "1", "--all"), ("http://127.0.0.1/", "--pick", "1")])
def test_a_pick_is_of_one_site_and_not_of_all(cli: Cli, three: Site, args):
    result = cli("add", three.url("/"), *args)
    assert (result.status, result.code) == (2, "WTC-USE-013")
    assert three.paths == []


def test_dry_run_shows_what_would_be_taken_or_what_is_to_choose(cli: Cli, one: Site, config):
    before = config.read_text()
    result = cli("add", one.url("/"), "--dry-run")
    assert (result.status, len(result.out.splitlines())) == (0, 2)
    one.routes["/"] = page(f'<link {RSS} href="/feed/"><link {RSS} href="/x">')
    one.routes["/x"] = feed("X", "x")
    result = cli("add", one.url("/"), "--dry-run")
    assert (result.status, len(result.out.splitlines())) == (0, 3)
    assert config.read_text() == before


def test_json_says_what_was_found_and_what_was_taken(cli: Cli, one: Site):
    shape = cli("add", one.url("/"), "--json").json
    assert shape["feeds"] == [{"url": one.url("/feed/"), "title": "Harbour", "added": True}]
    (source,) = shape["sources"]
    assert (source["site"], source["requests"], source["stopped"]) == (one.url("/"), 1, None)
    assert source["offers"] == [
        {
            "pick": 1,
            "url": one.url("/feed/"),
            "title": "Harbour",
            "how": "link",
            "why": 'the page names it (<link rel="alternate" type="application/rss+xml">)',
            "aside": None,
            "note": None,
            "asked": True,
            "entries": 2,
            "problem": None,
        },
        {
            "pick": 2,
            "url": one.url("/comments/feed/"),
            "title": None,
            "how": "link",
            "why": 'the page names it (<link rel="alternate" type="application/rss+xml">)',
            "aside": "comments",
            "note": None,
            "asked": False,
            "entries": None,
            "problem": "not asked",
        },
    ]


def test_json_says_what_is_no_feed_and_keeps_standard_error_for_errors(cli: Cli, one: Site):
    one.routes["/"] = page(f'<link {RSS} href="/gone"><link {RSS} href="/feed/">')
    result = cli("add", one.url("/"), "--json")
    assert result.err == ""
    (source,) = result.json["sources"]
    assert source["failed"] == [
        {"url": one.url("/gone"), "how": "link", "problem": "127.0.0.1 answered 404"}
    ]
    one.routes = {"/": page()}
    assert cli("add", one.url("/"), "--json").error["code"] == "WTC-FEED-010"


def test_json_lists_what_is_to_choose_and_ends_with_2(cli: Cli, three: Site):
    result = cli("add", three.url("/"), "--json")
    assert result.status == 2
    assert [one["title"] for one in result.json["sources"][0]["offers"]] == [
        *("All", "Sport", "City", "All again")
    ]
    assert result.json["feeds"] == []
    assert result.error["code"] == "WTC-USE-011"


def test_where_nothing_is_found_it_says_what_was_asked_and_what_to_do(cli: Cli, site, config):
    site.routes = {"/": page()}
    result = cli("add", site.url("/"))
    assert (result.status, result.out) == (1, "")
    assert "error[WTC-FEED-010]: " in result.err
    assert "no feed was found; 10 places were asked" in result.err
    assert f"  {site.url('/feed/')}: no feed: " in result.err
    assert "\n\nhint: " in result.err


def test_a_site_that_asks_for_a_pause_is_left_alone_and_says_so(cli: Cli, site, config):
    site.routes = {"/": page(), "/feed/": 429}
    result = cli("add", site.url("/"))
    assert result.status == 1
    assert "1 place was asked, then the search ended: 127.0.0.1 answered 429" in result.err
    assert "/rss.xml" not in site.paths


def test_where_one_address_leads_nowhere_none_is_written(cli: Cli, one: Site, config: Path):
    before = config.read_text()
    assert cli("add", one.url("/"), one.url("/nowhere")).status == 69
    assert cli("add", one.url("/feed/"), one.url("/nothing")).status == 69
    assert config.read_text() == before


def answered(config: Path, url: str, keys: bytes) -> tuple[int, str]:
    """`add URL` on a terminal where somebody types `keys`."""
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "watcher", "add", url],
        cwd=config.parent,
        stdin=theirs,
        stdout=subprocess.PIPE,
        stderr=theirs,
    )
    os.close(theirs)
    os.write(ours, keys)
    out, _ = process.communicate(timeout=60)
    os.close(ours)
    return process.returncode, out.decode()


@pytest.mark.parametrize(
    ("keys", "taken"),
    [
        (b"2\n", ["/sport.xml"]),
        (b"1, 3\n", ["/all.xml", "/city.xml"]),
        (b"9\nnone of them\nall\n", ["/all.xml", "/sport.xml", "/city.xml"]),
    ],
)
def test_on_a_terminal_somebody_is_asked(three: Site, config: Path, keys, taken):
    status, out = answered(config, three.url("/"), keys)
    assert (status, out) == (0, "".join(f"added: {three.url(path)}\n" for path in taken))
    assert written(config, three) == taken


def test_ctrl_d_at_the_question_takes_nothing(three: Site, config: Path):
    before = config.read_text()
    status, out = answered(config, three.url("/"), b"\x04")
    assert (status, out) == (130, "")
    assert config.read_text() == before


def test_titles_of_a_hostile_site_steer_no_terminal(cli: Cli, site: Site, config: Path):
    head = f'<link {RSS} href="/1" title="x&#27;]0;y&#7;"><link {RSS} href="/2">'
    site.routes = {"/": page(head), "/1": feed("a\u202eb", "1"), "/2": feed("\u202e", "2")}
    result = cli("add", site.url("/"))
    assert result.status == 2
    assert not {"\x1b", "\x07", "\u202e"} & set(result.out + result.err)


def test_the_file_s_own_lines_stay(cli: Cli, one: Site, tmp_path: Path):
    path = write(tmp_path / "config.yaml", "https://first.example/feed")
    path.write_text(path.read_text() + "# the end\n")
    cli("add", one.url("/"))
    assert "https://first.example/feed" in path.read_text()
    assert path.read_text().endswith("# the end\n")


def test_with_seen_the_backlog_raises_no_alert_and_what_comes_later_does(
    cli: Cli, site: Site, tmp_path: Path
):
    topics = {"t": {"query": "harbour"}}
    config = write(tmp_path / "config.yaml", topics=topics, alerts={"backlog": "all"})
    site.routes = {"/feed": feed("Harbour", "a", "b"), **ARTICLES}
    assert cli("add", site.url("/feed"), "--seen").status == 0
    assert "seen: '20" in config.read_text()
    assert cli("config", "check").status == 0
    assert cli("once", "--json").json["alerts"] == {"raised": 0, "suppressed": 2}
    (reason,) = {one["reason"] for one in cli("alerts", "list", "--json").json["items"]}
    assert reason.startswith("backlog: it was there when its feed was added as seen, 20")
    assert cli("search", "harbour", "--json").json["count"] == 2
    hits = cli("topics", "test", "t", "--json").json["hits"]
    assert {one["decision"] for one in hits} == {"suppressed"}
    site.routes["/feed"] = feed("Harbour", "c", "a", "b")
    assert cli("once", "--at", "2030-01-01T00:00:00Z", "--json").json["alerts"] == {
        "raised": 1,
        "suppressed": 0,
    }


def test_without_seen_alerts_backlog_alone_decides(cli: Cli, site: Site, tmp_path: Path):
    topics = {"t": {"query": "harbour"}}
    write(tmp_path / "config.yaml", topics=topics, alerts={"backlog": "all"})
    site.routes = {"/feed": feed("Harbour", "a", "b"), **ARTICLES}
    cli("add", site.url("/feed"))
    assert cli("once", "--json").json["alerts"]["raised"] == 2


def test_a_page_without_a_feed_is_watched_by_its_links(cli: Cli, site: Site, config: Path):
    site.routes = {"/news": "<title>News</title><main><a href='/a'>A</a></main><a href='/b'>b</a>"}
    url = site.url("/news")
    shown = cli("add", url, "--page", "main a", "--dry-run")
    assert shown.out == f"  A  {site.url('/a')}\n"
    assert cli("add", url, "--page", "main a", "--json").json["feeds"][0]["added"]
    assert f"{{url: {url}, title: News, page: main a}}" in config.read_text()
    once = cli("once", "--json").json
    assert (once["new_entries"], once["failures"]) == (1, [])


def test_of_a_page_without_the_links_nothing_is_written(cli: Cli, site: Site, config: Path):
    site.routes = {"/news": "<p>no links</p>"}
    before = config.read_text()
    for args, status, code in (
        (["--page", "h2 a"], 1, "WTC-FEED-014"),
        (["--page", "h2 ["], 2, "WTC-USE-015"),
        (["--page", "auto", "--all"], 2, "WTC-USE-014"),
    ):
        done = cli("add", site.url("/news"), *args, "--json")
        assert (done.status, done.error["code"]) == (status, code)
    assert config.read_text() == before
