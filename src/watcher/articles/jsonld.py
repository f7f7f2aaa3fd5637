"""JSON-LD as pages really have it: graphs, lists, broken scripts, entities in strings."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterable, Iterator
from typing import Any

from watcher.text import urls

Node = dict[str, Any]

ARTICLE_TYPES = frozenset(
    "article newsarticle reportagenewsarticle analysisnewsarticle opinionnewsarticle"
    " backgroundnewsarticle reviewnewsarticle askpublicnewsarticle blogposting liveblogposting"
    " report scholarlyarticle satiricalarticle socialmediaposting techarticle".split()
)
_MAX_NODES = 2_000
_MAX_SCRIPT = 1_000_000
_WRAP = re.compile(r"\A\s*(?:<!--|//\s*<!\[CDATA\[|<!\[CDATA\[)|(?:-->|//\s*\]\]>|\]\]>)\s*;?\s*\Z")
_TAG = re.compile(r"<[^>]{1,200}>")


def nodes(scripts: Iterable[str]) -> list[Node]:
    """Every object of the scripts in reading order, nested ones after their parents. Scripts that
    are no JSON are skipped."""
    found: list[Node] = []
    for script in scripts:
        found.extend(_walk(_read(script)))
        if len(found) > _MAX_NODES:
            break
    return found[:_MAX_NODES]


def _read(script: str) -> Any:
    text = _WRAP.sub("", script)[:_MAX_SCRIPT].strip()
    try:
        return json.loads(text, strict=False)
    except (ValueError, RecursionError):
        pass
    try:  # a trailing semicolon or a second object: read the first
        return json.JSONDecoder(strict=False).raw_decode(text)[0]
    except (ValueError, RecursionError):
        return None


def _walk(value: Any) -> Iterator[Node]:
    """Breadth first, without recursion: nesting is the publisher's."""
    queue = [value]
    for item in queue:
        if isinstance(item, list):
            queue.extend(item[:_MAX_NODES])
        elif isinstance(item, dict):
            yield item
            queue.extend(v for v in item.values() if isinstance(v, dict | list))
        if len(queue) > _MAX_NODES:
            return


def types(node: Node) -> frozenset[str]:
    """Lower-case type names without their vocabulary."""
    stated = node.get("@type")
    names = stated if isinstance(stated, list) else [stated]
    return frozenset(n.rsplit("/", 1)[-1].lower() for n in names if isinstance(n, str))


def article(found: list[Node], page_key: str) -> Node:
    """The article node of this page: one that names the page's address, else the first. Lists of
    other articles stand inside `itemListElement` or `hasPart`, after the page's own."""
    articles = [n for n in found if types(n) & ARTICLE_TYPES]
    for node in articles:
        addresses = (string(node.get(k)) for k in ("mainEntityOfPage", "url", "@id"))
        if any(a and urls.key(a) == page_key for a in addresses):
            return node
    return articles[0] if articles else {}


def string(value: Any, depth: int = 8) -> str | None:
    """A property's text: a string, the name or `@id` of an object, the first of a list; None for
    what is nested deeper than `depth`."""
    if depth == 0:
        return None
    if isinstance(value, list):
        return next((s for one in value[:20] if (s := string(one, depth - 1))), None)
    if isinstance(value, dict):
        return string(value.get("name") or value.get("@value") or value.get("@id"), depth - 1)
    if isinstance(value, str):
        return clean(value) or None
    return None


def clean(text: str) -> str:
    """Plain text of a property: markup off, entities (sometimes escaped twice) read."""
    if "&" in text:
        text = html.unescape(html.unescape(text))
    if "<" in text:
        text = _TAG.sub(" ", text)
    return " ".join(text.split())


def resolve(value: Any, found: list[Node]) -> list[Node | str]:
    """The objects or strings of a property, `{"@id": …}` followed to the object it names."""
    items = value if isinstance(value, list) else [value]
    out: list[Node | str] = []
    for item in items[:50]:
        if isinstance(item, dict) and set(item) == {"@id"}:
            named = [n for n in found if n.get("@id") == item["@id"] and len(n) > 1]
            out.extend(named[:1])
        elif isinstance(item, dict | str):
            out.append(item)
    return out
