"""What a check is: a function of a `Trial`, with the number and title of the contract.

    @check(4, "Both validators are sent, or the one that was given")
    def both_or_one(trial: Trial) -> None:
        feed = trial.host().feed(etag='"1"')
        trial.reader(feed.url).run(START + 3 * HOUR)
        demand(feed.hits[1].header("If-None-Match") == '"1"', "the ETag did not come back")

A check fails by `demand` (or any AssertionError); `trial.needs(ability, why)` ends it as not
applicable where the reader cannot be asked that question at all.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from tests.conformance.drivers.base import Ability, Driver, NotApplicable, Wanted
from tests.conformance.server import MINUTE, SECOND, Host, World
from tests.support.site import Seen

Check = Callable[["Trial"], None]


class Closeable(Protocol):
    def close(self) -> None: ...


@dataclass(frozen=True)
class Numbered:
    """A check of the contract. `kind` is the heading that it stands under."""

    number: int
    title: str
    kind: str
    run: Check

    @property
    def slug(self) -> str:
        return f"check_{self.number:02}_{self.run.__name__}"


CHECKS: dict[int, Numbered] = {}


def check(number: int, title: str) -> Callable[[Check], Check]:
    def take(run: Check) -> Check:
        assert number not in CHECKS, number
        kind = run.__module__.rpartition(".")[2].replace("_", " ")
        CHECKS[number] = Numbered(number, title, kind, run)
        return run

    return take


def demand(holds: object, otherwise: str) -> None:
    """Fails the check with these words."""
    if not holds:
        raise AssertionError(otherwise)


class Trial:
    """One check of one reader: a world of its own, and readers in it. A context manager."""

    def __init__(self, make: Callable[[], Driver], folder: Path) -> None:
        self._make = make
        self._stack = ExitStack()
        self._folder = folder
        self._readers = 0
        self.world = self._stack.enter_context(World(folder))
        self.can = make().can

    def __enter__(self) -> Trial:
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    @property
    def now(self) -> int:
        return self.world.clock.at

    def host(self, **options: Any) -> Host:
        return self.world.host(**options)

    def hosts(self, count: int) -> list[Host]:
        return [self.world.host() for _ in range(count)]

    def reader(self, *urls: str, **wanted: Any) -> Driver:
        """A reader that was just installed and subscribed to `urls`, and has not polled yet."""
        self._readers += 1
        folder = self._folder / f"reader-{self._readers}"
        folder.mkdir()
        driver = self._make()
        self._stack.callback(driver.stop)
        driver.start(self.world, folder, Wanted(**wanted))
        driver.subscribe(*urls)
        return driver

    def keep(self, *open_ones: Closeable) -> None:
        """Closes these when the trial ends."""
        for one in open_ones:
            self._stack.callback(one.close)

    def needs(self, ability: Ability, why: str) -> None:
        """Ends the check as not applicable where the reader lacks the ability."""
        if ability not in self.can:
            raise NotApplicable(why)


def gaps(hits: Sequence[Seen]) -> list[int]:
    """The times between requests, in microseconds."""
    return [after.at - before.at for before, after in itertools.pairwise(hits)]


def conditional(seen: Seen) -> bool:
    return bool(seen.header("If-None-Match") or seen.header("If-Modified-Since"))


def span(length: float) -> str:
    """In words, for the reason of a failure."""
    if length < 2 * MINUTE:
        return f"{length / SECOND:.0f} s"
    return (
        f"{length / MINUTE:.0f} min" if length < 180 * MINUTE else f"{length / MINUTE / 60:.1f} h"
    )


def again(hits: Sequence[Seen], number: int) -> Seen:
    """Request `number` (from 1), or a failure that says it never came."""
    demand(len(hits) >= number, f"asked {len(hits)} times, a request {number} never came")
    return hits[number - 1]
