"""What a user's template sees: the payload's own keys, short names for what is asked for most, and
the names of changedetection.io, so that a template written for it goes on working."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from watcher.alerts.brief import brief, marked
from watcher.alerts.chat import plain
from watcher.alerts.wording import clean_url

Variables = dict[str, Any]


def variables(payload: Mapping[str, Any]) -> Variables:
    """By name. A name that the payload has no value for is "" or an empty list."""
    data = payload["data"]
    about = data.get("_watcher") or {}
    items = data.get("items") or []
    item = items[0] if items else {}
    short = _short(payload, about, item)
    return {
        **{name: payload.get(name, "") for name in _ENVELOPE},
        "payload": payload,
        "data": data,
        "items": items,
        "item": item,
        "digest": about.get("digest") or {},
        **short,
        **_changedetection(payload, item, short),
    }


_ENVELOPE = ("id", "source", "type", "subject", "time", "timestamp")


def _short(
    payload: Mapping[str, Any], about: Mapping[str, Any], item: Mapping[str, Any]
) -> Variables:
    told = brief(payload)
    facts = item.get("_watcher") or {}
    topic = about.get("topic") or {}
    first = told.items[0] if told.items else None
    return {
        "kind": about.get("kind") or payload.get("type", ""),
        "alert": about.get("alert") or "",
        "topic": topic.get("name") or "",
        "query": topic.get("query") or "",
        "headline": told.headline,
        "message": plain(told),
        "title": item.get("title") or "",
        "url": clean_url(str(item.get("url") or "")),
        "summary": item.get("summary") or "",
        "text": item.get("content_text") or "",
        "language": item.get("language") or "",
        "authors": [one["name"] for one in item.get("authors") or ()],
        "tags": list(item.get("tags") or ()),
        "published": item.get("date_published") or facts.get("published_day") or "",
        "seen": facts.get("seen_at") or "",
        "outlet": (facts.get("outlet") or {}).get("name") or "",
        "feed": facts.get("feed") or {},
        "match": facts.get("match") or {},
        "because": (facts.get("match") or {}).get("clause") or "",
        "hits": [marked(hit.parts) for hit in first.hits] if first else [],
        "credit": facts.get("credit") or {},
        "story": facts.get("story") or {},
        "revision": facts.get("revision") or {},
        "related": facts.get("related") or [],
        "reason": about.get("reason") or "",
    }


def _changedetection(
    payload: Mapping[str, Any], item: Mapping[str, Any], short: Variables
) -> Variables:
    """Its variables, as near as ours come to them. What it has of its own pages and pictures
    (previews, screenshots, summaries by a model) is empty."""
    steps = short["revision"].get("diff") or []
    gone = "\n".join(one["text"] for one in steps if one["op"] == "-")
    come = "\n".join(one["text"] for one in steps if one["op"] == "+")
    both = "\n".join(f"{one['op']} {one['text']}" for one in steps)
    return {
        "base_url": "",
        "watch_url": short["url"],
        "watch_uuid": item.get("id") or "",
        "watch_title": short["title"],
        "watch_tag": short["topic"],
        "watch_mime_type": "text/html" if short["url"] else "",
        "current_snapshot": short["text"],
        "prev_snapshot": "",
        "triggered_text": "\n".join(short["hits"]),
        "change_datetime": payload.get("time", ""),
        "timestamp_from": "",
        "timestamp_to": payload.get("time", ""),
        "diff": both,
        "diff_clean": both,
        "diff_added": come,
        "diff_added_clean": come,
        "diff_removed": gone,
        "diff_removed_clean": gone,
        "diff_full": both,
        "diff_full_clean": both,
        "diff_patch": both,
        "diff_changed_from": gone,
        "diff_changed_to": come,
        "diff_url": short["url"],
        "preview_url": short["url"],
        "notification_timestamp": payload.get("time", ""),
    }


SAMPLE: dict[str, Any] = {
    "id": "d_sample",
    "source": "urn:watcher:sample",
    "type": "match.created",
    "subject": "topic/sample/story/s_sample",
    "time": "2026-03-10T12:00:00Z",
    "timestamp": "2026-03-10T12:00:00Z",
    "data": {
        "title": "sample: 1 new",
        "_watcher": {
            "alert": "al_sample",
            "kind": "match",
            "reason": "quay",
            "topic": {"name": "sample", "query": "quay", "query_version": 1},
        },
        "items": [
            {
                "id": "a_sample",
                "url": "https://news.example/quay",
                "title": "The quay is closed",
                "summary": "The quay is closed since Monday.",
                "content_text": "The quay is closed since Monday.",
                "language": "en",
                "date_published": "2026-03-10T11:00:00Z",
                "authors": [{"name": "Mira Dhima"}],
                "tags": ["harbour"],
                "_watcher": {
                    "outlet": {"name": "News", "domain": "news.example"},
                    "feed": {"id": "f_sample", "title": "News", "url": "https://news.example/feed"},
                    "seen_at": "2026-03-10T11:05:00Z",
                    "match": {
                        "clause": "quay",
                        "clauses": [{"clause": "quay", "field": "body", "start": 4, "end": 8}],
                        "hits": [
                            {
                                "field": "body",
                                "text": "The quay is closed since Monday.",
                                "marks": [[4, 8]],
                            }
                        ],
                    },
                    "story": {"id": "s_sample", "role": "original", "articles": 1, "outlets": 1},
                    "revision": {"n": 1},
                    "related": [
                        {"title": "Why?", "url": "https://news.example/why", "role": "related"}
                    ],
                },
            }
        ],
    },
}
NAMES = frozenset(variables(SAMPLE))
