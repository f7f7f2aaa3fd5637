"""Whether a page asks not to be archived (spec `polling` §5, check 72)."""

from __future__ import annotations

import re
from collections.abc import Mapping

from watcher.articles.tree import Tree

TOKEN = "watcher"

# `unavailable_after` is a rule whose value holds a colon too; every other name before a colon is
# a robot's.
_AGENT = re.compile(r"\s*([a-z0-9_-]+)\s*:", re.I)
_WITH_VALUE = frozenset(
    {"unavailable_after", "max-snippet", "max-image-preview", "max-video-preview"}
)


def asked(tree: Tree, headers: Mapping[str, str]) -> str | None:
    """By what the page asks it, or None. `headers`: names in lower case, repeated ones joined."""
    if _forbids(headers.get("x-robots-tag", "")):
        return "X-Robots-Tag: noarchive"
    for name in ("robots", TOKEN):
        if any(_rules(text) & {"noarchive"} for text in tree.metas_of(name)):
            return f"meta {name}: noarchive"
    if "no-store" in _rules(headers.get("cache-control", "")):
        return "Cache-Control: no-store"
    return None


def _forbids(header: str) -> bool:
    """Rules stand for everybody until a robot is named; from there on they are for that one."""
    ours = True
    for part in header.split(","):
        agent = _AGENT.match(part)
        rule = part
        if agent and agent[1].lower() not in _WITH_VALUE:
            ours = agent[1].lower() == TOKEN
            rule = part[agent.end() :]
        if ours and rule.strip().lower() == "noarchive":
            return True
    return False


def _rules(text: str) -> set[str]:
    return {part.strip().lower() for part in text.split(",")}
