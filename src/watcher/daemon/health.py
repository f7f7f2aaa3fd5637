"""`/livez`, `/readyz`, `/healthz` and `/metrics`, on loopback or a unix socket: a few GETs of
HTTP/1.1, one a connection, so that no web framework is needed for them."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path

from watcher.daemon.client import short_name
from watcher.errors import UsageError, WatcherError

Answer = tuple[int, str, str]  # status, content type, body
Handler = Callable[[], Awaitable[Answer]]

MAX_HEAD = 8 * 1024
SECONDS = 10.0
WORDS = {200: "OK", 404: "Not Found", 405: "Method Not Allowed", 503: "Service Unavailable"}
PLAIN = "text/plain; charset=utf-8"
METRICS = "text/plain; version=0.0.4; charset=utf-8"


class HealthServer:
    """Answers `handlers` by path until stopped. `listen`: `unix:PATH` or `HOST:PORT`."""

    def __init__(self, listen: str, handlers: Mapping[str, Handler]) -> None:
        self._listen = listen
        self._handlers = handlers
        self._server: asyncio.Server | None = None
        self._path: Path | None = None

    async def start(self) -> None:
        """Raises UsageError where the address cannot be taken."""
        try:
            if self._listen.startswith("unix:"):
                await self._start_unix(Path(self._listen.removeprefix("unix:")))
            else:
                host, _, port = self._listen.rpartition(":")
                self._server = await asyncio.start_server(
                    self._serve, host.strip("[]"), int(port), limit=MAX_HEAD
                )
        except OSError as error:
            raise UsageError(
                "WTC-RUN-010",
                f"daemon.listen: {self._listen} cannot be taken: {error.strerror or error}",
                hint="is another daemon there? name another address, or `off`",
            ) from error

    async def _start_unix(self, path: Path) -> None:
        with contextlib.suppress(FileNotFoundError):
            path.unlink()  # a dead daemon's: the caller holds the database's lock
        mask = os.umask(0o117)  # its group may read: a monitor's user can be put into it
        try:
            with short_name(path) as name:
                self._server = await asyncio.start_unix_server(
                    self._serve, path=name, limit=MAX_HEAD
                )
        finally:
            os.umask(mask)
        self._path = path

    async def stop(self) -> None:
        if self._server is not None:
            self._server.close()
        if self._path is not None:
            self._path.unlink(missing_ok=True)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            head = await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), SECONDS)
            method, _, rest = head.partition(b" ")
            answer = await self._answer(method, rest.partition(b" ")[0].partition(b"?")[0])
            writer.write(_bytes(answer, body=method != b"HEAD"))
            await writer.drain()
        except (TimeoutError, ConnectionError, asyncio.IncompleteReadError, ValueError):
            pass
        except asyncio.LimitOverrunError:
            pass
        finally:
            writer.close()

    async def _answer(self, method: bytes, path: bytes) -> Answer:
        if method not in {b"GET", b"HEAD"}:
            return 405, PLAIN, "only GET and HEAD\n"
        handler = self._handlers.get(path.decode("latin-1"))
        if handler is None:
            return 404, PLAIN, f"{' '.join(self._handlers)}\n"
        try:
            return await handler()
        except WatcherError as error:
            return 503, PLAIN, f"{error.message} ({error.code})\n"


def _bytes(answer: Answer, *, body: bool) -> bytes:
    status, sort, text = answer
    raw = text.encode()
    head = (
        f"HTTP/1.1 {status} {WORDS[status]}\r\nContent-Type: {sort}\r\n"
        f"Content-Length: {len(raw)}\r\nCache-Control: no-store\r\nConnection: close\r\n\r\n"
    )
    return head.encode() + (raw if body else b"")


def yes_or_no(good: bool, what: str) -> Answer:
    return (200, PLAIN, "ok\n") if good else (503, PLAIN, f"{what}\n")


def as_json(shape: Mapping[str, object], *, good: bool) -> Answer:
    return 200 if good else 503, "application/json", json.dumps(shape) + "\n"
