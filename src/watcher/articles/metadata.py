"""Title, standfirst, dates, language, names and addresses, each from its best witness: JSON-LD,
then meta, then the page (spec `articles` §2.3)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from copy import deepcopy

from watcher.articles import jsonld, printed
from watcher.articles.blocks import Block, Zone
from watcher.articles.select import squeeze
from watcher.articles.tree import Tree, text_of
from watcher.model.when import DAY, MINUTE, Dated, Micros
from watcher.text import urls
from watcher.text.dates import parse_date
from watcher.text.language import canonical_tag, guess_by_script

_SITE_TAIL = re.compile(r"\s+(?:[|•·»–—-]|::)\s+[^|•·»–—]{2,60}\Z")
_PUBLISHED = (
    "article:published_time",
    "og:published_time",
    "og:article:published_time",
    "datepublished",
    "date.published",
    "publishdate",
    "publish_date",
    "publication_date",
    "parsely-pub-date",
    "sailthru.date",
    "cxenseparse:recs:publishtime",
    "dc.date.issued",
    "dcterms.created",
    "dcterms.date",
    "dc.date",
    "date",
    "citation_publication_date",
    "pubdate",
)
_MODIFIED = (
    "article:modified_time",
    "og:updated_time",
    "datemodified",
    "last-modified",
    "dcterms.modified",
)
_LANGUAGE_OF = {"zh-cn": "zh-Hans-CN", "zh-tw": "zh-Hant-TW"}
_PAGE_TYPES = frozenset(
    "webpage creativework itempage aboutpage faqpage qapage medicalwebpage collectionpage recipe"
    " howto webcontent course".split()
)
_LD_DATE = re.compile(r'"datePublished"\s*:\s*"([^"]{6,40})"')
_LABEL = 160  # characters of an element that holds a date and its label
_PARAGRAPH = 18  # words of what is a paragraph of the text
_LD_LONGEST = 300_000  # characters
_MOST_STANDFIRST = 120  # words


def title(tree: Tree, blocks: Sequence[Block]) -> tuple[str, str]:
    """The headline and where it stood. Of several h1 the one nearest to the page's own title."""
    stated = jsonld.string(tree.article.get("headline"))
    head = tree.meta("og:title", "twitter:title", "dc.title")
    head = jsonld.clean(head) if head else None
    plain = _document_title(tree)
    heads = [b.text for b in blocks if b.zone & Zone.TITLE and not b.zone & Zone.HIDDEN]
    about = squeeze(" ".join(one for one in (plain, head, stated) if one))
    agreed = [one for one in heads if squeeze(one) and squeeze(one) in about]
    if agreed:
        return max(agreed, key=len), "h1"
    if stated:
        return stated, "json-ld"
    if head:
        return _without_site(head, tree), "meta"
    if len(heads) == 1:
        return heads[0], "h1"
    return (_without_site(plain, tree), "title") if plain else ("", "none")


def _document_title(tree: Tree) -> str:
    element = next(tree.root.iter("title"), None)
    return " ".join((element.text_content() if element is not None else "").split())


def _without_site(text: str, tree: Tree) -> str:
    """`Headline | Outlet` without its tail, where the tail is the outlet's or the only one."""
    name = site_name(tree)
    cut = _SITE_TAIL.sub("", text)
    if cut == text or (name and squeeze(name) not in squeeze(text[len(cut) :])):
        return text
    return cut


def site_name(tree: Tree) -> str | None:
    """How the outlet calls itself."""
    named = tree.meta("og:site_name", "application-name", "al:android:app_name")
    if named:
        return jsonld.clean(named) or None
    publisher = jsonld.resolve(tree.article.get("publisher"), tree.nodes)
    return next((name for name in map(jsonld.string, publisher) if name), None)


