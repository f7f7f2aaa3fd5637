"""The world that a reader is put into: scripted hosts on loopback and one clock for all.

    world = World(folder)
    host = world.host()                      # 127.0.0.2, then 127.0.0.3, …: every host is another
    feed = host.feed("/feed", items=3)       # an RSS feed whose answers the check scripts
    feed.answers = [feed.whole(etag='"1"'), feed.whole(etag='"2"')]   # one a request, last for ever
    host.hits("/feed")                       # every request: raw headers, connection, `at`

Times are microseconds of the world's clock, which stands still unless it is moved: a reader's
driver moves it to the moments at which the reader wants to act, a check to what comes next.
"""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from email.utils import formatdate
from pathlib import Path
from typing import Any
from unittest.mock import patch
from xml.sax.saxutils import escape

from tests.conformance.certificates import Authority
from tests.support.site import Answer, Reply, Seen, Site

SECOND = 1_000_000
MINUTE = 60 * SECOND
HOUR = 60 * MINUTE
DAY = 24 * HOUR

START = 1_773_144_000_000_000  # 2026-03-10T12:00:00Z, a Tuesday
RSS = "application/rss+xml"


class Clock:
    """Stands still until it is moved."""

    def __init__(self) -> None:
        self.at = START

    def now(self) -> int:
        return self.at


class Feed:
    """A feed and its items; `whole()` is an answer with all of them, `body` the document.

    `answers` is what the site's routes know: an answer, a list of them, or a function of the
    request. `extra` is markup of the channel, `head` what stands before the root.
    """

    def __init__(self, host: Host, path: str, items: int) -> None:
        self.host, self.path = host, path
        self.extra = ""
        self.head = ""
        self.items: list[str] = []
        self.publish(items)

    @property
    def url(self) -> str:
        return self.host.url(self.path)

    @property
    def hits(self) -> list[Seen]:
        return self.host.hits(self.path.partition("?")[0])

    @property
    def answers(self) -> Answer:
        return self.host.routes.get(self.path)

    @answers.setter
    def answers(self, value: Answer) -> None:
        self.host.routes[self.path] = list(value) if isinstance(value, list) else value

    def id(self, number: int) -> str:
        return f"urn:harbour:{self.host.port}:{self.path}:{number}"

    def publish(self, count: int = 1) -> None:
        """More items, dated now, newest first."""
        for _ in range(count):
            self.items.insert(0, item(self.id(len(self.items)), len(self.items), self.host.now()))

    @property
    def body(self) -> bytes:
        return document(self.items, self.extra, self.head)

    def whole(self, *, body: bytes | None = None, **options: Any) -> Reply:
        """A 200 with the document as it is now."""
        options.setdefault("type", RSS)
        return Reply(self.body if body is None else body, **options)

    def live(self, **options: Any) -> Callable[[Seen], Reply]:
        """Answers with the document as it is at the request; an ETag of its contents, so that
        what has not changed is a 304, unless `etag` says otherwise."""

        def answer(_: Seen) -> Reply:
            body = self.body
            return self.whole(body=body, **{"etag": f'"{hash(body) & 0xFFFFFFFF:x}"', **options})

        return answer


def item(
    ident: str | None, number: int, at: int | None, *, title: str = "", text: str = "", **more: str
) -> str:
    """One RSS item of ours. `more`: further elements, by name."""
    guid = f'<guid isPermaLink="false">{escape(ident)}</guid>' if ident else ""
    date = f"<pubDate>{http_date(at)}</pubDate>" if at is not None else ""
    rest = "".join(f"<{name}>{value}</{name}>" for name, value in more.items())
    link = "" if "link" in more else f"<link>http://harbour.example/notice/{number}</link>"
    words = text or f"Ship number {number} leaves the harbour of Tarven with the evening tide."
    return (
        f"<item><title>{title or f'Notice {number} of the harbour'}</title>{link}{guid}{date}"
        f"<description>{words}</description>{rest}</item>"
    )


def document(items: Sequence[str], extra: str = "", head: str = "") -> bytes:
    about = "<title>Harbour notices</title><link>http://harbour.example/</link>"
    return (
        f'{head}<rss version="2.0" xmlns:sy="http://purl.org/rss/1.0/modules/syndication/"'
        f' xmlns:atom="http://www.w3.org/2005/Atom"><channel>{about}'
        f"<description>What leaves and what comes</description>{extra}{''.join(items)}"
        "</channel></rss>"
    ).encode()


def http_date(at: int) -> str:
    return formatdate(at / SECOND, usegmt=True)


class Host(Site):
    """A site of the world: its log is by the world's clock."""

    def __init__(self, world: World, address: str, **options: Any) -> None:
        super().__init__(address=address, now=world.clock.now, **options)
        self.world = world
        self.now = world.clock.now
        self.connected: Callable[[], object] = lambda: None  # called for every connection

    def _talk(self, raw: socket.socket, number: int) -> None:
        self.connected()
        super()._talk(raw, number)

    def feed(self, path: str = "/feed", items: int = 3, **options: Any) -> Feed:
        """A feed that is served whole or, where the reader knows it, with a 304. `options` of
        `Reply` for all its answers."""
        feed = Feed(self, path, items)
        feed.answers = feed.live(**options)
        return feed


class World:
    """Hosts, names and the clock. Use as a context manager."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.clock = Clock()
        self.hosts: list[Host] = []
        self.names: dict[str, str | float] = {}
        self.looked_up: Callable[[str], object] = lambda _: None  # called for every look-up
        self._authority: Authority | None = None

    def __enter__(self) -> World:
        return self

    def __exit__(self, *_: object) -> None:
        for host in self.hosts:
            host.stop()

    def host(self, *, tls: str | None = None, address: str | None = None, **options: Any) -> Host:
        """A further host, at an address of its own. `tls`: the sort of certificate it shows
        (`good`, `expired`, `self-signed`, `other`)."""
        number = len(self.hosts) + 2
        where = address or f"127.0.{number // 250}.{number % 250 + 1}"
        if tls is not None:
            options["tls"] = self.authority.server(tls, where)
        host = Host(self, where, **options)
        self.hosts.append(host)
        host.start()
        return host

    @property
    def authority(self) -> Authority:
        if self._authority is None:
            self._authority = Authority(self.folder)
        return self._authority

    @property
    def trusted(self) -> Path | None:
        """The certificate that the reader is to trust, where the world has one."""
        return self._authority.root if self._authority else None

    def name(self, name: str, leads_to: Host | str | float) -> str:
        """A host name of the world; a number: no address for so many seconds, then none at all
        (0: none at once). Returns the origin."""
        if isinstance(leads_to, Host):
            self.names[name] = leads_to.address
            return f"http://{name}:{leads_to.port}"
        self.names[name] = leads_to
        return f"http://{name}:8080"

    @property
    def requests(self) -> list[Seen]:
        return sorted((seen for host in self.hosts for seen in host.requests), key=lambda s: s.at)


@contextmanager
def resolving(
    names: Mapping[str, str | float], looked_up: Callable[[str], object]
) -> Iterator[None]:
    """Within the block these names lead where the world says. `names` is looked at each time."""
    real = socket.getaddrinfo

    def look_up(host: Any, port: Any, *args: Any, **options: Any) -> Any:
        name = host.decode() if isinstance(host, bytes) else host
        if name not in names:
            return real(host, port, *args, **options)
        looked_up(name)
        leads_to = names[name]
        if isinstance(leads_to, str):
            return real(leads_to, port, *args, **options)
        threading.Event().wait(leads_to)
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    with patch.object(socket, "getaddrinfo", look_up):
        yield
