"""Following: related links of matched articles lead to pages; those that match become articles
whose origin says by which link, and no page is asked for twice."""

from __future__ import annotations

import re
from typing import Any

import pytest
from tests.pipeline.conftest import HARBOUR, HOUR, Watch, page, rss
from tests.support.site import Reply, Site

from watcher.demo.receivers import HookReceiver
from watcher.model.when import DAY

BOOKS = (
    "The book fair opened in the old customs hall with readers queueing around the block.",
    "More than forty publishers from nine countries have brought novels, atlases and maps, and "
    "the children's hall has grown by a third since the year before.",
    "A printer from the hills shows how type was set by hand a century ago, and lets every "
    "visitor pull a page with a name on it to take home.",
)
SECOND = (
    "The harbour strike in Tarven began with a letter that the crews wrote in January about "
    "rosters, and nobody at the port authority answered it for six weeks.",
    "Our reporter spoke with nine crane drivers about nights without sleep, about the pay that "
    "follows from it, and about the day on which they decided to stop the cranes.",
    "The harbour has been through worse, says the oldest of them, who was there in the winter "
    "when the breakwater burst and the ships lay in the town's streets.",
)


def related(*links: tuple[str, str]) -> str:
    items = "".join(f"<li><a href='{url}'>{text}</a></li>" for url, text in links)
    return f"<aside><h2>Related posts</h2><ul>{items}</ul></aside>"


def start(watch: Watch, site: Site, *links: tuple[str, str], **wish: Any) -> None:
    """A feed with one matching article that offers `links`, followed by the topic."""
    entry = ("/strike", "Harbour strike", "Crews stopped work at the harbour.")
    site.routes["/feed"] = Reply(rss(site, entry), type="application/rss+xml")
    site.routes["/strike"] = page("Harbour strike", *HARBOUR, after=related(*links))
    watch.feed(site.url("/feed"))
    watch.topic("harbour", "harbour AND crane*")
    watch.sections["topics"]["harbour"]["follow"] = {"depth": 1, "budget": "20/day", **wish}


@pytest.fixture
def other() -> Any:
    with Site() as running:
        yield running


def test_a_followed_page_that_matches_becomes_an_article_that_says_which_link_found_it(
    watch: Watch, site: Site, other: Site, hooks: HookReceiver
) -> None:
    url = other.url("/2026/the-letter-of-january")
    other.routes["/2026/the-letter-of-january"] = page("The letter of January", *SECOND)
    start(watch, site, (url, "The letter that the crews wrote in January"))
    watch.sections["topics"]["harbour"]["channels"] = ["hook"]
    watch.hook(hooks.url)

    tally = watch.once()

    assert tally.followed == 1
    row = watch.article(url)
    assert row.found_by is not None
    assert row.found_by.article_url == site.url("/strike")
    assert row.found_by.link.text == "The letter that the crews wrote in January"
    assert row.found_by.link.heading == "Related posts"
    assert row.found_by.link.topics == ("harbour",)
    assert [one.topic for one in row.matches] == ["harbour"]
    assert row.feeds == ()
    assert watch.article(site.url("/strike")).found_by is None
    assert len(row.alerts) == 1
    assert hooks.hooks


def test_a_page_that_does_not_match_or_is_no_article_makes_none_and_is_not_asked_again(
    watch: Watch, site: Site, other: Site
) -> None:
    other.routes["/2026/a-fair-opens-today"] = page("A fair opens", *BOOKS)
    other.routes["/2026/list-of-all-articles"] = "<html><body><h1>All</h1></body></html>"
    links = (
        (other.url("/2026/a-fair-opens-today"), "A fair of books opens today"),
        (other.url("/2026/list-of-all-articles"), "The list of all our articles"),
    )
    start(watch, site, *links)
    watch.once()
    site.routes["/strike"] = page("Harbour strike", *HARBOUR, "An end.", after=related(*links))
    again = ("/strike", "Harbour strike", "Crews stopped work. It goes on.")
    site.routes["/feed"] = Reply(rss(site, again), type="application/rss+xml")
    watch.once(2 * DAY)

    assert len(watch.articles) == 1
    assert len(watch.article(site.url("/strike")).revisions) == 2
    for path in ("/2026/a-fair-opens-today", "/2026/list-of-all-articles"):
        assert len(other.hits(path)) == 1
    came = {one.url: one.outcome for one in followed(watch, site.url("/strike"))}
    assert came == {links[0][0]: "no_match", links[1][0]: "not_article"}


