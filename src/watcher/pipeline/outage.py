"""Our own network: what the stages learn of it, and how they spare the feeds meanwhile."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from watcher.feeds.backoff import UNREACHED
from watcher.feeds.outage import RECENT, Signs, after, blames_us, is_silence
from watcher.model.feed import PollDecision
from watcher.model.page import FetchFailed, FetchResult
from watcher.model.when import SECOND, Micros

if TYPE_CHECKING:
    from watcher.pipeline.desk import Desk

PROBE: Micros = 30 * SECOND  # while it is down one feed is tried so often, and no other
CODE = "WTC-NET-025"


class Outage:
    """The state between requests. `feeds`: those that failed lately and may have to be excused."""

    def __init__(self) -> None:
        self.signs = Signs()
        self.feeds: dict[str, Micros] = {}
        self._probe: Micros | None = None

    def room(self, now: Micros, wanted: int) -> int:
        """How many feeds may be claimed now."""
        if self.signs.down is None:
            self._probe = None
            return wanted
        if self._probe is not None and 0 <= now - self._probe < PROBE:
            return 0
        self._probe = now
        return min(wanted, 1)


async def judged(desk: Desk, result: FetchResult, feed: str | None = None) -> FetchResult:
    """`result`, or, where it is our network's fault, what stands for a host that is to be asked
    again soon. `feed`: whose poll it is."""
    outage, now = desk.outage, desk.clock.now()
    was = outage.signs.down
    outage.signs = after(outage.signs, result, now)
    down = outage.signs.down
    if was is not None and down is None:
        desk.journal.note("network_up", seconds=(now - was) // SECOND)
    if down is not None and was is None:
        await _excuse(desk, now)
        desk.journal.note("network_down", code=CODE, error=DOWN, hint=HINT)
    if isinstance(result, FetchFailed) and blames_us(outage.signs, result):
        return _ours(result)
    if not outage.signs.silent:
        outage.feeds.clear()
    elif feed is not None and is_silence(result):
        outage.feeds[feed] = now
    return result


def is_ours(decision: PollDecision) -> bool:
    """Whether the poll came to nothing for our own network's sake."""
    return decision.outcome == "deferred" and CODE in decision.why


DOWN = "no host can be reached: this machine's network or its name servers seem to be down"
HINT = "No feed is blamed; one is tried every half minute, and all are polled when it answers."


def _ours(result: FetchFailed) -> FetchFailed:
    return replace(
        result,
        kind="paused",
        code=CODE,
        message=f"our own network seems to be down: {result.message}",
        hint=HINT,
        retry_after=UNREACHED,
    )


async def _excuse(desk: Desk, now: Micros) -> None:
    """Those that failed before it was clear whose fault it is."""
    lately = [feed for feed, at in desk.outage.feeds.items() if 0 <= now - at <= RECENT]
    desk.outage.feeds.clear()
    await desk.store.run(lambda store: store.excuse_feeds(lately, now + UNREACHED))
