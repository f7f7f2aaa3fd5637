"""Whole polls (fetch, read, decide, store) against `reader`'s `update_feeds` on the same loopback
feeds: all new, then unchanged (304), then one in twenty changed. Neither fetches articles, but ours
also places every new entry's text as an article: folded, indexed, printed and matched."""

from __future__ import annotations

import json
import resource
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

from bench.harness import PYTHON, Figure

FEEDS = 200
ITEMS = 20


def figures() -> Iterator[Figure]:
    with tempfile.TemporaryDirectory() as name:
        server = Feeds()
        Thread(target=server.serve_forever, daemon=True).start()
        ours, theirs = _ours(Path(name), server), _theirs(Path(name), server)
        for title, generation, bar in (
            ("polls of 200 new feeds", 0, 7.0),
            ("polls of 200 unchanged feeds", 0, 2.5),
            ("polls of 200 feeds, 10 changed", 1, 3.0),
        ):
            server.generation = generation
            ratio = _cpu(ours) / _cpu(theirs)
            yield Figure(title, "reader, update_feeds", "CPU, children too", ratio, bar, False, 1)
        server.shutdown()


class Feeds(ThreadingHTTPServer):
    """Feed n at /n; in generation 1 every twentieth has one item more."""

    daemon_threads = True
    request_queue_size = 256

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.generation = 0

    @property
    def base(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"

    def feed(self, number: int) -> tuple[str, bytes]:
        grown = self.generation if number % 20 == 0 else 0
        items = "".join(
            f"<item><title>Item {n} of feed {number}</title><guid>{number}-{n}</guid>"
            f"<link>{self.base}/{number}/{n}</link><pubDate>Tue, 10 Mar 2026 10:00:00 GMT</pubDate>"
            f"<description>{'Words about the harbour and its crews. ' * 8}</description></item>"
            for n in range(ITEMS + grown)
        )
        body = f'<rss version="2.0"><channel><title>Feed {number}</title>{items}</channel></rss>'
        return f'"{number}-{grown}"', body.encode()


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        assert isinstance(self.server, Feeds)
        number = self.path.strip("/")
        if not number.isdigit():
            self._answer(404, '""', b"")
            return
        tag, body = self.server.feed(int(number))
        same = self.headers.get("if-none-match") == tag
        self._answer(304 if same else 200, tag, b"" if same else body)

    def _answer(self, status: int, tag: str, body: bytes) -> None:
        self.send_response(status)
        self.send_header("content-type", "application/rss+xml")
        self.send_header("etag", tag)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None: ...


def _cpu(run: Callable[[], list[str]]) -> float:
    """CPU seconds of one update, its children included."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(run(), check=True, capture_output=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def _ours(folder: Path, server: Feeds) -> Callable[[], list[str]]:
    config = folder / "config.yaml"
    config.write_text(
        json.dumps(
            {
                "net": {
                    "allow": ["127.0.0.1"],
                    "ports": ["1024-65535"],
                    "gap": "0s",
                    "per_host": 8,
                },
                "poll": {"floor": "1s"},
                "scrape": {"pages": "never"},
                "feeds": [f"{server.base}/{n}" for n in range(FEEDS)],
            }
        ),
        encoding="utf-8",
    )
    watcher = str(Path(PYTHON).with_name("watcher"))
    return lambda: [watcher, "once", "--force", "-c", str(config)]


def _theirs(folder: Path, server: Feeds) -> Callable[[], list[str]]:
    code = (
        "from reader import make_reader\n"
        f"reader = make_reader({str(folder / 'reader.db')!r})\n"
        f"for n in range({FEEDS}):\n"
        f"    reader.add_feed('{server.base}/' + str(n), exist_ok=True)\n"
        "reader.update_feeds(workers=8, scheduled=False)\n"
    )
    return lambda: [PYTHON, "-c", code]
