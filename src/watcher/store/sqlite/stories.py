"""Stories: which ones an article may join, and what becomes of them when one does.

Look-ups go by term and day of a story's last article, so that placing costs the same however much
is stored. What nothing new can touch is forgotten with the articles placed, two for each.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from sqlite3 import Connection

from watcher.model.article import ArticleDraft
from watcher.model.story import OpenStory, Placement, Profile, Standing, StoryMerge
from watcher.model.when import DAY, Micros
from watcher.store.sqlite.codec import Row, clean, dump
from watcher.stories.cluster import OPEN, Rarity, article_time, keys, looked_for, profile_of

NEAREST = 8  # open stories that an article is compared with, by words and by names
HOT: Micros = 90 * DAY  # prints and profiles are kept so long after an article was placed

COUNTS = "SELECT term, n FROM term WHERE term IN (SELECT value FROM json_each(?))"

NEAR = """
SELECT t.story, sum(wanted.value) AS common FROM json_each(:terms) AS wanted
CROSS JOIN story_term AS t ON t.term = wanted.key AND t.day BETWEEN :first AND :last
GROUP BY t.story ORDER BY common DESC, t.story LIMIT :most
"""

OPENED = "SELECT story, profile, first_seen, last_at FROM story WHERE story = ?"

APART = "SELECT other FROM apart WHERE one = ?1 UNION SELECT one FROM apart WHERE other = ?1"

COUNT = """
INSERT INTO term (term, n) SELECT value, 1 FROM json_each(?) WHERE true
ON CONFLICT (term) DO UPDATE SET n = n + 1
"""

FOUND = """
INSERT INTO story (story, key, title, first_seen, last_at) VALUES (?, ?, ?, ?, ?)
ON CONFLICT (story) DO NOTHING
"""

GROWN = """
UPDATE story SET first_seen = min(first_seen, ?), last_at = max(last_at, ?) WHERE story = ?
"""

STANDING = """
INSERT INTO story_article (article, story, role, kind, copy_of, score, why, decided_at)
VALUES (?, ?, ?, ?, ?, ?, ?, ?)
ON CONFLICT (article) DO UPDATE SET story = excluded.story, role = excluded.role,
    kind = excluded.kind, copy_of = excluded.copy_of, score = excluded.score, why = excluded.why,
    decided_at = excluded.decided_at
