"""What speaks for an article being gone, and what says nothing of it."""

import pytest
from tests.support.records import prose, text

from watcher.articles.gone import is_front, lost, of_failure, of_page
from watcher.model.article import Extraction, PageState
from watcher.model.page import FetchFailed

URL = "https://daily.example/news/2026/harbour-strike"
BEFORE = text(title="Harbour strike", body=prose("harbour", 4))


def read(body=BEFORE.body, title=BEFORE.title, url=URL, kind="article"):
    return Extraction(
        url=url, canonical_url=None, title=title, standfirst=None, body=body, byline=(),
        credit=None, published=None, modified=None, language="en", captions=(), links=(),
        state=PageState(kind, 0.9), method="test", why=(),
    )  # fmt: skip


def failed(kind="status", status=None):
    return FetchFailed(URL, kind, "WTC-NET-400", "said no", status=status)


@pytest.mark.parametrize(("status", "firm"), [(404, False), (410, True), (451, True)])
def test_a_server_that_says_so_is_a_sign(status, firm):
    sign = of_failure(failed(status=status))
    assert (sign.kind, sign.firm) == ("gone", firm)


@pytest.mark.parametrize("status", [400, 401, 402, 403, 405, 406, 407, 429, 500, 502, 503, 504])
def test_other_answers_are_none(status):
    assert of_failure(failed(status=status)) is None


@pytest.mark.parametrize(
    "kind", ["dns", "connect", "tls", "timeout", "robots", "paused", "protocol", "decode"]
)
def test_a_network_that_fails_is_none(kind):
    assert of_failure(failed(kind)) is None


@pytest.mark.parametrize(
    ("page", "kind"),
    [
        (read(), None),
        (read(body=BEFORE.body.split("\n\n")[0] + " " + BEFORE.body.split("\n\n")[1]), None),
        (read(body="Removed after a complaint."), "emptied"),
        (read(body=""), "emptied"),
        (read(body="", kind="not_article"), "emptied"),
        (read(body=BEFORE.body.split("\n\n")[0], kind="teaser"), "paywalled"),
        (read(kind="teaser"), None),
        (read(body="", kind="consent"), None),
        (read(body="", kind="needs_rendering"), None),
        (read(body="", kind="soft404"), "gone"),
        (read(body="Live now.", kind="live"), None),
        (read(url="https://daily.example/"), "redirected"),
        (read(url="https://daily.example/news/", kind="not_article"), "redirected"),
        (read(url="https://daily.example/2026/04/harbour-strike"), None),
        (read(url="https://daily.example/x", title="Fish", body=prose("fish", 4)), "redirected"),
        (read(url=f"{URL}?utm_source=feed"), None),
        (read(url=f"{URL}/"), None),
    ],
)
def test_a_page_is_a_sign_by_what_is_left_of_the_article(page, kind):
    sign = of_page(URL, page, BEFORE)
    assert (sign.kind if sign else None) == kind
    assert sign is None or sign.why


def test_of_a_short_text_no_loss_can_be_told():
    assert lost(text(body="A flash of one sentence."), "", PageState("article", 0.9)) is None


@pytest.mark.parametrize(
    ("asked", "final", "front"),
    [
        (URL, "https://daily.example", True),
        (URL, "https://daily.example/index.html", True),
        (URL, "https://www.daily.example/?from=404", True),
        (URL, "https://daily.example/news", True),
        (URL, "https://daily.example/news/2026/harbour-strike-2", False),
        (URL, "https://daily.example/newsroom", False),
        ("https://daily.example/?p=12", "https://daily.example/", False),
    ],
)
def test_a_front_page_is_known_by_its_address(asked, final, front):
    assert is_front(asked, final) is front
