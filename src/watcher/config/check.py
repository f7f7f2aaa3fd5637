"""What no single key can tell: names that must exist, addresses twice, queries that must read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from difflib import get_close_matches
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from watcher.config.access import plays_a_browser
from watcher.config.channels import EmailChannelModel
from watcher.config.check_channels import check_channels
from watcher.config.ignore import check_rules
from watcher.config.models import Config, Feed
from watcher.config.positions import Document
from watcher.config.values import private, public_url
from watcher.config.ways import channel_of
from watcher.errors import ConfigError, QueryError, WatcherError
from watcher.model.when import MINUTE, SECOND
from watcher.text.names import squash
from watcher.text.urls import host, join, normalise, origin
from watcher.topics.ast import Query
from watcher.topics.parse import parse_query

FLOOR = 15 * MINUTE


def check(
    config: Config, listed: Sequence[Feed], document: Document, whole: Any, folder: Path
) -> tuple[list[WatcherError], dict[str, Query], list[str]]:
    """Problems, the parsed queries by topic, and warnings. `listed` are the feeds of the lists that
    `config` names; `document` is what it was made of; `whole` also has the parts that were left
    out of both: their names are known. `folder`: where the file is."""
    problems: list[WatcherError] = []
    warnings: list[str] = []
    _feeds(config, document, problems)
    _access(config, document, problems, warnings)
    _channels(config, document, whole, problems)
    check_channels(config, document, whole, folder, problems, warnings)
    _speed(config, listed, document, whole, problems)
    queries = _queries(config, document, whole, problems, warnings)
    check_rules(config, document, whole, problems)
    warnings += _unknown_tags(config, listed)
    return problems, queries, warnings


def _unknown_tags(config: Config, listed: Sequence[Feed]) -> list[str]:
    """Tags that a scope asks for and no feed has: nothing can match there."""
    feeds = [one for one in (*config.feeds, *listed) if isinstance(one, Feed)]
    known = {squash(tag) for feed in feeds for tag in feed.tags}
    return [
        f"topic {name!r}: scope.tags: no feed is tagged {tag!r}"
        for name, topic in config.topics.items()
        for tag in topic.scope.tags
        if feeds and squash(tag) not in known
    ]


def _feeds(config: Config, document: Document, problems: list[WatcherError]) -> None:
    seen: dict[str, int] = {}
    for index, feed in enumerate(config.feeds):
        if not isinstance(feed, Feed):
            continue
        place = document.place(("feeds", index))
        if join("", feed.url) is None:
            problems.append(
                ConfigError(
                    "WTC-CFG-013",
                    f"{public_url(feed.url)!r} is no address of a feed",
                    hint="write it whole, for example https://example.org/feed",
                    place=document.place(("feeds", index, "url")),
                )
            )
            continue
        names = [name for name in (feed.id, normalise(feed.url)) if name]
        first = [seen[name] for name in names if name in seen]
        if first:
            problems.append(
                ConfigError(
                    "WTC-CFG-014",
                    f"this feed is there twice: {public_url(feed.url)}"
                    f" (first in line {min(first)})",
                    hint="remove one of the two",
                    place=place,
                )
            )
        for name in names:
            seen.setdefault(name, place.line or 0)


def _access(
    config: Config, document: Document, problems: list[WatcherError], warnings: list[str]
) -> None:
    """What single keys of a feed's own way to be asked cannot tell."""
    for index, feed in enumerate(config.feeds):
        if not isinstance(feed, Feed):
            continue
        shown = public_url(feed.url)
        twice = feed.auth and next((n for n in feed.headers if n.lower() == "authorization"), None)
        if twice:
            problems.append(
                ConfigError(
                    "WTC-CFG-023",
                    f"{shown} has two logins: `auth` and the header {twice!r}",
                    hint="remove one of the two",
                    place=document.place(("feeds", index, "headers", twice), key=True),
                )
            )
        if plays_a_browser(feed.user_agent):
            warnings.append(f"{shown}: its user_agent is a browser's, which watcher is not")
        secret = feed.auth or feed.cookies or feed.headers
        if secret and origin(feed.url).startswith("http:") and not _near(feed.url, config):
            warnings.append(f"{shown}: its headers, login or cookies travel unencrypted (http)")
        if feed.tls == "insecure":
            warnings.append(f"{shown}: its certificate is not checked (tls: insecure)")


