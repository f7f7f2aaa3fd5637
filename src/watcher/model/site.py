"""What the pages of one host have taught: blocks that repeat, and how its texts usually are."""

from __future__ import annotations

from dataclasses import dataclass

from watcher.model.when import Micros


@dataclass(frozen=True, slots=True)
class SiteMemory:
    """`pages` were read as articles; `words` of a body and `agreement` with the feed's own text (0
    to 1) are fading means. `poor`: pages in a row that fell far below; `drift`: what changed, as
    long as it stands."""

    pages: int = 0
    words: float = 0.0
    agreement: float | None = None
    poor: int = 0
    drift: str | None = None
    drift_at: Micros | None = None


@dataclass(frozen=True, slots=True)
class Block:
    """A paragraph at the edge of a text, and on how many articles' pages it stood; `since`: how
    many pages of the host were known before."""

    hash: int
    text: str
    pages: int = 1
    since: int = 0


@dataclass(frozen=True, slots=True)
class Lesson:
    """What one article's first page teaches. `words` 0 and `poor`: it could not be read as an
    article."""

    host: str
    blocks: tuple[Block, ...] = ()
    words: int = 0
    agreement: float | None = None
    poor: str | None = None


@dataclass(frozen=True, slots=True)
class SiteRow:
    """`blocks`: those that are left out of texts, the most frequent first."""

    host: str
    memory: SiteMemory
    blocks: tuple[Block, ...]
    learned_at: Micros
