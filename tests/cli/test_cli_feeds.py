"""`feeds pause|resume|retry|remove`, and what `feeds show` tells of a feed's life."""

from __future__ import annotations

from getpass import getuser

import pytest
from tests.cli.support import write
from tests.support.site import Reply, Site, redirect

from watcher.pipeline import place

NOON = "2026-03-10T12:00:00Z"


def rss(*names: str) -> Reply:
    items = "".join(
        f"<item><title>{name}</title><guid>{name}</guid><description>{name} text</description>"
        "<pubDate>Tue, 10 Mar 2026 11:00:00 GMT</pubDate></item>"
        for name in names
    )
    body = f'<rss version="2.0"><channel><title>Harbour</title>{items}</channel></rss>'
    return Reply(body, type="application/rss+xml", etag=f'"{len(names)}"')


@pytest.fixture
def url(site: Site, tmp_path) -> str:
    """A feed that is configured; floor a second."""
    site.routes["/feed"] = rss("one")
    write(tmp_path / "config.yaml", site.url("/feed"), poll={"floor": "1s"})
    return site.url("/feed")


def at(minute: int) -> tuple[str, str]:
    return ("--at", f"2026-03-10T12:{minute:02}:00Z")


# pause and resume


def test_a_paused_feed_is_polled_no_more_until_it_is_resumed(cli, site, url):
    cli("once", *at(0))
    assert cli("feeds", "pause", url).out == f"paused: {url}\n"
    shown = cli("feeds", "show", url, "--json").json
    assert (shown["state"], shown["next_due"]) == ("paused", None)
    assert shown["why"].startswith(f"paused by {getuser()} at 20")
    cli("once", *at(50), "--force")
    assert len(site.hits("/feed")) == 1
    resumed = cli("feeds", "resume", url)
    assert resumed.out == f"resumed: {url}\n"
    assert "next poll: " in resumed.err
    acts = cli("feeds", "show", url, "--json").json["acts"]
    assert [(one["act"], one["author"]) for one in acts] == [
        ("resume", getuser()),
        ("pause", getuser()),
    ]
    assert f"- resumed by {getuser()}" in cli("feeds", "show", url, "--why").out


def test_what_is_paused_already_has_nothing_to_pause(cli, url):
    cli("once", *at(0))
    cli("feeds", "pause", url)
    again = cli("feeds", "pause", url)
    assert (again.status, again.code) == (2, "WTC-USE-008")


def test_a_feed_that_is_gone_is_asked_again_when_it_is_resumed(cli, site, url):
    site.routes["/feed"] = 410
    assert cli("once", *at(0)).status == 3
    assert cli("feeds", "show", url, "--json").json["state"] == "gone"
    cli("once", *at(31), "--force")
    assert len(site.hits("/feed")) == 1
    refused = cli("feeds", "retry", url, "--json").json
    assert (refused["result"], "410" in refused["reason"]) == ("refused", True)
    cli("feeds", "resume", url)
    site.routes["/feed"] = rss("one")
    assert cli("feeds", "retry", url).status == 0
    assert cli("feeds", "show", url, "--json").json["state"] == "active"


# retry


def test_a_retry_polls_one_feed_at_once_and_conditionally(cli, site, url):
    cli("once", *at(0))
    done = cli("feeds", "retry", url, *at(5))
    assert done.status == 0
    assert done.out.startswith("polled: not_modified; 0 new, 0 changed\nnext due: 2026-03-10T1")
    assert site.hits("/feed")[1].header("If-None-Match") == '"1"'


def test_a_retry_brings_what_is_new(cli, site, url):
    cli("once", *at(0))
    site.routes["/feed"] = rss("one", "two")
    shape = cli("feeds", "retry", url, *at(5), "--json").json
    assert (shape["result"], shape["outcome"], shape["new"]) == ("polled", "new", 1)


def test_within_the_publishers_minimum_a_retry_is_refused_with_the_time(cli, site, url):
    body = rss("one")
    site.routes["/feed"] = Reply(
        body.body, type=body.type, etag='"1"', headers={"Cache-Control": "max-age=1800"}
    )
    cli("once", *at(0))
    refused = cli("feeds", "retry", url, *at(10))
    assert refused.status == 1
    assert refused.out.startswith("refused: not before 2026-03-10T12:30:")
    due = cli("feeds", "show", url, "--json").json["next_due"]
    assert f"\nnext due: {due}\n" in refused.out
    assert len(site.hits("/feed")) == 1
    forced = cli("feeds", "retry", url, *at(11), "--force")
    assert forced.status == 0
    assert site.hits("/feed")[1].header("If-None-Match") == '"1"'


