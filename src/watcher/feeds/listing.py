"""A list page read as a feed (spec `polling` §7): its links to articles are the entries, and what
is new is what was not there before.

By a recipe's selectors, else by what the page states for programs (JSON-LD ItemList, h-feed), else
by what links to articles look like.
"""

from __future__ import annotations

import json
import re
import warnings
from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from watcher.feeds import build
from watcher.feeds.discover import MAX_MARKUP
from watcher.feeds.plain import one_line
from watcher.model.feed import PageRecipe, ParsedEntry, ParsedFeed, ParseFailed
from watcher.text import urls
from watcher.text.decode import decode

if TYPE_CHECKING:
    from bs4 import BeautifulSoup, Tag

READER = "listing-1"
KIND = "page"
MAX_LINKS = 300  # of one page, in its order
_BLOCK = ("article", "li", "section", "tr", "div")
_AROUND = 4  # elements around a link in which its title is looked for
_MANY = 20_000  # JSON-LD values that are looked at
_FURNITURE = frozenset({"nav", "header", "footer", "aside", "form"})
_WORDS, _LONG = 4, 25  # words and characters of a link that says what it leads to
_SLUG = re.compile(r"[^/]*[^\W\d_][^/]*(?:-[^/-]+){2,}|[^/]*\d{4,}[^/]*")
_DATED = re.compile(r"/(?:19|20)\d\d/\d{1,2}/")
_NO_ARTICLE = re.compile(
    r"/(?:tags?|categor(?:y|ies)|authors?|topics?|search|page|login|subscribe|feeds?|rss)(?:/|\Z)"
    r"|\.(?:jpe?g|png|gif|webp|svg|pdf|mp[34]|zip|xml|rss)\Z",
    re.I,
)
_HINT = "Look at the page: its template may have changed, and the feed's `page:` selectors with it."


def read_listing(
    body: bytes, url: str, headers: Mapping[str, str], recipe: PageRecipe
) -> ParsedFeed | ParseFailed:
    """The page in `body` as served from `url` (the final one): an entry for each link, each address
    once, in the page's order. Meant for a worker; never raises for what is in the page."""
    from bs4 import BeautifulSoup
    from bs4.exceptions import ParserRejectedMarkup

    markup = decode(body, headers.get("content-type", ""))[:MAX_MARKUP]
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # about XML read as HTML
            soup = BeautifulSoup(markup.replace("\0", ""), "lxml")
    except ParserRejectedMarkup as error:
        return ParseFailed("WTC-FEED-014", f"the page cannot be read: {error}", _HINT)
    how, found = _links(soup, url, recipe)
    entries = tuple(_distinct(found, url))
    if not entries:
        return ParseFailed("WTC-FEED-014", _nothing(recipe), _HINT)
    html = soup.find("html")
    stated = html.get("lang") if html is not None and hasattr(html, "get") else None
    return ParsedFeed(
        title=_title(soup),
        url=url,
        site_url=url,
        language=build.language(stated),
        entries=tuple(_entry(link, title, how) for link, title in entries),
        reader=READER,
        kind=KIND,
    )


Found = Iterable[tuple[str | None, str]]  # address as stated, title


def _links(soup: BeautifulSoup, url: str, recipe: PageRecipe) -> tuple[str, Found]:
    if recipe.links:
        return recipe.links, _of_recipe(soup, recipe, recipe.links)
    for how, found in (("json-ld", _of_jsonld(soup)), ("h-feed", _of_hfeed(soup, recipe))):
        held = list(found)
        if held:
            return how, held
    return "a", _articles(soup, url, recipe)


def _of_recipe(soup: BeautifulSoup, recipe: PageRecipe, selector: str) -> Iterator[tuple[str, str]]:
    without = {id(one) for one in soup.select(recipe.without)} if recipe.without else set()
    for chosen in soup.select(selector):
        links = [chosen] if chosen.name == "a" else chosen.find_all("a", href=True)
        for link in links:
            if not _is_left_out(link, without):
                yield str(link.get("href") or ""), _named(link, recipe.title)


def _is_left_out(link: Tag, without: set[int]) -> bool:
    return bool(without) and any(id(one) in without for one in (link, *link.parents))


def _of_jsonld(soup: BeautifulSoup) -> Iterator[tuple[str, str]]:
    """The elements of an ItemList, each an address or an object that has one."""
    for script in soup.find_all("script", type="application/ld+json"):
        try:
            held = json.loads(script.get_text(), strict=False)
        except (ValueError, RecursionError):
            continue
        for node in _nodes(held):
            if "ItemList" in str(node.get("@type")):
                yield from _items(node.get("itemListElement"))


