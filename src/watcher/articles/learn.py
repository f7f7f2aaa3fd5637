"""Site learning (spec `articles` §2.9): what no single page shows. A block that stands at the edge
of the texts of one host again and again is no part of any of them; and texts that suddenly are much
shorter, or no longer say what the feed says, mean that the site's template has changed.

Only short blocks at the edges count, and only those on most pages since they were first seen: a
paragraph of background that an outlet repeats in every report on one subject is text.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import replace

from watcher.model.article import ArticleText
from watcher.model.site import Block, Lesson, SiteMemory
from watcher.model.when import Micros
from watcher.text.hashes import text_hash
from watcher.text.hosts import lane
from watcher.text.normalise import fold
from watcher.text.tokens import tokens
from watcher.text.urls import host, port

REPEATED = 3  # pages
SHARE = 0.5  # of the pages since the block was first seen
HEAD, TAIL = 2, 4  # paragraphs that are looked at
LONGEST = 60  # words of a block
KNOWN = 5  # pages before a host's usual text is known
POOR = 3  # pages in a row
FADE = 0.1  # weight of the newest page
SHORT = 0.3  # of the usual number of words
ESTRANGED = 0.4  # of the usual agreement
FEED_WORDS = 8  # fewer say too little to agree with


def site_of(url: str) -> str:
    """Whose template a page has: its host, without `www.`; host and port for an IP literal."""
    return lane(host(url).removeprefix("www."), port(url))


def lesson(url: str, text: ArticleText, stated: str | None) -> Lesson:
    """What the first page of an article teaches; `stated`: the feed's text of it."""
    blocks = tuple(Block(block_hash(one), one[:300]) for one in dict.fromkeys(edges(text.body)))
    return Lesson(site_of(url), blocks, len(text.body.split()), agreement(text.body, stated))


def edges(body: str) -> list[str]:
    """The short paragraphs at both ends."""
    parts = body.split("\n\n")
    at = {*range(min(HEAD, len(parts))), *range(max(0, len(parts) - TAIL), len(parts))}
    return [parts[n] for n in sorted(at) if 0 < len(parts[n].split()) <= LONGEST]


def block_hash(text: str) -> int:
    """64 bits of the folded text, signed."""
    digest = hashlib.blake2b(fold(text).encode("utf-8", "replace"), digest_size=8).digest()
    return int.from_bytes(digest, "big", signed=True)


def is_repeated(block: Block, pages: int) -> bool:
    """Whether it is left out, after `pages` of its host."""
    return block.pages >= REPEATED and block.pages >= SHARE * max(1, pages - block.since)


def without(text: ArticleText, repeated: Iterable[int]) -> ArticleText:
    """The text without repeated blocks at its ends; as it is where little would remain."""
    known = frozenset(repeated)
    parts = text.body.split("\n\n")
    first, last = 0, len(parts)
    while first < last and first < HEAD and block_hash(parts[first]) in known:
        first += 1
    while last > first and len(parts) - last < TAIL and block_hash(parts[last - 1]) in known:
        last -= 1
    kept = "\n\n".join(parts[first:last])
    gone = len(parts) - (last - first)
    if not gone or 2 * len(kept.split()) < len(text.body.split()):
        return text
    why = f"left out: {gone} of its paragraphs, which stand on most pages of the site"
    return replace(text, body=kept, why=(*text.why[:39], why))


def hash_of(text: ArticleText) -> str:
    return text_hash(text.title, text.body)


def agreement(body: str, stated: str | None) -> float | None:
    """Which part of the words of the feed's text is in the body; None where that says little."""
    asked = {fold(one) for one in tokens(stated or "") if len(one) > 3}
    if len(asked) < FEED_WORDS:
        return None
    return len(asked & {fold(one) for one in tokens(body)}) / len(asked)


def observed(memory: SiteMemory, what: Lesson, now: Micros) -> SiteMemory:
    """After one more page. The usual figures are not moved by pages that fall far below them."""
    poor = _poor(memory, what)
    if poor is None:
        pages = memory.pages + 1
        weight = max(FADE, 1 / pages)
        agreed = what.agreement
        if agreed is not None and memory.agreement is not None:
            agreed = memory.agreement + weight * (agreed - memory.agreement)
        return SiteMemory(
            pages,
            memory.words + weight * (what.words - memory.words),
            memory.agreement if agreed is None else agreed,
        )
    count = memory.poor + 1
    drift, since = memory.drift, memory.drift_at
    if drift is None and count >= POOR:
        drift, since = f"{count} pages in a row: {poor}", now
    pages = memory.pages + (what.poor is None)
    return replace(memory, pages=pages, poor=count, drift=drift, drift_at=since)


def _poor(memory: SiteMemory, what: Lesson) -> str | None:
    """In which way a page falls far below what is usual on its host."""
    if memory.pages < KNOWN:
        return None if what.poor is None or not memory.pages else what.poor
    if what.poor is not None:
        return what.poor
    if what.words < SHORT * memory.words:
        return f"{what.words} words, where {memory.words:.0f} are usual"
    usual = memory.agreement
    if what.agreement is not None and usual is not None and what.agreement < ESTRANGED * usual:
        return (
            f"{what.agreement:.0%} of the feed's words are in the text, where {usual:.0%} are usual"
        )
    return None


def relearned(lessons: Sequence[Lesson], now: Micros) -> tuple[SiteMemory, tuple[Block, ...]]:
    """What the pages of a host teach when all are read anew, oldest first."""
    memory = SiteMemory()
    blocks: dict[int, Block] = {}
    for one in lessons:
        for block in one.blocks:
            held = blocks.get(block.hash)
            blocks[block.hash] = (
                replace(block, since=memory.pages)
                if held is None
                else replace(held, pages=held.pages + 1)
            )
        memory = observed(memory, one, now)
    return replace(memory, poor=0, drift=None, drift_at=None), tuple(blocks.values())
