"""Real pages that are not ours: no crash, the text that people marked, the same answer twice."""

import gzip
import json
import os
from pathlib import Path

import pytest

from watcher.articles.extract import extract
from watcher.model.article import Extraction
from watcher.text.urls import key

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
@pytest.mark.timeout(900)
def test_every_real_page_gives_a_text_near_the_one_that_people_marked():
    scores = []
    for judged, _, _, found in real("articles"):
        assert isinstance(found, Extraction), judged["id"]
        ours, theirs = set(found.body.lower().split()), set(judged["body"].lower().split())
        scores.append(2 * len(ours & theirs) / max(1, len(ours) + len(theirs)))
    assert len(scores) >= 700
    assert sum(scores) / len(scores) >= 0.88


@pytest.mark.slow
def test_related_links_of_real_pages_are_the_judged_ones_and_never_in_the_body():
    right = wrong = missed = 0
    for judged, body, url, found in real("related"):
        assert isinstance(found, Extraction), judged["id"]
        assert found == extract(body, url, {}, FETCHED), judged["id"]
        offered = {key(one.url): one.text for one in found.links if one.role == "related"}
        wanted = {key(one["url"]) for one in judged["related"]}
        optional = {key(one) for one in judged["optional"]}
        right += len(wanted & set(offered))
        missed += len(wanted - set(offered))
        wrong += len(set(offered) - wanted - optional)
        assert not set(offered.values()) & set(found.body.split("\n")), judged["id"]
    assert 2 * right / (2 * right + wrong + missed) >= 0.85
