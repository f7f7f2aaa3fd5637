"""Who is the original: credit, then canonical address, then link, then time, then the id."""

from itertools import permutations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.support.records import (
    MIDNIGHT,
    NOON,
    cites,
    credited,
    day,
    draft,
    exact,
    stored,
)

from watcher.model.article import Credit, Outlet
from watcher.model.when import DAY, HOUR, MINUTE
from watcher.stories.lineage import Side, leader, original, why_copy


def side(name, **facts):
    return Side.of_draft(draft(name, **facts))


def decided(one, two):
    """The verdict on the two, the same whichever is named first."""
    verdict, again = original(one, two), original(two, one)
    assert verdict == again
    assert {verdict.original.article, verdict.other.article} == {one.article, two.article}
    return verdict.original.article, verdict.why


# What speaks, strongest first: each makes `late` the original though `early` was published first.
EARLY = {"published": exact(NOON - HOUR), "seen_at": NOON}
LATE = {"published": exact(NOON), "seen_at": NOON + HOUR}


def test_the_outlet_that_the_other_credits_is_the_original():
    who, why = decided(side("early", credit=credited("Late"), **EARLY), side("late", **LATE))
    assert who == "a_late"
    assert why == "its credit line names Late: “By Somebody – Late”"


def test_the_outlet_where_the_others_canonical_address_stands_is_the_original():
    there = "https://late.example/other-story"
    who, why = decided(side("early", canonical=there, **EARLY), side("late", **LATE))
    assert (who, why) == ("a_late", f"its canonical address is {there}")


@pytest.mark.parametrize("role", ["citation", "credit"])
def test_the_article_that_the_other_links_to_is_the_original(role):
    link = cites("http://www.late.example/story/?utm_source=x", role)
    who, why = decided(side("early", links=(link,), **EARLY), side("late", **LATE))
    assert (who, why) == ("a_late", f"it links to {link.url}")


@pytest.mark.parametrize("role", ["related", "tag", "navigation"])
def test_a_link_beside_the_text_is_no_evidence(role):
    link = cites("https://late.example/story", role)
    assert decided(side("early", links=(link,), **EARLY), side("late", **LATE))[0] == "a_early"


def test_the_article_published_first_is_the_original():
    early = side("early", published=exact(NOON, "2026-03-10T13:00:00+01:00"), seen_at=NOON + HOUR)
    late = side("late", published=exact(NOON + MINUTE, "2026-03-10T12:01:00Z"), seen_at=NOON + DAY)
    assert decided(early, late) == (
        "a_early",
        "published later (2026-03-10T12:01:00Z, the other 2026-03-10T13:00:00+01:00)",
    )


@pytest.mark.parametrize(
    ("strong", "weak"),
    [
        ({"credit": credited("Two")}, {"canonical": "https://one.example/story"}),
        ({"credit": credited("Two")}, {"links": (cites("https://one.example/story"),)}),
        (
            {"canonical": "https://two.example/story"},
            {"links": (cites("https://one.example/story"),)},
        ),
        ({"links": (cites("https://two.example/story"),)}, EARLY | {"seen_at": NOON - HOUR}),
    ],
)
def test_stronger_evidence_stands_against_weaker(strong, weak):
    one = {"seen_at": NOON} | strong
    assert decided(side("one", **one), side("two", **{"seen_at": NOON} | weak))[0] == "a_two"


@pytest.mark.parametrize(
    ("mine", "theirs"),
    [
        ({"credit": credited("Two")}, {"credit": credited("One")}),
        ({"canonical": "https://two.example/x"}, {"canonical": "https://one.example/x"}),
        (
            {"links": (cites("https://two.example/story"),)},
            {"links": (cites("https://one.example/story"),)},
        ),
    ],
)
def test_what_both_say_of_each_other_counts_for_neither(mine, theirs):
    assert decided(side("one", **LATE, **mine), side("two", **EARLY, **theirs))[0] == "a_two"


@pytest.mark.parametrize(
    "credit",
    [
        Credit("Balkaninsight", "By A – Balkaninsight"),
        Credit("BIRN", "By A – BIRN", known="Balkan Insight"),
        Credit(None, "(Balkan  Insight)", agency="BALKAN-INSIGHT"),
        Credit("BIRN.example", "By A – birn", known=None, agency="birn"),
    ],
)
def test_a_credit_names_an_outlet_by_its_name_or_its_domain(credit):
    source = side("source", outlet=Outlet("birn.example", "Balkan Insight"), **LATE)
    assert decided(side("copy", credit=credit, **EARLY), source)[0] == "a_source"


@pytest.mark.parametrize("name", ["Balkan", "Insight", "The Balkan Insight Daily", "example"])
def test_a_credit_to_another_name_is_no_evidence(name):
    source = side("source", outlet=Outlet("birn.example", "Balkan Insight"), **LATE)
    assert decided(side("copy", credit=Credit(name, name), **EARLY), source)[0] == "a_copy"


def test_a_credit_that_folds_to_nothing_names_nobody():
    nameless = side("source", outlet=Outlet("birn.example", "★"), **LATE)
    assert decided(side("copy", credit=Credit("—", "—"), **EARLY), nameless)[0] == "a_copy"


@pytest.mark.parametrize(
    "evidence", [{"credit": credited("The Paper")}, {"canonical": "https://paper.example/other"}]
)
def test_an_outlet_does_not_copy_itself_by_its_own_name(evidence):
    one = side("one", outlet=Outlet("paper.example", "Paper online"), **EARLY, **evidence)
    two = side("two", outlet=Outlet("paper.example", "The Paper"), **LATE)
    assert decided(one, two)[0] == "a_one"


