"""Feeds that we wrote, in their formats and scripts, and what must be read from them."""

from pathlib import Path

import pytest

from watcher.feeds.parse import parse_feed
from watcher.feeds.plain import entry_text
from watcher.model.feed import Enclosure, EntrySource, ParsedFeed, ParseFailed

DATA = Path(__file__).parent / "data"
RSS = '<rss version="2.0"><channel><title>t</title>{}</channel></rss>'


def read(name, url, headers=None):
    found = parse_feed((DATA / name).read_bytes(), url, headers or {})
    assert isinstance(found, ParsedFeed), found
    return found


def rss(items, url="https://site.example/feed", **headers):
    found = parse_feed(RSS.format(items).encode(), url, headers)
    assert isinstance(found, ParsedFeed), found
    return found


def test_an_rss_feed_states_its_facts():
    feed = read("rss20.xml", "https://cdn.example/feed")
    assert (feed.title, feed.url, feed.site_url) == (
        "Lajmi i Bregut",
        "https://lajmi.example/feed",
        "https://lajmi.example/",
    )
    assert (feed.language, feed.wishes.ttl, feed.kind, feed.reader) == (
        "sq-AL",
        90,
        "rss20",
        "strict-1",
    )


def test_an_rss_entry_is_read_whole():
    entry = read("rss20.xml", "https://cdn.example/feed").entries[0]
    assert entry.id == "lb-1001"
    assert entry.url == "https://lajmi.example/2026/03/kampi.html#top"
    assert entry.title == "Policia kontrollon kampin & dy zyra"
    assert entry.published
    assert entry.published.text == "2026-03-02T09:30:00+01:00"
    assert entry.updated is None
    assert entry.authors == ("Arta Lleshi",)
    assert entry.tags == ("Durrës", "Policia")
    assert entry.enclosures == (Enclosure("https://lajmi.example/audio/1.mp3", "audio/mpeg", 4096),)
    assert entry.source == EntrySource("Agjencia", "https://agjencia.example/rss")


def test_summary_and_content_stay_apart_and_the_longer_gives_the_text():
    entry = read("rss20.xml", "https://cdn.example/feed").entries[0]
    assert entry.summary == "<p>Policia hyri në kamp të hënën.</p>"
    assert entry.content.startswith("<p>Policia hyri në kamp të hënën &euml;")
    assert entry_text(entry) == (
        "Policia hyri në kamp të hënën është.\n\nDy zyra u mbyllën.\n\nAskush s'u arrestua."
    )


def test_content_alone_makes_no_summary_and_markup_leaves_the_title():
    entry = read("rss20.xml", "https://cdn.example/feed").entries[1]
    assert (entry.summary, entry_text(entry)) == ("", "Vetëm përmbajtje.")
    assert (entry.title, entry.id, entry.published) == ("Porti hapet sërish", None, None)


def test_an_entry_without_an_id_is_a_problem_not_a_failure():
    problems = {p.code: p.message for p in read("rss20.xml", "https://cdn.example/feed").problems}
    assert problems == {"WTC-FEED-102": "entries without an id: 1"}


def test_atom_links_are_joined_to_xml_base():
    feed = read("atom10.xml", "https://khabar.example/feeds/atom.xml")
    assert [entry.url for entry in feed.entries] == [
        "https://khabar.example/news/17.html",
        "https://khabar.example/en/18.html",
    ]
    assert feed.url == "https://khabar.example/news/atom.xml"
    assert feed.entries[0].enclosures == (
        Enclosure("https://khabar.example/news/17.jpg", "image/jpeg", None),
    )


def test_atom_keeps_published_apart_from_updated():
    first, second = read("atom10.xml", "https://khabar.example/atom.xml").entries
    assert first.published
    assert first.updated
    assert first.published.at < first.updated.at
    assert first.published.text == "2026-03-02T11:45:00+03:30"
    assert second.published is None
    assert second.updated
    assert (second.updated.text, second.updated.precision) == (
        "2026-03-01",
        "day",
    )


def test_atom_says_what_is_markup_and_what_is_not():
    first, second = read("atom10.xml", "https://khabar.example/atom.xml").entries
    assert first.title == "اگر a < b باشد، <b> می‌ماند"
    assert second.title == "Tea & politics"
    assert entry_text(first) == "متن خبر، بند نخست.\n\nبند دوم."
    assert entry_text(second) == "Where 1 < 2 and nothing is <b>bold</b>."


def test_atom_entries_carry_their_language():
    feed = read("atom10.xml", "https://khabar.example/atom.xml")
    assert (feed.language, [entry.language for entry in feed.entries]) == ("fa", ["fa", "en"])
    assert feed.entries[0].tags == ("آلبانی",)


def test_an_rdf_feed_is_read():
    feed = read("rdf.xml", "https://kueste.example/rdf")
    assert (feed.kind, feed.title, feed.site_url) == (
        "rss10",
        "Küstenblatt",
        "https://kueste.example/",
    )
    assert [entry.title for entry in feed.entries] == ["Fähre fährt wieder", "Sturm über Nacht"]
    assert feed.entries[0].url == "https://kueste.example/a"


