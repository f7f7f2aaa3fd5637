"""Failures as values: one place for codes, words and hints. No text echoes what a host answered
(spec `polling` §6, S10).

WTC-NET-001..006 the guard, 010..011 robots.txt, 020..027 no connection, 030..031 TLS, 035 too
slow, 040..045 redirects, 050 content coding, 055 size, 060..062 not HTTP, 070..075 statuses,
080 a pause that the host asked for, 090 the trusted certificates.
"""

from __future__ import annotations

import errno
import ssl
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import TypeVar

import httpx

from watcher.model.feed import Pause
from watcher.model.page import FailKind, FetchFailed, Hop
from watcher.model.when import SECOND, Micros, rfc3339
from watcher.net.backend import BlockedError, LookupFailedError
from watcher.net.decode import DecodeError, TooLargeError
from watcher.net.exchange import Progress
from watcher.net.guard import Refused, Target

E = TypeVar("E", bound=BaseException)

_SHOWN = 200  # characters of an address
_LATER = "It is tried again later."
_NO_WAY = frozenset({errno.ENETUNREACH, errno.EHOSTUNREACH, errno.ENETDOWN, errno.EADDRNOTAVAIL})


def refused(url: str, why: Refused, hops: tuple[Hop, ...] = ()) -> FetchFailed:
    return FetchFailed(url, "refused", why.code, _after(hops, why.message), why.hint, hops=hops)


def from_error(
    target: Target, error: Exception, progress: Progress, limit: int, *, proxied: bool = False
) -> FetchFailed:
    """What stopped an exchange with `target`. `limit` in bytes, for the words. `proxied`: it went
    through a proxy of the user's own."""
    host = target.host
    if isinstance(error, BlockedError):
        return refused(target.url, error.refused)
    if isinstance(error, TooLargeError):
        return _failed(
            target,
            "too_large",
            "WTC-NET-055",
            f"{host} sends more than {limit:,} bytes",
            "A larger max_body lets it through.",
        )
    if isinstance(error, DecodeError):
        return _failed(
            target, "decode", "WTC-NET-050", f"{host} sends a body that cannot be decoded: {error}"
        )
    lookup = _cause(error, LookupFailedError)
    if lookup is not None:
        return _lookup(target, temporary=lookup.temporary)
    if progress.in_tls:
        return _tls(target, _cause(error, ssl.SSLError))
    if proxied and isinstance(error, httpx.ProxyError | httpx.ConnectError | httpx.ConnectTimeout):
        return _proxy(target, error)
    if isinstance(error, httpx.ConnectError | httpx.ConnectTimeout):
        return _unconnected(target, error)
    return _protocol(target, error, progress)


def too_slow(target: Target, progress: Progress, seconds: float) -> FetchFailed:
    return _failed(
        target,
        "timeout",
        "WTC-NET-035",
        f"{target.host} was too slow: {seconds:g} s passed while {progress.phase}",
    )


def bad_redirect(url: str, code: str, message: str, hops: tuple[Hop, ...]) -> FetchFailed:
    """`hops` end with the one that is not followed; the words show the whole chain."""
    chain = " → ".join(_cut(each) for each in (url, *(hop.url for hop in hops)))
    hint = "Give the address where the page really is."
    return FetchFailed(url, "redirect", code, f"{message}: {chain}", hint, hops=hops)


def bad_status(
    url: str, host: str, status: int, headers: Mapping[str, str], hops: tuple[Hop, ...]
) -> FetchFailed:
    code, says, hint = _status_words(status)
    if "cf-mitigated" in headers:
        code, says, hint = _CHALLENGED
    return FetchFailed(
        url,
        "status",
        code,
        _after(hops, f"{host} answered {status}{says}"),
        hint,
        status,
        hops=hops,
    )


def paused(url: str, pause: Pause, now: Micros) -> FetchFailed:
    until = rfc3339(pause.until - pause.until % SECOND)
    return FetchFailed(
        url,
        "paused",
        "WTC-NET-080",
        f"{pause.host.partition('|')[0]} is left alone until {until}: {pause.why}",
        "Nothing was sent; it is asked again then.",
        retry_after=pause.until - now,
        pause=pause,
    )


def disallowed(url: str, host: str) -> FetchFailed:
    return FetchFailed(
        url,
        "robots",
        "WTC-NET-010",
        f"robots.txt of {host} disallows this page",
        "The text that the feed gives is used instead.",
    )


def no_robots(url: str, host: str, status: int | None, after: Micros) -> FetchFailed:
    says = f"answered {status}" if status else "cannot be had"
    return FetchFailed(
        url,
        "robots",
        "WTC-NET-011",
        f"robots.txt of {host} {says}, so nothing there is fetched for now",
        _LATER,
        status=status,
        retry_after=after,
    )


