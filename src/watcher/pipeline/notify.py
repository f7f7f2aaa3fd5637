"""Notify: a raised alert's way to each of its topic's channels, born with the alert."""

from __future__ import annotations

from collections.abc import Sequence

from watcher.alerts.payload import Source, build
from watcher.model.alert import Alert, Delivery, PlaceView
from watcher.model.article import ArticleDraft
from watcher.model.ids import delivery_id
from watcher.model.story import Placement
from watcher.model.topic import Match
from watcher.pipeline.desk import PlaceDesk
from watcher.pipeline.topics import Origin


def deliveries(
    desk: PlaceDesk,
    draft: ArticleDraft,
    origin: Origin,
    view: PlaceView,
    placement: Placement | None,
    matches: Sequence[Match],
    alerts: Sequence[Alert],
) -> tuple[Delivery, ...]:
    """One delivery for each raised alert and channel of its topic, due at once, its payload
    frozen: whatever is stored later, a repeat says the same words."""
    found = {match.topic: match for match in matches}
    out = []
    for alert in alerts:
        if alert.decision != "raised":
            continue
        topic = desk.topics.specs[alert.topic]
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
                source=Source(origin.feed, origin.title, origin.url, origin.site_url),
                instance=desk.instance,
            )
            out.append(
                Delivery(
                    delivery=ident,
                    alert=alert.alert,
                    topic=alert.topic,
                    story=alert.story,
                    channel=channel,
                    payload=payload,
                    due_at=alert.at,
                )
            )
    return tuple(out)
