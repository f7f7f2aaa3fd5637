"""Says what a body is that should have been a feed: an empty one, a login page, a site's page."""

from __future__ import annotations

import html
import re
from collections.abc import Mapping

from watcher.feeds.plain import one_line
from watcher.model.feed import ParseFailed
from watcher.text.urls import join

_HEAD = 65_536  # characters of a page that are looked at
_PROLOG = re.compile(r"\s*(?:<\?[^>]*>\s*|<!--.*?-->\s*)*", re.DOTALL)
_PAGE = re.compile(r"<!doctype\s+html|<(?:html|head|body|title|script|meta|div|center)\b", re.I)
_LINK = re.compile(r"<link\s[^<>]*>", re.I)
_ATTRIBUTE = re.compile(r"""([a-z-]+)\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'<>]+))""", re.I)
_FEED_TYPE = re.compile(r"(?:rss|atom|rdf|feed)\+(?:xml|json)|feed\+json", re.I)
_TITLE = re.compile(r"<title[^>]*>([^<]{1,300})", re.I)
_PARKED = re.compile(r"domain (?:is|may be) for sale|buy this domain|parked (?:free|domain)", re.I)
_LOGIN = re.compile(r"""type\s*=\s*["']?password""", re.I)
_CHALLENGE = re.compile(r"cf-chl|challenge-platform|just a moment", re.I)

_CHALLENGED = "The site asks for a browser check: ask the publisher to let feed readers through."
_GONE = "It looks like a parked domain: the site may be gone."


def explain(body: bytes, url: str, headers: Mapping[str, str]) -> ParseFailed:
    """The failure for a `body` without a feed in it, with what the user can do about it."""
    if not body.strip():
        return ParseFailed(
            "WTC-FEED-001", "the answer is empty", "Open the address in a browser to see more."
        )
    head = _head(body)
    if _is_page(head) or _says_html(head, headers):
        return _page(head, url, headers)
    return ParseFailed(
        "WTC-FEED-003",
        "this is not a feed",
        "Expected RSS, Atom, RDF or JSON Feed: check the address.",
    )


def is_page(body: bytes) -> bool:
    """Whether `body` starts like an HTML page."""
    return _is_page(_head(body))


def _head(body: bytes) -> str:
    return body[:_HEAD].decode("utf-8-sig", "replace")


def _is_page(head: str) -> bool:
    start = _PROLOG.match(head)
    return _PAGE.match(head, start.end() if start else 0) is not None


def _says_html(head: str, headers: Mapping[str, str]) -> bool:
    return "html" in headers.get("content-type", "") and "<" in head


def _page(head: str, url: str, headers: Mapping[str, str]) -> ParseFailed:
    found = _TITLE.search(head)
    name = one_line(html.unescape(found.group(1))) if found else ""
    message = "a web page came in place of a feed"
    if name:
        message += f" ({name!r})"
    return ParseFailed("WTC-FEED-002", message, _hint(head, url, headers))


def obstacle(body: bytes, headers: Mapping[str, str]) -> str | None:
    """What stands in front of a site, so that nothing behind it can be had; None where nothing
    does."""
    head = _head(body)
    if _challenges(head, headers):
        return _CHALLENGED
    return _GONE if _PARKED.search(head) else None


def _challenges(head: str, headers: Mapping[str, str]) -> bool:
    return "cf-mitigated" in headers or _CHALLENGE.search(head) is not None


def _hint(head: str, url: str, headers: Mapping[str, str]) -> str:
    if _challenges(head, headers):
        return _CHALLENGED
    feed = _alternate(head, url)
    if feed and feed != url:
        return f"The page names a feed: use {feed}"
    if _LOGIN.search(head):
        return "It looks like a login page: the feed may need an account, or has moved."
    if _PARKED.search(head):
        return _GONE
    return "This looks like a site: `watcher add` with its address looks for its feeds."


def _alternate(head: str, url: str) -> str | None:
    """The first feed that the page itself names in a `<link rel=alternate>`."""
    for tag in _LINK.finditer(head):
        given = {
            name.lower(): html.unescape(one or two or three)
            for name, one, two, three in _ATTRIBUTE.findall(tag.group())
        }
        if "alternate" in given.get("rel", "").lower() and _FEED_TYPE.search(given.get("type", "")):
            return join(url, given.get("href", ""))
    return None
