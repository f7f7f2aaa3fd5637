"""Whose patience a request costs."""

from __future__ import annotations

import re
from ipaddress import ip_address

from watcher.text.urls import host, port

# Platforms whose many host names are one service: a pause asked of one counts for all of them.
SHARED = frozenset(
    (
        "blogspot.com", "bsky.app", "feedburner.com", "github.com", "google.com",
        "livejournal.com", "medium.com", "reddit.com", "substack.com", "tumblr.com",
        "wordpress.com", "youtube.com",
    )
)  # fmt: skip


_LITERAL = re.compile(r":|[0-9]\Z")  # what every IP literal holds: a quick look before a slow one


def lane(name: str, number: int) -> str:
    """A lane is a host; for an IP literal, host and port (spec `interfaces`)."""
    if not _LITERAL.search(name):
        return name
    try:
        ip_address(name)
    except ValueError:
        return name
    return f"{name}|{number}"


def pause_key(url: str) -> str:
    """What is paused when the host of `url` asks for it: its lane, or the whole platform where
    many names are one service (spec `polling` §5, check 34). Empty for what is no address."""
    name = host(url)
    if _LITERAL.search(name):
        return lane(name, port(url))
    platform = ".".join(name.rsplit(".", 2)[-2:])
    return platform if platform in SHARED else name
