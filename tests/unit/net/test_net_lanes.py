import asyncio
from itertools import pairwise

from watcher.model.when import SECOND
from watcher.net.lanes import Lanes


def run(coroutine):
    return asyncio.run(coroutine)


def test_requests_to_one_host_start_a_gap_apart_and_other_hosts_do_not_wait(clock):
    lanes = Lanes(clock, per_host=1, concurrency=8, sleep=clock.sleep)
    starts: dict[str, list[int]] = {"a": [], "b": []}

    async def go() -> None:
        for lane in ("a", "b", "a", "b", "a"):
            async with lanes.turn(lane, SECOND):
                starts[lane].append(clock.now())

    run(go())
    for times in starts.values():
        assert all(b - a >= SECOND for a, b in pairwise(times))
    assert starts["a"][0] == starts["b"][0]


def test_no_more_than_the_limits_run_at_once(clock):
    lanes = Lanes(clock, per_host=2, concurrency=5, sleep=clock.sleep)
    running: list[str] = []
    most = {"host": 0, "all": 0}

    async def one(lane: str) -> None:
        async with lanes.turn(lane, 0):
            running.append(lane)
            most["host"] = max(most["host"], running.count(lane))
            most["all"] = max(most["all"], len(running))
            await asyncio.sleep(0.001)
            running.remove(lane)

    async def go() -> None:
        await asyncio.gather(*(one(lane) for lane in "aaaabbbbcccc"))

    run(go())
    assert most == {"host": 2, "all": 5}


def test_the_turns_of_one_host_come_in_order_and_apart_also_when_asked_for_at_once(clock):
    lanes = Lanes(clock, per_host=4, concurrency=8, sleep=clock.sleep)
    starts: list[tuple[int, int]] = []

    async def one(number: int) -> None:
        async with lanes.turn("a", SECOND):
            starts.append((number, clock.now()))

    async def go() -> None:
        await asyncio.gather(*(one(number) for number in range(5)))

    run(go())
    assert [number for number, _ in starts] == list(range(5))
    assert starts[-1][1] - starts[0][1] == 4 * SECOND


def test_a_crawl_delay_widens_the_gap_up_to_a_minute(clock):
    lanes = Lanes(clock, per_host=1, concurrency=8, sleep=clock.sleep)

    async def go() -> None:
        for wish in (10 * SECOND, 3600 * SECOND, None):
            lanes.widen("a", wish)
            async with lanes.turn("a", SECOND):
                pass

    run(go())
    assert clock.slept == [60.0, 1.0]


def test_a_clock_set_back_makes_nobody_wait_longer_than_the_gap(clock):
    lanes = Lanes(clock, per_host=1, concurrency=8, sleep=clock.sleep)

    async def go() -> None:
        async with lanes.turn("a", SECOND):
            pass
        clock.at -= 86_400 * SECOND
        async with lanes.turn("a", SECOND):
            pass

    run(go())
    assert clock.slept == [1.0]


def test_idle_lanes_are_dropped(clock):
    lanes = Lanes(clock, per_host=1, concurrency=8, sleep=clock.sleep)

    async def go() -> None:
        for number in range(2000):
            clock.at += SECOND
            async with lanes.turn(f"host{number}", SECOND):
                pass

    run(go())
    assert len(lanes) <= 256


def test_a_cancelled_wait_gives_its_place_back(clock):
    lanes = Lanes(clock, per_host=1, concurrency=1)

    async def go() -> None:
        async with lanes.turn("a", 0):
            waiting = asyncio.create_task(lanes.turn("a", 0).__aenter__())
            other = asyncio.create_task(lanes.turn("b", 0).__aenter__())
            await asyncio.sleep(0.01)
            waiting.cancel()
            other.cancel()
            await asyncio.gather(waiting, other, return_exceptions=True)
        async with lanes.turn("a", 0), asyncio.timeout(1):
            pass
        async with lanes.turn("b", 0):
            pass

    run(go())
