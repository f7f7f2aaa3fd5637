"""What people do to feeds: pause, resume, poll now. Each act is kept with its time and author."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from sqlite3 import Connection

from watcher.model.alert import Mute
from watcher.model.feed import FeedJob, FeedStanding, Pause, RetryRefused
from watcher.model.when import Micros, rfc3339
from watcher.ports import RetryDecider
from watcher.store.sqlite import channels, deliveries, merge, waiting
from watcher.store.sqlite.codec import Row, clean, dump, dump_memory, load_memory
from watcher.store.sqlite.feeds import state_of
from watcher.text.hosts import pause_key

ACT = "INSERT INTO act (at, author, act, thing, facts) VALUES (?, ?, ?, ?, ?)"

PAUSE = """
UPDATE feed SET state = 'paused', why = :why, lease_until = 0, lease_token = NULL
WHERE feed = :feed AND merged_into IS NULL AND state IN ('active', 'gone')
"""

RESUME = """
UPDATE feed SET state = 'active', merged_into = NULL, due_at = :due, why = :why,
    error_code = CASE WHEN state = 'gone' THEN NULL ELSE error_code END,
    error_message = CASE WHEN state = 'gone' THEN NULL ELSE error_message END
WHERE feed = :feed AND state <> 'retired'
"""

# At its configured address nothing is known of what it answers.
ORIGINAL = """
UPDATE feed SET fetch_url = url, host = :host, memory = :memory, etag = NULL, last_modified = NULL,
    body_hash = NULL, slices = NULL
WHERE feed = :feed
"""


def pause(db: Connection, feed: str, author: str, now: Micros) -> bool:
    """False: it is merged, retired, paused already, or not there."""
    why = clean(f"paused by {author} at {_time(now)}")
    done = db.execute(PAUSE, {"feed": feed, "why": why}).rowcount == 1
    if done:
        _note(db, "pause", feed, author, now, {})
    return done


def resume(db: Connection, feed: str, author: str, now: Micros, *, original: bool) -> bool:
    """Polls it again, a merged one as a feed of its own. `original`: at its configured address, and
    the move away from there is not made again. False: it is retired, or not there."""
    row = _row(db, feed)
    if row is None or row["state"] == "retired":
        return False
    left = row["fetch_url"]
    original = original or row["merged_into"] is not None
    memory = load_memory(row["memory"])
    why = clean(f"resumed by {author} at {_time(now)}")
    active = row["state"] == "active"
    due = max(now, memory.earliest or 0) if not (active and not original) else row["due_at"]
    if original and left != row["url"]:
        memory = replace(
            memory, move=None, adopted=None, validated_url=None, not_to=(*memory.not_to, left)
        )
        facts = {"feed": feed, "host": pause_key(row["url"]), "memory": dump_memory(memory)}
        db.execute(ORIGINAL, facts)
        due = now  # another address, which asked for nothing yet
    db.execute(RESUME, {"feed": feed, "due": due, "why": why})
    _note(db, "resume", feed, author, now, {"left": left} if left != row["url"] else {})
    return True


def claim(
    db: Connection, feed: str, now: Micros, until: Micros, token: str, decide: RetryDecider
) -> FeedJob | RetryRefused:
    row = _row(db, feed)
    if row is None:
        return RetryRefused("it is not known: `watcher once` takes over what config.yaml wants")
    also = merge.also(db, [feed]).get(feed, ())
    held = db.execute(
        "SELECT * FROM host WHERE host = ? AND paused_until > ?", (row["host"], now)
    ).fetchone()
    standing = FeedStanding(
        state=state_of(row, also),
        life="merged" if row["merged_into"] else row["state"],
        leased=row["lease_token"] is not None and row["lease_until"] > now,
        pause=None if held is None else Pause(held["host"], held["paused_until"], held["why"]),
    )
    refused = decide(standing)
    if refused is not None:
        return refused
    db.execute(
        "UPDATE feed SET lease_until = ?, lease_token = ? WHERE feed = ?", (until, token, feed)
    )
    return FeedJob(standing.state, token)


def deliver_again(db: Connection, delivery: str, author: str, now: Micros, *, replay: bool) -> bool:
    if not deliveries.again(db, delivery, now, replay=replay):
        return False
    _note(db, "replay" if replay else "retry", delivery, author, now, {})
    return True


def enable_channel(db: Connection, name: str, author: str, now: Micros) -> bool:
    if not channels.enable(db, name, now):
        return False
    _note(db, "enable", f"channel:{name}", author, now, {})
    return True


def disable_channel(db: Connection, name: str, author: str, now: Micros) -> bool:
    if channels.state(db, name).disabled_at is not None:
        return False
    channels.disable(db, name, f"by {author} at {_time(now)}", now)
    _note(db, "disable", f"channel:{name}", author, now, {})
    return True


def mute(db: Connection, one: Mute) -> None:
    waiting.mute(db, one)
    until = {} if one.until is None else {"until": _time(one.until)}
    _note(db, "snooze" if one.snooze else "mute", one.thing, one.author, one.at, until)


def unmute(db: Connection, thing: str, author: str, now: Micros) -> bool:
    if not waiting.unmute(db, thing, now):
        return False
    _note(db, "unmute", thing, author, now, {})
    return True


def _row(db: Connection, feed: str) -> Row | None:
    row: Row | None = db.execute("SELECT * FROM feed WHERE feed = ?", (feed,)).fetchone()
    return row


def _note(
    db: Connection, act: str, feed: str, author: str, now: Micros, facts: Mapping[str, str]
) -> None:
    db.execute(ACT, (now, clean(author), act, feed, dump(dict(facts))))


def _time(now: Micros) -> str:
    return rfc3339(now - now % 1_000_000)
