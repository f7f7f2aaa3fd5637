"""The port of the reading side of the store."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Literal, Protocol

from watcher.model.alert import (
    ChannelState,
    Mute,
)

if TYPE_CHECKING:
    from watcher.model.follow import FollowRow, OutletRow
    from watcher.model.kept import ArticleContext
    from watcher.model.recheck import Look
    from watcher.model.rows import (
        AlertRow,
        ArticleRow,
        DeliveryRow,
        FeedRow,
        FoundArticle,
        IgnoredRow,
        Page,
        StatusRow,
        StoryRow,
        TopicRow,
        VersionRow,
    )
    from watcher.model.site import SiteRow
    from watcher.model.topic import TopicVersion
    from watcher.model.when import Micros


class Reader(Protocol):
    """The reading side: its own connection, never a lock."""

    def feeds(self, *, limit: int, after: str | None = None) -> Page[FeedRow]: ...
    def feed(self, ident: str) -> FeedRow | None: ...
    def topics(self, *, now: Micros, limit: int, after: str | None = None) -> Page[TopicRow]: ...
    def stories(self, *, limit: int, after: str | None = None) -> Page[StoryRow]: ...
    def story(self, ident: str) -> StoryRow | None: ...
    def alerts(
        self, *, limit: int, after: str | None = None, topic: str | None = None
    ) -> Page[AlertRow]: ...
    def deliveries(
        self,
        *,
        limit: int,
        after: str | None = None,
        state: str | None = None,
        alert: str | None = None,
    ) -> Page[DeliveryRow]: ...
    def article(self, ident: str) -> ArticleRow | None:
        """By article id, URL (any that led to it) or `id:…`."""
        ...

    def look(self, article: str) -> Look | None:
        """What is known of an article's page from looking at it again; None: it never is."""
        ...

    def versions(self, article: str) -> tuple[VersionRow, ...]:
        """Every version of an article (by its id), oldest first."""
        ...

    def search(self, fts: str | None, *, before_key: int | None = None) -> Iterator[FoundArticle]:
        """Newest revisions that satisfy the FTS5 expression `fts` (None: all), newest first,
        from keys below `before_key`. The caller re-checks and stops when it has enough."""
        ...

    def delivery(self, ident: str) -> DeliveryRow | None: ...
    def channels(self) -> list[ChannelState]: ...
    def waiting(self) -> dict[str, int]:
        """Deliveries that are due or under way, by channel."""
        ...

    def alert(self, ident: str) -> AlertRow | None: ...
    def mutes(self, now: Micros) -> list[Mute]:
        """What is muted or snoozed at that time."""
        ...

    def topic_version(self, topic: str) -> TopicVersion | None:
        """The newest that was loaded."""
        ...

    def query(self, topic: str, version: int) -> str | None:
        """The topic's query as it was written in that version."""
        ...

    def followed(self, article: str) -> tuple[FollowRow, ...]:
        """The links of this article that are followed, in order."""
        ...

    def context(self, article: str) -> ArticleContext | None:
        """What reading the article's page anew needs; None where it is not stored any more."""
        ...

    def sites(self, host: str | None = None) -> tuple[SiteRow, ...]:
        """What was learned of all sites, or of one."""
        ...

    def outlets_met(self) -> tuple[OutletRow, ...]:
        """Outlets of articles that only following found and that no feed is of, those with most
        articles first."""
        ...

    def ranked(self, fts: str) -> tuple[bool, Iterator[FoundArticle]]:
        """The newest 5,000 of them, best first by BM25; whether there are more."""
        ...

    def found(self, ident: str) -> FoundArticle | None:
        """One article as a search has it, by article id, URL or `id:…`."""
        ...

    def outlets_stored(self) -> list[tuple[str, str]]:
        """Domain and name of every outlet that has an article."""
        ...

    def revised(self) -> Iterator[FoundArticle]:
        """Newest revisions of the articles that have older ones, newest first."""
        ...

    def arrived(self, articles: Sequence[str]) -> dict[str, Micros]:
        """When the first text of each was placed, or, where an archive brought it, when it was
        first seen."""
        ...

    def share(self, fts: str) -> float:
        """What part of all articles satisfies an FTS5 expression; 0 where there are too few."""
        ...

    def ignored(self, *, limit: int, after: str | None = None) -> Page[IgnoredRow]:
        """Articles that a block rule keeps from all topics, newest first."""
        ...

    def rules(self) -> dict[str, int]:
        """How many articles each block rule keeps from all topics, most first."""
        ...

    def counts(
        self, topic: str, by: Literal["day", "outlet", "lang"], since: Micros | None
    ) -> list[tuple[str, int]]:
        """Articles that ever matched the topic, by UTC day (in order), outlet or language (most
        first)."""
        ...

    def status(self, now: Micros) -> StatusRow: ...
    def close(self) -> None: ...
