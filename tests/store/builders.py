"""Records for the store's suite: small, whole, and made from their names.

A test states what it is about, everything else has a default; the same arguments always build the
same record, so two runs of a call can be compared row by row.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping

from watcher.model import ids
from watcher.model.alert import Alert, Attempt, Delivery, PlaceDecision, PlaceView, Settlement
from watcher.model.article import (
    ArticleDraft,
    ArticleText,
    Caption,
    Credit,
    Link,
    Outlet,
    PageState,
)
from watcher.model.feed import Entry, FeedJob, FeedSpec, KnownEntries, PollDecision
from watcher.model.story import Placement, Standing
from watcher.model.topic import Match, Span, TopicSpec
from watcher.model.when import HOUR, MINUTE, SECOND, Dated, Micros, rfc3339
from watcher.ports import PlaceDecider, PollDecider, Store
from watcher.text.hashes import text_hash
from watcher.text.urls import key as url_key

NOON: Micros = 1_790_000_000 * SECOND
LEASE = 5 * MINUTE


def date(at: Micros) -> Dated:
    return Dated(rfc3339(at), at)


# feeds and entries


def feed_spec(name: str = "daily", **changes) -> FeedSpec:
    url = changes.pop("url", f"https://{name}.example/feed")
    return FeedSpec(**{"feed": ids.feed_id(name), "url": url, **changes})


def entry(name: str, feed: str | FeedSpec = "daily", **changes) -> Entry:
    """`hash` follows title and text, as the parser's does."""
    owner = feed.feed if isinstance(feed, FeedSpec) else ids.feed_id(feed)
    facts = {
        "entry": ids.entry_id(owner, f"id:{name}"),
        "feed": owner,
        "identity": f"id:{name}",
        "publisher_id": name,
        "url": f"https://daily.example/{name}",
        "title": f"Title of {name}",
        "text": f"Text of {name}.",
        "published": date(NOON - HOUR),
        "updated": None,
        "authors": ("Mira Dole",),
        "language": "en",
        "tags": ("news",),
        **changes,
    }
    return Entry(**{"hash": text_hash(facts["title"], facts["text"]), **facts})


def poll(new: Iterable[Entry] = (), changed: Iterable[Entry] = (), **changes) -> PollDecision:
    facts = {
        "outcome": "new" if new else "unchanged",
        "next_due": NOON + HOUR,
        "why": "first guess: every hour",
        "interval": HOUR,
        "etag": '"1"',
        "last_modified": None,
        "body_hash": "b1",
        "new": tuple(new),
        "changed": tuple(changed),
        "status": 200,
        "reader": "feedparser",
        **changes,
    }
    return PollDecision(**{"seen": len(facts["new"]) + len(facts["changed"]), **facts})


def says(decision: PollDecision) -> PollDecider:
    """A poll decider that always decides the same."""

    def decide(_job: FeedJob, _known: KnownEntries) -> PollDecision:
        return decision

    return decide


def compares(entries: Iterable[Entry], **changes) -> PollDecider:
    """A poll decider that does what the real one does: tells new from changed from same."""
    stated = tuple(entries)

    def decide(_job: FeedJob, known: KnownEntries) -> PollDecision:
        new = [one for one in stated if one.identity not in known]
        changed = [
            one for one in stated if one.identity in known and known[one.identity].hash != one.hash
        ]
        return poll(new, changed, seen=len(stated), **changes)

    return decide


def stock(store: Store, *entries: Entry, feed: FeedSpec | None = None, now: Micros = NOON) -> None:
    """Subscribes to `feed` and polls it once, bringing `entries`."""
    spec = feed or feed_spec()
    store.sync_feeds([spec], now)
    (job,) = store.claim_feeds(now, now + LEASE, "stock", 1)
    assert store.commit_poll(job, says(poll(entries, next_due=now + HOUR)), now)


# articles


def article_text(body: str = "One text.", **changes) -> ArticleText:
    facts = {
        "title": "A title",
        "standfirst": None,
        "body": body,
        "byline": ("Mira Dole",),
        "credit": None,
        "published": date(NOON - HOUR),
        "modified": None,
        "language": "en",
        "captions": (),
        "links": (),
        "state": PageState("article", 1.0),
        "tags": (),
        "source": "page",
        "method": "dom",
        "why": ("the longest text",),
    }
    return ArticleText(**{**facts, **changes})


def full_text(name: str) -> ArticleText:
    """A text that fills every field."""
    return article_text(
        f"First paragraph of {name}.\n\nSecond paragraph.",
        title=f"Title of {name}",
        standfirst="What it is about.",
        credit=Credit("Balkaninsight", "By A – Balkaninsight", "AP", "Balkan Insight", "full"),
        modified=Dated("2026-09-21", NOON - NOON % (24 * HOUR), "day"),
        captions=(Caption("A gate", "Photo: B"), Caption("A road")),
        links=(
            Link("https://other.example/1", "Earlier", "related", "block", "Read also"),
            Link("https://third.example/2", "a report", "citation"),
        ),
        state=PageState("article", 0.75, ("date",)),
        tags=("albania", "raids"),
    )


