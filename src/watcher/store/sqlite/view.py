"""What a placement may read: the stored article at the same address, its likenesses, and who was
told of their stories (`model.alert.PlaceView`). Read inside the transaction that will write."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from sqlite3 import Connection

from watcher.model.alert import PlaceView, StoryMember
from watcher.model.article import ArticleDraft, StoredText
from watcher.model.story import Candidate
from watcher.store.sqlite.codec import Row, clean, load_link, load_text, outlet

CANDIDATES = 5
COMMON = 20  # a print on more articles of one outlet is boilerplate (spec `matching` §5)

STORED = """
SELECT a.key, a.article, a.url, a.canonical_url, a.outlet_domain, a.outlet_name, a.first_seen,
       a.counts_as_old, a.text_hash AS newest_hash, a.prints, s.story, s.role, s.copy_of, r.*
FROM article AS a
JOIN story_article AS s USING (article)
JOIN revision AS r ON r.article = a.article AND r.n = a.revision
WHERE a.article = ?
"""

# Lists of values come as one JSON text: some builds of SQLite take no more than 32,766 of them one
# by one, and a long text has more prints.
SHARED = """
SELECT article, count(*) AS shared FROM print
WHERE hash IN (SELECT value FROM json_each(?)) AND article <> ?
GROUP BY article ORDER BY shared DESC, article LIMIT ?
"""

BOILERPLATE = """
SELECT p.hash FROM print AS p JOIN article AS a ON a.key = p.article
WHERE p.hash IN (SELECT value FROM json_each(?))
GROUP BY p.hash, a.outlet_domain HAVING count(*) > ?
"""

MEMBERS = """
SELECT s.article, s.story, s.role, s.copy_of, a.url, a.outlet_domain, a.outlet_name,
       a.published_at, a.first_seen, r.title
FROM story_article AS s JOIN article AS a USING (article)
JOIN revision AS r ON r.article = a.article AND r.n = a.revision
WHERE s.story IN (SELECT value FROM json_each(?)) ORDER BY a.key
"""

TOLD = """
SELECT story, topic FROM alert
WHERE decision = 'raised' AND story IN (SELECT value FROM json_each(?))
"""

MATCHED = """
SELECT m.article, m.topic FROM match AS m JOIN article AS a
ON a.article = m.article AND a.revision = m.revision
WHERE m.article IN (SELECT value FROM json_each(?))
"""


def load(db: Connection, draft: ArticleDraft) -> PlaceView:
    latest = find(db, draft)
    candidates = _candidates(db, draft, latest)
    stories = {one.stored.story for one in candidates} | ({latest.story} if latest else set())
    members = _members(db, stories)
    articles = {one.article for group in members.values() for one in group}
    return PlaceView(
        latest=latest,
        candidates=candidates,
        told=_sets(db, TOLD, stories, "story"),
        matched=_sets(db, MATCHED, articles, "article"),
        members=members,
    )


def find(db: Connection, draft: ArticleDraft) -> StoredText | None:
    """The article already stored at any of the draft's addresses."""
    for key in draft.urls:
        row = db.execute("SELECT article FROM article_url WHERE key = ?", (clean(key),)).fetchone()
        if row is not None:
            return stored(db, row["article"])
    return stored(db, draft.article)


def stored(db: Connection, article: str) -> StoredText | None:
    row = db.execute(STORED, (article,)).fetchone()
    if row is None:
        return None
    links = tuple(
        load_link(link)
        for link in db.execute("SELECT * FROM link WHERE article = ? ORDER BY position", (article,))
    )
    return StoredText(
        article=row["article"],
        key=row["key"],
        story=row["story"],
        revision=row["n"],
        url=row["url"],
        canonical_url=row["canonical_url"],
        outlet=outlet(row),
        text=load_text(row, row["body"], links),
        text_hash=row["newest_hash"],
        first_seen=row["first_seen"],
        role=row["role"],
        copy_of=row["copy_of"],
        counts_as_old=bool(row["counts_as_old"]),
    )


def _candidates(
    db: Connection, draft: ArticleDraft, latest: StoredText | None
) -> tuple[Candidate, ...]:
    own = -1 if latest is None else latest.key
    shared = _shared(db, draft.prints, own)
    same = {
        row["article"]: row["key"]
        for row in db.execute(
            "SELECT article, key FROM article WHERE text_hash = ? AND key <> ?"
            " ORDER BY key LIMIT ?",
            (draft.text_hash, own, CANDIDATES),
        )
    }
    keys = list(dict.fromkeys([*same.values(), *shared]))[:CANDIDATES]
    found = []
    for key in keys:
        row = db.execute("SELECT article, prints FROM article WHERE key = ?", (key,)).fetchone()
        held = None if row is None else stored(db, row["article"])
        if held is not None:
            is_same = held.article in same
            found.append(Candidate(held, shared.get(key, 0), row["prints"], is_same))
    return tuple(found)


def _shared(db: Connection, prints: Sequence[int], own: int) -> dict[int, int]:
    """Keys of the articles that share most prints, with how many."""
    if not prints:
        return {}
    common = {row["hash"] for row in db.execute(BOILERPLATE, (json.dumps(prints), COMMON))}
    rare = [one for one in prints if one not in common]
    if not rare:
        return {}
    rows = db.execute(SHARED, (json.dumps(rare), own, CANDIDATES))
    return {row["article"]: row["shared"] for row in rows}


def _members(db: Connection, stories: Iterable[str]) -> dict[str, tuple[StoryMember, ...]]:
    names = sorted(stories)
    groups: dict[str, list[StoryMember]] = {name: [] for name in names}
    for row in db.execute(MEMBERS, (json.dumps(names),)):
        groups[row["story"]].append(_member(row))
    return {name: tuple(group) for name, group in groups.items()}


def _member(row: Row) -> StoryMember:
    return StoryMember(
        article=row["article"],
        title=row["title"],
        url=row["url"],
        outlet=outlet(row),
        role=row["role"],
        copy_of=row["copy_of"],
        published_at=row["published_at"],
        first_seen=row["first_seen"],
    )


def _sets(
    db: Connection, query: str, names: Iterable[str], column: str
) -> dict[str, frozenset[str]]:
    wanted = sorted(names)
    found: dict[str, set[str]] = {name: set() for name in wanted}
    for row in db.execute(query, (json.dumps(wanted),)):
        found[row[column]].add(row["topic"])
    return {name: frozenset(topics) for name, topics in found.items()}
