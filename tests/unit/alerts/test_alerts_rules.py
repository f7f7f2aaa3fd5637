"""Whom to tell and whom not: tables of what is stored, what comes, and what is decided."""

from dataclasses import replace

import pytest
from tests.support.records import MIDNIGHT, NOON, day, draft, exact, member, prose, stored

from watcher.alerts.rules import AlertPolicy, decide
from watcher.model.alert import PlaceView
from watcher.model.ids import alert_id
from watcher.model.story import Placement, Standing
from watcher.model.topic import Match, Span
from watcher.model.when import DAY, HOUR, SECOND

TEXT = prose("news", paragraphs=2)
ONE = draft("one", TEXT, published=exact(NOON - HOUR))
TWO = draft("two", TEXT, published=exact(NOON - HOUR))
ALONE = (member(ONE),)
NO_VIEW = PlaceView(None, (), {}, {}, {})
FOUNDS = Placement("s_1", True, Standing("a_one", "original"))
JOINS = Placement("s_1", False, Standing("a_two", "original"))
COPIES = Placement("s_1", False, Standing("a_two", "copy", "same", "a_one", 1.0))


def match(topic="raids", article="a_one", revision=1, version=3):
    return Match(topic, version, article, revision, "raid OR camp", (Span("body", 0, 4, "raid"),))


def decided(made=ONE, placement=FOUNDS, view=NO_VIEW, topics=("raids",), backlog=DAY, revision=1):
    article = view.latest.article if view.latest else made.article
    return decide(
        draft=made,
        article=article,
        revision=revision,
        placement=placement,
        view=view,
        matches=[match(topic, article, revision) for topic in topics],
        policy=AlertPolicy(backlog),
        now=NOON + HOUR,
    )


def said(*args, **rest):
    return [(one.decision, one.reason) for one in decided(*args, **rest)]


def after(*, told=(), matched=(), members=ALONE, latest=None):
    """What is stored of story s_1 when the next article comes."""
    return PlaceView(
        latest=latest,
        candidates=(),
        told={"s_1": frozenset(told)},
        matched={"a_one": frozenset(matched)},
        members={"s_1": tuple(members)},
    )


# -- a new article -------------------------------------------------------------------------------


def test_the_first_article_that_matches_raises():
    (alert,) = decided()
    assert (alert.decision, alert.reason) == ("raised", "raid OR camp")
    assert alert.alert == alert_id("raids", "match", "a_one", 1)
    assert (alert.kind, alert.topic, alert.topic_version) == ("match", "raids", 3)
    assert (alert.story, alert.article, alert.revision, alert.at) == (
        "s_1",
        "a_one",
        1,
        NOON + HOUR,
    )


def test_an_article_that_matches_nothing_has_no_row():
    assert decided(topics=()) == ()


def test_every_topic_has_its_own_row_in_the_order_of_the_matches():
    view = after(told=["b"])
    assert [(one.topic, one.decision) for one in decided(TWO, JOINS, view, topics="cba")] == [
        ("c", "raised"),
        ("b", "suppressed"),
        ("a", "raised"),
    ]


def test_an_edited_query_repeats_nothing():
    """The alert's id holds the topic's name, never its version."""
    first, again = (
        decide(
            draft=ONE,
            article="a_one",
            revision=1,
            placement=FOUNDS,
            view=NO_VIEW,
            matches=[match(version=version)],
            policy=AlertPolicy(),
            now=NOON,
        )[0]
        for version in (1, 2)
    )
    assert first.alert == again.alert


def test_a_second_original_text_of_a_told_story_raises_none():
    assert said(TWO, JOINS, after(told=["raids"])) == [("suppressed", "story already told")]


def test_a_story_that_was_told_for_another_topic_is_told_for_this():
    assert said(TWO, JOINS, after(told=["floods"], matched=["floods"])) == [
        ("raised", "raid OR camp")
    ]


def test_a_second_original_raises_where_the_first_was_too_old_to():
    view = after(matched=["raids"])
    assert said(TWO, JOINS, view) == [("raised", "raid OR camp")]


# -- copies --------------------------------------------------------------------------------------


