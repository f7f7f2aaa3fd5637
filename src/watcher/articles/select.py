"""From the engine's text to the page's own blocks.

The engine says *which* text is the article's; the blocks say where each paragraph stands. What
the engine dropped between two of its paragraphs is the article's too.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence, Set
from functools import lru_cache
from itertools import pairwise

from watcher.articles import words
from watcher.articles.blocks import Block, Zone

_REMEMBERED = 4_000  # characters
_BARE = re.compile(r"[\W_]+")
_LONG = 25  # letters after which containment in the text is no accident
_COVERED = 0.7  # of the engine's letters that the blocks must explain
_FILLABLE = frozenset({"p", "li", "blockquote", "h2", "h3", "h4", "h5", "pre", "dd", "dt", "div"})
_NEVER = Zone.CAPTION | Zone.HIDDEN | Zone.COMMENT | Zone.SHARE
_NOT_FILLED = _NEVER | Zone.CHROME | Zone.ASIDE | Zone.FIGURE | Zone.CARD | Zone.RELATED | Zone.TAGS
_FORGIVEN = (
    Zone.HIDDEN,
    Zone.COMMENT,
    Zone.SHARE,
    Zone.CARD,
    Zone.TAGS,
    Zone.CHROME,
    Zone.ASIDE,
    Zone.RELATED,
    Zone.BYLINE,
    Zone.STANDFIRST,
    Zone.CAPTION,
    Zone.CREDIT,
    Zone.FIGURE,
)
_LITTLE = 0.15  # of the text's words
_LEAST_FILL = 5  # words: a shorter leftover is a label


def squeeze(text: str) -> str:
    """Letters and digits only: what survives every tool's treatment of blanks and marks."""
    return _squeezed(text) if len(text) < _REMEMBERED else _squeezed_long(text)


@lru_cache(maxsize=8)  # they are large
def _squeezed_long(text: str) -> str:
    return _BARE.sub("", text).casefold()


@lru_cache(maxsize=4_096)  # every step asks for the same blocks
def _squeezed(text: str) -> str:
    return _BARE.sub("", text).casefold()


def forgive(blocks: Sequence[Block], lines: Sequence[str]) -> int:
    """Takes from all blocks the zones that most of the text stands in, and returns them: a
    template that calls its whole content `tags`, `comment` or a card means nothing by it."""
    wanted = {squeeze(line) for line in lines if len(line) >= _LONG}
    held: Counter[int] = Counter()
    total = 0
    for block in blocks:
        if len(block.text) >= _LONG and squeeze(block.text) in wanted:
            total += len(block.text)
            for zone in _FORGIVEN:
                held[zone] += len(block.text) if block.zone & zone else 0
    meaningless = Zone.NONE
    for zone, length in held.items():
        if 2 * length > total:
            meaningless |= zone
    if meaningless:
        for block in blocks:
            block.zone &= ~meaningless
    return meaningless


def select(blocks: Sequence[Block], lines: Sequence[str]) -> list[Block] | None:
    """The blocks that hold those lines, in page order; None where they explain too little of
    them (text that stands only in a script, or that the engine rearranged)."""
    squeezed = list(dict.fromkeys(map(squeeze, lines)))
    wanted = "".join(squeezed)  # a block may hold several of the engine's lines
    shorts = set(squeezed)
    elsewhere = 0
    chosen: list[Block] = []
    for block in blocks:
        key = squeeze(block.text)
        if not key or not (key in wanted if len(key) >= _LONG else key in shorts):
            continue
        if block.zone & _NEVER:
            elsewhere += len(key)
        else:
            chosen.append(block)
    chosen = _near(chosen)
    covered = elsewhere + sum(len(squeeze(block.text)) for block in chosen)
    if not chosen or covered < _COVERED * len(wanted):
        return None
    return _ended(blocks, _filled(blocks, chosen))


def only_leads_elsewhere(blocks: Sequence[Block], lines: Sequence[str]) -> bool:
    """Whether half of the lines and more are the words of links: a list page, not a text."""
    text = squeeze("".join(lines))
    linked = {squeeze(anchor.text) for block in blocks for anchor in block.anchors}
    return 2 * sum(len(key) for key in linked if key in text) >= len(text) > 0


def _near(chosen: list[Block]) -> list[Block]:
    """Without short blocks that merely read like a line of the text: before the first long one,
    after the last, or twice."""
    long = [b.index for b in chosen if len(squeeze(b.text)) >= _LONG]
    if not long:
        return chosen
    first, last = long[0] - 3, long[-1] + 6
    seen: set[str] = set()
    kept = []
    for block in chosen:
        key = squeeze(block.text)
        if len(key) < _LONG:
            if not first <= block.index <= last:
                continue
        elif key in seen:
            continue
        seen.add(key)
        kept.append(block)
    return kept


def _ended(blocks: Sequence[Block], chosen: list[Block]) -> list[Block]:
    """Without the little that the engine took from below the page's lists or its comments, in a
    container of its own: the site's boxes."""
    left = total = sum(block.words for block in chosen)
    for place, (before, block) in enumerate(pairwise(chosen), 1):
        left -= before.words
        if left > _LITTLE * total or before.element.getparent() is block.element.getparent():
            continue
        if any(_opens_list(one) for one in blocks[before.index + 1 : block.index]):
            return chosen[:place]
    return chosen


def _opens_list(block: Block) -> bool:
    if block.zone & Zone.COMMENT:
        return True
    headed = words.is_related_heading(block.text) or words.is_list_heading(block.text)
    return headed and not block.anchors


def _filled(blocks: Sequence[Block], chosen: list[Block]) -> list[Block]:
    """With the paragraphs that the engine left out between two of the text. Their containers are
    not asked: pages split a text over many (measured: F1 .947 without, .941 with)."""
    have = {block.index for block in chosen}
    own = {block.element for block in chosen}
    texts = {squeeze(block.text) for block in chosen}
    out = []
    for block in blocks[chosen[0].index : chosen[-1].index + 1]:
        left_out = _belongs(block, own) and squeeze(block.text) not in texts
        if left_out or block.index in have:
            out.append(block)
    head = _first_heading(blocks, chosen)
    return out if head is None or head in out else [head, *out]


def _first_heading(blocks: Sequence[Block], chosen: Sequence[Block]) -> Block | None:
    """The heading of the first entry, where the text is made of entries (a live blog): engines
    take it for the page's."""
    parent = chosen[0].element.getparent()
    if parent is None or 2 * sum(b.element.getparent() is parent for b in chosen) > len(chosen):
        return None
    for block in reversed(blocks[max(0, chosen[0].index - 3) : chosen[0].index]):
        if block.element.getparent() is parent and block.element.tag in {"h2", "h3", "h4"}:
            return block
    return None


def _belongs(block: Block, own: Set[object]) -> bool:
    if block.zone & _NOT_FILLED or block.element.tag not in _FILLABLE:
        return False
    if block.element in own:
        return True  # another line of a paragraph that was taken
    return block.words >= _LEAST_FILL and 3 * block.linked < 2 * len(block.text)
