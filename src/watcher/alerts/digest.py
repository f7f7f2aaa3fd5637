"""Alerts told together: one payload made of those that each would have been sent with, grouped by
story, the newest development first (spec `alerts` §3). No article is in it twice."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any
from zoneinfo import ZoneInfo

from watcher.alerts.payload import LIMIT
from watcher.model.alert import Alert
from watcher.model.when import moment, rfc3339

TYPE = "digest.ready"
DROPPED = ("content_text", "tags")  # of each item: they are read elsewhere
FACTS = ("outlet", "feed", "seen_at", "date_confidence", "published_day", "text", "state", "credit",
         "match", "story", "revision")  # fmt: skip

Shape = dict[str, Any]


def digest(delivery: str, alert: Alert, payloads: Sequence[str], zone: str, instance: str) -> str:
    """JSON text under `payload.LIMIT` bytes in UTF-8, with all alerts counted and the oldest items
    left out where they do not fit. `payloads`: of the alerts, of one topic. `zone`: of whoever
    reads it."""
    told = [json.loads(one) for one in payloads]
    items = _items(told)
    stories = len({_story(item) for item in items})
    shape = _shape(delivery, alert, told, zone, stories, len(items))
    data = shape["data"]
    shown: list[Shape] = []
    size = len(_dump(shape).encode())
    for item in items:
        size += len(_dump(item).encode()) + 1
        if size >= LIMIT - 16:  # the comma, and the digits of what is left out
            break
        shown.append(item)
    data["items"] = shown
    data["_watcher"]["digest"]["omitted"] = len(items) - len(shown)
    return _dump(shape)


def _shape(
    delivery: str, alert: Alert, told: Sequence[Shape], zone: str, stories: int, articles: int
) -> Shape:
    last = max(told, key=lambda one: str(one["time"]))
    about = last["data"]["_watcher"]
    time = rfc3339(alert.at - alert.at % 1_000_000)
    local = moment(alert.at).astimezone(ZoneInfo(zone)).replace(microsecond=0).isoformat()
    return {
        "specversion": "1.0",
        "id": delivery,
        "source": last["source"],
        "type": TYPE,
        "subject": f"topic/{alert.topic}",
        "time": time,
        "timestamp": time,
        "datacontenttype": "application/feed+json",
        "data": {
            "version": "https://jsonfeed.org/version/1.1",
            "title": f"{alert.topic}: {_counted(articles, stories)}",
            "_watcher": {
                "alert": alert.alert,
                "kind": alert.kind,
                "reason": alert.reason,
                "topic": about["topic"],
                "digest": {
                    "from": min(str(one["time"]) for one in told),
                    "to": max(str(one["time"]) for one in told),
                    "local": local,
                    "zone": zone,
                    "alerts": len(told),
                    "articles": articles,
                    "stories": stories,
                    "omitted": 0,
                },
            },
            "items": [],
        },
    }


def _counted(articles: int, stories: int) -> str:
    return f"{articles} new in {stories} {'story' if stories == 1 else 'stories'}"


def _items(told: Sequence[Shape]) -> list[Shape]:
    """Each article once, as its newest alert says it; by story, the newest told first."""
    newest: dict[str, tuple[str, Shape]] = {}
    for payload in sorted(told, key=lambda one: str(one["time"])):
        about = payload["data"]["_watcher"]
        for item in payload["data"]["items"]:
            newest.pop(item["id"], None)
            newest[item["id"]] = (str(payload["time"]), _slim(item, about))
    stories: dict[str, list[Shape]] = {}
    for _, item in reversed(newest.values()):
        stories.setdefault(_story(item), []).append(item)
    return [item for group in stories.values() for item in group]


def _slim(item: Mapping[str, Any], about: Mapping[str, Any]) -> Shape:
    slim = {name: value for name, value in item.items() if name not in DROPPED}
    held = item["_watcher"]
    facts = {name: held[name] for name in FACTS if name in held}
    facts |= {"alert": about["alert"], "kind": about["kind"], "reason": about["reason"][:500]}
    if "revision" in facts:
        facts["revision"] = {k: v for k, v in facts["revision"].items() if k != "diff"}
    match = dict(facts.get("match") or {})
    match.pop("clauses", None)
    if match.get("hits"):
        match["hits"] = match["hits"][:1]
    if match:
        facts["match"] = match
    if facts.get("story"):
        facts["story"] = {k: v for k, v in facts["story"].items() if k != "also"}
    slim["_watcher"] = facts
    return slim


def _story(item: Mapping[str, Any]) -> str:
    return str((item["_watcher"].get("story") or {}).get("id") or item["id"])


def _dump(shape: Mapping[str, Any]) -> str:
    return json.dumps(shape, ensure_ascii=False, separators=(",", ":"))
