"""What a topic's channel may be followed by: digests at given times, quiet hours, a cap, a cooldown
(spec `interfaces`)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Annotated, Any
from zoneinfo import ZoneInfo

from pydantic import (
    BeforeValidator,
    Discriminator,
    Field,
    PlainSerializer,
    Tag,
    WithJsonSchema,
    model_validator,
)

from watcher.config.base import Model, Name
from watcher.config.values import Duration, Quota, QuotaText, Unfit
from watcher.model.topic import Way
from watcher.model.when import DAY

TIME = "([01]?[0-9]|2[0-3]):[0-5][0-9]"


def minute_of_day(value: object) -> int:
    """`07:30` as minutes since midnight. Raises Unfit."""
    if not isinstance(value, str) or re.fullmatch(TIME, value.strip()) is None:
        raise Unfit("a time of day such as 07:30", 'write hours and minutes in quotes: "07:30"')
    hours, _, minutes = value.strip().partition(":")
    return int(hours) * 60 + int(minutes)


def quiet_hours(value: object) -> tuple[int, int]:
    """`22:00-07:00` as the first minute of the day and the one after the last. Raises Unfit."""
    start, dash, end = value.partition("-") if isinstance(value, str) else ("", "", "")
    if not dash:
        raise Unfit("hours such as 22:00-07:00", 'write from-to in quotes: "22:00-07:00"')
    span = minute_of_day(start), minute_of_day(end)
    if span[0] == span[1]:
        raise Unfit("hours that end", "write two different times")
    return span


def zone(value: object) -> str:
    """An IANA time zone. Raises Unfit."""
    try:
        # Names that climb out of the database's folder are refused by ZoneInfo itself.
        return ZoneInfo(value).key if isinstance(value, str) else ZoneInfo("").key
    except (KeyError, ValueError, OSError):
        raise Unfit(
            "a time zone such as Europe/Tirane", "see `timedatectl list-timezones`, or write UTC"
        ) from None


def daily(value: Quota) -> Quota:
    if value.per != DAY:
        raise Unfit("so many a day, such as 10/d", "write the number and /d")
    return value


def written_minute(value: int) -> str:
    return f"{value // 60:02}:{value % 60:02}"


Minute = Annotated[
    int,
    BeforeValidator(minute_of_day),
    PlainSerializer(written_minute),
    WithJsonSchema({"type": "string", "pattern": f"^{TIME}$"}),
]
Quiet = Annotated[
    tuple[int, int],
    BeforeValidator(quiet_hours),
    PlainSerializer(lambda span: "-".join(map(written_minute, span))),
    WithJsonSchema({"type": "string", "pattern": f"^{TIME}-{TIME}$"}),
]
Zone = Annotated[str, BeforeValidator(zone), WithJsonSchema({"type": "string"})]


def _as_list(value: Any) -> Any:
    return value if isinstance(value, list) else [value]


class Digest(Model):
    """Alerts that go out together."""

    at: Annotated[tuple[Minute, ...], BeforeValidator(_as_list), Field(min_length=1, max_length=48)]
    """At which times of day, one or a list."""
    zone: Zone | None = None
    """The time zone of these times, and of all else here."""


class Rules(Model):
    """When the channel is told."""

    digest: Digest | None = None
    """Alerts go out together at these times."""
    quiet: Quiet | None = None
    """From when to when nothing is sent; what comes then goes out together afterwards."""
    cap: QuotaText | None = None
    """The most that is sent one by one in a day; the rest goes into the next digest, or waits for
    the next day."""
    cooldown: Duration = 0
    """The least time between two; what comes sooner goes out together."""
    zone: Zone | None = None
    """The time zone of the quiet hours and of the cap's day; alerts.zone where there is none."""

    @model_validator(mode="after")
    def _fits(self) -> Rules:
        if self.cap is not None:
            daily(self.cap)
        if self.digest and self.digest.zone and self.zone and self.digest.zone != self.zone:
            raise Unfit("one time zone for a channel", "remove one of the two `zone:`")
        return self


def _named_or_ruled(value: Any) -> str:
    return "rules" if isinstance(value, Mapping) else "name"


def _one(value: Any) -> Any:
    if isinstance(value, Mapping) and len(value) != 1:
        raise Unfit("one channel with its rules", "write each channel as an item of its own")
    return value


WayModel = Annotated[
    Annotated[Name, Tag("name")]
    | Annotated[dict[Name, Rules], BeforeValidator(_one), Tag("rules")],
    Discriminator(_named_or_ruled),
]


def channel_of(way: str | Mapping[str, Rules]) -> str:
    return way if isinstance(way, str) else next(iter(way))


def way_of(way: str | Mapping[str, Rules], zone: str) -> Way | None:
    """None where it has no rules; `zone` where it names none."""
    if isinstance(way, str):
        return None
    channel, rules = next(iter(way.items()))
    digest = rules.digest
    return Way(
        channel=channel,
        digest=tuple(sorted(set(digest.at))) if digest else (),
        quiet=rules.quiet,
        zone=(digest.zone if digest else None) or rules.zone or zone,
        cap=rules.cap.number if rules.cap else None,
        cooldown=rules.cooldown,
    )