def _near(url: str, config: Config) -> bool:
    """A host that the user named: no stranger's."""
    return _is_allowed(url, config.net.allow)


def _named(whole: Any, section: str) -> Mapping[str, Any]:
    """What the file has under `section`, good or not."""
    held = whole.get(section) if isinstance(whole, Mapping) else None
    return held if isinstance(held, Mapping) else {}


def _channels(config: Config, document: Document, whole: Any, problems: list[WatcherError]) -> None:
    known = _named(whole, "channels")
    told: list[tuple[str, str, tuple[str | int, ...]]] = [
        (f"topic {topic!r} tells", channel_of(way), ("topics", topic, "channels", index))
        for topic, wanted in config.topics.items()
        for index, way in enumerate(wanted.channels)
    ]
    told += [
        ("alerts.notices tells", name, ("alerts", "notices", index))
        for index, name in enumerate(config.alerts.notices)
    ]
    for who, name, path in told:
        if name in known:
            continue
        close = get_close_matches(name, known, n=1)
        problems.append(
            ConfigError(
                "WTC-CFG-015",
                f"{who} the channel {name!r}, which is not under `channels:`",
                hint=f"did you mean `{close[0]}`?" if close else "add it there",
                place=document.place(path),
                suggestion=close[0] if close else None,
            )
        )
    mails = [name for name, one in config.channels.items() if isinstance(one, EmailChannelModel)]
    if mails and not (isinstance(whole, Mapping) and "email" in whole):
        problems.append(
            ConfigError(
                "WTC-CFG-016",
                f"the channel {mails[0]!r} sends mail, but no mail server is named",
                hint="add `email: {host: localhost, port: 25, sender: you@example.org}`",
                place=document.place(("channels", mails[0]), key=True),
            )
        )


def _speed(
    config: Config,
    listed: Sequence[Feed],
    document: Document,
    whole: Any,
    problems: list[WatcherError],
) -> None:
    """The floor may go below 15 minutes only where every fetched host is allowed: without feeds
    nobody is asked too often. Where a feed or host has a problem of its own, that cannot be told
    yet."""
    if isinstance(whole, Mapping) and any(
        whole.get(section) != document.value.get(section) for section in ("feeds", "net")
    ):
        return
    feeds = [one for one in (*config.feeds, *listed) if isinstance(one, Feed)]
    place = document.place(("poll", "floor"))
    low = config.poll.floor < FLOOR
    if low and not all(_is_allowed(one.url, config.net.allow) for one in feeds):
        problems.append(
            ConfigError(
                "WTC-CFG-017",
                "poll.floor may be below 15m only where every feed's host is in net.allow",
                hint="write 15m or more: publishers block pollers that come more often",
                place=place,
            )
        )
    elif config.poll.floor < SECOND:
        problems.append(
            ConfigError(
                "WTC-CFG-017", "poll.floor is at least 1s", hint="write 1s or more", place=place
            )
        )


def _is_allowed(url: str, allow: tuple[str, ...]) -> bool:
    name = host(url)
    if not name:
        return True  # no address at all: told already
    parts = urlsplit(url.strip())
    port = parts.port or (443 if parts.scheme.lower() == "https" else 80)
    return any(private(rule).names(name.strip("[]"), port) for rule in allow)


def _queries(
    config: Config,
    document: Document,
    whole: Any,
    problems: list[WatcherError],
    warnings: list[str],
) -> dict[str, Query]:
    # An alias with a problem of its own is none that a query could be blamed for.
    aliases = dict.fromkeys(_named(whole, "aliases"), ("word",)) | config.aliases
    saved = {name: topic.query for name, topic in config.topics.items()}
    queries: dict[str, Query] = {}
    for name, topic in config.topics.items():
        try:
            queries[name] = parse_query(topic.query, aliases, saved)
        except QueryError as error:
            problems.append(_query_problem(error, name, document))
            continue
        warnings += [f"topic {name!r}: {one.message}" for one in queries[name].warnings]
    return queries


def _query_problem(
    error: QueryError,
    topic: str,
    document: Document,
) -> ConfigError:
    spot = document.place(("topics", topic, "query"))
    place = replace(error.place, file=spot.file, line=spot.line, column=spot.column)
    return ConfigError(
        error.code,
        f"topic {topic!r}: {error.message}",
        hint=error.hint,
        place=place,
        suggestion=error.suggestion,
    )
