"""The fetcher: one GET from an address to its final answer, whatever stands in between.

Redirects are followed here, not by httpx, so that every hop passes the guard, its host's lane and
robots.txt like a first request (spec `polling` §6, S5). The total deadline counts the time of the
requests, not the time spent waiting for a turn.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from types import TracebackType
from typing import Self

import anyio
import httpx

from watcher.errors import NetworkError
from watcher.model.feed import Pause
from watcher.model.page import (
    Access,
    Fetched,
    FetchFailed,
    FetchRequest,
    FetchResult,
    Hop,
    NotModified,
)
from watcher.model.when import SECOND, Micros
from watcher.net import failures, robots
from watcher.net.backend import BlockedError, Resolver
from watcher.net.decode import DecodeError, TooLargeError
from watcher.net.exchange import CODINGS, Answer, Progress, Reading, exchange, request_headers
from watcher.net.guard import Refused, Target, check_url
from watcher.net.lanes import Lanes, Sleep
from watcher.net.pauses import Pauses
from watcher.net.policy import NetPolicy
from watcher.net.pools import DIRECT, Pools, Way, tls_for
from watcher.net.transport import GuardedTransport
from watcher.ports import Clock
from watcher.text import urls
from watcher.text.retry_after import odd_wait, retry_after

MAX_HOPS = 5
_ASKS_ROBOTS = frozenset(
    {"article", "discovery", "listing", "sitemap"}
)  # a subscribed feed is the user's own request


class HttpFetcher:
    """`ports.Fetcher`. Use as an async context manager: leaving closes every connection."""

    def __init__(
        self,
        policy: NetPolicy,
        clock: Clock,
        *,
        resolver: Resolver | None = None,
        sleep: Sleep = anyio.sleep,
    ) -> None:
        self.policy = policy
        self.clock = clock
        self.lanes = Lanes(
            clock, per_host=policy.per_host, concurrency=policy.concurrency, sleep=sleep
        )
        self.pauses = Pauses(clock, policy.reach)
        self.robots = robots.Robots(clock, self._robots_txt)
        self.pools = Pools(self._transport, keep=policy.concurrency)
        self._resolver = resolver

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self.pools.aclose()

    async def fetch(self, request: FetchRequest) -> FetchResult:
        """Never raises for the network; failures carry a stable `WTC-NET-…` code."""
        return await _Journey(self, request, Reading(self.policy.max_body)).run()

    async def sitemaps(self, url: str) -> tuple[str, ...]:
        target = check_url(url, self.policy.reach)
        return () if isinstance(target, Refused) else await self.robots.sitemaps(target)

    def pause(self, pauses: Iterable[Pause]) -> None:
        self.pauses.add(pauses)

    async def _robots_txt(self, target: Target, way: Way, own: Access | None) -> FetchResult:
        access = own or Access(target.origin, proxy=way.proxy)
        request = FetchRequest(f"{target.origin}/robots.txt", "robots", access=access)
        return await _Journey(self, request, Reading(robots.MAX_BYTES, cut=True)).run()

    def _transport(self, target: Target, way: Way) -> GuardedTransport:
        return GuardedTransport(
            self.policy.reach,
            tls=tls_for(target, way),
            resolver=self._resolver,
            connections=self.policy.per_host,
            keep=self.policy.per_host,
            proxy=way.proxy,
        )


class _Journey:
    """One fetch on its way: the hops so far and what is left of the deadline."""

    def __init__(self, fetcher: HttpFetcher, request: FetchRequest, reading: Reading) -> None:
        self._fetcher = fetcher
        self._request = request
        self._reading = reading
        self._policy = fetcher.policy
        self._hops: tuple[Hop, ...] = ()
        self._plain = request.plain
        self._left = False  # the origin that `request.access` is meant for
        self._asked = False  # whether the last request was conditional
        self._spent = 0.0

    async def run(self) -> FetchResult:
        target = check_url(self._request.url, self._policy.reach)
        if isinstance(target, Refused):
            return failures.refused(self._request.url, target)
        passed: set[str] = set()
        while True:
            passed.add(target.url)
            access = self._request.access
            self._left = self._left or (access is not None and access.origin != target.origin)
            answer = await self._visit(target)
            if isinstance(answer, FetchFailed):
                return failures.about(answer, self._request.url, self._hops)
            if not answer.redirects:
                return self._conclude(target, answer)
            following = self._follow(target, answer, passed)
            if isinstance(following, FetchFailed):
                return following
            target = following

    async def _visit(self, target: Target) -> Answer | FetchFailed:
        """One hop: robots.txt where it counts, then the request; once more without codings where
        the body could not be decoded (spec `polling` §3)."""
        if self._asks_robots():
            way, own = self._way(target), self._own(target)
            verdict = await self._fetcher.robots.verdict(target, way, own)
            if verdict is not None:
                return verdict
            self._fetcher.lanes.widen(target.lane, self._fetcher.robots.delay(target, way))
        answer = await self._in_turn(target)
        if isinstance(answer, FetchFailed) and answer.kind == "decode" and not self._plain:
            self._plain = True
            answer = await self._in_turn(target)
        return answer

    async def _in_turn(self, target: Target) -> Answer | FetchFailed:
        gap = self._policy.gap_for(target.host, target.port)
        paused = self._paused(target)
        if paused is not None:
            return paused
        async with self._fetcher.lanes.turn(target.lane, gap):
            # Whoever was before us may have been told to stay away.
            paused = self._paused(target)
            return paused or await self._within_deadline(target)

    def _paused(self, target: Target) -> FetchFailed | None:
        pause = self._fetcher.pauses.of(target.url)
        return failures.paused(target.url, pause, self._fetcher.clock.now()) if pause else None

    async def _within_deadline(self, target: Target) -> Answer | FetchFailed:
        deadline = self._policy.deadline / SECOND
        progress = Progress()
        begun = anyio.current_time()
        try:
            async with self._fetcher.pools.use(target, self._way(target)) as transport:
                with anyio.move_on_after(deadline - self._spent):
                    return await self._try(transport, target, progress)
        except NetworkError as error:
            return FetchFailed(target.url, "tls", error.code, error.message, error.hint)
        finally:
            self._spent += anyio.current_time() - begun
        return failures.too_slow(target, progress, deadline)

    async def _try(
        self, transport: GuardedTransport, target: Target, progress: Progress
    ) -> Answer | FetchFailed:
        request = self._request
        known = (request.etag, request.last_modified) if self._gave(target) else (None, None)
        self._asked = any(known)
        codings = "identity" if self._plain else CODINGS
        own = self._own(target)
        agent = (own.user_agent if own else None) or self._policy.user_agent
        mine = own.headers if own else ()
        headers = request_headers(agent, request.purpose, *known, codings, mine)
        try:
            try:
                return await exchange(transport, target, headers, self._reading, progress)
            except httpx.TransportError:
                if not progress.is_stale:
                    raise
                return await exchange(transport, target, headers, self._reading, progress)
        except (httpx.TransportError, BlockedError, DecodeError, TooLargeError) as error:
            proxied = self._way(target).proxy is not None
            limit = self._reading.limit
            return failures.from_error(target, error, progress, limit, proxied=proxied)

    def _asks_robots(self) -> bool:
        purpose = self._request.purpose
        return purpose in _ASKS_ROBOTS or (purpose == "feed" and self._policy.robots_for_feeds)

    def _own(self, target: Target) -> Access | None:
        """The feed's own headers and name: at its origin, as long as the journey has not left it
        (check 46). What leads back there from elsewhere is not the user's own request."""
        access = self._request.access
        return access if access is not None and not self._left else None

    def _way(self, target: Target) -> Way:
        access, own = self._request.access, self._own(target)
        if access is None:
            return DIRECT
        return Way(access.proxy, insecure=own is not None and own.insecure)

    def _gave(self, target: Target) -> bool:
        """Whether the validators came from this address (check 12)."""
        giver = self._request.validated_url
        return not self._hops if giver is None else target.url == giver

    def _follow(self, target: Target, answer: Answer, passed: set[str]) -> Target | FetchFailed:
        """Checks 45 and 46: five hops, no loop, http(s) only, never from https to http."""
        location = _utf8(answer.headers.get("location", ""))
        if not location:
            return self._stray("WTC-NET-043", f"{target.host} redirects to nowhere")
        joined = urls.join(target.url, location)
        self._hops += (Hop(answer.status, _shown(joined or location[:200])),)
        if joined is None:
            return self._stray("WTC-NET-044", f"{target.host} redirects to what is no web address")
        if not self._request.follow:
            return self._stray("WTC-NET-045", f"{target.host} redirects, and this is a guess")
        if joined in passed:
            return self._stray("WTC-NET-040", f"{target.host} redirects in a circle")
        if len(self._hops) > MAX_HOPS:
            return self._stray("WTC-NET-041", f"more than {MAX_HOPS} redirects")
        following = check_url(joined, self._policy.reach)
        if isinstance(following, Refused):
            return failures.refused(self._request.url, following, self._hops)
        if (target.scheme, following.scheme) == ("https", "http") and not self._trusted(following):
            return self._stray("WTC-NET-042", f"{target.host} redirects from https to http")
        return following

    def _trusted(self, target: Target) -> bool:
        return self._policy.reach.names(target.host, target.port)

    def _stray(self, code: str, message: str) -> FetchFailed:
        return failures.bad_redirect(self._request.url, code, message, self._hops)

    def _conclude(self, target: Target, answer: Answer) -> FetchResult:
        url, hops = self._request.url, self._hops
        took: Micros = round(self._spent * SECOND)
        headers = answer.headers
        if 200 <= answer.status < 300:
            plain = self._plain and not self._request.plain
            return Fetched(url, target.url, answer.status, headers, answer.body, hops, took, plain)
        if answer.status == 304 and self._asked:
            return NotModified(url, target.url, headers, hops, took)
        now = self._fetcher.clock.now()
        wait = retry_after(headers, now)
        return replace(
            failures.bad_status(url, target.host, answer.status, headers, hops),
            retry_after=wait,
            odd_wait=odd_wait(headers, now),
            pause=self._heard(target, answer.status, wait),
        )

    def _heard(self, target: Target, status: int, wait: Micros | None) -> Pause | None:
        """A 429 for robots.txt that does not say how long means that there are no rules (70)."""
        if self._request.purpose == "robots" and wait is None:
            return None
        return self._fetcher.pauses.heard(target.url, status, wait)


def _shown(url: str) -> str:
    """Fit for people: without a password, and printable."""
    scheme, slashes, rest = url.partition("//")
    authority, slash, path = rest.partition("/")
    shown = f"{scheme}{slashes}{authority.rpartition('@')[2]}{slash}{path}"
    return "".join(sign if sign.isprintable() else "?" for sign in shown)


def _utf8(latin: str) -> str:
    """Locations are sent in UTF-8 by many, in Latin-1 by few."""
    try:
        return latin.encode("latin-1").decode("utf-8")
    except UnicodeDecodeError:
        return latin
