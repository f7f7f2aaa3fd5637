"""What the three pumps owe each other."""

from __future__ import annotations

from dataclasses import fields
from types import SimpleNamespace
from typing import Any

import pytest

from watcher.pipeline.desk import Desk
from watcher.pipeline.works import GATHER, Works

pytestmark = pytest.mark.anyio


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


class Asked:
    """A store that notes up to when it was asked for entries."""

    def __init__(self) -> None:
        self.moments: list[int] = []

    def claim_entries(self, now: int, until: int, token: str, limit: int) -> list[Any]:
        self.moments.append(now)
        return []


class Door:
    def __init__(self, store: Asked) -> None:
        self.store = store

    async def run(self, call: Any) -> Any:
        return call(self.store)


@pytest.mark.parametrize(("polling", "waits"), [(False, 0), (True, GATHER)])
async def test_new_entries_wait_for_the_feeds_that_are_being_polled(
    polling: bool, waits: int
) -> None:
    store = Asked()
    parts: dict[str, Any] = {field.name: None for field in fields(Desk)}
    parts["store"] = Door(store)
    parts["clock"] = SimpleNamespace(now=lambda: 1_000 * GATHER)
    parts["ids"] = SimpleNamespace(token=lambda: "t")
    works = Works(Desk(**parts))
    works.pumps["poll"]._inflight = int(polling)

    await works.pumps["scrape"].drain()

    assert store.moments == [1_000 * GATHER - waits]
