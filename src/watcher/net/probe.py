"""Whether a host can be reached at all, without sending it anything: for `doctor`."""

from __future__ import annotations

import anyio
import httpcore

from watcher.net.backend import BlockedError, GuardedBackend, LookupFailedError
from watcher.net.guard import Refused, check_url
from watcher.net.policy import NetPolicy, Reach
from watcher.net.pools import tls_for

SECONDS = 10.0


async def reaches(url: str, reach: Reach) -> str | None:
    """Looks the host up, connects, and shakes hands where it is https; sends no request. None
    where that went well, else what went wrong. Never raises for the network."""
    target = check_url(url, reach)
    if isinstance(target, Refused):
        return f"{target.message} ({target.code})"
    backend = GuardedBackend(reach)
    try:
        with anyio.fail_after(SECONDS):
            stream = await backend.connect_tcp(target.host, target.port)
            try:
                tls = tls_for(target)
                if tls is not None:
                    stream = await stream.start_tls(tls, target.host, SECONDS)
            finally:
                await stream.aclose()
    except BlockedError as error:
        return f"{error.refused.message} ({error.refused.code})"
    except TimeoutError:
        return f"{target.host}:{target.port} does not answer within {SECONDS:.0f} s"
    except LookupFailedError as error:
        return str(error)
    except (httpcore.NetworkError, httpcore.TimeoutException, OSError) as error:
        return f"{target.host}:{target.port}: {error or type(error).__name__}"
    return None


async def resolves(url: str, policy: NetPolicy) -> str | None:
    """Looks the host of an address up and judges what it resolves to. None where that went well,
    else what went wrong."""
    target = check_url(url, policy.reach)
    if isinstance(target, Refused):
        return f"{target.message} ({target.code})"
    try:
        with anyio.fail_after(SECONDS):
            await GuardedBackend(policy.reach).vetted(target.host, target.port)
    except BlockedError as error:
        return f"{error.refused.message} ({error.refused.code})"
    except LookupFailedError as error:
        return str(error)
    except TimeoutError:
        return f"the name server does not answer for {target.host}"
    return None
