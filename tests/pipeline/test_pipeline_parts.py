"""A sitemap index as a feed: its parts are asked politely, and only where they may have changed."""

from __future__ import annotations

import pytest
from tests.pipeline.conftest import Watch
from tests.support.site import Reply, Site

from watcher.model.when import HOUR

XMLNS = "http://www.sitemaps.org/schemas/sitemap/0.9"


def index(site: Site, *parts: tuple[str, str | None]) -> Reply:
    items = "".join(
        f"<sitemap><loc>{site.url(path)}</loc>"
        + (f"<lastmod>{day}T08:00:00Z</lastmod>" if day else "")
        + "</sitemap>"
        for path, day in parts
    )
    return Reply(
        f'<sitemapindex xmlns="{XMLNS}">{items}</sitemapindex>',
        type="text/xml",
        etag=f'"{hash(parts)}"',
    )


def part(site: Site, *paths: str) -> Reply:
    items = "".join(
        f"<url><loc>{site.url(path)}</loc><lastmod>2026-03-10T09:00:00Z</lastmod></url>"
        for path in paths
    )
    return Reply(
        f'<urlset xmlns="{XMLNS}">{items}</urlset>', type="text/xml", etag=f'"{hash(paths)}"'
    )


@pytest.fixture
def url(watch: Watch, site: Site) -> str:
    watch.feed(site.url("/index.xml"), scrape="never", every="1h")
    return site.url("/index.xml")


def test_only_parts_that_changed_are_asked_again(watch: Watch, site: Site, url: str) -> None:
    site.routes["/index.xml"] = index(site, ("/a.xml", "2026-03-09"), ("/b.xml", "2026-03-08"))
    site.routes |= {"/a.xml": part(site, "/1", "/2"), "/b.xml": part(site, "/3")}
    assert watch.once().new == 3

    site.routes["/index.xml"] = index(site, ("/a.xml", "2026-03-10"), ("/b.xml", "2026-03-08"))
    site.routes["/a.xml"] = part(site, "/1", "/2", "/4")
    assert watch.once(2 * HOUR).new == 1
    assert (len(site.hits("/a.xml")), len(site.hits("/b.xml"))) == (2, 1)
    assert watch.once(4 * HOUR).new == 0
    assert len(site.hits("/a.xml")) == 2
    row = watch.feed_row(url)
    assert (row.entries, [one.outcome for one in row.polls][:1]) == (4, ["not_modified"])


def test_parts_that_do_not_say_when_they_changed_are_asked_though_the_index_is_as_it_was(
    watch: Watch, site: Site, url: str
) -> None:
    site.routes["/index.xml"] = index(site, ("/a.xml", None))
    site.routes["/a.xml"] = part(site, "/1")
    watch.once()
    watch.once(2 * HOUR)
    assert [hit.header("if-none-match") is None for hit in site.hits("/a.xml")] == [True, False]
    site.routes["/a.xml"] = part(site, "/1", "/2")
    assert watch.once(4 * HOUR).new == 1
    outcomes = [one.outcome for one in watch.feed_row(url).polls]
    assert outcomes == ["new", "not_modified", "new"]


def test_robots_txt_holds_for_the_parts_and_what_failed_is_noted_and_asked_again(
    watch: Watch, site: Site, url: str
) -> None:
    site.routes["/robots.txt"] = Reply("User-agent: *\nDisallow: /secret\n", type="text/plain")
    site.routes["/index.xml"] = index(
        site, ("/a.xml", "2026-03-09"), ("/secret.xml", "2026-03-09"), ("/b.xml", "2026-03-09")
    )
    site.routes |= {"/a.xml": part(site, "/1"), "/secret.xml": part(site, "/x"), "/b.xml": 500}
    assert watch.once().new == 1
    assert site.hits("/secret.xml") == []
    assert "2 of 3 parts could not be read" in str(watch.feed_row(url).polls[0].notes)

    site.routes["/b.xml"] = part(site, "/2")
    assert watch.once(2 * HOUR).new == 1
    assert (len(site.hits("/a.xml")), len(site.hits("/b.xml"))) == (1, 2)


def test_a_host_that_asks_for_patience_in_the_middle_of_the_parts_is_left_alone(
    watch: Watch, site: Site, url: str
) -> None:
    site.routes["/index.xml"] = index(site, ("/a.xml", "2026-03-09"), ("/b.xml", "2026-03-08"))
    site.routes |= {
        "/a.xml": Reply("", status=429, headers={"Retry-After": "7200"}),
        "/b.xml": part(site, "/1"),
    }
    assert watch.once().failed == 1
    assert site.hits("/b.xml") == []
    assert watch.feed_row(url).error_code == "WTC-NET-072"
    assert watch.once(HOUR).polls == 0
    site.routes["/a.xml"] = part(site, "/2")
    assert watch.once(3 * HOUR).new == 2
