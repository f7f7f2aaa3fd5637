"""Match: the topics of the config, compiled, against a text."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from watcher.model.article import ArticleDraft
from watcher.model.topic import Match, TopicSpec
from watcher.text.urls import host
from watcher.topics.ast import Query
from watcher.topics.document import Document
from watcher.topics.facts import Facts
from watcher.topics.match import Found, Matcher


@dataclass(frozen=True, slots=True)
class Origin:
    """The feed that led to a text; empty for one that no feed brought."""

    feed: str | None = None
    title: str | None = None
    url: str | None = None
    site_url: str | None = None
    tags: tuple[str, ...] = ()
    others: tuple[str, ...] = ()  # names of the feeds that turned out to be the same


@dataclass(frozen=True, slots=True)
class TopicDesk:
    """The loaded topics: what was written, and the engine made of it."""

    specs: Mapping[str, TopicSpec]
    matcher: Matcher
    rules: Matcher | None = None  # block rules, named by their queries
    _next: list[TopicDesk] = field(default_factory=list, compare=False, repr=False)

    def replaced_by(self, other: TopicDesk) -> None:
        """From now on what still stands here is matched by `other`."""
        self._next.append(other)

    def newest(self) -> TopicDesk:
        """What has taken this one's place, or itself."""
        desk = self
        while desk._next:
            desk = desk._next[-1]
        return desk

    def ignored(self, draft: ArticleDraft, origin: Origin) -> str | None:
        """The block rule that keeps the draft from all topics."""
        return rule_for(self.rules, _document(draft, origin))

    def find(self, draft: ArticleDraft, origin: Origin) -> list[Found]:
        """The topics that are true on the draft's text, in the order of the config."""
        return self.matcher.match(_document(draft, origin))

    def any_true(self, draft: ArticleDraft, origin: Origin) -> bool:
        document = _document(draft, origin)
        return rule_for(self.rules, document) is None and self.matcher.any_true(document)


def block_rules(rules: Sequence[tuple[TopicSpec, Query]]) -> Matcher | None:
    """Block rules as a matcher; one written twice for several feeds stands for each of them."""
    if not rules:
        return None
    specs = [replace(spec, topic=f"{n}") for n, (spec, _) in enumerate(rules)]
    queries = {f"{n}": query for n, (_, query) in enumerate(rules)}
    return Matcher(specs, queries, dict.fromkeys(queries, 0))


def rule_for(rules: Matcher | None, document: Document) -> str | None:
    """The first rule that is true of a document, as written."""
    return None if rules is None else rules.first(document)


def _document(draft: ArticleDraft, origin: Origin) -> Document:
    feeds = {name for name in (origin.feed, origin.url, origin.title, *origin.others) if name}
    published = draft.text.published
    facts = Facts(
        language=draft.text.language,
        host=host(draft.url),
        outlet_domain=draft.outlet.domain.lower(),
        outlet_name=draft.outlet.name,
        url="" if draft.url.startswith("id:") else draft.url,
        feeds=tuple(sorted(feeds)),
        tags=origin.tags,
        at=published.at if published else draft.seen_at,
    )
    return Document.of(draft.text, facts)


def as_matches(found: list[Found], article: str, revision: int) -> tuple[Match, ...]:
    return tuple(
        Match(one.topic, one.version, article, revision, one.clause, one.spans) for one in found
    )
