"""What a topic tells of a story after its first article: a new outlet, a copy, another text.

A story is told once; then only what the topic asked for in `tell` is news again.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from watcher.alerts.rules import COPY, TOLD
from watcher.model.alert import Alert, AlertKind, PlaceView
from watcher.model.article import ArticleDraft
from watcher.model.ids import alert_id
from watcher.model.story import Placement
from watcher.model.topic import TopicSpec


def further(
    alerts: tuple[Alert, ...],
    draft: ArticleDraft,
    placement: Placement | None,
    view: PlaceView,
    specs: Mapping[str, TopicSpec],
) -> tuple[Alert, ...]:
    """The alerts of a new article, those raised after all that say something new of a story that
    was told. What is history or imported stays as it is."""
    if placement is None or placement.new_story:
        return alerts
    return tuple(_one(one, draft, placement, view, specs[one.topic]) for one in alerts)


def _one(
    alert: Alert,
    draft: ArticleDraft,
    placement: Placement,
    view: PlaceView,
    spec: TopicSpec,
) -> Alert:
    repeats = alert.reason == TOLD or alert.reason.startswith(COPY)
    told = alert.topic in view.told.get(alert.story, frozenset())
    if alert.decision != "suppressed" or not repeats or not told:
        return alert
    news = _news(draft, placement, view, spec)
    if news is None:
        return alert
    kind, why = news
    return replace(
        alert,
        alert=alert_id(alert.topic, kind, alert.article, alert.revision),
        kind=kind,
        decision="raised",
        reason=why,
    )


def _news(
    draft: ArticleDraft, placement: Placement, view: PlaceView, spec: TopicSpec
) -> tuple[AlertKind, str] | None:
    """The first of the topic's wishes that the article fulfils."""
    name, of = draft.outlet.name, placement.standing.copy_of
    stories = (placement.story, *(one.story for one in placement.merges))
    there = {member.outlet.domain for story in stories for member in view.members.get(story, ())}
    new = draft.outlet.domain not in there
    if of is not None:
        said = f"copy: {name} has it too, taken from {of}"
        return ("copy", said) if new and "copy" in spec.tell else None
    if "original" in spec.tell:
        return "original", f"original: {name} has a text of its own"
    if new and "outlet" in spec.tell:
        return "outlet", f"outlet: {name} reports on it too, the {len(there) + 1}. outlet"
    return None
