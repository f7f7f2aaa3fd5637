"""Checks 49 to 54: what a request looks like, and how many there are (RFC 9110, RFC 9112)."""

from __future__ import annotations

import gzip
import itertools
import re
import threading
import zlib
from collections.abc import Callable

from tests.conformance.server import HOUR, MINUTE, SECOND, START, Feed, Host, document, item
from tests.conformance.trial import Trial, check, demand
from tests.support.site import Raw, Reply, Seen, redirect

LIBRARIES = re.compile(
    r"^(python|urllib|httpx|aiohttp|curl|libcurl|go-http|java|wget|okhttp)", re.I
)
BROWSERS = re.compile(r"mozilla/|chrome/|safari/|firefox/|applewebkit", re.I)


@check(49, "A name and version of its own in User-Agent, the same everywhere; never a browser's")
def the_reader_says_who_it_is(trial: Trial) -> None:
    host = trial.host()
    feed = host.feed()
    host.routes["/moved"] = redirect(feed.url)
    page = {"pages": True} if "pages" in trial.can else {}
    feed.items = [_item(host, "/one"), _item(host, "/two")]
    host.routes |= {"/one": _page("one"), "/two": 403}
    reader = trial.reader(
        feed.url, host.url("/moved"), contact="https://harbour.example/bot", **page
    )
    reader.run(START + 3 * HOUR)
    agents = {seen.header("User-Agent") for seen in host.requests}
    demand(len(agents) == 1, f"it goes by several names: {sorted(map(str, agents))}")
    (agent,) = agents
    demand(agent, "it sends no User-Agent")
    assert agent is not None
    demand(not BROWSERS.search(agent), f"it calls itself a browser: {agent}")
    demand(not LIBRARIES.search(agent), f"it goes by the name of a library: {agent}")
    demand(re.search(r"[\w-]+/\d", agent), f"no version in {agent}")
    demand("+http" in agent or "(http" in agent, f"no address to learn more at in {agent}")
    if "pages" in trial.can:
        demand(host.hits("/one") and host.hits("/robots.txt"), "no page was fetched")
        demand("https://harbour.example/bot" in agent, "the contact that was set is not in it")
        own = trial.host().feed()
        trial.reader(own.url, user_agent="harbour-desk/1").run(trial.now + MINUTE)
        demand(own.hits[0].header("User-Agent") == "harbour-desk/1", "the feed's own is not sent")


def _item(host: Host, path: str) -> str:
    return item(f"urn:{path}", 1, START - HOUR, link=host.url(path))


def _page(name: str) -> Reply:
    text = f"Ship {name} leaves the harbour of Tarven with the evening tide, and comes back soon. "
    return Reply(f"<html><body><article><h1>{name}</h1><p>{text * 6}</p></article></body></html>")


def _quality(accept: str) -> dict[str, float]:
    found = {}
    for part in accept.split(","):
        kind, *rest = (piece.strip().lower() for piece in part.split(";"))
        worth = next((piece[2:] for piece in rest if piece.startswith("q=")), "1")
        found[kind] = float(worth)
    return found


CODERS: dict[str, Callable[[bytes], bytes]] = {
    "gzip": gzip.compress,
    "x-gzip": gzip.compress,
    "deflate": zlib.compress,
}


def _coders() -> dict[str, Callable[[bytes], bytes]]:
    import brotli
    import zstandard

    compress = zstandard.ZstdCompressor().compress
    return {**CODERS, "br": brotli.compress, "zstd": compress}


@check(50, "Accept lists feed types first; every coding in Accept-Encoding is decoded, once")
def accept_says_what_is_wanted_and_can_be_decoded(trial: Trial) -> None:
    first = trial.host().feed()
    trial.reader(first.url).run(START + MINUTE)
    accept = first.hits[0].header("Accept") or ""
    worth = _quality(accept)
    feeds = [worth.get(f"application/{kind}+xml", 0.0) for kind in ("rss", "atom")]
    demand(min(feeds) > 0, f"no feed types in Accept: {accept or 'none'}")
    demand("q=" in accept, f"no q-values in Accept: {accept}")
    demand(min(feeds) > max(worth.get("text/html", 0), worth.get("*/*", 0)), f"not first: {accept}")
    asked = (first.hits[0].header("Accept-Encoding") or "").lower()
    codings = [name.partition(";")[0].strip() for name in asked.split(",") if name.strip()]
    demand("gzip" in codings, f"no gzip in Accept-Encoding: {asked or 'none'}")
    known = _coders()
    for coding in codings:
        if coding in {"identity", "*"}:
            continue
        demand(coding in known, f"asks for the coding {coding}")
        feed = trial.host().feed()
        packed = known[coding](feed.body)
        feed.answers = feed.whole(body=packed, headers={"Content-Encoding": coding})
        reader = trial.reader(feed.url)
        reader.run(trial.now + MINUTE)
        demand(len(reader.entries()) == 3, f"asks for {coding} and cannot decode it")


