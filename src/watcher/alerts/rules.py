"""Whom to tell, and if not, why not. Every match that is news gets an alert row with its reason."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from watcher.model.alert import Alert, Decision, PlaceView
from watcher.model.article import ArticleDraft
from watcher.model.ids import alert_id
from watcher.model.story import Placement
from watcher.model.topic import Match
from watcher.model.when import DAY, Dated, Micros, rfc3339

KIND = "match"
TOLD = "story already told"
COPY = "copy of "  # whose, follows


@dataclass(frozen=True, slots=True)
class AlertPolicy:
    """`backlog`: an article older than this when first seen raises none; 0 never, None always.
    `tell_imports`: whether what an archive brings is told at all."""

    backlog: Micros | None = DAY
    tell_imports: bool = False


def decide(
    *,
    draft: ArticleDraft,
    article: str,
    revision: int,
    placement: Placement | None,
    view: PlaceView,
    matches: Sequence[Match],
    policy: AlertPolicy,
    now: Micros,
    silent: Collection[str] = (),
) -> tuple[Alert, ...]:
    """One row for each match that is news, in the order of `matches`.

    A revision is news only for topics that were not true before. A copy raises none where its
    story was told or another article of it matched the topic already; where none did, the copy
    is the first to say it and raises, so that nothing is missed (issue: one alert per topic and
    story, the first matching article raises it). `silent`: topics that tell of no first article.
    """
    story = placement.story if placement else _story(view, article)
    old = _backlog(draft, view, policy)
    alerts = []
    for match in matches:
        if view.latest is not None and match.topic in view.matched.get(article, frozenset()):
            continue
        decision, reason = _verdict(match, old, placement, story, article, view)
        if match.topic in silent and decision == "raised":
            decision, reason = "suppressed", f"{reason}; the topic does not tell of it (tell)"
        alerts.append(
            Alert(
                alert=alert_id(match.topic, KIND, article, revision),
                kind="match",
                topic=match.topic,
                topic_version=match.version,
                story=story,
                article=article,
                revision=revision,
                decision=decision,
                reason=reason,
                at=now,
            )
        )
    return tuple(alerts)


def verdict(
    said: str, *, old: str | None, copied: str | None, told: bool, matched_before: bool
) -> tuple[Decision, str]:
    """Whether a match is told, and why. `said`: the reason if it is; `old`: why it is history;
    `copied`: whose copy the article is; `told`: whether its story was told; `matched_before`:
    whether another article of the story had the topic already."""
    if old is not None:
        return "suppressed", old
    if copied is not None and (told or matched_before):
        return "suppressed", copied
    return ("suppressed", TOLD) if told else ("raised", said)


def _verdict(
    match: Match,
    old: str | None,
    placement: Placement | None,
    story: str,
    article: str,
    view: PlaceView,
) -> tuple[Decision, str]:
    again = " (newly true in this revision)" if view.latest is not None else ""
    return verdict(
        f"{match.clause}{again}",
        old=old,
        copied=_copied(placement, article, view),
        told=match.topic in view.told.get(story, frozenset()),
        matched_before=_said_before(match.topic, article, story, view),
    )


def _copied(placement: Placement | None, article: str, view: PlaceView) -> str | None:
    """`copy of …` where the article stands as a copy."""
    if placement is not None:
        of = placement.standing.copy_of
    else:
        of = view.latest.copy_of if view.latest else None
    if of is None:
        return None
    named = [one for group in view.members.values() for one in group if one.article == of]
    return f"{COPY}{of}" + (f" ({named[0].outlet.name})" if named else "")


def _said_before(topic: str, article: str, story: str, view: PlaceView) -> bool:
    """Whether another article of the story matched the topic."""
    return any(
        topic in view.matched.get(member.article, frozenset())
        for member in view.members.get(story, ())
        if member.article != article
    )


def _backlog(draft: ArticleDraft, view: PlaceView, policy: AlertPolicy) -> str | None:
    if draft.text.source == "import" and not policy.tell_imports:
        return "imported without --alert"
    latest = view.latest
    return backlog(
        draft.text.published or (latest.text.published if latest else None),
        latest.first_seen if latest is not None else draft.seen_at,
        counts_as_old=draft.counts_as_old or (latest is not None and latest.counts_as_old),
        policy=policy,
        seen_until=draft.seen_until,
    )


def backlog(
    published: Dated | None,
    seen: Micros,
    *,
    counts_as_old: bool,
    policy: AlertPolicy,
    seen_until: Micros | None = None,
) -> str | None:
    """Why an article is history and raises no alert, or None. Its age is that at first sight; a
    day without a time counts from its end, and only where no date is known does the feed's first
    poll tell. `seen_until`: what its feed had by then is history whatever the policy."""
    if seen_until is not None and _was_there(published, seen_until, counts_as_old=counts_as_old):
        return f"backlog: it was there when its feed was added as seen, {rfc3339(seen_until)}"
    if policy.backlog is None:
        return None
    if policy.backlog == 0:
        return "backlog: alerts.backlog is 0s"
    if published is None:
        why = "backlog: no date, and not the newest entry of the feed's first poll"
        return why if counts_as_old else None
    at = published.at + DAY if published.precision == "day" else published.at
    if seen - at <= policy.backlog:
        return None
    return f"backlog: published {published.text}, first seen {rfc3339(seen - seen % 1_000_000)}"


def _was_there(published: Dated | None, until: Micros, *, counts_as_old: bool) -> bool:
    """By its date, or by the feed's first poll where that is no moment."""
    if published is None or published.precision == "day":
        return counts_as_old or (published is not None and published.at + DAY <= until)
    return published.at <= until


def _story(view: PlaceView, article: str) -> str:
    return view.latest.story if view.latest is not None else article
