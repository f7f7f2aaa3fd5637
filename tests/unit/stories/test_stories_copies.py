"""Where an article belongs: which stored one it is a copy of, and who of them is the original."""

from dataclasses import replace
from itertools import permutations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.support.records import (
    MIDNIGHT,
    NOON,
    Shelf,
    cites,
    credited,
    day,
    draft,
    exact,
    member,
    prose,
    stored,
    words,
)

from watcher.model.ids import story_id
from watcher.model.story import Candidate
from watcher.model.when import DAY, HOUR
from watcher.stories.copies import place

TEXT = prose("news", paragraphs=8)
PARTS = TEXT.split("\n\n")


def put(*drafts):
    """The drafts in a row; the shelf and the last one's placement."""
    shelf = Shelf()
    return shelf, [shelf.put(one) for one in drafts][-1]


def later(hours, name="two", body=TEXT, **rest):
    return draft(name, body, seen_at=NOON + hours * HOUR, **rest)


# -- what is a copy ------------------------------------------------------------------------------


def test_an_article_like_no_other_founds_a_story():
    _, placed = put(draft(body=TEXT), later(1, body=prose("other")))
    assert (placed.story, placed.new_story) == (story_id("a_two"), True)
    assert (placed.standing.role, placed.standing.copy_of) == ("original", None)
    assert placed.standing.why == "no stored article shares its text"


def test_a_revision_stays_in_its_story():
    made = draft(body=TEXT)
    same = Candidate(stored(draft("two", TEXT)), 30, 30, same_text=True)
    assert place(made, [same], stored(made), {}) is None


def test_a_copy_joins_the_story_of_its_original():
    _, placed = put(draft(body=TEXT), later(1))
    assert (placed.story, placed.new_story, placed.changes) == (story_id("a_one"), False, ())
    standing = placed.standing
    assert (standing.role, standing.kind, standing.copy_of) == ("copy", "same", "a_one")
    assert standing.score == 1.0
    assert standing.why.startswith("100 % of its text is in a_one; ")


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (TEXT.upper().replace(".", " –"), "same"),
        ("\n\n".join(PARTS[:7]), "same"),
        ("\n\n".join(reversed(PARTS)), "same"),
        ("\n\n".join(PARTS[:3]), "excerpt"),
        ("\n\n".join(PARTS[5:6]), "excerpt"),
        ("\n\n".join([*PARTS, prose("more", 8)]), "extends"),
        ("\n\n".join([prose("intro", 5), *PARTS, prose("end", 5)]), "extends"),
        ("\n\n".join([*PARTS[:4], prose("half", 2)]), "excerpt"),
    ],
)
def test_the_kind_of_a_copy_says_which_way_its_text_is_contained(body, kind):
    _, placed = put(draft(body=TEXT), later(1, body=body))
    assert (placed.standing.copy_of, placed.standing.kind) == ("a_one", kind)


def test_the_kind_is_the_copys_own_whichever_came_first():
    short = later(1, body="\n\n".join(PARTS[:3]))
    one, _ = put(draft(body=TEXT), short)
    two, _ = put(short, draft(body=TEXT))
    assert one.standings["a_two"] == two.standings["a_two"]
    assert one.standings["a_two"].kind == "excerpt"


@pytest.mark.parametrize("length", [10, 20, 30])
def test_a_sentence_quoted_is_no_copy(length):
    quote = " ".join(words("quoted", length))
    for at in range(6):
        body = [*PARTS[:at], f"“{quote}”, he said.", *PARTS[at : at + 3]]
        shelf, placed = put(
            draft(body="\n\n".join([prose(f"where it stood first {at}", 5), quote])),
            later(1, body="\n\n".join(body)),
        )
        assert placed.new_story, shelf.standings


def test_three_prints_in_common_are_wanted_however_short_the_text():
    made = replace(draft(body=TEXT), prints=(1, 2, 3))
    near = Candidate(stored(draft("two")), 2, 3)
    assert place(made, [near], None, {}).new_story
    assert not place(made, [replace(near, shared=3)], None, {}).new_story


