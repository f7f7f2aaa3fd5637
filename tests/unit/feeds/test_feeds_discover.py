"""Where a page's feeds may be: each way to name one, in order, and what is no feed."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from watcher.feeds.discover import (
    GUESSES,
    MAX_CANDIDATES,
    RARE_GUESSES,
    guesses,
    looks_like_feed,
    news_sitemaps,
    page_feeds,
)

PAGE = "https://harbour.example/news/"
RSS = 'rel="alternate" type="application/rss+xml"'


def found(markup: str | bytes, url: str = PAGE, **headers: str) -> list[tuple[str, str]]:
    body = markup.encode() if isinstance(markup, str) else markup
    return [(one.how, one.url) for one in page_feeds(body, url, headers)]


def addresses(markup: str | bytes, url: str = PAGE, **headers: str) -> list[str]:
    return [address for _, address in found(markup, url, **headers)]


def test_the_ways_come_in_order():
    page = f"""
      <a href="/rss.xml">RSS</a>
      <script src="/wp-includes/x.js"></script>
      <link {RSS} href="/stated.xml">"""
    url = "https://harbour.example/tag/ferry"
    assert found(page, url, link='</header.xml>; rel="alternate"; type="application/atom+xml"') == [
        ("header", "https://harbour.example/header.xml"),
        ("link", "https://harbour.example/stated.xml"),
        ("host", "https://harbour.example/tag/ferry/feed/"),
        ("anchor", "https://harbour.example/rss.xml"),
    ]


def test_a_site_that_states_its_feed_is_not_given_another_by_its_software():
    sign = '<script src="/wp-includes/x.js"></script>'
    stated = f'<link {RSS} href="/stated.xml">'
    comments = f'<link {RSS} href="/comments/feed/">'
    assert [how for how, _ in found(sign + stated)] == ["link"]
    assert [how for how, _ in found(sign + comments)] == ["link", "host", "host"]
    assert [how for how, _ in found(sign)] == ["host", "host"]


def test_every_candidate_says_why():
    (one,) = page_feeds(f'<link {RSS} title="Harbour\n news" href=/f>'.encode(), PAGE, {})
    assert one.why == 'the page names it (<link rel="alternate" type="application/rss+xml">)'
    assert (one.title, one.aside) == ("Harbour news", None)
    (two,) = page_feeds(b"<a href=/rss>Our <b>RSS</b></a>", PAGE, {})
    assert two.why == "a link on the page looks like a feed's ('Our RSS')"


@pytest.mark.parametrize(
    "kind",
    [
        *("application/rss+xml", "application/atom+xml", "application/rdf+xml"),
        *("application/feed+json", "text/rss+xml", "application/x.atom+xml", "application/rss"),
        *("APPLICATION/RSS+XML", " application/rss+xml ", "application/rss+xml; charset=utf-8"),
    ],
)
def test_feed_types_are_known_in_any_case(kind):
    assert addresses(f'<LINK REL="Alternate" TYPE="{kind}" HREF="f">') == [f"{PAGE}f"]


@pytest.mark.parametrize(
    "link",
    [
        '<link rel=alternate type="application/json" href="/wp-json/wp/v2/posts/1">',
        '<link rel=alternate type="application/rss+xml" href="/wp-json/feed">',
        '<link rel=alternate type="application/json+oembed" href="/oembed?format=json">',
        '<link rel=alternate type="text/xml+oembed" href="/oembed?format=xml">',
        '<link rel=alternate hreflang=sq href="/sq/">',
        '<link rel=alternate hreflang=sq href="/sq/feed/">',
        '<link rel=alternate type="text/html" href="/m/">',
        '<link rel="alternate stylesheet" type="application/rss+xml" href="/x">',
        '<link rel=stylesheet type="application/rss+xml" href="/feed">',
        '<link rel=service.post type="application/atom+xml" href="/feed">',
        '<link rel=alternate type="application/rss+xml">',
        '<link rel=alternate type="application/rss+xml" href="">',
        '<link rel=alternate type="application/rss+xml" href="javascript:feed()">',
        '<link rel=alternate type="application/rss+xml" href="/news/#top">',
        '<link rel=alternate type="text/xml" href="/sitemap.xml">',
        '<a href="/feedback">Feedback</a>',
        '<a href="/rss-explained.html">What is RSS?</a>',
        '<a href="https://reader.example/add/feed/https://harbour.example/feed">Add</a>',
        '<a href="https://reader.example/rss?url=https%3A%2F%2Fharbour.example%2Ffeed">Add</a>',
        '<a href="/sitemap/rss.xml">Map</a>',
        "<p>rel=alternate</p>",
        "",
    ],
)
def test_what_is_no_feed_is_none(link):
    assert [one for one in found(link) if one[0] != "host"] == []


@pytest.mark.parametrize(
    "link",
    [
        '<link rel=alternate type="application/json" href="/feed.json">',
        '<link rel=alternate type="text/xml" href="/rss/all.xml">',
        '<link rel=alternate href="/feed/">',
        '<link rel=feed href="/latest">',
        '<link rel="home alternate" type="application/rss+xml" href="/x">',
        '<a rel=alternate type="application/rss+xml" href="/x">RSS</a>',
    ],
)
def test_less_usual_ways_to_state_a_feed_are_understood(link):
    assert [how for how, _ in found(link)] == ["link"]


@pytest.mark.parametrize(
    "path",
    [
        *(
            "/feed",
            "/feed/",
            "/FEED/",
            "/feeds",
            "/rss",
            "/rss/",
            "/rss.xml",
            "/atom.xml",
            "/a.rss",
        ),
        *("/blog/feed.xml", "/index.rdf", "/feed.json", "/index.xml", "/rss/world.xml", "/rss.php"),
        *("/?feed=rss2", "/news?format=rss", "/?type=atom", "/x?a=1&output=rss"),
        "/feeds/posts/default",
    ],
)
def test_addresses_of_feeds_are_told_by_their_ends(path):
    assert looks_like_feed(f"https://harbour.example{path}")
    assert found(f'<a href="{path.replace("&", "&amp;")}">x</a>') == [
        ("anchor", f"https://harbour.example{path}")
    ]


def test_feed_scheme_addresses_stand_for_http_ones():
    page = '<a href="feed:https://harbour.example/rss">1</a><a href="feed://b.example/rss">2</a>'
    assert addresses(page) == ["https://harbour.example/rss", "http://b.example/rss"]


def test_of_anchors_those_of_the_site_itself_come_first():
    page = (
        '<a href="https://elsewhere.example/feed">a</a><a href="//www.harbour.example/feed">b</a>'
    )
    assert addresses(page) == ["https://www.harbour.example/feed", "https://elsewhere.example/feed"]


@pytest.mark.parametrize(
    "comments",
    [
        f'<link {RSS} href="/comments/feed/">',
        f'<link {RSS} title="Harbour &raquo; Comments Feed" href="/x">',
        f'<link {RSS} title="Hafen » Kommentar-Feed" href="/x">',
        f'<link {RSS} href="/?feed=comments-rss2">',
        f'<link {RSS} title="Порт » Лента комментариев (комментарии)" href="/x">',
    ],
)
def test_comments_are_ranked_last_and_set_aside(comments):
    page = f'{comments}<link {RSS} href="/feed/">'
    main, aside = page_feeds(page.encode(), "https://harbour.example/", {})
    assert (main.url, main.aside) == ("https://harbour.example/feed/", None)
    assert aside.aside == "comments"


def test_the_feed_of_the_page_s_own_part_of_the_site_comes_first():
    page = f'<link {RSS} href="/feed/"><link {RSS} href="/category/ports/feed/">'
    assert addresses(page, "https://harbour.example/category/ports/") == [
        "https://harbour.example/category/ports/feed/",
        "https://harbour.example/feed/",
    ]
    assert addresses(page, "https://harbour.example/")[0] == "https://harbour.example/feed/"


def test_a_feed_is_named_once_however_often_the_page_names_it():
    page = f'<link {RSS} href="/feed"><link {RSS} href="https://HARBOUR.example:443/feed#x">'
    assert found(page + '<a href="/feed">RSS</a>') == [("link", "https://harbour.example/feed")]


def test_base_counts_for_what_stands_after_it():
    page = f'<link {RSS} href="a.xml"><BASE HREF="/other/"><link {RSS} href="b.xml">'
    assert addresses(page) == [f"{PAGE}a.xml", "https://harbour.example/other/b.xml"]


@pytest.mark.parametrize(
    ("value", "feeds"),
    [
        ('</a>; rel=alternate; type=application/rss+xml, </b>; rel="alternate"; '
         'type="application/atom+xml"; title="B, with a comma"', ["a", "b"]),
        ('<https://harbour.example/wp-json/>; rel="https://api.w.org/"', []),
        ('</wp-json/wp/v2/pages/2>; rel="alternate"; title="JSON"; type="application/json"', []),
        ("</a>; REL=ALTERNATE; TYPE=Application/RSS+XML", ["a"]),
        ("</a>;rel=alternate;rel=x;type=application/rss+xml", ["a"]),
        ('</style.css>; rel=preload; as=style', []),
        ("</a>", []),
        ("<<>>;;;==,,", []),
    ],
)  # fmt: skip
def test_the_link_header_is_read(value, feeds):
    assert found("", link=value) == [("header", f"https://harbour.example/{one}") for one in feeds]


def test_the_header_s_title_is_kept():
    (one,) = page_feeds(b"", PAGE, {"link": '</a>; rel=alternate; type=text/rss; title="A, B"'})
    assert one.title == "A, B"


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (f'<link {RSS} title="Mëkat" href="/f">'.encode("utf-16"), ""),
        (f'\ufeff<link {RSS} title="Mëkat" href="/f">'.encode(), "text/html; charset=latin-1"),
        (f'<link {RSS} title="Mëkat" href="/f">'.encode("latin-1"), "text/html; charset=latin-1"),
        (f'<meta charset=latin-1><link {RSS} title="Mëkat" href="/f">'.encode("latin-1"), ""),
        (f'<meta charset=utf-16><link {RSS} title="Mëkat" href="/f">'.encode(), ""),
        (f'<link {RSS} title="Mëkat" href="/f">'.encode(), "text/html; charset=no-such"),
        (f'<link {RSS} title="Mëkat" href="/f">'.encode(), "text/html; charset=base64"),
    ],
)
def test_the_page_s_encoding_is_found(body, kind):
    (one,) = page_feeds(body, PAGE, {"content-type": kind})
    assert one.title == "Mëkat"


def test_only_so_many_candidates_are_named():
    page = "".join(f'<link {RSS} href="/{number}">' for number in range(1_000))
    assert len(addresses(page)) == MAX_CANDIDATES


def test_guesses_are_of_the_site_s_root_and_no_more_than_nine():
    common = guesses("https://harbour.example:8443/news/a.html?x=1#y")
    assert [one.url for one in common] == [f"https://harbour.example:8443/{x}" for x in GUESSES]
    rare = guesses("https://harbour.example/", rare=True)
    assert [one.url for one in rare] == [f"https://harbour.example/{x}" for x in RARE_GUESSES]
    assert {one.how for one in (*common, *rare)} == {"guess"}
    assert len(GUESSES + RARE_GUESSES) == 9
    assert len(guesses("https://harbour.example/rss.xml")) == len(GUESSES) - 1


def test_news_sitemaps_of_robots_txt_come_before_the_usual_places():
    named = (
        *("https://harbour.example/map.xml", "/maps/google-news.xml"),
        *("ftp://harbour.example/news.xml", "https://harbour.example/news-sitemap.xml"),
    )
    assert [one.url for one in news_sitemaps(PAGE, named)] == [
        "https://harbour.example/maps/google-news.xml",
        "https://harbour.example/news-sitemap.xml",
        "https://harbour.example/sitemap-news.xml",
        "https://harbour.example/sitemap_index.xml",
        "https://harbour.example/map.xml",
    ]
    assert len(news_sitemaps(PAGE, ())) == 3


HTML = st.text(alphabet=st.sampled_from("<>/=\"' \x00alinkhrefbse:?&;#é\n"), max_size=200)


@given(HTML, st.text(max_size=80))
def test_no_page_and_no_header_breaks_it(markup, header):
    for one in page_feeds(markup.encode(), PAGE, {"link": header, "content-type": header}):
        assert one.url.startswith(("http://", "https://"))


@pytest.mark.parametrize(
    "page",
    [
        "<div>" * 50_000 + f'<link {RSS} href="/f">',
        "<b><a href=/x>" * 50_000,
        "<base href=/x/>" * 100_000,
        "<" * 1_000_000,
        "<a href=/feed title='" + "y" * 5_000_000,
        "<a href=/x " + "a=1 " * 1_000_000 + ">",
        ("<a href=" + "/rss" * 2_000 + "/x>") * 240,
    ],
    ids=["nested", "nested links", "bases", "brackets", "long title", "attributes", "false starts"],
)
def test_hostile_pages_end_in_few_candidates(page):
    assert len(addresses(f'<link {RSS} href="/first">{page}')) in {1, 2, 3}
