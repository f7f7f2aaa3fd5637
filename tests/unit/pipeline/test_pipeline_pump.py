"""The pump: claim, work at once, settle in claim order, go on after a fault."""

from __future__ import annotations

import anyio
import pytest

from watcher.pipeline.pump import Pump, Turn

pytestmark = pytest.mark.anyio


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


class Source:
    """Hands out jobs as a store would: each once, never more than asked for."""

    def __init__(self, jobs: list[int]) -> None:
        self.jobs = jobs
        self.asked: list[int] = []

    async def claim(self, limit: int) -> list[int]:
        self.asked.append(limit)
        taken, self.jobs = self.jobs[:limit], self.jobs[limit:]
        return taken


def nothing_breaks(stage: str, job: int, error: Exception) -> None:
    raise AssertionError(f"{stage} broke on {job}") from error


async def test_drain_does_every_job_and_stops() -> None:
    source, done = Source(list(range(10))), []

    async def work(job: int, turn: Turn) -> None:
        done.append(job)

    pump = Pump("test", source.claim, work, nothing_breaks, width=3)
    assert await pump.drain() == 10
    assert sorted(done) == list(range(10))
    assert await pump.drain() == 0


async def test_never_more_than_width_jobs_are_in_hand() -> None:
    source, most = Source(list(range(20))), 0

    async def work(job: int, turn: Turn) -> None:
        nonlocal most
        most = max(most, pump.inflight)
        await anyio.sleep(0)

    pump = Pump("test", source.claim, work, nothing_breaks, width=4)
    await pump.drain()
    assert most == 4
    assert max(source.asked) == 4


async def test_a_work_that_makes_more_due_is_followed_by_another_claim() -> None:
    source, done = Source([1]), []

    async def work(job: int, turn: Turn) -> None:
        done.append(job)
        if job < 4:
            source.jobs.append(job + 1)

    await Pump("test", source.claim, work, nothing_breaks, width=2).drain()
    assert done == [1, 2, 3, 4]


async def test_jobs_claimed_together_settle_in_claim_order_though_later_ones_are_quicker() -> None:
    source, settled = Source([3, 2, 1]), []

    async def work(job: int, turn: Turn) -> None:
        await anyio.sleep(job * 0.01)
        await turn.wait()
        settled.append(job)

    await Pump("test", source.claim, work, nothing_breaks, width=3).drain()
    assert settled == [3, 2, 1]


async def test_a_fault_costs_one_job_and_is_told() -> None:
    source, done, broken = Source([1, 2, 3]), [], []

    async def work(job: int, turn: Turn) -> None:
        await turn.wait()
        if job == 2:
            raise ValueError("two")
        done.append(job)

    def broke(stage: str, job: int, error: Exception) -> None:
        broken.append((stage, job, str(error)))

    await Pump("test", source.claim, work, broke, width=3).drain()
    assert done == [1, 3]
    assert broken == [("test", 2, "two")]


async def test_run_sleeps_until_woken_and_finishes_what_is_in_hand() -> None:
    source, done, stopping = Source([]), [], False

    async def work(job: int, turn: Turn) -> None:
        await anyio.sleep(0.02)
        done.append(job)

    pump = Pump("test", source.claim, work, nothing_breaks, width=2)
    with anyio.fail_after(5):
        async with anyio.create_task_group() as group:
            group.start_soon(pump.run, lambda: stopping)
            await anyio.wait_all_tasks_blocked()
            assert done == []
            source.jobs.append(7)
            pump.wake()
            while not pump.inflight:
                await anyio.sleep(0)
            stopping = True
            pump.wake()
    assert done == [7]


async def test_a_pump_is_busy_from_its_claim_to_its_last_job() -> None:
    seen: dict[str, bool] = {}

    async def claim(limit: int) -> list[int]:
        seen["claiming"] = pump.busy
        await anyio.sleep(0)
        return [] if "working" in seen else [1]

    async def work(job: int, turn: Turn) -> None:
        seen["working"] = pump.busy

    pump = Pump("test", claim, work, nothing_breaks, width=1)
    assert not pump.busy
    await pump.drain()
    assert seen == {"claiming": True, "working": True}
    assert not pump.busy


async def test_a_pump_says_when_its_last_job_has_ended_even_badly() -> None:
    rests, broken = [], []

    async def work(job: int, turn: Turn) -> None:
        if job == 2:
            raise RuntimeError("bad job")

    def broke(stage: str, job: int, error: Exception) -> None:
        broken.append(job)

    pump = Pump(
        "test", Source([1, 2]).claim, work, broke, width=2, rested=lambda: rests.append(pump.busy)
    )
    await pump.drain()
    assert broken == [2]
    assert rests == [False]


async def test_a_claim_that_fails_is_told_once_and_tried_again_at_the_next_wake() -> None:
    told, done, stop = [], [], False
    answers: list[object] = [OSError("disk full"), OSError("disk full"), [1], OSError("busy"), []]

    async def claim(limit: int) -> list[int]:
        answer = answers.pop(0) if answers else []
        if isinstance(answer, Exception):
            raise answer
        return answer  # type: ignore[return-value]

    async def work(job: int, turn: Turn) -> None:
        done.append(job)

    pump = Pump("test", claim, work, lambda *facts: told.append(facts), width=1)
    async with anyio.create_task_group() as group:
        group.start_soon(pump.run, lambda: stop)
        while answers:
            await anyio.sleep(0.01)
            pump.wake()
        stop = True
        pump.wake()
    assert done == [1]
    assert [(stage, job, str(error)) for stage, job, error in told] == [
        ("test", None, "disk full"),
        ("test", None, "busy"),
    ]


async def test_draining_ends_with_the_claims_own_error() -> None:
    async def claim(limit: int) -> list[int]:
        raise OSError("disk full")

    async def work(job: int, turn: Turn) -> None: ...

    pump = Pump("test", claim, work, nothing_breaks, width=1)
    with pytest.raises(OSError, match="disk full"):
        await pump.drain()
