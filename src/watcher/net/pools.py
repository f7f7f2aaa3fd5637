"""Small connection pools, one an origin and way there, a bounded number of them kept.

One big httpx pool costs 3.6 to 10 times as much a request as small ones (spec `polling` §3), and
requests to one host one after the other share its connection.
"""

from __future__ import annotations

import ssl
from collections import OrderedDict
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from watcher.net.guard import Target
from watcher.net.transport import GuardedTransport, tls_context, unchecked_tls


@dataclass(frozen=True, slots=True)
class Way:
    """How an origin is reached: never over a connection that was made in another way."""

    proxy: str | None = field(default=None, repr=False)
    insecure: bool = False


DIRECT = Way()


@dataclass(slots=True)
class _Pool:
    transport: GuardedTransport
    users: int = 0


class Pools:
    """`make` builds the transport of one origin; `keep` idle ones stay open."""

    def __init__(self, make: Callable[[Target, Way], GuardedTransport], keep: int) -> None:
        self._make = make
        self._keep = keep
        self._pools: OrderedDict[tuple[str, Way], _Pool] = OrderedDict()

    def __len__(self) -> int:
        return len(self._pools)

    @asynccontextmanager
    async def use(self, target: Target, way: Way = DIRECT) -> AsyncIterator[GuardedTransport]:
        name = target.origin, way
        pool = self._pools.get(name)
        if pool is None:
            pool = self._pools[name] = _Pool(self._make(target, way))
        self._pools.move_to_end(name)
        pool.users += 1
        try:
            yield pool.transport
        finally:
            pool.users -= 1
            await self._trim()

    async def aclose(self) -> None:
        while self._pools:
            _, pool = self._pools.popitem()
            await pool.transport.aclose()

    async def _trim(self) -> None:
        surplus = len(self._pools) - self._keep
        if surplus <= 0:
            return
        idle = [name for name, pool in self._pools.items() if pool.users == 0]
        # All are taken out before the first is closed: closing lets others run, and they must
        # neither use one of these nor take it out again.
        for pool in [self._pools.pop(name) for name in idle[:surplus]]:
            await pool.transport.aclose()


def tls_for(target: Target, way: Way = DIRECT) -> ssl.SSLContext | None:
    """The roots are read at the first https address only."""
    if target.scheme != "https":
        return None
    return unchecked_tls() if way.insecure else tls_context()
