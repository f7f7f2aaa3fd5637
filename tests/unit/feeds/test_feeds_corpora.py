"""Real feeds that are not ours: read whole, and no entry lost."""

import gzip
import io
import os
from pathlib import Path

import feedparser
import pytest

from watcher.feeds.identity import identities
from watcher.feeds.parse import parse_feed
from watcher.model.feed import ParsedFeed

CORPORA = os.environ.get("WATCHER_CORPORA")
pytestmark = [
    pytest.mark.corpora,
    pytest.mark.skipif(CORPORA is None, reason="needs WATCHER_CORPORA"),
]


def bodies():
    for path in sorted((Path(CORPORA or "") / "feeds" / "real").glob("*.gz")):
        yield path.name, gzip.decompress(path.read_bytes())


@pytest.mark.slow
def test_every_real_feed_is_read_with_the_entries_that_feedparser_finds():
    checked = 0
    for name, body in bodies():
        ours = parse_feed(body, "https://feed.example/", {})
        assert isinstance(ours, ParsedFeed), (name, ours)
        checked += 1
        if ours.reader.startswith("json"):
            assert ours.entries, name
            continue
        theirs = feedparser.parse(
            io.BytesIO(body), sanitize_html=False, resolve_relative_uris=False
        ).entries
        assert len(ours.entries) == len(theirs), name
        stated = [dict.get(entry, "id") or None for entry in theirs]
        assert [entry.id for entry in ours.entries] == stated, name
        known = set(identities(ours.entries))
        assert set(identities(ours.entries, known)) == known, name
    assert checked >= 200
