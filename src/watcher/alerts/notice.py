"""The body of what is told of watcher itself, not of an article: a channel that fails, a channel
that is tried. The same envelope as an alert's (`alerts.payload`), with one item of plain words."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any
from urllib.parse import quote

from watcher.model.alert import Alert, AlertKind, Delivery
from watcher.model.ids import alert_id, delivery_id
from watcher.model.when import Micros, rfc3339

TYPES = {
    "channel_failing": "channel.failing",
    "channel_recovered": "channel.recovered",
    "channel_test": "channel.test",
    "source_broken": "source.broken",
    "source_recovered": "source.recovered",
    "burst": "topic.burst",
    "burst_over": "topic.burst_over",
    "silence": "topic.silent",
    "silence_over": "topic.silent_over",
}
TITLES = {
    "channel_failing": "A channel fails",
    "channel_recovered": "A channel works again",
    "channel_test": "A test",
    "source_broken": "A source is broken",
    "source_recovered": "A source works again",
    "burst": "Many at once",
    "burst_over": "As usual again",
    "silence": "An outlet has gone silent",
    "silence_over": "An outlet publishes again",
}


def of_no_article(
    kind: AlertKind,
    about: str,
    since: Micros,
    reason: str,
    now: Micros,
    *,
    topic: str = "",
    version: int = 0,
) -> Alert:
    """An alert about a channel, a source or a topic as a whole. Its id derives from when that
    began, so that it is told once however often it is found."""
    return Alert(
        alert=alert_id(topic, kind, about, since),
        kind=kind,
        topic=topic,
        topic_version=version,
        story="",
        article="",
        revision=0,
        decision="raised",
        reason=reason,
        at=now,
    )


def notice(delivery: str, kind: str, ident: str, words: str, at: Micros, instance: str) -> str:
    """JSON text. `ident`: the alert's id."""
    time = rfc3339(at - at % 1_000_000)
    shape: dict[str, Any] = {
        "specversion": "1.0",
        "id": delivery,
        "source": f"urn:watcher:{quote(instance, safe='')}",
        "type": TYPES[kind],
        "subject": f"instance/{quote(instance, safe='')}",
        "time": time,
        "timestamp": time,
        "datacontenttype": "application/feed+json",
        "data": {
            "version": "https://jsonfeed.org/version/1.1",
            "title": TITLES[kind],
            "_watcher": {"alert": ident, "kind": kind, "reason": words[:2_000]},
            "items": [
                {
                    "id": ident,
                    "title": TITLES[kind],
                    "content_text": words[:4_000],
                    "date_published": time,
                }
            ],
        },
    }
    return json.dumps(shape, ensure_ascii=False, separators=(",", ":"))


def of_alert(delivery: str, alert: Alert, instance: str) -> str:
    return notice(delivery, alert.kind, alert.alert, alert.reason, alert.at, instance)


def announced(
    alert: Alert, channels: Sequence[str], instance: str, due_at: Micros | None = None
) -> tuple[Delivery, ...]:
    """What is told of no article, to each of these. `due_at`: None is at once."""
    out = []
    for name in channels:
        ident = delivery_id(alert.alert, name)
        payload = of_alert(ident, alert, instance)
        out.append(Delivery(ident, alert.alert, alert.topic, "", name, payload, due_at or alert.at))
    return tuple(out)
