"""Bad input costs only itself: a clear error with a code and a hint, the other feeds go on, and
nothing that was stored is lost."""

from __future__ import annotations

import resource
import socket
from itertools import repeat
from pathlib import Path

import pytest
from tests.pipeline.conftest import HARBOUR, HOUR, NOON, Watch, page, rss
from tests.support.site import RESET, Raw, Reply, Site

from watcher.model.when import MINUTE

HOST = Path("/etc/hostname").read_text().strip() or "no name"
GOOD = ("/good", "Harbour strike goes on", "Crews and owners talk.")


def serve_good(site: Site) -> None:
    site.routes["/feed"] = Reply(rss(site, GOOD), type="application/rss+xml")
    site.routes["/good"] = page("Harbour strike goes on", *HARBOUR)


@pytest.fixture
def good(watch: Watch, site: Site) -> str:
    """The address of a page that must be stored, whatever else the pass meets."""
    serve_good(site)
    watch.feed(site.url("/feed"))
    return site.url("/good")


def closed_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


def bomb() -> str:
    """Every entity ten of the one before: expanded it would fill the memory."""
    entities = "".join(
        f'<!ENTITY l{n} "{f"&l{n - 1};" * 10 if n else "ha" * 10}">' for n in range(12)
    )
    return (
        f"<!DOCTYPE rss [{entities}]><rss version='2.0'><channel><title>x</title>"
        "<item><title>&l11;</title><guid>1</guid></item></channel></rss>"
    )


def attributes() -> str:
    """Takes feedparser over 12 s; the worker's deadline or a limit ends it before."""
    many = " ".join(f'a{n}="1"' for n in range(100_000))
    return f'<rss version="2.0"><channel><title>x</title><item {many}></item></channel></rss>'


def outside_entity() -> str:
    return (
        '<!DOCTYPE rss [<!ENTITY x SYSTEM "file:///etc/hostname">]><rss version="2.0"><channel>'
        "<title>&x;</title></channel></rss>"
    )


BROKEN_FEEDS = {
    "html": ("<!DOCTYPE html><html><body><h1>Please log in</h1></body></html>", "text/html"),
    "bytes": (bytes(range(256)) * 40, "application/octet-stream"),
    "attributes": (attributes(), "application/xml"),
    "empty json": ("{}", "application/feed+json"),
}


@pytest.mark.parametrize("name", BROKEN_FEEDS)
def test_a_broken_feed_is_told_and_the_others_go_on(
    name: str, watch: Watch, good: str, site: Site
) -> None:
    body, kind = BROKEN_FEEDS[name]
    site.routes["/bad"] = Reply(body, type=kind)
    watch.feed(site.url("/bad"))

    tally = watch.once()

    assert watch.has(good)
    bad = watch.feed_row(site.url("/bad"))
    assert (tally.polls, tally.failed) == (2, 1)
    assert bad.state == "failing"
    assert bad.error_code is not None
    assert bad.error_message
    told = next(facts for facts in watch.notes.named("poll") if "error" in facts)
    assert told["code"] == bad.error_code
    assert told["hint"]


HARMLESS_FEEDS = {
    "half": '<rss version="2.0"><channel><item><title>cut',
    "bomb": bomb(),
    "file": outside_entity(),
}


@pytest.mark.parametrize("name", HARMLESS_FEEDS)
def test_what_can_be_read_of_a_feed_is_read_without_its_traps(
    name: str, watch: Watch, good: str, site: Site
) -> None:
    site.routes["/bad"] = Reply(HARMLESS_FEEDS[name], type="application/xml")
    watch.feed(site.url("/bad"))

    watch.once()

    assert watch.has(good)
    titles = [watch.feed_row(site.url("/bad")).title or ""]
    titles += [one.text.title for one in watch.articles]
    assert not any("haha" in title or HOST in title for title in titles)


def test_an_unreachable_host_backs_off_and_the_others_go_on(watch: Watch, good: str) -> None:
    nowhere = f"http://127.0.0.1:{closed_port()}/feed"
    watch.feed(nowhere)
    watch.sections["poll"] = {}

    tally = watch.once()

    assert (tally.polls, tally.failed) == (2, 1)
    assert watch.has(good)
    row = watch.feed_row(nowhere)
    assert row.error_code == "WTC-NET-022"
    assert row.next_due is not None
    assert row.next_due > NOON + 20 * MINUTE
    assert "1 failure" in row.why
    # Not before its time; the first pass may have taken long, and no clock goes back.
    assert watch.once(10 * MINUTE).polls == 0


