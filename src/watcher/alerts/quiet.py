"""When an alert goes out: at once, in a digest at given times, after the quiet hours, after a cap a
day or a cooldown, and not at all where its topic or story is muted. Times of day are of a zone:
where the clocks go forward a time that does not exist is the moment an hour later, where they go
back one that comes twice is the first (PEP 495)."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from watcher.alerts.digest import digest
from watcher.model.alert import Alert, Closing, Delivery, Mute, Sent, Waiting
from watcher.model.ids import alert_id, delivery_id
from watcher.model.topic import TopicSpec, Way
from watcher.model.when import Micros, micros, moment, rfc3339

FREE = ("digest", "quiet", "cap", "snooze")  # what has waited for these goes out whatever the cap


def muted(mutes: Mapping[str, Mute], topic: str, story: str, now: Micros) -> str | None:
    """Why it is not told at all."""
    for one in _standing(mutes, topic, story, now):
        if not one.snooze:
            until = "" if one.until is None else f" until {_time(one.until)}"
            return f"{one.thing} was muted by {one.author}{until}"
    return None


def due(
    way: Way, mutes: Mapping[str, Mute], topic: str, story: str, at: Micros
) -> tuple[Micros, str]:
    """When an alert raised at `at` goes out by the clock alone, and what it waits for ("": it does
    not; cap and cooldown are looked at when it goes)."""
    snoozed = [one.until or at for one in _standing(mutes, topic, story, at) if one.snooze]
    if snoozed:
        return loud(way, max(snoozed)), "snooze"
    if way.digest:
        return loud(way, next_time(way.digest, way.zone, at)), "digest"
    ends = loud(way, at)
    return ends, "quiet" if ends > at else ""


def close(
    topic: TopicSpec | None,
    channel: str,
    rows: Sequence[Waiting],
    *,
    sent: Sequence[Sent],
    mutes: Mapping[str, Mute],
    instance: str,
    now: Micros,
) -> Closing:
    """What becomes of `rows`, which wait for one channel of a topic and are due. Whatever waits on
    is due later than `now`. `sent`: what went that way in the last two days."""
    if topic is None or channel not in topic.channels:
        gone = f"config.yaml no longer has topic {rows[0].topic} tell channel {channel}"
        return Closing(dropped={row.alert: gone for row in rows})
    way = topic.way(channel)
    dropped: dict[str, str] = {}
    keep: list[Waiting] = []
    ready: list[Waiting] = []
    for row in rows:
        why = muted(mutes, row.topic, row.story, now)
        later = _later(way, mutes, row, now)
        if why is not None:
            dropped[row.alert] = why
        elif later is not None:
            keep.append(later)
        else:
            ready.append(row)
    groups, waiting = _share(way, ready, sent, now)
    alerts, deliveries = [], []
    for group in groups:
        alert, delivery = _sent(way, group, instance, now)
        alerts += [alert] if alert is not None else []
        deliveries.append(delivery)
    return Closing(tuple(alerts), tuple(deliveries), (*keep, *waiting), dropped)


def next_time(minutes: Sequence[int], zone: str, after: Micros) -> Micros:
    """The first moment later than `after` at which it is one of `minutes` of the day there."""
    day = _local(after, zone).date()
    times = [
        _moment(day + timedelta(days=ahead), one, zone) for ahead in range(3) for one in minutes
    ]
    return min(one for one in times if one > after)


def _share(
    way: Way, rows: Sequence[Waiting], sent: Sequence[Sent], now: Micros
) -> tuple[list[list[Waiting]], list[Waiting]]:
    """What goes out now, each group by one delivery, and what waits on."""
    if not rows:
        return [], []
    if any(row.why in FREE for row in rows):
        return [list(rows)], []
    last = max((one.at for one in sent), default=None)
    start = _moment(_local(now, way.zone).date(), 0, way.zone)
    today = sum(not one.together and one.at >= start for one in sent)
    groups: list[list[Waiting]] = []
    held = [row for row in rows if row.why == "cooldown"]
    for group in [held] * bool(held) + [[row] for row in rows if row.why != "cooldown"]:
        cooled = way.cooldown and last is not None and now < last + way.cooldown
        if (way.cap is not None and today >= way.cap) or cooled:
            break
        groups.append(group)
        today, last = today + 1, now
    gone = {row.alert for group in groups for row in group}
    full = way.cap is not None and today >= way.cap
    cool = max(now + 1, (last or now) + way.cooldown)
    return groups, [
        _capped(way, row, now) if full else replace(row, why="cooldown", due_at=loud(way, cool))
        for row in rows
        if row.alert not in gone
    ]


def _capped(way: Way, row: Waiting, now: Micros) -> Waiting:
    """Until the way's next digest, or, where it has none, the day's first loud moment."""
    at = loud(way, next_time(way.digest or (0,), way.zone, now))
    return replace(row, why="cap", due_at=at)


def _later(way: Way, mutes: Mapping[str, Mute], row: Waiting, now: Micros) -> Waiting | None:
    """The row where it is snoozed still, or it is quiet now (after a time without watcher)."""
    until = [one.until for one in _standing(mutes, row.topic, row.story, now) if one.snooze]
    if until:
        return replace(row, why="snooze", due_at=loud(way, max(one or now for one in until)))
    ends = loud(way, now)
    if ends > now:
        return replace(row, why=row.why or "quiet", due_at=ends)
    return None


def _sent(
    way: Way, rows: Sequence[Waiting], instance: str, now: Micros
) -> tuple[Alert | None, Delivery]:
    if len(rows) == 1:
        row = rows[0]
        ident = delivery_id(row.alert, way.channel)
        return None, Delivery(ident, row.alert, row.topic, row.story, way.channel, row.payload, now)
    # The window's end names it: what comes later is due later.
    window = max(row.due_at for row in rows)
    topic = rows[0].topic
    waited = ", ".join(sorted({row.why for row in rows if row.why}))
    about = json.loads(rows[-1].payload)["data"]["_watcher"]["topic"]
    alert = Alert(
        alert=alert_id(topic, "digest", way.channel, window),
        kind="digest",
        topic=topic,
        topic_version=about["query_version"],
        story="",
        article="",
        revision=0,
        decision="raised",
        reason=f"{len(rows)} alerts waited ({waited})",
        at=now,
    )
    ident = delivery_id(alert.alert, way.channel)
    payload = digest(ident, alert, [row.payload for row in rows], way.zone, instance)
    return alert, Delivery(ident, alert.alert, topic, "", way.channel, payload, now)


def _standing(mutes: Mapping[str, Mute], topic: str, story: str, at: Micros) -> Iterator[Mute]:
    for thing in (f"topic:{topic}", f"story:{story}"):
        one = mutes.get(thing)
        if one is not None and (one.until is None or one.until > at):
            yield one


def loud(way: Way, at: Micros) -> Micros:
    """`at`, or the end of the quiet hours that it is in."""
    if way.quiet is None:
        return at
    start, end = way.quiet
    local = _local(at, way.zone)
    minute = local.hour * 60 + local.minute
    quiet = start <= minute < end if start < end else minute >= start or minute < end
    return next_time((end,), way.zone, at) if quiet else at


def _local(at: Micros, zone: str) -> datetime:
    return moment(at).astimezone(ZoneInfo(zone))


def _moment(day: date, minute: int, zone: str) -> Micros:
    clock = time(minute // 60, minute % 60)
    return micros(datetime.combine(day, clock, ZoneInfo(zone)))


def _time(at: Micros) -> str:
    return rfc3339(at - at % 1_000_000)
