"""Match: the topics of the config, compiled, against a text."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from watcher.model.article import ArticleDraft
from watcher.model.topic import Match, TopicSpec
from watcher.topics.document import Document
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

    def find(self, draft: ArticleDraft, origin: Origin) -> list[Found]:
        """The topics that are true on the draft's text, in the order of the config."""
        feeds = {name for name in (origin.feed, origin.url, origin.title, *origin.others) if name}
        return self.matcher.match(
            Document.of(draft.text),
            language=draft.text.language,
            outlet_domain=draft.outlet.domain,
            outlet_name=draft.outlet.name,
            feeds=feeds,
            tags=set(origin.tags),
        )

    def any_true(self, draft: ArticleDraft, origin: Origin) -> bool:
        return bool(self.find(draft, origin))


def as_matches(found: list[Found], article: str, revision: int) -> tuple[Match, ...]:
    return tuple(
        Match(one.topic, one.version, article, revision, one.clause, one.spans) for one in found
    )
