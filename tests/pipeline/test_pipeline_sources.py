"""A source that breaks is told once, and once more when it works again."""

from __future__ import annotations

import json

from tests.pipeline.conftest import HOUR, NOON, Watch, rss
from tests.support.site import Reply, Site

from watcher.demo.receivers import HookReceiver
from watcher.model.when import DAY


def broken(watch: Watch, site: Site, hooks: HookReceiver) -> Reply:
    """A watch whose feed works once; returns the good answer."""
    good = Reply(rss(site, ("/a", "Harbour", "Text.")), type="application/rss+xml")
    site.routes["/feed"] = good
    watch.feed(site.url("/feed"))
    watch.hook(hooks.url)
    watch.sections["alerts"] = {"notices": ["hook"]}
    watch.once()
    return good


def test_a_feed_that_fails_for_a_day_is_told_once_and_its_recovery_too(
    watch: Watch, site: Site, hooks: HookReceiver
) -> None:
    good = broken(watch, site, hooks)
    site.routes["/feed"] = Reply("no", status=500)
    for hours in (1, 3, 6, 12, 24):
        watch.once(hours * HOUR, force=True)
    assert hooks.hooks == []
    for hours in (26, 30, 40, 60):
        watch.once(hours * HOUR, force=True)
    (told,) = [json.loads(hook.body) for hook in hooks.hooks]
    assert told["type"] == "source.broken"
    words = told["data"]["items"][0]["content_text"]
    assert "has failed since 2026-03-10T13:00:00Z" in words
    assert site.url("/feed") in words
    site.routes["/feed"] = good
    watch.once(4 * DAY, force=True)
    watch.once(5 * DAY, force=True)
    assert [json.loads(hook.body)["type"] for hook in hooks.hooks] == [
        "source.broken",
        "source.recovered",
    ]
    # It breaks again: another time, another alert.
    site.routes["/feed"] = Reply("no", status=500)
    for days in (6, 7, 8):
        watch.once(days * DAY, force=True)
    assert len({hook.id for hook in hooks.hooks}) == 3


def test_a_feed_that_is_gone_is_told_at_once(watch: Watch, site: Site, hooks: HookReceiver) -> None:
    broken(watch, site, hooks)
    site.routes["/feed"] = Reply("gone", status=410)
    for hours in (1, 2, 8, 30, 60):
        watch.once(hours * HOUR, force=True)
    bodies = [json.loads(hook.body) for hook in hooks.hooks]
    assert [one["type"] for one in bodies] == ["source.broken"]


def test_nobody_is_told_where_the_config_names_nobody(
    watch: Watch, site: Site, hooks: HookReceiver
) -> None:
    broken(watch, site, hooks)
    watch.sections["alerts"] = {}
    site.routes["/feed"] = Reply("no", status=500)
    for hours in (1, 10, 30):
        watch.once(hours * HOUR, force=True)
    assert hooks.hooks == []
    assert [one.kind for one in watch.alerts if one.at > NOON + HOUR] == ["source_broken"]
