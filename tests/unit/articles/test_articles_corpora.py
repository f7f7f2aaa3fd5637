"""Real pages that are not ours (how well they are read: tests/quality)."""

import gzip
import json
import os
from pathlib import Path

import pytest

from watcher.articles.extract import extract
from watcher.model.article import Extraction

CORPORA = os.environ.get("WATCHER_CORPORA")
PAGES = Path(CORPORA or "") / "pages"
FETCHED = 1_790_000_000_000_000
pytestmark = [
    pytest.mark.corpora,
    pytest.mark.skipif(CORPORA is None, reason="needs WATCHER_CORPORA"),
]


def real(kind):
    """Each judged page of a set with its Extraction."""
    for line in (PAGES / kind / "pages.jsonl").open(encoding="utf-8"):
        judged = json.loads(line)
        raw = (PAGES / kind / judged["path"]).read_bytes()
        body = gzip.decompress(raw) if judged["path"].endswith(".gz") else raw
        url = judged["url"] or "https://unknown.example/page"
        yield judged, body, url, extract(body, url, {}, FETCHED)


@pytest.mark.slow
def test_related_links_of_real_pages_never_stand_in_the_body_and_are_the_same_twice():
    for judged, body, url, found in real("related"):
        assert isinstance(found, Extraction), judged["id"]
        assert found == extract(body, url, {}, FETCHED), judged["id"]
        offered = {one.text for one in found.links if one.role == "related"}
        assert not offered & set(found.body.split("\n")), judged["id"]
