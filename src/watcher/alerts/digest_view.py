"""A digest's payload as what its mail shows: the stories, each with its newest development first
and the other outlets' under it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any
from zoneinfo import ZoneInfo

from markupsafe import Markup

from watcher.alerts.wording import (
    Shown,
    Told,
    clean_url,
    day_and_time,
    href,
    instance_of,
    names,
    news,
    one_line,
    short_day,
    shown_hits,
    title_of,
    told,
    when,
)


@dataclass(frozen=True, slots=True)
class Line:
    """An article of a digest; `note` says what is new of one told before."""

    title: str
    url: str
    href: str | None
    lang: Markup | str
    byline: str
    when: str
    note: str
    hit: Shown | None
    story: Told | None


def digest_view(payload: Mapping[str, Any]) -> tuple[str, dict[str, Any]]:
    """The subject, and what the templates are handed."""
    about = payload["data"]["_watcher"]
    facts, topic = about["digest"], about["topic"]
    local = datetime.fromisoformat(facts["local"])
    said = _counts(facts)
    view = {
        "title": said,
        "when": f"From {_there(facts['from'], facts)} to {_there(facts['to'], facts)}",
        "stories": _stories(payload["data"]["items"]),
        "omitted": facts["omitted"],
        "topic": topic["name"],
        "version": topic["query_version"],
        "query": one_line(topic["query"], 2_000),
        "instance": instance_of(payload),
        "ids": f"Digest {about['alert']}",
        "waited": one_line(about["reason"], 300),
    }
    return one_line(f"[{topic['name']}] {said}, {short_day(local)}"), view


def _counts(facts: Mapping[str, Any]) -> str:
    stories = "story" if facts["stories"] == 1 else "stories"
    return f"{facts['articles']} new in {facts['stories']} {stories}"


def _there(stated: str, facts: Mapping[str, Any]) -> str:
    at = datetime.fromisoformat(stated).astimezone(ZoneInfo(facts["zone"]))
    return day_and_time(at.isoformat())


def _stories(items: Sequence[Mapping[str, Any]]) -> list[list[Line]]:
    def story(item: Mapping[str, Any]) -> str:
        return str(item["_watcher"].get("story", {}).get("id") or item["id"])

    return [[_line(item) for item in group] for _, group in groupby(items, story)]


def _line(item: Mapping[str, Any]) -> Line:
    facts = item["_watcher"]
    tag = re.fullmatch(r"[A-Za-z0-9-]{2,35}", item.get("language") or "")
    hits = list(shown_hits((facts.get("match") or {}).get("hits") or []))
    return Line(
        title=title_of(item, 400),
        url=clean_url(item["url"]),
        href=href(item["url"]),
        lang=Markup(' lang="{}"').format(tag[0]) if tag else "",
        byline=one_line(" · ".join(names(item)), 400),
        when=when(item),
        note=news(facts, facts),
        hit=hits[0] if hits else None,
        story=told(facts["story"]) if facts.get("story") else None,
    )