def followed(watch: Watch, url: str) -> Any:
    return watch.read("followed", watch.article(url).article)


def test_robots_are_obeyed(watch: Watch, site: Site, other: Site) -> None:
    other.routes["/robots.txt"] = Reply("User-agent: *\nDisallow: /2026/\n", type="text/plain")
    other.routes["/2026/the-letter-of-january"] = page("The letter", *SECOND)
    url = other.url("/2026/the-letter-of-january")
    start(watch, site, (url, "The letter that the crews wrote in January"))

    watch.once()
    watch.once(3 * DAY)

    assert other.hits("/2026/the-letter-of-january") == []
    (one,) = followed(watch, site.url("/strike"))
    assert one.outcome == "failed"
    assert "robots" in one.why


def test_no_more_pages_are_asked_for_in_a_day_than_the_budget_says(
    watch: Watch, site: Site, other: Site
) -> None:
    paths = [f"/2026/a-fair-number-{n}-opens" for n in range(7)]
    for path in paths:
        other.routes[path] = page("A fair opens", *BOOKS)
    links = [(other.url(path), f"A fair of books opens, number {path[16]}") for path in paths]
    start(watch, site, *links, budget="2/day")

    def asked() -> int:
        return sum(len(other.hits(path)) for path in paths)

    watch.once()
    assert asked() == 2
    watch.once(23 * HOUR)
    assert asked() == 2
    watch.once(DAY + HOUR)
    assert asked() == 4
    watch.once(5 * DAY)
    assert asked() == 4  # what found no room in a day's budget was left out, and says so
    outcomes = sorted(str(one.outcome) for one in followed(watch, site.url("/strike")))
    assert outcomes == ["budget"] * 3 + ["no_match"] * 4


@pytest.mark.parametrize(("depth", "found"), [(1, 1), (2, 2)])
def test_links_are_followed_so_deep_and_never_in_a_circle(
    depth: int, found: int, watch: Watch, site: Site, other: Site
) -> None:
    one, two, three = (f"/2026/harbour-in-crisis-part-{n}" for n in (1, 2, 3))
    say = "The crisis at the harbour, a part of it"

    def part(number: int, *links: str) -> str:
        words = (f"Part {number}: {text}" for text in SECOND)
        return page(f"Crisis {number}", *words, after=related(*((link, say) for link in links)))

    first = site.url("/strike")
    other.routes[one] = part(1, first, other.url(two), other.url(one) + "?utm_source=related")
    other.routes[two] = part(2, first, other.url(one), other.url(three))
    other.routes[three] = part(3, other.url(one), other.url(two))
    start(watch, site, (other.url(one), say), depth=depth)

    watch.once()

    assert [len(other.hits(path)) for path in (one, two, three)] == [1, int(depth > 1), 0]
    assert len(site.hits("/strike")) == 1
    assert len(watch.articles) == 1 + found


def test_one_page_behind_two_addresses_is_asked_for_once_more_at_most(
    watch: Watch, site: Site, other: Site
) -> None:
    other.routes["/short/1"] = Reply(
        status=301, headers={"Location": other.url("/2026/a-fair-opens-today")}, type=None
    )
    other.routes["/2026/a-fair-opens-today"] = page("A fair opens", *BOOKS)
    start(watch, site, (other.url("/short/1?p=12"), "A fair of books opens today at ten"))
    watch.once()

    links = related((other.url("/2026/a-fair-opens-today"), "A fair of books opens today"))
    site.routes["/other"] = page("Cranes of the harbour", *SECOND, after=links)
    entry = ("/other", "Cranes of the harbour", "Nine drivers.")
    site.routes["/feed"] = Reply(rss(site, entry), type="application/rss+xml")
    watch.once(2 * HOUR)

    assert watch.has(site.url("/other"))
    assert len(other.hits("/2026/a-fair-opens-today")) == 1


def test_what_a_feed_brings_too_is_fetched_once_and_is_the_feeds(watch: Watch, site: Site) -> None:
    url = site.url("/2026/the-letter-of-january")
    start(watch, site, (url, "The letter that the crews wrote in January"))
    entries = (
        ("/strike", "Harbour strike", "Crews stopped work at the harbour."),
        ("/2026/the-letter-of-january", "The letter", "A letter."),
    )
    site.routes["/feed"] = Reply(rss(site, *entries), type="application/rss+xml")
    site.routes["/2026/the-letter-of-january"] = page("The letter of January", *SECOND)

    watch.once()

    assert len(site.hits("/2026/the-letter-of-january")) == 1
    assert watch.article(url).found_by is None
    assert [one.outcome for one in followed(watch, site.url("/strike"))] in ([], ["known"])


