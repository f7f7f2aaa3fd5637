"""Rematch: a topic that is new, or means something else now, over what is stored already."""

from __future__ import annotations

from collections.abc import Iterator

from watcher.model.topic import Match, TopicSpec
from watcher.model.when import Micros
from watcher.pipeline.backtest import published
from watcher.pipeline.topics import as_matches, rule_for
from watcher.ports import Reader
from watcher.topics.archive import plan
from watcher.topics.ast import Query
from watcher.topics.document import Document
from watcher.topics.facts import facts_of
from watcher.topics.match import Matcher


def rematch(
    reader: Reader,
    topic: TopicSpec,
    query: Query,
    version: int,
    since: Micros,
    rules: Matcher | None,
) -> Iterator[Match]:
    """The matches of every article's newest revision that was published (else first seen) at or
    after `since` and that no block rule keeps back."""
    matcher = Matcher([topic], {topic.topic: query}, {topic.topic: version})
    for found in reader.search(plan(query)):
        if published(found) < since:
            continue
        document = Document.of(found.text, facts_of(found))
        if rule_for(rules, document) is None:
            yield from as_matches(matcher.match(document), found.article, found.revision)
