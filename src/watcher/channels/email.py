"""Mail over SMTP: one mail to all addresses of a channel, the same bytes on every try."""

from __future__ import annotations

import json
import ssl
from collections.abc import Sequence
from dataclasses import dataclass
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from typing import Literal

import aiosmtplib

from watcher.alerts.render import mail
from watcher.model.alert import Dead, DeliveryJob, Receipt, Retry, SendResult
from watcher.model.when import Micros, moment
from watcher.text.dates import parse_date

TIMEOUT = 30.0  # seconds for each step of the dialogue
BAD_PASSWORD = 535


@dataclass(frozen=True, slots=True)
class MailLine:
    """The way to the mail server. `security`: none, starttls or tls; `sender` an address."""

    host: str
    port: int
    security: str
    user: str
    password: str | None
    sender: str


class EmailChannel:
    """Sends to all of `to` at once, so that a repeat after a lost reply is one mail's, not
    several people's."""

    kind: Literal["email", "webhook"] = "email"

    def __init__(self, name: str, to: Sequence[str], server: MailLine) -> None:
        self.name = name
        self._to = tuple(to)
        self._server = server

    async def send(self, job: DeliveryJob, now: Micros) -> SendResult:
        """5xx answers end the delivery; 4xx, refused connections, timeouts and a reply lost after
        DATA are tried again. A wrong password counts as ours to mend, so it is tried again too.
        Where only some addresses were refused the mail counts as sent: the others have it."""
        raw = mail_bytes(job, self._server.sender, self._to)
        try:
            refused, said = await self._hand_over(raw)
        except aiosmtplib.SMTPRecipientsRefused as error:
            return _refusal([one.code for one in error.recipients], str(error.recipients[0]))
        except aiosmtplib.SMTPAuthenticationError as error:
            return Retry(f"the mail server refuses the login: {error.code} {error.message}")
        except aiosmtplib.SMTPResponseException as error:
            return _refusal([error.code], f"{error.code} {error.message}")
        except (aiosmtplib.SMTPException, OSError, TimeoutError, ValueError) as error:
            where = f"{self._server.host}:{self._server.port}"
            return Retry(f"mail server {where}: {type(error).__name__}: {error}"[:300])
        detail = said[:200]
        if refused:
            detail += "; refused: " + ", ".join(f"{to} ({why.code})" for to, why in refused.items())
        return Receipt(250, detail)

    async def _hand_over(self, raw: bytes) -> tuple[dict[str, aiosmtplib.SMTPResponse], str]:
        server = self._server
        client = aiosmtplib.SMTP(
            hostname=server.host,
            port=server.port,
            timeout=TIMEOUT,
            use_tls=server.security == "tls",
            start_tls=server.security == "starttls",  # demanded: never falls back to plain
            tls_context=None if server.security == "none" else ssl.create_default_context(),
        )
        async with client:
            if server.user:
                await client.login(server.user, server.password or "")
            return await client.sendmail(server.sender, list(self._to), raw)


def _refusal(codes: Sequence[int], said: str) -> SendResult:
    """Final only where no address may be taken later."""
    code = min(codes)
    if all(one >= 500 for one in codes):
        return Dead(f"the mail server refuses: {said}"[:300], code)
    return Retry(f"the mail server refuses for now: {said}"[:300], code)


def mail_bytes(job: DeliveryJob, sender: str, to: Sequence[str]) -> bytes:
    """The mail of a delivery, RFC 5322 with CRLF. It depends on the delivery alone (`Message-ID`,
    boundary and `Date` too), so that every try sends the same bytes.

    `References` name the first mail of (topic, story, channel), which makes a thread of a story.
    """
    payload = json.loads(job.delivery.payload)
    words = mail(payload)
    domain = Address(addr_spec=sender).domain
    ident = job.delivery.delivery
    message = EmailMessage(policy=SMTP)
    message["From"] = Address("watcher", addr_spec=sender)
    message["To"] = ", ".join(to)
    message["Subject"] = words.subject
    message["Date"] = _date(payload["time"], job.first_due)
    message["Message-ID"] = f"<{ident}@{domain}>"
    if job.first_in_thread and job.first_in_thread != ident:
        message["In-Reply-To"] = f"<{job.first_in_thread}@{domain}>"
        message["References"] = f"<{job.first_in_thread}@{domain}>"
    message["List-Unsubscribe"] = f"<mailto:{sender}?subject=unsubscribe>"
    for name, value in words.headers.items():
        message[name] = value
    message.set_content(words.text, cte="quoted-printable")
    message.add_alternative(words.html, subtype="html", cte="quoted-printable")
    for part in message.iter_parts():
        del part["MIME-Version"]  # belongs to the mail, not to its parts (RFC 2045 §4)
    message.set_boundary(f"={ident}=")
    return message.as_bytes()


def _date(stated: str, otherwise: Micros) -> str:
    date = parse_date(stated)
    return format_datetime(moment(date.at if date else otherwise))
