"""All versions of an article: the newest stands in full, an older one as a delta from the next
newer, and every twentieth in full, so that no chain grows long (spec `matching` §7)."""

from __future__ import annotations

import json
from sqlite3 import Connection

from watcher.model.rows import VersionRow
from watcher.store.sqlite.codec import clean, load_link, load_text, restore, shrink

WHOLE = 20  # every so many versions one stays in full

KEEP = "UPDATE revision SET body = NULL, delta = ? WHERE article = ? AND n = ?"
ALL = "SELECT * FROM revision WHERE article = ? ORDER BY n DESC"


def put_by(db: Connection, article: str, n: int, older: str, newer: str) -> None:
    """Version `n`, which is the newest no longer, becomes a delta."""
    if n % WHOLE:
        db.execute(KEEP, (shrink(clean(older), clean(newer)), article, n))


def versions(db: Connection, article: str) -> tuple[VersionRow, ...]:
    """Oldest first, each with its whole text. Links are known of the newest alone."""
    links = tuple(
        load_link(row)
        for row in db.execute("SELECT * FROM link WHERE article = ? ORDER BY position", (article,))
    )
    found: list[VersionRow] = []
    body = ""
    for row in db.execute(ALL, (article,)):
        body = row["body"] if row["body"] is not None else restore(row["delta"], body)
        found.append(
            VersionRow(
                n=row["n"],
                seen_at=row["seen_at"],
                changes=tuple(json.loads(row["changes"])),
                text=load_text(row, body, () if found else links),
            )
        )
    return tuple(reversed(found))