"""

ACT = "INSERT INTO act (at, author, act, thing, facts) VALUES (?, ?, ?, ?, ?)"

COLD = (
    "SELECT key, article FROM article WHERE prints > 0 AND placed_at < ? ORDER BY placed_at LIMIT 2"
)


def counts(db: Connection, draft: ArticleDraft) -> dict[str, int]:
    """In how many articles each term of the draft stands, with the draft itself."""
    if draft.features is None:
        return {}
    names = [clean(one) for one in keys(draft.features)]
    known = counts_of(db, names)
    return {name: known.get(name, 0) + 1 for name in names}


def counts_of(db: Connection, names: Sequence[str]) -> dict[str, int]:
    held = db.execute(COUNTS, (dump([clean(one) for one in names]),))
    return {row["term"]: row["n"] for row in held}


def near(db: Connection, draft: ArticleDraft, seen: dict[str, int]) -> tuple[OpenStory, ...]:
    """The open stories that have most terms in common with the draft."""
    if draft.features is None:
        return ()
    at = article_time(draft.text.published, draft.seen_at)
    facts = {"first": (at - OPEN) // DAY, "last": (at + 2 * OPEN) // DAY, "most": NEAREST}
    names = dict.fromkeys(
        row["story"]
        for wanted in looked_for(profile_of(draft.features, Rarity(seen)))
        for row in db.execute(NEAR, {"terms": dump(wanted), **facts})
    )
    found = (opened(db, story) for story in names)
    return tuple(
        one for one in found if one is not None and one.first_at - OPEN <= at <= one.last_at + OPEN
    )


def opened(db: Connection, story: str) -> OpenStory | None:
    row = db.execute(OPENED, (story,)).fetchone()
    if row is None:
        return None
    apart = frozenset(one[0] for one in db.execute(APART, (story,)))
    first = min(row["first_seen"], row["last_at"])
    return OpenStory(story, load_profile(row), first, row["last_at"], apart)


def load_profile(row: Row) -> Profile:
    held = json.loads(row["profile"])
    return Profile(held["articles"], held["words"], held["names"]) if held else Profile()


def write(db: Connection, placement: Placement, draft: ArticleDraft, key: int, now: Micros) -> None:
    """What a new article makes of the stories."""
    at = article_time(draft.text.published, draft.seen_at)
    if placement.new_story:
        db.execute(FOUND, (placement.story, key, clean(draft.text.title), draft.seen_at, at))
    else:
        db.execute(GROWN, (draft.seen_at, at, placement.story))
    for one in placement.merges:
        merge(db, one, "watcher", now)
    for standing in (placement.standing, *placement.changes):
        stand(db, placement.story, standing, now)
    if placement.profile is not None:
        describe(db, placement.story, placement.profile, placement.terms)
    else:
        _reschedule(db, placement.story)
    if draft.features is not None:
        db.execute(COUNT, (dump([clean(one) for one in keys(draft.features)]),))
    forget(db, now - HOT)


def stand(db: Connection, story: str, standing: Standing, now: Micros) -> None:
    db.execute(
        STANDING,
        (
            standing.article,
            story,
            standing.role,
            standing.kind,
            standing.copy_of,
            standing.score,
            clean(standing.why),
            now,
        ),
    )


def describe(db: Connection, story: str, profile: Profile, found_by: Sequence[str]) -> None:
    """Stores what a story says, and the terms that it is found by from now on."""
    db.execute("UPDATE story SET profile = ? WHERE story = ?", (dump(profile), story))
    db.execute("DELETE FROM story_term WHERE story = ?", (story,))
    db.execute(
        "INSERT OR IGNORE INTO story_term (term, day, story)"
        " SELECT wanted.value, story.last_at / ?, story.story FROM story, json_each(?) AS wanted"
        " WHERE story.story = ?",
        (DAY, dump([clean(one) for one in found_by]), story),
    )


# What was muted stays so under the id that the story has now.
HUSHED = """
INSERT INTO mute (thing, until, snooze, at, author)
SELECT ?1, until, snooze, at, author FROM mute WHERE thing = ?2 ON CONFLICT DO NOTHING
"""


def merge(db: Connection, made: StoryMerge, author: str, now: Micros) -> None:
    """All articles go over; the other id stays as an alias, under which alerts were told."""
    row = db.execute(OPENED, (made.story,)).fetchone()
    db.execute("UPDATE story_article SET story = ? WHERE story = ?", (made.into, made.story))
    db.execute(GROWN, (row["first_seen"], row["last_at"], made.into))
    db.execute(
        "UPDATE story SET merged_into = ?1, profile = '{}' WHERE story = ?2 OR merged_into = ?2",
        (made.into, made.story),
    )
    db.execute("DELETE FROM story_term WHERE story = ?", (made.story,))
    db.execute("UPDATE waiting SET story = ? WHERE story = ?", (made.into, made.story))
    db.execute(HUSHED, (f"story:{made.into}", f"story:{made.story}"))
    note(db, "merge", made.into, author, now, {"story": made.story, "why": made.why})


def note(
    db: Connection, act: str, story: str, author: str, now: Micros, facts: dict[str, object]
) -> None:
    db.execute(ACT, (now, clean(author), act, story, dump(facts)))


def _reschedule(db: Connection, story: str) -> None:
    """A copy says nothing new, but its story is open for longer."""
    db.execute(
        "UPDATE OR REPLACE story_term SET day = (SELECT last_at / ?1 FROM story WHERE story = ?2)"
        " WHERE story = ?2 AND day <> (SELECT last_at / ?1 FROM story WHERE story = ?2)",
        (DAY, story),
    )


def forget(db: Connection, before: Micros) -> None:
    """The prints of two articles that were placed before, and what their stories are found by.
    One is placed at a time, so nothing piles up and nothing waits for it."""
    for row in db.execute(COLD, (before,)).fetchall():
        db.execute("DELETE FROM print WHERE article = ?", (row["key"],))
        db.execute("UPDATE article SET prints = 0 WHERE key = ?", (row["key"],))
        _close(db, [row["article"]], before)


def _close(db: Connection, articles: Iterable[str], before: Micros) -> None:
    for article in articles:
        row = db.execute("SELECT story FROM story_article WHERE article = ?", (article,)).fetchone()
        fresh = "SELECT 1 FROM story_article WHERE story = ? AND decided_at >= ? LIMIT 1"
        if row is not None and not db.execute(fresh, (row["story"], before)).fetchone():
            db.execute("DELETE FROM story_term WHERE story = ?", (row["story"],))
            db.execute("UPDATE story SET profile = '{}' WHERE story = ?", (row["story"],))