def test_a_part_of_less_than_four_tenths_is_no_copy():
    made = replace(draft(body=TEXT), prints=tuple(range(100)))
    near = Candidate(stored(draft("two")), 39, 100)
    assert place(made, [near], None, {}).new_story
    assert not place(made, [replace(near, shared=40)], None, {}).new_story
    assert not place(made, [replace(near, prints=97)], None, {}).new_story


def test_the_same_few_words_under_the_same_title_are_a_copy():
    _, placed = put(draft(body="Sea calm."), later(1, body="Sea calm"))
    assert (placed.standing.kind, placed.standing.copy_of) == ("same", "a_one")


@pytest.mark.parametrize("count", [14, 25, 44])
def test_a_short_text_is_a_copy_under_another_title_and_with_some_words_more(count):
    body = " ".join(words("brief", count))
    for other in (body, f"Tarven, Monday – {body} Read more."):
        _, placed = put(draft(body=body, title="One"), later(1, body=other, title="Other"))
        assert placed.standing.copy_of == "a_one"


def test_a_teaser_is_an_excerpt_of_the_whole_text_whichever_came_first():
    teaser = " ".join(TEXT.split()[:30])
    for order in (
        [draft(body=TEXT), later(1, body=teaser)],
        [later(1, body=teaser), draft(body=TEXT)],
    ):
        shelf, _ = put(*order)
        assert shelf.standings["a_two"].kind == "excerpt"
        assert shelf.standings["a_two"].copy_of == "a_one"


def test_two_short_texts_that_share_a_quote_are_no_copies():
    quote = " ".join(words("said", 12))
    one = f"{' '.join(words('first', 14))} “{quote}”"
    two = f"{' '.join(words('second', 14))} “{quote}”"
    _, placed = put(draft(body=one), later(1, body=two))
    assert placed.new_story


@pytest.mark.parametrize("body", ["", " \n", "★ …"])
def test_articles_without_a_text_are_no_copies_of_one_another(body):
    _, placed = put(draft(body=body), later(1, body=body))
    assert placed.new_story


def test_the_best_likeness_is_joined():
    half = draft("half", "\n\n".join([*PARTS[:4], prose("rest", 5)]))
    whole = draft("whole", "\n\n".join([*PARTS[4:], prose("more", 1)]))
    _, placed = put(half, whole, later(1, body="\n\n".join(PARTS[1:])))
    assert placed.standing.copy_of == "a_whole"


# -- who is the original -------------------------------------------------------------------------

EVIDENCE = [
    pytest.param({"credit": credited("Late")}, {}, "its credit line names Late", id="credit"),
    pytest.param(
        {"canonical": "https://late.example/story"}, {}, "its canonical address", id="canonical"
    ),
    pytest.param({"links": (cites("https://late.example/story"),)}, {}, "it links to", id="link"),
    pytest.param(
        {"published": exact(NOON)}, {"published": exact(NOON - HOUR)}, "published later", id="time"
    ),
]


@pytest.mark.parametrize(("copy", "source", "why"), EVIDENCE)
def test_an_original_that_comes_later_takes_the_lead_and_the_story_keeps_its_id(copy, source, why):
    shelf, placed = put(
        draft("early", TEXT, **copy), draft("late", TEXT, seen_at=NOON + HOUR, **source)
    )
    assert (placed.story, placed.new_story) == (story_id("a_early"), False)
    assert placed.standing.role == "original"
    assert placed.standing.why == "a_early (Early) is a copy of it"
    (moved,) = placed.changes
    assert (moved.article, moved.role, moved.copy_of) == ("a_early", "copy", "a_late")
    assert f"; {why}" in moved.why
    assert shelf.originals() == {"a_early": "a_late", "a_late": "a_late"}


@pytest.mark.parametrize(("copy", "source", "why"), EVIDENCE)
def test_the_roles_are_the_same_whichever_came_first(copy, source, why):
    drafts = [draft("early", TEXT, **copy), draft("late", TEXT, seen_at=NOON + HOUR, **source)]
    one, _ = put(*drafts)
    two, placed = put(*reversed(drafts))
    assert one.originals() == two.originals()
    assert one.standings["a_early"] == two.standings["a_early"]
    assert why in placed.standing.why


