"""304s on kept connections: two hundred feeds on two hundred hosts asked again and again by two
hundred tasks, through our fetcher (guard, lanes, small pools) and through a plain
`httpx.AsyncClient` with one pool. CPU of the client only; each side in a process of its own, the
server in a third, on the other core."""

from __future__ import annotations

import asyncio
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable, Iterator, Sequence

from bench.harness import PYTHON, Figure, cores, figure, pin
from bench.site import serving

FEEDS = 200
ROUNDS = 12
ITEMS = 5
RUNS = 5

Ask = Callable[[str, str], Awaitable[bool]]  # whether it was a 304


def figures() -> Iterator[Figure]:
    with serving(ITEMS, cores().server) as site:
        urls = [site.url(n) for n in range(FEEDS)]
        pairs = [_child("ours", urls) / _child("theirs", urls) for _ in range(RUNS)]
    yield figure(
        "304s on 200 kept connections", "httpx, one pool", "CPU a request", pairs, bar=1 / 3
    )


def _child(side: str, urls: Sequence[str]) -> float:
    """CPU seconds of all requests of one side, warm."""
    told = "\n".join(urls)
    command = [PYTHON, "-m", "bench.net", side]
    done = subprocess.run(command, input=told, capture_output=True, text=True, check=True)
    return float(done.stdout)


async def _ours(urls: Sequence[str]) -> float:
    from watcher.model.page import FetchRequest, NotModified
    from watcher.net.fetcher import HttpFetcher
    from watcher.net.policy import NetPolicy, parse_rules
    from watcher.system import SystemClock

    policy = NetPolicy(
        "watcher/bench",
        allow=parse_rules(["127.0.0.0/8"]),
        ports=((1_024, 65_535),),
        gap=0,
        concurrency=FEEDS,
    )
    async with HttpFetcher(policy, SystemClock()) as fetcher:

        async def ask(url: str, tag: str) -> bool:
            return isinstance(await fetcher.fetch(FetchRequest(url, "feed", tag)), NotModified)

        return await _spent(ask, urls)


async def _theirs(urls: Sequence[str]) -> float:
    import httpx

    limits = httpx.Limits(max_connections=FEEDS, max_keepalive_connections=FEEDS)
    async with httpx.AsyncClient(limits=limits, timeout=60, trust_env=False) as client:

        async def ask(url: str, tag: str) -> bool:
            return (await client.get(url, headers={"If-None-Match": tag})).status_code == 304

        return await _spent(ask, urls)


async def _spent(ask: Ask, urls: Sequence[str]) -> float:
    async def task(number: int, url: str, rounds: int) -> None:
        for _ in range(rounds):
            assert await ask(url, f'"{number}-{ITEMS}"'), url

    async def all_of(rounds: int) -> None:
        await asyncio.gather(*(task(n, url, rounds) for n, url in enumerate(urls)))

    await all_of(2)
    start = time.process_time()
    await all_of(ROUNDS)
    return time.process_time() - start


if __name__ == "__main__":
    pin(cores().client)
    print(asyncio.run((_ours if sys.argv[1] == "ours" else _theirs)(sys.stdin.read().split())))
