"""Near-duplicates in their first form (spec `matching` §5): containment of prints, the best match
only, never a chain: a copy's original is never itself a copy."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from watcher.model.alert import StoryMember
from watcher.model.article import ArticleDraft, CopyKind, StoredText
from watcher.model.ids import story_id
from watcher.model.story import Candidate, Placement, Standing
from watcher.stories.lineage import Side, Verdict, original

CONTAINED = 0.4  # of the shorter text's prints, to be a copy at all
SHARED = 3  # prints in common at least: a shared sentence is a quote, no copy
WHOLE = 0.8  # contained from here on counts as all of it


@dataclass(frozen=True, slots=True)
class Likeness:
    """How much of the draft is in the candidate (`draft_in`) and the other way (`in_draft`)."""

    candidate: Candidate
    draft_in: float
    in_draft: float

    @property
    def score(self) -> float:
        return max(self.draft_in, self.in_draft)


def place(
    draft: ArticleDraft,
    candidates: Sequence[Candidate],
    latest: StoredText | None,
    members: Mapping[str, tuple[StoryMember, ...]],
) -> Placement | None:
    """Where a new article belongs. None for a revision: an article stays in its story.

    Joins the best likeness. Where that is itself a copy, the article is measured against its
    original; where the original shares too little to be at hand, it is adopted as the original
    all the same, because the likeness came from there.
    """
    if latest is not None:
        return None
    found = [one for one in (_likeness(draft, each) for each in candidates) if one is not None]
    if not found:
        why = "no stored article shares its text"
        return Placement(
            story_id(draft.article), True, Standing(draft.article, "original", why=why)
        )
    best = max(found, key=lambda one: (one.candidate.same_text, one.score, one.candidate.shared))
    leader = _leader(best, found)
    verdict = original(Side.of_draft(draft, draft.article), Side.of_stored(leader.candidate.stored))
    if verdict.original.article == draft.article:
        return _overtakes(draft, leader, found, verdict, members)
    adopted = leader.candidate.stored.copy_of or leader.candidate.stored.article
    return Placement(
        leader.candidate.stored.story,
        False,
        _copy(draft.article, adopted, leader.draft_in, leader.in_draft, verdict.why),
    )


def _likeness(draft: ArticleDraft, candidate: Candidate) -> Likeness | None:
    if candidate.same_text:
        return Likeness(candidate, 1.0, 1.0)
    if candidate.shared < SHARED or not draft.prints or not candidate.prints:
        return None
    like = Likeness(
        candidate,
        candidate.shared / len(draft.prints),
        min(1.0, candidate.shared / candidate.prints),
    )
    return like if like.score >= CONTAINED else None


def _leader(best: Likeness, found: Sequence[Likeness]) -> Likeness:
    """The likeness of the best match's original, where it is at hand; else the best match."""
    wanted = best.candidate.stored.copy_of
    return next((one for one in found if one.candidate.stored.article == wanted), best)


def _overtakes(
    draft: ArticleDraft,
    leader: Likeness,
    found: Sequence[Likeness],
    verdict: Verdict,
    members: Mapping[str, tuple[StoryMember, ...]],
) -> Placement:
    """The new article proves to be the original: the story keeps its id, and those who stood as
    original and as copies of it become copies of the new one."""
    stored = leader.candidate.stored
    old = stored.copy_of or stored.article
    likeness = {one.candidate.stored.article: one for one in found}
    changes = []
    for member in members.get(stored.story, ()):
        if old not in {member.article, member.copy_of}:
            continue
        like = likeness.get(member.article, leader)
        why = verdict.why if member.article == stored.article else f"with {stored.article}"
        changes.append(_copy(member.article, draft.article, like.in_draft, like.draft_in, why))
    standing = Standing(
        draft.article,
        "original",
        why=f"{stored.article} ({stored.outlet.name}) is a copy of it: {verdict.why}",
    )
    return Placement(stored.story, False, standing, tuple(changes))


def _copy(article: str, of: str, copy_in: float, in_copy: float, why: str) -> Standing:
    """`copy_in`: how much of the copy is in the original; `in_copy`: the other way."""
    kind = _kind(copy_in, in_copy)
    share = f"{round(copy_in * 100)} % of its text is in {of}"
    score = round(max(copy_in, in_copy), 4)
    return Standing(article, "copy", kind, of, score, f"{share}; {why}")


def _kind(copy_in: float, in_copy: float) -> CopyKind:
    if copy_in >= WHOLE and in_copy >= WHOLE:
        return "same"
    return "excerpt" if copy_in >= in_copy else "extends"
