"""The same news in every format that feeds are written in: what is read of it by the reader that
serves, and by feedparser where that is another."""

from __future__ import annotations

import pytest

from watcher.feeds.loose import read_loose
from watcher.feeds.parse import parse_feed
from watcher.feeds.plain import entry_text
from watcher.model.feed import Enclosure, EntrySource, ParsedFeed, Wishes

URL = "https://coast.example/feed"
DC = 'xmlns:dc="http://purl.org/dc/elements/1.1/"'
STORY = "<title>Bridge shut</title><link>https://coast.example/1</link>"
TEXT = "<description>The &lt;b&gt;old&lt;/b&gt; bridge is shut.</description>"
SKIPS = (
    "<skipHours><hour>1</hour><hour>24</hour><hour>13</hour></skipHours>"
    "<skipDays><day>Sunday</day><day>saturday</day></skipDays>"
)


def rss(version, channel="", item=""):
    return (
        f"<rss {version}><channel><title>Coast</title>"
        f"<link>https://coast.example/</link><language>en-gb</language>{channel}"
        f"<item>{STORY}{TEXT}{item}</item></channel></rss>"
    )


def atom(namespace, feed="", entry="", version=""):
    return (
        f'<feed {version} xmlns="{namespace}" xml:lang="en-GB"><title>Coast</title>'
        f'<link rel="alternate" type="text/html" href="https://coast.example/"/>{feed}<entry>'
        '<title>Bridge shut</title><link rel="alternate" type="text/html"'
        f' href="https://coast.example/1"/>{entry}</entry></feed>'
    )


def rdf(namespace, item=""):
    return (
        '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"'
        f' xmlns="{namespace}" {DC}>'
        f"<channel><title>Coast</title><link>https://coast.example/</link></channel>{item}</rdf:RDF>"
    )


RDF_ITEM = (
    f'<item rdf:about="https://coast.example/1">{STORY}{TEXT}'
    "<dc:creator>Ana Holt</dc:creator></item>"
)
MODES = 'type="text/html" mode="escaped"'
BODY = "The &lt;b&gt;old&lt;/b&gt; bridge is shut."

FORMATS = {
    "rss090": rdf("http://my.netscape.com/rdf/simple/0.9/", f"<item>{STORY}</item>"),
    "rss091u": rss('version="0.91"', SKIPS),
    "rss092": rss('version="0.92"', "", '<source url="https://wire.example/rss">Wire</source>'),
    "rss20": rss('version="2.0"', SKIPS, "<author>ana@coast.example (Ana Holt)</author>"),
    "rss10": rdf("http://purl.org/rss/1.0/", RDF_ITEM),
    "atom03": atom(
        "http://purl.org/atom/ns#",
        "<modified>2026-03-10T08:00:00Z</modified>",
        "<id>tag:coast.example,2026:1</id><issued>2026-03-10T08:00:00Z</issued>"
        f"<modified>2026-03-10T09:00:00Z</modified><content {MODES}>{BODY}</content>"
        "<author><name>Ana Holt</name></author>",
        'version="0.3"',
    ),
    "atom10": atom(
        "http://www.w3.org/2005/Atom",
        "<updated>2026-03-10T09:00:00Z</updated>",
        "<id>tag:coast.example,2026:1</id><published>2026-03-10T08:00:00Z</published>"
        f'<updated>2026-03-10T09:00:00Z</updated><content type="html">{BODY}</content>'
        "<author><name>Ana Holt</name></author>",
    ),
}  # fmt: skip
READERS = {"served": parse_feed, "feedparser": read_loose}


def read(body, reader="served"):
    found = READERS[reader](body.encode(), URL, {})
    assert isinstance(found, ParsedFeed), found
    return found


@pytest.mark.parametrize("reader", READERS)
@pytest.mark.parametrize("kind", FORMATS)
def test_a_format_is_known_and_says_what_the_others_say(kind, reader):
    feed = read(FORMATS[kind], reader)
    entry = feed.entries[0]
    assert (feed.kind, feed.title, feed.site_url) == (kind, "Coast", "https://coast.example/")
    assert feed.reader.startswith("strict" if reader == "served" else "feedparser")
    assert (entry.title, entry.url) == ("Bridge shut", "https://coast.example/1")
    assert entry_text(entry) == ("" if kind == "rss090" else "The old bridge is shut.")
    if kind in {"rss20", "rss10", "atom03", "atom10"}:
        assert entry.authors == ("Ana Holt",)
    if kind.startswith("atom"):
        assert entry.id == "tag:coast.example,2026:1"
        assert (entry.published.text, entry.updated.text) == (
            "2026-03-10T08:00:00Z",
            "2026-03-10T09:00:00Z",
        )
    if kind not in {"rss090", "rss10"}:
        assert feed.language == "en-GB"
    if kind == "rss092":
        assert entry.source == EntrySource("Wire", "https://wire.example/rss")


