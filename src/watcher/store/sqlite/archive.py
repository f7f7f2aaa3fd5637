"""What the archive holds, as searches and topics ask for it: candidates, newest first or by rank,
each to be checked again against the query."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Literal

from watcher.model.rows import FoundArticle, IgnoredRow, Page
from watcher.store.sqlite import pages
from watcher.store.sqlite.codec import Row, clean, load_link, load_text, outlet
from watcher.text.urls import key as url_key

if TYPE_CHECKING:
    from watcher.model.article import ArticleText
    from watcher.model.when import Micros

BATCH = 200  # candidates of a search read at a time
RANKED = 5_000  # newest candidates that a rank is made of (spec `storage` D4)
FEW = 5  # articles that no share is told of below
NAMES = ("url", "title", "called")

ARTICLE = """
SELECT a.key, a.caller_id, a.url, a.canonical_url, a.outlet_domain, a.outlet_name, a.first_seen,
       a.counts_as_old,
       s.story, s.role, s.kind, s.copy_of, s.score, s.why, r.*
FROM article AS a
JOIN story_article AS s USING (article)
JOIN revision AS r ON r.article = a.article AND r.n = a.revision
"""

# Two steps, never `rowid IN (SELECT …)`, which takes seconds (spec `storage` §1.3).
BOUND = """
SELECT rowid FROM article_text WHERE article_text MATCH ?
ORDER BY rowid DESC LIMIT 1 OFFSET ?
"""
RANK = """
SELECT rowid FROM article_text WHERE article_text MATCH ? AND rowid >= ?
ORDER BY bm25(article_text, 8.0, 3.0, 1.0, 1.0), rowid DESC
"""

ARRIVED = """
SELECT a.article, CASE r.source WHEN 'import' THEN a.first_seen ELSE r.seen_at END
FROM article AS a JOIN revision AS r ON r.article = a.article AND r.n = 1
WHERE a.article IN (SELECT value FROM json_each(?))
"""

# Articles by the day of their publication (else first seen), outlet or language.
PART = {
    "day": "strftime('%Y-%m-%d', coalesce(a.published_at, a.first_seen) / 1000000, 'unixepoch')",
    "outlet": "a.outlet_name",
    "lang": "coalesce(r.language, '')",
}
COUNTS = """
SELECT {part} AS part, count(*) AS articles FROM article AS a
JOIN revision AS r ON r.article = a.article AND r.n = a.revision
WHERE a.article IN (SELECT article FROM match WHERE topic = ?1)
  AND (?2 IS NULL OR coalesce(a.published_at, a.first_seen) >= ?2)
