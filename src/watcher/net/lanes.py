"""Lanes: who may send a request now. One lane a host, and one limit over all (spec `polling` §5,
check 51)."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import anyio

from watcher.model.when import SECOND, Micros
from watcher.ports import Clock

MAX_CRAWL_DELAY: Micros = 60 * SECOND
_SWEEP_AT = 256

Sleep = Callable[[float], Awaitable[None]]


@dataclass(slots=True)
class _Lane:
    slots: anyio.Semaphore
    gate: anyio.Lock = field(default_factory=anyio.Lock)
    users: int = 0
    started: Micros | None = None
    gap: Micros = 0
    wish: Micros = 0


class Lanes:
    """Turns are given in order of asking. `sleep` takes seconds."""

    def __init__(
        self, clock: Clock, *, per_host: int, concurrency: int, sleep: Sleep = anyio.sleep
    ) -> None:
        self._clock = clock
        self._per_host = per_host
        self._all = anyio.Semaphore(concurrency)
        self._sleep = sleep
        self._lanes: dict[str, _Lane] = {}

    def __len__(self) -> int:
        return len(self._lanes)

    def widen(self, lane: str, wish: Micros | None) -> None:
        """A Crawl-delay: the lane's gap is at least this, 60 s at most (check 71)."""
        self._lane(lane).wish = min(wish or 0, MAX_CRAWL_DELAY)

    @asynccontextmanager
    async def turn(self, lane: str, gap: Micros) -> AsyncIterator[None]:
        """Waits until a request to this lane may start; holds its place until the block ends.

        At most `per_host` blocks run in a lane, `concurrency` over all lanes, and starts in one
        lane are at least `gap` (or its Crawl-delay) apart.
        """
        own = self._lane(lane)
        own.users += 1
        own.gap = gap
        try:
            async with own.slots:
                async with own.gate:
                    await self._space(own)
                    await self._all.acquire()
                    own.started = self._clock.now()
                try:
                    yield
                finally:
                    self._all.release()
        finally:
            own.users -= 1

    async def _space(self, lane: _Lane) -> None:
        """A clock set back never makes the wait longer than the gap itself."""
        if lane.started is None:
            return
        gap = max(lane.gap, lane.wish)
        left = min(lane.started + gap - self._clock.now(), gap)
        if left > 0:
            await self._sleep(left / SECOND)

    def _lane(self, name: str) -> _Lane:
        if name not in self._lanes:
            if len(self._lanes) >= _SWEEP_AT:
                self._drop_idle()
            self._lanes[name] = _Lane(anyio.Semaphore(self._per_host))
        return self._lanes[name]

    def _drop_idle(self) -> None:
        """A lane whose gap has passed remembers nothing that matters, its Crawl-delay aside, which
        the next look at the cached robots.txt restores."""
        now = self._clock.now()
        for name, lane in list(self._lanes.items()):
            since = now - (lane.started or 0)
            if lane.users == 0 and not 0 <= since < max(lane.gap, lane.wish):
                del self._lanes[name]
