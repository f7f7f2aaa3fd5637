"""What a poll changes, and when the next one is due (spec `polling` §5, checks 1-24 and 33-40).

A first simple policy: half the interval when something new came, a fifth more when nothing did,
within [floor, cap]; a feed's own `every` is fixed. A publisher's wish only ever lengthens the
wait. Failures back off and touch nothing else.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from watcher.feeds.hints import MAX_WAIT, freshness
from watcher.feeds.identity import entry_hash, identities, publisher_id
from watcher.model.feed import (
    Entry,
    FeedJob,
    FeedState,
    KnownEntries,
    ParsedEntry,
    ParsedFeed,
    ParseFailed,
    PollDecision,
    PollError,
    PollOutcome,
)
from watcher.model.ids import entry_id
from watcher.model.page import Fetched, FetchFailed, FetchResult, NotModified
from watcher.model.when import DAY, HOUR, MINUTE, SECOND, Micros
from watcher.text.hashes import bytes_hash

PUBLIC_FLOOR = 15 * MINUTE  # a lower floor is only for hosts that the user allowed
UNVALIDATED_FLOOR = HOUR  # where an unchanged feed would be sent whole each time
FIRST_BACKOFF = HOUR
LONG_CAP = 7 * DAY  # of the back-off, once a feed has failed for about 30 days
LONG_FAILING = 34  # failures in a row: 1, 2, 4, 8 and 16 h, then 29 days of 24 h


@dataclass(frozen=True, slots=True)
class CadencePolicy:
    """`every`: first guess for a feed not yet known; `floor` and `cap` bound our own choice."""

    every: Micros = HOUR
    floor: Micros = 15 * MINUTE
    cap: Micros = DAY


def needs_parse(job: FeedJob, fetched: Fetched) -> bool:
    """Whether there is something to read: a whole body, other than the last one. Never decided
    by validators: a stuck ETag would lose entries."""
    if fetched.status in {204, 206} or not fetched.body.strip():
        return False
    return bytes_hash(fetched.body) != job.state.body_hash


def decide_poll(
    job: FeedJob,
    result: FetchResult,
    parsed: ParsedFeed | ParseFailed | None,
    known: KnownEntries,
    now: Micros,
    policy: CadencePolicy,
) -> PollDecision:
    """The decision on one poll. `parsed` is None where `needs_parse` said so, or nothing came.

    Entries that left the feed are not mentioned: nothing is deleted.
    """
    if isinstance(result, FetchFailed):
        error = PollError(result.code, result.message, result.hint)
        return _failed(job.state, result, error, now, policy)
    if isinstance(parsed, ParseFailed):
        error = PollError(parsed.code, parsed.message, parsed.hint)
        return _failed(job.state, result, error, now, policy)
    if isinstance(result, NotModified):
        return _not_modified(job.state, result, now, policy)
    if parsed is None:
        return _same(job.state, result, now, policy)
    return _read(job.state, result, parsed, known, now, policy)


def _read(
    state: FeedState,
    result: Fetched,
    parsed: ParsedFeed,
    known: KnownEntries,
    now: Micros,
    policy: CadencePolicy,
) -> PollDecision:
    new, changed, seen = _sorted_out(state, parsed, known)
    outcome: PollOutcome = "new" if new or changed else "unchanged"
    told = (
        _count(len(new), "new entry", "new entries")
        if new
        else (
            _count(len(changed), "changed entry", "changed entries") if changed else "nothing new"
        )
    )
    step = 0.5 if new else 1.0 if changed else 1.2
    ttl = parsed.ttl or 0
    base = _succeeded(replace(state, ttl=ttl), result, told, step, now, policy)
    return replace(
        base,
        outcome=outcome,
        body_hash=bytes_hash(result.body),
        new=new,
        changed=changed,
        seen=seen,
        reader=parsed.reader,
        title=parsed.title,
        site_url=parsed.site_url,
        language=parsed.language,
        ttl=ttl,
    )


def _same(state: FeedState, result: Fetched, now: Micros, policy: CadencePolicy) -> PollDecision:
    """A 200 with the last body again, or one with nothing in it: no error, and nothing to read.
    Only a body that was read moves the validators."""
    base = _succeeded(state, result, "nothing new", 1.2, now, policy)
    if state.body_hash is not None and bytes_hash(result.body) == state.body_hash:
        return base
    return replace(base, etag=state.etag, last_modified=state.last_modified)


def _not_modified(
    state: FeedState, result: NotModified, now: Micros, policy: CadencePolicy
) -> PollDecision:
    base = _succeeded(state, result, "nothing new", 1.2, now, policy)
    return replace(
        base,
        outcome="not_modified",
        etag=result.headers.get("etag", state.etag),
        last_modified=result.headers.get("last-modified", state.last_modified),
    )


def _succeeded(
    state: FeedState,
    result: Fetched | NotModified,
    told: str,
    step: float,
    now: Micros,
    policy: CadencePolicy,
) -> PollDecision:
    etag, last_modified = result.headers.get("etag"), result.headers.get("last-modified")
    validated = bool(etag or last_modified) or isinstance(result, NotModified)
    interval, why = _interval(state, told, step, policy)
    wait, asked = _bounded(interval, state, result, validated, policy)
    return PollDecision(
        outcome="unchanged",
        next_due=now + wait,
        why=why + asked,
        interval=interval,
        etag=etag or None,
        last_modified=last_modified or None,
        body_hash=None,
        status=result.status if isinstance(result, Fetched) else 304,
        micros=result.micros,
    )


def _interval(
    state: FeedState, told: str, step: float, policy: CadencePolicy
) -> tuple[Micros, str]:
    """Our own choice of interval, and the first half of the reason."""
    if state.spec.every is not None:
        return state.spec.every, f"{told}: every {span(state.spec.every)} as configured"
    before = state.interval
    if before is None:
        first = _clamped(policy.every, policy.floor, policy.cap)
        return first, f"{told} at the first poll: {span(first)}"
    after = _clamped(round(before * step), policy.floor, policy.cap)
    if after == before:
        return after, f"{told}: {span(after)}"
    return after, f"{told}: {span(after)} after {span(before)}"


def _bounded(
    interval: Micros,
    state: FeedState,
    result: Fetched | NotModified,
    validated: bool,
    policy: CadencePolicy,
) -> tuple[Micros, str]:
    """The wait after the floor and the publisher's wishes, and what decided if one of them did."""
    wait, asked = interval, ""
    floor = policy.floor
    if not validated and policy.floor >= PUBLIC_FLOOR:
        floor = max(floor, UNVALIDATED_FLOOR)
    bounds = (
        (floor, "; never sooner than {}" if validated else "; without validators not before {}"),
        (freshness(result.headers) or 0, "; publisher asks for at least {} (max-age)"),
        ((state.ttl or 0) * MINUTE, "; publisher asks for at least {} (ttl)"),
    )
    for bound, words in bounds:
        if bound > wait:
            wait, asked = bound, words.format(span(bound))
    return min(wait, max(MAX_WAIT, interval)), asked


