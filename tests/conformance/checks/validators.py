"""Checks 1 to 16: how a feed is asked whether it changed (RFC 9110 §13)."""

from __future__ import annotations

import itertools

from tests.conformance.server import DAY, HOUR, MINUTE, START, Feed, document
from tests.conformance.trial import Trial, again, check, conditional, demand, span
from tests.support.site import Raw, Reply, Seen, redirect

OLD = "Sat, 07 Mar 2026 10:00:00 GMT"
NEWER = "Sun, 08 Mar 2026 11:30:00 GMT"


def sent(seen: Seen) -> tuple[str | None, str | None]:
    return seen.header("If-None-Match"), seen.header("If-Modified-Since")


def expect(feed: Feed, number: int, etag: str | None, modified: str | None) -> None:
    """Request `number` (from 1) carried exactly these validators."""
    got = sent(again(feed.hits, number))
    demand(got == (etag, modified), f"request {number} sent {got}, not {(etag, modified)}")


def three_polls(trial: Trial, *feeds: Feed) -> None:
    trial.reader(*(feed.url for feed in feeds)).run(
        START + 5 * DAY, lambda: all(len(feed.hits) >= 3 for feed in feeds)
    )


@check(1, "The first fetch is unconditional, happens once, and a second within the hour never is")
def first_fetch_alone_is_unconditional(trial: Trial) -> None:
    feed = trial.host().feed(last_modified=OLD)
    reader = trial.reader(feed.url)
    reader.run(START + 20 * MINUTE)
    reader.restart()
    reader.run(START + 3 * HOUR)
    demand(not conditional(again(feed.hits, 1)), "the first fetch was conditional")
    bare = [seen for seen in feed.hits[1:] if not conditional(seen)]
    demand(not bare, f"{len(bare)} further fetches were unconditional")
    again(feed.hits, 2)


TAGS = ('"abc"', 'W/"weak"', '"two  blanks and, a comma"', "bare", '""', '"a"b"', "W/bare")


@check(2, "ETag is echoed byte for byte in If-None-Match")
def etag_is_echoed_byte_for_byte(trial: Trial) -> None:
    host = trial.host()
    feeds = [host.feed(f"/feed{n}", etag=tag) for n, tag in enumerate(TAGS)]
    odd = host.feed("/odd")
    head = b'HTTP/1.1 200 OK\r\nContent-Type: application/rss+xml\r\nETag: "caf\xe9"\r\n\r\n'
    odd.answers = Raw([head + odd.body])
    trial.reader(*(feed.url for feed in feeds), odd.url).run(START + 6 * HOUR)
    for feed, tag in zip([*feeds, odd], [*TAGS, '"caf\xe9"'], strict=True):
        got = again(feed.hits, 2).header("If-None-Match")
        demand(got == tag, f"the ETag {tag} came back as {got}")


DATES = (
    OLD,
    "Mon, 07 Mar 2026 10:00:00 GMT",  # it was a Saturday
    "Sat, 07 Mar 2026 10:00:00 +0200",
    "Saturday, 07-Mar-26 10:00:00 GMT",
    "2026-03-07T10:00:00Z",
    "yesterday evening",
    "0",
)


@check(3, "Last-Modified is echoed byte for byte, never re-formatted")
def last_modified_is_echoed_byte_for_byte(trial: Trial) -> None:
    host = trial.host()
    feeds = [host.feed(f"/feed{n}", etag=None, last_modified=d) for n, d in enumerate(DATES)]
    trial.reader(*(feed.url for feed in feeds)).run(START + 6 * HOUR)
    for feed, date in zip(feeds, DATES, strict=True):
        got = again(feed.hits, 2).header("If-Modified-Since")
        demand(got == date, f"Last-Modified {date!r} came back as {got!r}")


@check(4, "Both validators are sent where both were given, and only the one that was")
def both_validators_or_the_one_that_was_given(trial: Trial) -> None:
    host = trial.host()
    both = host.feed("/both", etag='"1"', last_modified=OLD)
    tag = host.feed("/tag", etag='"1"')
    date = host.feed("/date", etag=None, last_modified=OLD)
    trial.reader(both.url, tag.url, date.url).run(START + 6 * HOUR)
    expect(both, 2, '"1"', OLD)
    expect(tag, 2, '"1"', None)
    expect(date, 2, None, OLD)


@check(5, "A 200 with the same body and new validators: the new ones are sent next")
def same_body_with_new_validators(trial: Trial) -> None:
    feed = trial.host().feed()
    feed.answers = [
        feed.whole(etag='"1"', last_modified=OLD),
        feed.whole(etag='"2"', last_modified=NEWER),
    ]
    three_polls(trial, feed)
    expect(feed, 2, '"1"', OLD)
    expect(feed, 3, '"2"', NEWER)


