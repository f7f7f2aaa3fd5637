"""How services name their feeds: the rules of `hosts.toml` (spec `polling` §7)."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any
from urllib.parse import urlsplit

from watcher.model.source import Candidate
from watcher.text import urls


@dataclass(frozen=True, slots=True)
class HostRule:
    """One rule; what its fields say is written at the top of `hosts.toml`."""

    name: str
    feeds: tuple[str, ...]
    host: re.Pattern[str] | None = None
    path: re.Pattern[str] | None = None
    sign: re.Pattern[str] | None = None
    read: re.Pattern[str] | None = None
    extra: tuple[tuple[str, str], ...] = ()
    note: str | None = None

    @property
    def needs_page(self) -> bool:
        return self.sign is not None or self.read is not None

    @property
    def of_any_page(self) -> bool:
        """It knows the software alone: its feed is the whole site's."""
        return self.host is None and self.path is None


def host_feeds(
    url: str, markup: str | None = None, *, whole_sites: bool = True
) -> tuple[Candidate, ...]:
    """The feeds that the first fitting rule names for the page at `url`; none where none fits.
    Without `markup` only rules that need no look at the page are asked; without `whole_sites` none
    that would give any page of a site the same feed."""
    name = urls.host(url).removeprefix("www.")
    if not name:
        return ()
    for rule in rules():
        if (rule.needs_page and markup is None) or (rule.of_any_page and not whole_sites):
            continue
        found = _fits(rule, url, name, markup or "")
        if found is not None:
            return _candidates(rule, found)
    return ()


@cache
def rules() -> tuple[HostRule, ...]:
    """All rules, in order."""
    held = tomllib.loads(files("watcher.feeds").joinpath("hosts.toml").read_text("utf-8"))
    return tuple(_rule(one) for one in held["rule"])


def _rule(held: Mapping[str, Any]) -> HostRule:
    def pattern(key: str) -> re.Pattern[str] | None:
        return re.compile(held[key], re.I) if key in held else None

    return HostRule(
        name=held["name"],
        feeds=tuple(held["feeds"]),
        host=pattern("host"),
        path=pattern("path"),
        sign=pattern("sign"),
        read=re.compile(held["read"]) if "read" in held else None,
        extra=tuple((one, what) for one, what in held.get("extra", ())),
        note=held.get("note"),
    )


def _fits(rule: HostRule, url: str, name: str, markup: str) -> dict[str, str] | None:
    """What fills the addresses of the rule's feeds, or None where it does not fit."""
    if rule.host is not None and not rule.host.fullmatch(name):
        return None
    parts = urlsplit(url)
    asked = f"?{parts.query}" if parts.query else ""
    on_path = rule.path.fullmatch(f"{parts.path or '/'}{asked}") if rule.path else None
    if rule.path is not None and on_path is None:
        return None
    if rule.sign is not None and not rule.sign.search(markup):
        return None
    on_page = rule.read.search(markup) if rule.read else None
    if rule.read is not None and on_page is None:
        return None
    origin = urls.origin(url)
    groups = {**(on_path.groupdict("") if on_path else {})}
    groups.update(on_page.groupdict("") if on_page else {})
    page = f"{origin}{parts.path.rstrip('/')}"
    return {**groups, "origin": origin, "page": page, "query": parts.query}


def _candidates(rule: HostRule, found: Mapping[str, str]) -> tuple[Candidate, ...]:
    why = f"{rule.name}: this is how it names its feeds"
    main = [Candidate(one.format_map(found), "host", why, note=rule.note) for one in rule.feeds]
    more = [
        Candidate(one.format_map(found), "host", why, aside=what, note=rule.note)
        for one, what in rule.extra
    ]
    return (*main, *more)
