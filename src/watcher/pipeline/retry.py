"""Retry: one feed polled now, because somebody asked for it; conditionally, and never within the
time that its publisher asked for (spec `polling` §5, check 14)."""

from __future__ import annotations

from dataclasses import dataclass

from watcher.feeds.asking import refusal
from watcher.model.feed import PollDecision, RetryRefused
from watcher.model.when import Micros
from watcher.pipeline.desk import LEASE, Desk
from watcher.pipeline.poll import poll


@dataclass(frozen=True, slots=True)
class Retried:
    """`decision` is None where nothing was asked; `reason` then says why."""

    decision: PollDecision | None
    reason: str | None
    next_due: Micros | None


async def retry(desk: Desk, feed: str, *, force: bool = False) -> Retried:
    """`force` goes over the publisher's usual wish, never over a pause that it asked for."""
    now, token = desk.clock.now(), desk.ids.token()
    job = await desk.store.run(
        lambda store: store.claim_feed(
            feed, now, now + LEASE, token, lambda one: refusal(one, now, force=force)
        )
    )
    if isinstance(job, RetryRefused):
        return Retried(None, job.reason, job.next_due)
    decision = await poll(desk, job)
    if decision is None:
        return Retried(None, "it was changed meanwhile", None)
    if decision.outcome == "deferred":
        return Retried(None, decision.why, decision.next_due)
    return Retried(decision, None, decision.next_due)
