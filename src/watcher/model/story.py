"""Stories, copies, and the decision where an article belongs."""

from __future__ import annotations

from dataclasses import dataclass

from watcher.model.article import CopyKind, Role, StoredText


@dataclass(frozen=True, slots=True)
class Candidate:
    """A stored article that may share its text with the one being placed. `shared` prints out of
    its own `prints` and out of the draft's; `same_text` where the text hashes are equal."""

    stored: StoredText
    shared: int
    prints: int
    same_text: bool = False


@dataclass(frozen=True, slots=True)
class Standing:
    """An article's place in its story. `score` is the containment that decided (0–1), `copy_of`
    an article id, `why` the evidence in words."""

    article: str
    role: Role
    kind: CopyKind | None = None
    copy_of: str | None = None
    score: float | None = None
    why: str = ""


@dataclass(frozen=True, slots=True)
class Placement:
    """Where an article goes: `story` is an existing story's id or, with `new_story`, the id that
    the article founds. `changes` re-decides the standing of articles already there."""

    story: str
    new_story: bool
    standing: Standing
    changes: tuple[Standing, ...] = ()