def test_a_copy_of_an_article_that_was_told_raises_none_and_says_of_which():
    view = after(told=["raids"], matched=["raids"])
    assert said(TWO, COPIES, view) == [("suppressed", "copy of a_one (One)")]


def test_a_copy_of_an_article_that_matched_raises_none_even_if_that_was_too_old():
    assert said(TWO, COPIES, after(matched=["raids"])) == [("suppressed", "copy of a_one (One)")]


def test_a_copy_whose_original_did_not_match_raises():
    assert said(TWO, COPIES, after(matched=["floods"])) == [("raised", "raid OR camp")]


def test_of_two_copies_of_an_original_that_did_not_match_one_raises():
    view = after(told=["raids"], members=(member(ONE), member(TWO, role="copy", copy_of="a_one")))
    third = replace(COPIES, standing=replace(COPIES.standing, article="a_three"))
    assert said(draft("three", TEXT), third, view) == [("suppressed", "copy of a_one (One)")]


def test_a_copy_of_an_article_that_is_not_at_hand_names_its_id():
    assert said(TWO, COPIES, after(told=["raids"], members=())) == [("suppressed", "copy of a_one")]


def test_an_original_that_comes_after_its_copy_is_no_copy():
    """It takes the lead of a story that was told: suppressed for that, not as a copy."""
    lead = Placement("s_1", False, Standing("a_two", "original"), (Standing("a_one", "copy"),))
    assert said(TWO, lead, after(told=["raids"])) == [("suppressed", "story already told")]


# -- revisions -----------------------------------------------------------------------------------

LATEST = stored(ONE)


def test_a_topic_that_a_revision_makes_true_raises():
    view = after(latest=LATEST)
    (alert,) = decided(ONE, None, view, revision=2)
    assert alert.decision == "raised"
    assert alert.reason == "raid OR camp (newly true in this revision)"
    assert alert.alert == alert_id("raids", "match", "a_one", 2)
    assert alert.story == "s_1"


def test_a_topic_that_was_true_before_a_revision_has_no_row():
    view = after(latest=LATEST, matched=["raids"])
    assert [one.topic for one in decided(ONE, None, view, revision=2, topics=["raids", "x"])] == [
        "x"
    ]


def test_a_revision_in_a_told_story_raises_none():
    view = after(latest=LATEST, told=["raids"])
    assert said(ONE, None, view, revision=2) == [("suppressed", "story already told")]


@pytest.mark.parametrize(
    ("told", "matched", "wanted"),
    [
        (["raids"], ["raids"], ("suppressed", "copy of a_one (One)")),
        ([], ["raids"], ("suppressed", "copy of a_one (One)")),
        ([], [], ("raised", "raid OR camp (newly true in this revision)")),
    ],
)
def test_a_revision_of_a_copy_raises_only_what_its_original_did_not_say(told, matched, wanted):
    latest = stored(TWO, role="copy", copy_of="a_one")
    members = (member(ONE), member(TWO, role="copy", copy_of="a_one"))
    view = after(latest=latest, told=told, matched=matched, members=members)
    assert said(TWO, None, view, revision=2) == [wanted]


# -- backlog -------------------------------------------------------------------------------------


def aged(age, **rest):
    return draft("one", TEXT, published=exact(NOON - age, "2026-03-01T00:00:00Z"), **rest)


def test_an_article_older_than_the_backlog_at_first_sight_raises_none():
    assert said(aged(DAY + SECOND)) == [
        (
            "suppressed",
            "backlog: published 2026-03-01T00:00:00Z, first seen 2026-03-10T12:00:00Z",
        )
    ]


@pytest.mark.parametrize("age", [DAY, 0, -HOUR, -400 * DAY])
def test_an_article_of_the_backlogs_age_or_younger_raises(age):
    assert said(aged(age))[0][0] == "raised"


@pytest.mark.parametrize(
    ("seen", "wanted"),
    [
        (MIDNIGHT + 2 * DAY, "raised"),
        (MIDNIGHT + 2 * DAY + 1, "suppressed"),
        (MIDNIGHT, "raised"),
    ],
)
def test_a_day_without_a_time_is_as_old_as_its_end(seen, wanted):
    made = draft("one", TEXT, published=day(MIDNIGHT), seen_at=seen)
    assert said(made)[0][0] == wanted


