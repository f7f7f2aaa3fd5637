"""Checks 69 to 72: what a site does not want fetched or kept (RFC 9309). For readers that fetch the
pages behind the entries."""

from __future__ import annotations

from tests.conformance.drivers.base import Driver
from tests.conformance.server import DAY, HOUR, MINUTE, SECOND, START, Feed, Host, item
from tests.conformance.trial import Trial, again, check, demand, gaps, span
from tests.support.site import RESET, Raw, Reply, redirect

NO_PAGES = "it fetches no pages behind the entries"
TEXT = (
    "Ship {} leaves the harbour of Tarven with the evening tide, and the pilots expect it back "
    "before the weekend, as the harbour master told the crews at noon on the northern quay. "
)


def page(name: str, head: str = "", **options: object) -> Reply:
    body = f"<article><h1>Ship {name}</h1><p>{TEXT.format(name) * 3}</p></article>"
    return Reply(f"<html><head>{head}</head><body>{body}</body></html>", **options)  # type: ignore[arg-type]


def newsroom(trial: Trial, *names: str, rules: object = 404) -> tuple[Feed, Host]:
    """A feed whose entries lead to pages of another host, which has those rules."""
    feed, pages = trial.host().feed(items=0), trial.host()
    pages.routes["/robots.txt"] = rules
    for name in names:
        publish(feed, pages, name)
    return feed, pages


def publish(feed: Feed, pages: Host, name: str) -> None:
    pages.routes[f"/{name}"] = page(name)
    link = pages.url(f"/{name}")
    feed.items.insert(0, item(f"urn:{link}", 1, feed.host.now(), title=f"Ship {name}", link=link))


def reading(trial: Trial, *feeds: Feed, **wanted: object) -> Driver:
    reader = trial.reader(*(feed.url for feed in feeds), pages=True, **wanted)
    reader.run(trial.now + 20 * MINUTE)
    return reader


@check(69, "A subscribed feed is fetched without robots.txt (switchable); pages only as it allows")
def robots_bind_pages_and_not_feeds(trial: Trial) -> None:
    host = trial.host()
    feed = host.feed(items=0)
    host.routes["/robots.txt"] = "User-agent: *\nDisallow: /"
    publish(feed, host, "closed")
    if "pages" not in trial.can:
        trial.reader(feed.url).run(START + 20 * MINUTE)
        demand(feed.hits, "a subscribed feed was not fetched because of robots.txt")
        return
    other, pages = newsroom(
        trial,
        "open",
        "private/one",
        rules="User-agent: *\nDisallow: /\n\nUser-agent: watcher\nDisallow: /private/\n",
    )
    reading(trial, feed, other)
    demand(feed.hits, "a subscribed feed was not fetched because of robots.txt")
    demand(not host.hits("/closed"), "a page was fetched that robots.txt closes to all")
    demand(pages.hits("/open"), "the rules for its own name do not count")
    demand(not pages.hits("/private/one"), "a page was fetched that is closed to its own name")
    strict = trial.host().feed()
    strict.host.routes["/robots.txt"] = "User-agent: watcher\nDisallow: /feed\n"
    reading(trial, strict, robots_for_feeds=True)
    demand(not strict.hits, "a feed was fetched though its user wants robots.txt obeyed for it")


@check(70, "4xx: allowed; 5xx, unreachable: not; 5 redirects, 500 KiB, cached for 24 h at most")
def robots_are_read_as_the_rfc_has_it(trial: Trial) -> None:
    trial.needs("pages", NO_PAGES)
    closed = "User-agent: *\nDisallow: /\n"
    large = "# filler of a long robots.txt\n" * 16_000 + closed  # the rules end at 480 KB
    hop = redirect("/robots-1.txt")
    cases: dict[str, tuple[object, bool]] = {
        "404": (404, True),
        "403": (403, True),
        "500": (500, False),
        "503": (Reply(status=503, type=None), False),
        "reset": (Raw([RESET]), False),
        "hops": (hop, False),
        "large": (Reply(large, type="text/plain"), False),
        "empty": ("", True),
    }
    rooms = {name: newsroom(trial, "one", rules=rules) for name, (rules, _) in cases.items()}
    far = rooms["hops"][1]
    far.routes |= {f"/robots-{n}.txt": redirect(f"/robots-{n + 1}.txt") for n in range(1, 5)}
    far.routes["/robots-5.txt"] = closed
    reading(trial, *(feed for feed, _ in rooms.values()))
    for name, (_, allowed) in cases.items():
        pages = rooms[name][1]
        demand(pages.hits("/robots.txt"), f"{name}: robots.txt was not asked for")
        fetched = bool(pages.hits("/one"))
        demand(fetched == allowed, f"{name}: the page was {'' if fetched else 'not '}fetched")
    _cached(trial)
    _forgiven(trial)