def test_by_id_where_nothing_else_tells():
    for order in permutations([draft("ada", TEXT), draft("ben", TEXT)]):
        assert put(*order)[0].originals() == {"a_ada": "a_ada", "a_ben": "a_ada"}


def test_a_day_before_or_after_is_too_near_to_tell():
    one = draft("one", TEXT, published=day(MIDNIGHT), seen_at=NOON + HOUR)
    two = draft("two", TEXT, published=day(MIDNIGHT + DAY, "2026-03-11"), seen_at=NOON)
    for order in permutations([one, two]):
        assert put(*order)[0].originals()["a_one"] == "a_two"


def test_the_copies_of_an_overtaken_original_follow_the_new_one():
    shelf, placed = put(
        draft("ben", TEXT),
        later(1, "cyd"),
        later(2, "dov", body="\n\n".join(PARTS[:4])),
        draft("ada", TEXT, seen_at=NOON - HOUR),
    )
    assert {one.article: one.copy_of for one in placed.changes} == {
        "a_ben": "a_ada",
        "a_cyd": "a_ada",
        "a_dov": "a_ada",
    }
    assert {one.article: one.kind for one in placed.changes}["a_dov"] == "excerpt"
    assert set(shelf.originals().values()) == {"a_ada"}


def test_a_copy_can_prove_to_be_the_original_when_a_third_comes():
    """Cyd's coming shows that ben is a copy of cyd; ada, earlier than cyd, then leads."""
    ben = draft("ben", TEXT, credit=credited("Cyd"), published=exact(NOON - 2 * HOUR))
    ada = later(1, "ada", published=exact(NOON - HOUR), body="\n\n".join(PARTS[:5]))
    cyd = later(2, "cyd", published=exact(NOON))
    shelf, placed = put(ben, ada, cyd)
    assert set(shelf.originals().values()) == {"a_ada"}
    assert (placed.standing.role, placed.standing.copy_of) == ("copy", "a_ada")
    changed = {one.article: one for one in placed.changes}
    assert changed["a_ada"].role == "original"
    assert changed["a_ada"].why == "decided anew: a_cyd came"
    assert (changed["a_ben"].kind, changed["a_ben"].copy_of) == ("extends", "a_ada")
    assert changed["a_ben"].why.endswith("its credit line names Cyd: “By Somebody – Cyd”")


def test_a_likeness_of_a_copy_alone_stands_behind_the_copys_original():
    """It shares text with the copy, none with the original: still no chain."""
    long = "\n\n".join([*PARTS, prose("added", 6)])
    shelf, placed = put(draft(body=TEXT), later(1, body=long), later(2, "tri", prose("added", 5)))
    assert (placed.standing.copy_of, placed.standing.score) == ("a_one", 0.0)
    assert shelf.originals()["a_tri"] == "a_one"


def test_an_original_that_is_not_at_hand_stays_the_original_and_the_reason_says_whose_text_it_is():
    copy = stored(draft("two", TEXT), role="copy", copy_of="a_one")
    early = draft("tri", TEXT, seen_at=NOON - DAY)
    group = (member(draft("one")), member(draft("two"), role="copy", copy_of="a_one"))
    near = Candidate(copy, len(early.prints), len(early.prints))
    placed = place(early, [near], None, {"s_1": group})
    assert (placed.standing.copy_of, placed.changes) == ("a_one", ())
    assert placed.standing.why == "100 % of its text is in a_two, a copy of a_one"


def test_a_member_that_is_not_at_hand_follows_with_what_was_measured_before():
    one = draft("one", TEXT)
    far = replace(member(draft("far"), role="copy", copy_of="a_one"), kind="excerpt", score=0.5)
    placed = place(
        draft("ada", TEXT, seen_at=NOON - DAY),
        [Candidate(stored(one), 40, 40, same_text=True)],
        None,
        {"s_1": (member(one), far)},
    )
    moved = {each.article: each for each in placed.changes}["a_far"]
    assert (moved.copy_of, moved.kind, moved.score) == ("a_ada", "excerpt", 0.5)
    assert moved.why == "with a_one, which is a copy of it"


