"""Signs that an article is gone. Each may be an accident: `articles.recheck` decides whether it is.
What says nothing of the article is no sign: a server in trouble, a network that is down, a wall of
consent, a page that only a browser could read."""

from __future__ import annotations

from collections import Counter
from urllib.parse import urlsplit

from watcher.model.article import ArticleText, Extraction, PageState
from watcher.model.page import FetchFailed
from watcher.model.recheck import GoneKind, Sign
from watcher.text.diff import likeness
from watcher.text.normalise import fold
from watcher.text.urls import key

KNOWN = 60  # words: of a shorter text a loss cannot be told
LEFT = 0.3  # share of the words (spec `matching` §7): less is no version of the text
TEASER = 0.7
ALIKE = 0.3  # likeness of words: less, behind a redirect, is another article

_GONE = {
    404: "not found (404)",
    410: "gone for good (410)",
    451: "unavailable for legal reasons (451)",
}
_FRONTS = frozenset({"", "index.html", "index.php", "index.htm", "home", "default.aspx", "404"})


def of_failure(failed: FetchFailed) -> Sign | None:
    """Of an answer without a page. 401, 403 and 429 are said to robots too: no sign."""
    if failed.kind != "status" or failed.status not in _GONE:
        return None
    return Sign("gone", f"the server says {_GONE[failed.status]}", failed.status != 404)


def of_page(asked: str, read: Extraction, before: ArticleText) -> Sign | None:
    """Of a page that was had. `asked`: the article's address; `read.url`: where its page stood."""
    if read.state.kind in {"consent", "needs_rendering"}:
        return None
    moved = key(asked) != key(read.url)
    if moved and is_front(asked, read.url):
        return Sign("redirected", f"its address leads to {read.url}")
    if read.state.kind == "soft404":
        return Sign("gone", f"the page says that it is not there: {_short(read.title)}")
    if moved and not _is_version(read, before):
        return Sign("redirected", f"its address leads to another page, {read.url}")
    kind = lost(before, read.body, read.state)
    if kind is None:
        return None
    words, left = len(before.body.split()), len(read.body.split())
    said = f": {_short(read.body)}" if read.body and kind == "emptied" else ""
    return Sign(kind, f"{left} of {words} words are left{said}")


def lost(before: ArticleText, body: str, state: PageState) -> GoneKind | None:
    """How the text was lost where so little is left of it that it is no version of the article. A
    live page drops what is old."""
    words, left = len(before.body.split()), len(body.split())
    if words < KNOWN or state.kind == "live" or before.state.kind == "live":
        return None
    if state.kind == "teaser" and before.state.kind != "teaser" and left < TEASER * words:
        return "paywalled"
    return "emptied" if left < LEFT * words and before.state.kind != "teaser" else None


def is_front(asked: str, final: str) -> bool:
    """Whether an address below was led to a front page: of the site, or of a folder above."""
    old, new = urlsplit(asked).path.strip("/"), urlsplit(final).path.strip("/")
    if not old or old == new:
        return False
    parts = [part for part in new.split("/") if part]
    if not parts or (len(parts) == 1 and parts[0].lower() in _FRONTS):
        return True
    return old.startswith(f"{new}/")


def _is_version(read: Extraction, before: ArticleText) -> bool:
    """Whether what stands behind a redirect is this article, in whatever version."""
    if fold(read.title) == fold(before.title):
        return True
    one, other = Counter(fold(read.body).split()), Counter(fold(before.body).split())
    return likeness(one, other) >= ALIKE


def _short(text: str) -> str:
    said = " ".join(text.split())
    return f"“{said[:160]}…”" if len(said) > 160 else f"“{said}”"
