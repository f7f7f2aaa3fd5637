"""The autodiscovery suite of the W3C feed validator: every page leads to its own feed, and every
feed is known as one."""

from __future__ import annotations

import os
import re
import tarfile
from functools import cache
from pathlib import Path

import pytest

from watcher.feeds.discover import page_feeds
from watcher.feeds.parse import parse_feed
from watcher.model.feed import ParsedFeed

CORPORA = os.environ.get("WATCHER_CORPORA")
pytestmark = [
    pytest.mark.corpora,
    pytest.mark.skipif(CORPORA is None, reason="needs WATCHER_CORPORA"),
]
FOLDER = "/tests/client/autodiscovery/"
HOME = f"http://diveintomark.org{FOLDER}"
# Where the suite was kept when it was saved: it stands before absolute addresses.
SAVED = re.compile(r"https?://web\.archive\.org/web/\d+/")
UTF_16 = b"\xff\xfe"


@cache
def cases() -> dict[str, bytes]:
    held = {}
    with tarfile.open(Path(CORPORA or "") / "feeds" / "discovery-cases.tar.gz") as packed:
        for member in packed.getmembers():
            if member.isfile():
                opened = packed.extractfile(member)
                assert opened is not None
                held[member.name.partition("/")[2]] = opened.read()
    return held


def page(name: str) -> bytes:
    """A page as it stood on its own site."""
    body = cases()[name]
    encoding = "utf-16" if body.startswith(UTF_16) else "latin-1"
    return SAVED.sub("", body.decode(encoding, "replace")).encode(encoding)


def file_of(url: str) -> str:
    """The file that an address of the suite stands for."""
    if url.startswith(HOME):
        return url.removeprefix(HOME)
    other = f"http://www.ragingplatypus.com{FOLDER}"
    assert url.startswith(other), url
    return "ragingplatypus/" + url.removeprefix(other)


def test_every_page_leads_to_its_feed_and_to_no_other():
    pages = sorted(name for name in cases() if re.fullmatch(r"html4-\d+\.html", name))
    led = 0
    for name in pages:
        headers = {"content-type": "text/html"}
        found = page_feeds(page(name), HOME + name, headers)
        assert [one.how for one in found] == ["link"], name
        feed = cases()[file_of(found[0].url)]
        assert name.encode() in feed, name  # the feed names the page that it belongs to
        led += 1
    print(f"{led} of {len(pages)} pages lead to their feed")
    assert led == 57


def test_every_feed_of_the_suite_is_known_as_a_feed():
    feeds = sorted(name for name in cases() if name.endswith(".xml"))
    known = 0
    for name in feeds:
        read = parse_feed(cases()[name], HOME + name, {"content-type": "application/atom+xml"})
        assert isinstance(read, ParsedFeed), name
        known += 1
    print(f"{known} of {len(feeds)} feeds are known as feeds")
    assert known == len(feeds)
