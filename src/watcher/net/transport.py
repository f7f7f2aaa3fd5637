"""httpx's one seam: a transport on httpcore whose connections all come from the guarded dialler.

No proxy of the environment is read. One that the user configured for a feed is a trusted hop, but
the name of the target is looked up and judged before each request all the same (S9). HTTP/1.1
only, and httpcore's exceptions become httpx's.
"""

from __future__ import annotations

import os
import ssl
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager
from functools import lru_cache, partial
from importlib.util import find_spec
from urllib.parse import unquote, urlsplit

import anyio
import httpcore
import httpx

from watcher.errors import NetworkError
from watcher.net.backend import GuardedBackend, Resolver
from watcher.net.policy import Reach

# httpcore asks for this module at every lock it takes; where it is not installed, that is a search
# of the whole path, several times a request. Its absence is remembered instead.
if find_spec("sniffio") is None:
    sys.modules["sniffio"] = None  # type: ignore[assignment]

_EXCEPTIONS: tuple[tuple[type[Exception], type[httpx.TransportError]], ...] = (
    (httpcore.ConnectTimeout, httpx.ConnectTimeout),
    (httpcore.ReadTimeout, httpx.ReadTimeout),
    (httpcore.WriteTimeout, httpx.WriteTimeout),
    (httpcore.PoolTimeout, httpx.PoolTimeout),
    (httpcore.TimeoutException, httpx.TimeoutException),
    (httpcore.ConnectError, httpx.ConnectError),
    (httpcore.ReadError, httpx.ReadError),
    (httpcore.WriteError, httpx.WriteError),
    (httpcore.NetworkError, httpx.NetworkError),
    (httpcore.LocalProtocolError, httpx.LocalProtocolError),
    (httpcore.RemoteProtocolError, httpx.RemoteProtocolError),
    (httpcore.ProtocolError, httpx.ProtocolError),
    (httpcore.UnsupportedProtocol, httpx.UnsupportedProtocol),
    (httpcore.ProxyError, httpx.ProxyError),
    (httpcore.ConnectionNotAvailable, httpx.NetworkError),
    # What httpcore's stream lets through, TLS errors after the handshake above all.
    (anyio.BrokenResourceError, httpx.ReadError),
    (anyio.ClosedResourceError, httpx.ReadError),
    (anyio.EndOfStream, httpx.ReadError),
    (OSError, httpx.NetworkError),
)


class GuardedTransport(httpx.AsyncBaseTransport):
    """A small pool. `connections` to one origin at a time; `keep` of them are kept alive. `proxy`:
    `http://[user:password@]host:port` (percent-encoded) that all of them go through."""

    def __init__(
        self,
        reach: Reach,
        *,
        tls: ssl.SSLContext | None = None,
        resolver: Resolver | None = None,
        connections: int = 1,
        keep: int = 1,
        proxy: str | None = None,
    ) -> None:
        self._reach = reach
        self._guard = GuardedBackend(reach, resolver)
        self._proxied = proxy is not None
        make = partial(
            httpcore.AsyncConnectionPool if proxy is None else _proxy_pool(proxy),
            ssl_context=tls or _no_trust(),
            max_connections=connections,
            max_keepalive_connections=keep,
            keepalive_expiry=30.0,
            http1=True,
            http2=False,
            retries=0,
        )
        # The way to the proxy is the user's own choice; what is behind it is judged here.
        self._pool = make(network_backend=httpcore.AnyIOBackend() if proxy else self._guard)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        assert isinstance(request.stream, httpx.AsyncByteStream)
        if self._proxied:
            await self._judge(request)
        # In the URL, not as an extension: a proxy's own requests would take that over.
        target = request.extensions.get("target", request.url.raw_path)
        asked = httpcore.Request(
            method=request.method,
            url=httpcore.URL(
                scheme=request.url.raw_scheme,
                host=request.url.raw_host,
                port=request.url.port,
                target=target,
            ),
            headers=request.headers.raw,
            content=request.stream,
            extensions={key: one for key, one in request.extensions.items() if key != "target"},
        )
        with _as_httpx():
            answer = await self._pool.handle_async_request(asked)
        return httpx.Response(
            status_code=answer.status,
            headers=answer.headers,
            stream=_Stream(answer),
            extensions=answer.extensions,
        )

    async def aclose(self) -> None:
        await self._pool.aclose()

    async def _judge(self, request: httpx.Request) -> None:
        """Of each request: the proxy looks the name up anew every time."""
        host = request.url.raw_host.decode("ascii")
        port = request.url.port or (443 if request.url.scheme == "https" else 80)
        if self._reach.names(host, port):
            return  # a name that perhaps only the proxy can look up
        with _as_httpx():
            await self._guard.vetted(host, port)


class _Stream(httpx.AsyncByteStream):
    def __init__(self, answer: httpcore.Response) -> None:
        self._answer = answer

    async def __aiter__(self) -> AsyncIterator[bytes]:
        with _as_httpx():
            async for chunk in self._answer.aiter_stream():
                yield chunk

    async def aclose(self) -> None:
        await self._answer.aclose()


def _proxy_pool(proxy: str) -> Callable[..., httpcore.AsyncHTTPProxy]:
    parts = urlsplit(proxy)
    login = None
    if parts.username is not None and parts.password is not None:
        login = unquote(parts.username).encode(), unquote(parts.password).encode()
    host = f"[{parts.hostname}]" if ":" in (parts.hostname or "") else parts.hostname
    url = f"http://{host}:{parts.port or 80}"
    return partial(httpcore.AsyncHTTPProxy, url, proxy_auth=login)


@contextmanager
def _as_httpx() -> Iterator[None]:
    try:
        yield
    except Exception as error:
        for theirs, ours in _EXCEPTIONS:
            if isinstance(error, theirs):
                raise ours(str(error)) from error
        raise


@lru_cache(maxsize=1)
def unchecked_tls() -> ssl.SSLContext:
    """For the one feed whose user said so (check 41): whoever answers is believed."""
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context


def tls_context() -> ssl.SSLContext:
    """What certificates are trusted: `SSL_CERT_FILE` where it is set, else certifi's roots.

    Raises NetworkError where that file cannot be read.
    """
    return _tls_context(os.environ.get("SSL_CERT_FILE"))


@lru_cache(maxsize=4)
def _tls_context(cert_file: str | None) -> ssl.SSLContext:
    import certifi

    try:
        context = ssl.create_default_context(cafile=cert_file or certifi.where())
    except OSError as error:
        raise NetworkError(
            "WTC-NET-090",
            f"the trusted certificates in {cert_file} cannot be read: {error}",
            hint="SSL_CERT_FILE must name a readable file of PEM certificates.",
        ) from error
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    return context


@lru_cache(maxsize=1)
def _no_trust() -> ssl.SSLContext:
    """For pools of plain http: reading the roots costs 20 ms, and nothing would use them."""
    return ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
