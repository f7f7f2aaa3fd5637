"""Checks 30 to 41: what follows answers that are none (RFC 9110 §15, RFC 6585)."""

from __future__ import annotations

import itertools

from tests.conformance.server import DAY, HOUR, MINUTE, START, Feed, Host, http_date
from tests.conformance.trial import Trial, again, check, demand, gaps, span
from tests.support.site import RESET, Raw, Reply, Seen

FLOOR = 15 * MINUTE
SLACK = 10 * MINUTE


def busy(status: int, after: str | None, date: int | None = None) -> Reply:
    headers = {"Retry-After": after} if after is not None else {}
    if date is not None:
        headers["Date"] = http_date(date)
    return Reply(status=status, headers=headers, type=None)


def turned_away(trial: Trial, answer: Reply, wait: int) -> None:
    """A feed that is known is turned away once: nothing is asked of it for so long, and then it is
    read again."""
    feed = trial.host().feed()
    reader = trial.reader(feed.url)
    reader.run(START + 10 * MINUTE)
    feed.publish()
    feed.answers = [answer, feed.whole()]
    reader.run(START + 9 * DAY, lambda: len(feed.hits) >= 3)
    told, next_one = again(feed.hits, 2).at, again(feed.hits, 3).at
    demand(
        next_one - told >= wait, f"told to wait {span(wait)}, back after {span(next_one - told)}"
    )
    demand(next_one - told <= wait + DAY, f"told to wait {span(wait)}, stayed away far longer")
    reader.run(trial.now + HOUR)
    demand(len(reader.entries()) == 4, "what came meanwhile was not read afterwards")


@check(30, "429 with Retry-After in seconds: no request before it")
def retry_after_seconds_are_waited_for(trial: Trial) -> None:
    turned_away(trial, busy(429, "18000"), 5 * HOUR)


@check(31, "429 with Retry-After as a date, counted from the answer's Date")
def retry_after_dates_count_from_the_answers_date(trial: Trial) -> None:
    # The server's clock is a month behind: what counts is the five hours in between.
    late = START - 30 * DAY
    turned_away(trial, busy(429, http_date(late + 5 * HOUR), date=late), 5 * HOUR)


@check(32, "503 with Retry-After: no request before it")
def a_503_with_retry_after_is_waited_for(trial: Trial) -> None:
    turned_away(trial, busy(503, "18000"), 5 * HOUR)


