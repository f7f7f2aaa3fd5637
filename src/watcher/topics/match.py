"""Every topic over one article."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from watcher.model.topic import Scope, Span, TopicSpec
from watcher.topics.ast import Node, Query
from watcher.topics.document import Document
from watcher.topics.engine import TUNED, Anchor, Frequencies, Table, anchors, ordered
from watcher.topics.evaluate import deciding_clause, holds, spans_of
from watcher.topics.scope import in_scope


@dataclass(frozen=True, slots=True)
class Found:
    """A topic that is true on a document. `clause`: what decided, as written."""

    topic: str
    version: int
    clause: str
    spans: tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class _Topic:
    """`quick`: the query in the order that is soonest decided."""

    name: str
    version: int
    scope: Scope
    query: Query
    quick: Node


class Matcher:
    """The topics of one configuration, ready to be asked about articles. A changed configuration
    is a new Matcher; `known` can be handed on, and is all that it learns."""

    def __init__(
        self,
        topics: Sequence[TopicSpec],
        queries: Mapping[str, Query],
        versions: Mapping[str, int],
        known: Frequencies | None = None,
    ) -> None:
        """`queries` and `versions` by topic name, one for each of `topics`."""
        self.known = known or Frequencies()
        self._tuned = sum(self.known.articles >= enough for enough in TUNED)
        self._topics = [
            _Topic(
                one.topic,
                versions[one.topic],
                one.scope,
                queries[one.topic],
                ordered(queries[one.topic].root, self.known),
            )
            for one in topics
        ]
        self._index()

    def _index(self) -> None:
        looked_for: dict[Anchor, list[int]] = {}
        always: list[int] = []
        for number, topic in enumerate(self._topics):
            found = anchors(topic.query.root, self.known)
            if found is None:
                always.append(number)
                continue
            for anchor in found[1]:
                looked_for.setdefault(anchor, []).append(number)
        tables = [
            (margin, Table([anchor[1] for anchor in part]), [looked_for[anchor] for anchor in part])
            for margin in (False, True)
            if (part := [anchor for anchor in looked_for if anchor[0] is margin])
        ]

        self._indexed = always, tables  # at once: another thread may be matching

    def match(self, document: Document) -> list[Found]:
        """The topics that hold, in the order of the configuration."""
        return [
            Found(
                topic.name,
                topic.version,
                deciding_clause(topic.query.root, document),
                tuple(spans_of(topic.query.root, document)),
            )
            for topic in self._holding(document)
        ]

    def any_true(self, document: Document) -> bool:
        return next(iter(self._holding(document)), None) is not None

    def first(self, document: Document) -> str | None:
        """The query, as written, of the first topic that holds."""
        found = next(iter(self._holding(document)), None)
        return None if found is None else found.query.text

    def _holding(self, document: Document) -> Iterable[_Topic]:
        self._learn(document.row.text)
        for number in sorted(self._candidates(document)):
            topic = self._topics[number]
            if in_scope(topic.scope, document.facts) and holds(topic.quick, document):
                yield topic

    def _learn(self, row: str) -> None:
        """Chooses the anchors again when enough is known of what is rare: a guess by length is
        far worse."""
        self.known.learn(row)
        if self._tuned < len(TUNED) and self.known.articles >= TUNED[self._tuned]:
            self._tuned += 1
            self._index()

    def _candidates(self, document: Document) -> set[int]:
        always, tables = self._indexed
        found = set(always)
        for margin, table, topics in tables:
            row = document.margin if margin else document.row
            for number in table.scan(row.text):
                found.update(topics[number])
        return found
