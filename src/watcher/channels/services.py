"""Chat and notification services by their own APIs, each a few lines over the guarded POST: what a
message is there, and what the service's answers mean."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol
from urllib.parse import quote

from watcher.alerts.brief import Brief, brief
from watcher.alerts.chat import MATRIX, TELEGRAM, message, ntfy, plain
from watcher.alerts.formats import discord, slack
from watcher.channels.webhook import judge
from watcher.model.alert import Dead, DeliveryJob, Receipt, Retry, SendResult
from watcher.model.page import PostResult
from watcher.model.when import SECOND, Micros
from watcher.ports import HttpPost

Shape = dict[str, Any]
REFUSED = {400, 413, 422}  # this message will never be taken


@dataclass(frozen=True, slots=True)
class Call:
    """One request. `url` and `headers` may hold secrets."""

    url: str = field(repr=False)
    body: Shape
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    method: str = "POST"


class Service(Protocol):
    def call(self, payload: Mapping[str, Any], delivery: str) -> Call: ...

    def gone(self, status: int, answer: Shape, text: str) -> bool:
        """Whether the destination is not there any more, for this message and all others."""
        ...

    def words(self, answer: Shape, text: str) -> str:
        """What the service says went wrong, in short."""
        ...

    def wait(self, answer: Shape) -> float | None:
        """Seconds that the body asks to wait, where it does."""
        ...


class ServiceChannel:
    """A service as a channel, tried again by the table of webhooks."""

    kind: Literal["email", "webhook"] = "webhook"

    def __init__(self, name: str, service: Service, post: HttpPost) -> None:
        self.name = name
        self._service = service
        self._post = post

    async def send(self, job: DeliveryJob, now: Micros) -> SendResult:
        call = self._service.call(json.loads(job.delivery.payload), job.delivery.delivery)
        body = json.dumps(call.body, ensure_ascii=False, separators=(",", ":"))
        headers = {"content-type": "application/json", **call.headers}
        answer = await self._post.post(
            call.url, body.encode("utf-8", "replace"), headers, method=call.method
        )
        return self._judged(answer, now)

    def _judged(self, answer: PostResult, now: Micros) -> SendResult:
        """As a webhook's, with what this service says beyond the status."""
        result = judge(answer, now)
        status = answer.status
        if status is None or isinstance(result, Receipt):
            return result
        told = _object(answer.body)
        said = " ".join(self._service.words(told, answer.body).split())[:200]
        reason = f"HTTP {status}" + (f": {said}" if said else "")
        if isinstance(result, Dead) or self._service.gone(status, told, answer.body):
            return Dead(reason, status, disable=True)
        if status in REFUSED:
            return Dead(reason, status)
        seconds = self._service.wait(told)
        after = result.after or 0
        if isinstance(seconds, int | float) and 0 <= seconds < 10**7:
            after = max(after, round(seconds * SECOND))
        return Retry(reason, status, after or None)


def _object(text: str) -> Shape:
    try:
        told = json.loads(text)
    except ValueError:
        return {}
    return told if isinstance(told, dict) else {}


class _Plain:
    """What most services have in common."""

    def gone(self, status: int, answer: Shape, text: str) -> bool:
        return False

    def words(self, answer: Shape, text: str) -> str:
        return text

    def wait(self, answer: Shape) -> float | None:
        return None


@dataclass(frozen=True, slots=True)
class Slack(_Plain):
    """An incoming webhook. A removed one answers 404 `no_service`, an archived channel 410."""

    url: str = field(repr=False)

    def call(self, payload: Mapping[str, Any], delivery: str) -> Call:
        return Call(self.url, slack(payload))

    def gone(self, status: int, answer: Shape, text: str) -> bool:
        return status == 404 and text.strip() in {"no_service", "no_team", "channel_not_found"}