def canonical(tree: Tree) -> str | None:
    """The page's canonical address, else `og:url`, else JSON-LD's. One that leads to a front page
    is a template's mistake and is no one's canonical."""
    links = tree.root.xpath("//link[contains(concat(' ', @rel, ' '), ' canonical ')]/@href")
    stated = [*links[:2], tree.meta("og:url"), _page_of(tree)]
    for one in stated:
        url = tree.absolute(one)
        if url is not None and (_path(url) or not _path(tree.url)):
            return urls.normalise(url)
    return None


def _page_of(tree: Tree) -> str | None:
    page = tree.article.get("mainEntityOfPage")
    if isinstance(page, dict):
        page = page.get("@id") or page.get("url")
    return page if isinstance(page, str) and page.startswith("http") else None


def _path(url: str) -> str:
    return urls.key(url).partition("/")[2]


def published(
    tree: Tree, fetched_at: Micros, blocks: Sequence[Block] = (), chosen: Sequence[Block] = ()
) -> tuple[Dated | None, str]:
    """When it was published, and who says so. A date far after the fetch is not believed, nor the
    first day of 1970: a clock that was never set."""
    stated = [
        ("json-ld", jsonld.string(tree.article.get("datePublished"))),
        *(("meta", value) for value in tree.metas_of(*_PUBLISHED)),
        *(("page", value) for value in _marked(tree, "datePublished")),
        ("json-ld", jsonld.string(tree.article.get("dateCreated"))),
        *(("page", value) for value in _times(tree)),
        *(("json-ld", value) for value in _of_pages(tree)),
    ]
    date = _first(stated, fetched_at)
    if date[0] is not None:
        return date
    named = tree.root.get("lang") or tree.meta("og:locale")
    text = (b.index for b in chosen if b.words >= _PARAGRAPH and not b.zone & Zone.HEADING)
    first = next(text, chosen[0].index if chosen else len(blocks) // 2)
    day, changed = printed.near_headline(blocks, first, canonical_tag(named), fetched_at)
    if day is not None:
        return day, "printed"
    if changed is None and chosen:
        day = printed.below(blocks, chosen[-1].index, canonical_tag(named), fetched_at)
        if day is not None:
            return day, "printed below"
    day, method = _searched(tree, fetched_at)
    return (
        (day, method) if day is not None or changed is None else (changed, "printed, of a change")
    )


def _of_pages(tree: Tree) -> list[str]:
    """What objects that are no article say of the page itself; scripts that are no JSON are
    searched for the same key."""
    stated = [
        jsonld.string(node.get("datePublished"))
        for node in tree.nodes
        if jsonld.types(node) & _PAGE_TYPES
    ]
    if not tree.nodes:
        ld = (one.text for one in tree.scripts if "ld+json" in one.kind)
        stated = [found[1] for text in ld for found in _LD_DATE.finditer(text[:_LD_LONGEST])]
    return [one for one in stated if one][:3]


def modified(tree: Tree, fetched_at: Micros) -> Dated | None:
    stated = [
        ("json-ld", jsonld.string(tree.article.get("dateModified"))),
        *(("meta", value) for value in tree.metas_of(*_MODIFIED)),
        *(("page", value) for value in _marked(tree, "dateModified")),
    ]
    return _first(stated, fetched_at)[0]


def _first(
    stated: Sequence[tuple[str, str | None]], fetched_at: Micros
) -> tuple[Dated | None, str]:
    for method, text in stated:
        date = parse_date(text) if text else None
        if date is not None and 2 * DAY < date.at <= fetched_at + 2 * DAY:
            return _zoned(date, stated), method
    return None, "none"


def _zoned(date: Dated, stated: Sequence[tuple[str, str | None]]) -> Dated:
    """The same moment with the publisher's zone, where another statement keeps it: the day that
    readers saw on the page."""
    if date.precision != "exact" or not date.text.endswith(("Z", "+00:00")):
        return date
    for _, text in stated:
        other = parse_date(text) if text else None
        if other is None or other.precision != "exact" or other.text.endswith(("Z", "+00:00")):
            continue
        if abs(other.at - date.at) < MINUTE:
            return other
    return date


def _marked(tree: Tree, prop: str) -> list[str]:
    found = tree.root.xpath(f"//*[@itemprop='{prop}']")[:3]
    return [e.get("content") or e.get("datetime") or e.text_content() for e in found]


def _times(tree: Tree) -> list[str]:
    """The first `<time datetime>` of the article, but for one that is said to be of a change."""
    found = tree.root.xpath("//article//time[@datetime] | //main//time[@datetime]")
    found = found or tree.root.xpath("//time[@datetime]")[:2]
    for element in found[:2]:
        parent = element.getparent()
        said = text_of(parent) if parent is not None else ""
        before = said.partition(text_of(element))[0] if len(said) < _LABEL else ""
        if not printed.of_change(f"{before} "):
            return [element.get("datetime")]
    return []


def _searched(tree: Tree, fetched_at: Micros) -> tuple[Dated | None, str]:
    """htmldate's search through addresses and text: a day, without a time."""
    from htmldate import find_date

    try:
        # Its extensive search loads grammars of 200 languages: 3 s for the first page.
        day = find_date(
            deepcopy(tree.root), url=tree.url, original_date=True, extensive_search=False
        )
    except Exception:  # whatever breaks it: the page then has no date
        return None, "none"
    date = parse_date(day) if day else None
    return (
        (date, "htmldate") if date is not None and date.at <= fetched_at + DAY else (None, "none")
    )


def language(tree: Tree, body: str) -> str | None:
    """BCP 47. The script of the text overrules a template that states another."""
    stated = [
        tree.root.get("lang") or tree.root.get("{http://www.w3.org/XML/1998/namespace}lang"),
        jsonld.string(tree.article.get("inLanguage")),
        tree.meta("og:locale", "content-language", "dc.language", "language"),
    ]
    named = next((tag for tag in map(canonical_tag, stated) if tag), None)
    guess = guess_by_script(body)
    if guess and (named is None or named.partition("-")[0] != guess.partition("-")[0]):
        return guess
    return named


def tags(tree: Tree) -> tuple[str, ...]:
    """What the publisher filed it under, each once."""
    stated = [*tree.metas_of("article:tag", "parsely-tags"), *_keywords(tree)]
    split = (part.strip() for one in stated for part in jsonld.clean(one).split(","))
    return tuple(dict.fromkeys(tag for tag in split if 1 < len(tag) <= 60))[:30]


def _keywords(tree: Tree) -> list[str]:
    value = tree.article.get("keywords")
    if isinstance(value, list):
        return [one for one in value[:30] if isinstance(one, str)]
    if isinstance(value, str):
        return [value]
    return list(tree.metas_of("news_keywords"))


def standfirst(
    tree: Tree, blocks: Sequence[Block], chosen: Sequence[Block]
) -> tuple[str | None, Block | None]:
    """The standfirst as printed, with its block; None where the page prints none."""
    first = chosen[0].index if chosen else len(blocks)
    for block in blocks[max(0, first - 14) : first + 2]:
        named = block.zone & Zone.STANDFIRST and not block.zone & (Zone.CAPTION | Zone.HIDDEN)
        if not named or block.zone & (Zone.CARD | Zone.ASIDE | Zone.COMMENT | Zone.TITLE):
            continue
        if 5 <= block.words <= _MOST_STANDFIRST and not block.only_links:
            return block.text, block
    return _described(tree, blocks, chosen)


def _described(
    tree: Tree, blocks: Sequence[Block], chosen: Sequence[Block]
) -> tuple[str | None, Block | None]:
    """The line between headline and text that is the page's own description, word for word."""
    stated = [
        tree.meta("og:description", "description"),
        jsonld.string(tree.article.get("description")),
    ]
    wanted = {squeeze(jsonld.clean(one)) for one in stated if one}
    first = chosen[0].index if chosen else 0
    for block in blocks[max(0, first - 8) : first + 1]:
        if squeeze(block.text) in wanted and block.words >= 5 and not block.zone & Zone.CAPTION:
            return block.text, block
    return None, None
