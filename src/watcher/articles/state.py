"""What a page is (spec `articles` §2.7): an article, or something that must not pass for one."""

from __future__ import annotations

import re
from collections.abc import Sequence

from watcher.articles import jsonld
from watcher.articles.blocks import Block, Zone
from watcher.articles.engine import count_words
from watcher.articles.tree import Tree
from watcher.model.article import PageState
from watcher.text import urls

SHORT = 40  # words: below, the page must show that it is an article
TEASER = 220  # words: more is a text whatever the marks say
_GONE = re.compile(
    r"\b404\b|page not found|not found|nicht gefunden|nuk u gjet|page introuvable|no encontrad[ao]"
    r"|non trovata|не найден|не существует|یافت نشد|پیدا نشد|غير موجود|الصفحة غير"
    r"|no longer available|nicht mehr verfügbar|existiert nicht",
    re.I,
)
_CONSENT = re.compile(
    r"cookie|consent|privacy|einwilligung|zustimm|datenschutz|tracking|gdpr|dsgvo|согласие", re.I
)
_SCRIPT_WALL = re.compile(
    r"enable javascript|javascript (?:is )?(?:required|disabled)|activ\w+ javascript"
    r"|javascript aktivieren",
    re.I,
)
_PAYWALL = re.compile(
    r"(?:\A|[\s_-])(?:paywall|premium-content|subscriber-only|subscription-required|piano-(?:container"
    r"|offer)|tp-container-inner|article-locked|gh-post-upgrade-cta|post-upgrade|metered|regwall)",
    re.I,
)
_LIVE = re.compile(r"(?:\A|[\s_-])live-?(?:blog|ticker)(?:[\s_-]|\Z)", re.I)
_ROOTS = frozenset({"root", "app", "__next", "__nuxt", "main-app"})


def judge(
    tree: Tree, blocks: Sequence[Block], title: str, body: str, dated: bool, described: str | None
) -> PageState:
    """The kind with its confidence, and what the page lacks."""
    words = count_words(body)
    lacks = tuple(
        name for name, has in (("title", title), ("body", words >= 20), ("date", dated)) if not has
    )
    kind, confidence = _kind(tree, blocks, title, words, dated, described)
    return PageState(kind, confidence, lacks)  # type: ignore[arg-type]


def _kind(
    tree: Tree, blocks: Sequence[Block], title: str, words: int, dated: bool, described: str | None
) -> tuple[str, float]:
    marked = bool(tree.article) or tree.meta("og:type") == "article"
    if _is_live(tree):
        return "live", 0.9
    if words >= TEASER:
        return ("article", 0.95) if marked or dated else _front_or_article(tree, words)
    if _behind_wall(tree):
        return "teaser", 0.9
    if words < SHORT:
        return _too_short(tree, blocks, title, words, marked and dated, described)
    return ("article", 0.9 if marked or dated else 0.6) if words >= SHORT else ("not_article", 0.5)


def _front_or_article(tree: Tree, words: int) -> tuple[str, float]:
    if not urls.key(tree.url).partition("/")[2] and tree.meta("og:type") in {None, "website"}:
        return "not_article", 0.7
    return "article", 0.8 if words >= 2 * TEASER else 0.7


def _too_short(
    tree: Tree, blocks: Sequence[Block], title: str, words: int, marked: bool, described: str | None
) -> tuple[str, float]:
    seen = " ".join(block.text for block in blocks[:60])
    if _GONE.search(title) or (words < 15 and _GONE.search(seen[:400])):
        return "soft404", 0.9
    if _CONSENT.search(title) or (words < 15 and len(_CONSENT.findall(seen)) >= 3 and not marked):
        return "consent", 0.7
    if _needs_script(tree, seen):
        return "needs_rendering", 0.8
    if marked and words >= 5:
        return "article", 0.6  # a flash: one sentence, but stated as an article with its date
    if marked and described:
        return "teaser", 0.5
    return "not_article", 0.7


def _needs_script(tree: Tree, seen: str) -> bool:
    hidden = " ".join(" ".join(e.itertext()) for e in tree.root.iter("noscript"))
    if _SCRIPT_WALL.search(hidden) or _SCRIPT_WALL.search(seen):
        return True
    roots = tree.root.xpath("//body/div[@id]/@id")
    return bool(_ROOTS & set(roots)) and count_words(seen) < 60


def _is_live(tree: Tree) -> bool:
    if any("liveblogposting" in jsonld.types(node) for node in tree.nodes):
        return True
    return any(
        _LIVE.search(e.get("class") or "") for e in tree.root.xpath("//article | //main | //body")
    )


def _behind_wall(tree: Tree) -> bool:
    stated = [node.get("isAccessibleForFree") for node in (tree.article, *tree.nodes)]
    said = next((value for value in stated if value is not None), None)
    if said is not None:
        return str(said).strip().lower().rsplit("/", 1)[-1] in {"false", "no", "0"}
    tier = (tree.meta("article:content_tier") or "").lower()
    if tier in {"locked", "metered"}:
        return True
    return any(_PAYWALL.search(e) for e in tree.root.xpath("//main//@class | //article//@class"))


def is_heading_only(blocks: Sequence[Block]) -> bool:
    """Nothing but headings was found: a list page."""
    return bool(blocks) and all(block.zone & Zone.HEADING for block in blocks)
