"""Is a text news of the article: the decision between a new article, a revision and nothing new.

How its changes are named: `articles.changes`.
"""

from __future__ import annotations

from dataclasses import dataclass

from watcher.articles.changes import changes as changes_of
from watcher.articles.gone import lost
from watcher.articles.reread import differences
from watcher.model.article import ArticleDraft, ArticleText, ChangeKind, StoredText, TextSource

# Which text stands in for which: never the lesser for the better.
_RANK: dict[TextSource, int] = {"feed": 0, "import": 1, "page": 2}


@dataclass(frozen=True, slots=True)
class NewArticle:
    why: str = "first seen"


@dataclass(frozen=True, slots=True)
class NewRevision:
    changes: tuple[ChangeKind, ...]
    why: str


@dataclass(frozen=True, slots=True)
class Unchanged:
    why: str


Step = NewArticle | NewRevision | Unchanged


def revise(latest: StoredText | None, draft: ArticleDraft) -> Step:
    """Compares a draft with the newest revision at its address.

    Only the article's own words count: title, body, byline and credit. Blanks, what stands around
    it (related links, navigation, tags) and lines that change by themselves (counters, the page's
    clock) make no revision.
    """
    if latest is None:
        return NewArticle()
    before, after = latest.text, draft.text
    if draft.reread:
        return _reread(before, after)
    if _RANK[after.source] < _RANK[before.source]:
        return Unchanged(f"the {after.source}'s text does not replace the {before.source}'s")
    if before.source == "feed" and after.source == "page":
        return NewRevision(("fulltext",), "the page's text in place of the feed's")
    if after.source == "page" and before.body and not after.body:
        return Unchanged("the page came without a text: the stored one is kept")
    kept = _kept(before, after)
    if kept is not None:
        return Unchanged(kept)
    changes = changes_of(before, after)
    if not changes:
        return Unchanged("title, text, byline and credit are the same")
    return NewRevision(changes, "changed: " + ", ".join(changes))


def _reread(before: ArticleText, after: ArticleText) -> Step:
    """The page is the one that was read before: whatever differs is our doing."""
    if before.source != "page":
        return Unchanged("its newest text is not a page's")
    if before.body and not after.body:
        return Unchanged("read again the page has no text: the stored one is kept")
    found = differences(before, after)
    if not found:
        return Unchanged("read again it is the same")
    names = ", ".join(one.field for one in found)
    return NewRevision(
        (*changes_of(before, after), "reread"), f"read again by other rules: {names}"
    )


def _kept(before: ArticleText, after: ArticleText) -> str | None:
    """Why a page's text is no version of the stored one: too little is left of it."""
    if after.source != "page" or before.source != "page":
        return None
    kind = lost(before, after.body, after.state)
    return None if kind is None else f"the page was {kind}: the stored text is kept"
