"""Values as people write them: `15m`, `10MB`, `8000-8999`."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Annotated, Any

from pydantic import BeforeValidator

from watcher.model.when import DAY, HOUR, MINUTE, SECOND, Micros

_UNITS = {"s": SECOND, "m": MINUTE, "h": HOUR, "d": DAY}
_SIZES = {
    "B": 1,
    "KB": 1000,
    "MB": 1000**2,
    "GB": 1000**3,
    "KIB": 1024,
    "MIB": 1024**2,
    "GIB": 1024**3,
}


def duration(value: object) -> Micros:
    """`30s`, `15m`, `1h`, `7d` in microseconds. Raises ValueError."""
    found = re.fullmatch(r"(\d{1,7})([smhd])", value.strip()) if isinstance(value, str) else None
    if found is None:
        raise ValueError("a duration such as 30s, 15m, 1h or 7d")
    return int(found[1]) * _UNITS[found[2]]


def size(value: object) -> int:
    """`10MB` (a million bytes each), `8MiB` or a number of bytes. Raises ValueError."""
    if isinstance(value, int) and not isinstance(value, bool) and value > 0:
        return value
    text = value.strip().upper() if isinstance(value, str) else ""
    found = re.fullmatch(r"(\d{1,12})\s*([KMG]?I?B)", text)
    if found is None or found[2] not in _SIZES or int(found[1]) == 0:
        raise ValueError("a size such as 10MB or 512KiB")
    return int(found[1]) * _SIZES[found[2]]


def ports(value: object) -> tuple[tuple[int, int], ...]:
    """`[80, 443, 8000-8999]` as (first, last), both included. Raises ValueError."""
    if not isinstance(value, list):
        raise ValueError("a list of ports such as [80, 443, 8000-8999]")
    return tuple(_port_range(one) for one in value)


def _port_range(value: object) -> tuple[int, int]:
    found = re.fullmatch(r"(\d{1,5})(?:\s*-\s*(\d{1,5}))?", str(value).strip())
    low = int(found[1]) if found else 0
    high = int(found[2] or found[1]) if found else 0
    if not 1 <= low <= high <= 65535:
        raise ValueError("a port from 1 to 65535, or a range such as 8000-8999")
    return low, high


def _read(reader: Callable[[object], Any]) -> BeforeValidator:
    """Defaults are already read; only what the file says goes through `reader`."""
    return BeforeValidator(reader)


Duration = Annotated[int, _read(duration)]
Size = Annotated[int, _read(size)]
Ports = Annotated[tuple[tuple[int, int], ...], _read(ports)]
