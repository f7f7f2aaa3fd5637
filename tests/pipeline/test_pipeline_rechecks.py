"""Looking again: what was edited is a version, what was taken back is found gone, and no outage is
taken for either. Real sockets, store and workers; a clock of our own."""

from __future__ import annotations

import json
from contextlib import closing

import pytest
from tests.pipeline.conftest import HARBOUR, HOUR, NOON, Watch, page, rss
from tests.support.site import Reply, Site, redirect

from watcher.app import open_writing
from watcher.model.alert import Mute
from watcher.model.when import DAY, MINUTE

TITLE = "Harbour workers stop loading"
URL = "/harbour"


@pytest.fixture
def told(watch: Watch, site: Site, hooks):
    """The harbour article stored and told, its topic asking for edits and withdrawals too."""
    site.routes["/feed"] = rss(site, (URL, TITLE, "Workers stopped."))
    site.routes[URL] = page(TITLE, *HARBOUR)
    site.routes["/"] = "<title>Daily</title><h1>Daily</h1>"
    watch.feed(site.url("/feed"))
    watch.hook(hooks.url)
    watch.topic("harbour", "harbour AND ships", "hook")
    watch.sections["topics"]["harbour"]["tell"] = ["first", "revision", "withdrawal"]
    watch.once()
    assert [alert.kind for alert in watch.alerts] == ["match"]
    return watch


def edited(*swaps: tuple[str, str]) -> str:
    text = "\n".join(HARBOUR)
    for old, new in swaps:
        assert old in text
        text = text.replace(old, new)
    return page(TITLE, *text.split("\n"))


def look(watch: Watch, site: Site):
    return watch.read("look", watch.article(site.url(URL)).article)


def test_a_page_is_looked_at_again_often_while_it_is_young(told, site):
    asked = [len(site.hits(URL))]
    for at in (20 * MINUTE, 21 * MINUTE, 40 * MINUTE, 3 * DAY, 3 * DAY + 5 * MINUTE):
        told.once(at)
        asked.append(len(site.hits(URL)))
    assert asked == [1, 2, 2, 3, 4, 4]
    assert look(told, site).why == "not changed for 3d 1h: every 3h"


def test_it_is_asked_conditionally_and_a_304_is_no_version(told, site):
    site.routes[URL] = Reply(page(TITLE, *HARBOUR), etag='"1"', last_modified="Mon, 09 Mar 2026")
    told.once(HOUR)
    told.once(2 * HOUR)
    _, second, third = site.hits(URL)
    assert second.header("If-None-Match") is None
    assert third.header("If-None-Match") == '"1"'
    assert len(told.article(site.url(URL)).revisions) == 1


def test_an_edit_is_a_version_with_its_kind_and_is_told_with_what_changed(told, site, hooks):
    site.routes[URL] = edited(("seven vessels", "nine vessels"))
    told.once(HOUR)
    first, second = told.article(site.url(URL)).revisions
    assert (first.changes, second.changes) == ((), ("number",))
    alert = told.alerts[-1]
    assert (alert.kind, alert.decision, alert.reason) == ("revision", "raised", "changed: number")
    body = json.loads(hooks.hooks[-1].body)
    assert body["type"] == "article.revised"
    revision = body["data"]["items"][0]["_watcher"]["revision"]
    assert (revision["n"], revision["change"]) == (2, ["number"])
    assert ["seven" in revision["diff"][0]["text"], "nine" in revision["diff"][1]["text"]] == [
        True,
        True,
    ]


def test_a_muted_story_is_not_told_of_edits_nor_of_a_withdrawal(told, site, hooks):
    with closing(open_writing(told.folder / "watcher.db")) as store:
        story = told.alerts[0].story
        store.mute(Mute(f"story:{story}", None, False, NOON, "ana"))
    site.routes[URL] = edited(("seven vessels", "nine vessels"))
    told.once(HOUR)
    site.routes[URL] = Reply("", status=410)
    for hours in (2, 4, 8, 30, 80):
        told.once(hours * HOUR)
    assert [(one.kind, one.decision) for one in told.alerts] == [
        ("match", "raised"),
        ("revision", "suppressed"),
        ("withdrawal", "suppressed"),
    ]
    assert told.alerts[-1].reason == f"story:{story} was muted by ana"
    assert len(hooks.hooks) == 1


