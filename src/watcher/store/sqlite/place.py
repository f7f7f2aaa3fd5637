"""Place: writes a decision about a draft, whole or not at all. Nothing here decides."""

from __future__ import annotations

from collections.abc import Mapping
from sqlite3 import Connection

from watcher.model.alert import Alert, Delivery, PlaceDecision
from watcher.model.article import ArticleDraft, ArticleText, StoredText
from watcher.model.feed import EntryJob
from watcher.model.follow import Followed, FollowWish
from watcher.model.ids import article_key
from watcher.model.recheck import Looked
from watcher.model.when import Micros
from watcher.ports import PlaceDecider
from watcher.store.sqlite import (
    deliveries,
    entries,
    follow,
    merge,
    recheck,
    stories,
    topics,
    versions,
    view,
    waiting,
)
from watcher.store.sqlite.codec import clean, dump, dump_rest, optional
from watcher.text.normalise import fold
from watcher.text.urls import key as url_key

# Between captions in the index: a token of FTS5's `ascii` that no text and no query folds to, so no
# phrase runs over it.
BETWEEN = " \ufdd0 "

ARTICLE = """
INSERT INTO article (key, article, caller_id, url, canonical_url, outlet_domain, outlet_name,
                     first_seen, published_at, counts_as_old, revision, text_hash, prints,
                     placed_at)
VALUES (:key, :article, :caller_id, :url, :canonical_url, :outlet_domain, :outlet_name,
        :first_seen, :published_at, :counts_as_old, :revision, :text_hash, :prints, :placed_at)
ON CONFLICT (article) DO UPDATE SET revision = excluded.revision, text_hash = excluded.text_hash,
    prints = excluded.prints, placed_at = excluded.placed_at, url = excluded.url,
    published_at = coalesce(excluded.published_at, article.published_at),
    canonical_url = excluded.canonical_url, outlet_name = excluded.outlet_name
"""

REVISION = """
INSERT INTO revision (article, n, seen_at, source, changes, text_hash, title, standfirst, language,
                      published, published_at, modified, modified_at, body, words, rest)
VALUES (:article, :n, :seen_at, :source, :changes, :text_hash, :title, :standfirst, :language,
        :published, :published_at, :modified, :modified_at, :body, :words, :rest)
"""

ALERT = """
INSERT INTO alert (alert, kind, topic, topic_version, story, article, revision, decision,
                   reason, at)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (alert) DO NOTHING
"""


def place(
    db: Connection,
    draft: ArticleDraft,
    decide: PlaceDecider,
    now: Micros,
    job: EntryJob | None,
    next_due: Micros | None,
    followed: Followed | None = None,
    wishes: Mapping[str, FollowWish] | None = None,
    looked: Looked | None = None,
) -> PlaceDecision | None:
    """Inside a transaction that the caller opened. None: a lease was lost."""
    if job is not None and not entries.leased(db, job):
        return None
    if followed is not None and not follow.leased(db, followed.job):
        return None
    if looked is not None and not recheck.settle(db, looked):
        return None
    seen = view.load(db, draft)
    decision = decide(seen)
    if decision.revision is not None:
        _write(db, decision, seen.latest, now)
        _look_again(db, decision, looked)
    _addresses(db, decision.article, draft)
    if followed is not None:
        known = seen.latest is not None
        follow.settle(db, follow.as_known(followed) if known else followed, decision.article)
    follow.add(db, decision.article, decision.follow, wishes or {}, now)
    if job is not None:
        entries.settle(db, job, decision.article, next_due)
    return decision


def _write(db: Connection, decision: PlaceDecision, latest: StoredText | None, now: Micros) -> None:
    draft, text = decision.draft, decision.draft.text
    key = latest.key if latest else _free_key(db, draft)
    _article(db, decision, key, now)
    _revision(db, decision, latest, now)
    _links(db, decision.article, text)
    db.execute("DELETE FROM print WHERE article = ?", (key,))
    db.executemany(
        "INSERT INTO print (hash, article) VALUES (?, ?)", [(one, key) for one in draft.prints]
    )
    index_text(db, key, text)
    if decision.placement is not None:
        stories.write(db, decision.placement, draft, key, now)
    _ignored(db, decision, now)
    topics.add_matches(db, decision.matches, now)
    if decision.matches and latest is None and draft.origin_feed is not None:
        db.execute("UPDATE feed SET hits = hits + 1 WHERE feed = ?", (draft.origin_feed,))
    tell(db, decision.alerts, decision.deliveries)
    waiting.insert(db, decision.waiting)


