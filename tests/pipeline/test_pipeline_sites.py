"""Sites teach: what stands on every page is left out of later texts, a look at a page again changes
nothing by it, a changed template is told."""

from __future__ import annotations

from tests.pipeline.conftest import HARBOUR, HOUR, Watch, page, rss
from tests.support.site import Reply, Site

from watcher.model.when import DAY

PROMO = "Sign up for our letter from the coast, every Friday morning before the ferry goes."


def post(
    watch: Watch, site: Site, at: int, *names: str, promo: str = PROMO, text: str = ""
) -> None:
    entries = [(f"/{one}", f"Harbour news {one}", f"About {one}.") for one in names]
    site.routes["/feed"] = Reply(rss(site, *entries), type="application/rss+xml")
    for one in names:
        words = [text] if text else [f"In {one}: {part} That is {one}." for part in HARBOUR]
        site.routes[f"/{one}"] = page(f"Harbour news {one}", *words, promo)
    watch.once(at, force=True)


def test_what_stands_on_every_page_is_left_out_of_the_next_texts(watch: Watch, site: Site) -> None:
    watch.feed(site.url("/feed"))
    post(watch, site, 0, "alpha", "beta", "gamma")
    post(watch, site, HOUR, "delta")

    assert PROMO in watch.article(site.url("/alpha")).text.body
    row = watch.article(site.url("/delta"))
    assert PROMO not in row.text.body
    assert any("left out" in why for why in row.text.why)
    (learned,) = watch.read("sites")
    assert [(one.text, one.pages) for one in learned.blocks] == [(PROMO, 4)]
    assert learned.memory.pages == 4


def test_it_stays_learned_and_a_changed_entry_makes_no_revision_by_it(
    watch: Watch, site: Site
) -> None:
    watch.feed(site.url("/feed"))
    post(watch, site, 0, "alpha", "beta", "gamma")
    for number in range(8):
        post(watch, site, (number + 1) * HOUR, f"more{number}")
    assert PROMO not in watch.article(site.url("/more7")).text.body

    entry = ("/alpha", "Harbour news alpha", "About alpha, in other words.")
    site.routes["/feed"] = Reply(rss(site, entry), type="application/rss+xml")
    watch.once(DAY, force=True)
    assert len(site.hits("/alpha")) == 2
    assert len(watch.article(site.url("/alpha")).revisions) == 1


def test_a_changed_template_is_told_and_a_good_page_settles_it(watch: Watch, site: Site) -> None:
    watch.feed(site.url("/feed"))
    post(watch, site, 0, *(f"a{n}" for n in range(6)))
    short = "Only this much of the text can be had from the page since its template was changed. "
    post(watch, site, HOUR, *(f"b{n}" for n in range(3)), text=short * 2, promo="")
    (learned,) = watch.read("sites")
    assert learned.memory.drift is not None
    assert learned.memory.drift.startswith("3 pages in a row: ")
    post(watch, site, 2 * HOUR, "c1")
    assert watch.read("sites")[0].memory.drift is None
