"""Near-duplicates in their first form (spec `matching` §5): containment of prints, the best match
only, never a chain: a copy's original is never itself a copy."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from watcher.model.alert import StoryMember
from watcher.model.article import ArticleDraft, CopyKind, StoredText
from watcher.model.ids import story_id
from watcher.model.story import Candidate, Placement, Standing
from watcher.stories.fingerprint import SHORT, prints, shingles
from watcher.stories.lineage import Side, leader, why_copy
from watcher.text.tokens import tokens

CONTAINED = 0.4  # of the shorter text's prints, to be a copy at all
SHARED = 3  # prints in common at least: a shared sentence is a quote, no copy
OF_SHORT = 0.7  # of a short text's shingles: a quote may be half of it
RUN = 8  # shingles in common at least, where one of the two is short
WHOLE = 0.8  # contained from here on counts as all of it


@dataclass(frozen=True, slots=True)
class Likeness:
    """How much of the draft is in the candidate (`draft_in`) and the other way (`in_draft`).
    `alike` where that makes one a copy of the other."""

    stored: StoredText
    draft_in: float
    in_draft: float
    alike: bool
    rank: tuple[bool, float, int]

    @property
    def cluster(self) -> str:
        """The original that the candidate stands behind: another's, or itself."""
        return self.stored.copy_of or self.stored.article


def place(
    draft: ArticleDraft,
    candidates: Sequence[Candidate],
    latest: StoredText | None,
    members: Mapping[str, tuple[StoryMember, ...]],
) -> Placement | None:
    """Where a new article belongs. None for a revision: an article stays in its story.

    Joins the best likeness. Who is the original is then decided anew over the draft and all of
    that likeness' original and copies that are at hand. Where the original is not at hand it
    stays the original, whatever the draft says: it cannot be measured.
    """
    if latest is not None:
        return None
    likes = [_likeness(draft, each) for each in candidates]
    best = max((one for one in likes if one.alike), key=lambda one: one.rank, default=None)
    if best is None:
        why = "no stored article shares its text"
        return Placement(
            story_id(draft.article), True, Standing(draft.article, "original", why=why)
        )
    cluster = {one.stored.article: one for one in likes if one.cluster == best.cluster}
    if best.cluster not in cluster:
        why = f"{_share(best.draft_in, best.stored.article)}, a copy of {best.cluster}"
        return Placement(best.stored.story, False, _behind(draft, best, best.cluster, why))
    return _led(draft, best, cluster, members.get(best.stored.story, ()))


def _likeness(draft: ArticleDraft, candidate: Candidate) -> Likeness:
    shared, whole = candidate.shared, candidate.same_text and bool(tokens(draft.text.body))
    short = None if whole or not shared else _short(draft, candidate)
    if short is not None:
        return short
    draft_in = 1.0 if whole else _part(shared, len(draft.prints))
    in_draft = 1.0 if whole else _part(shared, candidate.prints)
    score = max(draft_in, in_draft)
    alike = whole or (shared >= SHARED and score >= CONTAINED)
    return Likeness(candidate.stored, draft_in, in_draft, alike, (whole, score, shared))


def _short(draft: ArticleDraft, candidate: Candidate) -> Likeness | None:
    """The likeness by all shingles, where one of the two has too few for the prints of a long text
    to tell. Two short ones are measured by what is no boilerplate."""
    mine, theirs = shingles(draft.text.body), shingles(candidate.stored.text.body)
    if not mine or not theirs or min(len(mine), len(theirs)) >= SHORT:
        return None
    one, two = set(mine), set(theirs)
    both = max(len(mine), len(theirs)) < SHORT
    common = candidate.shared if both else len(one & two)
    draft_in, in_draft = _part(common, len(one)), _part(common, len(two))
    score = max(draft_in, in_draft)
    alike = common >= RUN and score >= OF_SHORT
    return Likeness(candidate.stored, draft_in, in_draft, alike, (False, score, common))


def _part(shared: int, of: int) -> float:
    return min(1.0, shared / of) if of else 0.0


def _led(
    draft: ArticleDraft,
    best: Likeness,
    cluster: Mapping[str, Likeness],
    members: Sequence[StoryMember],
) -> Placement:
    """The standings under the leader. The story keeps its id; where the leader is a new one, all
    that stood behind the old one stand behind it."""
    new = Side.of_draft(draft)
    sides = [new, *(Side.of_stored(one.stored) for one in cluster.values())]
    first = leader(sides)
    story = best.stored.story
    if first is new:
        why = f"{best.cluster} ({cluster[best.cluster].stored.outlet.name}) is a copy of it"
        standing = Standing(draft.article, "original", why=why)
    else:
        like = cluster[first.article]
        why = f"{_share(like.draft_in, first.article)}; {why_copy(new, first, sides)}"
        standing = _behind(draft, like, first.article, why)
    if first.article == best.cluster:
        return Placement(story, False, standing)
    by_id = {side.article: side for side in sides}
    changes = [
        _moved(member, by_id.get(member.article), first, sides, cluster, draft)
        for member in members
        if best.cluster in {member.article, member.copy_of}
    ]
    return Placement(story, False, standing, tuple(changes))


def _moved(
    member: StoryMember,
    side: Side | None,
    first: Side,
    sides: Sequence[Side],
    cluster: Mapping[str, Likeness],
    draft: ArticleDraft,
) -> Standing:
    """A member's standing under a new leader. One that is not at hand keeps what was measured
    against the old leader."""
    if member.article == first.article:
        return Standing(member.article, "original", why=f"decided anew: {draft.article} came")
    if side is None:
        why = f"with {member.copy_of}, which is a copy of it"
        return Standing(
            member.article, "copy", member.kind or "same", first.article, member.score, why
        )
    like = cluster[member.article]
    copy_in, in_copy = like.in_draft, like.draft_in
    if first.article != draft.article:
        copy_in, in_copy = _measured(like.stored, cluster[first.article].stored)
    why = f"{_share(copy_in, first.article)}; {why_copy(side, first, sides)}"
    return _copy(member.article, first.article, copy_in, in_copy, why)


def _measured(copy: StoredText, of: StoredText) -> tuple[float, float]:
    """Two stored texts against each other: needed only where a stored copy becomes the leader."""
    if copy.text_hash == of.text_hash:
        return 1.0, 1.0
    one, two = set(shingles(copy.text.body)), set(shingles(of.text.body))
    if min(len(one), len(two)) >= SHORT:
        one, two = set(prints(copy.text.body)), set(prints(of.text.body))
    return _part(len(one & two), len(one)), _part(len(one & two), len(two))


def _behind(draft: ArticleDraft, like: Likeness, of: str, why: str) -> Standing:
    return _copy(draft.article, of, like.draft_in, like.in_draft, why)


def _share(copy_in: float, of: str) -> str:
    return f"{round(copy_in * 100)} % of its text is in {of}"


def _copy(article: str, of: str, copy_in: float, in_copy: float, why: str) -> Standing:
    """`copy_in`: how much of the copy is in the original; `in_copy`: the other way."""
    kind = _kind(copy_in, in_copy)
    return Standing(article, "copy", kind, of, round(max(copy_in, in_copy), 4), why)


def _kind(copy_in: float, in_copy: float) -> CopyKind:
    if copy_in >= WHOLE and in_copy >= WHOLE:
        return "same"
    return "excerpt" if copy_in >= in_copy else "extends"
