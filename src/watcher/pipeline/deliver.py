"""Deliver: one try of a leased delivery on its channel, and what comes of it."""

from __future__ import annotations

from watcher.alerts.retry import settle
from watcher.model.alert import Attempt, Dead, DeliveryJob, Settlement
from watcher.pipeline.desk import Desk


async def deliver(desk: Desk, job: DeliveryJob) -> Settlement:
    """Sends once, never inside a transaction, then settles. A kill between the two repeats the
    delivery under the same id (at least once, never a new id)."""
    delivery = job.delivery
    channel = desk.channels.get(delivery.channel)
    started = desk.clock.now()
    if channel is None:
        reason = f"channel {delivery.channel} is no longer in config.yaml"
        settlement = Settlement("dead", Attempt(started, None, reason, 0))
    else:
        result = await channel.send(job, started)
        now = desk.clock.now()
        settlement = settle(
            channel.kind, job, result, now, desk.spread(), ms=(now - started) // 1000
        )
        if isinstance(result, Dead):
            desk.journal.note("dead", delivery=delivery.delivery, reason=result.reason)
    await desk.store.run(lambda store: store.settle_delivery(job, settlement))
    desk.journal.note(
        "deliver",
        delivery=delivery.delivery,
        channel=delivery.channel,
        topic=delivery.topic,
        state=settlement.state,
        status=settlement.attempt.status,
        error=settlement.attempt.error,
        next_at=settlement.next_at,
    )
    return settlement
