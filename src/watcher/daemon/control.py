"""The control socket: how commands reach a running daemon.

A unix socket beside the database (mode 0600), one JSON line a request, one a reply, named use
cases only: `{"do": "ping"}` → `{"ok": true, …}`, or `{"error": {code, message, hint}}`.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import socket
import struct
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import Any

from watcher.daemon.client import MAX_LINE, TIMEOUT_SECONDS, short_name
from watcher.errors import WatcherError

UseCase = Callable[[Mapping[str, Any]], Awaitable[dict[str, Any]]]


class ControlServer:
    """Serves `use_cases` by name until stopped."""

    def __init__(self, path: Path, use_cases: Mapping[str, UseCase]) -> None:
        self._path = path
        self._use_cases = use_cases
        self._server: asyncio.Server | None = None

    async def start(self) -> None:
        """Binds the socket. The caller holds the database's lock, so a socket file that is
        already there is a dead daemon's and is replaced."""
        with contextlib.suppress(FileNotFoundError):
            self._path.unlink()
        mask = os.umask(0o177)
        try:
            with short_name(self._path) as name:
                self._server = await asyncio.start_unix_server(
                    self._serve, path=name, limit=MAX_LINE
                )
        finally:
            os.umask(mask)

    async def stop(self) -> None:
        if self._server is not None:
            self._server.close()
        with contextlib.suppress(FileNotFoundError):
            self._path.unlink()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            if not _is_ours(writer):
                reply = _error("WTC-RUN-076", "the control socket is its owner's alone", None)
                writer.write(json.dumps(reply).encode() + b"\n")
                return
            line = await asyncio.wait_for(reader.readline(), TIMEOUT_SECONDS)
            reply = await self._answer(line)
            writer.write(json.dumps(reply).encode() + b"\n")
            await writer.drain()
        except (TimeoutError, ValueError, ConnectionError):
            pass  # the other side went away or said nothing readable
        finally:
            writer.close()

    async def _answer(self, line: bytes) -> dict[str, Any]:
        try:
            request = json.loads(line)
            use_case = self._use_cases[request["do"]]
        except (ValueError, KeyError, TypeError):
            return _error("WTC-RUN-075", "the daemon does not know this request", None)
        try:
            return {"ok": True, **await use_case(request)}
        except WatcherError as error:
            return _error(error.code, error.message, error.hint)


def _is_ours(writer: asyncio.StreamWriter) -> bool:
    """Whether the other side is this user or root. The socket's mode says so already; the kernel's
    word on the peer (SO_PEERCRED, unix(7)) holds where a mode was changed by hand."""
    link = writer.get_extra_info("socket")
    raw = link.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, _PEER.size)
    _, user, _ = _PEER.unpack(raw)
    return user in {0, os.geteuid()}


_PEER = struct.Struct("3i")  # pid, user, group


def _error(code: str, message: str, hint: str | None) -> dict[str, Any]:
    return {"error": {"code": code, "message": message, "hint": hint}}
