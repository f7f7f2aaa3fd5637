"""Block rules: queries that keep articles from all topics, for every feed or for one."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from watcher.config.models import Config, Feed
from watcher.config.positions import Document
from watcher.errors import ConfigError, QueryError, WatcherError
from watcher.model.ids import feed_id
from watcher.model.topic import Scope, TopicSpec
from watcher.text.urls import normalise
from watcher.topics.ast import Query
from watcher.topics.parse import parse_query

Rule = tuple[TopicSpec, Query]


def check_rules(
    config: Config, document: Document, whole: Any, problems: list[WatcherError]
) -> None:
    """Adds a problem for each rule that cannot be read, at its place."""
    held = whole.get("aliases") if isinstance(whole, Mapping) else None
    aliases = dict.fromkeys(held if isinstance(held, Mapping) else (), ("word",)) | config.aliases
    for text, path in _written(config):
        try:
            parse_query(text, aliases, _saved(config))
        except QueryError as error:
            spot = document.place(path)
            place = replace(error.place, file=spot.file, line=spot.line, column=spot.column)
            problems.append(
                ConfigError(
                    error.code,
                    f"ignore: {error.message}",
                    hint=error.hint,
                    place=place,
                    suggestion=error.suggestion,
                )
            )


def rules(config: Config, listed: Sequence[Feed]) -> tuple[Rule, ...]:
    """The rules for all feeds, then those of each feed, as topics that look at it alone."""
    found = [_rule(text, Scope(), config) for text in config.ignore]
    for feed in (*config.feeds, *listed):
        if isinstance(feed, Feed):
            scope = Scope(feeds=(feed_id(feed.id or normalise(feed.url)),))
            found += [_rule(text, scope, config) for text in feed.ignore]
    return tuple(found)


def _rule(text: str, scope: Scope, config: Config) -> Rule:
    query = parse_query(text, config.aliases, _saved(config))
    return TopicSpec(text, text, query.meaning, scope), query


def _written(config: Config) -> Iterator[tuple[str, tuple[Hashable, ...]]]:
    for text in config.ignore:
        yield text, ("ignore",)
    for number, feed in enumerate(config.feeds):
        if isinstance(feed, Feed):
            for text in feed.ignore:
                yield text, ("feeds", number, "ignore")


def _saved(config: Config) -> dict[str, str]:
    return {name: topic.query for name, topic in config.topics.items()}