def _cached(trial: Trial) -> None:
    feed, pages = newsroom(trial, "first", rules="User-agent: *\nAllow: /\n")
    reader = reading(trial, feed)
    for n in range(3):
        publish(feed, pages, f"day-{n}")
        reader.run(trial.now + 12 * HOUR)
    rules = pages.hits("/robots.txt")
    demand(len(pages.requests) - len(rules) == 4, "not every page was fetched")
    demand(len(rules) == 2, f"robots.txt was asked for {len(rules)} times in a day and a half")
    wait = gaps(rules)[0]
    demand(wait <= DAY + 12 * HOUR, f"robots.txt was believed for {span(wait)}")


def _forgiven(trial: Trial) -> None:
    """Whoever answers 5xx for 30 days has no rules, RFC 9309 says."""
    feed, pages = newsroom(trial, "early", rules=500)
    reader = reading(trial, feed)
    reader.run(trial.now + 20 * DAY)
    publish(feed, pages, "middle")
    reader.run(trial.now + 13 * DAY)
    demand(not pages.hits("/middle"), "a page was fetched after 20 days of 5xx for robots.txt")
    publish(feed, pages, "late")
    reader.run(trial.now + 2 * DAY)
    demand(pages.hits("/late"), "a site whose robots.txt is broken is closed for ever")


@check(71, "Crawl-delay raises the gap between requests to the host, up to 60 s")
def crawl_delay_raises_the_gap(trial: Trial) -> None:
    trial.needs("pages", NO_PAGES)
    for delay, least in ((7, 7), (600, 60)):
        rules = f"User-agent: *\nCrawl-delay: {delay}\n"
        feed, pages = newsroom(trial, "one", "two", "three", rules=rules)
        reading(trial, feed)
        again(pages.requests, 4)
        fetched = [seen for seen in pages.requests if seen.path != "/robots.txt"]
        shortest, longest = min(gaps(fetched)), max(gaps(fetched))
        demand(shortest >= least * SECOND, f"Crawl-delay {delay}: again after {span(shortest)}")
        demand(longest <= 61 * SECOND, f"Crawl-delay {delay}: again after {span(longest)}")


WISHES = (
    ("header", {"headers": {"X-Robots-Tag": "noarchive"}}, "X-Robots-Tag"),
    ("meta", {"head": "<meta name='robots' content='noarchive'>"}, "meta robots"),
    ("store", {"headers": {"Cache-Control": "private, no-store"}}, "no-store"),
)


@check(72, "noarchive and no-store on articles: what is kept follows the setting, and is recorded")
def wishes_about_archives_are_kept_as_configured(trial: Trial) -> None:
    trial.needs("pages", NO_PAGES)
    for kept in (True, False):
        feed, pages = newsroom(trial, *(name for name, _, _ in WISHES), "plain")
        for name, options, _ in WISHES:
            pages.routes[f"/{name}"] = page(name, **options)  # type: ignore[arg-type]
        reader = reading(trial, feed, noarchive="keep" if kept else "feed")
        for name, _, by in WISHES:
            article = reader.article(pages.url(f"/{name}"))
            demand(by in article.why, f"{name}: that the page asks for it is not recorded")
            whole = "harbour master" in article.body
            demand(whole == kept, f"{name}: the text is {'' if whole else 'not '}kept")
        plain = reader.article(pages.url("/plain"))
        demand("harbour master" in plain.body, "a page that asks for nothing was not kept")
