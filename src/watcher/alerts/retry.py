"""When a delivery is tried again, and when no more (spec `storage` §4, spec `interfaces`)."""

from __future__ import annotations

from typing import Literal

from watcher.model.alert import Attempt, DeliveryJob, Receipt, Retry, SendResult, Settlement
from watcher.model.when import DAY, HOUR, MINUTE, SECOND, Micros

ChannelKind = Literal["email", "webhook"]

# Waits after the first, second, … failed attempt. Webhooks: the table of Standard Webhooks 1.0.0.
WAITS: dict[ChannelKind, tuple[Micros, ...]] = {
    "webhook": (
        5 * SECOND,
        5 * MINUTE,
        30 * MINUTE,
        2 * HOUR,
        5 * HOUR,
        10 * HOUR,
        14 * HOUR,
        20 * HOUR,
        24 * HOUR,
    ),
    "email": (5 * MINUTE, 30 * MINUTE, 2 * HOUR, 6 * HOUR, 12 * HOUR, 24 * HOUR),
}
JITTER = 0.2
LONGEST = 7 * DAY  # the most that a receiver's Retry-After may ask for


def settle(
    kind: ChannelKind,
    job: DeliveryJob,
    result: SendResult,
    now: Micros,
    spread: float,
    *,
    ms: int = 0,
) -> Settlement:
    """How an attempt that took `ms` ends. `spread` in [-1, 1] is the caller's chance: waits for
    webhooks move by up to a fifth, so that a receiver that comes back is not met by all at once."""
    attempt = Attempt(
        at=now,
        status=result.status,
        error=None if isinstance(result, Receipt) else result.reason,
        ms=ms,
    )
    if isinstance(result, Receipt):
        return Settlement("done", attempt)
    waits = WAITS[kind]
    if not isinstance(result, Retry) or job.attempts >= len(waits):
        return Settlement("dead", attempt)
    wait = waits[job.attempts]
    if kind == "webhook":
        wait = round(wait * (1 + JITTER * spread))
    return Settlement("due", attempt, now + max(wait, min(result.after or 0, LONGEST)))
