"""Whether the mail server takes us, without sending a mail: for `doctor`."""

from __future__ import annotations

import ssl

import aiosmtplib

from watcher.channels.session import MailLine

SECONDS = 15.0


async def mail_problem(line: MailLine) -> str | None:
    """Connects, secures, logs in and says goodbye. None where that went well, else what went
    wrong. Never raises for the network."""
    client = aiosmtplib.SMTP(
        hostname=line.host,
        port=line.port,
        timeout=SECONDS,
        use_tls=line.security == "tls",
        start_tls=line.security == "starttls",
        tls_context=None if line.security == "none" else ssl.create_default_context(),
    )
    where = f"{line.host}:{line.port}"
    try:
        async with client:
            if line.user:
                await client.login(line.user, line.password or "")
            await client.noop()
    except aiosmtplib.SMTPAuthenticationError as error:
        return f"{where} refuses the login of {line.user}: {error.code}"
    except aiosmtplib.SMTPResponseException as error:
        return f"{where}: {error.code} {error.message}"
    except (aiosmtplib.SMTPException, OSError, TimeoutError, ValueError) as error:
        return f"{where}: {error or type(error).__name__}"
    return None
