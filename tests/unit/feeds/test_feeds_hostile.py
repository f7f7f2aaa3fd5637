"""Bodies that mean harm (spec `polling` §2.3, check 57): the limits that stand before feedparser,
our own readers, which may run where nothing ends them, and the pool that the daemon uses."""

import anyio
import pytest
from tests.support.hostile import HOSTILE, rss

from watcher.feeds.parse import parse_feed, read_bounded
from watcher.feeds.plain import entry_text
from watcher.feeds.prescan import MAX_DEPTH, MAX_ITEMS, scan
from watcher.feeds.strict import Declined
from watcher.model.feed import ParsedFeed, ParseFailed
from watcher.workers.pool import ProcessParsers

URL = "https://a.example/"


def read(name):
    found = parse_feed(HOSTILE[name](), URL, {})
    assert isinstance(found, ParsedFeed)
    return found.entries


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("attributes", "attributes"),
        ("attributes, broken", "attributes"),
        ("namespaces", "namespace"),
        ("depth", "deeper"),
        ("depth, closed", "deeper"),
        ("items, empty", "items"),
        ("JSON, deep", "deeply"),
    ],
)
@pytest.mark.timeout(3)
def test_a_bomb_is_refused_with_its_limit(name, words):
    found = parse_feed(HOSTILE[name](), URL, {})
    assert isinstance(found, ParseFailed)
    assert (found.code, words in found.message, bool(found.hint)) == ("WTC-FEED-004", True, True)


def test_entries_count_as_items_in_whatever_namespace():
    body = rss(b"<x:entry xmlns:x='u'/>" * 900 + b"<entry/>" * 20_001)
    found = parse_feed(body, URL, {})
    assert isinstance(found, ParseFailed)
    assert "items" in found.message


@pytest.mark.parametrize(
    "body",
    [
        rss(b"<item/>" * MAX_ITEMS),
        b"<a>" * MAX_DEPTH + b"</a>" * MAX_DEPTH,
        rss(b"<item " + b" ".join(b'a%d="1"' % n for n in range(1_000)) + b"/>"),
        rss(
            b"<item><description><![CDATA[<img src='data:,"
            + b"x" * 90_000
            + b"'>]]></description>&"
        ),
    ],
)
def test_a_feed_at_the_limits_passes(body):
    assert scan(body) is None


@pytest.mark.parametrize("name", ["billion laughs", "quadratic", "file", "http"])
@pytest.mark.timeout(3)
def test_entities_are_neither_expanded_nor_fetched(name):
    assert read(name)[0].title == "x" + "&j;" * 1000


@pytest.mark.parametrize("name", ["path", "address"])
def test_a_body_that_is_a_path_or_an_address_opens_nothing(name):
    found = parse_feed(HOSTILE[name](), URL, {})
    assert isinstance(found, ParseFailed)
    assert found.code == "WTC-FEED-003"


@pytest.mark.parametrize("name", ["Latin-1 that is UTF-8", "UTF-16 without a mark"])
def test_a_wrong_charset_is_seen_through(name):
    assert read(name)[0].title == "Über Straßen – Čačak"


def test_utf_7_hides_no_markup():
    body = b"<rss version='2.0'><channel><item><title>+ADw-b+AD4-x</title></item></channel></rss>"
    headers = {"content-type": "application/rss+xml; charset=utf-7"}
    found = parse_feed(body, "https://a.example/feed", headers)
    assert [entry.title for entry in found.entries] == ["+ADw-b+AD4-x"]


@pytest.mark.parametrize("name", HOSTILE)
@pytest.mark.timeout(5)
def test_our_own_readers_never_stall(name):
    """Each takes a fraction of a second; what goes through a body again and again takes minutes."""
    found = read_bounded(HOSTILE[name](), URL, {})
    if isinstance(found, ParsedFeed):
        assert all(isinstance(entry_text(entry), str) for entry in found.entries)
    assert isinstance(found, ParsedFeed | ParseFailed | Declined)


def test_the_pool_answers_each_of_them_while_it_reads_other_feeds():
    """Check 57, without the bodies that our own readers are tried with above."""
    body = rss(b"<item><guid>1</guid></item>")

    async def scenario():
        async with ProcessParsers(processes=2) as parsers:
            done = anyio.Event()
            answers, others = {}, []

            async def harm():
                for name, make in HOSTILE.items():
                    answers[name] = await parsers.parse_feed(make(), URL, {})
                done.set()

            async with anyio.create_task_group() as group:
                group.start_soon(harm)
                while not done.is_set():
                    with anyio.fail_after(3):
                        others.append(await parsers.parse_feed(body, URL, {}))
                    await anyio.sleep(0.02)
            return answers, others

    answers, others = anyio.run(scenario)
    assert all(isinstance(one, ParsedFeed | ParseFailed) for one in answers.values())
    assert len(answers) == len(HOSTILE)
    assert others
    assert all(isinstance(one, ParsedFeed) for one in others)