def test_members_of_the_story_that_stand_behind_nobody_else_are_left_alone():
    one = draft("one", TEXT)
    report = replace(member(draft("rep")), role="report")
    placed = place(
        draft("ada", TEXT, seen_at=NOON - DAY),
        [Candidate(stored(one), 40, 40, same_text=True)],
        None,
        {"s_1": (member(one), report)},
    )
    assert [each.article for each in placed.changes] == ["a_one"]


# -- order of arrival ----------------------------------------------------------------------------

NAMES = ("ada", "ben", "cyd", "dov", "eve")
BODIES = [
    TEXT,
    "\n\n".join(PARTS[:7]),
    "\n\n".join(PARTS[:4]),
    "\n\n".join([*PARTS[2:], prose("tail", 1)]),
    "\n\n".join(PARTS[:4][::-1] + PARTS[4:]),
]
DATES = st.none() | st.builds(
    lambda hours, whole: day(MIDNIGHT + hours // 24 * DAY) if whole else exact(NOON + hours * HOUR),
    st.integers(-60, 60),
    st.booleans(),
)


@st.composite
def likenesses(draw, bodies=tuple(BODIES), most=4):
    """Articles that share their text, with evidence of every sort for and against each other."""
    made = []
    for name in NAMES[: draw(st.integers(2, most))]:
        other = draw(st.sampled_from(NAMES))
        facts = draw(
            st.sampled_from(
                [
                    {},
                    {},
                    {"credit": credited(other.title())},
                    {"canonical": f"https://{other}.example/story"},
                    {"links": (cites(f"https://{other}.example/story"),)},
                ]
            )
        )
        seen = NOON + draw(st.integers(-48, 48)) * HOUR
        body = draw(st.sampled_from(bodies))
        made.append(draft(name, body, seen_at=seen, published=draw(DATES), **facts))
    return made


def settled(shelf):
    """What does not depend on the order: all but the story's id and the words of the reasons."""
    return {
        name: (one.role, one.kind, one.copy_of, one.score)
        for name, one in sorted(shelf.standings.items())
    }


@settings(max_examples=60, deadline=None)
@given(likenesses())
def test_the_order_of_arrival_changes_no_role_kind_or_original(several):
    ends = [settled(put(*order)[0]) for order in permutations(several)]
    assert all(end == ends[0] for end in ends)


CHAINED = tuple(
    "\n\n".join(prose(f"link {number}", 3) for number in pair)
    for pair in [(1, 2), (2, 3), (3, 4), (4, 5), (1, 5), (6, 7)]
)


@settings(max_examples=150, deadline=None)
@given(likenesses(bodies=CHAINED, most=5), st.integers(1, 5), st.randoms(use_true_random=False))
def test_the_original_of_a_copy_is_never_itself_a_copy_and_stands_in_its_story(
    several, most, chance
):
    """Also where likeness runs on from text to text and few candidates are at hand."""
    chance.shuffle(several)
    shelf = Shelf(most)
    for made in several:
        shelf.put(made)
        for one in shelf.held.values():
            if one.copy_of is not None:
                assert one.role == "copy"
                assert shelf.held[one.copy_of].role == "original"
                assert shelf.held[one.copy_of].story == one.story
            else:
                assert one.role == "original"
    assert len({one.story for one in shelf.held.values() if one.role == "original"}) == sum(
        one.role == "original" for one in shelf.held.values()
    )


def test_a_text_between_two_stories_joins_one_and_merges_none():
    """Known and wanted: stories are never merged, so here the order of arrival does tell."""
    left, right = draft("left", prose("l", 4)), draft("right", prose("r", 4))
    both = later(1, "both", prose("l", 4) + "\n\n" + prose("r", 4))
    apart, _ = put(left, right, both)
    joined, _ = put(left, both, right)
    assert len({one.story for one in apart.held.values()}) == 2
    assert len({one.story for one in joined.held.values()}) == 1
