"""robots.txt (RFC 9309; spec `polling` §5, checks 69-71): what a site does not want fetched."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import anyio
import anyio.to_thread

from watcher.model.page import Access, Fetched, FetchFailed, FetchResult
from watcher.model.when import DAY, HOUR, MINUTE, SECOND, Micros
from watcher.net import failures
from watcher.net.guard import Target
from watcher.net.pools import DIRECT, Way
from watcher.ports import Clock

if TYPE_CHECKING:
    from protego import Protego

TOKEN = "watcher"
MAX_BYTES = 524_288  # at least 500 KiB must be read, RFC 9309 §2.5; the rest is left unread
_KEPT: Micros = 24 * HOUR
_RETRY: Micros = 5 * MINUTE  # after a 5xx or no answer
_PATIENCE: Micros = 30 * DAY  # RFC 9309 §2.3.1.4: whoever errs for so long has no rules
_MAX_ORIGINS = 4_096
_LARGE = 65_536  # parsing this much is worth a thread

_OUR_OWN = frozenset({"refused", "dns", "connect", "tls", "timeout"})

Get = Callable[[Target, Way, Access | None], Awaitable[FetchResult]]


@dataclass(slots=True)
class _Site:
    """What is known of one origin until `until`. No rules and no failure: all is allowed."""

    until: Micros = 0
    rules: Protego | None = None
    failed: FetchFailed | None = None
    since: Micros | None = None  # of the failures in a row
    lock: anyio.Lock = field(default_factory=anyio.Lock)


class Robots:
    """`get` fetches the robots.txt of a target's origin, redirects followed, at most `MAX_BYTES` of
    it. What is known is known by way: another one may meet another server."""

    def __init__(self, clock: Clock, get: Get) -> None:
        self._clock = clock
        self._get = get
        self._sites: dict[tuple[str, Way], _Site] = {}

    async def verdict(
        self, target: Target, way: Way = DIRECT, own: Access | None = None
    ) -> FetchFailed | None:
        """Why `target` may not be fetched, or None where it may. `own`: how to ask there."""
        site = await self._known(target, way, own)
        if site.failed is not None:
            return self._unreachable(target, site.failed, site.until)
        path = f"{target.origin}{target.request}"
        if site.rules is None or site.rules.can_fetch(path, TOKEN):
            return None
        return failures.disallowed(target.url, target.host)

    def delay(self, target: Target, way: Way = DIRECT) -> Micros | None:
        """The Crawl-delay of the group that is meant for us, or of `*` where none is."""
        site = self._sites.get((target.origin, way))
        seconds = site.rules.crawl_delay(TOKEN) if site and site.rules else None
        return int(min(seconds, 3600.0) * SECOND) if seconds and seconds > 0 else None

    async def sitemaps(self, target: Target) -> tuple[str, ...]:
        """What the robots.txt of `target`'s origin names as sitemaps, as it names them."""
        site = await self._known(target, DIRECT, None)
        return tuple(site.rules.sitemaps) if site.rules else ()

    async def _known(self, target: Target, way: Way, own: Access | None) -> _Site:
        name = target.origin, way
        site = self._sites.get(name)
        if site is None:
            self._make_room()
            site = self._sites[name] = _Site()
        async with site.lock:  # one look for all who wait
            if not 0 < site.until - self._clock.now() <= _KEPT:
                await self._look(target, way, own, site)
        return site

    async def _look(self, target: Target, way: Way, own: Access | None, site: _Site) -> None:
        result = await self._get(target, way, own)
        now = self._clock.now()
        site.rules, site.failed, site.until = None, None, now + _KEPT
        if isinstance(result, Fetched):
            site.rules = await _parse(result.body)
        if not isinstance(result, FetchFailed) or _unavailable(result):
            site.since = None
            return
        site.since = min(site.since or now, now)
        if result.kind != "status" or now - site.since < _PATIENCE:
            site.failed, site.until = result, now + max(_RETRY, result.retry_after or 0)

    def _unreachable(self, target: Target, failed: FetchFailed, until: Micros) -> FetchFailed:
        """Where the host itself cannot be had, the page shares the cause; else robots.txt is it."""
        if failed.kind in _OUR_OWN and not failed.hops:
            return failures.about(failed, target.url, ())
        left = max(until - self._clock.now(), SECOND)
        return failures.no_robots(target.url, target.host, failed.status, left)

    def _make_room(self) -> None:
        if len(self._sites) >= _MAX_ORIGINS:
            self._sites = {name: s for name, s in self._sites.items() if s.lock.locked()}


def _unavailable(failed: FetchFailed) -> bool:
    """RFC 9309 §2.3.1.3: 4xx means that there are no rules; so do more than five redirects."""
    if failed.kind == "redirect":
        return True
    return failed.kind == "status" and failed.status is not None and 400 <= failed.status < 500


async def _parse(body: bytes) -> Protego:
    text = body.decode("utf-8-sig", "replace")
    if len(body) < _LARGE:
        return _read(text)
    return await anyio.to_thread.run_sync(_read, text)


def _read(text: str) -> Protego:
    from protego import Protego

    return Protego.parse(text)
