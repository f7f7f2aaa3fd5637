"""Records to the JSON shapes of spec `interfaces`."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING, Any

from watcher.cli.output import when

if TYPE_CHECKING:
    from watcher.model.alert import ChannelState, Mute
    from watcher.model.article import ArticleText, Credit, Extraction, Link
    from watcher.model.follow import FollowLink, FoundBy, OutletRow
    from watcher.model.recheck import Look
    from watcher.model.rows import (
        AlertRow,
        ArticleRow,
        DeliveryRow,
        MatchRow,
        RevisionRow,
        StatusRow,
        TopicRow,
    )
    from watcher.model.topic import Span
    from watcher.model.when import Dated

Shape = dict[str, Any]


def dated(value: Dated | None) -> str | None:
    return None if value is None else value.text


def address(url: str) -> str | None:
    """An article's address, or None for one that is known by an id alone."""
    return None if url.startswith("id:") else url


def span(value: Span) -> Shape:
    return {
        "field": value.field,
        "start": value.start,
        "end": value.end,
        "clause": value.clause,
    }


def credit(value: Credit | None) -> Shape | None:
    if value is None:
        return None
    return {
        "outlet": value.outlet,
        "known": value.known,
        "agency": value.agency,
        "text": value.text,
        "scope": value.scope,
    }


def link(value: Link) -> Shape:
    return {
        "url": value.url,
        "text": value.text,
        "role": value.role,
        "kind": value.kind,
        "heading": value.heading,
    }


def _content(text: ArticleText | Extraction) -> Shape:
    """What a fresh extraction and a stored revision have in common."""
    return {
        "title": text.title,
        "standfirst": text.standfirst,
        "body": text.body,
        "byline": list(text.byline),
        "credit": credit(text.credit),
        "published": dated(text.published),
        "modified": dated(text.modified),
        "language": text.language,
        "captions": [{"text": one.text, "credit": one.credit} for one in text.captions],
        "links": [link(one) for one in text.links],
        "state": {
            "kind": text.state.kind,
            "confidence": text.state.confidence,
            "lacks": list(text.state.lacks),
        },
        "tags": list(text.tags),
        "method": text.method,
        "why": list(text.why),
    }


def extraction(value: Extraction, caller_id: str | None = None) -> Shape:
    return {
        "id": caller_id,
        "url": value.url,
        "canonical_url": value.canonical_url,
        "site_name": value.site_name,
        **_content(value),
    }


def article(row: ArticleRow, look: Look | None = None) -> Shape:
    """`look`: what looking at its page again showed; None: it never is."""
    return {
        "article": row.article,
        "id": row.id,
        "url": address(row.url),
        "canonical_url": row.canonical_url,
        "outlet": row.outlet.name,
        "outlet_domain": row.outlet.domain,
        **_content(row.text),
        "links": [
            {**link(one), "article": row.related_known.get(one.url)} for one in row.text.links
        ],
        "text": row.text.source,
        "first_seen": when(row.first_seen),
        "story": row.story,
        "role": row.role,
        "kind": row.kind,
        "copy_of": row.copy_of,
        "score": row.score,
        "story_why": row.why,
        "copies": list(row.copies),
        "revisions": [revision(one) for one in row.revisions],
        "matches": [match(one) for one in row.matches],
        "alerts": [alert(one) for one in row.alerts],
        "feeds": list(row.feeds),
        "origin": None if row.found_by is None else origin(row.found_by),
        "gone": None if look is None or look.gone is None else gone(look),
        "recheck": None if look is None else recheck(look),
    }


def gone(look: Look) -> Shape:
    """The article is no longer had where it stood: how, since when, and by what that is known."""
    return {"kind": look.gone, "since": when(look.gone_at), "why": look.gone_why}


def recheck(look: Look) -> Shape:
    """When its page is looked at again (null: no more), and why then. `sign`: what speaks for its
    being gone, before that is sure."""
    return {
        "next_due": when(look.due),
        "last": when(look.looked_at),
        "looks": look.looks,
        "sign": look.sign,
        "why": look.why,
    }


