"""When feeds are polled, through the whole pipeline: the budget, and what matched."""

from __future__ import annotations

import pytest
from tests.pipeline.conftest import HOUR, Watch, page, rss
from tests.support.site import Reply, Site

from watcher.model.when import DAY, MINUTE


def feed(site: Site, *names: str) -> Reply:
    items = [(f"/{name}", f"Harbour {name}", f"Crews and {name}.") for name in names]
    return Reply(rss(site, *items), type="application/rss+xml", etag=f'"{len(names)}"')


@pytest.fixture
def twelve(site: Site, watch: Watch) -> list[str]:
    urls = []
    for n in range(12):
        site.routes[f"/feed{n}"] = feed(site)
        urls.append(site.url(f"/feed{n}"))
        watch.feed(urls[-1])
    return urls


def test_a_budget_that_is_too_small_stretches_every_interval_and_says_so(
    site: Site, watch: Watch, twelve: list[str]
) -> None:
    watch.sections["poll"] |= {"every": "1h", "budget": "6/h"}
    watch.once()
    watch.once(3 * HOUR)  # half of what is wanted: every two hours, all are due
    row = watch.feed_row(twelve[0])
    assert row.next_due - row.last_poll > 1.2 * HOUR
    assert any(step.startswith("poll.budget: every ") for step in row.reasons)
    (facts,) = watch.notes.named("budget")
    assert facts["wanted"] > facts["budget"] == 6
    status = watch.read("status", 3 * HOUR)
    assert status.stretched == 12
    assert 0 < status.polls_hourly < 9


def test_what_is_within_the_budget_is_not_stretched(
    site: Site, watch: Watch, twelve: list[str]
) -> None:
    watch.once()
    assert not watch.notes.named("budget")
    assert "poll.budget" not in "".join(watch.feed_row(twelve[0]).reasons)


def test_a_feed_whose_articles_match_is_polled_sooner(site: Site, watch: Watch) -> None:
    for name in ("told", "untold"):
        site.routes[f"/{name}"] = feed(site)
        watch.feed(site.url(f"/{name}"))
    watch.topic("strike", "strike")
    watch.once()
    for name, word in (("told", "strike"), ("untold", "regatta")):
        site.routes[f"/{name}"] = feed(site, f"{name}-{word}")
        site.routes[f"/{name}-{word}"] = page(f"Harbour {word}", f"Crews and a {word}. " * 60)
    watch.once(6 * HOUR)
    watch.once(DAY)
    told, untold = (watch.feed_row(site.url(f"/{name}")) for name in ("told", "untold"))
    assert told.next_due < untold.next_due
    assert any("1 match of late" in step for step in told.reasons)


def test_a_poll_in_an_hour_to_skip_waits_and_a_manual_one_is_refused(
    site: Site, watch: Watch
) -> None:
    body = rss(site)
    at_noon = "".join(f"<hour>{hour}</hour>" for hour in (12, 13, 14))
    wished = body.replace("</title>", f"</title><skipHours>{at_noon}</skipHours>", 1)
    site.routes["/feed"] = Reply(wished, type="application/rss+xml", etag='"1"')
    watch.feed(site.url("/feed"), every="30m")
    watch.once()  # at noon: nobody knew
    row = watch.feed_row(site.url("/feed"))
    assert row.next_due // HOUR % 24 == 15
    assert "skipHours" in row.why
    watch.once(2 * HOUR + 50 * MINUTE)
    assert len(site.hits("/feed")) == 1
    watch.once(3 * HOUR + 11 * MINUTE)
    assert len(site.hits("/feed")) == 2
