"""Checks 55 to 63: what is read of a body, and at what cost."""

from __future__ import annotations

import calendar
import gzip
import html
import os
import random
import re
import socket
import time
import zlib
from collections import Counter
from collections.abc import Callable, Iterator
from io import BytesIO
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

import feedparser
from tests.conformance.drivers.base import Item
from tests.conformance.server import (
    DAY,
    HOUR,
    MINUTE,
    SECOND,
    START,
    Host,
    document,
    http_date,
    item,
)
from tests.conformance.trial import Trial, again, check, demand
from tests.support.site import Raw, Reply

CAP = 10_000_000
IN_FLIGHT = 6_000_000  # what the sockets between hold, at most


@check(55, "A body over the cap is stopped at the cap, in every coding, in less than 100 MB")
def a_body_over_the_cap_is_stopped(trial: Trial) -> None:
    host = trial.host()
    endless = _Endless()
    host.routes["/endless"] = lambda _: Raw(endless.steps())
    for coding, body in _bombs():
        headers = {"Content-Encoding": coding, "Content-Type": "application/rss+xml"}
        host.routes[f"/{coding}"] = Reply(body, headers=headers, type=None)
    healthy = host.feed("/healthy")
    urls = [host.url(path) for path in host.routes]
    reader = trial.reader(*urls, processes=True)
    before = reader.memory()
    reader.run(START + 10 * MINUTE)
    grown = reader.memory() - before
    demand(endless.sent <= CAP + IN_FLIGHT, f"read {endless.sent // 10**6} MB of an endless body")
    demand(grown <= 100_000_000, f"grew by {grown // 10**6} MB")
    demand(healthy.hits and len(reader.entries()) == 3, "the healthy feed was not read")


class _Endless:
    """A feed that never ends; given up at 300 MB, so that the check does."""

    def __init__(self) -> None:
        self.sent = 0

    def steps(self) -> Iterator[bytes]:
        yield b"HTTP/1.1 200 OK\r\nContent-Type: application/rss+xml\r\n\r\n<rss><channel>"
        piece = item("urn:x", 1, None).encode() * 300
        while self.sent < 300_000_000:
            yield piece
            self.sent += len(piece)


def _bombs() -> Iterator[tuple[str, bytes]]:
    import brotli
    import zstandard

    head = document([])[:-20]
    blank = b" " * 1_000_000

    def packed(start: Callable[[], Any], megabytes: int = 200) -> bytes:
        coder = start()
        feed = getattr(coder, "compress", None) or coder.process
        made = [feed(head), *(feed(blank) for _ in range(megabytes))]
        return b"".join([*made, (getattr(coder, "flush", None) or coder.finish)()])

    once = packed(lambda: zlib.compressobj(9, zlib.DEFLATED, 31))
    yield "gzip", once
    yield "br", packed(lambda: brotli.Compressor(quality=3))
    yield "zstd", packed(lambda: zstandard.ZstdCompressor().compressobj())
    yield "gzip, gzip", gzip.compress(once)


@check(56, "The total deadline holds for slow DNS, connect, TLS, headers and 1-byte drips")
def the_deadline_holds_everywhere(trial: Trial) -> None:
    deadline = 1.0 if "settings" in trial.can else 30.0
    patience = deadline + 3.0
    slow: dict[str, str] = {}
    silent = trial.host(greet=Raw([100.0]))
    slow["headers"] = silent.url("/feed")
    dripping = trial.host()
    dripping.routes["/feed"] = Raw(_drip())
    slow["a drip"] = dripping.url("/feed")
    slow["TLS"] = trial.host(greet=Raw([100.0])).url("/feed").replace("http:", "https:")
    slow["connect"] = _full(trial)
    if "names" in trial.can:
        slow["DNS"] = trial.world.name("slow.example", patience + 2) + "/feed"
    for what, url in slow.items():
        reader = trial.reader(url, deadline=deadline)
        begun = time.monotonic()
        reader.run(trial.now + 5 * MINUTE)
        took = time.monotonic() - begun
        demand(
            took <= patience, f"{what}: a poll took {took:.0f} s, the deadline is {deadline:g} s"
        )


