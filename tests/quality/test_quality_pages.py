"""Real pages stay read as well as they are: pinned floors (floors.toml), for the sets they were
measured on. `python -m bench.pages --worst 20` prints the figures and the worst pages."""

import os
import tomllib
from pathlib import Path

import pytest
from bench import pages

CORPORA = os.environ.get("WATCHER_CORPORA")
FOLDER = Path(CORPORA or "") / "pages"
FLOORS = tomllib.loads(Path(__file__).with_name("floors.toml").read_text("utf-8"))
SAMPLE = 4  # every fourth page: what a quick run has time for
pytestmark = [
    pytest.mark.corpora,
    pytest.mark.skipif(CORPORA is None, reason="needs WATCHER_CORPORA"),
]


def held(folder, name, every=1):
    """Asserts the floors called `name`; returns the figures."""
    floors = FLOORS[name]
    assert pages.digest(folder) == floors["digest"], "another set: measure and pin it anew"
    figures = pages.summary(pages.run(pages.pages(folder)[::every]))
    low = {what: figures[what] for what, least in floors["least"].items() if figures[what] < least}
    high = {what: figures[what] for what, most in floors["most"].items() if figures[what] > most}
    assert (low, high) == ({}, {}), figures
    return figures


@pytest.mark.timeout(300)
def test_a_quarter_of_the_article_pages_is_read_as_well_as_before():
    held(FOLDER / "articles", "articles_sample", SAMPLE)


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_all_article_pages_are_read_as_well_as_before():
    held(FOLDER / "articles", "articles")


@pytest.mark.timeout(120)
def test_related_links_and_captions_of_news_pages_are_found_as_well_as_before():
    held(FOLDER / "related", "related")
