"""Outgoing POSTs of channels: the same guard with its own allow list, and tighter limits."""

from __future__ import annotations

from collections.abc import Mapping
from types import TracebackType
from typing import Self

import anyio
import httpx

from watcher.errors import NetworkError
from watcher.model.page import FetchFailed, PostResult
from watcher.model.when import SECOND, Micros
from watcher.net import failures
from watcher.net.backend import BlockedError, Resolver
from watcher.net.exchange import Progress, kept_headers
from watcher.net.guard import Refused, Target, check_url
from watcher.net.policy import NetPolicy
from watcher.net.pools import tls_for
from watcher.net.transport import GuardedTransport
from watcher.ports import Clock

MAX_ANSWER = 4_096
DEADLINE_S = 15.0


class GuardedPost:
    """`ports.HttpPost`. Every POST has a connection of its own: deliveries are rare, and a kept
    connection that died cannot be told from a delivery that was lost."""

    def __init__(
        self,
        policy: NetPolicy,
        clock: Clock,
        *,
        resolver: Resolver | None = None,
        deadline: float = DEADLINE_S,
    ) -> None:
        self._policy = policy
        self._clock = clock
        self._resolver = resolver
        self._deadline = deadline

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        return None

    def allowing(self, url: str) -> GuardedPost:
        """The same, for which the host of `url` may be at a private address, on its port alone."""
        policy = self._policy.posting_to(url)
        return GuardedPost(policy, self._clock, resolver=self._resolver, deadline=self._deadline)

    async def post(
        self, url: str, body: bytes, headers: Mapping[str, str], *, method: str = "POST"
    ) -> PostResult:
        """Redirects are not followed: a 3xx is an answer like any other. Never raises for the
        network; `error` ends with the stable code."""
        target = check_url(url, self._policy.post_reach)
        if isinstance(target, Refused):
            return _failed(failures.refused(url, target), 0)
        begun = anyio.current_time()
        result = await self._within_deadline(method, target, body, headers)
        took = round((anyio.current_time() - begun) * SECOND)
        if isinstance(result, FetchFailed):
            return _failed(result, took)
        status, text, kept = result
        return PostResult(status, text, kept, micros=took)

    async def _within_deadline(
        self, method: str, target: Target, body: bytes, headers: Mapping[str, str]
    ) -> tuple[int, str, dict[str, str]] | FetchFailed:
        progress = Progress()
        try:
            with anyio.move_on_after(self._deadline):
                return await self._send(
                    self._request(method, target, body, headers, progress), target
                )
        except NetworkError as error:
            return FetchFailed(target.url, "tls", error.code, error.message, error.hint)
        except (httpx.TransportError, BlockedError) as error:
            return failures.from_error(target, error, progress, MAX_ANSWER)
        return failures.too_slow(target, progress, self._deadline)

    async def _send(
        self, request: httpx.Request, target: Target
    ) -> tuple[int, str, dict[str, str]]:
        async with GuardedTransport(
            self._policy.post_reach, tls=tls_for(target), resolver=self._resolver, keep=0
        ) as transport:
            response = await transport.handle_async_request(request)
            try:
                text = await _some(response)
            finally:
                await response.aclose()
        return response.status_code, text, kept_headers(response)

    def _request(
        self,
        method: str,
        target: Target,
        body: bytes,
        headers: Mapping[str, str],
        progress: Progress,
    ) -> httpx.Request:
        ours = {
            "host": target.authority,
            "user-agent": self._policy.user_agent,
            "accept-encoding": "identity",
            "connection": "close",
        }
        theirs = {name.lower(): value for name, value in headers.items()}
        return httpx.Request(
            method,
            f"{target.origin}/",
            headers=[(n.encode(), v.encode()) for n, v in {**theirs, **ours}.items()],
            content=body,
            extensions={"target": target.request.encode(), "trace": progress},
        )


async def _some(response: httpx.Response) -> str:
    """At most 4 kB of the answer (spec `storage` §5, input 52); what breaks off is enough: the
    status has been said."""
    assert isinstance(response.stream, httpx.AsyncByteStream)
    kept = b""
    try:
        async for chunk in response.stream:
            kept += chunk
            if len(kept) >= MAX_ANSWER:
                break
    except httpx.TransportError:
        pass
    return kept[:MAX_ANSWER].decode("utf-8", "replace")


def _failed(failure: FetchFailed, took: Micros) -> PostResult:
    says = f"{failure.message} ({failure.code})"
    return PostResult(None, error=says, refused=failure.kind == "refused", micros=took)