def origin(value: FoundBy) -> Shape:
    """Which link of which article found this one."""
    return {
        "article": value.article,
        "url": address(value.article_url),
        "title": value.article_title,
        "link": _followed_link(value.link),
        "topics": list(value.link.topics),
        "depth": value.link.depth,
        "at": when(value.at),
    }


def _followed_link(value: FollowLink) -> Shape:
    return {
        "url": value.url,
        "text": value.text,
        "role": value.role,
        "heading": value.heading,
    }


def outlet_met(row: OutletRow) -> Shape:
    """`feeds suggest`. `next` is the command that subscribes to it."""
    return {
        "outlet": row.name,
        "domain": row.domain,
        "articles": row.articles,
        "topics": list(row.topics),
        "examples": [{"url": url, "title": title} for url, title in row.examples],
        "feed_url": row.feed_url,
        "last": when(row.last),
        "next": f"watcher add {shlex.quote(row.feed_url or row.site_url)}",
    }


def revision(row: RevisionRow) -> Shape:
    return {
        "n": row.n,
        "seen_at": when(row.seen_at),
        "changes": list(row.changes),
        "title": row.title,
        "text": row.text,
        "words": row.words,
    }


def match(row: MatchRow) -> Shape:
    return {
        "topic": row.topic,
        "topic_version": row.topic_version,
        "revision": row.revision,
        "clause": row.clause,
        "spans": [span(one) for one in row.spans],
    }


def alert(row: AlertRow) -> Shape:
    return {
        "alert": row.alert,
        "kind": row.kind,
        "topic": row.topic or None,
        "topic_version": row.topic_version or None,
        "story": row.story or None,
        "article": row.article or None,
        "revision": row.revision or None,
        "decision": row.decision,
        "reason": row.reason,
        "at": when(row.at),
    }


def mute(one: Mute) -> Shape:
    return {
        "thing": one.thing,
        "how": "snoozed" if one.snooze else "muted",
        "until": when(one.until),
        "author": one.author,
        "at": when(one.at),
    }


def delivery(row: DeliveryRow) -> Shape:
    return {
        "delivery": row.delivery,
        "alert": row.alert,
        "channel": row.channel,
        "state": row.state,
        "attempts": [
            {"at": when(one.at), "status": one.status, "error": one.error, "ms": one.ms}
            for one in row.attempts
        ],
        "next_at": when(row.next_at),
    }


def channel(name: str, kind: str | None, state: ChannelState | None, waiting: int) -> Shape:
    """`kind` is None where config.yaml does not have it."""
    return {
        "channel": name,
        "type": kind,
        "state": state.state if state else "ok",
        "failures": state.failures if state else 0,
        "last_error": state.last_error if state else None,
        "failing_since": when(state.failing_since) if state else None,
        "last_ok": when(state.last_ok) if state else None,
        "waiting": waiting,
        "why": state.why if state else None,
    }


def topic(row: TopicRow) -> Shape:
    return {
        "topic": row.topic,
        "version": row.version,
        "query": row.query,
        "channels": list(row.channels),
        "matches_today": row.matches_today,
        "matches_total": row.matches_total,
    }


def status(row: StatusRow, *, daemon: Shape, path: str) -> Shape:
    return {
        "daemon": daemon,
        "feeds": row.feeds,
        "failing": [
            {
                "feed": one.feed,
                "url": one.url,
                "since": when(one.since),
                "failures": one.failures,
                "error": {"code": one.code, "message": one.message},
                "hint": one.hint,
            }
            for one in row.failing
        ],
        "notes": [
            {"feed": one.feed, "url": one.url, "at": when(one.at), "note": one.note}
            for one in row.notes
        ],
        "polls": {"hourly": round(row.polls_hourly, 1), "stretched": row.stretched},
        "entries_waiting": row.entries_waiting,
        "entries_broken": row.entries_broken,
        "articles": row.articles,
        "stories": row.stories,
        "matches": row.matches,
        "alerts": row.alerts,
        "outbox": {**row.outbox, "oldest": when(row.outbox_oldest)},
        "next_due": when(row.next_due),
        "database": {
            "path": path,
            "version": row.database_version,
            "size": row.database_size,
        },
    }
