"""Poll: fetch a leased feed, read what is new of it, decide, store."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import NamedTuple

from watcher.alerts import sources
from watcher.alerts.notice import announced
from watcher.feeds import parts, slices
from watcher.feeds.asking import request
from watcher.feeds.decide import decide_poll, digested, needs_parse
from watcher.feeds.strict import READER
from watcher.model.feed import FeedJob, KnownEntries, ParsedFeed, ParseFailed, PollDecision
from watcher.model.page import Fetched, FetchFailed, FetchRequest, FetchResult, Purpose
from watcher.model.when import SECOND, Micros
from watcher.pipeline.desk import Desk
from watcher.pipeline.outage import judged
from watcher.pipeline.parts import follow, unchanged_index


async def poll(desk: Desk, job: FeedJob) -> PollDecision | None:
    """Polls one feed. None where the lease was lost meanwhile (nothing is stored then)."""
    state = job.state
    access = desk.access.get(state.spec.feed)
    purpose: Purpose = "feed" if state.spec.page is None else "listing"
    asked = replace(request(state, desk.clock.now(), purpose), access=access)
    result = await judged(desk, await desk.fetcher.fetch(asked), state.spec.feed)
    if isinstance(result, Fetched):
        result = digested(result)
    result, reading = await _followed(desk, job, result, await _read(desk, job, result))
    decision = await _committed(desk, job, result, reading, asked)
    if decision is not None:
        if decision.pause is not None:
            desk.fetcher.pause([decision.pause])
        _tell(desk, job, decision)
    return decision


class _Reading(NamedTuple):
    """What was read of an answer, if anything, and of which of its slices."""

    parsed: ParsedFeed | ParseFailed | None = None
    cut: slices.Sliced | slices.Part | None = None


async def _committed(
    desk: Desk, job: FeedJob, result: FetchResult, reading: _Reading, asked: FetchRequest
) -> PollDecision | None:
    now = desk.clock.now()
    cadence = replace(desk.cadence, stretch=desk.budget.stretch)

    def decide(job: FeedJob, known: KnownEntries) -> PollDecision:
        made = decide_poll(job, result, reading.parsed, known, now, cadence, asked, reading.cut)
        return _announced(desk, job, made, now)

    try:
        return await desk.store.run(lambda store: store.commit_poll(job, decide, now))
    except slices.WholeWantedError:
        if not isinstance(result, Fetched) or not isinstance(reading.cut, slices.Part):
            raise
        again = await _whole(desk, job, result, reading.cut.sliced)
        return await _committed(desk, job, result, again, asked)


def _announced(desk: Desk, job: FeedJob, made: PollDecision, now: Micros) -> PollDecision:
    """With what is told of the feed itself, if anything."""
    made, alert = sources.told(job.state, made, now)
    if alert is None:
        return made
    deliveries = announced(alert, desk.notices, desk.instance)
    return replace(made, alerts=(alert,), deliveries=deliveries)


async def _read(desk: Desk, job: FeedJob, result: FetchResult) -> _Reading:
    if not isinstance(result, Fetched) or not needs_parse(job, result):
        return _Reading()
    if job.state.spec.page is not None:
        return await _whole(desk, job, result, None)
    cut = slices.cut(result.body, result.final_url, result.headers)
    part = None if cut is None else slices.known_part(job.state, cut, READER)
    read = None if part is None else await _part(desk, job, result, part)
    return read or await _whole(desk, job, result, cut)


async def _followed(
    desk: Desk, job: FeedJob, result: FetchResult, reading: _Reading
) -> tuple[FetchResult, _Reading]:
    """Of a sitemap index, what its parts hold. A host that asks to be left alone meanwhile says
    so of the whole feed."""
    index = reading.parsed
    if index is None and job.state.memory.children:
        index = unchanged_index(job, result)
    if not isinstance(index, ParsedFeed) or not parts.is_index(index):
        return result, reading
    read = await follow(desk, job, index)
    return (read, _Reading()) if isinstance(read, FetchFailed) else (result, _Reading(read))


async def _part(desk: Desk, job: FeedJob, result: Fetched, part: slices.Part) -> _Reading | None:
    """The new items alone. None where they cannot be read by the reader that read the rest."""
    if not part.places:
        return _Reading(slices.nothing(job.state), part)
    body = slices.partial(result.body, part)
    read = await desk.parsers.parse_feed(body, result.final_url, result.headers)
    if isinstance(read, ParseFailed) or read.reader != job.state.reader:
        return None
    return _Reading(read, part) if len(read.entries) == len(part.places) else None


async def _whole(desk: Desk, job: FeedJob, result: Fetched, cut: slices.Sliced | None) -> _Reading:
    page = job.state.spec.page
    read = await desk.parsers.parse_feed(result.body, result.final_url, result.headers, page)
    return _Reading(read, cut)


def _tell(desk: Desk, job: FeedJob, decision: PollDecision) -> None:
    note = partial(
        desk.journal.note,
        "poll",
        feed=job.state.spec.feed,
        url=job.state.spec.url,
        outcome=decision.outcome,
        new=len(decision.new),
        changed=len(decision.changed),
        why=decision.why,
        notes=list(decision.notes) or None,
        lag=max(0, desk.clock.now() - job.state.due_at) / SECOND if job.state.due_at else None,
    )
    if decision.error is None:
        note()
    else:
        error = decision.error
        again = error.code == job.state.error  # told before
        note(code=error.code, error=error.message, hint=error.hint, again=again or None)
    for alert in decision.alerts:
        desk.journal.note("source", feed=job.state.spec.feed, kind=alert.kind, why=alert.reason)
    if decision.deliveries:
        desk.wake("deliver")
    if decision.new or decision.changed:
        desk.wake("scrape")
