"""What was learned of sites. Nothing here decides: `articles.learn` does."""

from __future__ import annotations

import json
from collections.abc import Sequence
from sqlite3 import Connection

from watcher.articles.learn import block_hash, edges, is_repeated, observed
from watcher.model.site import Block, Lesson, SiteMemory, SiteRow
from watcher.model.when import Micros
from watcher.store.sqlite.codec import Row, clean, dump

FORGOTTEN = 100  # pages after which a block that did not repeat is no longer remembered

NEWEST_BODY = """
SELECT r.body FROM article_url AS u JOIN article AS a USING (article)
JOIN revision AS r ON r.article = a.article AND r.n = a.revision
WHERE u.key IN (SELECT value FROM json_each(?)) LIMIT 1
"""

COUNT = """
INSERT INTO site_block (host, hash, pages, since, text) VALUES (?, ?, 1, ?, ?)
ON CONFLICT (host, hash) DO UPDATE SET pages = pages + 1
"""

REMEMBER = """
INSERT INTO site (host, memory, learned_at) VALUES (?, ?, ?)
ON CONFLICT (host) DO UPDATE SET memory = excluded.memory, learned_at = excluded.learned_at
"""


def memory(db: Connection, host: str) -> SiteMemory:
    row = db.execute("SELECT memory FROM site WHERE host = ?", (host,)).fetchone()
    return SiteMemory(**json.loads(row["memory"])) if row else SiteMemory()


def repeated(db: Connection, host: str, urls: Sequence[str] = ()) -> frozenset[int]:
    """The blocks that are left out of texts of the host. Those that stand in what is stored of the
    article at `urls` stay there: that its page is looked at again makes no change."""
    known = frozenset(one.hash for one in _left_out(db, host, memory(db, host).pages))
    if not known or not urls:
        return known
    row = db.execute(NEWEST_BODY, (dump([clean(one) for one in urls]),)).fetchone()
    if row is None or row["body"] is None:
        return known
    return known - {block_hash(one) for one in edges(row["body"])}


def _left_out(db: Connection, host: str, pages: int) -> list[Block]:
    asked = "SELECT * FROM site_block WHERE host = ? AND pages >= 3 ORDER BY pages DESC, hash"
    blocks = (_block(row) for row in db.execute(asked, (host,)))
    return [one for one in blocks if is_repeated(one, pages)]


def _block(row: Row) -> Block:
    return Block(row["hash"], row["text"], row["pages"], row["since"])


def learn(db: Connection, lesson: Lesson, now: Micros) -> str | None:
    """Counts one page. Returns what drifted, if that is new."""
    before = memory(db, lesson.host)
    for one in lesson.blocks:
        db.execute(COUNT, (lesson.host, one.hash, before.pages, clean(one.text)))
    after = observed(before, lesson, now)
    db.execute(REMEMBER, (lesson.host, dump(after), now))
    if after.pages % 20 == 0:
        db.execute(
            "DELETE FROM site_block WHERE host = ? AND pages < 3 AND since < ?",
            (lesson.host, after.pages - FORGOTTEN),
        )
    return after.drift if before.drift is None else None


def replace(
    db: Connection, host: str, of: SiteMemory, blocks: Sequence[Block], now: Micros
) -> None:
    db.execute("DELETE FROM site_block WHERE host = ?", (host,))
    db.executemany(
        "INSERT INTO site_block (host, hash, pages, since, text) VALUES (?, ?, ?, ?, ?)",
        [(host, one.hash, one.pages, one.since, clean(one.text)) for one in blocks],
    )
    db.execute(REMEMBER, (host, dump(of), now))


def rows(db: Connection, host: str | None = None) -> tuple[SiteRow, ...]:
    asked = "SELECT * FROM site WHERE ?1 IS NULL OR host = ?1 ORDER BY host"
    found = []
    for row in db.execute(asked, (host,)):
        of = SiteMemory(**json.loads(row["memory"]))
        left = tuple(_left_out(db, row["host"], of.pages))
        found.append(SiteRow(row["host"], of, left, row["learned_at"]))
    return tuple(found)
