"""The loopback server that benches poll, in a process of its own on another core.

It listens on every 127.x.y.z, so that two thousand feeds are two thousand hosts, as in life. It
answers from bytes made ahead: what is measured is the client. `python -m bench.site` runs it and
prints its port.
"""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.request import urlopen

WORDS = 60  # an item's


class Site:
    """A running server. Feed n is at `url(n)`; `publish(k)` gives every feed k items more."""

    def __init__(self, port: int) -> None:
        self.port = port

    def url(self, number: int) -> str:
        block, host = divmod(number, 200)
        address = f"127.{1 + block // 200}.{block % 200}.{host + 1}"
        return f"http://{address}:{self.port}/{number}"

    def publish(self, more: int) -> None:
        with urlopen(f"http://127.0.0.1:{self.port}/publish/{more}", timeout=30) as answer:
            answer.read()


@contextmanager
def serving(items: int, core: int | None) -> Iterator[Site]:
    """`items` in each feed at first. `core`: where the server runs, None for any."""
    command = [sys.executable, "-m", "bench.site", str(items), "-" if core is None else str(core)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stdin=subprocess.PIPE) as server:
        assert server.stdout is not None
        try:
            yield Site(int(server.stdout.readline()))
        finally:
            server.terminate()


def _item(number: int, n: int) -> str:
    words = " ".join(f"w{(number * 31 + n * 17 + k * k) % 9973}" for k in range(WORDS))
    return (
        f"<item><title>Item {n} of feed {number}</title><guid>{number}-{n}</guid>"
        f"<link>http://example.org/{number}/{n}</link>"
        f"<pubDate>Tue, 10 Mar 2026 {n // 60 % 24:02}:{n % 60:02}:00 GMT</pubDate>"
        f"<description>{words}</description></item>"
    )


class _Feeds:
    def __init__(self, items: int) -> None:
        self.items = items
        self.made: dict[int, bytes] = {}

    def answer(self, head: bytes) -> bytes:
        path = head[5 : head.index(b" ", 5)]
        if path.startswith(b"publish/"):
            self.items += int(path[8:])
            self.made.clear()
            return b"HTTP/1.1 204 No Content\r\n\r\n"
        if not path.isdigit():
            return b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"
        number = int(path)
        tag = b'"%d-%d"' % (number, self.items)
        if tag in head:
            return b"HTTP/1.1 304 Not Modified\r\nETag: " + tag + b"\r\n\r\n"
        if number not in self.made:
            self.made[number] = self._whole(number, tag)
        return self.made[number]

    def _whole(self, number: int, tag: bytes) -> bytes:
        items = "".join(_item(number, n) for n in reversed(range(self.items)))
        title = f"<title>Feed {number}</title>"
        body = f'<rss version="2.0"><channel>{title}{items}</channel></rss>'.encode()
        return (
            b"HTTP/1.1 200 OK\r\nContent-Type: application/rss+xml\r\nETag: %b\r\n"
            b"Content-Length: %d\r\n\r\n%b" % (tag, len(body), body)
        )


class _Connection(asyncio.Protocol):
    def __init__(self, feeds: _Feeds) -> None:
        self.feeds = feeds
        self.held = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport

    def data_received(self, data: bytes) -> None:
        self.held += data
        while b"\r\n\r\n" in self.held:
            head, _, self.held = self.held.partition(b"\r\n\r\n")
            self.transport.write(self.feeds.answer(head))


async def _serve(items: int) -> None:
    feeds = _Feeds(items)
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: _Connection(feeds), "0.0.0.0", 0, backlog=4_096)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    if sys.argv[2] != "-":
        os.sched_setaffinity(0, {int(sys.argv[2])})
    asyncio.run(_serve(int(sys.argv[1])))
