"""A topic's alerts as a feed: JSON Feed 1.1 and Atom (RFC 4287), newest first. The JSON file is
also what the next run goes on from."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from xml.etree import ElementTree as ET

from watcher.alerts.brief import brief
from watcher.alerts.chat import MATRIX, message
from watcher.alerts.wording import href, instance_of, one_line
from watcher.text.dates import parse_date

ATOM = "http://www.w3.org/2005/Atom"
VERSION = "https://jsonfeed.org/version/1.1"
NOTICES = "watcher-notices"  # what is told of watcher itself
# What no XML 1.0 document may hold.
_NO_XML = re.compile("[^\\t\\n\\r\\x20-\\ud7ff\\ue000-\\ufffd\\U00010000-\\U0010ffff]")

Shape = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Feeds:
    """The texts of the two files. `name` is theirs without the ending."""

    name: str
    json: str
    atom: str


def name_of(payload: Mapping[str, Any]) -> str:
    """Safe as a file's name, whatever the topic is called."""
    topic = str((payload["data"].get("_watcher") or {}).get("topic", {}).get("name") or "")
    safe = re.sub(r"[^A-Za-z0-9_.-]", "_", topic)[:64].lstrip(".")
    return safe or NOTICES


def added(before: str | None, payload: Mapping[str, Any], *, most: int, base: str | None) -> Feeds:
    """`before`: the JSON feed as it stood; ValueError where it is none of ours. What is in it
    already (a repeat) is replaced where it stands first. `base`: the address of the folder."""
    name = name_of(payload)
    new = [_item(one, payload) for one in payload["data"]["items"]]
    fresh = {one["id"] for one in new}
    kept = [one for one in _items(before) if one["id"] not in fresh]
    items = sorted([*new, *kept], key=lambda one: str(one["_watcher"]["told"]), reverse=True)
    title = "watcher" if name == NOTICES else f"watcher: {name}"
    feed: Shape = {"version": VERSION, "title": title, "items": items[:most]}
    if base:
        feed["feed_url"] = f"{base.rstrip('/')}/{name}.json"
    text = json.dumps(feed, ensure_ascii=False, indent=1) + "\n"
    ident = f"urn:watcher:{_urn(instance_of(payload))}:topic:{name}"
    return Feeds(name, text.encode("utf-8", "replace").decode(), _atom(feed, ident, name, base))


def _items(before: str | None) -> list[Shape]:
    if before is None:
        return []
    feed = json.loads(before)
    items = feed.get("items") if isinstance(feed, dict) else None
    if not isinstance(items, list) or not all(
        isinstance(one, dict) and "id" in one and "told" in one.get("_watcher", {}) for one in items
    ):
        raise ValueError("no feed of ours")
    return items


def _item(item: Mapping[str, Any], payload: Mapping[str, Any]) -> Shape:
    """The payload's item under an id of its own: an article that is told of twice is two items."""
    one = dict(item)
    alone = {**payload, "data": {**payload["data"], "items": [item]}}
    one["id"] = f"urn:watcher:{_urn(str(payload['id']))}:{_urn(str(item['id']))}"
    one["content_html"] = message(brief(alone), MATRIX)
    one.pop("content_text", None)
    about = payload["data"].get("_watcher") or {}
    one["date_modified"] = payload["time"]
    one["_watcher"] = {
        **(item.get("_watcher") or {}),
        "alert": about.get("alert"),
        "article": item["id"],
        "told": payload["time"],
    }
    return one


def _urn(text: str) -> str:
    return re.sub(r"[^A-Za-z0-9_.-]", "-", text) or "-"


def _atom(feed: Shape, ident: str, name: str, base: str | None) -> str:
    root = ET.Element(f"{{{ATOM}}}feed")
    _add(root, "id", ident)
    _add(root, "title", feed["title"])
    told = [one["_watcher"]["told"] for one in feed["items"]]
    _add(root, "updated", max(told, default="1970-01-01T00:00:00Z"))
    _add(_add(root, "author"), "name", "watcher")
    if base:
        _add(root, "link", rel="self", href=f"{base.rstrip('/')}/{name}.atom")
    for item in feed["items"]:
        _entry(root, item)
    ET.register_namespace("", ATOM)
    text = ET.tostring(root, encoding="unicode")
    return f'<?xml version="1.0" encoding="utf-8"?>\n{text}\n'


def _entry(root: ET.Element, item: Shape) -> None:
    entry = _add(root, "entry")
    _add(entry, "id", item["id"])
    _add(entry, "title", one_line(item.get("title") or "(no title)", 300))
    _add(entry, "updated", item["_watcher"]["told"])
    published = parse_date(item.get("date_published") or "")
    if published is not None and published.precision != "day":
        _add(entry, "published", item["date_published"])
    link = href(str(item.get("url") or ""))
    if link:
        _add(entry, "link", rel="alternate", href=link)
    outlet = (item["_watcher"].get("outlet") or {}).get("name")
    for person in [*(one["name"] for one in item.get("authors") or ()), outlet]:
        if person:
            _add(_add(entry, "author"), "name", person)
    for tag in item.get("tags") or ():
        _add(entry, "category", term=tag)
    _add(entry, "content", item["content_html"], type="html")


def _add(parent: ET.Element, tag: str, text: str = "", **facts: str) -> ET.Element:
    clean = {key: _NO_XML.sub("\ufffd", value) for key, value in facts.items()}
    made = ET.SubElement(parent, f"{{{ATOM}}}{tag}", clean)
    if text:
        made.text = _NO_XML.sub("\ufffd", text)
    return made
