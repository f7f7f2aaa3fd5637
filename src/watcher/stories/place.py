"""Where an article belongs: behind the text it was taken from, else with the event it reports, else
a story of its own; and who of a story wrote first."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from watcher.model.alert import PlaceView, StoryMember
from watcher.model.article import ArticleDraft, Role
from watcher.model.story import Placement, Profile, Standing, StoryMerge
from watcher.model.when import Micros
from watcher.stories import copies
from watcher.stories.cluster import (
    WEIGHTS,
    Likeness,
    Rarity,
    alike,
    article_time,
    joined,
    likenesses,
    profile_of,
    terms,
)
from watcher.stories.lineage import Side, known

LEAST = 8  # different words: less says nothing of an event


def place(draft: ArticleDraft, view: PlaceView) -> Placement | None:
    """None for a revision: an article stays in its story."""
    placed = copies.place(draft, view.candidates, view.latest, view.members)
    if placed is None:
        return None
    if not placed.new_story:
        return _with_roles(placed, draft, view.members.get(placed.story, ()))
    if draft.features is None or len(draft.features.words) < LEAST:
        return placed
    mine = profile_of(draft.features, Rarity(view.counts))
    at = article_time(draft.text.published, draft.seen_at)
    likes = likenesses(mine, at, view.open)
    fits = [one for one in likes if one.joins]
    if not fits:
        return replace(
            placed, standing=_alone(placed.standing, likes), profile=mine, terms=terms(mine)
        )
    return _join(draft, mine, fits, view.members)


def _alone(standing: Standing, likes: Sequence[Likeness]) -> Standing:
    if not likes:
        return standing
    nearest = f"; nearest story {likes[0].story.story}: {likes[0].why}"
    return replace(standing, why=standing.why + nearest)


def _join(
    draft: ArticleDraft,
    mine: Profile,
    fits: Sequence[Likeness],
    members: Mapping[str, tuple[StoryMember, ...]],
) -> Placement:
    best = fits[0]
    profile = joined(best.story.profile, mine)
    same = [best.story]
    for like in fits[1:]:
        other = like.story
        apart = any(one.story in other.apart or other.story in one.apart for one in same)
        if not apart and alike(profile, other.profile) >= WEIGHTS.merge:
            profile = joined(profile, other.profile)
            same.append(other)
    oldest = min(same, key=lambda one: (one.first_at, one.story))
    placed = Placement(
        oldest.story,
        False,
        Standing(draft.article, "report", score=round(min(1.0, best.score), 4), why=best.why),
        profile=profile,
        terms=terms(profile),
        merges=tuple(
            StoryMerge(one.story, oldest.story, f"{draft.article} belongs to both: {best.why}")
            for one in same
            if one is not oldest
        ),
    )
    everyone = [member for one in same for member in members.get(one.story, ())]
    return _with_roles(placed, draft, everyone)


def _with_roles(
    placed: Placement, draft: ArticleDraft, members: Iterable[StoryMember]
) -> Placement:
    """With the roles of all members as the draft's coming leaves them."""
    before = {one.article: _standing(one) for one in members}
    stands = before | {one.article: one for one in (*placed.changes, placed.standing)}
    times = {one.article: _known(one) for one in members}
    times[draft.article] = known(Side.of_draft(draft))
    changed = _roles(stands, times, f"{draft.article} came")
    stands |= {one.article: one for one in changed}
    standing = stands.pop(draft.article)
    changes = tuple(one for name, one in stands.items() if before.get(name) != one)
    return replace(placed, standing=standing, changes=changes)


def settled(members: Sequence[StoryMember]) -> list[Standing]:
    """The members whose role is another one, now that somebody changed who belongs together."""
    stands = {one.article: _standing(one) for one in members}
    return _roles(stands, {one.article: _known(one) for one in members}, "by hand")


def _roles(
    stands: Mapping[str, Standing], times: Mapping[str, tuple[Micros, Micros, str]], by: str
) -> list[Standing]:
    """Of the texts that come from no other one is the story's original, the first known; all the
    others are reports. It depends on who is there, never on who came when."""
    own = [name for name, one in stands.items() if one.copy_of is None and name in times]
    first = min(own, key=times.__getitem__, default="")
    changed = []
    for name in own:
        role: Role = "original" if name == first else "report"
        if stands[name].role != role:
            why = stands[name].why or f"decided anew, {by}: the first known is {first}"
            changed.append(replace(stands[name], role=role, why=why))
    return changed


def _standing(one: StoryMember) -> Standing:
    return Standing(one.article, one.role, one.kind, one.copy_of, one.score)


def _known(one: StoryMember) -> tuple[Micros, Micros, str]:
    return (one.first_seen if one.known is None else one.known, one.first_seen, one.article)
