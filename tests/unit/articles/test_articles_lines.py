"""JSON lines of a caller's archive to articles."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from watcher.articles.lines import draft, read_line
from watcher.model.article import Caption, Link
from watcher.model.ids import article_id
from watcher.model.when import DAY, Micros

NOW: Micros = 1_773_144_000_000_000  # 2026-03-10T12:00:00Z
URL = "https://harbour.example/2026/03/a"


def made(row, **rest):
    return draft(read_line(row), now=NOW, **{"domains": {}, "names": {}, **rest})


def test_a_whole_line_is_read_whole():
    line = read_line(
        {
            "id": 7,
            "url": URL,
            "title": "Kampi u kontrollua",
            "standfirst": "Në agim.",
            "body": "Një.\n\nDy.",
            "captions": ["Porta.", {"text": "Muri.", "credit": "LSA"}],
            "byline": ["Besnik Alia", "Ilda Hoxha"],
            "language": "SQ",
            "published": "2026-03-10T09:30:00+01:00",
            "seen_at": "2026-03-10T10:00:00Z",
            "outlet": "Kronika",
            "related": ["https://x.example/1", {"url": "https://x.example/2", "kind": "inline"}],
        }
    )
    text = line.text
    assert (line.id, line.url, line.outlet) == (7, URL, "Kronika")
    assert (text.title, text.standfirst, text.body) == (
        "Kampi u kontrollua",
        "Në agim.",
        "Një.\n\nDy.",
    )
    assert text.captions == (Caption("Porta."), Caption("Muri.", "LSA"))
    assert text.byline == ("Besnik Alia", "Ilda Hoxha")
    assert text.language == "sq"
    assert text.published is not None
    assert text.published.text == "2026-03-10T09:30:00+01:00"
    assert text.links == (
        Link("https://x.example/1", "", "related"),
        Link("https://x.example/2", "", "related", "inline"),
    )
    assert line.seen_at == NOW - 2 * DAY // 24


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ([], "object"),
        ({"title": 5}, "title: a text is wanted, not a number"),
        ({"body": ["a"]}, "body: a text is wanted, not a list"),
        ({"url": "ftp://x"}, "url:"),
        ({"published": "soon"}, "published: 'soon' is no date"),
        ({"seen_at": "32 Dec"}, "seen_at:"),
        ({"byline": [1]}, "byline: a list of texts"),
        ({"captions": "x"}, "captions: a list is wanted"),
        ({"captions": [3]}, "captions: each"),
        ({"related": [{}]}, "related: each"),
        ({"outlet": {}}, "outlet: a text is wanted, not an object"),
    ],
)
def test_what_is_of_the_wrong_kind_is_named(row, said):
    with pytest.raises(ValueError, match=f"(?s).*{said}"):
        read_line(row)


def test_a_line_needs_an_address_or_an_id():
    with pytest.raises(ValueError, match="url or id is missing"):
        made({"body": "x"})


def test_identity_is_the_address_and_the_id_leads_there_too():
    one = made({"id": "n1", "url": f"{URL}?utm_source=x", "body": "x"})
    assert one.article == article_id("harbour.example/2026/03/a")
    assert one.urls == ("harbour.example/2026/03/a", "id:n1")
    assert one.caller_id == "n1"
    alone = made({"id": "n1", "body": "x"})
    assert (alone.article, alone.url) == (article_id("id:n1"), "id:n1")


@pytest.mark.parametrize(
    ("row", "seen"),
    [
        ({"seen_at": "2026-03-01T00:00:00Z", "published": "2026-02-01"}, "2026-03-01T00:00:00Z"),
        ({"published": "2026-02-01T08:00:00+01:00"}, "2026-02-01T07:00:00Z"),
        ({}, "2026-03-10T12:00:00Z"),
        ({"seen_at": "2031-01-01T00:00:00Z"}, "2026-03-10T12:00:00Z"),
        ({"published": "2031-01-01"}, "2026-03-10T12:00:00Z"),
    ],
)
def test_first_seen_is_said_or_published_or_now_and_never_later(row, seen):
    from watcher.model.when import rfc3339

    assert rfc3339(made({"id": "a", **row}).seen_at) == seen


@pytest.mark.parametrize(
    ("row", "outlet"),
    [
        ({"url": URL, "outlet": "Harbour Watch"}, ("harbour.example", "Harbour Watch")),
        ({"url": URL}, ("harbour.example", "harbour.example")),
        ({"url": "https://www.ledger.example/x"}, ("ledger.example", "Coast Ledger")),
        ({"id": "a", "outlet": "Coastledger"}, ("ledger.example", "Coast Ledger")),
        ({"id": "a", "outlet": "Der Bote"}, ("derbote", "Der Bote")),
        ({"id": "a", "outlet": "bote.example"}, ("bote.example", "bote.example")),
        ({"id": "a"}, ("id:a", "unknown outlet")),
    ],
)
def test_the_outlet_is_the_addresss_with_the_name_that_is_known(row, outlet):
    one = made(
        row, domains={"ledger.example": "Coast Ledger"}, names={"coastledger": "Coast Ledger"}
    )
    assert (one.outlet.domain, one.outlet.name) == outlet


@pytest.mark.parametrize(
    "row",
    [
        {"byline": ["Fjori Sinoruka – Balkaninsight"], "body": "Text."},
        {"byline": "Admin", "body": "Text.\n\nBy Fjori Sinoruka – Balkaninsight"},
    ],
)
def test_a_credit_in_the_byline_or_the_last_line_counts(row):
    one = made({"id": "a", **row}, names={"balkaninsight": "Balkan Insight"})
    assert one.text.byline == ("Fjori Sinoruka",)
    assert one.text.credit is not None
    assert (one.text.credit.outlet, one.text.credit.known) == ("Balkaninsight", "Balkan Insight")
    assert one.text.body == "Text."


def test_an_outlets_own_name_is_no_credit():
    one = made({"id": "a", "outlet": "Harbour Watch", "body": "T.\n\nBy Ada Lind – Harbour Watch"})
    assert one.text.credit is None


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=8,
)
KEYS = "id url title standfirst body captions byline language published seen_at outlet related"


@given(st.dictionaries(st.sampled_from(KEYS.split()), JSON))
def test_any_line_is_read_or_refused_with_a_sentence(row):
    said = ""
    try:
        made(json.loads(json.dumps(row)))
    except ValueError as error:
        said = str(error)
    assert not said or ":" in said or "missing" in said
