"""What commands print of feeds as JSON (spec `interfaces`)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from watcher.cli.output import when
from watcher.cli.shapes import Shape, dated
from watcher.model.feed import FeedMemory, ParsedEntry, ParsedFeed, Pause, Wishes

if TYPE_CHECKING:
    from watcher.model.rows import (
        BrokenRow,
        FeedRow,
        PollRow,
    )


DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


def feed(row: FeedRow) -> Shape:
    error = None
    if row.error_code is not None:
        error = {"code": row.error_code, "message": row.error_message}
    return {
        "feed": row.feed,
        "url": row.url,
        "fetch_url": row.fetch_url,
        "title": row.title,
        "outlet": row.outlet,
        "state": row.state,
        "last_poll": when(row.last_poll),
        "next_due": when(row.next_due),
        "why": row.why,
        "reader": row.reader,
        "entries": row.entries,
        "lag": None if row.lag is None else round(row.lag / 1_000_000, 3),
        "error": error,
        "merged_into": row.merged_into,
        "pause": None if row.pause is None else pause(row.pause),
    }


def pause(value: Pause) -> Shape:
    return {
        "host": value.host.partition("|")[0],
        "until": when(value.until),
        "why": value.why,
    }


def feed_shown(row: FeedRow) -> Shape:
    """`feeds show`: with all that is remembered of it."""
    memory = row.memory or FeedMemory()
    move = memory.move
    return {
        **feed(row),
        "failing": {"since": when(memory.failing_since), "failures": row.failures}
        if row.failures
        else None,
        "hint": memory.hint if row.error_code else None,
        "reasons": list(row.reasons),
        "not_before": when(memory.earliest),
        "quirks": list(memory.quirks),
        "adopted": when(memory.adopted),
        "move": None
        if move is None
        else {
            "target": move.target,
            "sightings": move.sightings,
            "first": when(move.first),
            "last": when(move.last),
        },
        "merged": list(row.merged),
        "acts": [{"at": when(one.at), "author": one.author, "act": one.act} for one in row.acts],
        "polls": [poll(one) for one in row.polls],
        "broken": [broken(one) for one in row.broken],
    }


def broken(row: BrokenRow) -> Shape:
    return {
        "entry": row.entry,
        "url": row.url,
        "title": row.title,
        "stage": row.stage,
        "error": {"code": row.code, "message": row.message},
        "times": row.times,
        "version": row.version,
    }


def poll(row: PollRow) -> Shape:
    return {
        "at": when(row.at),
        "outcome": row.outcome,
        "status": row.status,
        "new": row.new,
        "changed": row.changed,
        "seen": row.seen,
        "code": row.code,
        "message": row.message,
        "ms": row.micros // 1000,
        "reader": row.reader,
        "lag": None if row.lag is None else round(row.lag / 1_000_000, 3),
        "notes": list(row.notes),
    }


def parsed_feed(value: ParsedFeed) -> Shape:
    return {
        "feed": {
            "title": value.title,
            "url": value.url,
            "site_url": value.site_url,
            "language": value.language,
            "kind": value.kind,
            "ttl": max(value.wishes.ttl or 0, value.wishes.period or 0) or None,
            "wishes": _wishes(value.wishes),
        },
        "entries": [_parsed_entry(one) for one in value.entries],
        "parts": [{"url": one.url, "modified": when(one.modified)} for one in value.children],
        "reader": value.reader,
        "problems": [{"code": one.code, "message": one.message} for one in value.problems],
    }


def _wishes(value: Wishes) -> Shape:
    return {
        "ttl": value.ttl,
        "period": value.period,
        "base": when(value.base),
        "skip_hours": list(value.skip_hours),
        "skip_days": [DAYS[day] for day in value.skip_days],
    }


def _parsed_entry(value: ParsedEntry) -> Shape:
    return {
        "id": value.id,
        "url": value.url,
        "title": value.title,
        "published": dated(value.published),
        "updated": dated(value.updated),
        "authors": list(value.authors),
        "summary": value.summary,
        "content": value.content,
        "language": value.language,
        "tags": list(value.tags),
        "enclosures": [
            {"url": one.url, "type": one.type, "length": one.length} for one in value.enclosures
        ],
        "source": None
        if value.source is None
        else {"title": value.source.title, "url": value.source.url},
        "from": {name: given.split("|") for name, given in value.origins},
    }