def test_an_article_without_a_date_raises():
    assert said(draft("one", TEXT))[0][0] == "raised"


def test_an_undated_entry_of_a_first_poll_counts_as_old():
    made = replace(draft("one", TEXT), counts_as_old=True)
    assert said(made) == [
        ("suppressed", "backlog: no date, and not the newest entry of the feed's first poll")
    ]


@pytest.mark.parametrize(("age", "wanted"), [(HOUR, "raised"), (2 * DAY, "suppressed")])
def test_where_the_page_gives_the_date_that_the_feed_lacked_the_date_decides(age, wanted):
    assert said(replace(aged(age), counts_as_old=True))[0][0] == wanted


@pytest.mark.parametrize(
    "made", [aged(0), aged(-HOUR), draft("one", TEXT), draft("one", TEXT, published=day(MIDNIGHT))]
)
def test_a_backlog_of_nothing_raises_never(made):
    ((decision, reason),) = said(made, backlog=0)
    assert (decision, reason) == ("suppressed", "backlog: alerts.backlog is 0s")


@pytest.mark.parametrize(
    "made", [aged(4_000 * DAY), replace(draft("one", TEXT), counts_as_old=True)]
)
def test_a_backlog_of_all_raises_always(made):
    assert said(made, backlog=None) == [("raised", "raid OR camp")]


def test_the_age_of_a_revision_is_that_at_the_first_sight_of_its_article():
    """Seen when it was an hour old; its revision comes ten days later."""
    view = after(latest=stored(aged(HOUR)))
    assert said(aged(HOUR, seen_at=NOON + 10 * DAY), None, view, revision=2)[0][0] == "raised"
    view = after(latest=stored(aged(3 * DAY)))
    assert said(aged(3 * DAY), None, view, revision=2)[0][0] == "suppressed"


def test_a_revision_that_lost_its_date_is_as_old_as_the_one_before():
    view = after(latest=stored(aged(3 * DAY)))
    assert said(draft("one", TEXT), None, view, revision=2)[0][0] == "suppressed"


def test_what_counted_as_old_at_first_sight_does_so_in_every_revision():
    view = after(latest=stored(replace(draft("one", TEXT), counts_as_old=True)))
    assert said(draft("one", TEXT), None, view, revision=2)[0][0] == "suppressed"


def test_the_backlog_speaks_before_all_other_reasons():
    made = replace(aged(3 * DAY), article="a_two")
    view = after(told=["raids"], matched=["raids"])
    assert said(made, COPIES, view)[0][1].startswith("backlog: ")


def test_a_decision_is_the_same_when_it_is_asked_again():
    view = after(told=["raids"], matched=["raids"])
    assert decided(TWO, COPIES, view) == decided(TWO, COPIES, view)


# -- a feed that was added with its backlog as seen ----------------------------------------------


@pytest.mark.parametrize(
    ("published", "first_poll", "old"),
    [
        (exact(NOON - SECOND), False, True),
        (exact(NOON), True, True),
        (exact(NOON + SECOND), True, False),
        (exact(NOON + SECOND), False, False),
        (day(MIDNIGHT), True, True),
        (day(MIDNIGHT), False, False),
        (day(MIDNIGHT - DAY), False, True),
        (None, True, True),
        (None, False, False),
    ],
)
@pytest.mark.parametrize("backlog", [None, DAY])
def test_what_a_feed_held_when_it_was_added_as_seen_raises_nothing(
    published, first_poll, old, backlog
):
    made = replace(
        draft("one", TEXT, seen_at=NOON + HOUR, published=published),
        counts_as_old=first_poll,
        seen_until=NOON,
    )
    ((decision, reason),) = said(made, backlog=backlog)
    assert decision == ("suppressed" if old else "raised")
    assert reason.startswith("backlog: it was there when its feed was added as seen") == old


def test_what_was_there_stays_seen_when_it_is_edited():
    made = replace(draft("one", TEXT, published=exact(NOON)), seen_until=NOON)
    ((decision, _),) = said(made, None, after(latest=stored(made)), revision=2)
    assert decision == "suppressed"
