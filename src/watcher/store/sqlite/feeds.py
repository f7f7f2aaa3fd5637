"""Feeds: what config.yaml wants of them, whose turn it is, and what a poll brought."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from math import exp
from sqlite3 import Connection

from watcher.model.feed import (
    Demand,
    Entry,
    FeedJob,
    FeedSpec,
    FeedState,
    IdentityPolicy,
    KnownEntry,
    PollDecision,
)
from watcher.model.when import DAY, Micros
from watcher.ports import PollDecider
from watcher.store.sqlite import hosts, merge
from watcher.store.sqlite.codec import (
    Row,
    clean,
    dump,
    dump_entry,
    dump_memory,
    dump_spec,
    load_memory,
    load_spec,
    optional,
)
from watcher.text.hosts import pause_key

POLLS_KEPT = 50  # per feed
HITS_FADE = 30 * DAY

# A feed at another address is another conversation: its validators, its lease and its errors end.
# One whose entries are told apart or found in another way is read anew, as a whole.
SAME = """feed.url = excluded.url AND coalesce(json_extract(feed.wanted, '$.identity'), 'auto')
    = json_extract(excluded.wanted, '$.identity')
    AND json_extract(feed.wanted, '$.page') IS json_extract(excluded.wanted, '$.page')"""
UPSERT = f"""
INSERT INTO feed (feed, url, fetch_url, host, wanted, state, due_at)
VALUES (:feed, :url, :url, :host, :wanted, 'active', :now)
ON CONFLICT (feed) DO UPDATE SET
    wanted = excluded.wanted,
    host = CASE WHEN feed.url = excluded.url AND feed.host <> ''
                     AND NOT (feed.state = 'retired' AND feed.merged_into IS NOT NULL)
                THEN feed.host ELSE excluded.host END,
    memory = CASE WHEN feed.url = excluded.url OR feed.memory = '{{}}' THEN feed.memory
                  ELSE json_set(feed.memory, '$.move', NULL, '$.quirks', json('[]'),
                      '$.failing_since', NULL, '$.hint', NULL, '$.validated_url', NULL,
                      '$.last_bare', NULL, '$.suspect', json('false'), '$.adopted', NULL,
                      '$.not_to', json('[]'), '$.earliest', NULL, '$.all_new', 0) END,
    slices = CASE WHEN {SAME} THEN feed.slices END,
    merged_into = CASE WHEN feed.url = excluded.url AND feed.state <> 'retired'
                       THEN feed.merged_into END,
    fetch_url = CASE WHEN feed.url = excluded.url
                          AND NOT (feed.state = 'retired' AND feed.merged_into IS NOT NULL)
                     THEN feed.fetch_url ELSE excluded.url END,
    etag = CASE WHEN {SAME} THEN feed.etag END,
    last_modified = CASE WHEN {SAME} THEN feed.last_modified END,
    body_hash = CASE WHEN {SAME} THEN feed.body_hash END,
    failures = CASE WHEN feed.url = excluded.url THEN feed.failures ELSE 0 END,
    error_code = CASE WHEN feed.url = excluded.url THEN feed.error_code END,
    error_message = CASE WHEN feed.url = excluded.url THEN feed.error_message END,
    lease_until = CASE WHEN feed.url = excluded.url THEN feed.lease_until ELSE 0 END,
    lease_token = CASE WHEN feed.url = excluded.url THEN feed.lease_token END,
    due_at = CASE WHEN feed.state = 'retired' OR feed.url <> excluded.url
                  THEN :now ELSE feed.due_at END,
    state = CASE WHEN feed.state = 'retired' OR feed.url <> excluded.url
                 THEN 'active' ELSE feed.state END,
    url = excluded.url
"""

RETIRE = "UPDATE feed SET state = 'retired', lease_token = NULL, lease_until = 0 WHERE feed = ?"

# Longest overdue first, a feed of twice the weight as if it were so for twice as long. The index on
# (due_at, feed) gives the first of that: a claim reads a few times as many rows as it takes, and
# those that are leased or whose host is paused, however many feeds there are.
CLAIM = """
UPDATE feed SET lease_until = :until, lease_token = :token WHERE feed IN (
    SELECT feed FROM (
        SELECT feed, due_at, (:now - due_at) * CASE WHEN instr(wanted, '"weight":1.0,')
                THEN 1 ELSE json_extract(wanted, '$.weight') END AS overdue
        FROM feed
        WHERE state = 'active' AND (lease_token IS NULL OR lease_until <= :now) AND {turn}
          AND NOT EXISTS (SELECT 1 FROM host WHERE host.host = feed.host AND paused_until > :now)
        ORDER BY due_at, feed LIMIT 4 * :limit)
    ORDER BY overdue DESC, due_at, feed LIMIT :limit)
