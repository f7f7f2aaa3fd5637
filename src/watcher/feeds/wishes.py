"""What a feed itself asks of its readers: ttl, the syndication module, hours and days to skip
(spec `polling` §5, checks 21-23)."""

from __future__ import annotations

import re
from collections.abc import Iterable

from watcher.feeds.build import MAX_TTL
from watcher.model.feed import Wishes
from watcher.text.dates import parse_date

MAX_PERIOD = 31 * 24 * 60  # minutes: no publisher's wish outlasts this
_PERIODS = {
    "hourly": 60,
    "daily": 24 * 60,
    "weekly": 7 * 24 * 60,
    "monthly": 30 * 24 * 60,
    "yearly": 365 * 24 * 60,
}  # minutes, of the syndication module's updatePeriod
_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_SKIPS = re.compile(rb"<skip(Hours|Days)\s*>(.{0,2000}?)</skip\1\s*>", re.I | re.S)
_ONE = re.compile(rb"<(hour|day)\s*>\s*([A-Za-z0-9]{1,12})\s*</\1\s*>", re.I)


def stated_wishes(fields: Iterable[tuple[str, str]]) -> Wishes:
    """From names (`ttl`, `sy:updateperiod`, `skiphours/hour`, …) and texts, the last of each."""
    found: dict[str, str] = {}
    hours: set[int] = set()
    days: set[int] = set()
    for key, stated in fields:
        text = stated.strip()
        if key == "skiphours/hour":
            hours.update(_hour(text))
        elif key == "skipdays/day":
            days.update(at for at, day in enumerate(_DAYS) if day == text.lower())
        elif key == "ttl" or key.startswith("sy:"):
            found[key] = text
    ttl = min(_count(found.get("ttl", "")), MAX_TTL)
    period = _PERIODS.get(found.get("sy:updateperiod", "").lower(), 0)
    period = min(period // (_count(found.get("sy:updatefrequency", "")) or 1), MAX_PERIOD)
    base = parse_date(found.get("sy:updatebase", ""))
    return Wishes(
        ttl=ttl or None,
        period=period or None,
        base=base.at if base else None,
        skip_hours=tuple(sorted(hours)),
        skip_days=tuple(sorted(days)),
    )


def skips(body: bytes) -> list[tuple[str, str]]:
    """The hours and days to skip, as fields: feedparser keeps only the last of each."""
    found = []
    for block in _SKIPS.finditer(body[:100_000]):
        for one in _ONE.finditer(block.group(2)):
            kind = "skiphours/hour" if one.group(1).lower() == b"hour" else "skipdays/day"
            found.append((kind, one.group(2).decode("ascii")))
    return found


def _hour(text: str) -> set[int]:
    """GMT, 0 to 23; some count from 1 to 24."""
    number = int(text) if text.isascii() and text.isdigit() and len(text) <= 2 else 99
    return {number % 24} if number <= 24 else set()


def _count(text: str) -> int:
    """A small whole number; 0 for anything else."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0