def about(failed: FetchFailed, url: str, hops: tuple[Hop, ...]) -> FetchFailed:
    """The same failure as that of `url`, which led there by `hops`."""
    return replace(failed, url=url, hops=hops, message=_after(hops, failed.message))


def _cut(url: str) -> str:
    return url if len(url) <= _SHOWN else f"{url[:_SHOWN]}…"


def _after(hops: tuple[Hop, ...], message: str) -> str:
    return f"after {len(hops)} redirect{'s' * (len(hops) > 1)}: {message}" if hops else message


def _failed(
    target: Target, kind: FailKind, code: str, message: str, hint: str = _LATER
) -> FetchFailed:
    return FetchFailed(target.url, kind, code, message, hint)


def _lookup(target: Target, *, temporary: bool) -> FetchFailed:
    if temporary:
        return _failed(
            target, "dns", "WTC-NET-021", f"the name {target.host} could not be looked up now"
        )
    return _failed(
        target,
        "dns",
        "WTC-NET-020",
        f"there is no host of the name {target.host}",
        "Check the address for typing errors; the site may also have moved.",
    )


def _unconnected(target: Target, error: Exception) -> FetchFailed:
    cause = _cause(error, OSError, lambda one: one.errno in _NO_WAY)
    if cause is not None:
        return _failed(
            target, "connect", "WTC-NET-023", f"there is no way to {target.host} from here now"
        )
    refused = _cause(error, ConnectionRefusedError) is not None
    says = f"refuses connections on {target.port}" if refused else "does not let us connect"
    code = "WTC-NET-022" if refused else "WTC-NET-024"
    return _failed(target, "connect", code, f"{target.host} {says}")


def _proxy(target: Target, error: httpx.TransportError) -> FetchFailed:
    """Only the proxy's status is told, none of its words."""
    refused = isinstance(error, httpx.ProxyError)
    status = str(error)[:3] if refused and str(error)[:3].isdigit() else ""
    says = f"does not lead to {target.host}" + (f": it answered {status}" if status else "")
    return _failed(
        target,
        "connect",
        "WTC-NET-026" if refused else "WTC-NET-027",
        f"the proxy {says if refused else 'cannot be reached'}",
        "Check `proxy:` of this feed in config.yaml.",
    )


def _tls(target: Target, error: ssl.SSLError | None) -> FetchFailed:
    host = target.host
    if isinstance(error, ssl.SSLCertVerificationError):
        return _failed(
            target,
            "tls",
            "WTC-NET-030",
            f"the certificate of {host} is not valid: {error.verify_message}",
            "If it is signed by an authority of your own, name its file in SSL_CERT_FILE.",
        )
    return _failed(target, "tls", "WTC-NET-031", f"{host} does not complete the TLS handshake")


def _protocol(target: Target, error: Exception, progress: Progress) -> FetchFailed:
    host = target.host
    if "buffer too long" in str(error):
        return _failed(target, "protocol", "WTC-NET-062", f"{host} sends endless headers")
    if progress.phase == "reading the body":
        return _failed(
            target, "protocol", "WTC-NET-061", f"the answer of {host} breaks off in its body"
        )
    return _failed(target, "protocol", "WTC-NET-060", f"{host} does not answer in proper HTTP")


# Cloudflare's word for a page that only a browser passes. We are none, and do not play one.
_CHALLENGED = (
    "WTC-NET-075",
    ": it asks for a browser check",
    "Ask the publisher to let feed readers through.",
)


def _status_words(status: int) -> tuple[str, str, str]:
    if status == 410:
        return "WTC-NET-071", ": the page is gone", "Remove it if it does not come back."
    if status == 429:
        return "WTC-NET-072", ": too many requests", _LATER
    if status >= 500:
        return "WTC-NET-073", ": the server fails", _LATER
    if status in {401, 402, 403, 407, 451}:
        return "WTC-NET-070", ": it does not let us in", "The site may ask for an account."
    if 400 <= status < 500:
        return "WTC-NET-070", "", "Check the address; the page may have moved."
    return "WTC-NET-074", ", which is no answer to a plain request", _LATER


def _cause(
    error: BaseException, kind: type[E], fits: Callable[[E], bool] = lambda _: True
) -> E | None:
    for each in _chain(error):
        if isinstance(each, kind) and fits(each):
            return each
    return None


def _chain(error: BaseException) -> Iterator[BaseException]:
    seen: BaseException | None = error
    while seen is not None:
        yield seen
        seen = seen.__cause__ or seen.__context__
