"""Bodies that are no feed, and what the user is told."""

import pytest

from watcher.feeds.parse import parse_feed
from watcher.model.feed import ParseFailed

PAGE = "<!doctype html><html><head><title>{}</title>{}</head><body>{}</body></html>"


def failure(body, headers=None, url="https://site.example/news/"):
    found = parse_feed(body if isinstance(body, bytes) else body.encode(), url, headers or {})
    assert isinstance(found, ParseFailed), found
    assert found.hint
    return found


@pytest.mark.parametrize("body", [b"", b" \n\t "])
def test_an_empty_body_is_said_to_be_empty(body):
    assert failure(body).code == "WTC-FEED-001"


@pytest.mark.parametrize("body", ["plain words", "<svg/>", "%PDF-1.7", "\x00\x01\x02", "<<<<"])
def test_something_else_is_said_to_be_no_feed(body):
    assert failure(body).code == "WTC-FEED-003"


@pytest.mark.parametrize(
    ("page", "words"),
    [
        (PAGE.format("Site", "", "Welcome"), "looks for its feeds"),
        (PAGE.format("Login", "", "<input type='password'>"), "login page"),
        (PAGE.format("Buy", "", "This domain is for sale!"), "parked domain"),
        (PAGE.format("Just a moment...", "", ""), "browser check"),
        ("<!-- built by hand -->\n<HTML><body>x", "looks for its feeds"),
        (
            "<?xml version='1.0'?><!DOCTYPE html><html xmlns='x'><body/></html>",
            "looks for its feeds",
        ),
    ],
)
def test_a_web_page_comes_with_the_hint_that_fits(page, words):
    found = failure(page)
    assert found.code == "WTC-FEED-002"
    assert words in (found.hint or "")


def test_a_page_that_names_its_feed_leads_there_even_with_a_login_form():
    link = "<link href='../rss?a=1&amp;b=2' type=application/rss+xml rel='alternate'>"
    found = failure(PAGE.format("T", link, "<input type=password>"))
    assert "https://site.example/rss?a=1&b=2" in (found.hint or "")


def test_a_page_that_names_only_this_very_address_gives_no_circular_advice():
    link = '<link rel="alternate" type="application/atom+xml" href="https://site.example/news/">'
    assert "names a feed" not in (failure(PAGE.format("T", link, "")).hint or "")


def test_the_pages_title_is_shown_and_its_entities_are_resolved():
    assert "'Über & uns'" in failure(PAGE.format("&Uuml;ber &amp; uns", "", "")).message


def test_a_challenge_is_known_by_its_header():
    found = failure("<p>nope</p>", {"content-type": "text/html", "cf-mitigated": "challenge"})
    assert "browser check" in (found.hint or "")


def test_a_page_whose_body_holds_feed_like_tags_stays_a_page():
    assert failure(PAGE.format("T", "", "<entry><title>x</title></entry>")).code == "WTC-FEED-002"


def test_a_body_that_is_a_path_or_an_address_is_never_opened(tmp_path):
    secret = tmp_path / "feed.xml"
    secret.write_text('<rss version="2.0"><channel><title>secret</title></channel></rss>')
    for body in (str(secret), secret.as_uri(), "http://127.0.0.1:9/feed.xml"):
        assert failure(body).code == "WTC-FEED-003"
