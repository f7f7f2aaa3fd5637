"""JSON Feed, well and badly made."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from watcher.feeds.parse import parse_feed
from watcher.feeds.plain import entry_text
from watcher.model.feed import Enclosure, ParsedFeed, ParseFailed

DATA = Path(__file__).parent / "data"
VERSION = "https://jsonfeed.org/version/1.1"


def read(document):
    body = document if isinstance(document, bytes) else json.dumps(document).encode()
    return parse_feed(body, "https://bereg.example/feed.json", {})


def read_well():
    found = read((DATA / "jsonfeed.json").read_bytes())
    assert isinstance(found, ParsedFeed), found
    return found


def test_a_json_feed_states_its_facts():
    feed = read_well()
    assert (feed.title, feed.site_url, feed.url) == (
        "Прибрежные новости",
        "https://bereg.example/",
        "https://bereg.example/feed.json",
    )
    assert (feed.language, feed.kind, feed.reader) == ("ru", "json11", "jsonfeed")


def test_a_json_entry_is_read_whole():
    entry = read_well().entries[0]
    assert (entry.id, entry.url) == ("41", "https://bereg.example/41")
    assert (entry.summary, entry_text(entry)) == ("Паром.", "Паром снова ходит.\n\nС утра.")
    assert entry.published
    assert entry.published.text == "2026-03-02T10:00:00+03:00"
    assert entry.updated
    assert entry.updated.text == "2026-03-02T10:30:00+03:00"
    assert (entry.authors, entry.tags, entry.language) == (("Ира Волк",), ("порт", "7"), "ru")
    assert entry.enclosures == (Enclosure("https://bereg.example/41.mp3", "audio/mpeg", 99),)


def test_plain_content_is_never_read_as_markup():
    entry = read_well().entries[1]
    assert entry_text(entry) == "a < b\n\nи <b>всё</b>"
    assert (entry.url, entry.title, entry.authors, entry.published) == (
        "https://drugoe.example/x",
        "",
        ("Old Style",),
        None,
    )


def test_a_byte_order_mark_does_no_harm():
    assert isinstance(
        read(b"\xef\xbb\xbf" + json.dumps({"version": VERSION, "items": []}).encode()), ParsedFeed
    )


@pytest.mark.parametrize(
    "body",
    [
        b'{"items": []}',
        b'{"version": "https://jsonfeed.org/version/1.1"}',
        b'{"version": "2", "items": []}',
        b'{"version": "https://jsonfeed.org/version/1.1", "items": {}}',
        b'{"openapi": "3.1"}',
        b"{",
        b"{]",
    ],
)
def test_other_json_is_said_to_be_no_json_feed(body):
    found = read(body)
    assert isinstance(found, ParseFailed)
    assert (found.code, bool(found.hint)) == ("WTC-FEED-005", True)


@pytest.mark.parametrize("body", [b'{"a":' * 100_000, b'{"items":' + b"[" * 100_000])
def test_deep_json_is_refused(body):
    found = read(body)
    assert isinstance(found, ParseFailed)
    assert found.code == "WTC-FEED-004"


def test_more_items_than_the_limit_are_refused():
    found = read({"version": VERSION, "items": [{}] * 20_001})
    assert isinstance(found, ParseFailed)
    assert "20000" in found.message


def test_endless_numbers_and_nan_are_left_out():
    endless = "9" * 9000
    item = '{"id":9,"url":NaN,"title":"a\\u0000b\\ud800",'
    item += '"attachments":[{"url":"/x","size_in_bytes":9}]}'
    body = '{"version":"' + VERSION + '","items":[' + item.replace("9", endless) + "]}"
    found = read(body.encode())
    assert isinstance(found, ParsedFeed)
    entry = found.entries[0]
    assert (entry.id, entry.url, entry.title) == (None, None, "ab")
    assert entry.enclosures == (Enclosure("https://bereg.example/x", None, None),)


_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3)
    ),
    max_leaves=6,
)
_names = st.sampled_from(["id", "url", "title", "content_html", "content_text", "summary"]) | (
    st.sampled_from(["date_published", "authors", "author", "tags", "attachments", "language"])
)


@given(st.lists(st.dictionaries(_names, _values, max_size=6) | _values, max_size=4))
def test_items_of_any_shape_never_raise(items):
    found = read({"version": VERSION, "items": items})
    assert isinstance(found, ParsedFeed)
    assert len(found.entries) == sum(isinstance(item, dict) for item in items)
