"""Times as people give them to a command."""

from __future__ import annotations

import re

from watcher.errors import UsageError
from watcher.model.when import Micros


def moment_of(option: str, text: str | None) -> Micros | None:
    """A date, a time, or an age such as `7d` back from now; None for None. Raises UsageError."""
    if text is None:
        return None
    from watcher.model.when import DAY, HOUR, MINUTE
    from watcher.system import SystemClock
    from watcher.text.dates import parse_date

    units = {"m": MINUTE, "h": HOUR, "d": DAY}
    if age := re.fullmatch("([0-9]{1,9})([mhd])", text):
        return SystemClock().now() - int(age[1]) * units[age[2]]
    read = parse_date(text)
    if read is None:
        raise UsageError(
            "WTC-USE-002",
            f"{option}: {text!r} is no time",
            hint="write 2026-03-10, 2026-03-10T12:00:00Z, or an age such as 7d",
        )
    return read.at
