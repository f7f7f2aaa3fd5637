"""Mail over SMTP: one mail to all addresses of a channel, the same bytes on every try."""

from __future__ import annotations

import json
from binascii import b2a_qp
from collections.abc import Sequence
from email.header import Header
from email.headerregistry import Address
from email.utils import format_datetime
from typing import Literal

import aiosmtplib
import anyio

from watcher.alerts.render import MailText, mail
from watcher.channels.session import MailLine, Session
from watcher.model.alert import Dead, DeliveryJob, Receipt, Retry, SendResult
from watcher.model.when import Micros, moment
from watcher.text.dates import parse_date

CRLF = "\r\n"
WHOLE = 60.0  # seconds of a mail: those that wait behind it keep their lease


class EmailChannel:
    """Sends to all of `to` at once, so that a repeat after a lost reply is one mail's, not
    several people's."""

    kind: Literal["email", "webhook"] = "email"

    def __init__(self, name: str, to: Sequence[str], server: MailLine) -> None:
        self.name = name
        self._to = tuple(to)
        self._server = server
        self._session = Session(server)
        self._lock = anyio.Lock()  # a connection carries one mail after the other

    async def send(self, job: DeliveryJob, now: Micros) -> SendResult:
        """A 5xx to the addresses or the mail itself ends the delivery. All else is tried again: a
        4xx, a refused connection, a timeout, a reply lost after DATA, and a server that refuses us
        rather than the mail (greeting, TLS, login, sender), which somebody can mend meanwhile.
        Where only some addresses were refused the mail counts as sent: the others have it."""
        raw = mail_bytes(job, self._server.sender, self._to)
        try:
            refused, said = await self._hand_over(raw)
        except aiosmtplib.SMTPRecipientsRefused as error:
            return _refusal([one.code for one in error.recipients], str(error.recipients[0]))
        except aiosmtplib.SMTPDataError as error:
            return _refusal([error.code], f"{error.code} {error.message}")
        except aiosmtplib.SMTPResponseException as error:
            login = isinstance(error, aiosmtplib.SMTPAuthenticationError)
            what = "the login" if login else "us"
            said = f"the mail server refuses {what}: {error.code} {error.message}"
            return Retry(said[:300], error.code if error.code > 0 else None)
        except (aiosmtplib.SMTPException, OSError, TimeoutError, ValueError) as error:
            where = f"{self._server.host}:{self._server.port}"
            return Retry(f"mail server {where}: {type(error).__name__}: {error}"[:300])
        detail = said[:200]
        if refused:
            detail += "; refused: " + ", ".join(f"{to} ({why.code})" for to, why in refused.items())
        return Receipt(250, detail)

    async def close(self) -> None:
        """Says good-bye to the server, where it is still there."""
        async with self._lock:
            await self._session.leave()

    async def _hand_over(self, raw: bytes) -> tuple[dict[str, aiosmtplib.SMTPResponse], str]:
        async with self._lock:
            try:
                with anyio.fail_after(WHOLE):
                    client = await self._session.begin(len(raw))
                    done = await self._told(client, raw)
            except aiosmtplib.SMTPRecipientsRefused:
                raise
            except aiosmtplib.SMTPResponseException as error:
                if error.code == 421 or error.code < 0:
                    self._session.drop()
                raise
            except BaseException:
                # Where it broke off is not known: nobody else's mail goes that way.
                self._session.drop()
                raise
            self._session.used()
            return done

    async def _told(
        self, client: aiosmtplib.SMTP, raw: bytes
    ) -> tuple[dict[str, aiosmtplib.SMTPResponse], str]:
        """To whom, and what. Whoever is refused does not keep the mail from the others."""
        refused: dict[str, aiosmtplib.SMTPResponse] = {}
        errors = []
        for to in self._to:
            try:
                await client.rcpt(to)
            except aiosmtplib.SMTPRecipientRefused as error:
                refused[to] = aiosmtplib.SMTPResponse(error.code, error.message)
                errors.append(error)
        if len(errors) == len(self._to):
            raise aiosmtplib.SMTPRecipientsRefused(errors)
        answer = await client.data(raw)
        return refused, f"{answer.code} {answer.message}"


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
    first = job.first_in_thread
    thread = f"<{first}@{domain}>" if first and first != ident else None
    headers = {
        "From": f"watcher <{sender}>",
        "To": f",{CRLF} ".join(to),
        "Subject": _encoded("Subject", words.subject),
        "Date": _date(payload["time"], job.first_due),
        "Message-ID": f"<{ident}@{domain}>",
        "In-Reply-To": thread,
        "References": thread,
        "List-Unsubscribe": f"<mailto:{sender}?subject=unsubscribe>",
        **{name: _encoded(name, value) for name, value in words.headers.items()},
    }
    head = "".join(f"{name}: {value}{CRLF}" for name, value in headers.items() if value)
    return head.encode("ascii") + _content(words, f"={ident}=")


def _encoded(name: str, text: str) -> str:
    """A header's free text. Plain only where it is short ASCII that nobody could take for an
    encoded word: the library's own folding drops blanks between encoded words, and it decodes the
    words that a headline brings along, line breaks and all."""
    if text.isascii() and "=?" not in text and len(name) + len(text) < 76:
        return text
    return Header(text, "utf-8", header_name=name).encode(linesep=CRLF)


def _content(words: MailText, boundary: str) -> bytes:
    """Two parts in quoted-printable. Written here: the library's message objects take ten times as
    long for the same bytes."""
    mark = f"--{boundary}".encode("ascii")
    head = f'Content-Type: multipart/alternative; boundary="{boundary}"'.encode("ascii")
    parts = [_part("plain", words.text), _part("html", words.html)]
    body = b"".join(b"%s\r\n%s\r\n" % (mark, part) for part in parts)
    return b"MIME-Version: 1.0\r\n%s\r\n\r\n%s%s--\r\n" % (head, body, mark)


def _part(kind: str, text: str) -> bytes:
    lines = "\r\n".join(text.removesuffix("\n").split("\n"))
    coded = b2a_qp(f"{lines}\r\n".encode("utf-8", "replace"), istext=True)
    head = f'Content-Type: text/{kind}; charset="utf-8"'
    return f"{head}\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n".encode() + coded


def _date(stated: str, otherwise: Micros) -> str:
    date = parse_date(stated)
    return format_datetime(moment(date.at if date else otherwise))
