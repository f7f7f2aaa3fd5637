"""What a changed config.yaml changes, in a line each: told before it is taken over."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import fields
from typing import Any

from watcher.config.settings import Settings

# What a running daemon cannot change under its feet.
RESTART = ("database", "net", "listen")
PLAIN = (
    *("every", "floor", "cap", "budget", "patience", "keep_noarchive", "keep_pages", "backlog"),
    *("recipes", "recheck", "ignore", "notices", "aliases", "outlets", "outlet_names", "mail"),
)


def changes(old: Settings, new: Settings) -> list[str]:
    """`+` what comes, `-` what goes, `~` what is otherwise, by name. None: nothing is."""
    return [
        *_named("feed", {one.feed: one for one in old.feeds}, {one.feed: one for one in new.feeds}),
        *_access(old, new),
        *_named("topic", _by(old.topics, "topic"), _by(new.topics, "topic")),
        *_named("channel", _by(old.channels, "name"), _by(new.channels, "name")),
        *_plain(old, new),
    ]


def needs_restart(old: Settings, new: Settings) -> list[str]:
    """The keys that changed and that only a restart takes over."""
    return [name for name in RESTART if getattr(old, name, None) != getattr(new, name, None)]


def _by(things: Sequence[Any], key: str) -> dict[Hashable, Any]:
    return {getattr(one, key): one for one in things}


def _named(what: str, old: Mapping[Any, Any], new: Mapping[Any, Any]) -> Iterator[str]:
    for name in new:
        if name not in old:
            yield f"+ {what} {_title(name, new[name])}"
    for name in old:
        if name not in new:
            yield f"- {what} {_title(name, old[name])}"
    for name in new:
        keys = _keys(old[name], new[name]) if name in old else []
        if keys:
            yield f"~ {what} {_title(name, new[name])}: {', '.join(keys)}"


def _title(name: object, thing: Any) -> str:
    """A feed by its address, all else by its name."""
    return str(getattr(thing, "url", name) if hasattr(thing, "feed") else name)


def _keys(old: Any, new: Any) -> list[str]:
    if type(old) is not type(new):
        return ["type"]
    differ = [one.name for one in fields(new) if getattr(old, one.name) != getattr(new, one.name)]
    return [name for name in differ if not (name == "topics" and hasattr(new, "feed"))]  # derived


def _access(old: Settings, new: Settings) -> Iterator[str]:
    known = {one.feed: one.url for one in new.feeds}
    for feed, url in known.items():
        if any(one.feed == feed for one in old.feeds) and old.access.get(feed) != new.access.get(
            feed
        ):
            yield f"~ feed {url}: how it is asked"


def _plain(old: Settings, new: Settings) -> Iterator[str]:
    for name in PLAIN:
        if getattr(old, name, None) != getattr(new, name, None):
            yield f"~ {name}"
