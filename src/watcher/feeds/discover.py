"""Where a page's feeds may be (spec `polling` §7): what the page states, how its service names
feeds, what looks like a feed on it, and where feeds often are. All but the first are guesses, and
none is more than a candidate: only a body that can be read makes a feed of it."""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache
from itertools import islice
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from watcher.feeds.hosts import host_feeds
from watcher.feeds.plain import one_line
from watcher.model.source import Candidate, How
from watcher.text import urls
from watcher.text.decode import decode

if TYPE_CHECKING:
    from bs4 import Tag
    from bs4.filter import SoupStrainer

MAX_MARKUP = 2_000_000  # characters of a page that are read; feeds are named at its start
MAX_CANDIDATES = 100
GUESSES = ("feed/", "rss.xml", "feed.xml", "atom.xml", "rss/", "index.xml", "index.rss")
RARE_GUESSES = ("feed.atom", "rss/feed.xml")
SITEMAPS = ("news-sitemap.xml", "sitemap-news.xml", "sitemap_index.xml")

_TITLE = 200  # characters
_END = 300  # characters of a path
_WANTED = ["base", "link", "a"]
_FEED_TYPE = re.compile(r"(?:application|text)/(?:x[.-])?(?:rss|atom|rdf|feed)(?:\+(?:xml|json))?")
_LOOSE_TYPE = frozenset({"", "application/json", "application/xml", "text/xml"})
_FEED_PATH = re.compile(
    r"/(?:feeds?|rss2?|atom|rdf|xml)(?:\.(?:xml|rss|atom|rdf|json|php|aspx?))?/?\Z"
    r"|\.(?:rss|atom|rdf)\Z|/feeds?/posts/default(?:/-/[^/]+)?/?\Z"
    r"|/(?:feeds?|rss)/[^?]*\.(?:xml|json)\Z|/index\.xml\Z",
    re.I,
)
_FEED_QUERY = re.compile(r"(?:\A|&)(?:feed|format|type|output|alt)=(?:rss2?|atom|rdf|feed)\b", re.I)
_FEEDISH = re.compile(r"feed|rss|atom|rdf|xml", re.I)  # all of the above
_NO_FEED = re.compile(r"/wp-json/|oembed|/xmlrpc\.php|sitemap|https?:|https?%3a", re.I)
_COMMENT_ADDRESS = re.compile(r"/comments?(?:/|\.|\Z)|(?:\A|&)feed=comments|/replies/", re.I)
_COMMENT_TITLE = re.compile(
    r"\b(?:comments?|kommentare?r?|commentaires?|coment[aá]rios?|commenti|reacties|komentarze"
    r"|komentáře|komentari|komentet|комментарии|коментарі|коментари|yorum(?:lar)?|σχόλια)\b"
    r"|تعليقات|دیدگاه|评论|コメント",
    re.I,
)
_LINK_VALUE = re.compile(
    r"<(?P<ref>[^<>]*)>(?P<rest>(?:\s*;\s*[\w*!#$&+.^`|~-]+(?:\s*=\s*(?:\"[^\"]*\"|[^\s;,\"]+))?)*)"
)
_PARAMETER = re.compile(r";\s*([\w*!#$&+.^`|~-]+)(?:\s*=\s*(?:\"([^\"]*)\"|([^\s;,\"]+)))?")


@dataclass(frozen=True, slots=True)
class _Link:
    """A `link` or `a` element: its address joined to the base before it, and what it says."""

    tag: str
    url: str | None
    rels: frozenset[str]
    type: str
    words: str
    foreign: bool  # another language's page


def page_feeds(body: bytes, url: str, headers: Mapping[str, str]) -> tuple[Candidate, ...]:
    """The candidates that the page at `url` (the final one) leads to, best first, each address
    once and none the page's own. `headers` with names in lower case.

    Opens nothing and never raises for what is in the page, but is meant for a worker.
    """
    markup = decode(body, headers.get("content-type", ""))[:MAX_MARKUP]
    links = list(_links(markup, url))
    stated = [*_of_header(headers.get("link", ""), url), *_of_links(links, url)]
    found = [
        *_ranked(stated, url),
        *host_feeds(url, markup, whole_sites=all(one.aside for one in stated)),
        *_ranked(_of_anchors(links, url), url),
    ]
    return _distinct(found, url)


def guesses(url: str, *, rare: bool = False) -> tuple[Candidate, ...]:
    """Well-known paths of the site, the commonest first; `rare`: the others."""
    names = RARE_GUESSES if rare else GUESSES
    origin = urls.origin(url)
    found = [Candidate(f"{origin}/{name}", "guess", "feeds are often there") for name in names]
    return _distinct(found, url)


def news_sitemaps(url: str, named: Iterable[str]) -> tuple[Candidate, ...]:
    """Where the site's news sitemap may be: what its robots.txt has `named` and calls news, the
    usual places, then its other sitemaps."""
    origin = urls.origin(url)
    stated = [one for ref in named if (one := urls.join(f"{origin}/", ref)) is not None]
    stated.sort(key=lambda one: "news" not in one.lower())
    robots = [Candidate(one, "sitemap", "robots.txt names it as a sitemap") for one in stated]
    often = [
        Candidate(f"{origin}/{name}", "sitemap", "news sitemaps are often there")
        for name in SITEMAPS
    ]
    news = [one for one in robots if "news" in one.url.lower()]
    return _distinct([*news, *often, *robots], url)


def looks_like_feed(url: str) -> bool:
    """Whether an address is of the kind that feeds have."""
    parts = urlsplit(url)
    if _NO_FEED.search(f"{parts.path}?{parts.query}"):
        return False
    end = parts.path[-_END:]  # made ones are as long as they may be, and full of false starts
    return bool(_FEED_PATH.search(end) or _FEED_QUERY.search(parts.query))


