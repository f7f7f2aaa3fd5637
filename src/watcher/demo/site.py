"""The newsroom served over loopback: a server an outlet, so that each is a host of its own."""

from __future__ import annotations

import gzip
import hashlib
import threading
from collections import Counter
from collections.abc import Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Self

from watcher.demo.newsroom import Newsroom, OutletSite, fill

LOOPBACK = "127.0.0.1"


class NewsroomSite:
    """Serves every outlet of a newsroom on its own port, as of the day last played (at first:
    day 1). Conditional requests and gzip are answered as real sites do. A context manager.

    `ports` fixes the port of some outlets; `requests` counts answers by (outlet, path, status)."""

    def __init__(self, newsroom: Newsroom, ports: Mapping[str, int] | None = None) -> None:
        self.newsroom = newsroom
        self.day = 1
        self.requests: Counter[tuple[str, str, int]] = Counter()
        self._servers = {
            key: _Server((LOOPBACK, (ports or {}).get(key, 0)), _handler(self, outlet))
            for key, outlet in newsroom.outlets.items()
        }

    @property
    def bases(self) -> dict[str, str]:
        """Outlet key to `http://127.0.0.1:PORT`."""
        return {key: f"http://{LOOPBACK}:{port}" for key, port in self.ports.items()}

    @property
    def ports(self) -> dict[str, int]:
        return {key: int(server.server_address[1]) for key, server in self._servers.items()}

    def play(self, day: int) -> None:
        """From now on the site is that day's."""
        self.day = day

    def __enter__(self) -> Self:
        for server in self._servers.values():
            threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for server in self._servers.values():
            server.shutdown()
            server.server_close()


class _Server(ThreadingHTTPServer):
    allow_reuse_address = True
    daemon_threads = True


def _handler(site: NewsroomSite, outlet: OutletSite) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            path = self.path.split("?", 1)[0]
            served = outlet.served(path, site.day)
            if served is None:
                self._answer(404, "text/html; charset=utf-8", b"<h1>404 not found</h1>")
                return
            body = fill(served.body.decode(), site.bases).encode(served.encoding)
            tag = f'"{hashlib.blake2b(body, digest_size=8).hexdigest()}"'
            if served.status == 200 and self.headers.get("if-none-match") == tag:
                self._answer(304, served.type, b"", tag)
            else:
                self._answer(served.status, served.type, body, tag)

        def _answer(self, status: int, kind: str, body: bytes, tag: str | None = None) -> None:
            site.requests[outlet.key, self.path, status] += 1
            self.send_response(status)
            self.send_header("content-type", kind)
            if tag and status in {200, 304}:
                self.send_header("etag", tag)
            if body and "gzip" in self.headers.get("accept-encoding", ""):
                body = gzip.compress(body, 1, mtime=0)
                self.send_header("content-encoding", "gzip")
            if status != 304:
                self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
            """Quiet: the demo prints what watcher does, not what the site is asked."""

    return Handler
