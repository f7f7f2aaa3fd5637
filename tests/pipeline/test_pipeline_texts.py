"""From entry to text: the page at once, the feed's text after the patience, revisions as they
come, each told once."""

from __future__ import annotations

import pytest
from tests.pipeline.conftest import HARBOUR, HOUR, Watch, page, rss
from tests.support.site import RESET, Raw, Reply, Site

from watcher.demo.receivers import HookReceiver
from watcher.model.when import MINUTE

STRIKE = ("/strike", "Harbour strike", "Crews stopped work at the harbour.")


def serve(site: Site, *items: tuple[str, str, str]) -> None:
    site.routes["/feed"] = Reply(rss(site, *items), type="application/rss+xml")


def cut_off() -> Raw:
    return Raw([b"HTTP/1.1 200 OK\r\nContent-Length: 999\r\n\r\n<html>", RESET])


def test_a_page_that_comes_within_the_patience_is_the_first_text(watch: Watch, site: Site) -> None:
    serve(site, STRIKE)
    site.routes["/strike"] = [cut_off(), page("Harbour strike", *HARBOUR)]
    watch.feed(site.url("/feed"))

    watch.once()
    assert not watch.articles
    watch.once(2 * MINUTE)

    row = watch.article(site.url("/strike"))
    assert [(one.n, one.text) for one in row.revisions] == [(1, "page")]
    assert row.text.body == "\n\n".join(HARBOUR)


def test_after_the_patience_the_feeds_text_alerts_and_the_page_does_not_alert_again(
    watch: Watch, site: Site, hooks: HookReceiver
) -> None:
    serve(site, STRIKE)
    site.routes["/strike"] = [503, 503, 503, 503, page("Harbour strike", *HARBOUR)]
    watch.feed(site.url("/feed"))
    watch.topic("harbour", "harbour AND crews", "hook")
    watch.topic("tanker", "tanker", "hook")
    watch.hook(hooks.url)

    watch.once()
    assert not watch.articles
    for minutes in (2, 7, 12, 30, 150):
        watch.once(minutes * MINUTE)
        if len(hooks.hooks) == 1:
            first = watch.article(site.url("/strike"))
            assert [one.text for one in first.revisions] == ["feed"]

    row = watch.article(site.url("/strike"))
    assert [(one.n, one.text, one.changes) for one in row.revisions] == [
        (1, "feed", ()),
        (2, "page", ("fulltext",)),
    ]
    told = [(one.topic, one.revision, one.decision) for one in watch.alerts]
    assert told == [("harbour", 1, "raised"), ("tanker", 2, "raised")]
    assert "newly true in this revision" in watch.alerts[1].reason
    assert len({hook.id for hook in hooks.hooks}) == len(hooks.hooks) == 2


def test_a_changed_entry_fetches_its_page_again_and_the_revision_tells_nothing_twice(
    watch: Watch, site: Site, hooks: HookReceiver
) -> None:
    serve(site, STRIKE)
    site.routes["/strike"] = page("Harbour strike", *HARBOUR)
    watch.feed(site.url("/feed"))
    watch.topic("harbour", "harbour", "hook")
    watch.hook(hooks.url)
    watch.once()

    serve(site, ("/strike", "Harbour strike", "Nine vessels wait now, not seven."))
    site.routes["/strike"] = page(
        "Harbour strike", *(part.replace("seven", "nine") for part in HARBOUR)
    )
    tally = watch.once(3 * HOUR)

    assert (tally.new, tally.changed) == (0, 1)
    row = watch.article(site.url("/strike"))
    assert [one.n for one in row.revisions] == [1, 2]
    assert "nine vessels" in row.text.body
    assert len(watch.alerts) == len(hooks.hooks) == 1


def test_what_changes_around_the_text_makes_no_revision(watch: Watch, site: Site) -> None:
    serve(site, STRIKE)
    site.routes["/strike"] = page("Harbour strike", *HARBOUR, after="<p>3 comments</p>")
    watch.feed(site.url("/feed"))
    watch.once()

    serve(site, ("/strike", "Harbour strike", "The entry says something else."))
    site.routes["/strike"] = page(
        "Harbour strike",
        *HARBOUR,
        after="<h2>Related posts</h2><ul><li><a href='/b'>Another article of ours</a></li></ul>",
    )
    watch.once(3 * HOUR)

    assert len(watch.article(site.url("/strike")).revisions) == 1


def test_a_pass_over_an_unchanged_world_changes_nothing(
    watch: Watch, site: Site, hooks: HookReceiver
) -> None:
    serve(site, STRIKE)
    site.routes["/strike"] = page("Harbour strike", *HARBOUR)
    watch.feed(site.url("/feed"))
    watch.topic("harbour", "harbour", "hook")
    watch.hook(hooks.url)
    watch.once()
    before = (watch.articles, watch.alerts, watch.deliveries)

    tally = watch.once(MINUTE, force=True)

    assert (tally.polls, tally.new, tally.scraped, tally.deliveries) == (1, 0, 0, 0)
    assert (watch.articles, watch.alerts, watch.deliveries) == before