def test_a_stored_article_answers_to_every_address_that_led_to_it():
    source = draft("late", urls=("short.example/x1",), **LATE)
    link = cites("https://short.example/x1")
    early = side("early", links=(link,), **EARLY)
    assert decided(early, Side.of_draft(source))[0] == "a_late"
    assert decided(early, Side.of_stored(stored(source)))[0] == "a_late"


# -- time ----------------------------------------------------------------------------------------


def test_days_tell_two_articles_apart_only_where_no_zone_could_make_them_one():
    first = side("first", published=day(MIDNIGHT, "2026-03-10"), seen_at=NOON + 9 * DAY)
    third = side("third", published=day(MIDNIGHT + 3 * DAY, "2026-03-13"), seen_at=NOON + 4 * DAY)
    assert decided(first, third) == (
        "a_first",
        "published later (2026-03-13, the other 2026-03-10)",
    )
    same = side("same", published=day(MIDNIGHT, "2026-03-10"), seen_at=NOON)
    other = side("other", published=day(MIDNIGHT + DAY, "2026-03-11"), seen_at=NOON - MINUTE)
    assert decided(same, other) == (
        "a_other",
        "the dates do not tell them apart; the other was known first",
    )


def test_a_day_says_only_that_the_article_stood_at_its_end():
    whole = side("whole", published=day(MIDNIGHT), seen_at=NOON + 5 * DAY)
    timed = side("timed", published=exact(NOON), seen_at=NOON + 6 * DAY)
    assert decided(whole, timed)[0] == "a_timed"
    after = side("after", published=exact(MIDNIGHT + 37 * HOUR), seen_at=NOON + 6 * DAY)
    assert decided(whole, after)[0] == "a_whole"


def test_an_article_stood_when_it_was_seen_whatever_its_date_says():
    ahead = side("ahead", published=exact(NOON + 2 * HOUR), seen_at=NOON)
    after = side("after", published=exact(NOON + HOUR), seen_at=NOON + HOUR)
    assert decided(ahead, after)[0] == "a_ahead"


def test_without_dates_the_first_seen_is_the_original():
    one, two = side("one", seen_at=NOON + 1), side("two", seen_at=NOON)
    assert decided(one, two)[0] == "a_two"
    assert decided(side("one", seen_at=NOON - 1), side("dated", **LATE))[0] == "a_one"
    assert decided(side("one", seen_at=NOON + 1), side("dated", **LATE))[0] == "a_dated"


def test_at_the_same_moment_the_id_decides():
    assert decided(side("one"), side("two"))[0] == "a_one"


# -- several at once -----------------------------------------------------------------------------

NAMES = ("ada", "ben", "cyd", "dov", "eve")
DATES = st.none() | st.builds(
    lambda hours, whole: day(MIDNIGHT + hours // 24 * DAY) if whole else exact(NOON + hours * HOUR),
    st.integers(-72, 72),
    st.booleans(),
)


@st.composite
def sides(draw, most=5):
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
        made.append(side(name, seen_at=seen, published=draw(DATES), **facts))
    return made


@settings(deadline=None)
@given(sides(most=2))
def test_a_verdict_does_not_depend_on_which_is_named_first(two):
    assert original(*two) == original(*reversed(two))


@settings(deadline=None)
@given(sides(most=2))
def test_of_two_the_leader_is_the_original(two):
    assert leader(two) == original(*two).original


@settings(deadline=None)
@given(sides())
def test_the_leader_does_not_depend_on_the_order(several):
    assert len({leader(order).article for order in permutations(several)}) == 1


@settings(deadline=None)
@given(sides())
def test_the_original_of_every_other_leads(several):
    first = leader(several)
    for one in several:
        if all(original(one, other).original is one for other in several if other is not one):
            assert first is one


@settings(deadline=None)
@given(sides())
def test_every_copy_says_why(several):
    first = leader(several)
    assert all(why_copy(one, first, several) for one in several if one is not first)


@settings(deadline=None)
@given(st.lists(st.tuples(DATES, st.integers(-48, 48)), min_size=3, max_size=3))
def test_time_alone_never_goes_round_in_a_circle(three):
    a, b, c = (
        side(name, published=dated, seen_at=NOON + seen * HOUR)
        for name, (dated, seen) in zip(NAMES, three, strict=False)
    )
    beats = [original(*pair).original for pair in ((a, b), (b, c), (c, a))]
    assert len({one.article for one in beats}) < 3


def test_an_article_that_credits_another_never_leads_by_its_date():
    """By twos they go round: X before Y before O by date, and O before X by X's own credit."""
    x = side("x", credit=credited("O"), published=exact(NOON))
    y = side("y", published=exact(NOON + HOUR), seen_at=NOON + DAY)
    o = side("o", published=exact(NOON + 2 * HOUR), seen_at=NOON + DAY)
    assert leader([x, y, o]) is y
    assert why_copy(x, y, [x, y, o]) == "its credit line names O: “By Somebody – O”"


def test_where_all_accuse_one_another_time_decides():
    a = side("ada", credit=credited("Ben"), seen_at=NOON + 2)
    b = side("ben", credit=credited("Cyd"), seen_at=NOON + 1)
    c = side("cyd", credit=credited("Ada"), seen_at=NOON + 3)
    assert leader([a, b, c]) is b
    assert why_copy(a, b, [a, b, c]).startswith("its credit line names Ben")