def _look_again(db: Connection, decision: PlaceDecision, looked: Looked | None) -> None:
    """A page whose new version a look brought is known to the last header."""
    draft = decision.draft
    if draft.text.source == "page" and not draft.reread:
        recheck.plan(db, decision.article, draft.url, draft.origin_feed, decision.recheck)
    if looked is not None:
        recheck.know(db, looked)


def _free_key(db: Connection, draft: ArticleDraft) -> int:
    published = draft.text.published
    first = draft.seen_at if published is None else min(draft.seen_at, published.at)
    key = article_key(first, draft.article)
    while db.execute("SELECT 1 FROM article WHERE key = ?", (key,)).fetchone():
        key += 1
    return key


def _article(db: Connection, decision: PlaceDecision, key: int, now: Micros) -> None:
    draft = decision.draft
    published = draft.text.published
    db.execute(
        ARTICLE,
        {
            "key": key,
            "article": decision.article,
            "caller_id": optional(draft.caller_id),
            "url": clean(draft.url),
            "canonical_url": optional(draft.canonical_url),
            "outlet_domain": draft.outlet.domain,
            "outlet_name": clean(draft.outlet.name),
            "first_seen": draft.seen_at,
            "published_at": None if published is None else published.at,
            "counts_as_old": draft.counts_as_old,
            "revision": decision.revision,
            "text_hash": draft.text_hash,
            "prints": len(draft.prints),
            "placed_at": now,
        },
    )


def _revision(
    db: Connection, decision: PlaceDecision, latest: StoredText | None, now: Micros
) -> None:
    text = decision.draft.text
    if latest is not None:
        versions.put_by(db, latest.article, latest.revision, latest.text.body, text.body)
    db.execute(
        REVISION,
        {
            "article": decision.article,
            "n": decision.revision,
            "seen_at": now,
            "source": text.source,
            "changes": dump(decision.changes),
            "text_hash": decision.draft.text_hash,
            "title": clean(text.title),
            "standfirst": optional(text.standfirst),
            "language": optional(text.language),
            "published": text.published.text if text.published else None,
            "published_at": text.published.at if text.published else None,
            "modified": text.modified.text if text.modified else None,
            "modified_at": text.modified.at if text.modified else None,
            "body": clean(text.body),
            "words": len(text.body.split()),
            "rest": dump_rest(text),
        },
    )


def _links(db: Connection, article: str, text: ArticleText) -> None:
    db.execute("DELETE FROM link WHERE article = ?", (article,))
    db.executemany(
        "INSERT INTO link (article, position, url, key, text, role, kind, heading)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        [
            (
                article,
                position,
                clean(link.url),
                url_key(clean(link.url)),
                clean(link.text),
                link.role,
                link.kind,
                optional(link.heading),
            )
            for position, link in enumerate(text.links)
        ],
    )


def index_text(db: Connection, key: int, text: ArticleText) -> None:
    """The newest revision's folded text; FTS5 is an index of ours, rebuilt by folding again."""
    db.execute("DELETE FROM article_text WHERE rowid = ?", (key,))
    db.execute(
        "INSERT INTO article_text (rowid, title, standfirst, body, caption) VALUES (?, ?, ?, ?, ?)",
        (
            key,
            fold(clean(text.title)),
            fold(clean(text.standfirst or "")),
            fold(clean(text.body)),
            BETWEEN.join(fold(clean(caption.text)) for caption in text.captions),
        ),
    )


def _ignored(db: Connection, decision: PlaceDecision, now: Micros) -> None:
    db.execute("DELETE FROM ignored WHERE article = ?", (decision.article,))
    if decision.ignored is not None:
        db.execute(
            "INSERT INTO ignored (article, rule, at) VALUES (?, ?, ?)",
            (decision.article, clean(decision.ignored), now),
        )


def tell(db: Connection, alerts: tuple[Alert, ...], deliveries_: tuple[Delivery, ...]) -> None:
    db.executemany(
        ALERT,
        [
            (
                one.alert,
                one.kind,
                one.topic,
                one.topic_version,
                one.story,
                one.article,
                one.revision,
                one.decision,
                clean(one.reason),
                one.at,
            )
            for one in alerts
        ],
    )
    deliveries.insert(db, deliveries_)


def _addresses(db: Connection, article: str, draft: ArticleDraft) -> None:
    db.executemany(
        "INSERT INTO article_url (key, article) VALUES (?, ?) ON CONFLICT DO NOTHING",
        [(clean(key), article) for key in draft.urls],
    )
    if draft.origin_feed is not None:
        db.execute(
            "INSERT INTO article_feed (article, feed, tags) VALUES (?, ?, ?)"
            " ON CONFLICT DO UPDATE SET tags = excluded.tags",
            (article, draft.origin_feed, dump(draft.feed_tags)),
        )
        db.execute(merge.CREDIT, (article, draft.origin_feed))
