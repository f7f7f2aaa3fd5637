"""Rows of the reading side's queries to the records that it hands out."""

from __future__ import annotations

import json

from watcher.model.feed import Pause
from watcher.model.rows import (
    AlertRow,
    FailingRow,
    FeedRow,
    MatchRow,
    PollRow,
    RevisionRow,
    TopicRow,
)
from watcher.model.when import SECOND, rfc3339
from watcher.store.sqlite.codec import Row, load_memory, load_spans, load_spec


def feed(row: Row, polls: tuple[PollRow, ...] = ()) -> FeedRow:
    spec = load_spec(row["wanted"])
    failing = row["state"] == "active" and row["error_code"] is not None
    pause = None
    if row["paused_until"] is not None and row["state"] == "active":
        pause = Pause(row["host"], row["paused_until"], row["pause_why"], bool(row["firm"]))
    merged = row["merged_into"] is not None and row["state"] != "retired"
    return FeedRow(
        feed=row["feed"],
        url=row["url"],
        fetch_url=row["fetch_url"],
        title=spec.title or row["title"],
        outlet=spec.outlet,
        state="failing" if failing else "merged" if merged else row["state"],
        last_poll=row["last_poll"],
        next_due=max(row["due_at"], pause.until if pause else 0)
        if row["state"] == "active"
        else None,
        why=paused(pause, row["why"])
        if pause and pause.until > row["due_at"] + SECOND
        else row["why"],
        reader=row["reader"],
        entries=row["entries"],
        lag=row["lag"],
        error_code=row["error_code"],
        error_message=row["error_message"],
        polls=polls,
        reasons=tuple(json.loads(row["reasons"])),
        memory=load_memory(row["memory"]),
        merged_into=row["merged_into"],
        site_url=row["site_url"],
        pause=pause,
        failures=row["failures"],
    )


def paused(pause: Pause, why: str) -> str:
    until = rfc3339(pause.until - pause.until % SECOND)
    host = pause.host.partition("|")[0]
    return f"its host {host} is left alone until {until}: {pause.why}; {why}"


def failing(row: Row) -> FailingRow:
    memory = load_memory(row["memory"])
    return FailingRow(
        feed=row["feed"],
        url=row["url"],
        since=memory.failing_since,
        failures=row["failures"],
        code=row["error_code"],
        message=row["error_message"],
        hint=memory.hint,
    )


def poll(row: Row) -> PollRow:
    return PollRow(
        at=row["at"],
        outcome=row["outcome"],
        status=row["status"],
        new=row["new"],
        changed=row["changed"],
        seen=row["seen"],
        code=row["code"],
        message=row["message"],
        micros=row["micros"],
        reader=row["reader"],
        lag=row["lag"],
        notes=tuple(json.loads(row["notes"])),
    )


def topic(row: Row) -> TopicRow:
    return TopicRow(
        row["topic"],
        row["version"],
        row["query"],
        tuple(json.loads(row["channels"])),
        row["today"],
        row["total"],
    )


def alert(row: Row) -> AlertRow:
    names = (
        "alert", "kind", "topic", "topic_version", "story", "article", "revision", "decision",
        "reason", "at",
    )  # fmt: skip
    return AlertRow(*(row[name] for name in names))


def match(row: Row) -> MatchRow:
    return MatchRow(
        row["topic"], row["version"], row["revision"], row["clause"], load_spans(row["spans"])
    )


def revision(row: Row) -> RevisionRow:
    return RevisionRow(
        row["n"],
        row["seen_at"],
        tuple(json.loads(row["changes"])),
        row["title"],
        row["source"],
        row["words"],
    )
