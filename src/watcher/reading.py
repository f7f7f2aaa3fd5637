"""Reading one feed, page or site for a command: nothing is stored, and no database is needed."""

from __future__ import annotations

import gzip
import io
import sys
import zlib
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from watcher.app import access_of, net_policy, outlet_names
from watcher.errors import InputError, NetworkError

if TYPE_CHECKING:
    from watcher.config.settings import Settings
    from watcher.model.article import Extraction, Recipe
    from watcher.model.feed import PageRecipe, ParsedFeed
    from watcher.model.page import Access, Purpose
    from watcher.model.source import Discovered, Probe
    from watcher.ports import Parsers


class Reading:
    """For commands that read one feed or page and store nothing: files, `-` or addresses, read in
    the same killable workers and through the same guard as the daemon's. A context manager."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._stack = ExitStack()

    def __enter__(self) -> Self:
        from anyio.from_thread import start_blocking_portal

        from watcher.workers.pool import ProcessParsers

        self._portal = self._stack.enter_context(start_blocking_portal())
        self._parsers: Parsers = self._stack.enter_context(
            self._portal.wrap_async_context_manager(ProcessParsers())
        )
        return self

    def __exit__(self, *raised: Any) -> None:
        self._stack.close()

    def feed(self, source: str, url: str | None) -> ParsedFeed:
        """The feed at a path or address. Raises InputError where it is none or cannot be read,
        NetworkError where it cannot be had."""
        return self._portal.call(self._feed, source, url)

    def page(
        self, source: str, url: str | None, recipes: Mapping[str, Recipe] | None = None
    ) -> Extraction:
        """The article at a path or address, its credit resolved, read by the host's recipe:
        one of `recipes`, else of the config's. Raises what `feed` raises."""
        return self._portal.call(self._page, source, url, recipes or self._settings.recipes)

    def listing(self, url: str, recipe: PageRecipe) -> ParsedFeed:
        """The list page at an address, read as a feed. Raises what `feed` raises."""
        return self._portal.call(self._listing, url, recipe)

    def sources(self, site: str, tell: Callable[[Probe], None]) -> Discovered:
        """The feeds that a site's address leads to; `tell` hears of each request. Raises what
        `feed` raises where the address itself cannot be had or read."""
        return self._portal.call(self._sources, site, tell)

    async def _sources(self, site: str, tell: Callable[[Probe], None]) -> Discovered:
        from watcher.model.feed import ParseFailed
        from watcher.model.page import FetchFailed
        from watcher.net.fetcher import HttpFetcher
        from watcher.pipeline.discover import discover
        from watcher.system import SystemClock

        access = _own_access(self._settings, site)
        async with HttpFetcher(net_policy(self._settings), SystemClock()) as fetcher:
            found = await discover(site, fetcher, self._parsers, tell, access=access)
        if isinstance(found, FetchFailed):
            raise NetworkError(found.code, f"{site}: {found.message}", hint=found.hint)
        if isinstance(found, ParseFailed):
            raise InputError(found.code, f"{site}: {found.message}", hint=found.hint)
        return found

    async def _feed(self, source: str, url: str | None) -> ParsedFeed:
        from watcher.model.feed import ParseFailed

        body, base, headers = await self._bytes(source, url, "feed")
        read = await self._parsers.parse_feed(body, base, headers)
        if isinstance(read, ParseFailed):
            raise InputError(read.code, f"{source}: {read.message}", hint=read.hint)
        return read

    async def _listing(self, url: str, recipe: PageRecipe) -> ParsedFeed:
        from watcher.model.feed import ParseFailed

        body, base, headers = await self._fetched(url, "listing")
        read = await self._parsers.parse_feed(body, base, headers, recipe)
        if isinstance(read, ParseFailed):
            raise InputError(read.code, f"{url}: {read.message}", hint=read.hint)
        return read

    async def _page(
        self, source: str, url: str | None, recipes: Mapping[str, Recipe]
    ) -> Extraction:
        from watcher.articles.credit import resolve
        from watcher.articles.recipe import recipe_for
        from watcher.model.article import ExtractFailed
        from watcher.system import SystemClock

        body, base, headers = await self._bytes(source, url, "article")
        now = SystemClock().now()
        recipe = recipe_for(recipes, base, now)
        read = await self._parsers.extract(body, base, headers, now, recipe)
        if isinstance(read, ExtractFailed):
            raise InputError(read.code, f"{source}: {read.message}", hint=read.hint)
        if read.credit is None:
            return read
        return replace(read, credit=resolve(read.credit, outlet_names(self._settings).by_name))

    async def _bytes(
        self, source: str, url: str | None, purpose: Purpose
    ) -> tuple[bytes, str, Mapping[str, str]]:
        if source.lower().startswith(("http://", "https://")):
            return await self._fetched(source, purpose)
        return read_source(source), url or "", {}

    async def _fetched(self, url: str, purpose: Purpose) -> tuple[bytes, str, Mapping[str, str]]:
        from watcher.model.page import Fetched, FetchFailed, FetchRequest
        from watcher.net.fetcher import HttpFetcher
        from watcher.system import SystemClock

        asked = FetchRequest(url, purpose, access=_own_access(self._settings, url))
        async with HttpFetcher(net_policy(self._settings), SystemClock()) as fetcher:
            result = await fetcher.fetch(asked)
        if isinstance(result, FetchFailed):
            raise NetworkError(result.code, f"{url}: {result.message}", hint=result.hint)
        if not isinstance(result, Fetched):
            raise NetworkError("WTC-NET-304", f"{url}: 304 to a plain request")
        return result.body, result.final_url, result.headers


def _own_access(settings: Settings, url: str) -> Access | None:
    """How the configured feed of this address is asked. Raises ConfigErrors."""
    from watcher.text.urls import normalise

    spec = next((one for one in settings.feeds if normalise(one.url) == normalise(url)), None)
    if spec is None or spec.feed not in settings.access:
        return None
    return access_of(replace(settings, access={spec.feed: settings.access[spec.feed]}))[spec.feed]


MAX_SOURCE = 100_000_000  # bytes of a file: far more than any limit of the readers


def read_source(source: str) -> bytes:
    """A file's bytes, or standard input's for `-`; gzip (`.gz`, or by its first bytes) opened.
    Raises InputError."""
    try:
        raw = sys.stdin.buffer.read() if source == "-" else Path(source).read_bytes()
    except (OSError, ValueError) as error:  # a NUL in a name is a ValueError
        raise InputError(
            "WTC-IN-002",
            f"{source}: {getattr(error, 'strerror', None) or error}",
            hint="name a file, an http(s) address, or `-`",
        ) from error
    if not raw.startswith(b"\x1f\x8b"):
        return raw
    try:
        with gzip.GzipFile(fileobj=io.BytesIO(raw)) as opened:
            return opened.read(MAX_SOURCE)
    except (OSError, EOFError, zlib.error) as error:
        raise InputError("WTC-IN-003", f"{source}: broken gzip: {error}") from error
