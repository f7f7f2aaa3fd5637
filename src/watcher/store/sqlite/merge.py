"""Two feeds that turn out to be one: fetched once, under one id (spec `polling` §5, 47 and 48)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from sqlite3 import Connection

from watcher.model.feed import FeedSpec, PollDecision
from watcher.model.when import Micros
from watcher.store.sqlite.codec import load_spec
from watcher.text.hosts import pause_key
from watcher.text.urls import normalise

TWINS = """
SELECT feed, url, fetch_url FROM feed
WHERE host = ? AND feed <> ? AND state = 'active' AND merged_into IS NULL ORDER BY feed
"""

MERGE = """
UPDATE feed SET merged_into = :into, state = 'paused', slices = NULL,
    lease_until = 0, lease_token = NULL
WHERE feed = :feed
"""

PART = """
UPDATE feed SET merged_into = NULL, state = 'active', due_at = :now, why = 'its own feed again'
WHERE feed = :feed
"""

# What a merged feed is wanted for: an article of the one feed is one of all of them.
CREDIT = """
INSERT INTO article_feed (article, feed, tags)
SELECT ?, feed, coalesce(json_extract(wanted, '$.tags'), '[]') FROM feed
WHERE merged_into = ? AND state <> 'retired'
ON CONFLICT DO NOTHING
"""


def twin(db: Connection, feed: str, url: str) -> tuple[str, str] | None:
    """The id and the configured address of another feed that is fetched at `url` already."""
    wanted = normalise(url)
    for row in db.execute(TWINS, (pause_key(url), feed)):
        if normalise(row["fetch_url"]) == wanted:
            return row["feed"], row["url"]
    return None


def told(db: Connection, feed: str, made: PollDecision) -> PollDecision:
    """`made`, with what other feeds at the address that it moves to mean for it."""
    move = made.memory.move if made.memory else None
    if made.fetch_url is None:
        if move is None or move.sightings > 1:
            return made
        other = twin(db, feed, move.target)
        note = f"a duplicate: the feed {other[1]} is fetched there already" if other else None
        return replace(made, notes=(*made.notes, note)) if note else made
    other = twin(db, feed, made.fetch_url)
    if other is None:
        return made
    rows = db.execute("SELECT identity FROM entry WHERE feed = ?", (other[0],))
    there = {row["identity"] for row in rows}
    new = tuple(entry for entry in made.new if entry.identity not in there)
    why = f"the same feed as {other[1]}: merged into it"
    return replace(made, merged_into=other[0], new=new, why=why, notes=(*made.notes, why))


def merge(db: Connection, feed: str, into: str) -> None:
    """Follows `told`, once all that the poll brought is stored."""
    move_entries(db, feed, into)
    db.execute(MERGE, {"feed": feed, "into": into})
    # Whoever was merged into this one goes with it.
    db.execute("UPDATE feed SET merged_into = ? WHERE merged_into = ?", (into, feed))


def move_entries(db: Connection, feed: str, into: str) -> None:
    """Entries keep their ids; those that are known there already are not kept twice."""
    db.execute(
        "UPDATE OR IGNORE entry SET feed = :into WHERE feed = :feed", {"into": into, "feed": feed}
    )
    db.execute("DELETE FROM entry WHERE feed = ?", (feed,))


def part(db: Connection, feed: str, now: Micros) -> None:
    db.execute(PART, {"feed": feed, "now": now})


def orphans(db: Connection, now: Micros) -> None:
    """Feeds whose other feed is wanted no more: the first takes its place, with its entries."""
    rows = db.execute(
        "SELECT m.feed, m.merged_into AS into_ FROM feed AS m"
        " JOIN feed AS f ON f.feed = m.merged_into"
        " WHERE m.merged_into IS NOT NULL AND f.state = 'retired' AND m.state <> 'retired'"
        " ORDER BY m.feed"
    ).fetchall()
    heirs: dict[str, str] = {}
    for row in rows:
        heir = heirs.setdefault(row["into_"], row["feed"])
        if heir == row["feed"]:
            move_entries(db, row["into_"], heir)
            part(db, heir, now)
        else:
            db.execute("UPDATE feed SET merged_into = ? WHERE feed = ?", (heir, row["feed"]))


def also(db: Connection, feeds: Iterable[str]) -> dict[str, tuple[FeedSpec, ...]]:
    """What config.yaml wants of the feeds that were merged into these."""
    found: dict[str, tuple[FeedSpec, ...]] = {}
    for feed in feeds:
        rows = db.execute(
            "SELECT wanted FROM feed WHERE merged_into = ? AND state <> 'retired' ORDER BY feed",
            (feed,),
        )
        specs = tuple(load_spec(row["wanted"]) for row in rows)
        if specs:
            found[feed] = specs
    return found
