"""The dialler: a name is looked up once, every address judged, and one of those judged dialled.

No second look-up happens, so an answer that changes between check and connection (DNS rebinding)
changes nothing (spec `polling` §6, S4). It sits below httpcore's pool: nothing, no IP literal and
no redirect, gets a connection any other way (S6).
"""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import Awaitable, Callable, Iterable, Sequence

import httpcore

from watcher.net.guard import Refused, check_addresses
from watcher.net.policy import Reach, as_address

Resolver = Callable[[str, int], Awaitable[Sequence[str]]]
Looked = list[tuple[socket.AddressFamily, socket.SocketKind, int, str, tuple[str, int]]]

_ATTEMPT_S = 10.0  # for each address but the last: one dead address must not eat the deadline
_MAX_ADDRESSES = 6


class BlockedError(Exception):
    """The guard refused what a name resolved to."""

    def __init__(self, refused: Refused) -> None:
        super().__init__(refused.message)
        self.refused = refused


class LookupFailedError(httpcore.ConnectError):
    """A name without addresses. `temporary` where the resolver, not the name, failed."""

    def __init__(self, host: str, *, temporary: bool) -> None:
        super().__init__(f"{host} does not resolve")
        self.temporary = temporary


class GuardedBackend(httpcore.AsyncNetworkBackend):
    def __init__(self, reach: Reach, resolver: Resolver | None = None) -> None:
        self._reach = reach
        self._resolve = resolver or resolve
        self._dialler = httpcore.AnyIOBackend()

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        """Raises BlockedError, LookupFailedError, or what httpcore raises for a failed dial.

        The caller bounds the whole with its own deadline.
        """
        addresses = await self.vetted(host, port)
        *firsts, last = addresses[:_MAX_ADDRESSES]
        for address in firsts:
            try:
                return await self._dialler.connect_tcp(address, port, _ATTEMPT_S)
            except (httpcore.ConnectError, httpcore.ConnectTimeout):
                continue
        return await self._dialler.connect_tcp(last, port, timeout)

    async def vetted(self, host: str, port: int) -> list[str]:
        """The addresses of a name, all of them judged. Raises BlockedError, LookupFailedError."""
        addresses = await self._addresses(host, port)
        refused = check_addresses(host, port, addresses, self._reach)
        if refused is not None:
            raise BlockedError(refused)
        return addresses

    async def connect_unix_socket(
        self,
        path: str,
        timeout: float | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        raise BlockedError(Refused("WTC-NET-001", "unix sockets are not fetched from"))

    async def sleep(self, seconds: float) -> None:
        await self._dialler.sleep(seconds)

    async def _addresses(self, host: str, port: int) -> list[str]:
        if as_address(host) is not None:
            return [host]
        try:
            found = list(dict.fromkeys(await self._resolve(host, port)))
        except socket.gaierror as error:
            temporary = error.errno in {socket.EAI_AGAIN, socket.EAI_FAIL} and not _is_nobodys(host)
            raise LookupFailedError(host, temporary=temporary) from error
        except (OSError, UnicodeError) as error:
            raise LookupFailedError(host, temporary=True) from error
        if not found:
            raise LookupFailedError(host, temporary=False)
        return found


def _is_nobodys(host: str) -> bool:
    """Names that exist nowhere (RFC 6761 §6.4), whatever a name server says."""
    return host.rpartition(".")[2] == "invalid"


async def resolve(host: str, port: int) -> Sequence[str]:
    """The system's resolver, in the order that it prefers.

    Each look-up has a daemon thread of its own: a name server that never answers then holds up
    neither other look-ups (the loop's own pool has a handful of threads) nor the exit.
    """
    loop = asyncio.get_running_loop()
    answer: asyncio.Future[Looked] = loop.create_future()

    def look_up() -> None:
        found: Looked | OSError
        try:
            found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)  # type: ignore[assignment]
        except (OSError, UnicodeError) as error:
            found = error if isinstance(error, OSError) else OSError(str(error))
        try:
            loop.call_soon_threadsafe(_settle, answer, found)
        except RuntimeError:
            return  # the loop has closed: nobody waits any more

    threading.Thread(target=look_up, name="dns", daemon=True).start()
    return [address[0] for *_, address in await answer]


def _settle(answer: asyncio.Future[Looked], found: Looked | OSError) -> None:
    if answer.done():
        return
    if isinstance(found, OSError):
        answer.set_exception(found)
    else:
        answer.set_result(found)