def test_a_topic_that_stands_only_in_a_related_link_is_not_matched(
    watch: Watch, site: Site
) -> None:
    serve(site, ("/fair", "A fair opens", "Books and music."))
    related = (
        "<aside><h2>Related posts</h2><ul>"
        "<li><a href='/2026/harbour-strike-goes-on'>Harbour strike goes on</a></li>"
        "<li><a href='/2026/a-strike-in-the-north'>A strike in the north</a></li></ul></aside>"
    )
    books = tuple(part.replace("harbour", "fair").replace("Workers", "Booksellers") for part in (
        "The book fair opened in the old customs hall with readers queueing around the block.",
        "More than forty publishers from nine countries have brought novels, atlases and maps, "
        "and the children's hall has grown by a third since the year before.",
        "A printer from the hills shows how type was set by hand a century ago, and lets every "
        "visitor pull a page with a name on it to take home.",
    ))  # fmt: skip
    site.routes["/fair"] = page("A fair opens", *books, after=related)
    watch.feed(site.url("/feed"))
    watch.topic("strike", "strike")

    watch.once()

    row = watch.article(site.url("/fair"))
    assert [link.text for link in row.text.links if link.role == "related"] == [
        "Harbour strike goes on",
        "A strike in the north",
    ]
    assert row.matches == ()


@pytest.mark.parametrize(
    ("mode", "paths"), [("all", ["/strike", "/other"]), ("matched", ["/strike"]), ("never", [])]
)
def test_pages_are_fetched_as_the_config_says(
    mode: str, paths: list[str], watch: Watch, site: Site
) -> None:
    serve(site, STRIKE, ("/other", "A fair", "Books."))
    site.routes["/strike"] = page("Harbour strike", *HARBOUR)
    site.routes["/other"] = page("A fair", *HARBOUR)
    watch.feed(site.url("/feed"), scrape=mode)
    watch.topic("harbour", "harbour")

    watch.once()

    assert sorted(seen.path for seen in site.requests if seen.path in {"/strike", "/other"}) == (
        sorted(paths)
    )
    assert len(watch.articles) == 2


def test_a_page_that_robots_forbid_is_not_fetched(watch: Watch, site: Site) -> None:
    serve(site, STRIKE)
    site.routes["/robots.txt"] = Reply("User-agent: *\nDisallow: /strike\n", type="text/plain")
    site.routes["/strike"] = page("Harbour strike", *HARBOUR)
    watch.feed(site.url("/feed"))

    watch.once()

    assert "/strike" not in [seen.path for seen in site.requests]
    row = watch.article(site.url("/strike"))
    assert row.text.source == "feed"
    assert any("robots" in why for why in row.text.why)


def test_an_entry_without_a_link_is_kept_with_the_feeds_text(watch: Watch, site: Site) -> None:
    body = (
        '<rss version="2.0"><channel><title>Notes</title><link>/</link><item>'
        "<title>Harbour note</title><guid isPermaLink='false'>n1</guid>"
        "<description>No page of its own.</description></item></channel></rss>"
    )
    site.routes["/feed"] = Reply(body, type="application/rss+xml")
    watch.feed(site.url("/feed"))
    watch.topic("harbour", "harbour")

    watch.once()

    (found,) = watch.articles
    assert (found.text.title, found.text.source) == ("Harbour note", "feed")
    assert [one.decision for one in watch.alerts] == ["raised"]  # the newest of a first poll


def test_of_a_first_poll_without_dates_only_the_newest_entry_is_told(
    watch: Watch, site: Site
) -> None:
    items = "".join(
        f"<item><title>Harbour {n}</title><guid isPermaLink='false'>{n}</guid></item>"
        for n in (3, 2, 1)
    )
    body = f'<rss version="2.0"><channel><title>Notes</title>{items}</channel></rss>'
    site.routes["/feed"] = Reply(body, type="application/rss+xml")
    watch.feed(site.url("/feed"))
    watch.topic("harbour", "harbour")

    watch.once()

    told = {watch.read("article", one.article).text.title: one.decision for one in watch.alerts}
    assert told == {"Harbour 3": "raised", "Harbour 2": "suppressed", "Harbour 1": "suppressed"}


def test_two_feeds_with_one_article_make_one_article(
    watch: Watch, site: Site, hooks: HookReceiver
) -> None:
    serve(site, STRIKE)
    site.routes["/tag/feed"] = site.routes["/feed"]
    site.routes["/strike"] = page("Harbour strike", *HARBOUR)
    watch.feed(site.url("/feed"))
    watch.feed(site.url("/tag/feed"))
    watch.topic("harbour", "harbour", "hook")
    watch.hook(hooks.url)

    watch.once()

    (found,) = watch.articles
    assert len(found.feeds) == 2
    assert len(hooks.hooks) == 1


def test_a_hosts_recipe_reads_its_pages_and_is_told_when_it_no_longer_fits(
    watch: Watch, site: Site
) -> None:
    body = "".join(f"<p>{text} The harbour says so.</p>" for text in ("One boat.", "Two.") * 8)
    side = "<p>Words of the frame, without any name that would tell.</p>" * 3
    site.routes["/a"] = f"<html><body><h1>Boats</h1><div class=q1>{body}</div>{side}</body></html>"
    feed = rss(site, ("/a", "Boats", "Of boats."))
    site.routes["/feed"] = Reply(feed, type="application/rss+xml")
    watch.feed(site.url("/feed"))
    host = "127.0.0.1"
    watch.sections["recipes"] = {host: {"body": ".q1", "byline": ".gone"}}

    watch.once()

    text = watch.article(site.url("/a")).text
    assert text.method == "recipe"
    assert "frame" not in text.body
    told = next(facts for facts in watch.notes.named("recipe_missed"))
    assert told["error"] == "recipe: byline matches nothing (.gone)"
