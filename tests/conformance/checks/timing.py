"""Checks 17 to 29: when a feed is polled (RFC 9111, RSS 2.0, the syndication module)."""

from __future__ import annotations

from collections import Counter

from tests.conformance.server import (
    DAY,
    HOUR,
    MINUTE,
    SECOND,
    START,
    Feed,
    http_date,
)
from tests.conformance.trial import Trial, again, check, demand, gaps, span
from tests.support.site import Seen

SLACK = 5 * SECOND  # a poll is no less punctual for the second that its tick takes
FLOOR = 15 * MINUTE
UNVALIDATED = 60 * MINUTE
CAP = 24 * HOUR
PAUSE = 5 * MINUTE  # how much jitter may add


def first_gap(feed: Feed) -> int:
    return again(feed.hits, 2).at - feed.hits[0].at


def until_polled_twice(trial: Trial, *feeds: Feed, days: int = 40) -> None:
    trial.reader(*(feed.url for feed in feeds)).run(
        START + days * DAY, lambda: all(len(feed.hits) >= 2 for feed in feeds)
    )


def at_least(feed: Feed, wait: int, what: str) -> None:
    got = first_gap(feed)
    demand(got >= wait, f"{what} asks for {span(wait)}, polled again after {span(got)}")


def not_held_back(feed: Feed, what: str, longest: int = 12 * HOUR) -> None:
    """As if nothing had been asked: within the floor and a usual first interval."""
    got = first_gap(feed)
    demand(got >= FLOOR, f"{what}: polled again after {span(got)}, before any floor")
    demand(got <= longest, f"{what} kept the next poll back for {span(got)}")


@check(17, "Two polls are never closer than the floor: 15 min, 60 min without validators; cap 24 h")
def the_floor_and_the_cap_hold(trial: Trial) -> None:
    trial.needs("own times", "its user's schedule decides when it polls")
    busy, bare, quiet = (host.feed() for host in trial.hosts(3))
    bare.answers = lambda _: bare.whole()
    reader = trial.reader(busy.url, bare.url, quiet.url)
    while trial.now < START + 8 * HOUR:
        busy.publish()
        bare.publish()
        reader.run(trial.now + 5 * MINUTE)
    reader.run(START + 12 * DAY, lambda: trial.now > START + 10 * DAY)
    for feed, floor in ((busy, FLOOR), (quiet, FLOOR), (bare, UNVALIDATED)):
        shortest = min(gaps(feed.hits))
        demand(
            shortest >= floor - SLACK, f"polled again after {span(shortest)}, floor {span(floor)}"
        )
    longest = max(gaps(quiet.hits))
    demand(longest <= CAP + PAUSE, f"left a quiet feed alone for {span(longest)}")
    demand(trial.now - quiet.hits[-1].at <= CAP + PAUSE, "ceased to poll a quiet feed")


AGES = (
    ({"Cache-Control": "max-age=7200"}, 120),
    ({"Cache-Control": "max-age=7200", "Age": "600"}, 110),
    ({"Cache-Control": 'public, max-age="7200"'}, 120),
    ({"Cache-Control": "Public,  MAX-AGE=7200 , must-revalidate"}, 120),
    ({"Cache-Control": "max-age=7200", "Expires": http_date(START + MINUTE)}, 120),
    ({"cache-control": "max-age=14400", "Expires": http_date(START - DAY)}, 240),
)


@check(18, "max-age (less Age) delays the next poll, also on a 304 and where Expires disagrees")
def max_age_delays_the_next_poll(trial: Trial) -> None:
    host = trial.host()
    feeds = [host.feed(f"/feed{n}", headers=headers) for n, (headers, _) in enumerate(AGES)]
    trial.reader(*(feed.url for feed in feeds)).run(
        START + 3 * DAY, lambda: all(len(feed.hits) >= 3 for feed in feeds)
    )
    for feed, (headers, minutes) in zip(feeds, AGES, strict=True):
        at_least(feed, minutes * MINUTE, str(headers))
        wait = again(feed.hits, 3).at - feed.hits[1].at
        demand(wait >= minutes * MINUTE, f"{headers} on a 304: polled again after {span(wait)}")


IDLE = (
    "s-maxage=30",
    "private",
    "no-store",
    "no-cache",
    "must-revalidate",
    "no-cache, max-age=864000",
    "max-age=864000, no-cache",
    "s-maxage=864000",
)