@check(6, "Same Last-Modified and new ETag, and the reverse: both stored values move")
def one_validator_of_two_moves(trial: Trial) -> None:
    tag, date = trial.host().feed("/tag"), trial.host().feed("/date")
    for feed in (tag, date):
        before = feed.body
        feed.publish()
        new = {"etag": '"2"', "last_modified": OLD} if feed is tag else {"etag": '"1"'}
        new = {"last_modified": NEWER, **new}
        feed.answers = [
            feed.whole(body=before, etag='"1"', last_modified=OLD),
            feed.whole(**new),
        ]
    three_polls(trial, tag, date)
    expect(tag, 3, '"2"', OLD)
    expect(date, 3, '"1"', NEWER)


@check(7, "A 304 with new validators or Cache-Control updates them; absent ones are kept")
def a_304_updates_what_it_carries(trial: Trial) -> None:
    feed = trial.host().feed()
    feed.answers = [
        feed.whole(etag='"1"', last_modified=OLD),
        Reply(status=304, headers={"ETag": '"2"'}, type=None),
        Reply(status=304, headers={"Last-Modified": NEWER}, type=None),
        Reply(status=304, headers={"Cache-Control": "max-age=28800"}, type=None),
    ]
    trial.reader(feed.url).run(START + 10 * DAY, lambda: len(feed.hits) >= 5)
    expect(feed, 3, '"2"', OLD)
    expect(feed, 4, '"2"', NEWER)
    waited = again(feed.hits, 5).at - feed.hits[3].at
    demand(
        waited >= 8 * HOUR, f"max-age of a 304 asked for 8 h, the next came after {span(waited)}"
    )


@check(8, "A 200 without a validator: that validator is deleted, not sent again")
def a_200_without_a_validator_deletes_it(trial: Trial) -> None:
    feed = trial.host().feed()
    feed.answers = [
        feed.whole(etag='"1"', last_modified=OLD),
        feed.whole(last_modified=NEWER),
        feed.whole(),
    ]
    trial.reader(feed.url).run(START + 5 * DAY, lambda: len(feed.hits) >= 4)
    expect(feed, 3, None, NEWER)
    expect(feed, 4, None, None)


@check(9, "A 200 with an unchanged ETag and a changed body is read")
def a_200_is_never_skipped_on_its_etag(trial: Trial) -> None:
    feed = trial.host().feed(items=1)
    reader = trial.reader(feed.url)
    feed.answers = feed.whole(etag='"stuck"')
    reader.run(START + 10 * MINUTE)

    def stuck(_: Seen) -> Raw:
        head = b'HTTP/1.1 200 OK\r\nContent-Type: application/rss+xml\r\nETag: "stuck"\r\n\r\n'
        return Raw([head + feed.body])

    feed.publish()
    feed.answers = stuck
    reader.run(START + 4 * HOUR)
    again(feed.hits, 2)
    demand(len(reader.entries()) == 2, "the entry behind an unchanged ETag was lost")


