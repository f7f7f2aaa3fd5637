"""Deliver: one try of a leased delivery on its channel, and what comes of it."""

from __future__ import annotations

from dataclasses import replace

from watcher.alerts.circuit import judged
from watcher.alerts.notice import announced
from watcher.alerts.retry import settle
from watcher.model.alert import (
    Alert,
    Attempt,
    ChannelDecision,
    ChannelState,
    Dead,
    Delivery,
    DeliveryJob,
    SendResult,
    Settlement,
)
from watcher.model.when import SECOND
from watcher.pipeline.desk import Desk


async def deliver(desk: Desk, job: DeliveryJob) -> Settlement:
    """Sends once, never inside a transaction, then settles. A kill between the two repeats the
    delivery under the same id (at least once, never a new id)."""
    delivery = job.delivery
    channel = desk.channels.get(delivery.channel)
    started = desk.clock.now()
    if channel is None:
        reason = f"channel {delivery.channel} is no longer in config.yaml"
        result: SendResult = Dead(reason)
        settlement = Settlement("dead", Attempt(started, None, reason, 0))
        await desk.store.run(lambda store: store.settle_delivery(job, settlement))
    else:
        result = await channel.send(job, started)
        now = desk.clock.now()
        settlement = settle(
            channel.kind, job, result, now, desk.spread(), ms=(now - started) // 1000
        )
        await _settled(desk, job, settlement, result)
    if isinstance(result, Dead):
        desk.journal.note("dead", delivery=delivery.delivery, reason=result.reason)
    desk.journal.note(
        "deliver",
        delivery=delivery.delivery,
        channel=delivery.channel,
        topic=delivery.topic,
        state=settlement.state,
        status=settlement.attempt.status,
        error=settlement.attempt.error,
        next_at=settlement.next_at,
        waited=(settlement.attempt.at - job.first_due) / SECOND,
    )
    return settlement


async def _settled(
    desk: Desk, job: DeliveryJob, settlement: Settlement, result: SendResult
) -> None:
    now = settlement.attempt.at

    def judge(state: ChannelState) -> ChannelDecision:
        made = judged(state, result, now)
        if made.alert is None:
            return made
        return replace(made, deliveries=_elsewhere(desk, made.alert, state.channel))

    made = await desk.store.run(lambda store: store.settle_delivery(job, settlement, judge))
    if made is not None and made.alert is not None:
        desk.journal.note("channel", channel=job.delivery.channel, why=made.alert.reason)
        desk.wake("deliver")


def _elsewhere(desk: Desk, alert: Alert, failing: str) -> tuple[Delivery, ...]:
    """What is told of a channel goes over all others: which of them works is not known."""
    return announced(alert, [name for name in desk.channels if name != failing], desk.instance)
