"""Stories, copies, and the decision where an article belongs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from watcher.model.article import CopyKind, Role, StoredText
    from watcher.model.when import Micros


@dataclass(frozen=True, slots=True)
class Candidate:
    """A stored article that may share its text with the one being placed. `shared` prints out of
    its own `prints` and out of the draft's; `same_text` where the text hashes are equal."""

    stored: StoredText
    shared: int
    prints: int
    same_text: bool = False


@dataclass(frozen=True, slots=True)
class Profile:
    """What the articles of a story say: weights of stems by language, and of names and numbers,
    which need none. `articles` counts those that were added."""

    articles: int = 0
    words: Mapping[str, Mapping[str, float]] = field(default_factory=dict)
    names: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class OpenStory:
    """A story that an article may join. `first_at` and `last_at`: times of its articles. `apart`:
    stories that somebody split from it."""

    story: str
    profile: Profile
    first_at: Micros
    last_at: Micros
    apart: frozenset[str] = frozenset()


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
class StoryAct:
    """What somebody says of stories: that `one` and `other` are the same (merge), that the article
    `one` is not of its story (split), or no copy (not-a-copy)."""

    act: Literal["merge", "split", "not-a-copy"]
    one: str
    author: str
    other: str | None = None


@dataclass(frozen=True, slots=True)
class StoryMerge:
    """Two stories turned out to be one: `story` lives on as an alias of `into`."""

    story: str
    into: str
    why: str


@dataclass(frozen=True, slots=True)
class Placement:
    """Where an article goes: `story` is an existing story's id or, with `new_story`, the id that
    the article founds. `changes` re-decides the standing of articles already there. `profile`:
    what the story says from now on, or None where the article adds nothing; `terms`: what it is
    found by."""

    story: str
    new_story: bool
    standing: Standing
    changes: tuple[Standing, ...] = ()
    profile: Profile | None = None
    terms: tuple[str, ...] = ()
    merges: tuple[StoryMerge, ...] = ()
