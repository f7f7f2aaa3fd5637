"""A page without a feed, watched like one."""

from __future__ import annotations

import pytest
from tests.pipeline.conftest import HARBOUR, Watch, page
from tests.support.site import Reply, Site

from watcher.model.when import HOUR


def listing(*paths: str) -> str:
    items = "".join(f'<article><a href="{path}">Notice {path}</a></article>' for path in paths)
    return f"<html><title>Harbour news</title><main>{items}</main><a href='/imprint'>us</a></html>"


@pytest.fixture
def url(watch: Watch, site: Site) -> str:
    site.routes["/news"] = listing("/1", "/2")
    site.routes |= {f"/{n}": page(f"Notice {n}", *HARBOUR, hours_old=400) for n in (1, 2, 3)}
    watch.feed(site.url("/news"), page="main a")
    watch.topic("harbour", "harbour", "hook")
    watch.hook("http://127.0.0.1:9/")
    return site.url("/news")


def test_what_is_new_on_a_list_page_is_an_entry_and_what_was_there_is_history(
    watch: Watch, site: Site, url: str
) -> None:
    undated = "<html><body><article><h1>Notice {}</h1>{}</article></body></html>"
    for n, what in ((1, "ferries"), (2, "lanterns"), (3, "cranes")):
        text = f"The {what} of the harbour {what} {what} were counted by the {what} office. " * 6
        site.routes[f"/{n}"] = undated.format(n, f"<p>{text}</p>")
    assert watch.once().new == 2
    assert watch.has(site.url("/1"))
    assert {one.decision for one in watch.alerts} <= {"suppressed"}

    site.routes["/news"] = listing("/3", "/1")
    assert watch.once(2 * HOUR).new == 1
    raised = [one for one in watch.alerts if one.decision == "raised"]
    assert len(raised) == 1
    row = watch.feed_row(url)
    assert (row.entries, row.title, row.reader) == (3, "Harbour news", "listing-1")
    accept = site.hits("/news")[0].header("accept") or ""
    assert accept.startswith("text/html")


def test_robots_txt_holds_for_list_pages(watch: Watch, site: Site, url: str) -> None:
    site.routes["/robots.txt"] = Reply("User-agent: *\nDisallow: /news\n", type="text/plain")
    assert watch.once().failed == 1
    assert site.hits("/news") == []


def test_a_template_that_changed_is_a_failure_and_what_another_recipe_finds_is_history(
    watch: Watch, site: Site, url: str
) -> None:
    watch.once()
    site.routes["/news"] = "<html><section><a href='/1'>1</a><a href='/3'>3</a></section></html>"
    assert watch.once(2 * HOUR).failed == 1
    assert watch.feed_row(url).error_code == "WTC-FEED-014"

    watch.sections["feeds"][0]["page"] = {"links": "section a"}
    before = len(watch.alerts)
    assert watch.once(30 * HOUR).new == 1
    assert not [one for one in watch.alerts[before:] if one.decision == "raised"]
