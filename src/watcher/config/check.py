"""What no single key can tell: names that must exist, addresses twice, queries that must read."""

from __future__ import annotations

from difflib import get_close_matches
from ipaddress import ip_address, ip_network

from watcher.config.models import Config, EmailChannelModel
from watcher.config.positions import Document
from watcher.errors import ConfigError, Place, QueryError, WatcherError
from watcher.model.when import MINUTE, SECOND
from watcher.text.urls import host, join, normalise
from watcher.topics.ast import Query
from watcher.topics.parse import parse_query

FLOOR = 15 * MINUTE


def check(
    config: Config, document: Document
) -> tuple[list[WatcherError], dict[str, Query], list[str]]:
    """Problems, the parsed queries by topic, and warnings."""
    problems: list[WatcherError] = []
    warnings: list[str] = []
    _feeds(config, document, problems)
    _channels(config, document, problems)
    _speed(config, document, problems)
    queries = _queries(config, document, problems, warnings)
    return problems, queries, warnings


def _feeds(config: Config, document: Document, problems: list[WatcherError]) -> None:
    seen: dict[str, int] = {}
    for index, feed in enumerate(config.feeds):
        path = ("feeds", index)
        if join(feed.url, "") is None:
            problems.append(
                ConfigError(
                    "WTC-CFG-013",
                    f"{feed.url!r} is no address of a feed",
                    hint="write it whole, for example https://example.org/feed",
                    place=document.place((*path, "url")),
                )
            )
            continue
        for name in {feed.id or "", normalise(feed.url)} - {""}:
            if seen.setdefault(name, index) != index:
                problems.append(
                    ConfigError(
                        "WTC-CFG-014",
                        f"this feed is there twice: {feed.url} (first as number {seen[name] + 1})",
                        hint="remove one of the two",
                        place=document.place(path),
                    )
                )


def _channels(config: Config, document: Document, problems: list[WatcherError]) -> None:
    for topic, wanted in config.topics.items():
        for index, name in enumerate(wanted.channels):
            if name in config.channels:
                continue
            close = get_close_matches(name, config.channels, n=1)
            problems.append(
                ConfigError(
                    "WTC-CFG-015",
                    f"topic {topic!r} tells the channel {name!r}, which is not under `channels:`",
                    hint=None if close else "add it there",
                    place=document.place(("topics", topic, "channels", index)),
                    suggestion=close[0] if close else None,
                )
            )
    mails = [name for name, one in config.channels.items() if isinstance(one, EmailChannelModel)]
    if mails and config.email is None:
        problems.append(
            ConfigError(
                "WTC-CFG-016",
                f"the channel {mails[0]!r} sends mail, but no mail server is named",
                hint="add `email: {host: localhost, port: 25, sender: you@example.org}`",
                place=document.place(("channels", mails[0]), key=True),
            )
        )


def _speed(config: Config, document: Document, problems: list[WatcherError]) -> None:
    """The floor may go below 15 minutes only where every fetched host is allowed."""
    allowed = all(_is_allowed(feed.url, config.net.allow) for feed in config.feeds)
    if config.poll.floor < FLOOR and not (allowed and config.feeds):
        problems.append(
            ConfigError(
                "WTC-CFG-017",
                "poll.floor may be below 15m only where every feed's host is in net.allow",
                hint="write 15m or more: publishers block pollers that come more often",
                place=document.place(("poll", "floor")),
            )
        )
    elif config.poll.floor < SECOND:
        problems.append(
            ConfigError(
                "WTC-CFG-017",
                "poll.floor is at least 1s",
                place=document.place(("poll", "floor")),
            )
        )


def _is_allowed(url: str, allow: tuple[str, ...]) -> bool:
    name = host(url)
    for rule in allow:
        if rule in {name, normalise(url).split("/")[2]}:
            return True
        try:
            if ip_address(name.strip("[]")) in ip_network(rule, strict=False):
                return True
        except ValueError:
            continue
    return False


def _queries(
    config: Config, document: Document, problems: list[WatcherError], warnings: list[str]
) -> dict[str, Query]:
    queries: dict[str, Query] = {}
    for name, topic in config.topics.items():
        try:
            queries[name] = parse_query(topic.query, config.aliases)
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
    place = document.place(("topics", topic, "query"))
    return ConfigError(
        error.code,
        f"topic {topic!r}: {error.message}",
        hint=error.hint,
        place=Place(place.file, place.line, place.column, error.place.offset, error.place.length),
        suggestion=error.suggestion,
    )
