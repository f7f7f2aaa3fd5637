"""Notify: a raised alert's way to each of its topic's channels, born with the alert."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from watcher.alerts.payload import Source, build
from watcher.alerts.quiet import due, muted
from watcher.model.alert import Alert, Delivery, Notice, PlaceView, Waiting
from watcher.model.article import ArticleDraft
from watcher.model.ids import delivery_id
from watcher.model.story import Placement
from watcher.model.topic import Match
from watcher.model.when import rfc3339
from watcher.pipeline.desk import PlaceDesk
from watcher.pipeline.topics import Origin


def notify(
    desk: PlaceDesk,
    draft: ArticleDraft,
    origin: Origin,
    view: PlaceView,
    placement: Placement | None,
    matches: Sequence[Match],
    alerts: Sequence[Alert],
    changes: Sequence[str] = (),
) -> Notice:
    """For each raised alert and channel of its topic a delivery that is due at once or, where the
    way has rules, a row that waits; its payload frozen either way: whatever is stored later, a
    repeat says the same words."""
    found = {match.topic: match for match in matches}
    told: list[Alert] = []
    deliveries: list[Delivery] = []
    waiting: list[Waiting] = []
    for alert in (_heard(one, view) for one in alerts):
        if alert.decision != "raised":
            told.append(alert)
            continue
        topic = desk.topics.specs[alert.topic]
        held: list[Waiting] = []
        for channel in topic.channels:
            ident = delivery_id(alert.alert, channel)
            payload = build(
                delivery=ident,
                alert=alert,
                match=found[alert.topic],
                topic=topic,
                draft=draft,
                placement=placement,
                view=view,
                changes=changes,
                source=Source(origin.feed, origin.title, origin.url, origin.site_url),
                instance=desk.instance,
            )
            way = topic.way(channel)
            at, why = due(way, view.mutes, alert.topic, alert.story, alert.at)
            if way.at_once and not why:
                deliveries.append(
                    Delivery(ident, alert.alert, alert.topic, alert.story, channel, payload, at)
                )
            else:
                row = (alert.alert, channel, alert.topic, alert.story, alert.at, at, why, payload)
                held.append(Waiting(*row))
        waiting += held
        told.append(_waits(alert, held, len(topic.channels)))
    return Notice(tuple(told), tuple(deliveries), tuple(waiting))


def _heard(alert: Alert, view: PlaceView) -> Alert:
    """Of what is muted nobody hears, whatever there is to tell."""
    why = muted(view.mutes, alert.topic, alert.story, alert.at)
    if why is None or alert.decision != "raised":
        return alert
    return replace(alert, decision="suppressed", reason=why)


def _waits(alert: Alert, held: Sequence[Waiting], ways: int) -> Alert:
    """An alert that no channel gets yet says for how long, and why."""
    late = [row for row in held if row.why]
    if not late or len(late) < ways:
        return alert
    first = min(late, key=lambda row: row.due_at)
    until = rfc3339(first.due_at - first.due_at % 1_000_000)
    return replace(
        alert, decision="digest", reason=f"{alert.reason}; waits until {until} ({first.why})"
    )