@check(10, "Validators are kept only once the body was fully read and stored")
def validators_come_with_a_whole_body(trial: Trial) -> None:
    cut, junk, large = (trial.host().feed(f"/{name}") for name in ("cut", "junk", "large"))
    for feed in (cut, junk, large):
        feed.answers = [feed.whole(etag='"1"', last_modified=OLD)]
    cut.answers.append(
        Raw([_head(f"Content-Length: {len(cut.body) + 500}\r\n") + cut.body[: len(cut.body) // 2]])
    )
    junk.answers.append(junk.whole(body=b"\x00\x01 no feed at all", etag='"2"'))
    feeds = [cut, junk]
    wanted = {}
    if "settings" in trial.can:
        wanted = {"max_body": 100_000}
        large.answers.append(large.whole(body=document(large.items * 900), etag='"2"'))
        feeds.append(large)
    trial.reader(*(feed.url for feed in feeds), **wanted).run(
        START + 5 * DAY, lambda: all(len(feed.hits) >= 3 for feed in feeds)
    )
    for feed in feeds:
        got = sent(again(feed.hits, 3))
        demand(got == ('"1"', OLD), f"after a broken body ({feed.path[1:]}) it sent {got}")


def _head(more: str) -> bytes:
    return f'HTTP/1.1 200 OK\r\nETag: "2"\r\nLast-Modified: {NEWER}\r\n{more}\r\n'.encode()


@check(11, "4xx and 5xx answers never change validators")
def errors_change_no_validators(trial: Trial) -> None:
    feeds = []
    for status in (404, 403, 500, 503):
        feed = trial.host().feed(f"/{status}")
        error = {"ETag": '"error"', "Last-Modified": NEWER}
        feed.answers = [
            feed.whole(etag='"1"', last_modified=OLD),
            Reply("No.", status=status, headers=error),
        ]
        feeds.append(feed)
    three_polls(trial, *feeds)
    for feed in feeds:
        expect(feed, 3, '"1"', OLD)


@check(12, "Validators are not sent to another redirect target than the one that gave them")
def validators_belong_to_the_address_that_gave_them(trial: Trial) -> None:
    host, first, second = trial.hosts(3)
    one, other = first.feed("/one", etag='"one"'), second.feed("/other", etag='"other"')
    host.routes["/feed"] = [redirect(one.url), redirect(one.url), redirect(other.url)]
    reader = trial.reader(host.url("/feed"))
    reader.run(START + 5 * DAY, lambda: len(other.hits) >= 2)
    got = again(other.hits, 1).header("If-None-Match")
    demand(got is None, f"the new target was sent the old one's ETag {got}")
    demand(again(other.hits, 2).header("If-None-Match") == '"other"', "its own ETag did not follow")


@check(13, "No change of the address, cookie, Referer, Range or cache-busting; no fragment")
def the_address_is_sent_as_it_is_and_nothing_beside(trial: Trial) -> None:
    host = trial.host()
    target = "/%7Ecrew/f%65ed.xml?b=2&a=1&go=http%3A%2F%2Fx.example%2F&empty=&utm_source=desk&a=0"
    feed = host.feed(target, headers={"Set-Cookie": "seen=1; Path=/"})
    host.routes["/moved"] = redirect(feed.url)
    trial.reader(f"{feed.url}#latest", host.url("/moved")).run(START + 8 * HOUR)
    demand(len(host.requests) >= 6, "it hardly polled")
    for seen in host.requests:
        demand(seen.target in {target, "/moved"}, f"it asked for {seen.target}")
        for name in ("Cookie", "Referer", "Range", "Pragma"):
            demand(seen.header(name) is None, f"it sent {name}: {seen.header(name)}")


@check(14, "A manual refresh is conditional; within the publisher's minimum it is refused")
def a_manual_refresh_is_conditional_or_refused(trial: Trial) -> None:
    trial.needs("refresh", "no refresh of one feed to be driven")
    patient = trial.host().feed(headers={"Cache-Control": "max-age=36000"})
    reader = trial.reader(patient.url)
    reader.run(START + 30 * MINUTE)
    refreshed = reader.refresh(patient.url)
    demand(len(patient.hits) == 1, "a refresh went out within the publisher's max-age")
    demand(refreshed.reason, "it was refused without a reason")
    due = refreshed.next_due or 0
    demand(due >= START + 10 * HOUR, "the refusal does not name the next due time")
    reader.refresh(patient.url, force=True)
    demand(conditional(again(patient.hits, 2)), "the override was unconditional")
    reader.run(START + 20 * HOUR, lambda: len(patient.hits) >= 3)
    plain = trial.host().feed()
    reader = trial.reader(plain.url)
    reader.run(trial.now + MINUTE)
    count = len(plain.hits)
    while trial.now < plain.hits[-1].at + 16 * MINUTE:  # it may poll by itself meanwhile
        reader.run(plain.hits[-1].at + 16 * MINUTE)
    count = len(plain.hits)
    demand(
        reader.refresh(plain.url).polled, "a refresh was refused though nothing speaks against it"
    )
    demand(conditional(again(plain.hits, count + 1)), "the refresh was unconditional")


@check(15, "A lying 304 for a week is asked past once, and once a week at most")
def a_lying_304_is_asked_past(trial: Trial) -> None:
    feed = trial.host().feed(items=0)
    reader = trial.reader(feed.url)
    for _ in range(8):  # two a day for a while, so that what should come is known
        feed.publish()
        reader.run(trial.now + 12 * HOUR)
    told = trial.now
    lie = Reply(status=304, type=None)
    feed.publish(20)
    feed.answers = lambda seen: lie if conditional(seen) else feed.whole(etag='"lie"')
    reader.run(told + 6 * DAY)
    early = [seen for seen in feed.hits if seen.at > told and not conditional(seen)]
    demand(not early, "asked unconditionally before a week had passed")
    reader.run(told + 9 * DAY)
    bare = [seen for seen in feed.hits if seen.at > told and not conditional(seen)]
    demand(bare, "believed 304s for nine days though twenty entries were due")
    demand(len(bare) == 1, f"asked {len(bare)} times unconditionally within two days")
    demand(len(reader.entries()) >= 28, "the entries behind the lie were not read")
    reader.run(told + 24 * DAY)
    bare = [seen.at for seen in feed.hits if seen.at > told and not conditional(seen)]
    close = [b - a for a, b in itertools.pairwise(bare) if b - a < 7 * DAY]
    demand(not close, "asked unconditionally twice within a week")


@check(16, "412 or 400 to validators: once without at the next due time, then remembered")
def a_feed_that_cannot_bear_its_validators(trial: Trial) -> None:
    feeds = []
    for status in (412, 400):
        feed = trial.host().feed(f"/{status}")
        refused = Reply(status=status, type=None)
        whole = feed.whole(etag='"1"')
        feed.answers = lambda seen, no=refused, yes=whole: no if conditional(seen) else yes
        feeds.append(feed)
    trial.reader(*(feed.url for feed in feeds)).run(
        START + 6 * DAY, lambda: all(len(feed.hits) >= 5 for feed in feeds)
    )
    for feed in feeds:
        told = [conditional(seen) for seen in feed.hits[:5]]
        demand(
            told == [False, True, False, False, False],
            f"to {feed.path[1:]}: of the first five requests {sum(told)} carried validators",
        )
        waited = feed.hits[2].at - feed.hits[1].at
        demand(
            waited >= 15 * MINUTE, f"the retry came after {span(waited)}, not at the next due time"
        )
