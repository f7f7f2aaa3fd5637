"""The motion that all stages share: claim what is due, work on it, settle, claim again.

A pump keeps up to `width` jobs in hand and claims more whenever one ends. Jobs that were claimed
together get a `Turn` each, so that a stage may settle them in claim order although it works on
them at once: what arrives together is stored in the same order on every run.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Generic, TypeVar

import anyio
import anyio.abc

J = TypeVar("J")

HOLD_SECONDS = 5.0  # the longest that a slow job keeps those claimed after it from settling


class Turn:
    """A place in the order of one claim."""

    def __init__(self, before: anyio.Event | None) -> None:
        self._before = before
        self.done = anyio.Event()

    async def wait(self) -> None:
        """Returns when all claimed earlier have settled, or after `HOLD_SECONDS`."""
        if self._before is not None:
            with anyio.move_on_after(HOLD_SECONDS):
                await self._before.wait()


class Pump(Generic[J]):
    """One stage in motion.

    `claim(limit)` leases jobs, `work(job, turn)` does one. An exception in `work` goes to `broke`
    and costs only that job (its lease lapses); the pump goes on. So does one in `claim` while the
    pump runs: it goes to `broke` once, without a job, and is tried again at the next wake.
    `rested` is called whenever the last job in hand has ended.
    """

    def __init__(
        self,
        name: str,
        claim: Callable[[int], Awaitable[list[J]]],
        work: Callable[[J, Turn], Awaitable[None]],
        broke: Callable[[str, J | None, Exception], None],
        width: int,
        rested: Callable[[], None] = lambda: None,
    ) -> None:
        self.name = name
        self.handled = 0
        self._rested = rested
        self._claiming = False
        self._said: str | None = None  # of a claim that fails again and again
        self._claim = claim
        self._work = work
        self._broke = broke
        self._width = width
        self._inflight = 0
        self._wake = anyio.Event()

    @property
    def inflight(self) -> int:
        return self._inflight

    @property
    def busy(self) -> bool:
        """Whether anything is in hand, or is just being claimed."""
        return self._claiming or self._inflight > 0

    def wake(self) -> None:
        """Something may be due: look again."""
        self._wake.set()

    async def run(self, stopping: Callable[[], bool]) -> None:
        """Works until `stopping()`; then finishes what is in hand and returns."""
        async with anyio.create_task_group() as group:
            while not stopping():
                # Taken before the claim: what becomes due during it is seen at once.
                self._wake = anyio.Event()
                if not await self._tried(group):
                    await self._wake.wait()

    async def drain(self) -> int:
        """Works until nothing is due and nothing is in hand. Returns how many jobs it did.

        Raises what `claim` raises.
        """
        before = self.handled
        try:
            async with anyio.create_task_group() as group:
                while True:
                    self._wake = anyio.Event()
                    if await self._start(group):
                        continue
                    if not self._inflight:
                        break
                    await self._wake.wait()
        except BaseExceptionGroup as raised:
            raise raised.exceptions[0] from raised  # jobs raise nothing: it is the claim's
        return self.handled - before

    async def _tried(self, group: anyio.abc.TaskGroup) -> bool:
        try:
            started = await self._start(group)
        except Exception as error:
            if self._said != str(error):
                self._said = str(error)
                self._broke(self.name, None, error)
            return False
        self._said = None
        return started

    async def _start(self, group: anyio.abc.TaskGroup) -> bool:
        free = self._width - self._inflight
        self._claiming = True
        try:
            jobs = await self._claim(free) if free > 0 else []
        finally:
            self._claiming = False
        before: anyio.Event | None = None
        for job in jobs:
            turn = Turn(before)
            before = turn.done
            self._inflight += 1
            group.start_soon(self._one, job, turn)
        return bool(jobs)

    async def _one(self, job: J, turn: Turn) -> None:
        try:
            await self._work(job, turn)
        except Exception as error:
            self._broke(self.name, job, error)
        finally:
            turn.done.set()
            self._inflight -= 1
            self.handled += 1
            self._wake.set()
            if not self._inflight:
                self._rested()
