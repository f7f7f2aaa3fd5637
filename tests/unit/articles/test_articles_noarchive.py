"""Pages that ask not to be archived, and how they do it."""

import pytest

from watcher.articles.noarchive import asked
from watcher.articles.tree import parse


def page(meta=""):
    return parse(f"<html><head>{meta}</head><body><p>Text.</p></body></html>", "https://a.example/")


@pytest.mark.parametrize(
    ("headers", "meta", "by"),
    [
        ({}, "", None),
        ({"x-robots-tag": "noarchive"}, "", "X-Robots-Tag: noarchive"),
        ({"x-robots-tag": "noindex, NoArchive"}, "", "X-Robots-Tag: noarchive"),
        ({"x-robots-tag": "watcher: noarchive"}, "", "X-Robots-Tag: noarchive"),
        ({"x-robots-tag": "noarchive, otherbot: noindex"}, "", "X-Robots-Tag: noarchive"),
        ({"x-robots-tag": "otherbot: noindex, watcher: noarchive"}, "", "X-Robots-Tag: noarchive"),
        ({"x-robots-tag": "otherbot: noindex, noarchive"}, "", None),
        (
            {"x-robots-tag": "unavailable_after: 25 Jun 2030 15:00:00 GMT, noarchive"},
            "",
            "X-Robots-Tag: noarchive",
        ),
        ({"x-robots-tag": "noindex, nofollow"}, "", None),
        ({}, "<meta name='robots' content='index, noarchive'>", "meta robots: noarchive"),
        ({}, "<meta name='ROBOTS' content='NOARCHIVE'>", "meta robots: noarchive"),
        ({}, "<meta name='watcher' content='noarchive'>", "meta watcher: noarchive"),
        ({}, "<meta name='otherbot' content='noarchive'>", None),
        ({"cache-control": "private, no-store"}, "", "Cache-Control: no-store"),
        ({"cache-control": "no-cache, max-age=0"}, "", None),
    ],
)
def test_a_page_asks_not_to_be_archived_by_header_meta_or_cache_control(headers, meta, by):
    assert asked(page(meta), headers) == by
