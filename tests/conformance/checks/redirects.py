"""Checks 42 to 48: feeds that move (RFC 9110 §15.4)."""

from __future__ import annotations

import itertools

from tests.conformance.server import DAY, HOUR, MINUTE, START, Feed, Host
from tests.conformance.trial import Trial, again, check, demand, span
from tests.support.site import redirect

DAYS = 8


def moved(trial: Trial, status: int) -> tuple[Host, Feed]:
    old, new = trial.hosts(2)
    feed = new.feed()
    old.routes["/feed"] = redirect(feed.url, status)
    return old, feed


def adopted_at(old: Host, feed: Feed) -> int | None:
    """The first of the requests to the new address that did not come by way of the old one."""
    ways = {seen.at // MINUTE for seen in old.requests}
    direct = [
        seen.at for seen in feed.hits if not ways & {seen.at // MINUTE, seen.at // MINUTE - 1}
    ]
    return direct[0] if direct else None


@check(42, "301 and 308: followed; adopted after 3 sightings over 3 days, told and reversible")
def a_permanent_redirect_is_adopted_after_evidence(trial: Trial) -> None:
    pairs = [moved(trial, status) for status in (301, 308)]
    urls = [old.url("/feed") for old, _ in pairs]
    reader = trial.reader(*urls)
    reader.run(START + DAYS * DAY)
    for (old, feed), url in zip(pairs, urls, strict=True):
        again(feed.hits, 3)
        _adopted(old, feed)
        if "why" in trial.can:
            demand(feed.url in reader.why(url), "the change of address was not told")
            demand(reader.fetched_at(url) == feed.url, "the address that it fetches is not told")
            count = len(old.requests)
            reader.revive(url, original=True)
            reader.run(trial.now + 2 * DAY)
            demand(len(old.requests) > count, "the change of address cannot be undone")
    _shaken(trial)


def _adopted(old: Host, feed: Feed) -> None:
    at = adopted_at(old, feed)
    demand(at is not None, f"the old address is still asked after {DAYS} days")
    seen = [hit.at for hit in old.requests if hit.at < (at or 0)]
    demand(len(seen) >= 3, f"adopted after {len(seen)} sightings")
    over = seen[-1] - seen[0]
    demand(over >= 3 * DAY - HOUR, f"adopted after {span(over)}")
    late = [hit for hit in old.requests if hit.at > (at or 0) + HOUR]
    demand(not late, "the old address is asked again after the move")


def _shaken(trial: Trial) -> None:
    """Evidence that breaks off (a page in place of the feed at the target) begins anew."""
    old, feed = moved(trial, 301)
    begun = trial.now
    reader = trial.reader(old.url("/feed"))
    reader.run(begun + 2 * DAY)
    feed.answers = "<html><title>We are moving house</title></html>"
    reader.run(begun + 3 * DAY)
    feed.answers = feed.live()
    mended = trial.now
    reader.run(mended + 8 * DAY)
    at = adopted_at(old, feed)
    demand(at is not None, "never adopted once the target was a feed again")
    demand((at or 0) >= mended + 3 * DAY - HOUR, "adopted on evidence from before a broken target")


@check(43, "302, 303 and 307: followed each time, never adopted; a meta refresh is not followed")
def a_temporary_redirect_is_followed_and_never_adopted(trial: Trial) -> None:
    pairs = [moved(trial, status) for status in (302, 303, 307)]
    meta, target = trial.host(), trial.host().feed()
    meta.routes["/feed"] = (
        f"<html><head><meta http-equiv='refresh' content='0; url={target.url}'></head></html>"
    )
    trial.reader(*(old.url("/feed") for old, _ in pairs), meta.url("/feed")).run(START + 12 * DAY)
    for old, feed in pairs:
        again(feed.hits, 3)
        demand(adopted_at(old, feed) is None, "a temporary redirect was adopted")
        demand(trial.now - old.requests[-1].at <= 25 * HOUR, "ceased to ask the feed's address")
    demand(not target.hits, "followed a meta refresh")


@check(44, "A chain of 301 and 302: only the leading permanent run may be adopted")
def only_the_leading_permanent_run_is_adopted(trial: Trial) -> None:
    first, second, third = trial.hosts(3)
    feed = third.feed()
    first.routes["/feed"] = redirect(second.url("/feed"), 301)
    second.routes["/feed"] = redirect(feed.url, 302)
    mixed = trial.host()
    mixed.routes |= {
        "/feed": redirect(mixed.url("/two"), 302),
        "/two": redirect(mixed.url("/three"), 301),
        "/three": feed.live(),
    }
    reader = trial.reader(first.url("/feed"), mixed.url("/feed"))
    reader.run(START + DAYS * DAY)
    demand(trial.now - first.requests[-1].at > 2 * DAY, "the permanent part was never adopted")
    demand(trial.now - second.requests[-1].at <= 25 * HOUR, "the temporary part was adopted too")
    demand(trial.now - mixed.hits("/feed")[-1].at <= 25 * HOUR, "a 302 first was adopted")


@check(45, "More than 5 hops, a loop, or a hop to another scheme: an error that shows the chain")
def a_redirect_that_leads_astray_is_an_error(trial: Trial) -> None:
    host = trial.host()
    canary = trial.world.folder / "canary.xml"
    canary.write_bytes(host.feed("/unused").body)
    host.routes |= {f"/hop{n}": redirect(f"/hop{n + 1}") for n in range(12)}
    host.routes |= {"/hop12": host.feed("/end").live()}
    host.routes |= {"/a": redirect("/b"), "/b": redirect("/a")}
    host.routes |= {"/file": redirect(f"file://{canary}"), "/ftp": redirect("ftp://127.0.0.1/f")}
    five = [f"/five{n}" for n in range(5)]
    host.routes |= {path: redirect(f"/five{n + 1}") for n, path in enumerate(five)}
    host.routes["/five5"] = host.feed("/good").live()
    paths = ("/hop0", "/a", "/file", "/ftp", "/five0")
    reader = trial.reader(*map(host.url, paths))
    reader.run(START + 10 * MINUTE)
    hops = [seen for seen in host.requests if seen.path.startswith("/hop")]
    demand(len(hops) <= 6, f"followed {len(hops) - 1} redirects")
    circle = [seen for seen in host.requests if seen.path in {"/a", "/b"}]
    demand(len(circle) <= 6, f"went round in a circle {len(circle)} times")
    kept = {entry.feed for entry in reader.entries()}
    demand(kept <= {host.url("/five0")}, "took entries from behind a redirect that leads astray")
    demand(host.hits("/five5") and kept, "did not follow five redirects")
    if "why" in trial.can:
        chain = reader.why(host.url("/hop0"))
        demand("/hop5" in chain or "redirect" in chain, "the chain is not told")


@check(46, "No hop from https to http unless allowed; a login never crosses to another origin")
def a_login_stays_at_its_origin(trial: Trial) -> None:
    trial.needs("authority", "it cannot be told to trust the authority of this server")
    secure, other = trial.host(tls="good"), trial.host()
    target = other.feed()
    # By a name: what is allowed by its address is allowed this hop too.
    plain = trial.world.name("plain.example", other) if "names" in trial.can else other.origin
    secure.routes["/feed"] = redirect(f"{plain}/feed")
    trial.reader(secure.url("/feed")).run(START + 2 * HOUR)
    demand(secure.requests, "https was not asked at all")
    demand(not target.hits, "followed a redirect from https to http")
    trial.needs("login", "it has no login for a feed")
    own, strange = trial.hosts(2)
    here, there = own.feed("/here"), strange.feed("/there")
    own.routes["/feed"] = [redirect(here.url), redirect(there.url)]
    reader = trial.reader(own.url("/feed"), login=("ada", "harbour"))
    reader.run(trial.now + 10 * HOUR, lambda: len(there.hits) >= 2)
    demand(own.requests[0].header("Authorization"), "the login was not sent to the feed")
    demand(here.hits[0].header("Authorization"), "the login was not sent within its origin")
    again(there.hits, 1)
    crossed = [seen for seen in there.hits if seen.header("Authorization")]
    demand(not crossed, "the login was sent to another origin")


@check(47, "Adopting the address of another feed merges the two; entries are not duplicated")
def two_feeds_at_one_address_become_one(trial: Trial) -> None:
    old, feed = moved(trial, 301)
    feed.publish(2)
    reader = trial.reader(old.url("/feed"), feed.url)
    reader.run(START + DAYS * DAY)
    demand(trial.now - old.requests[-1].at > 2 * DAY, "the old address is still asked")
    start = trial.now
    feed.publish(1)
    reader.run(start + 3 * DAY)
    held = sorted(entry.id for entry in reader.entries())
    demand(len(held) == len(set(held)), f"{len(held) - len(set(held))} entries are held twice")
    demand(len(held) == 6, f"{len(held)} entries are held of 6")
    times = [seen.at for seen in feed.hits if seen.at > start]
    close = [b - a for a, b in itertools.pairwise(times) if b - a < 14 * MINUTE]
    demand(not close, "the one address is asked twice at a time")
    if "state" in trial.can:
        demand(reader.state(old.url("/feed")) == "merged", "they still count as two feeds")


@check(48, "Entries keep their identity through a move: nothing comes anew")
def nothing_comes_anew_through_a_move(trial: Trial) -> None:
    old, new = trial.hosts(2)
    before = old.feed()
    reader = trial.reader(before.url)
    reader.run(START + DAY)
    feed = Feed(new, "/elsewhere", 0)
    feed.items = before.items
    feed.answers = feed.live()
    before.answers = redirect(feed.url, 301)
    held = [entry.id for entry in reader.entries()]
    counted = reader.changes(before.url) if "changes" in trial.can else 0
    reader.run(START + (DAYS + 1) * DAY)
    again(feed.hits, 3)
    now = [entry.id for entry in reader.entries()]
    demand(now == held, f"{len(now) - len(held)} entries came anew with the move")
    if "changes" in trial.can:
        demand(reader.changes(before.url) == counted, "the move counts as an edit of entries")