def test_not_even_force_goes_over_a_pause_that_a_host_asked_for(cli, site, url):
    site.routes["/feed"] = Reply(status=429, headers={"Retry-After": "1800"}, type=None)
    cli("once", *at(0))
    refused = cli("feeds", "retry", url, *at(10), "--force")
    assert refused.status == 1
    assert "is left alone until 2026-03-10T12:30:" in refused.out
    shown = cli("feeds", "show", url, "--json").json
    assert shown["pause"]["why"] == "it answered 429"
    assert "is left alone until" in cli("feeds", "show", url, "--why").out
    assert len(site.hits("/feed")) == 1
    assert cli("feeds", "retry", url, *at(31)).status == 3
    assert len(site.hits("/feed")) == 2


def test_a_failing_feed_may_be_retried_at_once_and_says_what_is_wrong(cli, site, url):
    site.routes["/feed"] = 404
    cli("once", *at(0))
    failed = cli("feeds", "retry", url, *at(1))
    assert failed.status == 3
    assert failed.out.startswith("polled: failed; 127.0.0.1 answered 404 (WTC-NET-070)")
    status = cli("status").out
    assert f"failing    {url} since 2026-03-10T12:00:" in status
    assert "Check the address" in status
    site.routes["/feed"] = rss("one")
    assert "note: answers again, after 2 failures" in cli("feeds", "retry", url, *at(2)).out
    assert "answers again, after 2 failures" in cli("feeds", "show", url).out


def test_a_feed_that_is_only_configured_is_polled_for_the_first_time(cli, url):
    assert cli("feeds", "retry", url, *at(0), "--json").json["new"] == 1


def test_a_feed_that_nobody_configured_is_not_there(cli, url):
    missing = cli("feeds", "retry", "https://other.example/")
    assert (missing.status, missing.code) == (2, "WTC-USE-404")


# the original address


def moved(cli, site, url, days=(10, 11, 12, 13)):
    site.routes["/feed"] = redirect("/new", 301)
    site.routes["/new"] = rss("one")
    for day in days:
        cli("once", "--at", f"2026-03-{day}T12:00:00Z", "--force")


def test_a_move_shows_its_evidence_is_adopted_and_can_be_undone(cli, site, url):
    moved(cli, site, url, (10, 11))
    shown = cli("feeds", "show", url, "--json").json
    assert (shown["fetch_url"], shown["move"]["sightings"]) == (url, 2)
    assert "- redirects for good to" in cli("feeds", "show", url, "--why").out
    moved(cli, site, url, (12, 13))
    shown = cli("feeds", "show", url, "--json").json
    assert (shown["fetch_url"], shown["move"]) == (site.url("/new"), None)
    assert f"fetch_url  {site.url('/new')}\n" in cli("feeds", "show", url).out
    assert cli("feeds", "show", site.url("/new"), "--json").json["feed"] == shown["feed"]
    cli("feeds", "resume", url, "--original")
    assert cli("feeds", "show", url, "--json").json["fetch_url"] == url
    moved(cli, site, url, ())
    for day in (1, 2, 3, 4, 9):
        cli("once", "--at", f"2027-04-0{day}T12:00:00Z", "--force")
    after = cli("feeds", "show", url, "--json").json
    assert (after["fetch_url"], after["entries"]) == (url, 1)


# retry --broken


def test_what_breaks_watcher_is_tried_once_more_by_hand(cli, site, url, monkeypatch):
    def broken(*_):
        raise ZeroDivisionError("a fault of ours")

    with monkeypatch.context() as context:
        context.setattr(place, "revise", broken)
        for minute in (0, 5, 15):
            cli("once", *at(minute))
    assert "feeds retry ID --broken" in cli("feeds", "show", url).out
    assert cli("search", "text", "--json").json["items"] == []

    done = cli("feeds", "retry", url, "--broken", *at(20))
    assert done.out == "1 set aside: tried once more\n"
    cli("once", *at(20))
    assert "--broken" not in cli("feeds", "show", url).out
    assert len(cli("search", "text", "--json").json["items"]) == 1
    again = cli("feeds", "retry", "--broken")
    assert (again.status, again.out) == (0, "nothing is set aside\n")


def test_retry_wants_a_feed_or_what_is_broken(cli, url):
    cli("once", *at(0))
    assert (cli("feeds", "retry").status, cli("feeds", "retry", "no", "--broken").status) == (2, 2)


# remove


def test_a_feed_is_taken_out_of_the_config_with_its_history_kept(cli, site, url, tmp_path):
    site.routes["/other"] = rss("two")
    write(tmp_path / "config.yaml", url, site.url("/other"))
    cli("once", *at(0))
    removed = cli("feeds", "remove", url)
    assert removed.out == f"removed: {url}\n"
    assert url not in (tmp_path / "config.yaml").read_text()
    cli("once", *at(59), "--force")
    shown = cli("feeds", "show", url, "--json").json
    assert (shown["state"], shown["entries"]) == ("retired", 1)
