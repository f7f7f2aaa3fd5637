"""Pages are kept beside the database, and `reextract` reads them anew: said first, written only
with --apply, told to nobody, and never a harm where the file is lost."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from tests.cli.test_shapes import check
from tests.pipeline.conftest import HARBOUR, HOUR, NOON, Watch, page, rss
from tests.support.site import Reply, Site

from watcher.demo.play import SECRET
from watcher.demo.receivers import HookReceiver
from watcher.model.kept import KeptPage
from watcher.model.when import DAY
from watcher.store.sqlite.kept import KeptPages, Pages
from watcher.system import SystemClock

NOTE = (
    "The coast has nine harbours and as many lighthouses, and each of them has a tale of its own."
)
PROMO = f"<p class='coda'>{NOTE}</p>"


@pytest.fixture
def site():
    with Site() as running:
        yield running


@pytest.fixture
def watch(tmp_path: Path) -> Watch:
    made = Watch(tmp_path)
    made.sections["keep_pages"] = "30d"
    return made


def start(watch: Watch, site: Site, *names: str) -> None:
    entries = [(f"/{name}", f"Harbour strike {name}", "Crews stopped work.") for name in names]
    site.routes["/feed"] = Reply(rss(site, *entries), type="application/rss+xml")
    for name in names:
        words = (f"{text} So {name}." for text in HARBOUR)
        made = page(f"Harbour strike {name}", *words).replace("</article>", f"{PROMO}</article>")
        site.routes[f"/{name}"] = made
    watch.feed(site.url("/feed"))
    watch.once()


def pages_file(watch: Watch) -> Path:
    return watch.folder / "watcher.pages.db"


def later() -> int:
    """After what was written by the machine's own clock."""
    return SystemClock().now() + HOUR - NOON


def with_recipe(watch: Watch) -> None:
    """Without a pass, which would look at the pages again by itself."""
    watch.sections["recipes"] = {"127.0.0.1": {"remove": ["p.coda"]}}
    (watch.folder / "config.yaml").write_text(json.dumps(watch.sections))


def test_by_default_no_page_is_kept(cli, watch, site):
    del watch.sections["keep_pages"]
    start(watch, site, "one")
    assert not pages_file(watch).exists()
    done = cli("reextract", "-c", watch.folder / "config.yaml")
    assert done.status == 69
    assert "keep_pages" in done.err


def test_rules_of_today_are_tried_first_and_written_with_apply(cli, watch, site):
    with HookReceiver(SECRET) as hooks:
        watch.topic("letter", "lighthouses OR harbour", "hook")
        watch.hook(hooks.url)
        start(watch, site, "one", "two")
        with_recipe(watch)
        told = len(hooks.hooks)
        where = ("-c", watch.folder / "config.yaml")
        url = site.url("/one")
        assert NOTE in watch.article(url).text.body

        for asked in ((), ("--dry-run",)):
            dry = cli("reextract", *asked, *where)
            assert dry.status == 0
            assert f"- {NOTE}" in dry.out
            assert "2 would change (body 2)" in dry.err
            assert "reextract --apply" in dry.err
        assert NOTE in watch.article(url).text.body

        done = cli("reextract", "--apply", *where)
        assert "2 revisions written" in done.err
        row = watch.article(url)
        assert NOTE not in row.text.body
        assert [one.changes for one in row.revisions] == [(), ("removed", "reread")]
        again = cli("reextract", "--apply", *where)
        assert "2 the same" in again.err
        assert len(watch.article(url).revisions) == 2
        watch.once(later())
        assert len(hooks.hooks) == told


def test_a_topic_that_is_newly_true_by_rereading_alerts_nobody_and_says_why(cli, watch, site):
    with HookReceiver(SECRET) as hooks:
        watch.sections["recipes"] = {"127.0.0.1": {"remove": ["p.coda"]}}
        watch.topic("letter", "lighthouses", "hook")
        watch.hook(hooks.url)
        start(watch, site, "one")
        assert watch.alerts == []
        del watch.sections["recipes"]
        watch.once(HOUR)
        cli("reextract", "--apply", "-c", watch.folder / "config.yaml")
        watch.once(later())
        assert [(one.decision, one.reason[:7]) for one in watch.alerts] == [
            ("suppressed", "reread:")
        ]
        assert hooks.hooks == []


def test_one_site_alone_and_as_json(cli, watch, site):
    start(watch, site, "one", "two")
    with_recipe(watch)
    where = ("-c", watch.folder / "config.yaml")
    whole = cli("reextract", "--site", "127.0.0.1", *where, "--json").json
    assert whole["count"] == 2
    for item in whole["items"]:
        check(item, "reread", framed=False)
        assert [one["field"] for one in item["changes"]] == ["body"]
    assert cli("reextract", "--site", "else.example", *where, "--json").json["count"] == 0


