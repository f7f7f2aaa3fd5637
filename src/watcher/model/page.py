"""What a fetch brings: values, never exceptions (DESIGN.md, "Failures are values")."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from watcher.model.feed import Pause
    from watcher.model.when import Micros

# Who asks: a subscribed feed is the user's own request, all others but robots.txt ask robots.txt.
Purpose = Literal["feed", "sitemap", "listing", "article", "robots", "discovery"]

FailKind = Literal[
    "refused",  # the guard: scheme, port, private address, user info
    "robots",  # robots.txt disallows
    "dns",
    "connect",
    "tls",
    "timeout",
    "too_large",
    "redirect",  # loop, too many hops, or a hop to another scheme
    "decode",  # content coding broken
    "protocol",  # not HTTP, cut off, malformed
    "status",  # an answer that is neither 2xx nor 304
    "paused",  # the host asked for a pause that is not over; nothing was sent
]


@dataclass(frozen=True, slots=True)
class Hop:
    """One redirect: the status and where it led."""

    status: int
    url: str


@dataclass(frozen=True, slots=True)
class Access:
    """How one feed wants to be asked, for requests that begin at its `origin`
    (`https://host[:port]`). `headers` are sent as they are (authorization and cookies among them,
    from secrets: never stored, never shown), and like `user_agent` and `insecure` they hold at
    that origin only; what is redirected elsewhere keeps the `proxy` alone."""

    origin: str
    headers: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    user_agent: str | None = None
    proxy: str | None = field(default=None, repr=False)
    insecure: bool = False  # its certificate is not checked


@dataclass(frozen=True, slots=True)
class FetchRequest:
    """A GET. Validators are echoed byte for byte, and only to the address whose answer they came
    from: `validated_url` where that is not `url` but one that it redirected to."""

    url: str
    purpose: Purpose
    etag: str | None = None
    last_modified: str | None = None
    access: Access | None = None
    plain: bool = False  # ask for no content coding: this server's cannot be decoded
    validated_url: str | None = None
    follow: bool = True  # redirects; where not, one is a failure


@dataclass(frozen=True, slots=True)
class Fetched:
    """A 2xx answer. `body` is decoded (no content coding) and within the cap; header names are
    lower case, repeated headers joined by `, `."""

    url: str
    final_url: str
    status: int
    headers: Mapping[str, str]
    body: bytes
    hops: tuple[Hop, ...] = ()
    micros: Micros = 0
    plain: bool = False  # its content coding could not be decoded, so it was had without
    digest: str | None = None  # `text.hashes.bytes_hash` of the body, where it was made

    @property
    def content_type(self) -> str | None:
        return self.headers.get("content-type")


@dataclass(frozen=True, slots=True)
class NotModified:
    """A 304 to a conditional request."""

    url: str
    final_url: str
    headers: Mapping[str, str]
    hops: tuple[Hop, ...] = ()
    micros: Micros = 0


@dataclass(frozen=True, slots=True)
class FetchFailed:
    """No page. `message` is for people and never echoes an internal answer's content.

    `retry_after` is the publisher's Retry-After as a duration, `odd_wait` what it said where that
    could not be kept to; `code` the stable error code (`WTC-NET-…`). `pause`: what the host asked
    for, of everybody.
    """

    url: str
    kind: FailKind
    code: str
    message: str
    hint: str | None = None
    status: int | None = None
    retry_after: Micros | None = None
    hops: tuple[Hop, ...] = field(default=())
    odd_wait: str | None = None
    pause: Pause | None = None

    @property
    def permanent(self) -> bool:
        """No use to ask again soon: the page is refused, or gone for good. A robots.txt that
        could not be had (`retry_after` is set) refuses for now only."""
        if self.kind == "robots":
            return self.retry_after is None
        if self.kind in {"refused", "redirect", "too_large"}:
            return True
        return self.kind == "status" and self.status in {
            400,
            401,
            403,
            404,
            405,
            406,
            410,
            414,
            451,
        }


FetchResult = Fetched | NotModified | FetchFailed


@dataclass(frozen=True, slots=True)
class PostResult:
    """The answer to an outgoing POST: the status and at most 4 kB of the body, as text.
    `status` is None where no answer came; `error` then says why."""

    status: int | None
    body: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    error: str | None = None
    refused: bool = False
    micros: Micros = 0
