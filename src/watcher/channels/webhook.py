"""Webhooks as Standard Webhooks 1.0 has them: one POST, signed, whose id is the same on every
try (spec `alerts` §2)."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Sequence
from typing import Literal

from standardwebhooks.webhooks import Webhook

from watcher.errors import ConfigError
from watcher.model.alert import Dead, DeliveryJob, Receipt, Retry, SendResult
from watcher.model.page import PostResult
from watcher.model.when import Micros, moment
from watcher.ports import HttpPost
from watcher.text.retry_after import retry_after

PREFIX = "whsec_"
SHORTEST, LONGEST = 24, 64  # bytes of a key
GONE = 410  # the receiver wants no more of any


class WebhookChannel:
    """`secrets`: newest first; all of them sign, so that a receiver may change its key at any
    time. Raises ConfigError (WTC-CFG-021) for what is no key, which it never repeats."""

    kind: Literal["email", "webhook"] = "webhook"

    def __init__(self, name: str, url: str, secrets: Sequence[str], post: HttpPost) -> None:
        self.name = name
        self._url = url
        self._signers = [Webhook(_key(name, secret)) for secret in secrets]
        self._post = post

    async def send(self, job: DeliveryJob, now: Micros) -> SendResult:
        delivery = job.delivery
        answer = await self._post.post(
            self._url,
            delivery.payload.encode(),
            {
                "content-type": "application/json",
                "webhook-id": delivery.delivery,
                "webhook-timestamp": str(now // 1_000_000),
                "webhook-signature": " ".join(
                    one.sign(delivery.delivery, moment(now), delivery.payload)
                    for one in self._signers
                ),
            },
        )
        return judge(answer, now)


def judge(answer: PostResult, now: Micros) -> SendResult:
    """Only 2xx is delivered. 410 ends the channel; a refusal by our own guard ends the delivery,
    since no later try can fare better; all else is tried again."""
    status = answer.status
    if status is None:
        reason = answer.error or "no answer"
        return Dead(reason) if answer.refused else Retry(reason)
    if 200 <= status < 300:
        return Receipt(status)
    if status == GONE:
        return Dead("410: the receiver wants no more", status, disable=True)
    said = " ".join(answer.body.split())[:200]
    reason = f"HTTP {status}" + (f": {said}" if said else "")
    return Retry(reason, status, retry_after(answer.headers, now))


def _key(name: str, secret: str) -> bytes:
    """The key's bytes. The library would take any base64, an empty one too."""
    text = secret.strip().removeprefix(PREFIX)
    try:
        key = base64.b64decode(text + "=" * (-len(text) % 4), validate=True)
    except (binascii.Error, ValueError):
        key = b""
    if not SHORTEST <= len(key) <= LONGEST:
        raise ConfigError(
            "WTC-CFG-021",
            f"channel {name}: the webhook's secret is no key",
            hint=f"a key is `{PREFIX}` and the base64 of {SHORTEST} to {LONGEST} random bytes:"
            " `printf whsec_; head -c 32 /dev/urandom | base64`",
        )
    return key