def _drip() -> Iterator[Any]:
    yield b"HTTP/1.1 200 OK\r\nContent-Type: application/rss+xml\r\n\r\n<rss><channel><title>"
    while True:
        yield 0.2
        yield b"x"


def _full(trial: Trial) -> str:
    """An address where nobody takes the connection: its queue is full."""
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    listener.listen(0)
    where = listener.getsockname()
    waiting = []
    for _ in range(4):
        one = socket.socket()
        one.setblocking(False)
        one.connect_ex(where)
        waiting.append(one)
    trial.keep(listener, *waiting)
    return f"http://{where[0]}:{where[1]}/feed"


def bombs(host: Host, secret: Path) -> dict[str, bytes]:
    """Bodies made to hurt whoever reads them (spec `polling` §2.3); all are small on the wire or
    within the cap. `/secret` of the host and the file `secret` are what none may open."""
    inside = document([item("urn:1", 1, START)])
    head, tail = inside[: inside.index(b"<item>")], inside[inside.index(b"<item>") :]

    def rss(more: bytes, doctype: bytes = b"") -> bytes:
        return doctype + head + more + tail

    laughs = b"".join(b'<!ENTITY %c "%s">' % (98 + n, b"&%c;" % (97 + n) * 10) for n in range(9))
    url = host.url("/secret").encode()
    file = secret.as_uri().encode()
    title = b"<item><title>%s</title></item>"
    return {
        "attributes": rss(b"<a " + b" ".join(b'a%d="1"' % n for n in range(100_000)) + b"/>"),
        "namespaces": rss(b"".join(b'<a xmlns:n%d="u%d"/>' % (n, n) for n in range(50_000))),
        "depth": rss(b"<a>" * 200_000),
        "items": rss(b"<item><title>x</title></item>" * 300_000),
        "laughs": rss(title % b"&j;", b'<!DOCTYPE r [<!ENTITY a "aaaaaaaaaa">' + laughs + b"]>"),
        "quadratic": rss(
            title % (b"&j;" * 1_000), b'<!DOCTYPE r [<!ENTITY j "' + b"a" * 100_000 + b'">]>'
        ),
        "file entity": rss(title % b"&j;", b'<!DOCTYPE r [<!ENTITY j SYSTEM "' + file + b'">]>'),
        "http entity": rss(title % b"&j;", b'<!DOCTYPE r [<!ENTITY j SYSTEM "' + url + b'">]>'),
        "http dtd": rss(b"", b'<!DOCTYPE rss SYSTEM "' + url + b'">'),
        "parameter entity": rss(b"", b'<!DOCTYPE r [<!ENTITY % p SYSTEM "' + url + b'"> %p;]>'),
        "include": rss(
            b'<x:include xmlns:x="http://www.w3.org/2001/XInclude" href="' + url + b'"/>'
        ),
        "stylesheet": b'<?xml version="1.0"?><?xml-stylesheet href="' + url + b'"?>' + inside,
        "CDATA": rss(b"<![CDATA[" * 30_000),
        "comments": rss(b"<!--" * 300_000),
        "instructions": rss(b"<?x " * 300_000),
        "doctype": b"<!DOCTYPE x [" + b"<!ENTITY " * 200_000,
        "date": rss(b"<item><pubDate>" + b"1" * 100_000 + b"</pubDate></item>"),
        "tags": rss(title % (b"&lt;a " * 200_000)),
        "NUL": rss(title % b"Ship \x00\x01 two"),
        "UTF-16 without BOM": inside.decode().encode("utf-16-le"),
        "JSON depth": b'{"version": "https://jsonfeed.org/version/1.1", "items": ' + b"[" * 200_000,
    }


