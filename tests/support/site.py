"""A scripted HTTP server on loopback: real sockets, every answer chosen by the test.

    with Site({"/feed": Reply(body, type="application/rss+xml"), "/gone": 410}) as site:
        ...fetch site.url("/feed")...
        assert site.paths == ["/feed"]

A route's answer is one of
- `bytes` or `str`: a 200 with that body (`text/html; charset=utf-8`);
- `int`: that status with an empty body;
- `Reply`: status, body, headers; with `etag` or `last_modified` it answers conditional requests
  with 304; `delay` waits before the first byte;
- `Raw`: bytes put on the wire as they are, for all that a well-behaved server would not do;
- a list of these: one after the other, the last one for ever;
- a function from the `Seen` request to one of these.
Unknown paths (so `/robots.txt` too) answer 404. `site.routes` may be changed at any time; a path is
looked up with its query first, then without.

`site.requests` logs every request in order of arrival; `site.connections` counts TCP connections,
also those that never sent a request. Each `Site` has one port of 127.0.0.1 (`port=0`: any free
one), or of another loopback `address`: start several for several outlets. `greet` scripts every
connection before a request is read; `tls` is a server-side `ssl.SSLContext`; `now` is the clock
of the log.
"""

from __future__ import annotations

import contextlib
import socket
import ssl
import struct
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

RESET = object()  # in a Raw script: cut the connection with a TCP reset


@dataclass(frozen=True)
class Seen:
    """A request as it came. `headers` in order, names as sent; `at` by the site's clock (else
    `time.monotonic`), `real` by `time.monotonic` always."""

    method: str
    target: str
    headers: tuple[tuple[str, str], ...]
    body: bytes
    connection: int
    at: Any
    real: float = 0.0

    @property
    def path(self) -> str:
        return urlsplit(self.target).path

    def header(self, name: str) -> str | None:
        """The first header of that name, in any case."""
        return next((v for n, v in self.headers if n.lower() == name.lower()), None)


@dataclass(frozen=True)
class Reply:
    body: bytes | str = b""
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    type: str | None = "text/html; charset=utf-8"
    etag: str | None = None
    last_modified: str | None = None
    delay: float = 0.0


@dataclass(frozen=True)
class Raw:
    """A script for the wire: bytes are sent, numbers are pauses in seconds, `RESET` cuts the
    connection. The steps may be an endless iterator. The connection is closed at the end unless
    `keep`."""

    steps: Iterable[Any]
    keep: bool = False


def redirect(to: str, status: int = 302) -> Reply:
    return Reply(status=status, headers={"Location": to}, type=None)


def drip(body: bytes, every: float, head: bytes = b"HTTP/1.1 200 OK\r\n\r\n") -> Raw:
    """`head` at once, then one byte every `every` seconds."""

    def steps() -> Iterator[Any]:
        yield head
        for i in range(len(body)):
            yield body[i : i + 1]
            yield every

    return Raw(steps())


Answer = Any  # Reply | Raw | bytes | str | int | list[Answer] | Callable[[Seen], Answer]


