"""What a poll changes (spec `polling` §5): new, changed and refreshed entries, what is remembered
of the feed, and, from `cadence` and `backoff`, when the next poll is due and why."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from watcher.feeds import parts
from watcher.feeds.asking import earliest, learned, request
from watcher.feeds.backoff import decide_deferred, decide_failed, recovered
from watcher.feeds.cadence import Seen, plan
from watcher.feeds.identity import entry_hash, kind, named, publisher_id
from watcher.feeds.moves import located, moved
from watcher.feeds.overflow import Window, look
from watcher.feeds.plain import entry_text
from watcher.feeds.policy import CadencePolicy
from watcher.feeds.slices import Part, Sliced, joined, whole
from watcher.model.feed import (
    Entry,
    FeedJob,
    FeedMemory,
    FeedSpec,
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
from watcher.model.page import Fetched, FetchFailed, FetchRequest, FetchResult, NotModified
from watcher.model.when import DAY, SECOND, Dated, Micros, rfc3339
from watcher.text.hashes import bytes_hash


def needs_parse(job: FeedJob, fetched: Fetched) -> bool:
    """Whether there is something to read: a whole body, other than the last one. Never decided
    by validators: a stuck ETag would lose entries."""
    if fetched.status in {204, 206} or not fetched.body.strip():
        return False
    return digest(fetched) != job.state.body_hash


def digested(fetched: Fetched) -> Fetched:
    """`fetched` with the hash of its body, which is compared and stored: made once."""
    return replace(fetched, digest=bytes_hash(fetched.body))


def digest(fetched: Fetched) -> str:
    return fetched.digest or bytes_hash(fetched.body)


def decide_poll(
    job: FeedJob,
    result: FetchResult,
    parsed: ParsedFeed | ParseFailed | None,
    known: KnownEntries,
    now: Micros,
    policy: CadencePolicy,
    asked: FetchRequest | None = None,
    cut: Sliced | Part | None = None,
) -> PollDecision:
    """The decision on one poll. `parsed` is None where `needs_parse` said so, or nothing came.

    `asked`: the request, where it is not `asking.request`'s. `cut`: the body in slices, or which
    part of it `parsed` is of. Entries that left the feed are not mentioned: nothing is deleted.
    Raises WholeWantedError where a part does not decide.
    """
    state = job.state
    made = _decided(job, result, parsed, known, now, policy, cut)
    if made.outcome == "deferred":
        return made
    if made.error is None:
        made = replace(made, notes=(*recovered(state), *made.notes))
    made = learned(state, asked or request(state, now), result, made, now)
    made = earliest(state, result, made, now, policy)
    return located(state, moved(state, result, made, now, policy))


def _decided(
    job: FeedJob,
    result: FetchResult,
    parsed: ParsedFeed | ParseFailed | None,
    known: KnownEntries,
    now: Micros,
    policy: CadencePolicy,
    cut: Sliced | Part | None,
) -> PollDecision:
    if isinstance(result, FetchFailed):
        if result.kind == "paused":
            return decide_deferred(job.state, result, now, policy)
        error = PollError(result.code, result.message, result.hint)
        return decide_failed(job.state, result, error, now, policy)
    if isinstance(parsed, ParseFailed):
        error = PollError(parsed.code, parsed.message, parsed.hint)
        return decide_failed(job.state, result, error, now, policy)
    if parsed is not None:
        return _read(job.state, result, parsed, known, now, policy, cut)
    if isinstance(result, NotModified):
        return _not_modified(job.state, result, now, policy)
    return _same(job.state, result, now, policy)


def _read(
    state: FeedState,
    result: Fetched | NotModified,
    parsed: ParsedFeed,
    known: KnownEntries,
    now: Micros,
    policy: CadencePolicy,
    cut: Sliced | Part | None,
) -> PollDecision:
    sorted_out = _sorted_out(state, parsed, known, now, cut)
    new, changed = sorted_out.new, sorted_out.changed
    outcome: PollOutcome = "new" if new or changed else "unchanged"
    index = parts.is_index(parsed)  # its parts are read by turns: that is no window
    window = Window() if index else look(state, new, sorted_out.seen, known, now)
    memory = replace(
        _recovered(state.memory),
        wishes=parsed.wishes,
        last_whole=now,
        last_new=now if new else state.memory.last_new,
        all_new=window.all_new,
        children={one.url: one.modified or parts.UNDATED for one in parsed.children},
        part_tags=parts.tags(parsed),
    )
    first = not isinstance(cut, Part) and not known
    found = Seen(new, changed, window.overflowed, first)
    base = _validated(state, result, parsed, _succeeded(state, memory, result, found, now, policy))
    return replace(
        base,
        outcome=base.outcome if outcome == "unchanged" else outcome,
        new=new,
        changed=changed,
        refreshed=sorted_out.refreshed,
        seen=sorted_out.seen,
        notes=(*window.notes, *parts.notes(parsed)),
        reader=parsed.reader,
        title=parsed.title,
        site_url=parsed.site_url,
        language=parsed.language,
        slices=sorted_out.slices,
    )


def _validated(
    state: FeedState, result: Fetched | NotModified, parsed: ParsedFeed, base: PollDecision
) -> PollDecision:
    """`base` with the validators and the hash of a body that was read to its end; of an index
    with parts that are still to be asked they stay what they were, so that it is read again."""
    if isinstance(result, NotModified):
        return _told_not_modified(state, result, base)
    if parsed.unfinished:
        return replace(base, etag=state.etag, last_modified=state.last_modified)
    return replace(base, body_hash=digest(result))


def _same(state: FeedState, result: Fetched, now: Micros, policy: CadencePolicy) -> PollDecision:
    """A 200 with the last body again, or one with nothing in it: no error, and nothing to read.
    Only a body that was read moves the validators."""
    memory = _recovered(state.memory)
    if state.body_hash is not None and digest(result) == state.body_hash:
        memory = replace(memory, last_whole=now)
        return _succeeded(state, memory, result, Seen(), now, policy)
    base = _succeeded(state, memory, result, Seen(), now, policy)
    return replace(base, etag=state.etag, last_modified=state.last_modified)


def _not_modified(
    state: FeedState, result: NotModified, now: Micros, policy: CadencePolicy
) -> PollDecision:
    memory = _recovered(state.memory)
    if memory.last_whole is None:
        memory = replace(memory, last_whole=now)
    return _told_not_modified(state, result, _succeeded(state, memory, result, Seen(), now, policy))


def _told_not_modified(state: FeedState, result: NotModified, base: PollDecision) -> PollDecision:
    return replace(
        base,
        outcome="not_modified",
        etag=result.headers.get("etag", state.etag),
        last_modified=result.headers.get("last-modified", state.last_modified),
    )


def _recovered(memory: FeedMemory) -> FeedMemory:
    return replace(memory, failing_since=None, hint=None, broken_by=None)


def _succeeded(
    state: FeedState,
    memory: FeedMemory,
    result: Fetched | NotModified,
    seen: Seen,
    now: Micros,
    policy: CadencePolicy,
) -> PollDecision:
    etag, last_modified = result.headers.get("etag"), result.headers.get("last-modified")
    validated = bool(etag or last_modified) or isinstance(result, NotModified)
    validated = validated and "no_validators" not in memory.quirks
    state = replace(state, memory=memory)
    planned = plan(state, result.headers, seen, now, policy, validated=validated)
    return PollDecision(
        outcome="unchanged",
        next_due=planned.due,
        why=planned.why,
        reasons=planned.reasons,
        interval=planned.interval,
        memory=replace(memory, rate=planned.rate, earliest=planned.earliest),
        etag=etag or None,
        last_modified=last_modified or None,
        body_hash=None,
        status=result.status if isinstance(result, Fetched) else 304,
        micros=result.micros,
    )


@dataclass(frozen=True, slots=True)
class _Sorted:
    """New, changed and refreshed entries, how many different ones the feed holds, and what is kept
    of its slices."""

    new: tuple[Entry, ...]
    changed: tuple[Entry, ...]
    refreshed: tuple[Entry, ...]
    seen: int
    slices: bytes


def _sorted_out(
    state: FeedState,
    parsed: ParsedFeed,
    known: KnownEntries,
    now: Micros,
    cut: Sliced | Part | None,
) -> _Sorted:
    # With another recipe other links of the same page are found: they were there before.
    first = state.body_hash is None and (not known or state.spec.page is not None)
    # Another reader may state the same entry in other words: that is no edit of the publisher's.
    switched = state.reader is not None and state.reader != parsed.reader
    new: list[Entry] = []
    differ: list[Entry] = []
    seen: set[str] = set()
    names = named(parsed.entries, known, state.spec.identity) if parsed.entries else ()
    places = cut.places if isinstance(cut, Part) else range(len(names))
    for position, stated, identity in zip(places, parsed.entries, names, strict=True):
        if identity in seen:
            continue
        seen.add(identity)
        entry = _entry(state, stated, identity, position, first, now)
        before = known.get(identity)
        if before is None:
            new.append(entry)
        elif before.hash != entry.hash:
            differ.append(replace(entry, entry=before.entry))
    found, none = tuple(differ), ()
    changed, refreshed = (none, found) if switched else (found, none)
    count = cut.seen if isinstance(cut, Part) else len(seen)
    return _Sorted(tuple(new), changed, refreshed, count, _kept(state, parsed, names, cut))


def _kept(
    state: FeedState, parsed: ParsedFeed, names: Sequence[str], cut: Sliced | Part | None
) -> bytes:
    """The slices to remember, empty where the next body is to be parsed as a whole."""
    if isinstance(cut, Part):
        return joined(cut, names)
    if cut is None:
        return b""
    alike = kind(parsed.entries, names) if state.spec.identity == "auto" else ""
    return whole(cut, names, alike) or b""


def _entry(
    state: FeedState, stated: ParsedEntry, identity: str, position: int, first: bool, now: Micros
) -> Entry:
    dated = stated.published or stated.updated
    text = entry_text(stated)
    return Entry(
        entry=entry_id(state.spec.feed, identity),
        feed=state.spec.feed,
        identity=identity,
        publisher_id=publisher_id(stated),
        url=stated.url,
        title=stated.title,
        text=text,
        published=_believed(stated.published, now),
        updated=_believed(stated.updated, now),
        authors=stated.authors,
        language=stated.language,
        tags=stated.tags,
        hash=entry_hash(stated.title, text),
        position=position,
        counts_as_old=first and _was_there(state.spec, dated, position),
    )


def _was_there(spec: FeedSpec, dated: Dated | None, position: int) -> bool:
    """Whether an entry of a feed's first poll is history: where dates do not tell, all but the
    newest are; all are on a list page, and in a feed whose backlog was declared `seen`."""
    seen = spec.seen
    if seen is None:
        return dated is None and (position > 0 or spec.page is not None)
    return dated is None or dated.precision == "day" or dated.at <= seen


def _believed(stated: Dated | None, now: Micros) -> Dated | None:
    """The date that an entry goes by: nothing was published later than it was read, and the day
    on which computers began to count is the date of what has none (62). Identity goes by what was
    stated."""
    if stated is None or abs(stated.at) <= DAY:
        return None
    whole = now - now % SECOND
    return stated if stated.at <= now else Dated(rfc3339(whole), whole)
