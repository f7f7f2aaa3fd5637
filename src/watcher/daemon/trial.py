"""A test of one channel, at once and by itself: no database, no outbox."""

from __future__ import annotations

from typing import Any

import anyio

from watcher.alerts.notice import notice
from watcher.app import post_door
from watcher.config.settings import Settings
from watcher.model.alert import Dead, Delivery, DeliveryJob, Receipt, SendResult
from watcher.model.ids import alert_id, delivery_id
from watcher.model.when import Micros, rfc3339
from watcher.senders import build_channels
from watcher.system import SystemClock, SystemIds


def try_channel(settings: Settings, name: str) -> dict[str, Any]:
    """What `channels test` prints. Raises ConfigError where a secret cannot be read."""
    clock = SystemClock()
    now, token = clock.now(), SystemIds().token()
    ident = alert_id("", "channel_test", f"{name} {token}", now)
    delivery = delivery_id(ident, name)
    words = f"This is a test of the channel {name}, sent by hand. Nothing has happened."
    payload = notice(delivery, "channel_test", ident, words, now, "test")
    job = DeliveryJob(Delivery(delivery, ident, "", "", name, payload, now), token, 0, now)

    async def main() -> SendResult:
        async with post_door(settings, clock) as post:
            return await build_channels(settings, post)[name].send(job, now)

    return _shape(name, delivery, anyio.run(main), now)


def _shape(name: str, delivery: str, result: SendResult, now: Micros) -> dict[str, Any]:
    received = isinstance(result, Receipt)
    failed = "refused" if isinstance(result, Dead) else "failed"
    return {
        "channel": name,
        "delivery": delivery,
        "at": rfc3339(now - now % 1_000_000),
        "result": "delivered" if received else failed,
        "status": result.status,
        "error": None if isinstance(result, Receipt) else result.reason,
    }
