"""What a placement may read: the stored article at the same address, its likenesses, and who was
told of their stories (`model.alert.PlaceView`). Read inside the transaction that will write."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from sqlite3 import Connection
from typing import TYPE_CHECKING

from watcher.model.alert import PlaceView, StoryMember
from watcher.model.article import ArticleDraft, StoredText
from watcher.model.story import Candidate
from watcher.store.sqlite import follow, waiting
from watcher.store.sqlite import stories as stories_
from watcher.store.sqlite.codec import Row, clean, load_date, load_link, load_text, outlet
from watcher.stories.lineage import known_at

if TYPE_CHECKING:
    from watcher.model.when import Micros

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

SHARED_WITH = """
SELECT count(*) FROM print WHERE hash IN (SELECT value FROM json_each(?)) AND article = ?
"""

SAME = "SELECT key FROM article WHERE text_hash = ? AND key <> ? ORDER BY key LIMIT ?"

BOILERPLATE = """
SELECT p.hash FROM print AS p JOIN article AS a ON a.key = p.article
WHERE p.hash IN (SELECT value FROM json_each(?))
GROUP BY p.hash, a.outlet_domain HAVING count(*) > ?
"""

MEMBERS = """
SELECT s.article, s.story, s.role, s.kind, s.copy_of, s.score, a.url, a.outlet_domain,
       a.outlet_name, a.published_at, a.first_seen, r.title, r.published,
       json_extract(r.rest, '$.precision[0]') AS precision
FROM story_article AS s JOIN article AS a USING (article)
JOIN revision AS r ON r.article = a.article AND r.n = a.revision
WHERE s.story IN (SELECT value FROM json_each(?)) ORDER BY a.key
"""

TOLD = """
SELECT named.story, alert.topic FROM (
    SELECT value AS story, value AS alias FROM json_each(?1)
    UNION ALL SELECT merged_into, story FROM story
    WHERE merged_into IN (SELECT value FROM json_each(?1))) AS named
CROSS JOIN alert ON alert.story = named.alias WHERE alert.decision <> 'suppressed'
"""

MATCHED = """
SELECT m.article, m.topic FROM match AS m JOIN article AS a
ON a.article = m.article AND a.revision = m.revision
WHERE m.article IN (SELECT value FROM json_each(?))
"""


def load(db: Connection, draft: ArticleDraft) -> PlaceView:
    latest = find(db, draft)
    candidates = _candidates(db, draft, latest)
    counts = {} if latest else stories_.counts(db, draft)
    open_ = () if latest else stories_.near(db, draft, counts)
    stories = {one.stored.story for one in candidates} | {one.story for one in open_}
    stories |= {latest.story} if latest else set()
    groups = members(db, stories)
    articles = {one.article for group in groups.values() for one in group}
    return PlaceView(
        latest=latest,
        candidates=candidates,
        told=_sets(db, TOLD, stories, "story"),
        matched=_sets(db, MATCHED, articles, "article"),
        members=groups,
        depth=follow.depth(db, latest.article) if latest else 0,
        mutes=waiting.mutes(db),
        open=open_,
        counts=counts,
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
        urls=tuple(
            address["key"]
            for address in db.execute(
                "SELECT key FROM article_url WHERE article = ? ORDER BY key", (article,)
            )
        ),
    )


def _candidates(
    db: Connection, draft: ArticleDraft, latest: StoredText | None
) -> tuple[Candidate, ...]:
    """The likenesses, best first, then the originals of those that are copies: whoever is joined,
    the article that leads is measured too."""
    own = -1 if latest is None else latest.key
    rare = _rare(db, draft.prints)
    near = [row["article"] for row in db.execute(SHARED, (json.dumps(rare), own, CANDIDATES))]
    same = [row["key"] for row in db.execute(SAME, (draft.text_hash, own, CANDIDATES))]
    found: dict[str, Candidate] = {}
    for key in list(dict.fromkeys([*same, *near]))[:CANDIDATES]:
        row = db.execute("SELECT article FROM article WHERE key = ?", (key,)).fetchone()
        if row is not None:
            _measure(db, draft, rare, row["article"], found)
    for one in list(found.values()):
        if one.stored.copy_of is not None:
            _measure(db, draft, rare, one.stored.copy_of, found)
    return tuple(found.values())


def _measure(
    db: Connection,
    draft: ArticleDraft,
    rare: Sequence[int],
    article: str,
    found: dict[str, Candidate],
) -> None:
    held = None if article in found else stored(db, article)
    if held is None:
        return
    shared = db.execute(SHARED_WITH, (json.dumps(rare), held.key)).fetchone()[0]
    prints = db.execute("SELECT prints FROM article WHERE key = ?", (held.key,)).fetchone()[0]
    found[article] = Candidate(held, shared, prints, held.text_hash == draft.text_hash)


def _rare(db: Connection, prints: Sequence[int]) -> list[int]:
    """The prints that are no boilerplate."""
    common = {row["hash"] for row in db.execute(BOILERPLATE, (json.dumps(prints), COMMON))}
    return [one for one in prints if one not in common]


def members(db: Connection, stories: Iterable[str]) -> dict[str, tuple[StoryMember, ...]]:
    names = sorted(stories)
    groups: dict[str, list[StoryMember]] = {name: [] for name in names}
    for row in db.execute(MEMBERS, (json.dumps(names),)):
        groups[row["story"]].append(_member(row))
    return {name: tuple(group) for name, group in groups.items()}


def _member(row: Row) -> StoryMember:
    seen: Micros = row["first_seen"]
    return StoryMember(
        article=row["article"],
        title=row["title"],
        url=row["url"],
        outlet=outlet(row),
        role=row["role"],
        copy_of=row["copy_of"],
        published_at=row["published_at"],
        first_seen=seen,
        kind=row["kind"],
        score=row["score"],
        known=known_at(load_date(row["published"], row["published_at"], row["precision"]), seen),
    )


def _sets(
    db: Connection, query: str, names: Iterable[str], column: str
) -> dict[str, frozenset[str]]:
    wanted = sorted(names)
    found: dict[str, set[str]] = {name: set() for name in wanted}
    for row in db.execute(query, (json.dumps(wanted),)):
        found[row[column]].add(row["topic"])
    return {name: frozenset(topics) for name, topics in found.items()}