def print_of(name: str) -> int:
    digest = hashlib.blake2b(name.encode(), digest_size=8).digest()
    return int.from_bytes(digest, "big", signed=True)


def prints_of(names: str) -> tuple[int, ...]:
    return tuple(sorted(print_of(name) for name in names.split()))


def draft(name: str, text: ArticleText | None = None, **changes) -> ArticleDraft:
    """The draft of `https://daily.example/NAME`; its id is that address's, its hash its text's."""
    url = changes.pop("url", f"https://daily.example/{name}")
    text = text or article_text(f"Text of {name}.", title=f"Title of {name}")
    facts = {
        "article": ids.article_id(url_key(url)),
        "url": url,
        "canonical_url": url,
        "urls": (url_key(url),),
        "outlet": Outlet("daily.example", "The Daily"),
        "text": text,
        "text_hash": text_hash(text.title, text.body),
        "seen_at": NOON,
        **changes,
    }
    return ArticleDraft(**facts)


def decision(
    of: ArticleDraft,
    view: PlaceView,
    *,
    topics: Mapping[str, Iterable[str]] | None = None,
    joins: str | None = None,
    standing: Standing | None = None,
    restated: Iterable[Standing] = (),
) -> PlaceDecision:
    """What a plain decider says of `of`: a new article, a new revision, or nothing new.

    `topics` maps the topics that match to the channels that are told; a story is told once, then
    alerts are suppressed. `joins`: the story that a new article joins, else it founds its own.
    """
    latest = view.latest
    article = latest.article if latest else of.article
    if latest is not None and latest.text_hash == of.text_hash:
        return PlaceDecision(of, article, None, (), None, (), (), (), "same text")
    revision = latest.revision + 1 if latest else 1
    home = latest.story if latest else ids.story_id(article)
    story = joins or home
    found = topics or {}
    alerts = tuple(
        _alert(topic, story, article, revision, topic in view.told.get(story, ()))
        for topic in found
    )
    placed = latest is None or joins is not None or standing is not None or bool(restated)
    return PlaceDecision(
        draft=of,
        article=article,
        revision=revision,
        changes=("wording",) if latest else (),
        placement=Placement(
            story,
            latest is None and joins is None,
            standing or Standing(article, "original", why="the first of its story"),
            tuple(restated),
        )
        if placed
        else None,
        matches=tuple(
            Match(topic, 1, article, revision, "raid", (Span("body", 0, 4, "raid"),))
            for topic in found
        ),
        alerts=alerts,
        deliveries=tuple(
            _delivery(alert, channel)
            for alert in alerts
            if alert.decision == "raised"
            for channel in found[alert.topic]
        ),
        why="new text",
    )


def _alert(topic: str, story: str, article: str, revision: int, told: bool) -> Alert:
    return Alert(
        ids.alert_id(topic, "match", article, revision),
        "match",
        topic,
        1,
        story,
        article,
        revision,
        "suppressed" if told else "raised",
        "the story was told" if told else "first match",
        NOON,
    )


def _delivery(alert: Alert, channel: str) -> Delivery:
    name = ids.delivery_id(alert.alert, channel)
    payload = f'{{"id":"{name}"}}'
    return Delivery(name, alert.alert, alert.topic, alert.story, channel, payload, NOON)


def decides(of: ArticleDraft, **how) -> PlaceDecider:
    def decide(view: PlaceView) -> PlaceDecision:
        return decision(of, view, **how)

    return decide


def place(store: Store, of: ArticleDraft, now: Micros = NOON, **how) -> PlaceDecision:
    """Places a draft that no entry led to, decided plainly."""
    made = store.place(of, decides(of, **how), now)
    assert made is not None
    return made


def look(store: Store, of: ArticleDraft, now: Micros = NOON) -> PlaceView:
    """The view that a decision about `of` gets; nothing is stored."""
    seen: list[PlaceView] = []

    class Enough(Exception):
        pass

    def decide(view: PlaceView) -> PlaceDecision:
        seen.append(view)
        raise Enough

    try:
        store.place(of, decide, now)
    except Enough:
        return seen[0]
    raise AssertionError("the decision was not asked for")


# topics and deliveries


def topic_spec(name: str, query: str = "raid", **changes) -> TopicSpec:
    return TopicSpec(**{"topic": name, "query": query, "meaning": query, **changes})


def done(at: Micros = NOON) -> Settlement:
    return Settlement("done", Attempt(at, 200, None, 12))


def again(next_at: Micros, at: Micros = NOON) -> Settlement:
    return Settlement("due", Attempt(at, 503, "busy", 30), next_at)


def dead(at: Micros = NOON) -> Settlement:
    return Settlement("dead", Attempt(at, 410, "gone", 5))
