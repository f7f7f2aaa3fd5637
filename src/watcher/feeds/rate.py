"""How often a feed publishes, as far as its polls and its entries' dates tell (spec `polling` §8).

A Poisson rate with a gamma prior: entries and days watched are counted, both fade with the same
time constant, so that a feed which changes its ways is soon seen to; and the entries are counted by
hour of the day (UTC), because most newsrooms sleep. Figures fitted on the development feeds by
`bench/cadence.py`; all of a wide range do nearly as well.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from math import exp, sqrt

from watcher.model.feed import Entry, Rate
from watcher.model.when import DAY, HOUR, Dated, Micros

FADES = 45.0  # days, in which what was counted loses all but 1/e of its weight
PRIOR_ENTRIES = 0.5  # what is believed of a feed before anything is known:
PRIOR_DAYS = 0.125  # 4 entries a day, and little persuades of another rate
PRIOR_RATE = PRIOR_ENTRIES / PRIOR_DAYS
EVEN = 0.5  # entries that every hour of the day is believed to have had
LOOK_BACK: Micros = 120 * DAY  # how far the dates of a first poll tell
SHORTEST = 1.0  # days that a first poll speaks of, however close its dates


def first_rate(dates: Iterable[Dated], now: Micros) -> Rate:
    """From what the first poll of a feed read: its entries' own dates."""
    past = [one for one in dates if one.at <= now]
    if not past:
        return Rate(at=now)
    reach = min(now - min(one.at for one in past), LOOK_BACK) / DAY
    days = _faded(max(reach, SHORTEST))
    known = [one for one in past if now - one.at <= LOOK_BACK]
    weights = [exp(-(now - one.at) / DAY / FADES) for one in known]
    hours = [0.0] * 24
    _count(known, weights, hours)
    return _rounded(sum(weights), days, now, hours)


def next_rate(rate: Rate, new: Sequence[Entry], now: Micros, *, missed: float = 1.0) -> Rate:
    """After a poll that brought `new`, the first since `rate.at`. Entries that are older than that
    came late or under new ids, and say nothing of how often the feed publishes. `missed`: how many
    times as many as were seen must have come."""
    if rate.at is None:
        return first_rate((), now)
    past = max(now - rate.at, 0) / DAY
    left = exp(-past / FADES)
    came = [dated_of(one) for one in new]
    fresh = [one for one in came if one is None or one.at > rate.at - DAY]
    entries = rate.entries * left + len(fresh) * missed
    hours = [one * left for one in rate.hours or [0.0] * 24]
    dated = [one for one in fresh if one is not None]
    _count(dated, [1.0] * len(dated), hours)
    return _rounded(entries, rate.days * left + _faded(past), now, hours)


def dated_of(entry: Entry) -> Dated | None:
    return entry.published or entry.updated


def a_day(rate: Rate) -> float:
    """Entries a day that are to be expected."""
    return (rate.entries + PRIOR_ENTRIES) / (rate.days + PRIOR_DAYS)


def expected(rate: Rate, since: Micros, until: Micros) -> float:
    """Entries that should have come between two moments, had the feed gone on as it did before the
    first of them. None came since."""
    if rate.at is None:
        return 0.0
    past = max(rate.at - since, 0) / DAY
    days = rate.days - _faded(past)  # watched before, as of now: it faded like the entries
    return rate.entries / days * (until - since) / DAY if days > 0 else 0.0


def shares(rate: Rate) -> list[float]:
    """How densely to poll in each hour of the day (UTC), 1.0 on the mean: the root of its share of
    the entries, after each hour was smoothed with its neighbours."""
    hours = rate.hours or (0.0,) * 24
    smooth = [(hours[at - 1] + 2 * hours[at] + hours[(at + 1) % 24]) / 4 + EVEN for at in range(24)]
    roots = [sqrt(one) for one in smooth]
    mean = sum(roots) / 24
    return [one / mean for one in roots]


def after(rate: Rate, interval: Micros, now: Micros, cap: Micros) -> Micros:
    """The wait from `now` that `interval` comes to at this time of day, `cap` at most."""
    density = shares(rate)
    left, at = float(interval), now
    while at - now < cap:
        end = (at // HOUR + 1) * HOUR
        worth = (end - at) * density[at // HOUR % 24]
        if worth >= left:
            return min(at + round(left / density[at // HOUR % 24]) - now, cap)
        left, at = left - worth, end
    return cap


def busy_hours(rate: Rate) -> tuple[int, int] | None:
    """The eight hours in a row (UTC) with the most entries, if two thirds of enough come in them:
    the first, and the one after the last."""
    hours, total = rate.hours, sum(rate.hours)
    if total < 12:
        return None
    most = held = sum(hours[:8])
    best = 0
    for at in range(1, 24):
        held += hours[(at + 7) % 24] - hours[at - 1]
        if held > most:
            most, best = held, at
    return (best, (best + 8) % 24) if most >= total * 2 / 3 else None


def _count(dated: Sequence[Dated], weights: Sequence[float], hours: list[float]) -> None:
    """Into the hours of the day; a day without a time says nothing of the hour."""
    for one, weight in zip(dated, weights, strict=True):
        if one.precision != "day":
            hours[one.at // HOUR % 24] += weight


def _faded(days: float) -> float:
    """What so many days in a row are worth at their end."""
    return FADES * (1 - exp(-days / FADES))


def _rounded(entries: float, days: float, at: Micros, hours: Sequence[float]) -> Rate:
    """To what is worth storing."""
    kept = tuple(round(one, 2) for one in hours) if any(hours) else ()
    return Rate(round(entries, 4), round(days, 6), at, kept)