@check(57, "The bomb set: each within 3 s, no file or network access, others are polled meanwhile")
def bombs_hurt_nobody(trial: Trial) -> None:
    host = trial.host()
    secret = trial.world.folder / "secret.txt"
    secret.write_text("the harbour master's secret")
    host.routes["/secret"] = b"the harbour master's secret"
    healthy = [one.feed() for one in trial.hosts(3)]
    urls = {}
    for name, body in bombs(host, secret).items():
        path = f"/{name.replace(' ', '-')}"
        host.routes[path] = Reply(body, type="application/rss+xml")
        urls[name] = host.url(path)
    for name, url in urls.items():
        reader = trial.reader(url, processes=True, max_body=CAP)
        warm = time.monotonic()
        before = reader.memory()
        reader.run(trial.now + 5 * MINUTE)
        took, grown = time.monotonic() - warm, reader.memory() - before
        limit = 3.0 + reader.start_up
        demand(took <= limit, f"{name}: {took:.1f} s")
        demand(grown <= 100_000_000, f"{name}: grew by {grown // 10**6} MB")
        told = " ".join(f"{entry.title} {entry.text}" for entry in reader.entries())
        demand("secret" not in told, f"{name}: read a file or an address that it was led to")
        reader.stop()
    demand(not host.hits("/secret"), "asked for an address that a bomb named")
    reader = trial.reader(*urls.values(), *(feed.url for feed in healthy), processes=True)
    reader.run(trial.now + 2 * HOUR)
    demand(all(len(feed.hits) >= 2 for feed in healthy), "other feeds were not polled meanwhile")
    held = [entry for entry in reader.entries() if entry.feed in {feed.url for feed in healthy}]
    demand(len(held) == 9, "other feeds were not read meanwhile")


WORD = "Ærø – “Škoda” €"
LATIN = "Ærø Müller"


@check(
    58, "Charset: BOM before HTTP before XML declaration before a guess; wrong ones are repaired"
)
def the_charset_is_found(trial: Trial) -> None:
    host = trial.host()
    cases: dict[str, tuple[str, bytes]] = {}

    def case(name: str, want: str, coding: str, *, declared: str = "", kind: str = "") -> None:
        text = document([item(f"urn:{name}", 1, START, title=want)]).decode()
        opening = f'<?xml version="1.0" encoding="{declared}"?>' if declared else ""
        body = (opening + text).encode(coding)
        host.routes[f"/{name}"] = Reply(body, type=f"application/xml{kind}")
        cases[name] = (want, body)

    case("utf-8", WORD, "utf-8")
    case("declared", LATIN, "latin-1", declared="iso-8859-1")
    case("windows-1252", WORD.replace("Š", "S"), "cp1252", declared="windows-1252")
    case("cyrillic", "Гавань", "koi8-r", declared="koi8-r")
    case("japanese", "港のお知らせ", "shift_jis", declared="shift_jis")
    case("http", LATIN, "latin-1", kind="; charset=iso-8859-1")
    case("http-over-declaration", LATIN, "latin-1", declared="utf-8", kind="; charset=iso-8859-1")
    case("bom", WORD, "utf-8-sig", declared="iso-8859-1", kind="; charset=iso-8859-1")
    case("utf-16", WORD, "utf-16", declared="utf-16")
    case("wrong-http", WORD, "utf-8", kind="; charset=us-ascii")
    case("wrong-declaration", "Ærø “Skoda”", "cp1252", declared="utf-8")
    case("none", "Ærø", "latin-1")
    reader = trial.reader(*(host.url(f"/{name}") for name in cases))
    reader.run(START + 10 * MINUTE)
    got = {entry.feed: entry.title for entry in reader.entries()}
    for name, (want, _) in cases.items():
        title = got.get(host.url(f"/{name}"), "nothing")
        demand(title == want, f"{name}: {want!r} was read as {title!r}")


@check(59, "A body that is a path or an address is never opened")
def a_body_is_never_a_path(trial: Trial) -> None:
    host = trial.host()
    canary = trial.world.folder / "canary.xml"
    secret = host.feed("/secret")
    canary.write_bytes(secret.body)
    paths = []
    for n, body in enumerate((str(canary), canary.as_uri(), secret.url, f"{canary}\n")):
        paths.append(f"/body{n}")
        host.routes[f"/body{n}"] = Reply(body, type="application/rss+xml")
    reader = trial.reader(*map(host.url, paths))
    reader.run(START + DAY)
    again(host.requests, 4)
    demand(not reader.entries(), "opened the file whose path was the body")
    demand(not secret.hits, "fetched the address that was the body")


