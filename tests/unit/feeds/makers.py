"""Feeds, answers and entries for tests of decisions."""

from watcher.feeds.decide import decide_poll
from watcher.feeds.policy import CadencePolicy
from watcher.model.feed import FeedJob, FeedMemory, FeedSpec, FeedState, ParsedEntry, ParsedFeed
from watcher.model.page import Fetched, FetchFailed, NotModified
from watcher.model.when import DAY, HOUR, MINUTE

NOW = 1_772_442_000_000_000  # 2026-03-02T09:00:00Z
URL = "https://site.example/feed"
NEW = "https://new.example/feed"
PUBLIC = CadencePolicy(every=HOUR, floor=15 * MINUTE, cap=DAY)


def state(memory=None, **known):
    """A feed that was polled before."""
    facts = {"body_hash": "old", "polls": 3, "interval": HOUR, "fetch_url": URL, **known}
    return FeedState(FeedSpec("f_1", URL), memory=memory or FeedMemory(), **facts)


def answer(body=b"<rss/>", hops=(), final=None, status=200, plain=False, **headers):
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    url = final or (hops[-1].url if hops else URL)
    return Fetched(URL, url, status, named, body, tuple(hops), 7, plain)


def unchanged(hops=(), **headers):
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return NotModified(URL, hops[-1].url if hops else URL, named, tuple(hops), 7)


def failed(status=None, kind="status", retry_after=None, hops=(), code="WTC-NET-070", odd=None):
    return FetchFailed(
        URL, kind, code, "no answer", "do this", status, retry_after, tuple(hops), odd
    )


def entry(n, published=None, **stated):
    facts = {"title": f"t{n}", "text": f"x{n}", "published": published, **stated}
    return ParsedEntry(str(n), f"https://site.example/{n}", **facts)


def feed(*entries):
    return ParsedFeed("T", URL, "https://site.example/", "en", entries, "strict 1", "rss20")


def decide(of, result, parsed=None, known=None, now=NOW, policy=PUBLIC, asked=None):
    return decide_poll(FeedJob(of, "t"), result, parsed, known or {}, now, policy, asked)