class Site:
    def __init__(
        self,
        routes: Mapping[str, Answer] | None = None,
        *,
        port: int = 0,
        address: str = "127.0.0.1",
        greet: Raw | None = None,
        tls: ssl.SSLContext | None = None,
        now: Callable[[], Any] = time.monotonic,
    ) -> None:
        self.routes: dict[str, Answer] = {}
        for path, answer in (routes or {}).items():
            self.routes[path] = list(answer) if isinstance(answer, list) else answer
        self.requests: list[Seen] = []
        self.connections = 0
        self.address = address
        self._greet, self._tls, self._now = greet, tls, now
        self._lock = threading.Lock()
        self._open: set[socket.socket] = set()
        self._stopping = threading.Event()
        self._listener = socket.create_server((address, port), backlog=256)
        self.port: int = self._listener.getsockname()[1]

    @property
    def origin(self) -> str:
        return f"{'https' if self._tls else 'http'}://{self.address}:{self.port}"

    def url(self, path: str = "/") -> str:
        return self.origin + path

    @property
    def paths(self) -> list[str]:
        """The targets asked for, in order (path and query)."""
        return [seen.target for seen in self.requests]

    def hits(self, path: str) -> list[Seen]:
        """The requests for `path`, whatever their query."""
        return [seen for seen in self.requests if seen.path == path]

    def start(self) -> Site:
        threading.Thread(target=self._accept, name=f"site-{self.port}", daemon=True).start()
        return self

    def stop(self) -> None:
        """Closes the port and every connection, at once."""
        self._stopping.set()
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        with self._lock:
            for connection in self._open:
                with contextlib.suppress(OSError):
                    connection.shutdown(socket.SHUT_RDWR)

    def __enter__(self) -> Site:
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.stop()

    def _accept(self) -> None:
        while not self._stopping.is_set():
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            with self._lock:
                self.connections += 1
                number = self.connections
                self._open.add(connection)
            threading.Thread(target=self._talk, args=(connection, number), daemon=True).start()

    def _talk(self, raw: socket.socket, number: int) -> None:
        wire: socket.socket = raw
        try:
            raw.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            if self._tls is not None:
                wire = self._tls.wrap_socket(raw, server_side=True)
                with self._lock:
                    self._open.discard(raw)
                    self._open.add(wire)
            if self._greet is None or self._play(wire, self._greet):
                self._converse(wire, number)
        except (OSError, ValueError):
            pass
        finally:
            with self._lock:
                self._open -= {raw, wire}
            wire.close()

    def _converse(self, wire: socket.socket, number: int) -> None:
        with wire.makefile("rb") as reader:
            while not self._stopping.is_set():
                seen = _read_request(reader, number, self._now)
                if seen is None:
                    return
                with self._lock:
                    self.requests.append(seen)
                    answer = self._answer(seen)
                while callable(answer):
                    answer = answer(seen)
                if not self._send(wire, seen, answer):
                    return

    def _answer(self, seen: Seen) -> Answer:
        answer = self.routes.get(seen.target, self.routes.get(seen.path, 404))
        if isinstance(answer, list):
            answer = answer.pop(0) if len(answer) > 1 else answer[0]
        return answer

    def _send(self, wire: socket.socket, seen: Seen, answer: Answer) -> bool:
        """True where the connection may serve another request."""
        if isinstance(answer, Raw):
            return self._play(wire, answer)
        if isinstance(answer, int):
            answer = Reply(status=answer, type=None)
        if isinstance(answer, bytes | str):
            answer = Reply(answer)
        if answer.delay and self._stopping.wait(answer.delay):
            return False
        wire.sendall(_render(seen, answer))
        return (seen.header("Connection") or "").lower() != "close"

    def _play(self, wire: socket.socket, script: Raw) -> bool:
        for step in script.steps:
            if step is RESET:
                wire.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                return False
            if isinstance(step, bytes):
                wire.sendall(step)
            elif self._stopping.wait(step):
                return False
        if not script.keep:
            with contextlib.suppress(OSError):
                wire.shutdown(socket.SHUT_WR)
                wire.settimeout(0.2)
                wire.recv(65536)
        return script.keep


def _read_request(reader: Any, number: int, now: Callable[[], Any]) -> Seen | None:
    line = reader.readline(65_537).decode("latin-1").strip()
    if not line:
        return None
    method, target, _ = line.split(" ", 2)
    headers = []
    while line := reader.readline(65_537).decode("latin-1").strip():
        name, _, value = line.partition(":")
        headers.append((name, value.strip()))
    length = next((int(v) for n, v in headers if n.lower() == "content-length"), 0)
    body = reader.read(length) if length else b""
    return Seen(method, target, tuple(headers), body, number, now(), time.monotonic())


def _render(seen: Seen, reply: Reply) -> bytes:
    body = reply.body.encode() if isinstance(reply.body, str) else reply.body
    status = reply.status
    headers = dict(reply.headers)
    if reply.type and "Content-Type" not in headers:
        headers["Content-Type"] = reply.type
    if reply.etag:
        headers["ETag"] = reply.etag
    if reply.last_modified:
        headers["Last-Modified"] = reply.last_modified
    if status == 200 and _known(seen, reply):
        status, body = 304, b""
    if status not in {204, 304}:
        headers.setdefault("Content-Length", str(len(body)))
    lines = [f"HTTP/1.1 {status} Scripted", *(f"{n}: {v}" for n, v in headers.items())]
    head = ("\r\n".join(lines) + "\r\n\r\n").encode("utf-8")
    return head if seen.method == "HEAD" else head + body


def _known(seen: Seen, reply: Reply) -> bool:
    """RFC 9110 §13.2.2: If-None-Match decides where it is sent, else If-Modified-Since."""
    asked = seen.header("If-None-Match")
    if asked is not None:
        return reply.etag is not None and asked == reply.etag
    since = seen.header("If-Modified-Since")
    return reply.last_modified is not None and since == reply.last_modified


Handler = Callable[[Seen], Answer]
