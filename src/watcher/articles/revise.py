"""Is a text news of the article: the decision between a new article, a revision and nothing new.

In its first form a revision's changes are named by field; the classes within the body's words
come with the comparison of versions.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from watcher.model.article import ArticleDraft, ArticleText, ChangeKind, StoredText, TextSource
from watcher.text.normalise import fold

# Which text stands in for which: never the lesser for the better.
_RANK: dict[TextSource, int] = {"feed": 0, "import": 1, "page": 2}
_NUMBER = re.compile(r"\d[\d ]*")


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

    Only the article's own words count: title, body, byline and credit. Blanks, and what stands
    around it (related links, navigation, tags, the page's clock), make no revision.
    """
    if latest is None:
        return NewArticle()
    before, after = latest.text, draft.text
    if _RANK[after.source] < _RANK[before.source]:
        return Unchanged(f"the {after.source}'s text does not replace the {before.source}'s")
    if before.source == "feed" and after.source == "page":
        return NewRevision(("fulltext",), "the page's text in place of the feed's")
    if after.source == "page" and before.body and not after.body:
        return Unchanged("the page came without a text: the stored one is kept")
    changes = _changes(before, after, same=latest.text_hash == draft.text_hash)
    if not changes:
        return Unchanged("title, text, byline and credit are the same")
    return NewRevision(changes, "changed: " + ", ".join(changes))


def _changes(before: ArticleText, after: ArticleText, *, same: bool) -> tuple[ChangeKind, ...]:
    found: list[ChangeKind] = []
    if not same and fold(before.title) != fold(after.title):
        found.append("headline")
    if not same and fold(before.body) != fold(after.body):
        found.append(_of_body(before.body, after.body))
    if _folded(before.byline) != _folded(after.byline):
        found.append("byline")
    if _credited(before) != _credited(after):
        found.append("credit")
    if not found and _printed(before) != _printed(after):
        found.append("cosmetic")
    return tuple(found)


def _of_body(before: str, after: str) -> ChangeKind:
    """Whole paragraphs more or fewer, numbers alone, or other words."""
    old = {fold(part) for part in before.split("\n\n")}
    new = {fold(part) for part in after.split("\n\n")}
    if old < new:
        return "added"
    if new < old:
        return "removed"
    return (
        "number" if _NUMBER.sub("0", fold(before)) == _NUMBER.sub("0", fold(after)) else "wording"
    )


def _printed(text: ArticleText) -> tuple[list[str], list[str]]:
    """Title and body as printed, but for blanks."""
    return text.title.split(), text.body.split()


def _folded(names: tuple[str, ...]) -> list[str]:
    return [fold(name) for name in names]


def _credited(text: ArticleText) -> str | None:
    return fold(text.credit.outlet or "") if text.credit else None