@check(60, "Whichever reader serves: the same id, link, title and date; a switch is no edit")
def readers_agree_and_a_switch_is_no_edit(trial: Trial) -> None:
    if corpora := os.environ.get("WATCHER_CORPORA"):
        _agrees(trial, sorted(Path(corpora, "feeds", "real").iterdir()))
    _switched(trial)


def _agrees(trial: Trial, files: list[Path]) -> None:
    """Forty real feeds, held against feedparser on the same bytes."""
    chosen = random.Random(60).sample([path for path in files if path.name.endswith(".gz")], 40)
    bodies = [gzip.decompress(path.read_bytes()) for path in chosen]
    host = trial.host()
    for n, body in enumerate(bodies):
        host.routes[f"/{n}"] = Reply(body, type="application/xml")
    reader = trial.reader(*(host.url(f"/{n}") for n in range(len(bodies))))
    reader.run(START + 10 * MINUTE)
    held: dict[str, list[Item]] = {}
    for entry in reader.entries():
        held.setdefault(entry.feed, []).append(entry)
    lost = []
    differing: Counter[str] = Counter()
    for n, (path, body) in enumerate(zip(chosen, bodies, strict=True)):
        stated = {_key(one): one for one in reversed(feedparser.parse(BytesIO(body)).entries)}
        got = held.get(host.url(f"/{n}"), [])
        if not stated:
            continue  # JSON, which feedparser does not read
        if len(stated) != len(got):
            lost.append(f"{path.name} ({len(got)} of {len(stated)})")
        differing.update(_differing(stated, got, trial.now, dates="dates" in trial.can))
    total = differing.pop("entries", 0)
    demand(not lost, f"other numbers of entries than feedparser: {', '.join(lost)}")
    demand(total > 400, f"only {total} entries of forty real feeds")
    for field, count in differing.items():
        demand(count <= total // 200, f"{field} differs from feedparser's in {count} of {total}")


def _key(stated: Any) -> str:
    return str(stated.get("id") or stated.get("link") or stated.get("title"))


def _differing(stated: dict[str, Any], got: list[Item], now: int, *, dates: bool) -> Iterator[str]:
    """The fields of each entry that the reader states otherwise, and `entries` for each."""
    links = {urljoin(got[0].feed, one.get("link") or "") for one in stated.values()} if got else ()
    titles = {_bare(one.get("title", "")) for one in stated.values()}
    times = {min(calendar.timegm(at) * SECOND, now) for one in stated.values() if (at := _at(one))}
    for entry in got:
        yield "entries"
        if entry.url is not None and entry.url not in links:
            yield "link"
        if _bare(entry.title) not in titles:
            yield "title"
        if dates and entry.published is not None and entry.published not in times:
            yield "published"


def _at(stated: Any) -> Any:
    return stated.get("published_parsed") or stated.get("updated_parsed")


def _bare(title: str) -> str:
    """Without tags, entities and white space, which readers keep or drop as they like."""
    return re.sub(r"<[^>]*>|\s+", "", html.unescape(html.unescape(title)))


def _switched(trial: Trial) -> None:
    """The same entries in a document that the quick reader must refuse, and back."""
    trial.needs("changes", "it does not tell that an entry was edited")
    feed = trial.host().feed()
    reader = trial.reader(feed.url)
    reader.run(trial.now + 10 * MINUTE)
    for head in ('<!DOCTYPE rss [<!ENTITY x "y">]>', ""):
        feed.head = head
        count = len(feed.hits)
        reader.run(trial.now + 2 * DAY, lambda count=count: len(feed.hits) >= count + 2)
        demand(reader.changes(feed.url) == 0, "another reader made edits of unchanged entries")
    demand(len(reader.entries()) == 3, "another reader made other entries")


@check(61, "Same guid, changed title or text: one revision; only volatile markup changed: none")
def an_edit_is_one_revision(trial: Trial) -> None:
    feed = trial.host().feed()
    words = "Ship 7 leaves the harbour of Tarven with the tide."

    def noisy(n: int) -> str:
        return (
            f"&lt;p data-nonce='{n}'&gt;{words}&lt;/p&gt;&lt;img width='1' height='1' "
            f"src='http://count.example/p.gif?view={n}'&gt;"
        )

    feed.items = [item("urn:7", 7, START, title="Ship 7", text=noisy(1))]
    reader = trial.reader(feed.url)
    reader.run(START + 10 * MINUTE)

    def polled() -> None:
        count = len(feed.hits)
        reader.run(trial.now + 3 * DAY, lambda: len(feed.hits) > count)
        reader.run(trial.now + MINUTE)

    for n in range(2, 5):
        feed.items = [item("urn:7", 7, START, title="Ship 7", text=noisy(n))]
        polled()
    if "changes" in trial.can:
        count = reader.changes(feed.url)
        demand(count == 0, f"{count} edits told where only a tracking pixel and a nonce changed")
    feed.items = [item("urn:7", 7, START, title="Ship 7 stays", text=noisy(9))]
    polled()
    polled()
    titles = [entry.title for entry in reader.entries()]
    if "texts" in trial.can:
        demand(titles == ["Ship 7 stays"], f"after the edit of a title it holds {titles}")
    trial.needs("changes", "it does not tell that an entry was edited")
    count = reader.changes(feed.url)
    demand(count == 1, f"one edit of a title counts as {count}")
    feed.items = [item("urn:7", 7, START, title="Ship 7 stays", text="It waits for the pilot.")]
    polled()
    count = reader.changes(feed.url)
    demand(count == 2, f"one edit of a text counts as {count - 1}")


@check(62, "No guid: identity from link, else title and date; no date of the future, never 1970")
def identity_and_dates_without_help(trial: Trial) -> None:
    linked, bare, dated = (host.feed() for host in trial.hosts(3))
    linked.items = [item(None, n, START - n * HOUR) for n in range(3)]
    bare.items = [
        item(None, n, START - n * HOUR, title=f"Notice {n}", link="").replace("<link></link>", "")
        for n in range(3)
    ]
    dated.items = [
        item("urn:future", 1, START + 300 * DAY),
        item("urn:undated", 2, None),
        item("urn:odd", 3, None, pubDate="the day after tomorrow"),
        item("urn:epoch", 4, 0),
    ]
    reader = trial.reader(linked.url, bare.url, dated.url)
    reader.run(START + 10 * MINUTE)
    for feed in (linked, bare):
        feed.items.reverse()
        feed.items.insert(1, item(None, 9, START, title="Notice 9"))
    reader.run(START + 2 * DAY)
    held = {
        feed: sum(entry.feed == feed.url for entry in reader.entries()) for feed in (linked, bare)
    }
    demand(held[linked] == 4, f"4 entries without guid are held as {held[linked]}")
    demand(held[bare] == 4, f"4 entries without guid and link are held as {held[bare]}")
    trial.needs("dates", "the dates that it goes by cannot be read")
    for entry in reader.entries():
        at = entry.published
        if entry.feed == dated.url and at is not None:
            demand(at <= START + DAY, f"an entry counts as of {http_date(at)}, in the future")
            demand(at >= START - 400 * DAY, f"an entry counts as of {http_date(at)}")


@check(63, "An entry that leaves the feed is not deleted; one that comes back is not new")
def what_leaves_the_feed_stays_and_what_returns_is_known(trial: Trial) -> None:
    feed = trial.host().feed(items=5)
    everything = list(feed.items)
    reader = trial.reader(feed.url)
    reader.run(START + 10 * MINUTE)
    before = [entry.id for entry in reader.entries()]
    for shown in (everything[:2], everything[2:4], everything):
        feed.items = shown
        count = len(feed.hits)
        reader.run(trial.now + 3 * DAY, lambda count=count: len(feed.hits) >= count + 2)
        now = [entry.id for entry in reader.entries()]
        demand(len(now) >= 5, f"{5 - len(now)} entries went with the feed's window")
        demand(now == before, "an entry that came back counts as new")
