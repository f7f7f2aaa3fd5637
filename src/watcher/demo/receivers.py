"""What the demo sends to: a real SMTP receiver and an HTTP receiver that verifies signatures.

Both listen on loopback, in threads of their own, and keep what they got in order of arrival.
"""

from __future__ import annotations

import asyncio
import threading
from dataclasses import dataclass
from datetime import UTC, datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default as default_policy
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Self

from aiosmtpd.controller import Controller
from standardwebhooks.webhooks import Webhook, WebhookVerificationError

LOOPBACK = "127.0.0.1"


@dataclass(frozen=True, slots=True)
class Hook:
    """One POST: `verified` where the signature, the timestamp and the id hold together."""

    id: str
    body: bytes
    verified: bool
    problem: str | None = None


class _AnyPort(Controller):
    """aiosmtpd's controller greets its server once it listens, at the port it was given: where
    that was 0, the port that the system chose must be filled in first."""

    def _trigger_server(self) -> None:
        assert isinstance(self.server, asyncio.Server)
        self.port = int(self.server.sockets[0].getsockname()[1])
        super()._trigger_server()  # type: ignore[no-untyped-call]


class MailReceiver:
    """An SMTP server on a loopback port (0: any free one) that keeps every mail."""

    def __init__(self, port: int = 0) -> None:
        self.raw: list[bytes] = []
        self._controller = _AnyPort(self, hostname=LOOPBACK, port=port)

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        """aiosmtpd's hook: called with each mail as received."""
        self.raw.append(bytes(envelope.content))
        return "250 OK"

    @property
    def port(self) -> int:
        return self._controller.port

    @property
    def mails(self) -> list[EmailMessage]:
        parsed = [message_from_bytes(raw, policy=default_policy) for raw in self.raw]
        return [mail for mail in parsed if isinstance(mail, EmailMessage)]

    def __enter__(self) -> Self:
        self._controller.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._controller.stop()


class HookReceiver:
    """An HTTP server on a loopback port (0: any free one) that verifies every POST.

    Signatures are those of Standard Webhooks 1.0.

    The demo's clock is the newsroom's, so a signature is checked against its own timestamp:
    `verify` of the library would call a day in the past a replay.
    """

    def __init__(self, secret: str, port: int = 0) -> None:
        self.hooks: list[Hook] = []
        self._webhook = Webhook(secret)
        self._server = ThreadingHTTPServer((LOOPBACK, port), self._handler())
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)

    @property
    def url(self) -> str:
        return f"http://{LOOPBACK}:{self._server.server_address[1]}/hook"

    def take(self, headers: dict[str, str], body: bytes) -> bool:
        """Keeps one POST; says whether its signature holds."""
        problem = self._problem(headers, body)
        self.hooks.append(Hook(headers.get("webhook-id", ""), body, problem is None, problem))
        return problem is None

    def _problem(self, headers: dict[str, str], body: bytes) -> str | None:
        try:
            stamp = datetime.fromtimestamp(int(headers["webhook-timestamp"]), UTC)
            signed = self._webhook.sign(headers["webhook-id"], stamp, body.decode())
            given = headers["webhook-signature"].split()
        except (KeyError, ValueError, WebhookVerificationError) as error:
            return f"{type(error).__name__}: {error}"
        return None if signed in given else "no signature matches"

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                length = int(self.headers.get("content-length", 0))
                body = self.rfile.read(length)
                if len(body) < length:  # whoever sent it is gone: nothing was told
                    self.close_connection = True
                    return
                headers = {name.lower(): value for name, value in self.headers.items()}
                self.send_response(204 if receiver.take(headers, body) else 401)
                self.send_header("content-length", "0")
                self.end_headers()

            def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
                """Quiet: the demo prints what it got."""

        return Handler

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._server.shutdown()
        self._server.server_close()
