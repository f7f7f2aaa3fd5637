"""A connection to the mail server that is kept for the next mail: a batch shares one, and none
stays open for long."""

from __future__ import annotations

import asyncio
import ssl
from contextlib import suppress
from dataclasses import dataclass, field

import aiosmtplib

TIMEOUT = 30.0  # seconds for each step of the dialogue
BATCH = 50  # mails on one connection: some servers take no more
IDLE = 5.0  # seconds that it is kept for another


@dataclass(frozen=True, slots=True)
class MailLine:
    """The way to the mail server. `security`: none, starttls or tls; `sender` an address."""

    host: str
    port: int
    security: str
    user: str
    password: str | None = field(repr=False)
    sender: str


class Session:
    """One at a time uses it. A connection that the server closed meanwhile shows when the next
    mail is begun, before anything of it was said: it costs no try."""

    def __init__(self, server: MailLine) -> None:
        self._server = server
        self._client: aiosmtplib.SMTP | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._sent = 0
        self._clean = True  # no mail was broken off
        self._timer: asyncio.TimerHandle | None = None

    async def begin(self, size: int) -> aiosmtplib.SMTP:
        """A mail of so many bytes is begun on a connection, logged in where that is asked for.
        Raises what aiosmtplib raises."""
        self._stop_timer()
        kept = self._client if self._loop is asyncio.get_running_loop() else None
        if kept is not None and self._sent < BATCH:
            try:
                if not self._clean:
                    await kept.rset()
                await self._mail(kept, size)
                return kept
            except aiosmtplib.SMTPSenderRefused as error:
                if error.code != 421:
                    raise
                self.drop()
            except (aiosmtplib.SMTPException, OSError):
                self.drop()
        await self.leave()
        client, self._loop = await self._connected(), asyncio.get_running_loop()
        self._client = client
        try:
            await self._mail(client, size)
        except BaseException:
            self.drop()
            raise
        return client

    async def _mail(self, client: aiosmtplib.SMTP, size: int) -> None:
        self._clean = False
        options = [f"size={size}"] if client.supports_extension("size") else None
        await client.mail(self._server.sender, options=options)

    def used(self) -> None:
        """A mail went; the connection waits for the next one."""
        self._sent += 1
        self._clean = True
        self._stop_timer()
        self._timer = asyncio.get_running_loop().call_later(IDLE, self.drop)

    def drop(self) -> None:
        """Ends the connection without a word."""
        client, self._client, self._sent = self._client, None, 0
        self._stop_timer()
        if client is not None:
            client.close()

    async def leave(self) -> None:
        """Ends it with a QUIT, where there is one in this loop."""
        client = self._client
        if client is not None and self._loop is asyncio.get_running_loop():
            with suppress(aiosmtplib.SMTPException, OSError):
                await client.quit()
        self._client, self._sent = None, 0
        self._stop_timer()

    async def _connected(self) -> aiosmtplib.SMTP:
        server = self._server
        client = aiosmtplib.SMTP(
            hostname=server.host,
            port=server.port,
            timeout=TIMEOUT,
            use_tls=server.security == "tls",
            start_tls=server.security == "starttls",  # demanded: never falls back to plain
            tls_context=None if server.security == "none" else ssl.create_default_context(),
        )
        try:
            await client.connect()
            if server.user:
                await client.login(server.user, server.password or "")
        except BaseException:
            client.close()
            raise
        return client

    def _stop_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