@dataclass(frozen=True, slots=True)
class Discord(_Plain):
    """A webhook, asked to answer when the message is stored (`wait`)."""

    url: str = field(repr=False)

    def call(self, payload: Mapping[str, Any], delivery: str) -> Call:
        mark = "&" if "?" in self.url else "?"
        return Call(f"{self.url}{mark}wait=true", discord(payload))

    def gone(self, status: int, answer: Shape, text: str) -> bool:
        return status == 404 and answer.get("code") == 10015  # Unknown Webhook

    def words(self, answer: Shape, text: str) -> str:
        return str(answer.get("message") or text)

    def wait(self, answer: Shape) -> float | None:
        return answer.get("retry_after")


@dataclass(frozen=True, slots=True)
class Telegram(_Plain):
    """`sendMessage` of the bot API."""

    token: str = field(repr=False)
    chat: str
    thread: int | None = None
    silent: bool = False
    api: str = "https://api.telegram.org"

    def call(self, payload: Mapping[str, Any], delivery: str) -> Call:
        body: Shape = {
            "chat_id": self.chat,
            "text": message(brief(payload), TELEGRAM),
            "parse_mode": "HTML",
            "link_preview_options": {"is_disabled": True},
            "disable_notification": self.silent,
        }
        if self.thread is not None:
            body["message_thread_id"] = self.thread
        return Call(f"{self.api.rstrip('/')}/bot{quote(self.token, safe=':')}/sendMessage", body)

    def gone(self, status: int, answer: Shape, text: str) -> bool:
        said = str(answer.get("description") or "")
        return status == 403 or (status == 400 and "chat not found" in said)

    def words(self, answer: Shape, text: str) -> str:
        said = str(answer.get("description") or text)
        moved = _inner(answer, "parameters").get("migrate_to_chat_id")
        return f"{said}; the group's number is now {moved}" if isinstance(moved, int) else said

    def wait(self, answer: Shape) -> float | None:
        return _inner(answer, "parameters").get("retry_after")


@dataclass(frozen=True, slots=True)
class Matrix(_Plain):
    """A message event. The transaction id is the delivery's, so that the server takes a repeat for
    what it is and shows nothing twice."""

    homeserver: str
    token: str = field(repr=False)
    room: str

    def call(self, payload: Mapping[str, Any], delivery: str) -> Call:
        told = brief(payload)
        room, event = quote(self.room, safe=""), quote(delivery, safe="")
        return Call(
            f"{self.homeserver.rstrip('/')}/_matrix/client/v3/rooms/{room}"
            f"/send/m.room.message/{event}",
            {
                "msgtype": "m.notice",  # of a program: other programs do not answer it
                "body": plain(told),
                "format": "org.matrix.custom.html",
                "formatted_body": message(told, MATRIX),
                "m.mentions": {},
            },
            {"authorization": f"Bearer {self.token}"},
            "PUT",
        )

    def words(self, answer: Shape, text: str) -> str:
        said = f"{answer.get('errcode') or ''} {answer.get('error') or ''}".strip()
        return said or text

    def wait(self, answer: Shape) -> float | None:
        millis = answer.get("retry_after_ms")
        return millis / 1_000 if isinstance(millis, int | float) else None


@dataclass(frozen=True, slots=True)
class Ntfy(_Plain):
    """Published as JSON. The sequence id is the delivery's: a repeat replaces the notification
    that is there (servers from 2.16 on; older ones do not know the key and show it again)."""

    topic: str = field(repr=False)
    server: str = "https://ntfy.sh"
    token: str | None = field(default=None, repr=False)
    priority: int = 3
    tags: tuple[str, ...] = ()

    def call(self, payload: Mapping[str, Any], delivery: str) -> Call:
        told: Brief = brief(payload)
        body: Shape = {
            "topic": self.topic,
            "title": told.headline,
            "message": ntfy(told),
            "priority": self.priority,
            "tags": list(self.tags),
            "sequence_id": delivery,
        }
        if told.href:
            body["click"] = told.href
        headers = {"authorization": f"Bearer {self.token}"} if self.token else {}
        return Call(f"{self.server.rstrip('/')}/", body, headers)

    def words(self, answer: Shape, text: str) -> str:
        return str(answer.get("error") or text)


def _inner(answer: Shape, name: str) -> Shape:
    held = answer.get(name)
    return held if isinstance(held, dict) else {}
