"""What people do to stories: two are one, an article belongs to none of it, a text is no copy. Each
is kept with its time and author, and nothing decided later goes against it."""

from __future__ import annotations

from sqlite3 import Connection

from watcher.model.ids import story_id
from watcher.model.story import Profile, Standing, StoryAct, StoryMerge
from watcher.model.when import Micros
from watcher.store.sqlite import stories, view
from watcher.store.sqlite.codec import clean
from watcher.stories.cluster import Rarity, joined, keys, profile_of, terms
from watcher.stories.features import features
from watcher.stories.place import settled

APART = "INSERT OR IGNORE INTO apart (one, other) VALUES (?, ?)"
TOGETHER = "DELETE FROM apart WHERE (one = ?1 AND other = ?2) OR (one = ?2 AND other = ?1)"

FOUND = """
INSERT INTO story (story, key, title, first_seen, last_at)
SELECT ?, a.key, r.title, a.first_seen, min(coalesce(a.published_at, a.first_seen), a.first_seen)
FROM article AS a JOIN revision AS r ON r.article = a.article AND r.n = a.revision
WHERE a.article = ?
"""


def act(db: Connection, wanted: StoryAct, now: Micros) -> str | None:
    """The story that it is about afterwards; None where it does not apply."""
    if wanted.act == "merge":
        return _merge(db, wanted, now)
    if wanted.act == "split":
        return _split(db, wanted, now)
    return _not_a_copy(db, wanted, now)


def known_as(db: Connection, story: str) -> str | None:
    """The story's id, or the one that it lives on in."""
    row = db.execute(
        "SELECT coalesce(merged_into, story) FROM story WHERE story = ?", (clean(story),)
    ).fetchone()
    return None if row is None else str(row[0])


def _merge(db: Connection, wanted: StoryAct, now: Micros) -> str | None:
    """The older keeps its id, whichever is named first."""
    pair = {known_as(db, wanted.one), known_as(db, wanted.other or "")}
    if None in pair or len(pair) < 2:
        return None
    into, other = (
        row[0]
        for row in db.execute(
            "SELECT story FROM story WHERE story IN (?, ?) ORDER BY key, story", tuple(pair)
        )
    )
    stories.merge(db, StoryMerge(other, into, "by hand"), wanted.author, now)
    db.execute(TOGETHER, (into, other))
    _settle(db, into, now)
    return str(into)


def _split(db: Connection, wanted: StoryAct, now: Micros) -> str | None:
    """The article founds a story of its own, and its copies go with it. A copy is none any more."""
    held = view.stored(db, clean(wanted.one))
    if held is None:
        return None
    (group,) = view.members(db, [held.story]).values()
    moved = [one for one in group if wanted.one in {one.article, one.copy_of}]
    if len(moved) == len(group):
        return None
    made = _free_id(db, wanted.one)
    db.execute(FOUND, (made, wanted.one))
    if held.copy_of is not None:
        db.execute(APART, (wanted.one, held.copy_of))
    why = f"split from {held.story} by {wanted.author}"
    stories.stand(db, made, Standing(wanted.one, "original", why=why), now)
    for one in moved:
        db.execute("UPDATE story_article SET story = ? WHERE article = ?", (made, one.article))
    db.execute(APART, (held.story, made))
    facts = {"from": held.story, "articles": [one.article for one in moved]}
    stories.note(db, "split", made, wanted.author, now, dict(facts))
    for story in (held.story, made):
        _settle(db, story, now)
    return made


def _not_a_copy(db: Connection, wanted: StoryAct, now: Micros) -> str | None:
    """It stays in its story, as a report of its own."""
    held = view.stored(db, clean(wanted.one))
    if held is None or held.copy_of is None:
        return None
    why = f"no copy of {held.copy_of}, said {wanted.author}"
    stories.stand(db, held.story, Standing(held.article, "report", why=why), now)
    db.execute(APART, (held.article, held.copy_of))
    stories.note(db, "not-a-copy", held.article, wanted.author, now, {"of": held.copy_of})
    _settle(db, held.story, now)
    return held.story


def _free_id(db: Connection, article: str) -> str:
    made, times = story_id(article), 0
    while db.execute("SELECT 1 FROM story WHERE story = ?", (made,)).fetchone():
        times += 1
        made = story_id(f"{article}/split/{times}")
    return made


def _settle(db: Connection, story: str, now: Micros) -> None:
    """Who is the original of what is left, and what the story says."""
    (group,) = view.members(db, [story]).values()
    for standing in settled(group):
        stories.stand(db, story, standing, now)
    profile = Profile()
    for one in group:
        held = view.stored(db, one.article) if one.copy_of is None else None
        if held is not None:
            seen = features(held.text)
            counted = stories.counts_of(db, keys(seen))
            profile = joined(profile, profile_of(seen, Rarity(counted)))
    times = [min(one.published_at or one.first_seen, one.first_seen) for one in group]
    db.execute(
        "UPDATE story SET first_seen = ?, last_at = ? WHERE story = ?",
        (min(one.first_seen for one in group), max(times), story),
    )
    stories.describe(db, story, profile, terms(profile))
