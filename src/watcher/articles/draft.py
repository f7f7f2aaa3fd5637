"""From an extraction or an entry to a draft of an article: its addresses, identity and text."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

from watcher.articles.credit import resolve
from watcher.model.article import (
    ArticleDraft,
    ArticleText,
    Extraction,
    Outlet,
    PageState,
    StoredText,
)
from watcher.model.feed import Entry
from watcher.model.ids import article_id
from watcher.model.when import DAY, Dated, Micros
from watcher.text import urls
from watcher.text.hashes import text_hash
from watcher.text.names import squash

# https://a-example.cdn.ampproject.org/c/s/a.example/1, https://www.google.com/amp/s/a.example/1
_AMP_CACHE = re.compile(
    r"https?://(?:[^/]+\.cdn\.ampproject\.org/[a-z]|(?:www\.)?google\.[a-z.]+/amp)"
    r"/(?P<secure>s/)?(?P<rest>[^/]+\.[^/]+/.*)\Z",
    re.I,
)
KEPT_ROLES = frozenset({"related", "citation", "credit", "tag"})  # navigation is the template's


def from_page(
    read: Extraction,
    *,
    outlet: Outlet,
    seen_at: Micros,
    names: Mapping[str, str],
    entry: Entry | None = None,
    feed_tags: tuple[str, ...] = (),
    seen_until: Micros | None = None,
    prints: tuple[int, ...] = (),
) -> ArticleDraft:
    """`names`: squashed names of known outlets, which the credit is resolved against.

    The canonical address is the article's only where it stands with the same outlet; one on
    another host says that the text is a copy, never that it is the other outlet's article.
    """
    own = _own_canonical(read)
    addresses = [own, read.url, entry.url if entry else None]
    text = ArticleText(
        title=read.title or (entry.title if entry else ""),
        standfirst=read.standfirst,
        body=read.body,
        byline=read.byline or (_authors(entry, outlet) if entry and not read.credit else ()),
        credit=resolve(read.credit, names) if read.credit else None,
        published=_finer(read.published, entry.published if entry else None),
        modified=read.modified or (_modified(entry) if entry else None),
        language=read.language or (entry.language if entry else None),
        captions=read.captions,
        links=tuple(link for link in read.links if link.role in KEPT_ROLES),
        state=read.state,
        tags=read.tags,
        source="page",
        method=read.method,
        why=read.why,
    )
    return _draft(
        text,
        [one for one in addresses if one],
        canonical_url=read.canonical_url,
        outlet=outlet,
        seen_at=seen_at,
        entry=entry,
        feed_tags=feed_tags,
        seen_until=seen_until,
        prints=prints,
    )


def from_entry(
    entry: Entry,
    *,
    outlet: Outlet,
    seen_at: Micros,
    feed_tags: tuple[str, ...] = (),
    seen_until: Micros | None = None,
    prints: tuple[int, ...] = (),
    why: str,
) -> ArticleDraft:
    """The feed's own text, where its page is not to be had; `why` says so in the article."""
    text = ArticleText(
        title=entry.title,
        standfirst=None,
        body=entry.text,
        byline=_authors(entry, outlet),
        credit=None,
        published=entry.published,
        modified=_modified(entry),
        language=entry.language,
        captions=(),
        links=(),
        state=PageState("article", 0.5, ("page",)),
        tags=entry.tags,
        source="feed",
        method="feed",
        why=(why,) if why else (),
    )
    addresses = [entry.url] if entry.url else [f"id:{entry.feed}/{entry.identity}"]
    return _draft(
        text,
        addresses,
        canonical_url=None,
        outlet=outlet,
        seen_at=seen_at,
        entry=entry,
        feed_tags=feed_tags,
        seen_until=seen_until,
        prints=prints,
    )


def from_stored(stored: StoredText) -> ArticleDraft:
    """The text as it is stored, for what is told of it later."""
    return ArticleDraft(
        article=stored.article,
        url=stored.url,
        canonical_url=stored.canonical_url,
        urls=stored.urls,
        outlet=stored.outlet,
        text=stored.text,
        text_hash=stored.text_hash,
        seen_at=stored.first_seen,
        counts_as_old=stored.counts_as_old,
    )


def _draft(
    text: ArticleText,
    addresses: Sequence[str],
    *,
    canonical_url: str | None,
    outlet: Outlet,
    seen_at: Micros,
    entry: Entry | None,
    feed_tags: tuple[str, ...],
    seen_until: Micros | None,
    prints: tuple[int, ...],
) -> ArticleDraft:
    keys = tuple(dict.fromkeys(_key(address) for address in addresses))
    return ArticleDraft(
        article=article_id(keys[0]),
        url=addresses[0],
        canonical_url=canonical_url,
        urls=keys,
        outlet=outlet,
        text=replace(text, why=text.why[:40]),
        text_hash=text_hash(text.title, text.body),
        seen_at=seen_at,
        origin_feed=entry.feed if entry else None,
        origin_entry=entry.entry if entry else None,
        feed_tags=feed_tags,
        counts_as_old=entry.counts_as_old if entry else False,
        seen_until=seen_until,
        prints=prints,
    )


def _key(address: str) -> str:
    return address if address.startswith("id:") else urls.key(address)


def _finer(page: Dated | None, feed: Dated | None) -> Dated | None:
    """The page's date, but the feed's where only that tells the time of the same day or so."""
    if page is None or feed is None:
        return page or feed
    coarse = page.precision == "day" and feed.precision == "exact"
    return feed if coarse and abs(feed.at - page.at) < 2 * DAY else page


def _authors(entry: Entry, outlet: Outlet) -> tuple[str, ...]:
    """The feed's authors, without the outlet that many feeds put in their place."""
    return tuple(name for name in entry.authors if squash(name) != squash(outlet.name))


def _modified(entry: Entry) -> Dated | None:
    """Atom demands an `updated` of every entry: only one after its publication says something."""
    updated, published = entry.updated, entry.published
    if updated is None or published is None or updated.at <= published.at:
        return None
    return updated


def _own_canonical(read: Extraction) -> str | None:
    stated, page = read.canonical_url, _out_of_cache(read.url)
    if stated is None or urls.outlet_domain(stated) != urls.outlet_domain(page):
        return None if page == read.url else page
    return stated


def _out_of_cache(url: str) -> str:
    """The publisher's address of a page that an AMP cache or viewer handed out."""
    found = _AMP_CACHE.match(url)
    return f"{'https' if found['secure'] else 'http'}://{found['rest']}" if found else url