def _nodes(value: Any) -> Iterator[dict[str, Any]]:
    waiting, seen = [value], 0
    while waiting and seen < _MANY:
        one, seen = waiting.pop(0), seen + 1
        if isinstance(one, dict):
            yield one
            waiting.extend(part for part in one.values() if isinstance(part, dict | list))
        elif isinstance(one, list):
            waiting.extend(one)


def _items(elements: Any) -> Iterator[tuple[str, str]]:
    for one in elements if isinstance(elements, list) else [elements]:
        item = one.get("item", one) if isinstance(one, dict) else one
        if isinstance(item, str):
            yield item, ""
        elif isinstance(item, dict):
            name = item.get("headline") or item.get("name") or ""
            address = item.get("url") or item.get("@id") or (one.get("url") if one else None)
            if isinstance(address, str):
                yield address, name if isinstance(name, str) else ""


def _of_hfeed(soup: BeautifulSoup, recipe: PageRecipe) -> Iterator[tuple[str, str]]:
    """microformats2: `h-entry` in an `h-feed`, its `u-url` and `p-name`."""
    for entry in soup.select(".h-feed .h-entry"):
        link = entry.select_one("a.u-url[href]")
        if link is not None:
            name = entry.select_one(recipe.title or ".p-name")
            yield str(link["href"]), one_line((name or link).get_text(" "))


def _articles(soup: BeautifulSoup, url: str, recipe: PageRecipe) -> Iterator[tuple[str, str]]:
    """Links of the same outlet that say what they lead to, or whose address does."""
    outlet = urls.outlet_domain(url)
    without = {id(one) for one in soup.select(recipe.without)} if recipe.without else set()
    for link in soup.find_all("a", href=True):
        ref = str(link["href"])
        address = urls.join(url, ref)
        if address is None or urls.outlet_domain(address) != outlet:
            continue
        if any(one.name in _FURNITURE for one in link.parents) or _is_left_out(link, without):
            continue
        title = _named(link, recipe.title)
        if _leads_to_article(address, title):
            yield ref, title


def _leads_to_article(address: str, title: str) -> bool:
    path = urlsplit(address).path
    if _NO_ARTICLE.search(path) or path in {"", "/"}:
        return False
    slug = path.rstrip("/").rpartition("/")[2]
    speaks = len(title) >= _LONG and title.count(" ") >= _WORDS - 1
    return bool(_SLUG.fullmatch(slug) or _DATED.search(path)) or speaks


def _named(link: Tag, selector: str | None) -> str:
    """What the recipe's title selector finds in the link or in the nearest block around it that
    has any, else the link's own words."""
    around = [link, *list(link.parents)[:_AROUND]] if selector else []
    for place in around:
        if place is not link and place.name not in _BLOCK:
            continue
        found = place.select_one(selector or "")
        if found is not None:
            return one_line(found.get_text(" "))
    words = one_line(link.get_text(" "))
    return words or one_line(str(link.get("title") or link.get("aria-label") or ""))


def _distinct(found: Found, url: str) -> Iterator[tuple[str, str]]:
    """Each address once, with the longest of its titles: a picture and a headline lead to the same
    article. Not the page itself."""
    own = urls.normalise(url)
    kept: dict[str, tuple[str, str]] = {}
    for ref, title in found:
        address = urls.join(url, ref or "")
        if address is None or (known := urls.normalise(address)) == own:
            continue
        before = kept.get(known)
        if before is None and len(kept) < MAX_LINKS:
            kept[known] = (address.partition("#")[0], title)
        elif before is not None and len(title) > len(before[1]):
            kept[known] = (before[0], title)
    yield from kept.values()


def _entry(address: str, title: str, how: str) -> ParsedEntry:
    return ParsedEntry(
        id=urls.normalise(address),
        url=address,
        title=title[: build.MAX_FIELD],
        text="",
        origins=(("id", "href"), ("url", "href"), ("title", how)),
    )


def _title(soup: BeautifulSoup) -> str | None:
    found = soup.find("title")
    return one_line(found.get_text(" "))[: build.MAX_FIELD] or None if found else None


def _nothing(recipe: PageRecipe) -> str:
    if recipe.links:
        return f"no link on the page is under {recipe.links!r}"
    return "no link on the page looks like an article's"