@check(19, "s-maxage, private, no-store, no-cache, must-revalidate cause no early poll")
def other_directives_hasten_and_hold_back_nothing(trial: Trial) -> None:
    host = trial.host()
    feeds = [
        host.feed(f"/feed{n}", headers={"Cache-Control": value}) for n, value in enumerate(IDLE)
    ]
    until_polled_twice(trial, *feeds)
    for feed, value in zip(feeds, IDLE, strict=True):
        not_held_back(feed, f"Cache-Control: {value}")


@check(20, "Expires counts only without max-age and relative to Date; 0, -1 and garbage mean none")
def expires_is_relative_to_the_answers_date(trial: Trial) -> None:
    host = trial.host()
    skewed = host.feed(
        "/skewed",
        headers={
            "Date": http_date(START - 5 * DAY),
            "Expires": http_date(START - 5 * DAY + 3 * HOUR),
        },
    )
    plain = host.feed(
        "/plain", headers={"Date": http_date(START), "Expires": http_date(START + 3 * HOUR)}
    )
    later = host.feed(
        "/later",
        headers={
            "Cache-Control": "max-age=60",
            "Date": http_date(START),
            "Expires": http_date(START + 20 * DAY),
        },
    )
    odd = [
        host.feed(f"/odd{n}", headers={"Date": http_date(START), "Expires": value})
        for n, value in enumerate(("0", "-1", "soon", http_date(START - 300 * DAY)))
    ]
    until_polled_twice(trial, skewed, plain, later, *odd)
    at_least(skewed, 3 * HOUR, "Expires 3 h after a Date that is wrong by days")
    at_least(plain, 3 * HOUR, "Expires")
    not_held_back(later, "Expires beside max-age=60")
    for feed in odd:
        not_held_back(feed, "an Expires that means none")


@check(
    21, "RSS ttl raises the interval; 0, negative, text or more than 7 days is ignored or clamped"
)
def ttl_raises_the_interval(trial: Trial) -> None:
    host = trial.host()
    values = ("180", " 240 ", "0", "-5", "soon", "20160", "99999999999999")
    feeds = [host.feed(f"/feed{n}") for n in range(len(values))]
    for feed, value in zip(feeds, values, strict=True):
        feed.extra = f"<ttl>{value}</ttl>"
    until_polled_twice(trial, *feeds)
    at_least(feeds[0], 3 * HOUR, "ttl 180")
    at_least(feeds[1], 4 * HOUR, "ttl 240")
    for feed, value in zip(feeds[2:5], values[2:5], strict=True):
        not_held_back(feed, f"ttl {value!r}")
    for feed, value in zip(feeds[5:], values[5:], strict=True):
        not_held_back(feed, f"ttl {value}", 7 * DAY + PAUSE)