def _links(markup: str, url: str) -> Iterator[_Link]:
    """The page's links in order. A base counts for what stands after it."""
    from bs4 import BeautifulSoup
    from bs4.exceptions import ParserRejectedMarkup

    if "<" not in markup:
        return
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # about XML read as HTML, which is what we want
            soup = BeautifulSoup(markup.replace("\0", ""), "lxml", parse_only=_strainer())
    except ParserRejectedMarkup:
        return
    base = url
    for element in soup.find_all(_WANTED):
        ref = str(element.get("href") or "")
        if element.name == "base":
            base = urls.join(url, ref) or base
            continue
        rels = element.get("rel") or ()
        yield _Link(
            element.name,
            _joined(base, ref),
            frozenset((rels if isinstance(rels, str) else " ".join(rels)).lower().split()),
            str(element.get("type") or "").partition(";")[0].strip().lower(),
            _words(element),
            element.has_attr("hreflang"),
        )


@cache
def _strainer() -> SoupStrainer:
    """Keeps what may name a feed: of the links in the text few do, and most pages are links."""
    from bs4.filter import SoupStrainer

    class Links(SoupStrainer):
        def allow_tag_creation(
            self, nsprefix: str | None, name: str, attrs: Mapping[str, str] | None
        ) -> bool:
            given = attrs or {}
            if name not in _WANTED or not given.get("href"):
                return False
            return name != "a" or "rel" in given or bool(_FEEDISH.search(given["href"]))

    return Links(_WANTED)


def _words(element: Tag) -> str:
    """Its title, else its first words. Nothing but links was kept, so the next one ends it; they
    may be nested by the thousand, and are never gone through as a whole."""
    words = [str(element.get("title") or "")]
    for part in islice(element.next_elements, 0 if words[0] else 16):
        if getattr(part, "name", None) in _WANTED:
            break
        if isinstance(part, str):
            words.append(part)
    return one_line(" ".join(words)[:1_000])[:_TITLE]


def _joined(base: str, ref: str) -> str | None:
    """`feed:` addresses are made for feed readers: they stand for http ones."""
    wanted = ref.strip()
    if wanted[:5].lower() == "feed:":
        rest = wanted[5:]
        wanted = f"http:{rest}" if rest.startswith("//") else rest
    return urls.join(base, wanted) if wanted else None


def _of_header(value: str, url: str) -> Iterator[Candidate]:
    """RFC 8288: `<address>; rel=alternate; type=…; title="…"`, several between commas."""
    for found in _LINK_VALUE.finditer(value[:65_536]):
        given: dict[str, str] = {}
        for name, quoted, bare in _PARAMETER.findall(found["rest"]):
            given.setdefault(name.lower(), quoted or bare)
        link = _Link(
            "link",
            _joined(url, found["ref"]),
            frozenset(given.get("rel", "").lower().split()),
            given.get("type", "").partition(";")[0].strip().lower(),
            one_line(given.get("title", ""))[:_TITLE],
            "hreflang" in given,
        )
        if link.url and _states(link):
            yield _candidate(link, "header", "the Link header of the page's answer names it")


def _of_links(links: Iterable[_Link], url: str) -> Iterator[Candidate]:
    for link in links:
        if link.url and _states(link):
            shown = f' type="{link.type}"' if link.type else ""
            yield _candidate(
                link, "link", f'the page names it (<{link.tag} rel="alternate"{shown}>)'
            )


def _of_anchors(links: Iterable[_Link], url: str) -> Iterator[Candidate]:
    """Links that look like feeds', the site's own first."""
    found = [one for one in links if one.tag == "a" and one.url and looks_like_feed(one.url)]
    outlet = urls.outlet_domain(url)
    found.sort(key=lambda one: urls.outlet_domain(one.url or "") != outlet)
    for link in found:
        named = f" ({link.words!r})" if link.words else ""
        yield _candidate(link, "anchor", f"a link on the page looks like a feed's{named}")


def _states(link: _Link) -> bool:
    """Whether it says that it leads to a feed of this page."""
    if "stylesheet" in link.rels or not link.rels & {"alternate", "feed"}:
        return False
    address = link.url or ""
    if _FEED_TYPE.fullmatch(link.type):
        return "/wp-json/" not in address
    loose = link.type in _LOOSE_TYPE and not link.foreign
    return loose and ("feed" in link.rels or looks_like_feed(address))


def _candidate(link: _Link, how: How, why: str) -> Candidate:
    address = link.url or ""
    return Candidate(address, how, why, link.words or None, _aside(address, link.words))


def _aside(url: str, title: str) -> str | None:
    parts = urlsplit(url)
    named = _COMMENT_ADDRESS.search(parts.path) or _COMMENT_ADDRESS.search(parts.query)
    return "comments" if named or _COMMENT_TITLE.search(title) else None


def _ranked(found: Iterable[Candidate], url: str) -> list[Candidate]:
    """What belongs to the page's own part of the site first, the comments last."""
    page = urls.normalise(url).partition("?")[0].rstrip("/")
    whole = page == urls.origin(url)

    def rank(one: Candidate) -> tuple[bool, bool]:
        own = not whole and urls.normalise(one.url).startswith((f"{page}/", f"{page}?"))
        return one.aside is not None, not own

    return sorted(found, key=rank)


def _distinct(found: Iterable[Candidate], url: str) -> tuple[Candidate, ...]:
    seen = {urls.normalise(url)}
    kept: list[Candidate] = []
    for one in found:
        address = urls.join(url, one.url)
        if address is None or urls.normalise(address) in seen:
            continue
        seen.add(urls.normalise(address))
        kept.append(replace(one, url=address))
        if len(kept) == MAX_CANDIDATES:
            break
    return tuple(kept)
