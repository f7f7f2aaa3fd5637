"""What a reader must offer to be pointed at the world (see docs/conformance.md)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, Protocol

from tests.conformance.server import World

# What a reader can be asked, or be seen to do, beyond its requests and its entries:
Ability = Literal[
    "own times",  # it decides itself when a feed is due (else it is started every hour)
    "settings",  # deadline, largest body, interval, concurrency can be set
    "refresh",  # one feed is polled at once because the user says so
    "why",  # it tells why a feed is due when it is, and what its polls noted
    "state",  # it tells whether a feed fails, is gone, or is fetched elsewhere by now
    "changes",  # it tells how often an entry was edited
    "texts",  # what it keeps of an entry's title and text is as it read them
    "dates",  # what it takes for an entry's date can be read
    "pages",  # it fetches the pages behind the entries
    "login",  # a feed may have a user name and a password
    "names",  # its name look-ups can be led into the world
    "authority",  # it can be told to trust the world's authority
    "own network",  # its own exceptions: an unchecked certificate per feed
    "discovery",  # it finds the feeds of a site
    "clock",  # its clock can be set back
]


class NotApplicable(Exception):
    """The reader cannot be asked this: why, in a line."""


class Hang(AssertionError):
    """The reader did not end what it was doing in reasonable time."""


@dataclass(frozen=True)
class Wanted:
    """How the reader is set up. Times in microseconds; None: as it comes. What a reader has no
    setting for it ignores; checks that hang on one ask for the ability `settings`."""

    every: int | None = None
    deadline: float | None = None  # seconds
    max_body: int | None = None
    gap: int = 0
    concurrency: int | None = None
    contact: str | None = None
    user_agent: str | None = None
    pages: bool = False
    processes: bool = False  # hostile bodies are coming: read them as in earnest
    login: tuple[str, str] | None = None
    insecure: bool = False
    robots_for_feeds: bool = False
    noarchive: Literal["keep", "feed"] = "keep"


@dataclass(frozen=True)
class Item:
    """An entry as the reader keeps it."""

    feed: str  # the address it was subscribed at
    id: str
    title: str
    url: str | None = None
    text: str = ""
    published: int | None = None


@dataclass(frozen=True)
class Article:
    """What is kept of a page, and what is said of how it came to be."""

    body: str
    why: str


@dataclass(frozen=True)
class Refreshed:
    """What came of a manual refresh."""

    polled: bool
    reason: str | None = None
    next_due: int | None = None


class Driver(Protocol):
    """A reader, run as its user would leave it running, in the time of the world's clock."""

    name: str
    version: str
    can: frozenset[Ability]
    start_up: float  # seconds that its first poll may need beyond the work itself

    def start(self, world: World, folder: Path, wanted: Wanted) -> None:
        """Installs it with its data in `folder`; nothing is asked yet."""
        ...

    def subscribe(self, *urls: str) -> None: ...

    def run(self, until: int, enough: Callable[[], bool] | None = None) -> None:
        """Lets it run until then (the clock stands at `until` afterwards), or until `enough`."""
        ...

    def restart(self) -> None:
        """Ends it and starts it again, on the same data."""
        ...

    def entries(self) -> Sequence[Item]: ...

    def memory(self) -> int:
        """The most that it has held resident since it was last asked, in bytes."""
        ...

    def stop(self) -> None: ...

    # For those that have the ability; others need not have the method.

    def refresh(self, url: str, *, force: bool = False) -> Refreshed:
        """`refresh`: polls one feed now."""
        ...

    def why(self, url: str) -> str:
        """`why`: when it is due and why, and what its polls noted, as the user reads it."""
        ...

    def state(self, url: str) -> str:
        """`state`: `ok`, `failing`, `gone`, `merged`, …"""
        ...

    def fetched_at(self, url: str) -> str:
        """`state`: the address that the feed is fetched at by now."""
        ...

    def revive(self, url: str, *, original: bool = False) -> None:
        """`state`: polls a feed again that was given up; `original`: at its first address."""
        ...

    def changes(self, url: str) -> int:
        """`changes`: how many edits of entries it has counted."""
        ...

    def step_clock(self, by: int) -> None:
        """`clock`: the machine's clock jumps while the reader runs."""
        ...

    def article(self, url: str) -> Article:
        """`pages`: what is kept of this page."""
        ...

    def discover(self, url: str) -> list[str]:
        """`discovery`: the feeds of a site, as the user who wants to subscribe is shown them."""
        ...


def peak(pid: int) -> int:
    """The most memory that a process held resident since this was last asked, in bytes."""
    folder = Path(f"/proc/{pid}")
    lines = (folder / "status").read_text().splitlines()
    (line,) = [line for line in lines if line.startswith("VmHWM:")]
    (folder / "clear_refs").write_text("5")
    return int(line.split()[1]) * 1024
