"""How many topics look at each feed: one that nobody is told of is polled less."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from watcher.model.feed import FeedSpec
from watcher.model.topic import TopicSpec
from watcher.text.names import squash


def watched(feeds: Sequence[FeedSpec], topics: Sequence[TopicSpec]) -> tuple[FeedSpec, ...]:
    """`feeds` with the number of topics in whose scope each is. Where there are no topics at all,
    all are wanted alike."""
    if not topics:
        return tuple(feeds)
    named = {name for feed in feeds for name in _names(feed)}
    return tuple(
        replace(feed, topics=sum(_looks_at(topic, feed, named) for topic in topics))
        for feed in feeds
    )


def _looks_at(topic: TopicSpec, feed: FeedSpec, named: set[str]) -> bool:
    scope = topic.scope
    if scope.tags and set(map(squash, feed.tags)).isdisjoint(map(squash, scope.tags)):
        return False
    # A name that no feed is known by here may be the title that a feed gives itself.
    return not scope.feeds or any(name in _names(feed) or name not in named for name in scope.feeds)


def _names(feed: FeedSpec) -> tuple[str, ...]:
    return tuple(name for name in (feed.feed, feed.url, feed.title) if name)
