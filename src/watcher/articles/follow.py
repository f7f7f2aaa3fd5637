"""Which links of an article are followed, and when a budget has room for one more."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from watcher.model.article import ArticleDraft, Link
from watcher.model.follow import FollowLink, FollowWish
from watcher.model.when import Micros
from watcher.text import urls

_NO_PAGE = re.compile(
    r"\.(?:jpe?g|png|gif|webp|svg|ico|pdf|docx?|xlsx?|pptx?|zip|mp[34]|m4a|mov|avi|css|js|xml|rss)\Z",
    re.I,
)
_NO_OUTLET = re.compile(
    r"(?:\A|\.)(?:facebook|twitter|x|instagram|youtube|youtu|tiktok|linkedin|whatsapp|wa|t|telegram"
    r"|pinterest|reddit|threads|bsky|mastodon|apple|google|spotify)\.(?:com|net|org|me|be|app)\Z",
    re.I,
)


def wanted(
    draft: ArticleDraft, depth: int, wishes: Mapping[str, FollowWish]
) -> tuple[FollowLink, ...]:
    """The links of `draft` that `wishes` (by topic, of those true on it) want followed: related
    blocks as the page has them, each address once. `depth`: the article's own."""
    own = set(draft.urls)
    found: dict[str, FollowLink] = {}
    for link in _by_rank(draft.text.links):
        topics = tuple(
            topic
            for topic, wish in wishes.items()
            if link.role in wish.roles and depth < wish.depth
        )
        key = urls.key(link.url)
        if not topics or key in own or key in found or not _may_be_article(link.url):
            continue
        found[key] = FollowLink(
            key, urls.normalise(link.url), link.text, link.role, link.heading, topics, depth + 1
        )
    return tuple(found.values())


def slot(wish: FollowWish, taken: Sequence[Micros], now: Micros) -> Micros | None:
    """When a page may be asked for so that no `per` holds more than `number`; None where that is
    over one `per` away. `taken`: the moments given to others, in order, the last `number` of them
    at least."""
    if len(taken) < wish.number:
        return now
    at = max(now, taken[-wish.number] + wish.per)
    return at if at - now <= wish.per else None


def _by_rank(links: Sequence[Link]) -> Iterator[Link]:
    """What the page offers as related before what its text only mentions."""
    yield from (link for link in links if link.role == "related")
    yield from (link for link in links if link.role != "related")


def _may_be_article(url: str) -> bool:
    """No front page, file or page of a social network."""
    normal = urls.normalise(url)
    _, _, rest = normal.partition("://")
    address, mark, _ = rest.partition("?")
    path = address.partition("/")[2]
    if not normal.startswith(("http://", "https://")) or not (path or mark):
        return False
    return not (_NO_PAGE.search(path) or _NO_OUTLET.search(urls.host(normal)))