def test_a_feed_that_turns_into_a_page_keeps_its_entries_and_recovers(
    watch: Watch, good: str, site: Site
) -> None:
    watch.once()
    site.routes["/feed"] = "<html><body>Down for maintenance</body></html>"
    assert watch.once(2 * HOUR).failed == 1
    assert watch.has(good)
    assert watch.feed_row(site.url("/feed")).entries == 1

    serve_good(site)
    tally = watch.once(8 * HOUR)
    assert (tally.polls, tally.failed, tally.new, tally.changed) == (1, 0, 0, 0)
    assert watch.feed_row(site.url("/feed")).state == "active"


def endless(size: int) -> Raw:
    head = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n<html><body>"
    block = b"<p>" + b"word " * 13_000 + b"</p>"
    return Raw([head, *repeat(block, size // len(block))])


def test_a_page_of_50_mb_costs_little_memory_and_leaves_the_feeds_text(
    watch: Watch, good: str, site: Site
) -> None:
    site.routes["/big"] = endless(50_000_000)
    feed = rss(site, ("/big", "A long read", "All of the harbour in one page."))
    site.routes["/other"] = Reply(feed, type="application/rss+xml")
    watch.feed(site.url("/other"))
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss

    watch.once()
    watch.once(HOUR)  # after the patience, where the failure may pass

    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    assert grown < 100_000  # kB
    assert watch.has(good)
    row = watch.article(site.url("/big"))
    assert row.text.source == "feed"
    assert row.text.body == "All of the harbour in one page."
    assert any("could not be had" in why for why in row.text.why)


NO_ARTICLES = {
    "404": (404, "404"),
    "403": (403, "403"),
    "picture": (Reply(b"\x89PNG\r\n\x1a\n" + bytes(500), type="image/png"), ""),
    "nothing": (Reply(b""), ""),
    "shell": ("<html><body><div id=root></div><script src=/a.js></script></body></html>", ""),
}


@pytest.mark.parametrize("name", NO_ARTICLES)
def test_where_no_page_is_to_be_had_the_feeds_text_stands_and_says_so(
    name: str, watch: Watch, good: str, site: Site
) -> None:
    answer, said = NO_ARTICLES[name]
    site.routes["/odd"] = answer
    feed = rss(site, ("/odd", "Harbour odds", "Only the feed tells of the harbour."))
    site.routes["/other"] = Reply(feed, type="application/rss+xml")
    watch.feed(site.url("/other"))

    watch.once()

    assert watch.has(good)
    row = watch.article(site.url("/odd"))
    assert row.text.source == "feed"
    assert row.text.body == "Only the feed tells of the harbour."
    why = next(one for one in row.text.why if "could not be had" in one)
    assert said in why
    told = next(facts for facts in watch.notes.named("page_missing"))
    assert told["code"].startswith("WTC-")


def test_a_connection_cut_in_the_middle_stores_nothing_half(
    watch: Watch, good: str, site: Site
) -> None:
    body = rss(site, ("/cut", "Cut off", "Never whole.")).encode()
    head = f'HTTP/1.1 200 OK\r\nContent-Length: {len(body) + 100}\r\nETag: "x"\r\n\r\n'.encode()
    site.routes["/bad"] = Raw([head + body, RESET])
    watch.feed(site.url("/bad"))

    assert watch.once().failed == 1

    assert watch.feed_row(site.url("/bad")).entries == 0
    assert watch.has(good)
    site.routes["/bad"] = Reply(body, type="application/rss+xml")
    watch.once(3 * HOUR)
    asked = [seen for seen in site.requests if seen.path == "/bad"]
    assert all(seen.header("If-None-Match") is None for seen in asked)
    assert watch.feed_row(site.url("/bad")).entries == 1


def test_a_feed_inside_the_network_is_refused_without_a_connection(
    watch: Watch, site: Site
) -> None:
    serve_good(site)
    watch.sections["net"]["allow"] = []
    watch.sections["poll"] = {}
    watch.feed(site.url("/feed"))

    tally = watch.once()

    assert tally.failed == 1
    assert site.connections == 0
    assert watch.feed_row(site.url("/feed")).error_code == "WTC-NET-006"
