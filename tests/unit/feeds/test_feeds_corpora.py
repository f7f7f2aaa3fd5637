"""Real feeds that are not ours: read whole, and no entry lost."""

import gzip
import io
import os
import re
import tarfile
from collections import Counter
from pathlib import Path

import feedparser
import pytest
from tests.support.fidelity import REVIEWED, differences, theirs

from watcher.feeds.identity import identities
from watcher.feeds.parse import parse_feed
from watcher.model.feed import ParsedFeed, ParseFailed

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


@pytest.mark.slow
def test_real_feeds_say_to_us_what_they_say_to_feedparser_with_its_defaults():
    counts = Counter()
    for name, body in bodies():
        if name in REVIEWED:
            continue
        ours = parse_feed(body, "https://feed.example/", {})
        assert isinstance(ours, ParsedFeed), name
        entries = theirs(body).entries
        assert len(ours.entries) == len(entries), name
        counts += differences(ours, entries)
    differ = {name: n for name, n in counts.items() if name.endswith(" differs") and n}
    assert not differ
    assert min(counts[name] for name in ("id", "title", "link", "published")) > 5_000


@pytest.mark.slow
def test_nothing_in_feedparsers_own_cases_makes_a_reader_raise():
    """Each of its files, as it is and cut short, with the content type that it asks for."""
    read = {True: 0, False: 0}
    with tarfile.open(Path(CORPORA or "") / "feeds" / "feedparser-cases.tar.gz") as cases:
        for member in cases:
            file = cases.extractfile(member)
            if file is None or not member.name.startswith("tests/"):
                continue
            body = file.read()
            served = re.search(rb"^\s*Content-Type:\s*([^\r\n]+)", body[:2_000], re.I | re.M)
            headers = {"content-type": served.group(1).decode("latin-1")} if served else {}
            for cut in (body, body[: len(body) // 2]):
                found = parse_feed(cut, "https://feed.example/", headers)
                assert isinstance(found, ParsedFeed | ParseFailed), member.name
                read[isinstance(found, ParsedFeed)] += 1
    assert read[True] > 2_000
