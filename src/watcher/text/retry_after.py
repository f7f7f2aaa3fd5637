"""Retry-After (RFC 9110 §10.2.3; spec `polling` §5, checks 30-35)."""

from __future__ import annotations

from collections.abc import Mapping

from watcher.model.when import DAY, SECOND, Micros
from watcher.text.dates import parse_date

LONGEST: Micros = 7 * DAY


def retry_after(headers: Mapping[str, str], now: Micros) -> Micros | None:
    """How long the answer asks to wait, 7 days at most; None for garbage and the past.

    A date counts from the answer's own `Date`, whose clock set it, else from `now`.
    """
    stated = headers.get("retry-after", "").strip()
    if stated.isascii() and stated.isdigit():
        return LONGEST if len(stated) > 9 else min(int(stated) * SECOND, LONGEST)
    until = parse_date(stated)
    if until is None or until.precision == "day":
        return None
    since = parse_date(headers.get("date", ""))
    wait = until.at - (since.at if since else now)
    return min(wait, LONGEST) if wait >= 0 else None


def odd_wait(headers: Mapping[str, str], now: Micros) -> str | None:
    """What Retry-After said where it is not kept to as it stands (check 35), else None."""
    stated = headers.get("retry-after", "").strip()
    wait = retry_after(headers, now)
    if not stated or (wait is not None and wait < LONGEST):
        return None
    if stated == str(LONGEST // SECOND):
        return None
    return stated[:60]
