"""Discovery over loopback: what is asked of a site, in which order, and where it ends."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import anyio
import pytest
from tests.support.site import Raw, Reply, Site, redirect

from watcher.model.feed import ParseFailed
from watcher.model.page import FetchFailed
from watcher.model.source import Discovered, Probe
from watcher.model.when import SECOND
from watcher.net.fetcher import HttpFetcher
from watcher.net.policy import NetPolicy, parse_rules
from watcher.pipeline.discover import MAX_PROBES, discover
from watcher.system import SystemClock
from watcher.workers.pool import ProcessParsers

RSS = 'rel="alternate" type="application/rss+xml"'


def feed(title: str = "Harbour", *paths: str) -> Reply:
    items = "".join(
        f"<item><title>{p}</title><link>https://h.example/{p}</link><guid>{p}</guid></item>"
        for p in paths or (title,)
    )
    body = f'<rss version="2.0"><channel><title>{title}</title>{items}</channel></rss>'
    return Reply(body, type="application/rss+xml")


def page(head: str = "", body: str = "") -> str:
    return f"<!doctype html><html><head><title>Harbour</title>{head}</head><body>{body}</body>"


@pytest.fixture
def site() -> Iterator[Site]:
    with Site() as made:
        yield made


@pytest.fixture
def told() -> list[Probe]:
    return []


@pytest.fixture
def find(site: Site, told: list[Probe]) -> Callable[..., Any]:
    """Discovers at a path of the site."""

    async def here(host: str, port: int) -> list[str]:
        return ["127.0.0.1"]

    def run(
        path: str = "/",
        at: str | None = None,
        parsers: Callable[[], ProcessParsers] = ProcessParsers,
        **policy: Any,
    ) -> Discovered | FetchFailed | ParseFailed:
        async def main() -> Discovered | FetchFailed | ParseFailed:
            held = NetPolicy(
                user_agent="watcher/0 (+https://bot.example)",
                **{
                    "allow": parse_rules(["127.0.0.0/8"]),
                    "gap": 0,
                    "deadline": 10 * SECOND,
                    **policy,
                },
            )
            start = f"http://{at}:{site.port}{path}" if at else site.url(path)
            fetcher = HttpFetcher(held, SystemClock(), resolver=here)
            async with fetcher, parsers() as readers:
                return await discover(start, fetcher, readers, told.append)

        return anyio.run(main)

    return run


def asked(site: Site) -> list[str]:
    """What was asked of the site, robots.txt apart."""
    return [path for path in site.paths if path != "/robots.txt"]


def names(site: Site, probes: tuple[Probe, ...]) -> list[str]:
    return [one.candidate.url.removeprefix(site.origin) for one in probes]


def test_an_address_that_is_a_feed_is_taken_without_another_request(find, site):
    site.routes = {"/feed": feed(), "/robots.txt": "User-agent: *\nDisallow: /"}
    found = find("/feed")
    (one,) = found.choices
    assert (one.candidate.url, one.candidate.how) == (site.url("/feed"), "itself")
    assert one.feed.title == "Harbour"
    assert site.paths == ["/feed"]  # the user's own request needs no leave of robots.txt
    assert found.requests == 0


def test_what_the_page_states_is_asked_and_nothing_is_guessed(find, site, told):
    site.routes = {
        "/": page(f'<link {RSS} href="/stated.xml">', '<a href="/feed">RSS</a>'),
        "/stated.xml": feed("Stated"),
        "/feed": feed("Anchor"),
        "/rss.xml": feed("Guess"),
    }
    found = find()
    assert asked(site) == ["/", "/stated.xml"]
    assert [one.feed.title for one in found.choices] == ["Stated"]
    assert found.requests == 1
    assert [one.problem for one in told] == ["a web page, not a feed", None]


def test_the_link_header_comes_before_the_page(find, site):
    header = '</header.xml>; rel="alternate"; type="application/rss+xml"'
    site.routes = {
        "/": Reply(page(f'<link {RSS} href="/page.xml">'), headers={"Link": header}),
        "/header.xml": feed("H"),
        "/page.xml": feed("P"),
    }
    assert names(site, find().choices) == ["/header.xml", "/page.xml"]


def test_a_link_that_leads_nowhere_lets_the_next_way_be_tried(find, site):
    site.routes = {
        "/": page(f'<link {RSS} href="/gone.xml">', '<a href="/news/rss">RSS</a>'),
        "/news/rss": feed("Anchor"),
    }
    found = find()
    assert asked(site) == ["/", "/gone.xml", "/news/rss"]
    assert [one.candidate.how for one in found.choices] == ["anchor"]


def test_what_looks_like_a_feed_and_is_a_page_is_none(find, site):
    site.routes = {"/": page("", '<a href="/feed">x</a>'), "/feed": page(), "/rss.xml": feed()}
    assert names(site, find().choices) == ["/rss.xml"]


def test_well_known_paths_are_tried_until_one_is_a_feed(find, site):
    site.routes = {"/": page(), "/feed.xml": feed(), "/atom.xml": feed()}
    found = find()
    assert asked(site) == ["/", "/feed/", "/rss.xml", "/feed.xml"]
    assert names(site, found.choices) == ["/feed.xml"]
    assert found.choices[0].candidate.how == "guess"


def test_a_redirect_of_a_well_known_path_is_not_followed(find, site, told):
    site.routes = {"/": page(), "/feed/": redirect("/real"), "/real": feed()}
    found = find()
    assert "/real" not in site.paths
    assert found.offers == ()
    (moved,) = [one for one in told if one.candidate.url == site.url("/feed/")]
    assert "redirects, and this is a guess" in moved.problem


def test_a_redirect_of_what_the_page_states_is_followed(find, site):
    site.routes = {
        "/": page(f'<link {RSS} href="/old">'),
        "/old": redirect("/new", 301),
        "/new": feed(),
    }
    assert names(site, find().choices) == ["/old"]


def test_a_page_of_200_at_a_well_known_path_is_no_feed(find, site):
    site.routes = {"/": page()}
    site.routes.update(dict.fromkeys(("/feed/", "/rss.xml", "/feed.xml"), page("", "Not found")))
    assert find().offers == ()


def test_a_site_with_nothing_is_asked_ten_times_and_no_more(find, site):
    site.routes = {"/": page()}
    found = find()
    assert found.offers == ()
    assert found.requests == MAX_PROBES == 10
    assert len(asked(site)) == 1 + MAX_PROBES
    assert len(set(asked(site))) == len(asked(site))
    assert site.paths.count("/robots.txt") == 1


def test_a_page_that_names_a_hundred_feeds_is_asked_for_ten(find, site):
    links = "".join(f'<link {RSS} href="/{n}.xml">' for n in range(100))
    site.routes = {"/": page(links), **{f"/{n}.xml": feed(str(n)) for n in range(100)}}
    found = find()
    assert asked(site) == ["/", *(f"/{n}.xml" for n in range(10))]
    assert len(found.feeds) == 10
    assert len(found.offers) == 100
    assert {one.problem for one in found.offers if not one.asked} == {"not asked"}


def test_requests_come_one_after_the_other(find, site):
    busy: list[str] = []
    crowds: list[int] = []

    def slow(body: Reply) -> Callable[[Any], Raw]:
        def answer(seen: Any) -> Raw:
            busy.append(seen.target)
            crowds.append(len(busy))

            def steps() -> Iterator[Any]:
                yield 0.05
                busy.remove(seen.target)
                head = f"HTTP/1.1 200 OK\r\nContent-Length: {len(body.body)}\r\n\r\n"
                yield head.encode() + str(body.body).encode()

            return Raw(steps())

        return answer

    site.routes = {
        "/": page("".join(f'<link {RSS} href="/{n}">' for n in range(4))),
        **{f"/{n}": slow(feed(str(n))) for n in range(4)},
    }
    assert len(find(per_host=4).feeds) == 4
    assert crowds == [1, 1, 1, 1]


def test_a_429_ends_the_search(find, site):
    site.routes = {
        "/": page("".join(f'<link {RSS} href="/{n}">' for n in range(5))),
        "/0": feed("First"),
        "/1": Reply(status=429, headers={"Retry-After": "60"}),
        "/feed/": feed(),
    }
    found = find()
    assert asked(site) == ["/", "/0", "/1"]
    assert "429" in found.stopped
    assert names(site, found.choices) == ["/0"]
    assert names(site, found.offers) == ["/0", "/2", "/3", "/4"]


@pytest.mark.parametrize("status", [429, 503])
def test_a_site_that_asks_for_a_pause_at_a_guess_is_left_alone(find, site, status):
    site.routes = {"/": page(), "/feed/": Reply(status=status, headers={"Retry-After": "9"})}
    found = find()
    assert asked(site) == ["/", "/feed/"]
    assert found.stopped


def test_a_host_that_does_not_answer_is_not_asked_for_more(find, site, told):
    with Site(address="127.0.0.2") as other:
        gone = other.origin
    links = "".join(f'<link {RSS} href="{gone}/{n}">' for n in range(5))
    site.routes = {"/": page(links + f'<link {RSS} href="/feed">'), "/feed": feed()}
    found = find()
    assert names(site, found.choices) == ["/feed"]
    assert [one.candidate.url for one in told if gone in one.candidate.url] == [f"{gone}/0"]
    assert found.requests == 2


def test_robots_txt_keeps_discovery_away_from_what_it_disallows(find, site, told):
    site.routes = {
        "/": page(f'<link {RSS} href="/private/feed">', '<a href="/rss">RSS</a>'),
        "/robots.txt": "User-agent: *\nDisallow: /private/\n",
        "/private/feed": feed("Private"),
        "/rss": feed("Open"),
    }
    assert [one.feed.title for one in find().choices] == ["Open"]
    assert "/private/feed" not in site.paths
    assert any("robots.txt" in (one.problem or "") for one in told)


def test_comments_are_offered_but_not_asked_beside_a_better_feed(find, site):
    site.routes = {
        "/": page(f'<link {RSS} href="/comments/feed/"><link {RSS} href="/feed/">'),
        "/feed/": feed(),
        "/comments/feed/": feed("Comments"),
    }
    found = find()
    assert asked(site) == ["/", "/feed/"]
    assert names(site, found.choices) == ["/feed/"]
    (comments,) = [one for one in found.offers if one.candidate.aside]
    assert (comments.candidate.aside, comments.asked) == ("comments", False)


def test_where_there_are_comments_alone_they_are_what_is_found(find, site):
    site.routes = {"/": page(f'<link {RSS} href="/comments/feed/">'), "/comments/feed/": feed("C")}
    assert names(site, find().choices) == ["/comments/feed/"]


def test_the_same_entries_in_another_format_are_no_second_choice(find, site):
    atom = '<feed xmlns="http://www.w3.org/2005/Atom"><title>A</title><id>x</id>{}</feed>'
    entry = '<entry><title>{0}</title><id>{0}</id><link href="https://h.example/{0}"/></entry>'
    site.routes = {
        "/": page(f'<link {RSS} href="/rss"><link {RSS} href="/atom"><link {RSS} href="/sport">'),
        "/rss": feed("R", *"abc"),
        "/atom": Reply(atom.format("".join(map(entry.format, "abc")))),
        "/sport": feed("S", *"axy"),
    }
    found = find()
    assert names(site, found.choices) == ["/rss", "/sport"]
    (twin,) = [one for one in found.offers if one.candidate.aside]
    assert twin.candidate.aside == f"the same entries as {site.url('/rss')}"


def test_software_that_the_page_shows_has_feeds_where_it_always_has_them(find, site):
    sign = '<script src="/wp-includes/x.js"></script>'
    site.routes = {
        "/category/ports/": page(sign),
        "/category/ports/feed/": feed("Ports"),
        "/?s=ferry": page(sign),
        "/?s=ferry&feed=rss2": feed("Search"),
    }
    assert names(site, find("/category/ports/").choices) == ["/category/ports/feed/"]
    assert names(site, find("/?s=ferry").choices) == ["/?s=ferry&feed=rss2"]


def test_of_a_known_service_the_page_is_not_asked_for(find, site):
    site.routes = {"/rss": feed(), "/": page()}
    policy = {"allow": parse_rules(["127.0.0.0/8", "port.tumblr.com"])}
    found = find("/post/1", at="port.tumblr.com", **policy)
    assert asked(site) == ["/rss"]
    (one,) = found.choices
    assert (one.candidate.how, one.candidate.url.endswith("/rss")) == ("host", True)


def test_where_a_known_service_s_feed_is_not_there_the_page_is_read(find, site):
    site.routes = {"/post/1": page(f'<link {RSS} href="/rss"><link {RSS} href="/else">')}
    site.routes["/else"] = feed()
    policy = {"allow": parse_rules(["127.0.0.0/8", "port.tumblr.com"])}
    found = find("/post/1", at="port.tumblr.com", **policy)
    assert asked(site) == ["/rss", "/post/1", "/else"]
    assert [one.candidate.how for one in found.choices] == ["link"]


@pytest.mark.parametrize(
    ("answer", "kind"),
    [(404, FetchFailed), (429, FetchFailed), ("no page", ParseFailed), (b"", ParseFailed)],
)
def test_an_address_that_cannot_be_had_or_read_ends_it_at_once(find, site, answer, kind):
    site.routes = {"/": answer}
    assert isinstance(find(), kind)
    assert site.paths == ["/"]


HOSTILE = {
    "nested": "<div>" * 50_000,
    "nested links": "<b><a href=/x>" * 50_000,
    "5 MB": "<p>" + "a harbour " * 500_000,
    "5 MB of links": "<a href=/x>" * 450_000,
}


@pytest.mark.parametrize("body", HOSTILE.values(), ids=HOSTILE)
def test_a_hostile_page_is_read_in_a_worker_and_ends(find, site, body):
    site.routes = {"/": page(f'<link {RSS} href="/feed">', body), "/feed": feed()}
    assert names(site, find().choices) == ["/feed"]


NEWS = (
    '<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'
    ' xmlns:n="http://www.google.com/schemas/sitemap-news/0.9"><url><loc>https://h.example/1</loc>'
    "<n:news><n:publication><n:name>Harbour</n:name><n:language>en</n:language></n:publication>"
    "<n:publication_date>2026-11-25T09:00:00Z</n:publication_date><n:title>Ferry late</n:title>"
    "</n:news></url></urlset>"
)
PLAIN = (
    '<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">'
    "<url><loc>https://h.example/about</loc></url></urlset>"
)


def xml(body: str) -> Reply:
    return Reply(body, type="application/xml")


def test_where_no_path_is_a_feed_the_news_sitemap_of_robots_txt_is_one(find, site):
    site.routes = {
        "/": page(),
        "/robots.txt": "Sitemap: /map.xml\nSitemap: /maps/news.xml\n",
        "/maps/news.xml": xml(NEWS),
        "/news-sitemap.xml": xml(NEWS),
    }
    found = find()
    assert names(site, found.choices) == ["/maps/news.xml"]
    assert found.choices[0].candidate.how == "sitemap"
    assert [one.title for one in found.choices[0].feed.entries] == ["Ferry late"]
    assert "/news-sitemap.xml" not in site.paths
    assert site.paths.count("/robots.txt") == 1


def test_a_news_sitemap_at_a_usual_place_is_found_behind_one_of_all_pages(find, site):
    site.routes = {"/": page(), "/news-sitemap.xml": xml(PLAIN), "/sitemap-news.xml": xml(NEWS)}
    found = find()
    assert names(site, found.choices) == ["/sitemap-news.xml"]
    (plain,) = [one for one in found.offers if one.candidate.aside]
    assert plain.candidate.aside == "all pages of the site, not news alone"


def test_sitemaps_are_asked_for_only_where_robots_txt_lets_us(find, site):
    site.routes = {
        "/": page(),
        "/robots.txt": "User-agent: *\nDisallow: /news\nSitemap: /news.xml\n",
        "/news.xml": xml(NEWS),
    }
    assert find().choices == ()
    assert "/news.xml" not in site.paths


def test_a_page_that_redirects_is_searched_where_it_really_is(find, site):
    site.routes = {
        "/": redirect("/en/", 301),
        "/en/": page(f'<link {RSS} href="feed">'),
        "/en/feed": feed(),
    }
    assert names(site, find().choices) == ["/en/feed"]


def test_where_the_page_is_too_much_for_the_worker_the_usual_places_are_still_tried(find, site):
    class Small(ProcessParsers):
        def __init__(self) -> None:
            super().__init__(page_deadline=1)

    site.routes = {"/": page(f'<link {RSS} href="/stated">', "<b>" * 100_000), "/rss.xml": feed()}
    assert names(site, find(parsers=Small).choices) == ["/rss.xml"]
    site.routes.pop("/rss.xml")
    assert isinstance(find(parsers=Small), ParseFailed)


@pytest.mark.parametrize(
    ("obstacle", "words"),
    [
        (Reply(page(), headers={"cf-mitigated": "challenge"}), "browser check"),
        (page("", "This domain is for sale"), "parked domain"),
    ],
)
def test_behind_a_browser_check_and_on_a_parked_domain_nothing_is_guessed(
    find, site, obstacle, words
):
    site.routes = {"/": obstacle, "/feed/": feed()}
    found = find()
    assert site.paths == ["/"]
    assert words in found.stopped