@check(33, "429 without Retry-After: back-off with jitter from 1 h to 24 h, no immediate retry")
def a_bare_429_is_backed_off_from(trial: Trial) -> None:
    feeds = [host.feed() for host in trial.hosts(8)]
    for feed in feeds:
        feed.answers = busy(429, None)
    trial.reader(*(feed.url for feed in feeds)).run(START + 12 * DAY)
    waits = [gaps(feed.hits) for feed in feeds]
    demand(all(len(own) >= 6 for own in waits), "gave a feed up that answers 429")
    shortest, longest = min(min(own) for own in waits), max(max(own) for own in waits)
    demand(shortest >= HOUR - MINUTE, f"back {span(shortest)} after a 429")
    demand(longest <= DAY + SLACK, f"stayed away for {span(longest)} without being asked to")
    first = sum(own[0] for own in waits) / len(waits)
    later = sum(sum(own[3:6]) / 3 for own in waits) / len(waits)
    demand(later >= 2 * first, f"does not back off: {span(first)} at first, {span(later)} later")
    demand(len({own[3] // MINUTE for own in waits}) >= 4, "no jitter: all come back together")


@check(34, "A 429 or 503 pauses the whole host (shared hosts as one); other hosts go on")
def the_whole_host_is_left_alone(trial: Trial) -> None:
    for status in (429, 503):
        host, other = trial.hosts(2)
        one, two, free = host.feed("/one"), host.feed("/two"), other.feed()
        _wait_once(host, status)
        trial.reader(one.url, two.url, free.url).run(trial.now + 8 * HOUR)
        _left_alone(host.requests, status)
        demand(len(free.hits) >= 4, "other hosts were paused too")
        demand(one.hits and two.hits, "the host was not asked again afterwards")
    if "names" in trial.can:
        shared = trial.host()
        names = ("crew.blogspot.com", "port.blogspot.com")
        one, two = (trial.world.name(name, shared) + shared.feed(f"/{name}").path for name in names)
        _wait_once(shared, 429)
        trial.reader(one, two).run(trial.now + 8 * HOUR)
        # What was on its way when the answer came is nobody's fault.
        first, *later = shared.requests
        _left_alone([first, *(seen for seen in later if seen.at > first.at)], 429)


def _wait_once(host: Host, status: int) -> None:
    """The first request is turned away for three hours; the next ones are answered."""
    routes, asked = dict(host.routes), []

    def answer(seen: Seen) -> object:
        asked.append(seen)
        return busy(status, "10800") if len(asked) == 1 else routes[seen.path]

    for path in routes:
        host.routes[path] = answer


def _left_alone(requests: list[Seen], status: int) -> None:
    told = requests[0].at
    early = [seen for seen in requests[1:] if seen.at - told < 3 * HOUR]
    demand(
        not early,
        f"{len(early)} more requests to a host that answered {status} and asked for 3 h",
    )


@check(35, "Retry-After of more than 7 days, negative or garbage is clamped to [floor, 7 days]")
def odd_retry_afters_are_clamped(trial: Trial) -> None:
    odd = ("2592000", http_date(START + 60 * DAY), "-20", "0", "later, please", "1e9", "٣٠")
    feeds = [host.feed() for host in trial.hosts(len(odd))]
    for feed, value in zip(feeds, odd, strict=True):
        raw = f"HTTP/1.1 429 No\r\nRetry-After: {value}\r\nContent-Length: 0\r\n\r\n"
        feed.answers = [Raw([raw.encode()]), feed.whole()]
    reader = trial.reader(*(feed.url for feed in feeds))
    reader.run(START + 10 * MINUTE)
    told = [reader.why(feed.url) if "why" in trial.can else "" for feed in feeds]
    reader.run(START + 9 * DAY)
    for feed, value, why in zip(feeds, odd, told, strict=True):
        got = again(feed.hits, 2).at - feed.hits[0].at
        demand(got >= FLOOR, f"Retry-After {value!r}: back after {span(got)}")
        demand(got <= 7 * DAY + SLACK, f"Retry-After {value!r}: stayed away for {span(got)}")
        if "why" in trial.can and value != "0":
            demand("Retry-After" in why, f"nothing was said about Retry-After {value!r}")


@check(36, "410: no further request; entries are kept; it can be revived by hand")
def gone_is_gone(trial: Trial) -> None:
    feed = trial.host().feed()
    reader = trial.reader(feed.url)
    reader.run(START + 10 * MINUTE)
    feed.answers = 410
    reader.run(START + 2 * DAY)
    count = len(feed.hits)
    reader.run(START + 60 * DAY)
    demand(len(feed.hits) == count == 2, f"asked {len(feed.hits) - 2} more times after a 410")
    demand(len(reader.entries()) == 3, "the entries of a feed that is gone were dropped")
    if "state" in trial.can:
        demand(reader.state(feed.url) == "gone", f"its state is {reader.state(feed.url)}")
        feed.answers = feed.live()
        reader.revive(feed.url)
        reader.run(trial.now + HOUR)
        demand(len(feed.hits) > count and reader.state(feed.url) == "ok", "it cannot be revived")


@check(37, "404, 403, 401, 5xx, DNS, TLS, time-outs: 1 h, doubled, 24 h at most; never given up")
def failures_are_backed_off_from_and_never_given_up(trial: Trial) -> None:
    feeds = []
    for status in (404, 403, 401, 500):
        feed = trial.host().feed()
        feed.answers = status
        feeds.append(feed)
    cut = trial.host().feed()
    cut.answers = Raw([RESET])
    healthy = trial.host().feed()
    reader = trial.reader(healthy.url, cut.url, *(feed.url for feed in feeds))
    reader.run(START + 50 * DAY)
    for feed in (*feeds, cut):
        _backed_off(feed, "a reset" if feed is cut else str(feed.answers))
        feed.answers = feed.live()
    mended = trial.now
    reader.run(mended + 8 * DAY)
    for feed in (*feeds, cut):
        demand(len([e for e in reader.entries() if e.feed == feed.url]) == 3, "no recovery")
        next_one = gaps([seen for seen in feed.hits if seen.at > mended])[0]
        demand(next_one <= 12 * HOUR, "a recovered feed is still treated as a failing one")
    for never in _unreachable(trial):
        _backed_off_at_first(trial, never)


def _backed_off(feed: Feed, what: str) -> None:
    waits = gaps(feed.hits)
    demand(len(waits) >= 8, f"{what}: given up after {len(feed.hits)} polls in 50 days")
    demand(min(waits) >= HOUR - MINUTE, f"{what}: back after {span(min(waits))}")
    demand(waits[1] >= 1.7 * waits[0], f"{what}: no doubling ({span(waits[0])}, {span(waits[1])})")
    early = [
        own for own, seen in zip(waits, feed.hits[1:], strict=True) if seen.at < START + 29 * DAY
    ]
    demand(
        max(early) <= DAY + SLACK, f"{what}: left alone for {span(max(early))} in the first month"
    )
    demand(max(waits) <= 7 * DAY + SLACK, f"{what}: left alone for {span(max(waits))}")


def _unreachable(trial: Trial) -> list[Host | str]:
    """Where no request can be seen: a bad certificate, and a name that leads nowhere."""
    found: list[Host | str] = []
    if "authority" in trial.can:
        found.append(trial.host(tls="expired"))
    if "names" in trial.can:
        found.append("nowhere.example")
    return found


def _backed_off_at_first(trial: Trial, where: Host | str) -> None:
    """Connections, or look-ups, are all that can be counted: four in the first 16 hours."""
    healthy = trial.host().feed()
    asked: list[int] = []
    if isinstance(where, str):
        origin = trial.world.name(where, 0)
        trial.world.looked_up = lambda name: asked.append(trial.now) if name == where else None
    else:
        origin = where.origin
        where.connected = lambda: asked.append(trial.now)
    reader = trial.reader(healthy.url, f"{origin}/feed")
    begun = trial.now
    reader.run(begun + 16 * HOUR)
    times = sorted(set(asked))
    what = where if isinstance(where, str) else "an expired certificate"
    demand(3 <= len(times) <= 6, f"{what}: tried {len(times)} times in 16 h, not about 4")
    waits = [b - a for a, b in itertools.pairwise(times)]
    demand(waits[1] >= 1.7 * waits[0], f"{what}: no doubling ({span(waits[0])}, {span(waits[1])})")


@check(38, "A reset in the body, a wrong length, bad chunks: an error, nothing stored, no retry")
def a_broken_transfer_stores_nothing(trial: Trial) -> None:
    feeds = [host.feed(items=6) for host in trial.hosts(3)]
    body = feeds[0].body
    half = body[: body.index(b"</item>") + 7]  # a whole item is in it
    head = b"HTTP/1.1 200 OK\r\nContent-Type: application/rss+xml\r\n"
    long = b"Content-Length: %d\r\n\r\n" % len(body)
    chunk = b"%x\r\n%s\r\n" % (len(half), half)
    answers = (
        Raw([head + long + half, 0.05, RESET]),
        Raw([head + long + half]),
        Raw([head + b"Transfer-Encoding: chunked\r\n\r\n" + chunk + b"zz\r\nnonsense"]),
    )
    names = ("a reset", "a wrong length", "a bad chunk")
    for feed, answer in zip(feeds, answers, strict=True):
        feed.answers = [answer, feed.whole()]
    reader = trial.reader(*(feed.url for feed in feeds))
    reader.run(START + 10 * MINUTE)
    for feed, name in zip(feeds, names, strict=True):
        demand(len(feed.hits) == 1, f"{name}: tried again at once")
        stored = [entry for entry in reader.entries() if entry.feed == feed.url]
        demand(not stored, f"{name}: stored {len(stored)} entries of a body that broke off")
    reader.run(START + DAY)
    demand(len(reader.entries()) == 18, "the whole bodies afterwards were not read")


WALLS = (
    ("a parking page", Reply("<html><head><title>This domain is for sale</title></head>"
                             "<body><h1>harbour.example</h1><a href='/feed.xml'>Feed</a>"
                             "</body></html>")),
    ("a login", Reply("<!DOCTYPE html><html><head><title>Log in</title>"
                      "<link rel='alternate' type='application/rss+xml' href='/other.xml'></head>"
                      "<body><form><input name=user></form></body></html>")),
    ("a challenge", Reply("<html><head><title>Just a moment...</title></head></html>",
                          headers={"cf-mitigated": "challenge"})),
    ("a challenge with 403", Reply("<html><title>Just a moment...</title></html>", status=403,
                                   headers={"cf-mitigated": "challenge"})),
)  # fmt: skip


@check(39, "A page in place of the feed: an error, old data and address kept, no fake user agent")
def a_page_is_no_feed(trial: Trial) -> None:
    feeds = [host.feed() for host in trial.hosts(len(WALLS))]
    reader = trial.reader(*(feed.url for feed in feeds))
    reader.run(START + 10 * MINUTE)
    before = {entry.id for entry in reader.entries()}
    for feed, (_, wall) in zip(feeds, WALLS, strict=True):
        feed.answers = wall
    reader.run(START + 3 * DAY)
    if "state" in trial.can:
        for feed, (name, _) in zip(feeds, WALLS, strict=True):
            demand(reader.state(feed.url) == "failing", f"{name} is no failure to it")
    for feed, (name, _) in zip(feeds, WALLS, strict=True):
        elsewhere = {seen.target for seen in feed.host.requests} - {feed.path}
        demand(not elsewhere, f"{name}: it asked for {', '.join(sorted(elsewhere))} too")
        agents = {seen.header("User-Agent") for seen in feed.host.requests}
        demand(len(agents) == 1, f"{name}: it changed its name to {agents}")
        feed.publish()
        feed.answers = feed.live()
    reader.run(trial.now + 3 * DAY)
    now = {entry.id for entry in reader.entries()}
    demand(before <= now, "entries were lost over a page in place of the feed")
    demand(len(now) == len(before) + len(WALLS), "the feed was not read again afterwards")


@check(40, "204, 206, an empty 200 and a feed without items are no errors and delete nothing")
def nothing_is_no_error(trial: Trial) -> None:
    feeds = [host.feed() for host in trial.hosts(4)]
    reader = trial.reader(*(feed.url for feed in feeds))
    reader.run(START + 10 * MINUTE)
    nothing, part, empty, bare = feeds
    nothing.answers = 204
    part.answers = Reply(part.body[:300], status=206, headers={"Content-Range": "bytes 0-299/900"})
    empty.answers = Reply(b"", type="application/rss+xml")
    items, bare.items = bare.items, []
    names = ("a 204", "a 206", "an empty 200", "a feed without items")
    reader.run(START + DAY)
    for feed, name in zip(feeds, names, strict=True):
        if "state" in trial.can:
            demand(reader.state(feed.url) == "ok", f"{name} counts as {reader.state(feed.url)}")
        kept = [entry for entry in reader.entries() if entry.feed == feed.url]
        demand(len(kept) == 3, f"{name}: {3 - len(kept)} of 3 entries were deleted")
        demand(len(feed.hits) >= 3, f"{name} ended the polls")
    bare.items = items
    for feed in feeds:
        feed.publish()
        feed.answers = feed.live()
    reader.run(trial.now + 3 * DAY)
    demand(len(reader.entries()) == 16, "the feeds were not read again afterwards")


@check(41, "A bad certificate: an error, no downgrade; exceptions only for one feed by its setting")
def a_bad_certificate_is_refused(trial: Trial) -> None:
    trial.needs("authority", "it cannot be told to trust the authority of this server")
    good, *bad = (trial.host(tls=sort) for sort in ("good", "expired", "self-signed", "other"))
    feed = good.feed()
    for host in bad:
        host.feed()
    urls = [host.url("/feed") for host in bad]
    reader = trial.reader(feed.url, *urls)
    reader.run(START + 6 * HOUR)
    again(feed.hits, 1)
    for host, sort in zip(bad, ("expired", "self-signed", "wrong"), strict=True):
        demand(not host.requests, f"sent a request over a connection with a {sort} certificate")
        demand(host.connections, f"never tried the host with a {sort} certificate")
        if "why" in trial.can:
            why = reader.why(host.url("/feed"))
            demand("ertificate" in why, f"does not tell that the certificate is {sort}")
    if "own network" in trial.can:
        trial.reader(urls[1], insecure=True).run(trial.now + HOUR)
        demand(bad[1].requests, "the exception for one feed has no effect")
        demand(not bad[0].requests, "the exception for one feed holds for others")
