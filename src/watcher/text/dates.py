"""Publishers' dates: RFC 3339 and ISO 8601 in the forms that feeds and pages use, and RFC 822.

Nothing is guessed: a date in words of an unknown order, a year below 1970 or a 32nd of December
is None. A day without a time stays a day.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta, timezone, tzinfo

from watcher.model.when import Dated, dated, micros

_LONGEST = 80
_ISO = re.compile(
    r"(?P<year>\d{4})-?(?P<month>\d{2})-?(?P<day>\d{2})"
    r"(?:(?:[Tt_]|\s+)(?P<hour>\d{1,2}):?(?P<minute>\d{2})(?::?(?P<second>\d{2})(?:[.,]\d*)?)?"
    r"\s*(?P<zone>[Zz]|UTC|GMT|[+\-\u2212]\d{1,2}(?::?\d{2})?)?)?\Z",
    re.ASCII,
)
_RFC_822 = re.compile(
    r"(?:[A-Za-z]{2,9}\.?,?\s*)?(?P<day>\d{1,2})[\s-]+(?P<name>[A-Za-z]{3,9})\.?[\s,-]+"
    r"(?P<year>\d{4}|\d{2})"
    r"(?:,?\s+(?P<hour>\d{1,2}):(?P<minute>\d{2})(?::(?P<second>\d{2})(?:\.\d*)?)?"
    r"\s*(?P<zone>[A-Za-z]{1,5}|(?:UTC|GMT)?[+-]\d{1,2}:?\d{2})?(?:\s*\([^()]*\))?)?\Z",
    re.ASCII,
)
_MONTHS = (
    *("january", "february", "march", "april", "may", "june"),
    *("july", "august", "september", "october", "november", "december"),
)
# RFC 5322 §4.3 in hours; the single letters but Z mean nothing there and are read as -0000.
_ZONES = {
    name: hours
    for hours, names in (
        (0, "ut gmt utc z wet"),
        (1, "bst cet met"),
        (2, "cest mest eet"),
        (3, "eest msk"),
        (-4, "edt"),
        (-5, "est cdt"),
        (-6, "cst mdt"),
        (-7, "mst pdt"),
        (-8, "pst"),
    )
    for name in names.split()
}
_FIRST_YEAR, _LAST_YEAR = 1970, 2199  # before the epoch or far ahead: a default or an accident


def parse_date(text: str, *, default_zone: tzinfo | None = None) -> Dated | None:
    """The publisher's statement, its offset kept; None where it is no date. Never raises.

    `default_zone` is that of a time without offset (UTC if None), whatever its day.
    """
    stripped = text.strip()
    if len(stripped) > _LONGEST:
        return None
    stated = " ".join(stripped.split())
    found = _ISO.match(stated) or _RFC_822.match(stated)
    if found is None:
        return None
    try:
        return _dated(found, default_zone or UTC)
    except (ValueError, OverflowError):
        return None


def _dated(found: re.Match[str], default_zone: tzinfo) -> Dated | None:
    parts = found.groupdict()
    day = date(_year(parts["year"]), _month(parts), int(parts["day"]))
    if not _FIRST_YEAR <= day.year <= _LAST_YEAR:
        return None
    if parts["hour"] is None:
        midnight = datetime(day.year, day.month, day.day, tzinfo=UTC)
        return Dated(day.isoformat(), micros(midnight), "day")
    hour, minute, second = (int(parts[k] or 0) for k in ("hour", "minute", "second"))
    zone = _zone(parts["zone"], default_zone)
    start = datetime(day.year, day.month, day.day, hour % 24, minute, min(second, 59), tzinfo=zone)
    if hour == 24 and (minute or second):
        return None
    if hour > 24 or second > 60:
        return None
    return dated(start + timedelta(days=hour // 24))


def _year(digits: str) -> int:
    """Two digits as RFC 5322 §4.3 reads them."""
    year = int(digits)
    if len(digits) == 2:
        return year + (2000 if year < 50 else 1900)
    return year


def _month(parts: dict[str, str | None]) -> int:
    """The number, or that of an English name of at least three letters; ValueError for others."""
    if digits := parts.get("month"):
        return int(digits)
    name = (parts.get("name") or "").lower()
    for number, month in enumerate(_MONTHS, 1):
        if month.startswith(name):
            return number
    raise ValueError(name)


def _zone(stated: str | None, default_zone: tzinfo) -> tzinfo:
    if not stated:
        return default_zone
    if stated[0].isalpha() and not stated[-1].isdigit():
        hours = _ZONES.get(stated.lower())
        if hours is None and len(stated) > 1:
            return default_zone
        return timezone(timedelta(hours=hours or 0))
    digits = stated.lstrip("UTCGMutcgm").replace(":", "")
    sign = 1 if digits[0] == "+" else -1
    hours, minutes = (int(digits[1:]), 0) if len(digits) <= 3 else divmod(int(digits[1:]), 100)
    if hours > 15 or minutes > 59:
        raise ValueError(stated)
    return timezone(sign * timedelta(hours=hours, minutes=minutes))
