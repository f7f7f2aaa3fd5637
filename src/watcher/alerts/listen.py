"""Which bursts and silences a topic hears of now: each once when it begins and once when it is
over (spec `alerts` §4)."""

from __future__ import annotations

from dataclasses import replace

from watcher.alerts.notice import announced, of_no_article
from watcher.alerts.quiet import loud, muted
from watcher.alerts.rhythm import WEEK, burst, silence
from watcher.model.alert import Alert, AlertKind
from watcher.model.signal import Feed, Heard, Sounds
from watcher.model.topic import TopicSpec
from watcher.model.when import HOUR, MINUTE, Micros

EVERY: dict[str, Micros] = {"burst": 5 * MINUTE, "silence": HOUR}
HEADLINES = 5


def listen(
    kind: str, topic: TopicSpec, version: int, sounds: Sounds, instance: str, now: Micros
) -> Heard:
    """`kind`: burst or silence."""
    state = dict(sounds.state)
    if kind == "burst":
        found = _burst(topic, version, sounds, state, now)
    else:
        found = [
            alert
            for feed in sounds.feeds
            if (alert := _silence(topic, version, feed, state, now)) is not None
        ]
    why = muted(sounds.mutes, topic.topic, "", now)
    told = tuple(
        one if why is None else _hushed(one, why) for one in found if not (why and _ends(one))
    )
    deliveries = tuple(
        delivery
        for alert in told
        if alert.decision == "raised"
        for channel in topic.channels
        for delivery in announced(alert, [channel], instance, loud(topic.way(channel), now))
    )
    return Heard(now + EVERY[kind], state, told, deliveries)


def _burst(
    topic: TopicSpec, version: int, sounds: Sounds, state: dict[str, Micros], now: Micros
) -> list[Alert]:
    if not sounds.hours:
        return []
    said = burst(sounds.hours, now // HOUR % WEEK)
    if said.on and "" not in state:
        state[""] = now // HOUR * HOUR
        shown = "; ".join(sounds.headlines[:HEADLINES])
        words = f"Topic {topic.topic}: {said.reason}. {shown}"
        return [_alert("burst", topic, version, "", state[""], words, now)]
    if said.over and "" in state:
        words = f"Topic {topic.topic} is as usual again: {said.reason}"
        return [_alert("burst_over", topic, version, "", state.pop(""), words, now)]
    return []


def _silence(
    topic: TopicSpec, version: int, feed: Feed, state: dict[str, Micros], now: Micros
) -> Alert | None:
    if not feed.moments:
        return None
    said = silence(feed.moments, feed.until)
    last = feed.moments[-1]
    if said.on and feed.feed not in state:
        state[feed.feed] = last
        words = f"{feed.name}, which wrote about {topic.topic}, has gone silent: {said.reason}"
        return _alert("silence", topic, version, feed.feed, last, words, now)
    if said.over and feed.feed in state:
        words = f"{feed.name}, which wrote about {topic.topic}, publishes again: {said.reason}"
        return _alert("silence_over", topic, version, feed.feed, state.pop(feed.feed), words, now)
    return None


def _alert(
    kind: AlertKind,
    topic: TopicSpec,
    version: int,
    about: str,
    since: Micros,
    reason: str,
    now: Micros,
) -> Alert:
    return of_no_article(kind, about, since, reason, now, topic=topic.topic, version=version)


def _ends(alert: Alert) -> bool:
    return alert.kind in {"burst_over", "silence_over"}


def _hushed(alert: Alert, why: str) -> Alert:
    return replace(alert, decision="suppressed", reason=why)