@pytest.mark.parametrize("reader", READERS)
@pytest.mark.parametrize("kind", ["rss091u", "rss20"])
def test_all_hours_and_days_to_skip_are_read(kind, reader):
    assert read(FORMATS[kind], reader).wishes == Wishes(skip_hours=(0, 1, 13), skip_days=(5, 6))


@pytest.mark.parametrize("reader", READERS)
def test_rss_tells_one_time_from_the_other_and_every_person(reader):
    item = (
        "<dc:creator>Ana Holt</dc:creator><dc:creator>Ben Ray</dc:creator>"
        "<pubDate>Tue, 10 Mar 2026 08:00:00 GMT</pubDate><dc:date>2026-03-10T09:00:00Z</dc:date>"
        '<enclosure url="/a.mp3" type="audio/mpeg" length="12"/>'
        '<enclosure url="https://coast.example/b.mp3" type="audio/mpeg"/>'
    )
    entry = read(rss(f'version="2.0" {DC}', "", item), reader).entries[0]
    assert entry.authors == ("Ana Holt", "Ben Ray")
    assert (entry.published.text, entry.updated.text) == (
        "2026-03-10T08:00:00Z",
        "2026-03-10T09:00:00Z",
    )
    assert entry.enclosures == (
        Enclosure("https://coast.example/a.mp3", "audio/mpeg", 12),
        Enclosure("https://coast.example/b.mp3", "audio/mpeg", None),
    )


@pytest.mark.parametrize("reader", READERS)
@pytest.mark.parametrize(
    ("stated", "names"),
    [
        (["ana@coast.agency (Ana Holt)"], ["Ana Holt"]),
        (["Ana Holt &lt;ana@coast.agency&gt;"], ["Ana Holt"]),
        (["ana@coast.agency"], ["ana@coast.agency"]),
        (["ana@coast.info (bob)"], ["bob"]),
        (["ana@coast.agency (Ana)", "ben@coast.press (Ben)"], ["Ana", "Ben"]),
        (["Ana Holt"], ["Ana Holt"]),
    ],
)
def test_the_people_of_rss_are_named_whatever_their_addresses_end_with(stated, names, reader):
    item = "".join(f"<author>{one}</author>" for one in stated)
    assert list(read(rss('version="2.0"', "", item), reader).entries[0].authors) == names


@pytest.mark.parametrize("reader", READERS)
def test_an_aggregated_entry_of_atom_names_its_source_people_and_language(reader):
    entry = (
        "<author><name>Ana Holt</name></author><author><name>Ben Ray</name></author>"
        "<source><id>https://wire.example/atom</id><title>Wire</title>"
        '<link rel="alternate" href="https://wire.example/"/></source>'
        '<link rel="enclosure" type="audio/mpeg" length="12" href="https://coast.example/a.mp3"/>'
        '<content type="html" xml:lang="fa">متن</content><summary type="text">S</summary>'
    )
    found = read(atom("http://www.w3.org/2005/Atom", "", entry), reader).entries[0]
    assert found.authors == ("Ana Holt", "Ben Ray")
    assert found.source == EntrySource("Wire", "https://wire.example/")
    assert found.enclosures == (Enclosure("https://coast.example/a.mp3", "audio/mpeg", 12),)
    assert (found.language, found.summary, found.content) == ("en-GB", "S", "متن")


def test_what_gave_a_field_is_told_as_far_as_the_reader_knows():
    body = rss(f'version="2.0" {DC}', "", "<dc:creator>A</dc:creator><dc:date>2026-03-10</dc:date>")
    strict, loose = (dict(read(body, reader).entries[0].origins) for reader in READERS)
    assert strict == {
        "title": "title",
        "url": "link",
        "summary": "description",
        "authors": "dc:creator",
        "updated": "dc:date",
    }
    assert {field: loose[field] for field in strict} == strict
