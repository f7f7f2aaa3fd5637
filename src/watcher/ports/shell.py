"""Ports to the world: time, chance, the network, parsers, people."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Literal, Protocol

from watcher.model.alert import (
    DeliveryJob,
    SendResult,
)
from watcher.model.feed import (
    PageRecipe,
    ParsedFeed,
    ParseFailed,
    Pause,
)

if TYPE_CHECKING:
    from watcher.model.article import ExtractFailed, Extraction, Recipe
    from watcher.model.page import FetchRequest, FetchResult, PostResult
    from watcher.model.source import Candidate
    from watcher.model.when import Micros


class Clock(Protocol):
    def now(self) -> Micros:
        """UTC now, in microseconds."""
        ...


class Ids(Protocol):
    def token(self) -> str:
        """A fresh lease token. The only identifier that does not derive from content."""
        ...


class Journal(Protocol):
    """Where the stages say what they did: a log line in the daemon, progress in `once`."""

    def note(self, event: str, **facts: object) -> None: ...


class Fetcher(Protocol):
    async def fetch(self, request: FetchRequest) -> FetchResult:
        """One GET behind the guard, within the lane of its host. Never raises for the network."""
        ...

    async def sitemaps(self, url: str) -> tuple[str, ...]:
        """What the robots.txt of this address's site names as sitemaps. It is asked for where it
        is not known yet; none where it cannot be had."""
        ...

    def pause(self, pauses: Iterable[Pause]) -> None:
        """From now on nothing is sent to these hosts before their time."""
        ...


class HttpPost(Protocol):
    async def post(
        self, url: str, body: bytes, headers: Mapping[str, str], *, method: str = "POST"
    ) -> PostResult:
        """One POST (or PUT) behind the guard of outgoing channels: no redirects, at most 4 kB of
        the answer read, 15 s in all. Never raises for the network."""
        ...

    def allowing(self, url: str) -> HttpPost:
        """The same, for which the host of `url` may be at a private address."""
        ...


class Parsers(Protocol):
    """Untrusted bytes to records, in killable processes."""

    async def parse_feed(
        self, body: bytes, url: str, headers: Mapping[str, str], page: PageRecipe | None = None
    ) -> ParsedFeed | ParseFailed:
        """`page`: the body is a list page, to be read by this recipe."""
        ...

    async def page_feeds(
        self, body: bytes, url: str, headers: Mapping[str, str]
    ) -> tuple[Candidate, ...] | ParseFailed:
        """Where a page's feeds may be, best first."""
        ...

    async def extract(
        self,
        body: bytes,
        url: str,
        headers: Mapping[str, str],
        fetched_at: Micros,
        recipe: Recipe | None = None,
    ) -> Extraction | ExtractFailed: ...


class Channel(Protocol):
    """One way to people. `kind` names the retry table of its sort."""

    name: str
    kind: Literal["email", "webhook"]

    async def send(self, job: DeliveryJob, now: Micros) -> SendResult:
        """Tries once. Never raises for what the other side does."""
        ...
