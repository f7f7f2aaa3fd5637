"""What a publisher asks for in an answer's headers: when to come again, and which validators to
bring (RFC 9111; spec `polling` §5, checks 5-8 and 18-20)."""

from __future__ import annotations

from collections.abc import Mapping

from watcher.model.when import DAY, SECOND, Micros
from watcher.text.dates import parse_date

MAX_WAIT = 31 * DAY  # no publisher's wish outlasts this


def freshness(headers: Mapping[str, str]) -> Micros | None:
    """How long the publisher calls its answer fresh, counted from now, or None if it does not say.

    `max-age` less `Age`; `Expires` less `Date` only where there is no max-age; nothing with
    `no-cache`.
    """
    directives = _directives(headers.get("cache-control", ""))
    if "no-cache" in directives:
        return None
    if "max-age" in directives:
        age = _seconds(directives["max-age"])
        if age is None:
            return None
        return _positive(age - (_seconds(headers.get("age", "")) or 0))
    return _expires(headers)


def _directives(header: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for part in header.split(","):
        name, _, value = part.partition("=")
        found.setdefault(name.strip().lower(), value.strip().strip('"'))
    return found


def _seconds(text: str) -> int | None:
    text = text.strip()
    return int(text[:12]) if text.isascii() and text.isdigit() else None


def _expires(headers: Mapping[str, str]) -> Micros | None:
    until, since = (parse_date(headers.get(name, "")) for name in ("expires", "date"))
    return _positive((until.at - since.at) // SECOND) if until and since else None


def _positive(seconds: int) -> Micros | None:
    return min(seconds * SECOND, MAX_WAIT) if seconds > 0 else None