RETURNING *
"""
DUE = CLAIM.format(turn="due_at <= :now")
# Every active feed that has not been polled, nor its poll put off, since :now.
FORCED = CLAIM.format(
    turn="coalesce(last_poll < :now, 1)"
    " AND NOT EXISTS (SELECT 1 FROM poll WHERE poll.feed = feed.feed AND at >= :now)"
)

SETTLE = """
UPDATE feed SET
    etag = :etag, last_modified = :last_modified,
    body_hash = coalesce(:body_hash, body_hash), reader = coalesce(:reader, reader),
    title = coalesce(:title, title), site_url = coalesce(:site_url, site_url),
    language = coalesce(:language, language), memory = coalesce(:memory, memory),
    slices = coalesce(:slices, slices), reasons = :reasons,
    fetch_url = coalesce(:fetch_url, fetch_url), host = coalesce(:host, host),
    polls = polls + 1, failures = :failures, interval = :interval, hits = hits * :fade,
    lag = max(0, :now - due_at), last_poll = :now, due_at = :next_due, why = :why,
    state = :life, error_code = :code, error_message = :message,
    lease_until = 0, lease_token = NULL
WHERE feed = :feed
"""

DEFER = """
UPDATE feed SET due_at = :next_due, why = :why, reasons = :reasons, lag = max(0, :now - due_at),
    lease_until = 0, lease_token = NULL
WHERE feed = :feed
"""

NEW_ENTRY = """
INSERT INTO entry (entry, feed, identity, hash, url, title, published_at, stated, first_seen,
                   changed, due_at)
VALUES (:entry, :feed, :identity, :hash, :url, :title, :published_at, :stated, :now, 0, :now)
ON CONFLICT DO NOTHING
"""

REFRESHED_ENTRY = "UPDATE entry SET hash = :hash, stated = :stated WHERE entry = :entry"

DEMAND = """
SELECT max(interval - interval % 60000000, min(interval, 60000000)) AS interval, fixed,
       count(*) AS feeds
FROM (SELECT coalesce(interval, json_extract(wanted, '$.every'), :every) AS interval,
             json_extract(wanted, '$.every') IS NOT NULL AS fixed
      FROM feed WHERE state = 'active')
GROUP BY 1, 2
"""

POLLED = """
INSERT INTO poll (feed, at, outcome, status, new, changed, seen, code, message, micros, reader,
                  lag, notes)
SELECT :feed, :now, :outcome, :status, :new, :changed, :seen, :code, :message, :micros, reader,
       lag, :notes
FROM feed WHERE feed = :feed
"""

OLD_POLLS = f"""
DELETE FROM poll WHERE feed = :feed AND id <= (
    SELECT id FROM poll WHERE feed = :feed ORDER BY id DESC LIMIT 1 OFFSET {POLLS_KEPT})
"""

CHANGED_ENTRY = """
UPDATE entry SET hash = :hash, url = :url, title = :title, published_at = :published_at,
    stated = :stated, changed = 1, attempts = 0, due_at = :now, broken = 0, broken_by = NULL,
    lease_until = 0, lease_token = NULL
