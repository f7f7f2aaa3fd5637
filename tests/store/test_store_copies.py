"""Copies through a real store: what a decision about the original must have at hand."""

from itertools import permutations

import pytest
from tests.support.records import NOON, credited, draft, exact, prose

from watcher.model.alert import PlaceDecision, PlaceView
from watcher.model.when import HOUR
from watcher.stories.copies import place

TEXT = prose("news", paragraphs=8)
PARTS = TEXT.split("\n\n")


def put(store, made):
    """Places a draft by the real rule; the view it was decided on."""
    seen = []

    def decide(view: PlaceView) -> PlaceDecision:
        seen.append(view)
        placement = place(made, view.candidates, view.latest, view.members)
        return PlaceDecision(made, made.article, 1, (), placement, (), (), (), "new")

    store.place(made, decide, NOON)
    return seen[-1]


def articles(reader):
    return {
        one.article: one
        for story in reader.stories(limit=50).items
        for one in reader.story(story.story).articles
    }


def test_the_original_of_a_candidate_is_at_hand_however_little_it_shares(store):
    put(store, draft("first", TEXT))
    for number in range(6):
        body = "\n\n".join([*PARTS[:4], prose("added", 4)])
        put(store, draft(f"copy{number}", body, seen_at=NOON + HOUR))
    made = draft("late", "\n\n".join([PARTS[0], prose("added", 4)]), seen_at=NOON + 2 * HOUR)
    view = put(store, made)
    assert len(view.candidates) == 6
    original = view.candidates[-1]
    assert original.stored.article == "a_first"
    assert 0 < original.shared < min(one.shared for one in view.candidates[:-1])
    assert original.prints == len(draft("first", TEXT).prints)


def test_an_article_that_is_older_than_a_copy_but_not_than_its_original_takes_no_lead(
    store, reader
):
    put(store, draft("first", TEXT, seen_at=NOON))
    for number in range(6):
        body = "\n\n".join([*PARTS[:4], prose("added", 4)])
        put(store, draft(f"copy{number}", body, seen_at=NOON + 2 * HOUR))
    put(store, draft("between", "\n\n".join([PARTS[0], prose("added", 4)]), seen_at=NOON + HOUR))
    assert {one.copy_of for one in articles(reader).values()} == {None, "a_first"}


def test_a_stored_article_knows_every_address_that_led_to_it(store):
    made = draft("first", TEXT, urls=("short.example/x1", "amp.example/1"))
    put(store, made)
    (found,) = put(store, draft("two", TEXT)).candidates
    assert set(found.stored.urls) == set(made.urls)


def test_members_tell_what_was_measured_of_them(store):
    put(store, draft("first", TEXT))
    put(store, draft("part", "\n\n".join(PARTS[:4]), seen_at=NOON + HOUR))
    (group,) = put(store, draft("third", TEXT, seen_at=NOON + HOUR)).members.values()
    told = {one.article: (one.kind, one.score) for one in group}
    assert told["a_first"] == (None, None)
    assert told["a_part"][0] == "excerpt"
    assert told["a_part"][1] > 0.8


@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_the_order_of_arrival_changes_nothing_that_is_stored_of_the_copies(store, reader, order):
    drafts = [
        draft("ada", TEXT, credit=credited("Cyd"), published=exact(NOON - HOUR)),
        draft("ben", "\n\n".join(PARTS[:5]), published=exact(NOON - HOUR // 2)),
        draft("cyd", TEXT, published=exact(NOON)),
    ]
    for at in order:
        put(store, drafts[at])
    found = articles(reader)
    assert {name: (one.role, one.kind, one.copy_of) for name, one in found.items()} == {
        "a_ada": ("copy", "extends", "a_ben"),
        "a_ben": ("original", None, None),
        "a_cyd": ("copy", "extends", "a_ben"),
    }
