import anyio

from watcher.net.guard import Target
from watcher.net.pools import Pools


class Closing:
    """A transport that lets others run while it closes, as a real one does."""

    def __init__(self):
        self.closed = False

    async def aclose(self):
        assert not self.closed
        self.closed = True
        for _ in range(3):
            await anyio.sleep(0)


def target(number: int) -> Target:
    return Target(f"http://h{number}.example/", "http", f"h{number}.example", 80, "/")


def test_pools_that_are_left_while_others_close_are_closed_once_and_none_in_use():
    used = []

    async def visit(pools: Pools, number: int, stay: int) -> None:
        async with pools.use(target(number)) as transport:
            for _ in range(stay):
                await anyio.sleep(0)
            used.append(transport.closed)

    async def go() -> int:
        pools = Pools(lambda *_: Closing(), keep=10)
        for first, last in ((0, 10), (10, 20), (0, 10)):  # the first ten are idle, then in the way
            async with anyio.create_task_group() as group:
                for number in range(first, last):
                    group.start_soon(visit, pools, number, 1 + number % 3)
                    group.start_soon(visit, pools, 9 - number % 10, number % 4)
        return len(pools)

    assert anyio.run(go) == 10
    assert used == [False] * 60