def _failed(
    state: FeedState, result: FetchResult, error: PollError, now: Micros, policy: CadencePolicy
) -> PollDecision:
    failures = state.failures + 1
    status = result.status if not isinstance(result, NotModified) else 304
    gone = isinstance(result, FetchFailed) and status == 410
    asked = result.retry_after if isinstance(result, FetchFailed) else None
    if gone:
        wait, why = policy.cap, "gone for good (410): not polled again"
    elif asked is not None:
        wait = _clamped(asked, policy.floor, LONG_CAP)
        why = f"publisher asks to wait {span(wait)} (Retry-After)"
    else:
        wait = _backoff(failures, policy)
        why = f"{_count(failures, 'failure', 'failures in a row')}: again in {span(wait)}"
    return PollDecision(
        outcome="failed",
        next_due=now + wait,
        why=f"{why} ({error.code})",
        interval=state.interval or policy.every,
        etag=state.etag,
        last_modified=state.last_modified,
        body_hash=None,
        failures=failures,
        status=status,
        life="gone" if gone else "active",
        error=error,
        micros=0 if isinstance(result, FetchFailed) else result.micros,
    )


def _backoff(failures: int, policy: CadencePolicy) -> Micros:
    """1 h, doubling up to the cap, 7 days after about 30 days of failing; with a floor below the
    public one it starts there."""
    low = policy.floor < PUBLIC_FLOOR
    start = max(policy.floor, MINUTE) if low else max(policy.floor, FIRST_BACKOFF)
    cap = LONG_CAP if failures > LONG_FAILING and not low else max(policy.cap, start)
    return min(start << min(failures - 1, 30), cap)


def _sorted_out(
    state: FeedState, parsed: ParsedFeed, known: KnownEntries
) -> tuple[tuple[Entry, ...], tuple[Entry, ...], int]:
    """New entries, changed entries, and how many different ones the feed holds."""
    first = state.body_hash is None and not known
    new: list[Entry] = []
    changed: list[Entry] = []
    seen: set[str] = set()
    names = identities(parsed.entries, known.keys())
    for position, (stated, identity) in enumerate(zip(parsed.entries, names, strict=True)):
        if identity in seen:
            continue
        seen.add(identity)
        entry = _entry(state, stated, identity, position, first)
        before = known.get(identity)
        if before is None:
            new.append(entry)
        elif before.hash != entry.hash:
            changed.append(replace(entry, entry=before.entry))
    return tuple(new), tuple(changed), len(seen)


def _entry(
    state: FeedState, stated: ParsedEntry, identity: str, position: int, first: bool
) -> Entry:
    dated = stated.published or stated.updated
    return Entry(
        entry=entry_id(state.spec.feed, identity),
        feed=state.spec.feed,
        identity=identity,
        publisher_id=publisher_id(stated),
        url=stated.url,
        title=stated.title,
        text=stated.text,
        published=stated.published,
        updated=stated.updated,
        authors=stated.authors,
        language=stated.language,
        tags=stated.tags,
        hash=entry_hash(stated.title, stated.text),
        position=position,
        counts_as_old=first and dated is None and position > 0,
    )


def span(length: Micros) -> str:
    """A duration in words: `1d 2h`, `1h 30m`, `45m`, `10s`; the two largest units."""
    left = length // SECOND
    parts = []
    for unit, size in (("d", 86_400), ("h", 3_600), ("m", 60), ("s", 1)):
        count, left = divmod(left, size)
        if count:
            parts.append(f"{count}{unit}")
    return " ".join(parts[:2]) or "0s"


def _count(number: int, one: str, many: str) -> str:
    return f"{number} {one if number == 1 else many}"


def _clamped(value: Micros, low: Micros, high: Micros) -> Micros:
    return max(low, min(value, high))
