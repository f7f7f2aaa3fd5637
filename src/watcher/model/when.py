"""Times. Ours are `Micros`: whole microseconds since 1970-01-01T00:00:00Z. A publisher's keeps
its offset, and a day without a time stays a day (`Dated`)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Literal

Micros = int

SECOND: Micros = 1_000_000
MINUTE: Micros = 60 * SECOND
HOUR: Micros = 60 * MINUTE
DAY: Micros = 24 * HOUR

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Dated:
    """A publisher's statement of time.

    `text` is RFC 3339 with the publisher's offset, or `YYYY-MM-DD`; `at` is its instant (for a
    day: midnight UTC).
    """

    text: str
    at: Micros
    precision: Literal["exact", "day"] = "exact"


def micros(moment: datetime) -> Micros:
    """Microseconds of an aware `moment`. Exact: no floating point."""
    return (moment - _EPOCH) // timedelta(microseconds=1)


def moment(at: Micros) -> datetime:
    return _EPOCH + timedelta(microseconds=at)


def rfc3339(at: Micros) -> str:
    """RFC 3339 UTC with `Z`; a fraction only where there is one."""
    text = moment(at).isoformat()
    return text.removesuffix("+00:00") + "Z"


def dated(value: datetime) -> Dated:
    """An aware `value` as the publisher's statement, offset kept."""
    text = value.replace(microsecond=0).isoformat()
    return Dated(
        text.replace("+00:00", "Z") if value.utcoffset() == timedelta(0) else text, micros(value)
    )
