"""S11 (spec `polling` §6): what is stored is judged again, every time it is asked for."""

from __future__ import annotations

import sqlite3
from contextlib import closing

from tests.pipeline.conftest import HOUR, Watch, page, rss
from tests.support.site import Site


def test_s11_an_adopted_address_that_leads_inside_by_now_is_refused_at_the_poll(
    watch: Watch, site: Site
) -> None:
    site.routes["/feed"] = rss(site)
    watch.feed(site.url("/feed"))
    watch.once()
    with Site({"/feed": rss(site)}, address="127.0.0.2") as inside:
        with closing(sqlite3.connect(watch.folder / "watcher.db")) as db, db:
            db.execute("UPDATE feed SET fetch_url = ?", (inside.url("/feed"),))
        assert watch.once(2 * HOUR).failed == 1
        assert inside.connections == 0
    assert watch.feed_row(site.url("/feed")).error_code == "WTC-NET-006"


def test_s11_a_page_whose_address_was_stored_is_judged_when_it_is_fetched(
    watch: Watch, site: Site
) -> None:
    with Site({"/page": page("Inside", "A text of the inside.")}, address="127.0.0.2") as inside:
        link = inside.url("/page")
        entry = f"<item><title>t</title><link>{link}</link><guid>1</guid></item>"
        site.routes["/feed"] = f'<rss version="2.0"><channel>{entry}</channel></rss>'
        watch.feed(site.url("/feed"))
        assert watch.once().new == 1
        assert inside.connections == 0
