"""Poison: what breaks our own code, or kills its reader, time and again. It is counted, set aside
after `TRIES` times, told, and tried again once by another version of watcher."""

from __future__ import annotations

import traceback
from typing import TYPE_CHECKING

from watcher.errors import WatcherError
from watcher.feeds.backoff import decide_broken
from watcher.model.feed import EntryJob, FeedJob, KnownEntries, PollDecision
from watcher.model.when import MINUTE, Micros

if TYPE_CHECKING:
    from watcher.pipeline.desk import Desk

TRIES = 3
WAITS: tuple[Micros, ...] = (MINUTE, 4 * MINUTE)  # between the tries
CODE = "WTC-INT-001"
KILLED = "WTC-WORK-"  # codes of readers that did not survive what they read
HINT = "Please report it, with the address: it is tried again by the next version."


def is_poison(error: Exception) -> bool:
    """A fault of our own code. A full disk or a busy database says nothing of the job."""
    return not isinstance(error, WatcherError | OSError)


def words(error: Exception) -> str:
    return f"{type(error).__name__}: {error}"[:500]


def stage_of(error: Exception) -> str:
    """Which stage of an entry the error came out of."""
    frames = traceback.walk_tb(error.__traceback__)
    names = {frame.f_globals.get("__name__") for frame, _ in frames}
    return "place" if "watcher.pipeline.place" in names else "scrape"


async def count(desk: Desk, job: EntryJob, stage: str, code: str, message: str) -> Micros | None:
    """Counts one more time that the entry broke a stage; the lease stays. Returns when it is to be
    tried again, None where it is set aside now."""
    aside = job.broken + 1 >= TRIES
    by = desk.version if aside else None
    await desk.store.run(lambda store: store.count_broken(job, stage, code, message, by))
    if aside:
        desk.journal.note(
            "set_aside",
            entry=job.entry.entry,
            url=job.entry.url,
            stage=stage,
            code=code,
            error=f"set aside after {TRIES} times: {message}",
            hint=HINT,
        )
        return None
    return desk.clock.now() + WAITS[min(job.broken, len(WAITS) - 1)]


async def put_off(desk: Desk, job: EntryJob, error: Exception, again: Micros | None) -> None:
    message = words(error)
    await desk.store.run(lambda store: store.defer_entry(job, again, CODE, message, tried=False))


async def feed_broke(desk: Desk, job: FeedJob, error: Exception) -> PollDecision | None:
    """Our own code broke on what the feed sent: a failure like others, backed off."""
    now, message = desk.clock.now(), words(error)

    def decide(job: FeedJob, known: KnownEntries) -> PollDecision:
        return decide_broken(job.state, message, HINT, desk.version, now, desk.cadence)

    return await desk.store.run(lambda store: store.commit_poll(job, decide, now))
