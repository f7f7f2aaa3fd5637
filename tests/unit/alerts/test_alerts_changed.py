"""Edits and withdrawals: who hears of them, and why others do not."""

from dataclasses import replace

import pytest
from tests.support.records import NOON, draft, exact, prose, stored

from watcher.alerts.changed import revised, withdrawn
from watcher.alerts.rules import AlertPolicy
from watcher.model.alert import PlaceView
from watcher.model.article import PageState
from watcher.model.ids import alert_id
from watcher.model.recheck import Sign
from watcher.model.topic import Match, TopicSpec
from watcher.model.when import DAY, HOUR

BODY = prose("pier", 3)
HELD = stored(draft(body=BODY, title="Pier", published=exact(NOON)))
MATCHES = tuple(Match(name, 1, HELD.article, 2, "pier", ()) for name in ("all", "first", "new"))
SPECS = {
    "all": TopicSpec("all", "pier", "pier", tell=("first", "revision", "withdrawal")),
    "first": TopicSpec("first", "pier", "pier"),
    "new": TopicSpec("new", "pier", "pier", tell=("revision",)),
}


def of_edit(changes=("number",), held=HELD, text=None):
    view = PlaceView(held, (), {}, {held.article: frozenset({"all", "first"})}, {})
    text = text or held.text
    return revised(held, text, 2, changes, MATCHES, SPECS, view, AlertPolicy(), NOON + HOUR)


def test_only_a_topic_that_asks_and_was_true_before_hears_of_an_edit():
    (alert,) = of_edit(("number", "cosmetic"))
    assert (alert.topic, alert.kind, alert.decision) == ("all", "revision", "raised")
    assert (alert.reason, alert.revision) == ("changed: number", 2)
    assert alert.alert == alert_id("all", "revision", HELD.article, 2)


@pytest.mark.parametrize("changes", [(), ("cosmetic",), ("fulltext",)])
def test_what_nobody_edited_makes_no_alert(changes):
    assert of_edit(changes) == ()


def test_an_edit_of_a_copy_or_of_history_is_kept_back_with_its_reason():
    (copy,) = of_edit(held=replace(HELD, copy_of="a_other"))
    assert (copy.decision, copy.reason) == ("suppressed", "copy of a_other")
    (old,) = of_edit(held=replace(HELD, first_seen=NOON + 30 * DAY))
    assert (old.decision, old.reason.startswith("backlog")) == ("suppressed", True)


@pytest.mark.parametrize(
    ("changes", "decision"),
    [(("added",), "suppressed"), (("added", "removed", "headline"), "suppressed"),
     (("added", "number"), "raised"), (("correction",), "raised")],
)  # fmt: skip
def test_the_posts_of_a_live_page_are_no_edits(changes, decision):
    text = replace(HELD.text, state=PageState("live", 0.9))
    (alert,) = of_edit(changes, text=text)
    assert alert.decision == decision


def test_a_withdrawal_is_told_to_those_who_ask_with_how_it_is_known():
    sign = Sign("gone", "the server says gone for good (410)", firm=True)
    now = NOON + 2 * HOUR
    (alert,) = withdrawn(HELD, sign, MATCHES, SPECS, AlertPolicy(), NOON + HOUR, now)
    assert (alert.topic, alert.kind, alert.decision) == ("all", "withdrawal", "raised")
    assert alert.reason == "gone since 2026-03-10T13:00:00Z: the server says gone for good (410)"
