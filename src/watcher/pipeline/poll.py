"""Poll: fetch a leased feed, read it in a worker, decide, store."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

from watcher.feeds.asking import request
from watcher.feeds.decide import decide_poll, needs_parse
from watcher.model.feed import FeedJob, KnownEntries, ParsedFeed, ParseFailed, PollDecision
from watcher.model.page import Fetched, FetchResult
from watcher.pipeline.desk import Desk
from watcher.pipeline.outage import judged


async def poll(desk: Desk, job: FeedJob) -> PollDecision | None:
    """Polls one feed. None where the lease was lost meanwhile (nothing is stored then)."""
    state = job.state
    access = desk.access.get(state.spec.feed)
    asked = replace(request(state, desk.clock.now()), access=access)
    result = await judged(desk, await desk.fetcher.fetch(asked), state.spec.feed)
    parsed = await _read(desk, job, result)
    now = desk.clock.now()
    cadence = replace(desk.cadence, stretch=desk.budget.stretch)

    def decide(job: FeedJob, known: KnownEntries) -> PollDecision:
        return decide_poll(job, result, parsed, known, now, cadence, asked)

    decision = await desk.store.run(
        lambda store: store.commit_poll(job, decide, now),
    )
    if decision is not None:
        if decision.pause is not None:
            desk.fetcher.pause([decision.pause])
        _tell(desk, job, decision)
    return decision


async def _read(desk: Desk, job: FeedJob, result: FetchResult) -> ParsedFeed | ParseFailed | None:
    if not isinstance(result, Fetched) or not needs_parse(job, result):
        return None
    return await desk.parsers.parse_feed(
        result.body, result.final_url, result.headers, job.state.spec.page
    )


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
    )
    if decision.error is None:
        note()
    else:
        error = decision.error
        again = error.code == job.state.error  # told before
        note(code=error.code, error=error.message, hint=error.hint, again=again or None)
    if decision.new or decision.changed:
        desk.wake("scrape")
