"""Pages kept as they came, so that other rules can be tried on them later."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from watcher.model.article import ArticleText, Outlet
    from watcher.model.feed import Entry
    from watcher.model.when import Micros


@dataclass(frozen=True, slots=True)
class KeptPage:
    """A page as it was read. `url` is where it was had at last, `keep` how long it is kept."""

    url: str
    headers: Mapping[str, str]
    body: bytes
    at: Micros
    keep: Micros = 0


@dataclass(frozen=True, slots=True)
class ArticlePage:
    """The newest page that is kept of a stored article."""

    article: str
    page: KeptPage


@dataclass(frozen=True, slots=True)
class ArticleContext:
    """What is stored of an article, as reading its page anew needs it. `feeds` by all their
    names."""

    article: str
    url: str
    outlet: Outlet
    text: ArticleText
    first_seen: Micros
    entry: Entry | None
    feeds: tuple[str, ...]
    tags: tuple[str, ...]
    depth: int = 0


@dataclass(frozen=True, slots=True)
class FieldChange:
    """`diff`: lines of `- before` and `+ after`, for a long field only what differs."""

    field: str
    before: object
    after: object
    diff: tuple[str, ...] = ()
