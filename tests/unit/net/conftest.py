import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field

import pytest

from watcher.model.page import FetchRequest, FetchResult
from watcher.model.when import SECOND
from watcher.net.fetcher import HttpFetcher
from watcher.net.policy import NetPolicy, parse_rules

NOON = 1_790_000_000 * SECOND


@dataclass
class HandClock:
    """Stands still unless it is moved; sleeping on it moves it."""

    at: int = NOON
    slept: list[float] = field(default_factory=list)

    def now(self) -> int:
        return self.at

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.at += round(seconds * SECOND)
        await asyncio.sleep(0)


@pytest.fixture
def clock() -> HandClock:
    return HandClock()


def open_policy(**changes) -> NetPolicy:
    """Loopback allowed, no gap, a short deadline."""
    defaults = {
        "user_agent": "watcher/0 (+https://bot.example)",
        "allow": parse_rules(["127.0.0.0/8"]),
        "gap": 0,
        "deadline": 5 * SECOND,
    }
    return NetPolicy(**{**defaults, **changes})


@pytest.fixture
def policy() -> Callable[..., NetPolicy]:
    return open_policy


@pytest.fixture
def fetch(clock: HandClock) -> Callable[..., FetchResult]:
    """Fetches one address, or several one after the other with one fetcher (then a list)."""

    def one_or_many(
        *urls: str,
        purpose="feed",
        etag=None,
        last_modified=None,
        resolver=None,
        access=None,
        **changes,
    ):
        async def go() -> list[FetchResult]:
            async with HttpFetcher(
                open_policy(**changes), clock, resolver=resolver, sleep=clock.sleep
            ) as fetcher:
                return [
                    await fetcher.fetch(FetchRequest(url, purpose, etag, last_modified, access))
                    for url in urls
                ]

        results = asyncio.run(go())
        return results[0] if len(urls) == 1 else results

    return one_or_many
