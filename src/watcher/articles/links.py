"""Which links may lead to another article, by their address and their words."""

from __future__ import annotations

import re

from watcher.articles.select import squeeze
from watcher.articles.tree import Tree
from watcher.text import urls

_NOT_ARTICLES = re.compile(
    r"/(?:tags?|category|categories|kategori\w*|author|authors|autor|autori|profile|topics?|section"
    r"|search|login|subscribe|newsletter|privacy[\w-]*|terms[\w-]*|cookies?[\w-]*|comments?-policy|impressum|datenschutz|about|contact|page)(?:/|\Z)|\.(?:jpe?g|png|gif"
    r"|webp|pdf|mp[34])\Z",
    re.I,
)
_POST = re.compile(r"/\?p=\d+\Z")
_ADS = re.compile(
    r"(?:\A|\.)(?:taboola|outbrain|doubleclick|googlesyndication|revcontent|mgid|facebook|twitter|x"
    r"|linkedin|whatsapp|instagram|youtube|t|telegram|pinterest|reddit)\.(?:com|net|org|me)\Z",
    re.I,
)


def worthy(tree: Tree, href: str, text: str) -> bool:
    """Whether a link may lead to another article: no tag, author, share or picture link."""
    url = tree.absolute(href)
    if url is None or href.startswith("#"):
        return False
    path = url.split("?", 1)[0].split("//", 1)[-1].partition("/")[2]
    if not path and _POST.search(url):
        return bool(text.strip())  # WordPress's short link
    if not path or _NOT_ARTICLES.search(f"/{path}") or _ADS.search(urls.host(url)):
        return False
    if _names_topic(path, text):
        return False
    return len(text.split()) >= 4 or len(text) >= (20 if text.isascii() else 10)


def _names_topic(path: str, text: str) -> bool:
    """`/ursula-von-der-leyen/` under its own name, or a last segment of one plain word: a topic's
    or a section's page. Articles carry a number, a date or a sentence in their address."""
    last = path.rstrip("/").rsplit("/", 1)[-1].removesuffix(".html")
    if any(char.isdigit() for char in path) or len(text.split()) > 4:
        return False
    named = squeeze(last)
    return (len(named) > 3 and squeeze(text).startswith(named)) or (
        "-" not in last and "_" not in last and len(last) < 20
    )