GROUP BY 1 ORDER BY {order}
"""


IGNORED = """
SELECT i.rule, i.at, a.article, a.caller_id, a.url, a.outlet_name, r.title FROM ignored AS i
JOIN article AS a USING (article)
JOIN revision AS r ON r.article = a.article AND r.n = a.revision
WHERE (i.at, i.article) < (?, ?) ORDER BY i.at DESC, i.article DESC LIMIT ?
"""


def _ignored(row: Row) -> IgnoredRow:
    names = ("article", "caller_id", "url", "title", "outlet_name", "rule", "at")
    return IgnoredRow(*(row[name] for name in names))


class Archive:
    """The part of the reader that searches."""

    _db: sqlite3.Connection

    def search(self, fts: str | None, *, before_key: int | None = None) -> Iterator[FoundArticle]:
        below = before_key if before_key is not None else 2**63 - 1
        while True:
            keys = self._keys(fts, below)
            yield from self._each(keys)
            if len(keys) < BATCH:
                return
            below = keys[-1]

    def ranked(self, fts: str) -> tuple[bool, Iterator[FoundArticle]]:
        bound = self._db.execute(BOUND, (fts, RANKED - 1)).fetchone()
        lowest = bound[0] if bound else -(2**63)
        keys = [row[0] for row in self._db.execute(RANK, (fts, lowest)).fetchall()]
        older = self._keys(fts, lowest, 1) if bound else []
        return bool(older), self._each(keys)

    def found(self, ident: str) -> FoundArticle | None:
        row = self._db.execute(
            "SELECT key FROM article WHERE article = coalesce("
            "(SELECT article FROM article WHERE article = :id OR caller_id = :id),"
            "(SELECT article FROM article_url WHERE key = :key))",
            {"id": clean(ident.removeprefix("id:")), "key": clean(url_key(ident))},
        ).fetchone()
        return None if row is None else self._found(row["key"])

    def outlets_stored(self) -> list[tuple[str, str]]:
        query = "SELECT DISTINCT outlet_domain, outlet_name FROM article ORDER BY 1, 2"
        return [tuple(row) for row in self._db.execute(query)]

    def revised(self) -> Iterator[FoundArticle]:
        query = "SELECT key FROM article WHERE revision > 1 ORDER BY key DESC"
        return self._each([row[0] for row in self._db.execute(query).fetchall()])

    def arrived(self, articles: Sequence[str]) -> dict[str, Micros]:
        return dict(self._db.execute(ARRIVED, (json.dumps(articles),)).fetchall())

    def share(self, fts: str) -> float:
        held = self._db.execute("SELECT count(*) FROM article").fetchone()[0]
        query = "SELECT count(*) FROM article_text WHERE article_text MATCH ?"
        return float(self._db.execute(query, (fts,)).fetchone()[0] / held) if held >= FEW else 0.0

    def counts(
        self, topic: str, by: Literal["day", "outlet", "lang"], since: Micros | None
    ) -> list[tuple[str, int]]:
        order = "part" if by == "day" else "articles DESC, part"
        query = COUNTS.format(part=PART[by], order=order)
        return [tuple(row) for row in self._db.execute(query, (clean(topic), since))]

    def ignored(self, *, limit: int, after: str | None = None) -> Page[IgnoredRow]:
        rows = self._db.execute(IGNORED, (*pages.before(after), limit + 1)).fetchall()
        return pages.page(rows, limit, _ignored, lambda row: f"{row['at']}.{row['article']}")

    def rules(self) -> dict[str, int]:
        query = "SELECT rule, count(*) FROM ignored GROUP BY rule ORDER BY 2 DESC, 1"
        return dict(self._db.execute(query).fetchall())

    def _each(self, keys: Sequence[int]) -> Iterator[FoundArticle]:
        for key in keys:
            found = self._found(key)
            if found is not None:
                yield found

    def _keys(self, fts: str | None, below: int, limit: int = BATCH) -> list[int]:
        if fts is None:
            rows = self._db.execute(
                "SELECT key FROM article WHERE key < ? ORDER BY key DESC LIMIT ?", (below, limit)
            )
        else:
            rows = self._db.execute(
                "SELECT rowid FROM article_text WHERE article_text MATCH ? AND rowid < ?"
                " ORDER BY rowid DESC LIMIT ?",
                (fts, below, limit),
            )
        return [row[0] for row in rows.fetchall()]

    def _found(self, key: int) -> FoundArticle | None:
        from watcher.store.sqlite import follow_read

        row = self._db.execute(ARTICLE + " WHERE a.key = ?", (key,)).fetchone()
        if row is None:
            return None
        feeds = self._db.execute(
            "SELECT a.feed, a.tags, f.url, f.title, f.wanted ->> 'title' AS called"
            " FROM article_feed AS a LEFT JOIN feed AS f USING (feed) WHERE a.article = ?"
            " ORDER BY a.feed",
            (row["article"],),
        ).fetchall()
        inherited = follow_read.inherited(self._db, row["article"])
        return FoundArticle(
            key=key,
            article=row["article"],
            id=row["caller_id"],
            url=row["url"],
            outlet=outlet(row),
            story=row["story"],
            first_seen=row["first_seen"],
            text=self._text(row),
            feeds=(*(feed["feed"] for feed in feeds), *inherited[0]),
            feed_tags=(
                *(tag for feed in feeds for tag in json.loads(feed["tags"])),
                *inherited[1],
            ),
            feed_names=tuple(
                dict.fromkeys(
                    feed[name] for feed in feeds for name in NAMES if feed[name] is not None
                )
            ),
            revision=row["n"],
            copy_of=row["copy_of"],
            counts_as_old=bool(row["counts_as_old"]),
        )

    def _text(self, row: Row) -> ArticleText:
        links = self._db.execute(
            "SELECT * FROM link WHERE article = ? ORDER BY position", (row["article"],)
        )
        return load_text(row, row["body"], tuple(load_link(link) for link in links))
