"""From an extraction or an entry to a draft: whose article it is, and under which addresses."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.support.pages import EN, NOON, TITLE, URL, ld, meta, p, page, read

from watcher.articles.draft import from_entry, from_page
from watcher.model.article import Credit, Outlet
from watcher.model.feed import Entry
from watcher.model.ids import article_id
from watcher.model.when import DAY, HOUR, Dated
from watcher.text.hashes import text_hash

KRONIKA = Outlet("kronika.example", "Kronika")
KEY = "kronika.example/2026/03/10/ferry-returns-to-port"
MORNING = Dated("2026-03-10T05:00:00Z", NOON - 7 * HOUR)
EXACT = Dated("2026-03-10T08:00:00Z", NOON - 4 * HOUR)


def entry(**fields):
    given = {
        "entry": "e_1",
        "feed": "f_1",
        "identity": "id:g1",
        "publisher_id": "g1",
        "url": URL,
        "title": "The feed's title",
        "text": "The feed's text.",
        "published": None,
        "updated": None,
        "authors": (),
        "language": None,
        "tags": (),
        "hash": "h",
    }
    return Entry(**{**given, **fields})


def drafted(markup=None, url=URL, **options):
    found = read(markup or page(), url=url)
    return from_page(found, outlet=KRONIKA, seen_at=NOON, **{"names": {}, **options})


def canonical(url):
    return page(head=f'<link rel="canonical" href="{url}">')


def test_the_article_is_named_by_its_address_without_scheme_and_tracking():
    made = drafted(url="http://www.kronika.example/2026/03/10/ferry-returns-to-port/?utm_source=x")
    assert (made.article, made.urls) == (article_id(KEY), (KEY,))
    assert made.article == drafted().article


def test_the_canonical_address_of_the_own_outlet_names_it_and_the_others_lead_to_it():
    made = drafted(
        canonical("https://m.kronika.example/ferry"),
        entry=entry(url="https://kronika.example/?p=7"),
    )
    assert made.url == "https://m.kronika.example/ferry"
    assert made.urls == ("m.kronika.example/ferry", KEY, "kronika.example?p=7")
    assert made.article == article_id("m.kronika.example/ferry")


def test_a_canonical_on_another_host_never_makes_it_the_other_outlets_article():
    made = drafted(canonical("https://negah.example/ferry"))
    assert (made.article, made.urls) == (article_id(KEY), (KEY,))
    assert made.canonical_url == "https://negah.example/ferry"


def test_the_text_is_the_pages_and_the_entry_fills_the_gaps():
    head = meta("article:published_time", "2026-03-10T08:00:00+01:00")
    bare = page(heading=False, title="", head=head, lang="")
    stated = entry(authors=("Ana Doe",), language="sq", published=MORNING, updated=EXACT)
    made = drafted(bare, entry=stated).text
    assert (made.title, made.byline, made.language) == ("The feed's title", ("Ana Doe",), "sq")
    assert (made.modified, made.source) == (EXACT, "page")
    own = drafted(page(head=meta("author", "Ben Roe")), entry=stated).text
    assert (own.title, own.byline, own.language) == (TITLE, ("Ben Roe",), "en")


def test_the_account_that_posted_a_credited_text_is_not_its_author():
    made = drafted(page(p(*EN, "Source: Negah News")), entry=entry(authors=("Ana Doe",)))
    assert made.text.byline == ()


def test_the_credit_is_resolved_against_the_known_outlets():
    made = drafted(page(p(*EN, "Source: Negah-News")), names={"negahnews": "Negah"})
    assert made.text.credit == Credit("Negah-News", "Source: Negah-News", None, "Negah", "full")


@pytest.mark.parametrize(
    ("page_says", "feed_says", "wanted"),
    [
        ("2026-03-10", EXACT, EXACT.text),
        ("2026-03-01", EXACT, "2026-03-01"),
        ("2026-03-10T06:00:00Z", EXACT, "2026-03-10T06:00:00Z"),
        (None, EXACT, EXACT.text),
        ("2026-03-10", None, "2026-03-10"),
        ("2026-03-10", Dated("2026-03-09", NOON - DAY, "day"), "2026-03-10"),
    ],
)
def test_the_feeds_time_serves_where_the_page_knows_only_the_day(page_says, feed_says, wanted):
    head = ld(datePublished=page_says) if page_says else ""
    made = drafted(
        page(head=head), "https://kronika.example/ferry", entry=entry(published=feed_says)
    )
    assert made.text.published is not None
    assert made.text.published.text == wanted


def test_navigation_is_the_templates_and_is_not_kept():
    menu = '<nav><a href="/sport">All the sport of the coast</a></nav>'
    text = p(EN[0], f'{EN[1]} <a href="/2025/report">A report</a> said so.', EN[2])
    found = read(page(text, before=menu))
    assert {link.role for link in found.links} == {"citation", "navigation"}
    assert {link.role for link in drafted(page(text, before=menu)).text.links} == {"citation"}


def test_the_hash_covers_title_and_body_as_they_are_compared():
    made = drafted()
    assert made.text_hash == text_hash(made.text.title, made.text.body)
    same = drafted(page(p(*(text.upper() for text in EN))))
    assert same.text_hash == made.text_hash
    assert drafted(page(p(EN[0], EN[2], EN[1]))).text_hash != made.text_hash


def test_what_led_to_it_is_told():
    made = drafted(entry=entry(counts_as_old=True), feed_tags=("coast",), prints=(1, 2))
    assert (made.origin_feed, made.origin_entry, made.counts_as_old) == ("f_1", "e_1", True)
    assert (made.feed_tags, made.prints, made.seen_at, made.outlet) == (
        ("coast",),
        (1, 2),
        NOON,
        KRONIKA,
    )
    alone = drafted()
    assert (alone.origin_feed, alone.origin_entry, alone.counts_as_old) == (None, None, False)


def test_the_reasons_are_bounded():
    found = replace(read(page()), why=tuple(f"reason {n}" for n in range(400)))
    made = from_page(found, outlet=KRONIKA, seen_at=NOON, names={})
    assert made.text.why == found.why[:40]


def fed(given, why="the page is refused by robots.txt"):
    return from_entry(given, outlet=KRONIKA, seen_at=NOON, why=why)


def test_the_feeds_text_stands_in_and_says_so():
    made = fed(entry(authors=("Ana Doe",), published=EXACT, tags=("coast",)))
    text = made.text
    assert (text.title, text.body, text.byline) == (
        "The feed's title",
        "The feed's text.",
        ("Ana Doe",),
    )
    assert (text.source, text.method, text.published, text.tags) == (
        "feed",
        "feed",
        EXACT,
        ("coast",),
    )
    assert (text.why, text.state.lacks) == (("the page is refused by robots.txt",), ("page",))
    assert made.text_hash == text_hash("The feed's title", "The feed's text.")


@pytest.mark.parametrize(
    ("published", "updated", "modified"),
    [(MORNING, EXACT, EXACT), (EXACT, EXACT, None), (EXACT, MORNING, None), (None, EXACT, None)],
)
def test_a_feeds_update_counts_only_after_its_publication(published, updated, modified):
    given = entry(published=published, updated=updated)
    assert fed(given).text.modified == drafted(entry=given).text.modified == modified


def test_feed_and_page_of_one_address_are_one_article():
    assert fed(entry()).article == drafted(entry=entry()).article


def test_an_entry_without_an_address_is_named_by_its_identity():
    made = fed(entry(url=None))
    assert made.urls == ("id:f_1/id:g1",)
    assert made.article == article_id("id:f_1/id:g1") != fed(entry(url=None, feed="f_2")).article


@given(
    st.sampled_from(["http", "https"]), st.sampled_from(["", "www."]), st.sampled_from(["", "/"])
)
def test_an_address_written_another_way_is_the_same_article(scheme, www, slash):
    url = f"{scheme}://{www}kronika.example/ferry{slash}#top"
    assert fed(entry(url=url)).article == article_id("kronika.example/ferry")


@pytest.mark.parametrize(
    ("authors", "byline"),
    [(("Kronika",), ()), (("KRONIKA", "Ana Doe"), ("Ana Doe",)), (("Ana Doe",), ("Ana Doe",))],
)
def test_the_outlet_as_the_feeds_author_is_no_author(authors, byline):
    made = from_page(
        read(page(p(*EN))), outlet=KRONIKA, seen_at=NOON, names={}, entry=entry(authors=authors)
    )
    assert made.text.byline == byline
    alone = from_entry(entry(authors=authors), outlet=KRONIKA, seen_at=NOON, why="no page")
    assert alone.text.byline == byline


PLACES = {
    "amp": "https://kronika.example/2026/03/10/ferry-returns-to-port/amp/",
    "print": "https://kronika.example/print/7?layout=print",
    "cache": "https://kronika-example.cdn.ampproject.org/c/s/kronika.example/amp/7",
    "viewer": "https://www.google.com/amp/s/kronika.example/amp/7",
}


@pytest.mark.parametrize("place", PLACES)
def test_other_forms_of_a_page_lead_to_its_canonical_address(place):
    made = drafted(canonical(URL), url=PLACES[place])
    assert made.article == drafted(canonical(URL)).article
    assert made.urls[0] == KEY


@pytest.mark.parametrize("place", ["cache", "viewer"])
def test_a_page_out_of_a_cache_is_the_publishers_without_any_canonical(place):
    made = drafted(page(), url=PLACES[place])
    assert made.urls[0] == "kronika.example/amp/7"
    assert made.url == "https://kronika.example/amp/7"
