"""The loopback server that the benches poll: generated feeds, most of them with an ETag."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

WITHOUT_TAG = 4  # every fourth feed has no validators: it answers 200, the same bytes each time
CHANGING = 20  # every twentieth feed has one item more in each later edition


class Feeds(ThreadingHTTPServer):
    """Feed n at /n with `items` items of about 60 words; `edition` counts their changes."""

    daemon_threads = True
    request_queue_size = 256

    def __init__(self, count: int, items: int) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.edition = 0
        self.items = items
        self.urls = [f"http://127.0.0.1:{self.server_address[1]}/{n}" for n in range(count)]

    def feed(self, number: int) -> tuple[str | None, bytes]:
        """ETag and body."""
        more = self.edition if number % CHANGING == 0 else 0
        items = "".join(self._item(number, n) for n in reversed(range(self.items + more)))
        body = f'<rss version="2.0"><channel><title>Feed {number}</title>{items}</channel></rss>'
        tag = None if number % WITHOUT_TAG == 1 else f'"{number}-{more}"'
        return tag, body.encode()

    def _item(self, number: int, n: int) -> str:
        words = " ".join(f"w{(number * 31 + n * 17 + k * k) % 9973}" for k in range(60))
        return (
            f"<item><title>Item {n} of feed {number}</title><guid>{number}-{n}</guid>"
            f"<link>{self.urls[number]}/{n}</link>"
            f"<pubDate>Tue, 10 Mar 2026 10:{n % 60:02}:00 GMT</pubDate>"
            f"<description>{words}</description></item>"
        )


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        assert isinstance(self.server, Feeds)
        number = self.path.strip("/")
        if not number.isdigit():
            self._answer(404, None, b"")
            return
        tag, body = self.server.feed(int(number))
        same = tag is not None and self.headers.get("if-none-match") == tag
        self._answer(304 if same else 200, tag, b"" if same else body)

    def _answer(self, status: int, tag: str | None, body: bytes) -> None:
        self.send_response(status)
        self.send_header("content-type", "application/rss+xml")
        if tag is not None:
            self.send_header("etag", tag)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None: ...


@contextmanager
def serving(count: int, items: int) -> Iterator[Feeds]:
    with Feeds(count, items) as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()


def write_config(folder: Path, server: Feeds) -> str:
    """A config.yaml for all its feeds that waits for nothing and asks for no page."""
    net = {"allow": ["127.0.0.1"], "ports": ["1024-65535"], "gap": "0s", "per_host": 8}
    config = folder / "config.yaml"
    wanted = {"net": net, "scrape": {"pages": "never"}, "feeds": server.urls}
    config.write_text(json.dumps(wanted), encoding="utf-8")
    return str(config)
