"""Stories as lists and `stories show` print them."""

from __future__ import annotations

import json
from sqlite3 import Connection

from watcher.model.article import Credit
from watcher.model.rows import ActRow, Page, StoryArticleRow, StoryLinkRow, StoryRow
from watcher.store.sqlite import pages
from watcher.store.sqlite.codec import Row, clean, load_date, outlet
from watcher.stories.lineage import known_at

LISTED = """
SELECT * FROM story WHERE merged_into IS NULL AND (key, story) < (?, ?)
ORDER BY key DESC, story DESC LIMIT ?
"""

ONE = """
SELECT * FROM story
WHERE story = (SELECT coalesce(merged_into, story) FROM story WHERE story = ?)
"""

ARTICLES = """
SELECT s.*, a.caller_id, a.url, a.outlet_domain, a.outlet_name, a.first_seen, r.title, r.language,
       r.published, r.published_at, json_extract(r.rest, '$.precision[0]') AS precision,
       json_extract(r.rest, '$.credit') AS credit
FROM story_article AS s JOIN article AS a USING (article)
JOIN revision AS r ON r.article = a.article AND r.n = a.revision
WHERE s.story = ? ORDER BY a.key
"""

LINKS = """
SELECT DISTINCT link.article, there.article AS to_, s.story, link.role, link.url
FROM story_article AS own JOIN link USING (article)
JOIN article_url AS there ON there.key = link.key
JOIN story_article AS s ON s.article = there.article
WHERE own.story = ? AND there.article <> link.article AND link.role <> 'navigation'
ORDER BY link.article, link.position
"""

ACTS = """
SELECT at, author, act, facts FROM act
WHERE thing = ?1 OR thing IN (SELECT article FROM story_article WHERE story = ?1)
ORDER BY id DESC LIMIT 20
"""


def listed(db: Connection, limit: int, after: str | None) -> Page[StoryRow]:
    rows = db.execute(LISTED, (*pages.before(after), limit + 1)).fetchall()
    return pages.page(rows, limit, lambda row: _row(db, row), _cursor)


def one(db: Connection, ident: str) -> StoryRow | None:
    """By its id, or that of a story that went up in it; with links and acts."""
    row = db.execute(ONE, (clean(ident),)).fetchone()
    if row is None:
        return None
    plain = _row(db, row)
    links = [
        StoryLinkRow(link["article"], link["to_"], link["story"], link["role"], link["url"])
        for link in db.execute(LINKS, (plain.story,))
    ]
    aliases = db.execute(
        "SELECT story FROM story WHERE merged_into = ? ORDER BY key, story", (plain.story,)
    )
    acts = db.execute(ACTS, (plain.story,))
    return StoryRow(
        plain.story,
        plain.title,
        plain.first_seen,
        plain.articles,
        tuple(links),
        tuple(row["story"] for row in aliases),
        tuple(ActRow(act["at"], act["author"], _said(act)) for act in acts),
    )


def _row(db: Connection, row: Row) -> StoryRow:
    articles = tuple(_article(member) for member in db.execute(ARTICLES, (row["story"],)))
    ordered = tuple(sorted(articles, key=lambda one: (one.known, one.first_seen, one.article)))
    named = [one.title for one in ordered if one.role == "original" and one.title]
    return StoryRow(row["story"], named[0] if named else row["title"], row["first_seen"], ordered)


def _article(row: Row) -> StoryArticleRow:
    published = load_date(row["published"], row["published_at"], row["precision"])
    return StoryArticleRow(
        article=row["article"],
        id=row["caller_id"],
        url=row["url"],
        title=row["title"],
        outlet=outlet(row),
        role=row["role"],
        kind=row["kind"],
        copy_of=row["copy_of"],
        score=row["score"],
        why=row["why"],
        published=published,
        first_seen=row["first_seen"],
        known=known_at(published, row["first_seen"]),
        language=row["language"],
        credit=None if row["credit"] is None else Credit(**json.loads(row["credit"])),
    )


def _cursor(row: Row) -> str:
    return f"{row['key']}.{row['story']}"


def _said(row: Row) -> str:
    facts = json.loads(row["facts"])
    said = ", ".join(f"{name} {value}" for name, value in facts.items() if isinstance(value, str))
    return f"{row['act']}: {said}" if said else str(row["act"])
