"""Every topic over one article."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from watcher.model.topic import Scope, Span, TopicSpec
from watcher.text.language import canonical_tag
from watcher.text.names import squash
from watcher.topics.ast import Query
from watcher.topics.document import Document
from watcher.topics.evaluate import deciding_clause, evaluate


@dataclass(frozen=True, slots=True)
class Found:
    """A topic that is true on a document. `clause`: what decided, as written."""

    topic: str
    version: int
    clause: str
    spans: tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class _Article:
    """What a scope asks about, besides the text; sets folded as scopes compare them."""

    language: str | None
    outlet_domain: str
    outlet_name: str
    feeds: frozenset[str]
    tags: frozenset[str]


class Matcher:
    """The topics of one configuration, ready to be asked about articles. Holds no state."""

    def __init__(
        self,
        topics: Sequence[TopicSpec],
        queries: Mapping[str, Query],
        versions: Mapping[str, int],
    ) -> None:
        """`queries` and `versions` by topic name, one for each of `topics`."""
        self._topics = [(t.topic, versions[t.topic], t.scope, queries[t.topic]) for t in topics]

    def match(
        self,
        document: Document,
        *,
        language: str | None,
        outlet_domain: str,
        outlet_name: str,
        feeds: Collection[str],
        tags: Collection[str],
    ) -> list[Found]:
        """The topics that hold, in the order of the configuration.

        `feeds`: whatever names the article's feeds (ids, URLs, titles); `tags`: the feeds' tags.
        """
        article = _Article(
            canonical_tag(language),
            outlet_domain.lower(),
            squash(outlet_name),
            frozenset(feeds),
            frozenset(map(squash, tags)),
        )
        found = []
        for topic, version, scope, query in self._topics:
            if _in_scope(scope, article):
                spans = evaluate(query, document)
                if spans is not None:
                    clause = deciding_clause(query.root, document)
                    found.append(Found(topic, version, clause, tuple(spans)))
        return found


def _in_scope(scope: Scope, article: _Article) -> bool:
    """An empty list asks for nothing; an article of unknown language is in no named one."""
    if scope == _EVERYWHERE:
        return True
    if scope.tags and article.tags.isdisjoint(map(squash, scope.tags)):
        return False
    if scope.feeds and article.feeds.isdisjoint(scope.feeds):
        return False
    if scope.langs and not any(_speaks(article.language, lang) for lang in scope.langs):
        return False
    if scope.outlets and not any(_is_outlet(article, name) for name in scope.outlets):
        return False
    return not any(_is_outlet(article, name) for name in scope.not_outlets)


_EVERYWHERE = Scope()


def _speaks(language: str | None, wanted: str) -> bool:
    """`en` takes in `en-GB` (RFC 4647 §3.3.1, basic filtering)."""
    if language is None:
        return False
    tag = (canonical_tag(wanted) or wanted).lower()
    return language.lower() == tag or language.lower().startswith(f"{tag}-")


def _is_outlet(article: _Article, wanted: str) -> bool:
    """By name, or by domain with everything below it."""
    domain = wanted.lower().removeprefix("www.")
    if article.outlet_domain == domain or article.outlet_domain.endswith(f".{domain}"):
        return True
    return bool(article.outlet_name) and squash(wanted) == article.outlet_name
