"""Feeds with settings of their own, over the whole pipeline."""

from __future__ import annotations

import zlib

from tests.pipeline.conftest import Watch
from tests.support.site import Reply, Site

from watcher.model.when import HOUR


def feed_of(*items: tuple[str, str]) -> Reply:
    """Items of (link, guid)."""
    stated = "".join(
        f"<item><title>Item at {link}</title><link>{link}</link>"
        f'<guid isPermaLink="false">{guid}</guid></item>'
        for link, guid in items
    )
    feed = f'<rss version="2.0"><channel><title>Desk</title>{stated}</channel></rss>'
    return Reply(feed, type="application/rss+xml", etag=f'"{zlib.crc32(stated.encode())}"')


def test_a_feed_that_uses_one_guid_again_and_again_is_mended_by_going_by_its_links(
    watch: Watch, site: Site
) -> None:
    old, new, newest = (site.url(f"/{name}") for name in ("old", "new", "newest"))
    watch.feed(site.url("/feed"), scrape="never")
    site.routes = {"/feed": feed_of((old, "latest"))}
    assert watch.once().new == 1
    site.routes["/feed"] = feed_of((new, "latest"))
    tally = watch.once(HOUR, force=True)
    assert (tally.new, tally.changed) == (0, 1)  # taken for an edit: the guid says so

    watch.sections["feeds"][0]["identity"] = "link"
    tally = watch.once(2 * HOUR, force=True)  # the body is the same, and is read anew all the same
    assert (tally.new, tally.changed) == (0, 0)
    site.routes["/feed"] = feed_of((newest, "latest"), (new, "latest"))
    tally = watch.once(3 * HOUR, force=True)
    assert (tally.new, tally.changed) == (1, 0)


def test_a_feed_whose_guids_change_with_every_poll_is_mended_by_going_by_its_links(
    watch: Watch, site: Site
) -> None:
    page = site.url("/page")
    watch.feed(site.url("/feed"), scrape="never", identity="link")
    for hour in range(3):
        site.routes = {"/feed": feed_of((page, f"nonce-{hour}"))}
        tally = watch.once(hour * HOUR, force=True)
        assert (tally.new, tally.changed) == (int(hour == 0), 0)