def test_a_page_that_would_be_no_article_any_more_is_left_as_it_is(cli, watch, site):
    start(watch, site, "one")
    watch.sections["recipes"] = {"127.0.0.1": {"remove": ["article"]}}
    watch.once(HOUR)
    done = cli("reextract", "--apply", "-c", watch.folder / "config.yaml")
    assert "left as it is" in done.out
    assert len(watch.article(site.url("/one")).revisions) == 1


def test_the_file_may_be_lost_or_broken_and_the_next_page_begins_it_anew(cli, watch, site):
    start(watch, site, "one")
    for end in ("", "-wal", "-shm"):
        pages_file(watch).with_name(f"watcher.pages.db{end}").unlink(missing_ok=True)
    entry = ("/two", "Harbour strike two", "Crews.")
    site.routes["/two"] = page("Harbour strike two", *HARBOUR)
    site.routes["/feed"] = Reply(rss(site, entry), type="application/rss+xml")
    assert watch.once(HOUR, force=True).broken == 0
    assert watch.has(site.url("/two"))
    assert pages_file(watch).exists()

    pages_file(watch).write_bytes(b"no database at all " * 99)
    entry = ("/three", "Harbour strike three", "Crews.")
    site.routes["/three"] = page("Harbour strike three", *(f"Third: {one}" for one in HARBOUR))
    site.routes["/feed"] = Reply(rss(site, entry), type="application/rss+xml")
    assert watch.once(2 * HOUR, force=True).broken == 0
    assert watch.has(site.url("/three"))
    assert (watch.folder / "watcher.pages.db.broken").exists()


def test_a_broken_file_is_said_in_words_that_help(cli, watch, site):
    start(watch, site, "one")
    pages_file(watch).write_bytes(b"no database at all " * 99)
    done = cli("reextract", "-c", watch.folder / "config.yaml")
    assert done.status == 69
    assert "it may be deleted" in done.err


def kept(body: bytes, at: int, url: str = "https://daily.example/a") -> KeptPage:
    return KeptPage(url, {"content-type": "text/html", "set-cookie": "x=1"}, body, at, 30 * DAY)


def test_contents_are_kept_once_and_no_longer_than_wanted(tmp_path):
    pages = Pages(tmp_path / "watcher.pages.db")
    body = b"<p>Ships wait outside the breakwater.</p>" * 500
    for article in ("a_1", "a_2"):
        assert pages.keep(article, kept(body, NOON)) is None
    assert pages.keep("a_1", kept(body, NOON + DAY)) is None
    with closing(sqlite3.connect(tmp_path / "watcher.pages.db")) as db:
        assert db.execute("SELECT count(*), sum(length(zstd)) < 2000 FROM body").fetchone() == (
            1,
            1,
        )
        assert "cookie" not in str(db.execute("SELECT headers FROM page").fetchall())
    with KeptPages(tmp_path / "watcher.db") as read:
        assert read.count(None) == read.count("example") == 2
        assert [(one.article, one.page.at, one.page.body == body) for one in read.newest(None)] == [
            ("a_1", NOON + DAY, True),
            ("a_2", NOON, True),
        ]
    assert pages.prune(NOON + 1) == 1
    assert pages.prune(NOON + 2 * DAY) == 1
    with closing(sqlite3.connect(tmp_path / "watcher.pages.db")) as db:
        assert db.execute("SELECT count(*) FROM body").fetchone() == (0,)
    pages.close()


def test_the_newest_page_of_an_article_stands_for_it_and_old_ones_go_by_themselves(tmp_path):
    pages = Pages(tmp_path / "watcher.pages.db")
    pages.keep("a_1", kept(b"old", NOON))
    pages.keep("a_1", kept(b"new", NOON + 20 * DAY))
    with KeptPages(tmp_path / "watcher.db") as read:
        assert [one.page.body for one in read.newest(None)] == [b"new"]
    pages.keep("a_2", kept(b"later", NOON + 40 * DAY))
    pages.close()
    with closing(sqlite3.connect(tmp_path / "watcher.pages.db")) as db:
        assert db.execute("SELECT count(*) FROM page").fetchone() == (2,)


def test_a_page_that_asks_not_to_be_archived_is_not_kept(watch, site):
    noarchive = page("Harbour strike", *HARBOUR).replace(
        "<head>", "<head><meta name='robots' content='noarchive'>"
    )
    site.routes["/feed"] = Reply(
        rss(site, ("/one", "Harbour strike", "Crews.")), type="application/rss+xml"
    )
    site.routes["/one"] = noarchive
    watch.feed(site.url("/feed"))
    watch.once()
    assert watch.has(site.url("/one"))
    assert not pages_file(watch).exists()
