"""The lists of other readers, where they are not OPML: newsboat's `urls`, the feeds of Miniflux's
API, the subscriptions of the Google Reader API that FreshRSS speaks."""

from __future__ import annotations

import json
import shlex
from collections.abc import Iterable, Mapping
from typing import Any

from watcher.feeds.opml import Subscription, Subscriptions, parse_opml
from watcher.text.urls import join

MAX_WORDS = 200


def parse_newsboat(text: str) -> Subscriptions:
    """newsboat's `urls`: an address, then tags in quotes where they need them; `~` begins a title.
    What no address is (`query:`, `exec:`, `filter:`) is refused."""
    found: dict[str, Subscription] = {}
    refused = []
    for line in text.removeprefix("\ufeff").splitlines():
        words = _words(line)
        if not words:
            continue
        url = join(words[0], "")
        if url is None:
            refused.append(words[0][:MAX_WORDS])
            continue
        titles = [word[1:] for word in words[1:] if word.startswith("~")]
        tags = tuple(word for word in words[1:] if not word.startswith(("~", "!")))
        title = " ".join(titles[0].split())[:MAX_WORDS] if titles else None
        found.setdefault(url, Subscription(url, title or None, categories=tags))
    return Subscriptions(tuple(found.values()), tuple(refused))


def _words(line: str) -> list[str]:
    try:
        return shlex.split(line, comments=line.lstrip().startswith("#"))
    except ValueError:  # a quote that is never closed
        return line.split()


def parse_list(raw: bytes) -> Subscriptions:
    """An export of Miniflux or FreshRSS: OPML, or the JSON of their interfaces. Raises ValueError
    for what is neither."""
    if raw.lstrip()[:1] not in {b"[", b"{"}:
        return parse_opml(raw)
    try:
        held = json.loads(raw)
    except ValueError as error:
        raise ValueError(f"the JSON cannot be read: {error}") from error
    rows = held.get("subscriptions", held.get("feeds")) if isinstance(held, dict) else held
    if not isinstance(rows, list):
        raise ValueError("it holds no list of feeds")
    return _from_rows(row for row in rows if isinstance(row, dict))


def _from_rows(rows: Iterable[Mapping[str, Any]]) -> Subscriptions:
    found: dict[str, Subscription] = {}
    refused = []
    for row in rows:
        stated = str(row.get("feed_url") or row.get("url") or _greader(row) or "")
        url = join(stated, "")
        if url is None:
            refused.append(stated[:MAX_WORDS])
            continue
        title = " ".join(str(row.get("title") or "").split())[:MAX_WORDS] or None
        site = row.get("site_url") or row.get("htmlUrl")
        found.setdefault(
            url,
            Subscription(url, title, _folders(row), site_url=str(site) if site else None),
        )
    return Subscriptions(tuple(found.values()), tuple(refused))


def _greader(row: Mapping[str, Any]) -> str | None:
    ident = row.get("id")
    return ident.removeprefix("feed/") if isinstance(ident, str) else None


def _folders(row: Mapping[str, Any]) -> tuple[str, ...]:
    """Miniflux has one category, the Google Reader API a list of them."""
    one = row.get("category")
    held = [one] if isinstance(one, dict) else row.get("categories")
    if not isinstance(held, list):
        return ()
    names = [each.get("title") or each.get("label") for each in held if isinstance(each, dict)]
    return tuple(str(name) for name in names if name)[:1]