def test_an_edit_that_makes_a_topic_true_is_told_as_a_match(told, site):
    told.topic("tanker", '"oil slick"', "hook")
    site.routes[URL] = edited(("heating oil", "heating oil, an oil slick"))
    told.once(HOUR)
    assert [(one.kind, one.topic) for one in told.alerts[1:]] == [
        ("match", "tanker"),
        ("revision", "harbour"),
    ]


def test_a_topic_that_did_not_ask_hears_of_no_edit(told, site):
    del told.sections["topics"]["harbour"]["tell"]
    site.routes[URL] = edited(("seven vessels", "nine vessels"))
    told.once(HOUR)
    assert [alert.kind for alert in told.alerts] == ["match"]
    site.routes[URL] = 410
    told.once(3 * HOUR)
    told.once(6 * HOUR)
    assert look(told, site).gone == "gone"
    assert [alert.kind for alert in told.alerts] == ["match"]


@pytest.mark.parametrize(
    "after",
    [
        "<aside><h2>Related stories</h2><ul><li><a href='/x'>Another story of today</a></li></ul>"
        "</aside>",
        "<nav><a href='/new'>A new section</a></nav>",
        "<section id='comments'><h2>3 comments</h2><p>I was there and saw it all happen.</p>"
        "</section>",
        "<p class='counter'>1,204 views</p>",
    ],
)
def test_what_changes_around_the_article_makes_no_version(told, site, after):
    site.routes[URL] = page(TITLE, *HARBOUR, after=after)
    told.once(HOUR)
    assert len(site.hits(URL)) == 2
    assert len(told.article(site.url(URL)).revisions) == 1


STUB = page(TITLE, "This article has been removed after a complaint.")
TEASER = page(TITLE, HARBOUR[0]).replace(
    "</head>",
    '<script type="application/ld+json">{"@type":"NewsArticle","isAccessibleForFree":false,'
    f'"headline":"{TITLE}"}}</script></head>',
)


@pytest.mark.parametrize(
    ("answer", "kind", "why"),
    [
        (404, "gone", "the server says not found (404)"),
        (410, "gone", "the server says gone for good (410)"),
        (451, "gone", "the server says unavailable for legal reasons (451)"),
        (redirect("/"), "redirected", "its address leads to"),
        (
            "<title>Page not found</title><h1>Page not found</h1><p>Nothing here.</p>",
            "gone",
            "the page says that it is not there",
        ),
        (STUB, "emptied", "words are left"),
        (TEASER, "paywalled", "words are left"),
    ],
)
def test_what_is_taken_back_is_found_gone_once_it_is_sure(told, site, answer, kind, why):
    site.routes[URL] = answer
    before = told.article(site.url(URL)).text
    told.once(HOUR)
    assert look(told, site).gone is None
    for at in (2 * HOUR, 4 * HOUR, 8 * HOUR):
        told.once(at)
    seen = look(told, site)
    assert (seen.gone, why in seen.gone_why) == (kind, True)
    assert HOUR <= seen.gone_at - NOON < HOUR + MINUTE
    (alert,) = [one for one in told.alerts if one.kind == "withdrawal"]
    assert (alert.decision, kind in alert.reason) == ("raised", True)
    row = told.article(site.url(URL))
    assert (row.text, len(row.revisions)) == (before, 1)

    told.once(2 * DAY)
    assert len([one for one in told.alerts if one.kind == "withdrawal"]) == 1


@pytest.mark.parametrize("status", [401, 403, 429, 500, 502, 503])
def test_a_server_in_trouble_is_never_taken_for_a_withdrawal(told, site, status):
    site.routes[URL] = status
    for at in (1, 2, 4, 8, 24, 48, 96, 200):
        told.once(at * HOUR)
    seen = look(told, site)
    assert (seen.gone, seen.sign, seen.failures > 2) == (None, None, True)
    assert "HTTP" in seen.why or str(status) in seen.why