@check(51, "At most 1 connection and 1 request a second to a host; a limit over all is obeyed")
def hosts_are_not_crowded(trial: Trial) -> None:
    host = trial.host()
    busy = _Busy()
    feeds = [host.feed(f"/feed{n}") for n in range(8)]
    for feed in feeds:
        feed.answers = busy.slowly(feed, 0.03)
    trial.reader(*(feed.url for feed in feeds), gap=SECOND).run(START + MINUTE)
    demand(busy.most == 1, f"{busy.most} requests at a time to one host")
    demand(host.connections <= len(host.requests), "more connections than requests")
    at = [(seen.at, seen.real) for seen in host.requests]
    apart = [max((b[0] - a[0]) / SECOND, b[1] - a[1]) for a, b in itertools.pairwise(at)]
    demand(min(apart) >= 0.95, f"two requests to one host within {min(apart):.2f} s")
    if "settings" in trial.can:
        over = _Busy()
        many = [host.feed() for host in trial.hosts(40)]
        for feed in many:
            feed.answers = over.slowly(feed, 0.05)
        trial.reader(*(feed.url for feed in many), concurrency=6).run(trial.now + MINUTE)
        demand(over.most <= 6, f"{over.most} requests at a time, the limit is 6")
        demand(over.most >= 3, "one host is polled after the other, however many there are")


