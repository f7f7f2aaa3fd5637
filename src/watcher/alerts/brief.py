"""A payload in brief: what a chat message, a notification or a feed entry says of it. One form for
an alert, a digest of several and a notice of watcher's own."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from watcher.alerts.wording import (
    Part,
    Shown,
    clean_url,
    credited,
    href,
    names,
    one_line,
    shown_hits,
    title_of,
    told,
    when,
)

MOST_CHANGES = 6


@dataclass(frozen=True, slots=True)
class Change:
    """A sentence that went (`-`) or came (`+`)."""

    op: str
    text: str


@dataclass(frozen=True, slots=True)
class Told:
    """One item. `url` as it is written, `href` where it opens in a browser; `facts` are lines of
    plain words: who, when, why, what else is known."""

    ident: str
    title: str
    url: str
    href: str | None
    byline: str
    when: str
    hits: tuple[Shown, ...]
    changes: tuple[Change, ...]
    facts: tuple[str, ...]
    words: str  # of a notice; else ""


@dataclass(frozen=True, slots=True)
class Brief:
    """`headline` is what a notification says in its one line; `omitted` counts what a digest left
    out."""

    headline: str
    topic: str
    items: tuple[Told, ...]
    omitted: int = 0

    @property
    def href(self) -> str | None:
        """What a click on a notification opens."""
        return next((one.href for one in self.items if one.href), None)


def brief(payload: Mapping[str, Any]) -> Brief:
    """Any payload of ours (see `alerts.payload`, `alerts.notice`)."""
    data = payload["data"]
    about = data.get("_watcher") or {}
    topic = str((about.get("topic") or {}).get("name") or "")
    items = tuple(_told(one, topic, about) for one in data["items"])
    return Brief(
        headline=_headline(data, topic, items),
        topic=topic,
        items=items,
        omitted=int((about.get("digest") or {}).get("omitted") or 0),
    )


def _headline(data: Mapping[str, Any], topic: str, items: Sequence[Told]) -> str:
    if not topic:
        return one_line(f"[watcher] {data['title']}", 250)
    if len(items) != 1:
        return one_line(str(data["title"]), 250)
    raw = data["items"][0].get("_watcher") or {}
    outlet = one_line((raw.get("outlet") or {}).get("name") or "")
    source = f" — {outlet}" if outlet else ""
    changed = "Changed: " if _number(raw) > 1 else ""
    return one_line(f"[{topic}] {changed}{one_line(items[0].title, 160)}{source}", 250)


def _told(item: Mapping[str, Any], topic: str, about: Mapping[str, Any]) -> Told:
    facts = item.get("_watcher")
    title = title_of({"title": item.get("title") or ""}, 300)
    url = str(item.get("url") or "")
    if not facts or "match" not in facts:
        words = one_line(item.get("content_text") or "", 2_000)
        return Told(item["id"], title, clean_url(url), href(url), "", "", (), (), (), words)
    return Told(
        ident=item["id"],
        title=title,
        url=clean_url(url),
        href=href(url),
        byline=one_line(" · ".join(names(item)), 300),
        when=when(item),
        hits=tuple(shown_hits(facts["match"].get("hits") or [])),
        changes=tuple(_changes(facts)),
        facts=tuple(_facts(facts, topic, about)),
        words="",
    )


def _number(facts: Mapping[str, Any]) -> int:
    return int((facts.get("revision") or {}).get("n") or 1)


def _changes(facts: Mapping[str, Any]) -> Iterator[Change]:
    for one in ((facts.get("revision") or {}).get("diff") or [])[:MOST_CHANGES]:
        yield Change(str(one["op"]), one_line(one["text"], 300))


def _facts(facts: Mapping[str, Any], topic: str, about: Mapping[str, Any]) -> Iterator[str]:
    clause = one_line(facts["match"].get("clause") or about.get("reason") or "", 300)
    if clause:
        yield f"Why: {topic}, because {clause}" if topic else f"Why: {clause}"
    credit = credited(facts.get("credit"))
    if credit is not None:
        yield f"Credits {credit[0]}: “{credit[1]}”"
    line = story_line(facts.get("story") or {})
    if line:
        yield line


def story_line(story: Mapping[str, Any]) -> str:
    """`Story: a copy of X; also at Y, Z`, or nothing where the article stands alone."""
    known = told(story)
    if known is None:
        return ""
    also = f"also at {known.also}" if known.also else ""
    original = f"{known.how} {known.outlet}" if known.how else ""
    return "Story: " + "; ".join(part for part in (original, also) if part)


def marked(parts: Sequence[Part]) -> str:
    return "".join(f"*{part.text}*" if part.marked else part.text for part in parts)
