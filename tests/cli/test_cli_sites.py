"""`sites`: what was learned is shown, learned anew from kept pages, and then tried by reextract."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.cli.test_shapes import check
from tests.pipeline.conftest import Watch
from tests.pipeline.test_pipeline_sites import PROMO, post
from tests.support.site import Site

from watcher.articles.learn import site_of


@pytest.fixture
def learned(tmp_path: Path):
    watch = Watch(tmp_path)
    watch.sections["keep_pages"] = "30d"
    with Site() as site:
        watch.feed(site.url("/feed"))
        post(watch, site, 0, "alpha", "beta", "gamma", "delta")
        yield watch, site, ("-c", tmp_path / "config.yaml")


def test_what_was_learned_is_listed_and_shown(cli, learned):
    _, site, where = learned
    host = site_of(site.url("/"))
    whole = cli("sites", "list", *where, "--json").json
    check(whole["items"][0], "site", framed=False)
    assert whole["items"][0]["blocks"] == [{"text": PROMO, "pages": 4}]
    check(cli("sites", "show", site.url("/"), *where, "--json").json, "site")
    assert PROMO in cli("sites", "show", host, *where).out
    assert host in cli("sites", "list", *where).out
    unknown = cli("sites", "show", "else.example", *where)
    assert unknown.status == 2
    assert "sites list" in unknown.err


def test_a_site_is_learned_anew_and_shown_before_and_after(cli, learned):
    watch, site, where = learned
    dry = cli("sites", "relearn", site.url("/"), "--dry-run", *where, "--json").json
    check(dry, "site_relearned")
    assert dry["kept"] == [{"text": PROMO, "pages": 4}]
    assert not dry["written"]
    done = cli("sites", "relearn", site.url("/"), *where)
    assert f"= on 4 pages: {PROMO}" in done.out
    assert "reextract --site 127.0.0.1" in done.err

    cli("reextract", "--apply", *where)
    for name in ("alpha", "beta", "gamma", "delta"):
        assert PROMO not in watch.article(site.url(f"/{name}")).text.body
    assert "4 the same" in cli("reextract", *where).err


def test_without_kept_pages_it_says_what_to_do(cli, tmp_path):
    watch = Watch(tmp_path)
    with Site() as site:
        watch.feed(site.url("/feed"))
        post(watch, site, 0, "alpha")
    done = cli("sites", "relearn", "a.example", "-c", tmp_path / "config.yaml")
    assert done.status == 69
    assert "keep_pages" in done.err