def test_a_page_that_cannot_be_had_is_asked_for_once_more_a_day_later(
    watch: Watch, site: Site, other: Site
) -> None:
    other.routes["/2026/the-letter-of-january"] = 500
    url = other.url("/2026/the-letter-of-january")
    start(watch, site, (url, "The letter that the crews wrote in January"))

    for days in range(5):
        watch.once(days * DAY + HOUR)

    assert len(other.hits("/2026/the-letter-of-january")) == 2
    assert [one.outcome for one in followed(watch, site.url("/strike"))] == ["failed"]


def test_a_topic_without_follow_follows_nothing_and_one_that_stops_asks_no_more(
    watch: Watch, site: Site, other: Site
) -> None:
    links = [
        (other.url(f"/2026/a-fair-number-{n}-opens"), f"A fair of books opens, number {n}")
        for n in range(2)
    ]
    for n in range(2):
        other.routes[f"/2026/a-fair-number-{n}-opens"] = page("A fair opens", *BOOKS)
    start(watch, site, *links, budget="1/day")
    watch.once()
    assert len(other.requests) == 2  # robots.txt and one page
    del watch.sections["topics"]["harbour"]["follow"]
    watch.once(2 * DAY)
    assert len(other.requests) == 2


@pytest.mark.parametrize("old", ["dated 2019", "without a date"])
def test_an_old_page_found_by_a_link_raises_no_alert(
    old: str, watch: Watch, site: Site, other: Site
) -> None:
    letter = page("The letter of January", *SECOND)
    other.routes["/news/the-letter-of-january"] = (
        letter.replace("2026-03-10", "2019-03-10")
        if old == "dated 2019"
        else re.sub("<meta[^>]*>", "", letter)
    )
    url = other.url("/news/the-letter-of-january")
    start(watch, site, (url, "The letter that the crews wrote in January"))

    watch.once()

    row = watch.article(url)
    assert [one.decision for one in row.alerts] == ["suppressed"]
    assert "backlog" in row.alerts[0].reason


def test_a_topics_scope_holds_for_what_its_articles_lead_to(
    watch: Watch, site: Site, other: Site
) -> None:
    other.routes["/2026/the-letter-of-january"] = page("The letter", *SECOND)
    url = other.url("/2026/the-letter-of-january")
    start(watch, site, (url, "The letter that the crews wrote in January"))
    watch.sections["feeds"][0]["tags"] = ["coast"]
    watch.sections["topics"]["harbour"]["scope"] = {"tags": ["coast"], "feeds": [site.url("/feed")]}

    watch.once()

    assert watch.has(url)


def test_citations_are_followed_where_the_topic_says_so(
    watch: Watch, site: Site, other: Site
) -> None:
    other.routes["/2026/the-letter-of-january"] = page("The letter", *SECOND)
    url = other.url("/2026/the-letter-of-january")
    start(watch, site, links=["related", "citation"])
    cited = f"They had <a href='{url}'>written a letter in January</a> about it all, and waited."
    site.routes["/strike"] = page("Harbour strike", *HARBOUR, cited)

    watch.once()

    found = watch.article(url).found_by
    assert found is not None
    assert found.link.role == "citation"


def test_outlets_met_by_following_are_proposed_with_the_feed_that_their_page_names(
    watch: Watch, site: Site, other: Site
) -> None:
    named = page("The letter of January", *SECOND).replace(
        "</head>",
        "<link rel='alternate' type='application/rss+xml' title='All' href='/all.xml'></head>",
    )
    other.routes["/2026/the-letter-of-january"] = named
    url = other.url("/2026/the-letter-of-january")
    start(
        watch,
        site,
        (url, "The letter that the crews wrote in January"),
        (site.url("/2026/at-the-same-outlet"), "The same again from the outlet itself"),
    )
    site.routes["/2026/at-the-same-outlet"] = page("Again", *(f"So: {one}" for one in SECOND))

    watch.once()

    (met,) = watch.read("outlets_met")
    assert (met.domain, met.articles) == (f"127.0.0.1:{other.port}", 1)
    assert met.feed_url == other.url("/all.xml")
    assert met.examples == ((url, "The letter of January"),)
    watch.feed(other.url("/all.xml"))
    watch.once(HOUR)
    assert watch.read("outlets_met") == ()