WHERE entry = :entry
"""


# What tells entries apart in each way; most feeds need no more than the first.
_KNOWN = "SELECT identity, entry, hash{} FROM entry WHERE feed = ?"
KNOWN: dict[IdentityPolicy, str] = {
    "auto": _KNOWN.format(""),
    "hash": _KNOWN.format(""),
    "link": _KNOWN.format(", url"),
    "guid": _KNOWN.format(", url, json_extract(stated, '$.publisher_id')"),
}

HELD = "SELECT feed, url, wanted, host FROM feed WHERE state <> 'retired'"


def sync(db: Connection, specs: Sequence[FeedSpec], now: Micros) -> None:
    held = {row[0]: tuple(row[1:3]) if row[3] else () for row in db.execute(HELD)}
    db.executemany(UPSERT, _changed(specs, held, now))
    wanted = {spec.feed for spec in specs}
    db.executemany(RETIRE, [(feed,) for feed in held if feed not in wanted])
    merge.orphans(db, now)


def _changed(
    specs: Sequence[FeedSpec], held: Mapping[str, tuple[str, ...]], now: Micros
) -> Iterator[dict[str, object]]:
    """Those that are not stored as they are wanted: of 100,000 after a restart, hardly any."""
    for spec in specs:
        wanted = dump_spec(spec)
        if held.get(spec.feed) != (spec.url, wanted):
            host = pause_key(spec.url)
            yield {"feed": spec.feed, "url": spec.url, "host": host, "wanted": wanted, "now": now}


def blame(db: Connection, problems: Mapping[str, tuple[str, str]]) -> None:
    db.execute(
        "UPDATE feed SET error_code = NULL, error_message = NULL"
        " WHERE error_code IN ('WTC-CFG-020', 'WTC-CFG-022')"
    )
    db.executemany(
        "UPDATE feed SET error_code = ?, error_message = ?, why = ? WHERE feed = ?",
        [
            (code, clean(message), f"not polled before this is mended ({code})", feed)
            for feed, (code, message) in problems.items()
        ],
    )


def demand(db: Connection, every: Micros) -> list[Demand]:
    """By whole minutes, or seconds where that is all there is."""
    rows = db.execute(DEMAND, {"every": every})
    return [Demand(row["interval"], row["feeds"], bool(row["fixed"])) for row in rows]


def claim(
    db: Connection, now: Micros, until: Micros, token: str, limit: int, force: bool
) -> list[FeedJob]:
    asked = {"now": now, "until": until, "token": token, "limit": limit}
    held = db.execute(FORCED if force else DUE, asked).fetchall()
    held.sort(key=lambda row: (row["due_at"], row["feed"]))
    also = merge.also(db, (row["feed"] for row in held))
    return [FeedJob(state_of(row, also.get(row["feed"], ())), token) for row in held]


def state_of(row: Row, also: tuple[FeedSpec, ...] = ()) -> FeedState:
    spec = load_spec(row["wanted"])
    return FeedState(
        spec=spec,
        fetch_url=row["fetch_url"],
        title=spec.title or row["title"],
        site_url=row["site_url"],
        language=spec.language or row["language"],
        etag=row["etag"],
        last_modified=row["last_modified"],
        body_hash=row["body_hash"],
        polls=row["polls"],
        failures=row["failures"],
        interval=row["interval"],
        last_poll=row["last_poll"],
        due_at=row["due_at"],
        reader=row["reader"],
        slices=row["slices"],
        error=row["error_code"],
        hits=row["hits"],
        memory=load_memory(row["memory"]),
        also=also,
    )


class _Known(Mapping[str, KnownEntry]):
    """A feed's known entries, read when they are first asked for: most polls find nothing that
    would have to be looked up."""

    def __init__(self, db: Connection, spec: FeedSpec) -> None:
        self._db = db
        self._spec = spec

    @cached_property
    def _held(self) -> dict[str, KnownEntry]:
        rows = self._db.execute(KNOWN[self._spec.identity], (self._spec.feed,))
        return {row[0]: KnownEntry(*row[1:]) for row in rows}

    def __getitem__(self, identity: str) -> KnownEntry:
        return self._held[identity]

    def __contains__(self, identity: object) -> bool:
        return identity in self._held

    def __iter__(self) -> Iterator[str]:
        return iter(self._held)

    def __len__(self) -> int:
        return len(self._held)


def commit_poll(
    db: Connection, job: FeedJob, decide: PollDecider, now: Micros
) -> PollDecision | None:
    feed = job.state.spec.feed
    leased = db.execute(
        "SELECT 1 FROM feed WHERE feed = ? AND lease_token = ?", (feed, job.token)
    ).fetchone()
    if leased is None:
        return None
    decision = merge.told(db, feed, decide(job, _Known(db, job.state.spec)))
    _settle(db, job.state, decision, now)
    for statement, entries in (
        (NEW_ENTRY, decision.new),
        (CHANGED_ENTRY, decision.changed),
        (REFRESHED_ENTRY, decision.refreshed),
    ):
        if entries:
            db.executemany(statement, [_columns(entry, now) for entry in entries])
    if decision.merged_into is not None:
        merge.merge(db, feed, decision.merged_into)
    return decision


def _settle(db: Connection, state: FeedState, decision: PollDecision, now: Micros) -> None:
    feed, error = state.spec.feed, decision.error
    facts = {
        "feed": feed,
        "now": now,
        "etag": optional(decision.etag),
        "last_modified": optional(decision.last_modified),
        "body_hash": decision.body_hash,
        "reader": decision.reader,
        "title": optional(decision.title),
        "site_url": optional(decision.site_url),
        "language": optional(decision.language),
        "memory": None if decision.memory is None else dump_memory(decision.memory),
        "slices": decision.slices,
        "reasons": dump(decision.reasons),
        "fetch_url": optional(decision.fetch_url),
        "host": None if decision.fetch_url is None else pause_key(decision.fetch_url),
        "failures": decision.failures,
        "interval": decision.interval,
        "next_due": decision.next_due,
        "why": clean(decision.why),
        "life": decision.life,
        "fade": exp(-max(now - (state.last_poll or now), 0) / HITS_FADE),
        "code": error.code if error else None,
        "message": clean(error.message) if error else None,
    }
    db.execute(DEFER if decision.outcome == "deferred" else SETTLE, facts)
    if decision.pause is not None:
        hosts.pause(db, decision.pause, now)
    elif error is None and decision.outcome != "deferred":
        hosts.answered(db, feed)
    db.execute(
        POLLED,
        {
            **facts,
            "outcome": decision.outcome,
            "status": decision.status,
            "new": len(decision.new),
            "changed": len(decision.changed),
            "seen": decision.seen,
            "micros": decision.micros,
            "notes": dump(decision.notes),
        },
    )
    if state.polls >= POLLS_KEPT or decision.outcome == "deferred":
        db.execute(OLD_POLLS, {"feed": feed})


def _columns(entry: Entry, now: Micros) -> dict[str, object]:
    dated = entry.published or entry.updated
    return {
        "entry": entry.entry,
        "feed": entry.feed,
        "identity": clean(entry.identity),
        "hash": entry.hash,
        "url": optional(entry.url),
        "title": clean(entry.title),
        "published_at": dated.at if dated else None,
        "stated": dump_entry(entry),
        "now": now,
    }