def hours_of(hits: list[Seen]) -> set[int]:
    return {seen.at // HOUR % 24 for seen in hits}


@check(22, "skipHours and skipDays: no poll inside; all of them skipped is ignored, with a warning")
def no_poll_in_hours_and_on_days_to_skip(trial: Trial) -> None:
    hours, days, all_hours, all_days = (host.feed() for host in trial.hosts(4))
    hours.extra = f"<skipHours>{_each('hour', (13, 14, 15, 16, 24))}</skipHours>"
    days.extra = f"<skipDays>{_each('day', ('Wednesday', 'friday'))}</skipDays>"
    all_hours.extra = f"<skipHours>{_each('hour', range(24))}</skipHours>"
    week = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
    all_days.extra = f"<skipDays>{_each('day', week)}</skipDays>"
    reader = trial.reader(hours.url, days.url, all_hours.url, all_days.url)
    reader.run(START + 5 * DAY)
    inside = hours_of(hours.hits[1:]) & {13, 14, 15, 16, 0}
    demand(not inside, f"polled in hours to skip: {sorted(inside)}")
    weekdays = {(seen.at // DAY + 3) % 7 for seen in days.hits[1:]}  # 1970 began on a Thursday
    demand(not weekdays & {2, 4}, "polled on days to skip")
    for feed, what in ((hours, "skipHours"), (days, "skipDays")):
        demand(len(feed.hits) >= 3, f"{what} ended the polls")
    for feed, what in ((all_hours, "24 hours"), (all_days, "7 days")):
        demand(len(feed.hits) >= 3, f"all {what} to skip ended the polls")
        longest = max(gaps(feed.hits))
        demand(longest <= CAP + PAUSE, f"all {what} to skip: left alone for {span(longest)}")
        if "why" in trial.can:
            demand("skip" in reader.why(feed.url).lower(), f"no warning of all {what} to skip")


def _each(name: str, values: object) -> str:
    return "".join(f"<{name}>{value}</{name}>" for value in values)  # type: ignore[attr-defined]


PERIODS = (
    ("hourly", "1", HOUR),
    ("daily", "1", DAY),
    ("Daily", "4", 6 * HOUR),
    ("WEEKLY", "1", 7 * DAY),
    ("monthly", "2", 14 * DAY),
    ("yearly", "24", 14 * DAY),
    ("daily", "none", DAY),
)


@check(23, "sy:updatePeriod, updateFrequency and updateBase raise the interval")
def the_syndication_module_raises_the_interval(trial: Trial) -> None:
    host = trial.host()
    feeds = [host.feed(f"/feed{n}") for n in range(len(PERIODS))]
    for feed, (period, often, _) in zip(feeds, PERIODS, strict=True):
        feed.extra = (
            f"<sy:updatePeriod> {period} </sy:updatePeriod>"
            f"<sy:updateFrequency>{often}</sy:updateFrequency>"
        )
    base, fast, odd = host.feed("/base"), host.feed("/fast"), host.feed("/odd")
    base.extra = (
        "<sy:updatePeriod>daily</sy:updatePeriod>"
        "<sy:updateBase>2026-01-01T18:00+00:00</sy:updateBase>"
    )
    fast.extra = _often("hourly", 3600)
    odd.extra = _often("now and then", 1)
    until_polled_twice(trial, *feeds, base, fast, odd, days=33)
    for feed, (period, often, wait) in zip(feeds, PERIODS, strict=True):
        at_least(feed, wait, f"{period} x {often}")
    # Due at 18:00 each day: not before the next, and no later than the one after it.
    got = first_gap(base)
    demand(got >= 6 * HOUR, f"daily from 18:00: polled again after {span(got)}, before 18:00")
    demand(got <= 30 * HOUR + PAUSE, f"daily from 18:00: polled again after {span(got)}")
    not_held_back(fast, "3600 times an hour")
    not_held_back(odd, "a period of another name")


def _often(period: str, frequency: int) -> str:
    return (
        f"<sy:updatePeriod>{period}</sy:updatePeriod>"
        f"<sy:updateFrequency>{frequency}</sy:updateFrequency>"
    )


@check(
    24, "The wait is the longest that is asked for, 31 days at most; every due time is explained"
)
def the_longest_wish_counts_and_is_explained(trial: Trial) -> None:
    feeds = both, endless, plain = [host.feed() for host in trial.hosts(3)]
    both.answers = both.live(headers={"Cache-Control": "max-age=7200"})
    both.extra = "<ttl>300</ttl>"
    endless.answers = endless.live(headers={"Cache-Control": "max-age=31536000"})
    reader = trial.reader(both.url, endless.url, plain.url)
    reader.run(START + 10 * MINUTE)
    explained = {feed.url: reader.why(feed.url) if "why" in trial.can else "" for feed in feeds}
    reader.run(START + 40 * DAY, lambda: all(len(feed.hits) > 1 for feed in feeds))
    at_least(both, 5 * HOUR, "ttl 300 beside max-age=7200")
    got = first_gap(endless)
    demand(got <= 31 * DAY + PAUSE, f"max-age of a year kept the feed back for {span(got)}")
    at_least(endless, 30 * DAY, "max-age of a year")
    if "why" in trial.can:
        for feed, word in ((both, "ttl"), (endless, "max-age")):
            demand(word in explained[feed.url], f"the due time is not explained by {word}")
        demand(explained[plain.url].strip(), "a due time is not explained")


@check(25, "Due times are persistent: 20 restarts in an hour, and no poll below the floor")
def restarts_hasten_no_poll(trial: Trial) -> None:
    feeds = [host.feed() for host in trial.hosts(3)]
    feeds[1].answers = lambda _: feeds[1].whole()
    feeds[2].answers = 503
    reader = trial.reader(*(feed.url for feed in feeds))
    for _ in range(20):
        reader.run(trial.now + 3 * MINUTE)
        reader.restart()
    reader.run(START + HOUR + MINUTE)
    for feed, floor in zip(feeds, (FLOOR, UNVALIDATED, FLOOR), strict=True):
        again(feed.hits, 1)
        shortest = min(gaps(feed.hits), default=DAY)
        demand(shortest >= floor - SLACK, f"a restart made it poll again after {span(shortest)}")


@check(26, "Many feeds overdue after a stop: one poll each, spread over hosts, no burst")
def a_stop_is_followed_by_no_burst(trial: Trial) -> None:
    hosts, feeds, most = trial.hosts(20), [], Counter[str]()
    open_now = Counter[str]()

    def counted(feed: Feed) -> object:
        def answer(seen: Seen) -> object:
            name = feed.host.address
            open_now[name] += 1
            most[name] = max(most[name], open_now[name])
            reply = feed.live()(seen)
            open_now[name] -= 1
            return reply

        return answer

    for n in range(240):
        feed = hosts[n % 20].feed(f"/feed{n}")
        feed.answers = counted(feed)
        feeds.append(feed)
    reader = trial.reader(*(feed.url for feed in feeds), gap=SECOND)
    reader.run(START + 3 * HOUR)
    before = {feed.url: len(feed.hits) for feed in feeds}
    demand(all(before.values()), "not every feed was polled")
    trial.world.clock.at += 3 * HOUR  # the machine was off
    reader.restart()
    resumed = trial.now
    reader.run(resumed + 14 * MINUTE)
    late = [len(feed.hits) - before[feed.url] for feed in feeds]
    demand(max(late) == 1, f"a feed was polled {max(late)} times for the polls it missed")
    demand(sum(late) >= 120, "what was overdue was left alone")
    demand(max(most.values()) == 1, f"{max(most.values())} requests at a time to one host")
    caught = [seen.at for feed in feeds for seen in feed.hits if seen.at >= resumed]
    spread = max(caught) - min(caught)
    demand(spread >= 5 * SECOND, f"{len(caught)} polls within {span(spread)}: a burst")
    reader.run(resumed + 5 * HOUR)
    minutes = {
        seen.at // MINUTE for feed in feeds for seen in feed.hits if seen.at > resumed + HOUR
    }
    demand(len(minutes) >= 45, f"polls go on in step: all in {len(minutes)} minutes of four hours")


@check(27, "Jitter only lengthens the publisher's minimum, and is even over the hour")
def jitter_is_even_and_never_early(trial: Trial) -> None:
    hosts = trial.hosts(10)
    asked = [hosts[n % 10].feed(f"/asked{n}") for n in range(40)]
    for feed in asked:
        feed.answers = feed.live(headers={"Cache-Control": "max-age=3600"})
    plain = [hosts[n % 10].feed(f"/plain{n}") for n in range(260)]
    reader = trial.reader(*(feed.url for feed in (*asked, *plain)))
    reader.run(START + 8 * HOUR)
    shortest = min(gap for feed in asked for gap in gaps(feed.hits))
    demand(shortest >= HOUR, f"max-age=3600, and polled again after {span(shortest)}")
    minutes = Counter(
        seen.at // MINUTE % 60 for feed in plain for seen in feed.hits if seen.at > START + HOUR
    )
    mean, peak = sum(minutes.values()) / 60, max(minutes.values())
    demand(
        peak <= 3 * mean, f"one minute of the hour has {peak / mean:.0f} times its share of polls"
    )


@check(28, "The clock steps back or forward a day: no burst, and no stall over one cap")
def a_clock_that_steps_is_lived_with(trial: Trial) -> None:
    trial.needs("clock", "its clock cannot be set back while it runs")
    feeds = [host.feed() for host in trial.hosts(5)]
    reader = trial.reader(*(feed.url for feed in feeds))
    reader.run(START + 5 * HOUR)
    for step in (DAY, -DAY):
        counts = [len(feed.hits) for feed in feeds]
        reader.step_clock(step)
        begun = trial.now
        reader.run(begun + FLOOR - MINUTE)
        burst = max(len(f.hits) - n for f, n in zip(feeds, counts, strict=True))
        demand(burst <= 1, f"polled {burst} times within a quarter of an hour of the step")
        reader.run(begun + CAP + PAUSE)
        stalled = [f for f, n in zip(feeds, counts, strict=True) if len(f.hits) == n]
        demand(not stalled, "no poll for a whole day after the step")


@check(29, "A feed with a hub is polled as any other where nothing is subscribed to there")
def a_hub_alone_ends_no_polls(trial: Trial) -> None:
    hub = trial.host()
    feed = trial.host().feed()
    feed.extra = f'<atom:link rel="hub" href="{hub.url("/hub")}"/>'
    trial.reader(feed.url).run(START + 3 * DAY)
    longest = max(gaps(feed.hits), default=DAY)
    if any(seen.method == "POST" for seen in hub.requests):
        demand(longest <= CAP + PAUSE, f"no safety net: left alone for {span(longest)}")
    else:
        demand(not hub.requests, "asked the hub for something else than a subscription")
        demand(longest <= 12 * HOUR, f"nothing pushed, and polled again after {span(longest)}")
