"""Whether a feed's window ran over between two polls: entries came and went unseen."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from watcher.feeds.backoff import shown
from watcher.feeds.words import count
from watcher.model.feed import Entry, FeedState, KnownEntries
from watcher.model.when import DAY, Dated, Micros

FEWEST = 3  # entries of a feed that say anything by all being new
PINNED = 10  # one in so many may be known, and yet stand there only because it is pinned


@dataclass(frozen=True, slots=True)
class Window:
    """`overflowed`: entries may have been missed. `all_new`: polls in a row that found nothing
    they knew. `notes`: what the user should know."""

    overflowed: bool = False
    all_new: int = 0
    notes: tuple[str, ...] = ()


def look(
    state: FeedState, new: Sequence[Entry], seen: int, known: KnownEntries, now: Micros
) -> Window:
    """`new` of the `seen` entries of a feed that was polled before were not `known`."""
    if seen < FEWEST or not _ran_over(new, seen) or not known:
        return Window()
    row = state.memory.all_new + 1
    if _renamed(new, known):
        note = (
            f"{count(len(new), 'entry', 'entries')} came under new ids with nothing else changed:"
            " `identity: link` or `hash` tells them apart"
        )
        return Window(all_new=row, notes=(note,) if row == 1 else ())
    since = _last_good(state)
    dates = [dated for entry in new if (dated := entry.published or entry.updated)]
    if since is None or (dates and not _newer(min(dates, key=_at), since)):
        return Window(all_new=row)
    until = min(map(_at, dates), default=now)
    told = "none known" if len(new) == seen else f"only {seen - len(new)} known"
    note = (
        f"{len(new)} entries new, {told}: some may have been missed between {shown(since)}"
        f" and {shown(min(until, now))}"
    )
    return Window(overflowed=True, all_new=row, notes=(note,))


def _ran_over(new: Sequence[Entry], seen: int) -> bool:
    """Nothing known, or hardly anything, and the last place is no known one: an entry that was
    known there would say that nothing was lost before it."""
    if not new or seen - len(new) > seen // PINNED:
        return False
    return max(entry.position for entry in new) >= seen - 1


def _renamed(new: Sequence[Entry], known: KnownEntries) -> bool:
    """The publisher's ids change, the entries do not."""
    hashes = {one.hash for one in known.values()}
    return 2 * sum(entry.hash in hashes for entry in new) >= len(new)


def _last_good(state: FeedState) -> Micros | None:
    """When the feed was last seen as it is known."""
    if state.failures:
        return state.memory.last_whole
    return state.last_poll or state.memory.last_whole


def _newer(dated: Dated, since: Micros) -> bool:
    """What was there at the last poll would have been seen then."""
    return dated.at + (DAY if dated.precision == "day" else 0) > since


def _at(dated: Dated) -> Micros:
    return dated.at