class _Busy:
    """Counts requests that are open at the same time."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._now = self.most = 0

    def slowly(self, feed: Feed, seconds: float) -> Callable[[Seen], Reply]:
        def answer(seen: Seen) -> Reply:
            with self._lock:
                self._now += 1
                self.most = max(self.most, self._now)
            threading.Event().wait(seconds)
            with self._lock:
                self._now -= 1
            return feed.live()(seen)

        return answer


@check(52, "Feeds that are the same after normalisation are fetched once")
def one_feed_written_in_several_ways_is_fetched_once(trial: Trial) -> None:
    feed = trial.host().feed()
    origin = feed.host.origin
    ways = (
        feed.url,
        f"{origin.replace('http', 'HTTP')}/feed",
        f"{origin}/./feed",
        f"{origin}/news/../feed",
        f"{origin}/feed#top",
    )
    reader = trial.reader(*ways)
    reader.run(START + 10 * MINUTE)
    demand(len(feed.host.requests) == 1, f"one feed, fetched {len(feed.host.requests)} times")
    demand(len(reader.entries()) == 3, f"its 3 entries are held {len(reader.entries())} times")


@check(53, "No request to favicon, well-known paths or alternates during polls")
def polls_ask_for_the_feed_and_nothing_else(trial: Trial) -> None:
    host = trial.host()
    feed = host.feed()
    feed.extra = (
        f"<link>{host.url('/')}</link><image><url>{host.url('/logo.png')}</url></image>"
        f'<atom:link rel="alternate" href="{host.url("/other")}"/>'
        f'<atom:link rel="next" href="{host.url("/feed?page=2")}"/>'
        f'<atom:link rel="hub" href="{host.url("/hub")}"/>'
    )
    feed.items = [
        item(
            "urn:1", 1, START, link=host.url("/notice"),
            text=f"&lt;img src='{host.url('/pixel.gif')}'&gt; Ship one leaves.",
        )
    ]  # fmt: skip
    broken = host.feed("/broken")
    broken.answers = 404
    trial.reader(feed.url, broken.url).run(START + 3 * 24 * HOUR)
    others = {seen.target for seen in host.requests} - {"/feed", "/broken"}
    demand(not others, f"it asked for {', '.join(sorted(others))} too")
    demand(all(seen.method == "GET" for seen in host.requests), "it asked in other ways than GET")
    if "discovery" in trial.can:
        _discovered(trial)


PROBES = (
    *("/atom.xml", "/feed", "/feed/", "/feed.atom", "/feed.xml", "/index.rss", "/index.xml"),
    *("/rss", "/rss/", "/rss.xml", "/rss/feed.xml"),
)


def _discovered(trial: Trial) -> None:
    """Probes once per user action, ten at most, one after the other, none after a 429."""
    site = trial.host()
    site.routes["/"] = "<html><head><title>Harbour</title></head><body>Nothing here.</body></html>"
    reader = trial.reader()
    reader.discover(site.url("/"))
    probes = [seen for seen in site.requests if seen.path not in {"/", "/robots.txt"}]
    demand(1 <= len(probes) <= 10, f"{len(probes)} probes to find no feed")
    demand(site.connections <= len(site.requests), "probes are not sequential")
    strict = trial.host()
    strict.routes |= dict(site.routes)
    asked: list[Seen] = []

    def second(seen: Seen) -> object:
        asked.append(seen)
        return (
            Reply(status=429, type=None)
            if seen.path not in {"/", "/robots.txt"}
            else site.routes["/"]
        )

    for path in PROBES:
        strict.routes[path] = second
    reader.discover(strict.url("/"))
    demand(len(asked) <= 1, f"{len(asked)} probes although the first was answered 429")


@check(54, "HTTP/1.0, odd header names, duplicate and folded headers, LF lines, 64 KB headers")
def odd_http_is_read_or_refused_cleanly(trial: Trial) -> None:
    host = trial.host()
    body = document([item("urn:odd", 1, START)])
    kind = b"Content-Type: application/rss+xml\r\n"
    odd = {
        "old": b"HTTP/1.0 200 OK\r\n" + kind + b"\r\n" + body,
        "names": b'HTTP/1.1 200 OK\r\n' + kind.swapcase() + b'eTaG: "n"\r\n\r\n' + body,
        "twice": b"HTTP/1.1 200 OK\r\n" + kind * 2 + b'ETag: "1"\r\nETag: "2"\r\n\r\n' + body,
        "folded": b"HTTP/1.1 200 OK\r\nX-Note: one\r\n two\r\n" + kind + b"\r\n" + body,
        "lf": b"HTTP/1.1 200 OK\nContent-Type: application/rss+xml\n\n" + body,
        "large": b"HTTP/1.1 200 OK\r\n" + kind + b"X-Fill: " + b"x" * 65_000 + b"\r\n\r\n" + body,
        "many": b"HTTP/1.1 200 OK\r\n" + kind + b"X-Fill: y\r\n" * 3_000 + b"\r\n" + body,
        "nameless": b"HTTP/1.1 200 OK\r\n: nothing\r\n" + kind + b"\r\n" + body,
        "status": b"HTTP/1.1 999 \r\n\r\n",
        "none": b"",
        "noise": b"\x16\x03\x01\x00\xa5 this is no HTTP\r\n\r\n",
        "interim": b"HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\nHTTP/1.1 200 OK\r\n" + kind
        + b"\r\n" + body,
    }  # fmt: skip
    for name, wire in odd.items():
        host.routes[f"/{name}"] = Raw([wire.replace(b"urn:odd", b"urn:" + name.encode())])
    healthy = host.feed("/healthy")
    urls = {name: host.url(f"/{name}") for name in odd}
    reader = trial.reader(*urls.values(), healthy.url)
    reader.run(START + 10 * MINUTE)
    held = {entry.feed for entry in reader.entries()}
    for name, url in urls.items():
        must = name in {"old", "names", "twice", "folded", "interim"}
        demand(url in held or not must, f"plain HTTP of an old kind was not read: {name}")
        if url not in held and "state" in trial.can:
            demand(reader.state(url) == "failing", f"neither read nor an error: {name}")
            demand(reader.why(url).strip(), f"an error without a word: {name}")
    reader.run(START + 8 * HOUR)
    demand(len(healthy.hits) >= 3, "odd answers of others ended the polls of a healthy feed")
