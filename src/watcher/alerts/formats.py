"""The body of a webhook in the form that a receiver already knows (spec `alerts` §3): Miniflux's,
Slack's, Discord's, or plain text. Each from the payload alone."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from html import escape
from typing import Any, Literal

from watcher.alerts.brief import brief
from watcher.alerts.chat import DISCORD, SLACK, message, plain

Format = Literal["standard", "miniflux", "slack", "discord", "text"]
JSON = "application/json"


@dataclass(frozen=True, slots=True)
class Body:
    """What is posted. `headers` go with it."""

    text: str
    content_type: str
    headers: Mapping[str, str]


def body(payload: str, form: Format) -> Body:
    """`payload`: JSON text. In the standard form it is sent as it was frozen."""
    if form == "standard":
        return Body(payload, JSON, {})
    return _FORMS[form](json.loads(payload))


def slack(payload: Mapping[str, Any]) -> dict[str, Any]:
    """The body of an incoming webhook of Slack's (Mattermost and others read it too)."""
    return {"text": message(brief(payload), SLACK), "unfurl_links": False, "unfurl_media": False}


def discord(payload: Mapping[str, Any]) -> dict[str, Any]:
    """The body of a webhook of Discord's. Nobody is ever mentioned by what a publisher writes."""
    return {
        "content": message(brief(payload), DISCORD),
        "allowed_mentions": {"parse": []},
        "flags": 4,  # SUPPRESS_EMBEDS: the message says it, no picture is fetched
    }


def miniflux(payload: Mapping[str, Any]) -> dict[str, Any]:
    """The event `new_entries` of Miniflux, with its keys. Ids are numbers there: ours are made of
    our ids, so that they are the same each time. What it has and we have not is empty."""
    data = payload["data"]
    entries = [_entry(one, payload) for one in data["items"]]
    first = (data["items"][0] if data["items"] else {}).get("_watcher") or {}
    return {
        "event_type": "new_entries",
        "feed": _feed(first, payload),
        "entries": entries,
    }


def _feed(facts: Mapping[str, Any], payload: Mapping[str, Any]) -> dict[str, Any]:
    feed = facts.get("feed") or {}
    topic = str((payload["data"].get("_watcher") or {}).get("topic", {}).get("name") or "watcher")
    category = number(f"topic {topic}")
    return {
        "id": number(str(feed.get("id") or "")),
        "user_id": 1,
        "category_id": category,
        "category": {"id": category, "title": topic},
        "feed_url": feed.get("url") or "",
        "site_url": feed.get("site_url") or "",
        "title": feed.get("title") or (facts.get("outlet") or {}).get("name") or topic,
        "checked_at": facts.get("seen_at") or payload["time"],
    }


def _entry(item: Mapping[str, Any], payload: Mapping[str, Any]) -> dict[str, Any]:
    facts = item.get("_watcher") or {}
    seen = facts.get("seen_at") or payload["time"]
    text = str(item.get("content_text") or "")
    return {
        "id": number(str(item["id"])),
        "user_id": 1,
        "feed_id": number(str((facts.get("feed") or {}).get("id") or "")),
        "status": "unread",
        "hash": hashlib.sha256(str(item["id"]).encode()).hexdigest(),
        "title": item.get("title") or "",
        "url": item.get("url") or "",
        "comments_url": "",
        "published_at": item.get("date_published") or seen,
        "created_at": seen,
        "changed_at": item.get("date_modified") or seen,
        "content": _paragraphs(text),
        "author": ", ".join(one["name"] for one in item.get("authors") or ()),
        "share_code": "",
        "starred": False,
        "reading_time": max(1, round(len(text.split()) / 265)) if text else 0,
        "enclosures": [],
        "tags": list(item.get("tags") or ()),
    }


def number(ident: str) -> int:
    """A positive number below 2^53, which every JSON reader keeps exactly."""
    return int.from_bytes(hashlib.sha256(ident.encode()).digest()[:7], "big") >> 3


def _paragraphs(text: str) -> str:
    """Miniflux sends HTML: ours is the text with its signs escaped."""
    return "".join(f"<p>{escape(part)}</p>" for part in text.split("\n\n") if part.strip())


def _json(shape: Mapping[str, Any]) -> str:
    return json.dumps(shape, ensure_ascii=False, separators=(",", ":"))


_FORMS: dict[str, Callable[[Mapping[str, Any]], Body]] = {
    "miniflux": lambda payload: Body(
        _json(miniflux(payload)), JSON, {"x-miniflux-event-type": "new_entries"}
    ),
    "slack": lambda payload: Body(_json(slack(payload)), JSON, {}),
    "discord": lambda payload: Body(_json(discord(payload)), JSON, {}),
    "text": lambda payload: Body(plain(brief(payload)) + "\n", "text/plain; charset=utf-8", {}),
}