def test_a_host_that_does_not_answer_is_no_withdrawal(told, site, watch):
    port = site.port
    site.stop()
    for at in (1, 4, 12, 30, 60):
        told.once(at * HOUR)
    assert look(told, site).sign is None
    with Site(port=port) as again:
        again.routes["/feed"] = rss(again, (URL, TITLE, "Workers stopped."))
        again.routes[URL] = page(TITLE, *HARBOUR)
        told.once(90 * HOUR)
        assert again.hits(URL)
    assert look(told, site).failures == 0


def test_a_404_that_passes_is_forgotten(told, site):
    site.routes[URL] = 404
    told.once(HOUR)
    told.once(2 * HOUR)
    assert look(told, site).signs == 2
    site.routes[URL] = page(TITLE, *HARBOUR)
    told.once(4 * HOUR)
    assert (look(told, site).sign, look(told, site).signs) == (None, 0)
    site.routes[URL] = 404
    told.once(10 * HOUR)
    assert look(told, site).gone is None


def test_a_host_that_loses_all_its_pages_at_once_is_not_believed(watch, site, hooks):
    paths = [f"/harbour-{n}" for n in range(4)]
    site.routes["/feed"] = rss(site, *((path, f"{TITLE} {path}", "Stopped.") for path in paths))
    for n, path in enumerate(paths):
        text = [f"{one} Report {n} of the day." for one in HARBOUR]
        site.routes[path] = page(f"{TITLE} {n}", *text[n % 2 :])
    watch.feed(site.url("/feed"))
    watch.topic("harbour", "harbour OR ships")
    watch.once()
    for path in paths:
        site.routes[path] = 404
    for at in (1, 2, 4, 10, 40):
        watch.once(at * HOUR)
    looks = [watch.read("look", watch.article(site.url(path)).article) for path in paths]
    assert [one.gone for one in looks] == [None] * 4
    assert all(one.signs >= 3 for one in looks)
    assert "it may be the host" in looks[0].why
    for path in paths[1:]:
        site.routes[path] = page(f"{TITLE} {path[-1]}", *HARBOUR)
    watch.once(200 * HOUR)
    watch.once(230 * HOUR)
    assert watch.read("look", watch.article(site.url(paths[0])).article).gone == "gone"


def test_a_page_that_comes_back_is_there_again(told, site):
    site.routes[URL] = 410
    told.once(HOUR)
    told.once(4 * HOUR)
    assert look(told, site).gone == "gone"
    site.routes[URL] = edited(("seven vessels", "nine vessels"))
    told.once(9 * DAY)
    assert look(told, site).gone is None
    assert told.notes.named("back")
    assert told.article(site.url(URL)).revisions[-1].changes == ("number",)


def test_an_article_that_matters_to_no_topic_is_looked_at_only_where_all_are(watch, site):
    site.routes["/feed"] = rss(site, (URL, TITLE, "Workers stopped."))
    site.routes[URL] = page(TITLE, *HARBOUR)
    watch.feed(site.url("/feed"))
    watch.topic("other", "volcano")
    watch.once()
    watch.once(HOUR)
    assert (len(site.hits(URL)), look(watch, site)) == (1, None)

    watch.sections["recheck"] = {"pages": "all"}
    site.routes["/second"] = page("Ferry", *HARBOUR[::-1])
    site.routes["/feed"] = rss(site, ("/second", "Ferry", "The ferry."))
    watch.once(2 * HOUR, force=True)
    watch.once(4 * HOUR)
    assert len(site.hits("/second")) == 2


def test_a_topic_that_is_taken_out_ends_the_looks(told, site):
    told.sections["topics"] = {"other": {"query": "volcano"}}
    told.once(HOUR)
    told.once(2 * HOUR)
    assert len(site.hits(URL)) == 1
    assert look(told, site).why == "no topic of config.yaml is true on it"


def test_never_means_never(told, site):
    told.sections["recheck"] = {"pages": "never"}
    told.once(HOUR)
    told.once(DAY)
    assert len(site.hits(URL)) == 1


def test_robots_bind_the_looks(told, site):
    site.routes["/robots.txt"] = Reply("User-agent: *\nDisallow: /harbour\n", type="text/plain")
    told.once(2 * DAY)
    told.once(3 * DAY)
    assert len(site.hits(URL)) == 1
    assert look(told, site).sign is None
