"""Is a text news of the article: which change is of which kind, and what is no change."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.support.records import draft, prose, stored

from watcher.articles.revise import NewArticle, NewRevision, Unchanged, revise
from watcher.model.article import Caption, Credit, Link
from watcher.text.hashes import text_hash

BODY = prose("ferry", 4)
ONE, *REST = BODY.split("\n\n")
OLD = draft(body=BODY, title="Ferry returns", byline=("Ana Doe",))


def changed(**fields):
    made = replace(OLD, text=replace(OLD.text, **fields))
    return replace(made, text_hash=text_hash(made.text.title, made.text.body))


def changes(**fields):
    step = revise(stored(OLD), changed(**fields))
    return step.changes if isinstance(step, NewRevision) else ()


def test_the_first_text_at_an_address_is_a_new_article():
    assert revise(None, OLD) == NewArticle("first seen")


def test_the_same_text_again_is_no_news():
    assert isinstance(revise(stored(OLD), OLD), Unchanged)


@pytest.mark.parametrize(
    ("fields", "kinds"),
    [
        ({"title": "Ferry stays"}, ("headline",)),
        ({"body": f"{BODY}\n\nOne man is missing."}, ("added",)),
        ({"body": f"First of all.\n\n{BODY}"}, ("added",)),
        ({"body": "\n\n".join(REST)}, ("removed",)),
        ({"body": "\n\n".join([f"{ONE} And more.", *REST])}, ("added",)),
        ({"body": "\n\n".join([f"{ONE[:-1]} and more.", *REST])}, ("wording",)),
        ({"body": "\n\n".join(["All new.", *REST])}, ("added", "removed")),
        ({"body": "\n\n".join([*REST, ONE])}, ("wording",)),
        ({"byline": ("Ana Doe", "Ben Roe")}, ("byline",)),
        ({"byline": ()}, ("byline",)),
        ({"credit": Credit("Negah", "Source: Negah")}, ("credit",)),
        ({"title": "FERRY RETURNS"}, ("cosmetic",)),
        ({"body": BODY.replace(".", "!")}, ("cosmetic",)),
        (
            {
                "title": "Ferry stays",
                "body": REST[0] + "\n\n" + REST[1],
                "byline": (),
                "credit": Credit("N", "N"),
            },
            ("headline", "removed", "byline", "credit"),
        ),
    ],
)
def test_a_change_is_named_by_what_it_touches(fields, kinds):
    assert changes(**fields) == kinds
    step = revise(stored(OLD), changed(**fields))
    assert all(kind in step.why for kind in kinds)


@pytest.mark.parametrize(
    "fields",
    [
        {"body": BODY.replace("\n\n", "\n\n\n")},
        {"body": BODY.replace("\n\n", "\n")},
        {"body": BODY.replace(" ", "\u00a0")},
        {"body": f"  {BODY}\n"},
        {"title": " Ferry  returns "},
        {"byline": ("ana  doe",)},
        {"links": (Link("https://a.example/x", "x", "related"),)},
        {"captions": (Caption("The quay"),)},
        {"tags": ("coast",), "language": "sq", "standfirst": "x", "why": ("x",), "method": "x"},
    ],
)
def test_blanks_and_what_stands_around_the_text_make_no_revision(fields):
    assert isinstance(revise(stored(OLD), changed(**fields)), Unchanged)


def test_the_credits_wording_is_not_its_outlet():
    before = changed(credit=Credit("Negah", "Source: Negah"))
    other = changed(credit=Credit("negah", "First published by negah"))
    assert isinstance(revise(stored(before), other), Unchanged)
    gone = revise(stored(before), OLD)
    assert isinstance(gone, NewRevision)
    assert gone.changes == ("credit",)


def test_the_pages_text_takes_the_feeds_place():
    feed = changed(source="feed", body="The feed's text.")
    step = revise(stored(feed), OLD)
    assert isinstance(step, NewRevision)
    assert step.changes == ("fulltext",)


def test_the_feeds_text_never_takes_the_pages_place():
    step = revise(stored(OLD), changed(source="feed", body="Something else.", title="New"))
    assert isinstance(step, Unchanged)
    assert "feed" in step.why


def test_a_feeds_edit_of_its_own_text_is_a_revision():
    feed = changed(source="feed", body="The old words of it.")
    step = revise(stored(feed), changed(source="feed", body="The new words of it."))
    assert isinstance(step, NewRevision)
    assert step.changes == ("wording",)


def test_a_feed_that_empties_its_own_text_is_believed():
    feed, edit = changed(source="feed", body="Old."), changed(source="feed", body="")
    assert isinstance(revise(stored(feed), edit), NewRevision)


def test_a_page_that_comes_empty_does_not_wipe_the_stored_text():
    assert isinstance(revise(stored(OLD), changed(body="", title="Log in")), Unchanged)
    empty = changed(body="")
    assert isinstance(revise(stored(empty), OLD), NewRevision)


_texts = st.builds(
    lambda title, paragraphs, names, credit, source: changed(
        title=title,
        body="\n\n".join(paragraphs),
        byline=tuple(names),
        credit=Credit(credit, credit) if credit else None,
        source=source,
    ),
    st.text(max_size=8),
    st.lists(st.text(max_size=8), max_size=3),
    st.lists(st.text(max_size=5), max_size=2),
    st.none() | st.text(max_size=5),
    st.sampled_from(["page", "feed"]),
)


@given(_texts)
def test_a_text_is_no_news_of_itself(made):
    assert isinstance(revise(stored(made), made), Unchanged)


@given(_texts, _texts)
def test_every_pair_is_decided_with_a_reason(old, new):
    step = revise(stored(old), new)
    assert step.why
    if isinstance(step, NewRevision):
        assert len(set(step.changes)) == len(step.changes) > 0
    if old.text.source == "page":
        assert not (isinstance(step, NewRevision) and new.text.source == "feed")


@pytest.mark.parametrize(
    ("held", "comes", "news"),
    [
        ("page", "feed", False),
        ("page", "import", False),
        ("import", "feed", False),
        ("import", "page", True),
        ("import", "import", True),
        ("page", "page", True),
    ],
)
def test_a_lesser_text_never_takes_the_place_of_a_better_one(held, comes, news):
    old = changed(source=held)
    step = revise(stored(old), changed(source=comes, body=f"{BODY}\n\nOne more paragraph."))
    assert isinstance(step, NewRevision) is news
