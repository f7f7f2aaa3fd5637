"""How late entries are seen, on replayed histories, where every policy may send as many requests.

The histories are the entries' own dates in the 200 development feeds: the last 14 days of each,
with what is older as what was known before. Each policy is scaled until its polls come to the
budget, then the time from each entry's date to the poll that brings it is averaged. The peers'
rules are written from what they document: Miniflux's `entry_frequency` (a week over the
entries of the last one), CommaFeed's (half the mean gap, longer for feeds that fell silent).
"""

from __future__ import annotations

import gzip
import math
import os
import statistics
from bisect import bisect_right
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from bench.harness import Figure, figure

MINUTE = 60_000_000
HOUR = 60 * MINUTE
DAY = 24 * HOUR
WINDOW = 14 * DAY
SHORTEST, LONGEST = 5 * MINUTE, DAY
BUDGETS = ((1.0, "a poll an hour"), (0.25, "a poll in 4 hours"))
STEPS = 12  # of a bisection


@dataclass(frozen=True, slots=True)
class History:
    """Dates of entries, before and within the window that begins at `start`."""

    name: str
    before: list[int]
    within: list[int]
    start: int


Next = Callable[[int, list[int]], int]  # a poll at this moment brought these: when is the next?
Policy = Callable[[float, History], Next]


def figures() -> Iterator[Figure]:
    corpora = os.environ.get("WATCHER_CORPORA")
    if not corpora:
        return
    histories, end = _histories(Path(corpora) / "feeds" / "real")
    for budget, words in BUDGETS:
        ours, fixed, miniflux, commafeed = (
            _fitted(policy, budget, histories, end)
            for policy in (_ours, _fixed, _miniflux, _commafeed)
        )
        # The bar is for a poll an hour; with fewer, Miniflux leaves quiet feeds for a day.
        rare = 0.45 if budget < 1 else 0.35
        for peer, theirs, bar in (
            ("fixed intervals", fixed, 0.35),
            ("entry_frequency", miniflux, rare),
            ("CommaFeed", commafeed, 0.7),
        ):
            ratio = statistics.mean(ours.delays) / statistics.mean(theirs.delays)
            yield figure(f"delay, {words}: {peer}", peer, "mean delay", [ratio], bar=bar)
        ratio = statistics.mean(ours.by_feed) / statistics.mean(commafeed.by_feed)
        yield figure(f"mean of the feeds' delays, {words}", "CommaFeed", "delay", [ratio], bar=1.1)


def _histories(folder: Path) -> tuple[list[History], int]:
    from watcher.feeds.parse import parse_feed
    from watcher.model.feed import ParsedFeed

    dates = {}
    for path in sorted(folder.glob("*.xml.gz")):
        read = parse_feed(gzip.decompress(path.read_bytes()), "https://bench.example/feed", {})
        if isinstance(read, ParsedFeed):
            stated = (one.published or one.updated for one in read.entries)
            dates[path.name] = sorted({one.at for one in stated if one and abs(one.at) > DAY})
    end = max(held[-1] for held in dates.values() if held)
    found = []
    for name, held in dates.items():
        if len(held) < 8:
            continue
        start = max(end - WINDOW, held[0] + 1)
        cut = bisect_right(held, start)
        found.append(History(name, held[:cut], held[cut:], start))
    return found, end


@dataclass(frozen=True, slots=True)
class Replay:
    polls: int
    delays: list[int]
    by_feed: list[float]


def _replay(policy: Policy, scale: float, histories: list[History], end: int) -> Replay:
    polls, delays, by_feed = 0, list[int](), list[float]()
    for history in histories:
        then = policy(scale, history)
        own, seen = list[int](), 0
        at = then(history.start, [])
        while at <= end or seen < len(history.within):
            until = bisect_right(history.within, at)
            fresh = history.within[seen:until]
            own += [at - one for one in fresh]
            seen = until
            polls += at <= end
            at = then(at, fresh)
        delays += own
        if own:
            by_feed.append(statistics.mean(own))
    return Replay(polls, delays, by_feed)


def _fitted(policy: Policy, budget: float, histories: list[History], end: int) -> Replay:
    """The replay at the scale at which the policy spends its budget."""
    allowed = budget * sum((end - one.start) / HOUR for one in histories)
    low, high = math.log(1e-3), math.log(1e2)
    for _ in range(STEPS):
        middle = (low + high) / 2
        if _replay(policy, math.exp(middle), histories, end).polls > allowed:
            low = middle
        else:
            high = middle
    return _replay(policy, math.exp(high), histories, end)


def _fixed(scale: float, history: History) -> Next:
    return lambda at, fresh: at + round(scale * HOUR)


def _miniflux(scale: float, history: History) -> Next:
    known = list(history.before)

    def then(at: int, fresh: list[int]) -> int:
        known.extend(fresh)
        weekly = len(known) - bisect_right(known, at - 7 * DAY)
        wait = scale * 7 * DAY / weekly if weekly else LONGEST
        return at + round(max(SHORTEST, min(wait, LONGEST)))

    return then


def _commafeed(scale: float, history: History) -> Next:
    known = list(history.before)
    longest = 4 * HOUR * scale

    def then(at: int, fresh: list[int]) -> int:
        known.extend(fresh)
        silent = at - known[-1] if known else LONGEST * 99
        if silent >= 30 * DAY or len(known) < 2:
            wait = longest
        elif silent >= 14 * DAY:
            wait = longest / 2
        elif silent >= 7 * DAY:
            wait = longest / 4
        else:
            late = known[-50:]
            wait = scale * (late[-1] - late[0]) / (len(late) - 1) / 2
        return at + round(max(SHORTEST, min(wait, longest)))

    return then


def _ours(scale: float, history: History) -> Next:
    """The code that decides in earnest, with the peers' shortest interval, which also means no
    jitter."""
    from watcher.feeds.cadence import Seen, plan
    from watcher.feeds.policy import CadencePolicy
    from watcher.model.feed import Entry, FeedMemory, FeedSpec, FeedState
    from watcher.model.when import Dated

    policy = CadencePolicy(round(scale * HOUR), SHORTEST, LONGEST)
    spec = FeedSpec(history.name, "https://bench.example/feed")
    state = FeedState(spec, spec.url)

    def entry(at: int) -> Entry:
        dated = Dated("", at)
        stated = (None, (), None, (), "")  # updated, authors, language, tags, hash
        return Entry("", history.name, "", None, None, "", "", dated, *stated)

    def then(at: int, fresh: list[int]) -> int:
        nonlocal state
        first = state.memory.rate.at is None
        new = tuple(map(entry, history.before if first else fresh))
        seen = Seen(new, first=first)
        made = plan(replace(state, due_at=at), {}, seen, at, policy, validated=True)
        state = replace(
            state,
            polls=state.polls + 1,
            last_poll=at,
            interval=made.interval,
            memory=FeedMemory(rate=made.rate),
        )
        return made.due

    return then
