"""Alerts that wait: gathered into digests, kept back by quiet hours and caps, muted and snoozed."""

from __future__ import annotations

import json
from typing import Any

import pytest
from tests.pipeline.conftest import HOUR, NOON, Watch, page, rss
from tests.support.site import Reply, Site

from watcher.app import open_writing
from watcher.demo.receivers import HookReceiver, MailReceiver
from watcher.model.alert import Mute
from watcher.model.when import DAY, MINUTE

TEXTS = {
    "/strike": ("Harbour strike goes on", "Crews at the harbour stopped the cranes in the night "
                "and the port authority counted eleven ships that wait outside for a berth."),
    "/fire": ("Fire near the harbour", "A warehouse with timber burned for six hours before the "
              "volunteers from three villages had it under control, and nobody was hurt."),
    "/fish": ("Fish is dear at the harbour market", "Traders ask twice the price of last winter "
              "for hake because the fleet stayed in for most of February, they told us."),
}  # fmt: skip


@pytest.fixture
def three(watch: Watch, site: Site) -> Watch:
    """A watch whose first pass finds three stories."""
    items = [(path, title, text) for path, (title, text) in TEXTS.items()]
    site.routes["/feed"] = Reply(rss(site, *items), type="application/rss+xml")
    for path, (title, text) in TEXTS.items():
        site.routes[path] = page(title, text, f"{title}: more on this will follow on {path[1:]}.")
    watch.feed(site.url("/feed"))
    return watch


def events(hooks: HookReceiver) -> list[dict[str, Any]]:
    assert all(hook.verified for hook in hooks.hooks)
    return [json.loads(hook.body) for hook in hooks.hooks]


def rules(watch: Watch, channel: str, **rules: Any) -> None:
    watch.sections["topics"]["harbour"] = {"query": "harbour", "channels": [{channel: rules}]}


def test_a_digest_goes_out_at_its_time_in_one_mail(three: Watch, mails: MailReceiver) -> None:
    three.mail(mails.port)
    rules(three, "desk", digest={"at": ["17:00"], "zone": "Europe/Tirane"})
    assert three.once().deliveries == 0
    assert {alert.decision for alert in three.alerts} == {"digest"}
    assert "waits until 2026-03-10T16:00:00Z (digest)" in three.alerts[0].reason
    assert three.read("status", NOON).outbox["waiting"] == 3
    assert three.once(3 * HOUR + 59 * MINUTE).deliveries == 0
    assert three.once(4 * HOUR).deliveries == 1
    (mail,) = mails.mails
    assert mail["Subject"] == "[harbour] 3 new in 3 stories, Tue 10 Mar"
    assert mail["References"] is None
    assert three.read("status", NOON).outbox["waiting"] == 0
    assert three.once(30 * HOUR).deliveries == 0, "an empty digest is none"
    assert len(mails.mails) == 1


def test_a_digest_missed_while_nothing_ran_goes_out_with_the_next_pass(
    three: Watch, hooks: HookReceiver
) -> None:
    three.hook(hooks.url)
    rules(three, "hook", digest={"at": "12:30"})
    three.once()
    assert three.once(50 * HOUR).deliveries == 1
    (event,) = events(hooks)
    assert event["type"] == "digest.ready"
    assert len(event["data"]["items"]) == 3


def test_quiet_hours_keep_alerts_until_they_end(three: Watch, hooks: HookReceiver) -> None:
    three.hook(hooks.url)
    rules(three, "hook", quiet="11:00-15:00")
    assert three.once().deliveries == 0
    assert three.once(3 * HOUR).deliveries == 1
    assert events(hooks)[0]["data"]["title"] == "harbour: 3 new in 3 stories"


def test_a_cap_lets_so_many_through_and_the_rest_comes_together(
    three: Watch, hooks: HookReceiver
) -> None:
    three.hook(hooks.url)
    rules(three, "hook", cap="1/d", zone="Europe/Tirane")
    assert three.once().deliveries == 1
    assert three.once(6 * HOUR).deliveries == 0
    assert three.once(11 * HOUR).deliveries == 1, "the day begins at 23:00 UTC"
    single, together = events(hooks)
    assert single["type"] == "match.created"
    told = {single["data"]["items"][0]["id"], *(one["id"] for one in together["data"]["items"])}
    assert len(told) == 3


def test_two_channels_of_a_topic_each_keep_their_own_time(
    three: Watch, hooks: HookReceiver, mails: MailReceiver
) -> None:
    three.hook(hooks.url)
    three.mail(mails.port)
    three.sections["topics"]["harbour"] = {
        "query": "harbour",
        "channels": ["hook", {"desk": {"digest": {"at": "18:00"}}}],
    }
    assert three.once().deliveries == 3
    assert {alert.decision for alert in three.alerts} == {"raised"}
    assert three.once(6 * HOUR).deliveries == 1
    assert (len(events(hooks)), len(mails.mails)) == (3, 1)


def hush(watch: Watch, thing: str, until: int | None, *, snooze: bool) -> None:
    store = open_writing(watch.folder / "watcher.db")
    store.mute(Mute(thing, until, snooze, NOON, "ana"))
    store.close()


def test_a_muted_topic_raises_nothing_and_says_why(three: Watch, hooks: HookReceiver) -> None:
    three.hook(hooks.url)
    hush(three, "topic:harbour", None, snooze=False)
    three.topic("harbour", "harbour", "hook")
    assert three.once().deliveries == 0
    assert {(one.decision, one.reason) for one in three.alerts} == {
        ("suppressed", "topic:harbour was muted by ana")
    }


def test_what_waits_when_its_topic_is_muted_is_not_told(three: Watch, hooks: HookReceiver) -> None:
    three.hook(hooks.url)
    rules(three, "hook", digest={"at": "18:00"})
    three.once()
    hush(three, "topic:harbour", NOON + 2 * DAY, snooze=False)
    assert three.once(7 * HOUR).deliveries == 0
    assert {one.decision for one in three.alerts} == {"suppressed"}


def test_a_snoozed_topic_is_told_when_the_time_is_over_or_somebody_ends_it(
    three: Watch, hooks: HookReceiver
) -> None:
    three.hook(hooks.url)
    three.topic("harbour", "harbour", "hook")
    hush(three, "topic:harbour", NOON + 2 * DAY, snooze=True)
    assert three.once().deliveries == 0
    store = open_writing(three.folder / "watcher.db")
    assert store.unmute("topic:harbour", "ana", NOON + HOUR)
    assert not store.unmute("topic:harbour", "ana", NOON + HOUR)
    store.close()
    assert three.once(HOUR).deliveries == 1
    assert events(hooks)[0]["type"] == "digest.ready"
