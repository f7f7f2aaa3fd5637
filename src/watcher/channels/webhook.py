"""Webhooks as Standard Webhooks 1.0 has them: one POST, signed, whose id is the same on every
try (spec `alerts` §2); and the same POST in the form of another program."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from standardwebhooks.webhooks import Webhook

from watcher.alerts.formats import Body, Format, body
from watcher.alerts.template import Template, TemplateFault
from watcher.errors import ConfigError
from watcher.model.alert import Dead, DeliveryJob, Receipt, Retry, SendResult
from watcher.model.page import PostResult
from watcher.model.when import Micros, moment
from watcher.ports import HttpPost
from watcher.text.retry_after import retry_after

PREFIX = "whsec_"
SHORTEST, LONGEST = 24, 64  # bytes of a key
GONE = 410  # the receiver wants no more of any


@dataclass(frozen=True, slots=True)
class Shape:
    """The form of what is sent: one of ours, or what `template` makes (a `content_type`)."""

    form: Format = "standard"
    template: Template | None = None
    content_type: str = "application/json"
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)

    def body(self, payload: str) -> Body:
        """Raises TemplateFault."""
        if self.template is None:
            return body(payload, self.form)
        return Body(self.template.render(json.loads(payload)), self.content_type, {})


STANDARD = Shape()


class WebhookChannel:
    """`secrets`: newest first; all of them sign, so that a receiver may change its key at any
    time. Raises ConfigError (WTC-CFG-021) for what is no key, which it never repeats. Miniflux's
    form is signed with the first as Miniflux does, whatever text it is."""

    kind: Literal["email", "webhook"] = "webhook"

    def __init__(
        self,
        name: str,
        url: str,
        secrets: Sequence[str],
        post: HttpPost,
        shape: Shape = STANDARD,
    ) -> None:
        self.name = name
        self._url = url
        self._shape = shape
        own = shape.form == "miniflux"
        self._plain = secrets[0].strip() if own and secrets else None
        keys = [one for one in secrets if not own or one.strip().startswith(PREFIX)]
        self._signers = [Webhook(_key(name, secret)) for secret in keys]
        self._post = post

    async def send(self, job: DeliveryJob, now: Micros) -> SendResult:
        try:
            made = self._shape.body(job.delivery.payload)
        except TemplateFault as fault:
            return Dead(fault.message)
        headers = {"content-type": made.content_type, **made.headers, **self._shape.headers}
        answer = await self._post.post(
            self._url,
            made.text.encode(),
            headers | self._signed(job.delivery.delivery, made.text, now),
        )
        return judge(answer, now)

    def _signed(self, ident: str, text: str, now: Micros) -> dict[str, str]:
        signed = {"webhook-id": ident, "webhook-timestamp": str(now // 1_000_000)}
        if self._signers:
            at = moment(now)
            each = (one.sign(ident, at, text) for one in self._signers)
            signed["webhook-signature"] = " ".join(each)
        if self._plain is not None:
            made = hmac.new(self._plain.encode(), text.encode(), hashlib.sha256)
            signed["x-miniflux-signature"] = made.hexdigest()
        return signed


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
