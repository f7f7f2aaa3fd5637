"""What the reading side tells of following: who found an article, what came of an article's links,
and which outlets were met."""

from __future__ import annotations

import json
from sqlite3 import Connection
from typing import TYPE_CHECKING

from watcher.model.follow import FollowRow, FoundBy, OutletRow
from watcher.model.kept import ArticleContext
from watcher.store.sqlite.codec import Row, dump, load_entry, load_spec, outlet
from watcher.store.sqlite.follow import INHERITED, depth, link, names, owners
from watcher.text.urls import host, origin, outlet_domain

if TYPE_CHECKING:
    from watcher.model.article import ArticleText

EXAMPLES = 3

FOUND_BY = """
SELECT f.*, a.url AS from_url, r.title AS from_title FROM follow AS f
JOIN article AS a ON a.article = f.article
JOIN revision AS r ON r.article = a.article AND r.n = a.revision
WHERE f.found = ? AND f.outcome = 'article' ORDER BY f.done_at LIMIT 1
"""

OF_ARTICLE = """
SELECT f.* FROM follow AS f LEFT JOIN link AS l ON l.article = f.article AND l.key = f.key
WHERE f.article = ? AND NOT (f.outcome = 'known' AND f.why LIKE 'the same page as %')
ORDER BY l.position, f.key
"""

MET = """
SELECT f.topics, f.feed_url, f.done_at, a.article, a.url, a.outlet_domain, a.outlet_name, r.title
FROM follow AS f JOIN article AS a ON a.article = f.found
JOIN revision AS r ON r.article = a.article AND r.n = a.revision
WHERE f.outcome = 'article'
  AND NOT EXISTS (SELECT 1 FROM article_feed WHERE article_feed.article = a.article)
ORDER BY f.done_at DESC, a.article
"""


def found_by(db: Connection, article: str) -> FoundBy | None:
    row = db.execute(FOUND_BY, (article,)).fetchone()
    if row is None:
        return None
    return FoundBy(row["article"], row["from_url"], row["from_title"], link(row), row["done_at"])


def inherited(db: Connection, article: str) -> tuple[list[str], list[str]]:
    """Feeds and tags of the article whose link found this one."""
    row = db.execute(INHERITED, (article,)).fetchone()
    return (json.loads(row["feeds"]), json.loads(row["tags"])) if row else ([], [])


def of_article(db: Connection, article: str) -> tuple[FollowRow, ...]:
    return tuple(
        FollowRow(
            url=row["url"],
            text=row["text"],
            topics=tuple(json.loads(row["topics"])),
            article=row["article"],
            outcome=row["outcome"],
            why=row["why"],
            due=row["due_at"],
            found=row["found"],
        )
        for row in db.execute(OF_ARTICLE, (article,))
    )


def outlets(db: Connection) -> tuple[OutletRow, ...]:
    subscribed = _subscribed(db)
    met: dict[str, list[dict[str, object]]] = {}
    for row in db.execute(MET):
        if row["outlet_domain"] not in subscribed:
            met.setdefault(row["outlet_domain"], []).append(dict(row))
    made = [_outlet(domain, rows) for domain, rows in met.items()]
    return tuple(sorted(made, key=lambda one: (-one.articles, one.domain)))


def context(db: Connection, row: Row, text: ArticleText) -> ArticleContext:
    """`row`: of the article with its newest revision."""
    article = row["article"]
    stated = db.execute(
        "SELECT stated FROM entry WHERE article = ? ORDER BY first_seen, entry LIMIT 1", (article,)
    ).fetchone()
    feeds, tags = owners(db, article)
    return ArticleContext(
        article=article,
        url=row["url"],
        outlet=outlet(row),
        text=text,
        first_seen=row["first_seen"],
        entry=load_entry(stated["stated"]) if stated else None,
        feeds=(*feeds, *names(db, dump(feeds))),
        tags=tuple(tags),
        depth=depth(db, article),
    )


def _outlet(domain: str, rows: list[dict[str, object]]) -> OutletRow:
    """`rows`: newest first, a row for each article."""
    newest = rows[0]
    topics = dict.fromkeys(name for row in rows for name in json.loads(str(row["topics"])))
    return OutletRow(
        domain=domain,
        name=str(newest["outlet_name"]),
        articles=len({row["article"] for row in rows}),
        topics=tuple(topics),
        examples=tuple((str(row["url"]), str(row["title"])) for row in rows[:EXAMPLES]),
        feed_url=next((str(row["feed_url"]) for row in rows if row["feed_url"]), None),
        site_url=f"{origin(str(newest['url']))}/",
        last=int(str(newest["done_at"])),
    )


def _subscribed(db: Connection) -> set[str]:
    """The domains of the outlets that have a feed here. A feed on a service of others stands for
    its site's outlet."""
    found: set[str] = set()
    asked = "SELECT url, fetch_url, site_url, wanted FROM feed WHERE state <> 'retired'"
    for row in db.execute(asked):
        spec = load_spec(row["wanted"])
        for url in (row["url"], row["fetch_url"], row["site_url"], spec.url):
            if url and host(url):
                found.add(outlet_domain(url))
    return found