@pytest.mark.parametrize(
    ("stated", "link"),
    [
        ("<link>/a</link>", "https://site.example/a"),
        ("<link>a?x=1&amp;y=2</link>", "https://site.example/dir/a?x=1&y=2"),
        ("<link>//other.example/a</link>", "https://other.example/a"),
        ("<link>javascript:alert(1)</link>", None),
        ("<link>file:///etc/passwd</link>", None),
        ("<guid>https://site.example/as-guid</guid>", "https://site.example/as-guid"),
        ('<guid isPermaLink="false">https://site.example/no</guid>', None),
        ("<link></link>", None),
    ],
)
def test_links_come_out_absolute_or_not_at_all(stated, link):
    assert rss(f"<item>{stated}</item>", "https://site.example/dir/feed").entries[0].url == link


def test_relative_links_of_rss_belong_to_the_site_rather_than_to_where_the_feed_lies():
    feed = rss(
        "<link>https://site.example/</link><item><link>/a</link></item>", "https://cdn.example/f"
    )
    assert feed.entries[0].url == "https://site.example/a"


@pytest.mark.parametrize("slip", ["", "<!-- -- -->"])  # the second makes it feedparser's
def test_a_site_that_is_stated_by_halves_is_no_base_for_links(slip):
    channel = f"<link>site.example</link>{slip}<item><link>/a</link></item>"
    feed = rss(channel, "https://cdn.example/f")
    assert feed.reader.startswith("feedparser" if slip else "strict")
    assert feed.entries[0].url == "https://cdn.example/a"


@pytest.mark.parametrize(
    ("header", "document", "text"),
    [
        ("text/xml; charset=windows-1251", "Паром".encode("windows-1251"), "Паром"),
        ("application/rss+xml; charset=utf-8", "Паром".encode(), "Паром"),
        ("text/xml", "Паром".encode(), "Паром"),
        ("application/rss+xml", "Fähre".encode("windows-1252"), "Fähre"),
    ],
)
def test_the_header_states_the_encoding_and_a_wrong_one_is_repaired(header, document, text):
    start, end = RSS.format("<item><title>|</title></item>").encode().split(b"|")
    found = parse_feed(start + document + end, "https://a.example/", {"content-type": header})
    assert isinstance(found, ParsedFeed)
    assert found.entries[0].title == text


def test_control_characters_leave_every_text():
    entry = rss("<item><title>a\x00b\x0bc</title><guid>g\x00h</guid></item>").entries[0]
    assert (entry.title, entry.id) == ("abc", "gh")


@pytest.mark.parametrize(
    "stated", ["Mon, 01 Jan 0001 00:00:00 +0000", "yesterday-ish", "9999-12-31T23:59:59Z"]
)
def test_an_absurd_date_is_none_and_a_problem(stated):
    feed = rss(f"<item><guid>1</guid><link>/1</link><pubDate>{stated}</pubDate></item>")
    assert feed.entries[0].published is None
    assert [(p.code, stated in p.message) for p in feed.problems] == [("WTC-FEED-103", True)]


def test_a_date_after_the_servers_clock_is_a_problem_but_stays_as_stated():
    feed = rss(
        "<item><guid>1</guid><link>/1</link>"
        "<pubDate>Mon, 02 Mar 2026 09:00:00 GMT</pubDate></item>",
        date="Sat, 28 Feb 2026 09:00:00 GMT",
    )
    assert [p.code for p in feed.problems] == ["WTC-FEED-104"]
    assert feed.entries[0].published
    assert feed.entries[0].published.text == "2026-03-02T09:00:00Z"


def test_entries_that_share_an_id_are_a_problem():
    feed = rss("<item><guid>/1</guid></item>" * 3)
    assert [(p.code, "2" in p.message) for p in feed.problems] == [("WTC-FEED-105", True)]


@pytest.mark.parametrize(
    ("facts", "minutes"),
    [
        ("<ttl>90</ttl>", 90),
        ("<ttl>0</ttl>", None),
        ("<ttl>-5</ttl>", None),
        ("<ttl>soon</ttl>", None),
        ("<ttl>99999999</ttl>", 10_080),
        ("<ttl>" + "9" * 5000 + "</ttl>", None),
        ("<sy:updatePeriod>Daily</sy:updatePeriod>", 1440),
        (
            "<sy:updatePeriod>daily</sy:updatePeriod><sy:updateFrequency>4</sy:updateFrequency>",
            360,
        ),
        ("<ttl>30</ttl><sy:updatePeriod>hourly</sy:updatePeriod>", 60),
        ("<sy:updatePeriod>now and then</sy:updatePeriod>", None),
    ],
)
def test_the_publishers_wish_is_the_longest_stated_within_a_week(facts, minutes):
    body = (
        '<rss version="2.0" xmlns:sy="http://purl.org/rss/1.0/modules/syndication/"><channel>'
        f"<title>t</title>{facts}</channel></rss>"
    )
    found = parse_feed(body.encode(), "https://a.example/", {})
    assert isinstance(found, ParsedFeed)
    assert (max(found.wishes.ttl or 0, found.wishes.period or 0) or None) == minutes


def test_a_feed_without_entries_is_a_feed():
    assert rss("").entries == ()


def test_a_broken_feed_is_repaired_and_says_so():
    feed = rss("<item><guid>1</guid><title>Fish & chips</title><link>/1</link></item>")
    assert feed.entries[0].title == "Fish & chips"
    assert [p.code for p in feed.problems] == ["WTC-FEED-101"]


def test_a_reader_that_breaks_is_a_failure_with_a_code():
    body = b'<?xml version="1.0" encoding="punycode"?><rss>' + b"<item/>" * 2000 + b"</rss>"
    found = parse_feed(body, "https://a.example/", {})
    assert isinstance(found, ParseFailed)
    assert (found.code, found.hint is not None) == ("WTC-FEED-009", True)
