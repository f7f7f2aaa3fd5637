"""One request and its answer on one connection: what goes on the wire, and what is read of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import anyio
import httpx

from watcher.model.page import Purpose
from watcher.net.decode import BodyDecoder, TooLargeError
from watcher.net.guard import Target

# Feed types first, as feed owners ask (spec `polling` §4 and §5, check 50).
ACCEPT: dict[Purpose, str] = {
    "feed": "application/atom+xml, application/rss+xml, application/feed+json;q=0.95, "
    "application/rdf+xml;q=0.9, application/xml;q=0.8, text/xml;q=0.8, "
    "application/json;q=0.5, text/html;q=0.3, */*;q=0.1",
    "sitemap": "application/xml, text/xml;q=0.9, */*;q=0.1",
    "listing": "text/html, application/xhtml+xml, */*;q=0.1",
    "article": "text/html, application/xhtml+xml, application/xml;q=0.5, */*;q=0.1",
    "robots": "text/plain, */*;q=0.1",
    "discovery": "text/html, application/xhtml+xml, application/atom+xml;q=0.9, "
    "application/rss+xml;q=0.9, application/feed+json;q=0.9, */*;q=0.1",
}
CODINGS = "gzip, br, zstd"
REDIRECTS = frozenset({301, 302, 303, 307, 308})

_DRAIN_BYTES = 16_384  # a short body that nobody reads is cheaper than a new connection
_DRAIN_S = 1.0
_BODILESS = frozenset({204, 304})  # whatever their headers say (RFC 9112 §6.3)
_UNWANTED = frozenset({"content-encoding", "content-length", "transfer-encoding", "set-cookie"})
_PHASES = {
    "connection.connect_tcp.started": "connecting",
    "connection.start_tls.started": "setting up TLS",
    "proxy.start_tls.started": "setting up TLS",
    "http11.send_request_headers.started": "sending the request",
    "http11.receive_response_headers.started": "waiting for the answer",
    "http11.receive_response_body.started": "reading the body",
}


class Progress:
    """How far a request came: for the words of an error, and for what may be tried again."""

    def __init__(self) -> None:
        self.phase = "connecting"
        self.fresh = False

    @property
    def in_tls(self) -> bool:
        return self.phase == "setting up TLS"

    @property
    def is_stale(self) -> bool:
        """A kept connection ended before it answered: the server closed it while it was idle."""
        return not self.fresh and self.phase != "reading the body"

    async def __call__(self, event: str, info: dict[str, Any]) -> None:
        """httpcore's `trace` extension."""
        self.phase = _PHASES.get(event, self.phase)
        self.fresh = self.fresh or event == "connection.connect_tcp.started"


@dataclass(frozen=True, slots=True)
class Reading:
    """How much of a 2xx body is wanted: `limit` decoded bytes; beyond it the body is an error,
    or, with `cut`, left unread."""

    limit: int
    cut: bool = False


@dataclass(frozen=True, slots=True)
class Answer:
    """`headers`: names in lower case, values in Latin-1 (so that every byte comes back as it was),
    repeated ones joined; those that described the body on the wire, and cookies, are left out."""

    status: int
    headers: dict[str, str]
    body: bytes = b""

    @property
    def redirects(self) -> bool:
        return self.status in REDIRECTS


def request_headers(
    user_agent: str,
    purpose: Purpose,
    etag: str | None,
    last_modified: str | None,
    codings: str,
    own: Sequence[tuple[str, str]] = (),
) -> list[tuple[bytes, bytes]]:
    """Validators byte for byte (checks 2 and 3); no cookies, no Referer, no Range (13) but what
    the user configured for this feed: `own` headers, which stand in for ours of the same name."""
    headers = {
        "User-Agent": user_agent,
        "Accept": ACCEPT[purpose],
        "Accept-Encoding": codings,
        "If-None-Match": etag,
        "If-Modified-Since": last_modified,
    }
    theirs = {name.lower() for name, _ in own}
    kept = [
        (name, value) for name, value in headers.items() if value and name.lower() not in theirs
    ]
    return [(name.encode(), _wire(value)) for name, value in (*kept, *own)]


async def exchange(
    transport: httpx.AsyncBaseTransport,
    target: Target,
    headers: list[tuple[bytes, bytes]],
    reading: Reading,
    progress: Progress,
) -> Answer:
    """Raises httpx.TransportError, BlockedError, DecodeError, TooLargeError."""
    request = httpx.Request(
        "GET",
        f"{target.origin}/",
        headers=[(b"Host", target.authority.encode()), *headers],
        extensions={"target": target.request.encode(), "trace": progress},
    )
    response = await transport.handle_async_request(request)
    try:
        kept = kept_headers(response)
        if 200 <= response.status_code < 300:
            return Answer(response.status_code, kept, await _body(response, reading))
        await _drain(response)
        return Answer(response.status_code, kept)
    finally:
        await response.aclose()


async def _body(response: httpx.Response, reading: Reading) -> bytes:
    decoder = BodyDecoder(response.headers.get("content-encoding", ""), reading.limit)
    assert isinstance(response.stream, httpx.AsyncByteStream)
    try:
        async for chunk in response.stream:
            decoder.feed(chunk)
    except TooLargeError:
        if reading.cut:
            return decoder.so_far()
        raise
    return decoder.finish()


async def _drain(response: httpx.Response) -> None:
    """Reads a short body away, so that the connection can be kept; else it will be closed."""
    length = response.headers.get("content-length", "")
    short = length.isascii() and length.isdigit() and int(length[:9]) <= _DRAIN_BYTES
    if not (short or response.status_code in _BODILESS):
        return
    assert isinstance(response.stream, httpx.AsyncByteStream)
    with anyio.move_on_after(_DRAIN_S):
        try:
            async for _ in response.stream:
                pass
        except httpx.TransportError:
            return


def kept_headers(response: httpx.Response) -> dict[str, str]:
    """As `Answer.headers` describes them."""
    found: dict[str, str] = {}
    for raw_name, raw_value in response.headers.raw:
        name, value = raw_name.decode("latin-1").lower(), raw_value.decode("latin-1")
        if name not in _UNWANTED:
            found[name] = f"{found[name]}, {value}" if name in found else value
    return found


def _wire(value: str) -> bytes:
    """What came as Latin-1 goes back as the same bytes; anything else was never a header."""
    return value.encode("latin-1", "ignore")
