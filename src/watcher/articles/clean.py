"""Which of the text's blocks are not the article's words (spec `articles` §2.2): the headline
again, captions, byline and date lines, promos, lists of other articles, share and tag lines."""

from __future__ import annotations

import re
from collections.abc import Sequence, Set
from dataclasses import dataclass
from itertools import pairwise

from watcher.articles import words
from watcher.articles.blocks import Block, Zone
from watcher.articles.people import split
from watcher.articles.printed import names_day, without_dates
from watcher.articles.select import squeeze
from watcher.text.dates import parse_date

_OFFER = 120  # words: more of a wall are the article behind it
_LIST_HEADING = "a list's heading"
_SECTION = 15  # words of a paragraph that makes the heading above it a section's
_SECTIONS = 3  # such headings on a page: a single one is a promo
_LONG_OFFER = 40  # words of one line of an offer
_OUT = Zone.CAPTION | Zone.SHARE | Zone.COMMENT | Zone.HIDDEN | Zone.CARD | Zone.TAGS
_MOST_AFTER = 60  # words: more are the text, whatever the template calls their place
_AFTER = Zone.BYLINE | Zone.CHROME | Zone.ASIDE
_CLOCK = re.compile(r"\d{1,2}[:.]\d{2}|\b(?:19|20|13|14)\d\d\b|[۰-۹]{2,4}")
_MOST_PROMO = 40  # words
_DATE_LINE = 4  # words beside the date
_TOP = 4  # blocks at the top in which a byline or date line may stand


@dataclass(frozen=True, slots=True)
class Cleaned:
    """`kept` is the text; `promos` were taken out because they only offer other articles."""

    kept: tuple[Block, ...]
    promos: tuple[Block, ...]
    why: tuple[str, ...]


def clean(
    chosen: Sequence[Block],
    *,
    title: str,
    captions: Sequence[str],
    byline: Sequence[str],
    credit: Block | None,
    cards: Set[int] = frozenset(),
) -> Cleaned:
    """Sorts the blocks. Nothing is cut inside a block: what is the article's stays as printed.
    `cards`: the blocks of cards, by index."""
    kept, promos, why = [], [], []
    headline, pictures = squeeze(title), {squeeze(caption) for caption in captions}
    sections = _sections(chosen)
    listing = False
    ended, offered = _end(chosen), _is_offer(chosen)
    for place, block in enumerate(chosen):
        listing = block.index not in sections and _in_list(block, listing)
        reason = _unwanted(block, place, headline, pictures, byline, credit)
        if reason == _LIST_HEADING and block.index in sections:
            reason = None
        if reason is None and place >= ended and block is not credit:
            reason = "what stands around the text"
        if reason is None and offered and block.zone & Zone.WALL:
            reason = "an offer"
        if reason is None and listing:
            reason = "a list of other articles"
        if reason is None and block.index in cards:
            reason = "a card of another article"
        if reason is None and block.index not in sections and is_promo(block):
            promos.append(block)
            reason = "a promo"
        if reason is None:
            kept.append(block)
        else:
            why.append(f"left out as {reason}: {block.text[:60]}")
    return Cleaned(tuple(_trimmed(kept)), tuple(promos), tuple(why))


def _sections(chosen: Sequence[Block]) -> set[int]:
    """Headings that are links (to themselves, to what their section is about) but head a
    paragraph of the text beside them: no promos."""
    own, beside = set(), set()
    for block, after in pairwise(chosen):
        if words.is_section_heading(block.text) and 2 * after.linked < len(after.text):
            own.add(block.index)
        if not block.zone & Zone.HEADING or not block.only_links or after.only_links:
            continue
        if all(anchor.href.startswith("#") for anchor in block.anchors):
            own.add(block.index)
        elif block.element.getparent() is after.element.getparent() and after.words >= _SECTION:
            beside.add(block.index)
    return own | beside if len(beside) >= _SECTIONS else own


def _end(chosen: Sequence[Block]) -> int:
    """Where nothing but the author's box and the page's frame is left; never among the first
    blocks."""
    end, words = len(chosen), 0
    while end > _TOP and chosen[end - 1].zone & _AFTER:
        end -= 1
        words += chosen[end].words
    return end if words <= _MOST_AFTER else len(chosen)


def _is_offer(chosen: Sequence[Block]) -> bool:
    """Whether the wall holds the subscriptions alone, and not the text behind it."""
    sizes = [block.words for block in chosen if block.zone & Zone.WALL]
    return sum(sizes) <= _OFFER and max(sizes, default=0) <= _LONG_OFFER


def _is_tag_line(block: Block) -> bool:
    tags = [
        anchor for anchor in block.anchors if "tag" in (anchor.element.get("rel") or "").split()
    ]
    return bool(tags) and len(tags) == len(block.anchors) and block.words <= _MOST_PROMO


def _in_list(block: Block, listing: bool) -> bool:
    """Whether a list that the page heads as related or as the site's goes on at this block."""
    if words.is_related_heading(block.text) or words.is_list_heading(block.text):
        return not block.anchors
    return listing and (block.only_links or 2 * block.linked > len(block.text))


def _unwanted(
    block: Block,
    place: int,
    headline: str,
    pictures: set[str],
    byline: Sequence[str],
    credit: Block | None,
) -> str | None:
    key = squeeze(block.text)
    if block is credit:
        return "the credit line"
    if block.zone & _OUT:
        return "not text"
    if _is_tag_line(block):
        return "a line of tags"
    if words.is_related_heading(block.text) or words.is_list_heading(block.text):
        return _LIST_HEADING
    if words.is_offer(block.text):
        return "an offer to subscribe"
    if key in pictures:
        return "a caption"
    if place < _TOP and (key == headline or (block.zone & Zone.TITLE and key in headline)):
        return "the headline"
    if (place < _TOP or block.zone & Zone.BYLINE) and _is_byline(block, byline):
        return "the byline"
    return None


def _is_byline(block: Block, byline: Sequence[str]) -> bool:
    """A short line that is a name from the byline, a date, or both."""
    if block.words > 18:
        return False
    said = words.after_by(block.text)
    names = {squeeze(name) for name in byline}
    if said and names and set(map(squeeze, split(said))) & names:
        return True
    key = squeeze(block.text)
    if any(name and key.startswith(name) and block.words <= 12 for name in names):
        return True
    if block.zone & Zone.BYLINE and block.words <= 12:
        return True
    if names_day(block.text) and len(without_dates(block.text).split()) <= _DATE_LINE:
        return True  # `Published March 8, 2026`
    return parse_date(block.text) is not None or (
        block.words <= 6 and bool(_CLOCK.search(block.text)) and key[-4:].isdigit()
    )


def is_promo(block: Block) -> bool:
    """A line that only leads elsewhere: nothing but links, or a lead-in and then a link."""
    if block.words > _MOST_PROMO or (
        block.zone & (Zone.QUOTE | Zone.HEADING) and not block.anchors
    ):
        return False
    if block.only_links:
        return not block.joined and not block.zone & Zone.CELL
    lead = words.lead_in(block.text)
    if not lead:
        return False
    rest = len(block.text) - lead
    if not block.anchors:
        return rest == 0 and block.words <= 5
    return block.linked >= 0.6 * rest


def bare(lines: Sequence[str], blocks: Sequence[Block]) -> tuple[str, ...]:
    """The engine's own lines, where no block holds them, without promos and headings of lists."""
    promos = {squeeze(block.text) for block in blocks if is_promo(block)}
    return tuple(
        line
        for line in lines
        if squeeze(line) not in promos
        and not words.is_related_heading(line)
        and not words.is_list_heading(line)
    )


def _trimmed(kept: list[Block]) -> list[Block]:
    """Without what is about the author at the end, and headings that have lost what they headed."""
    while kept and kept[-1].zone & (Zone.HEADING | Zone.BYLINE):
        kept.pop()
    return kept


def paragraphs(kept: Sequence[Block]) -> list[str]:
    """The texts, lines of one paragraph joined by a line break."""
    found: list[str] = []
    before: Block | None = None
    for block in kept:
        if block.joined and before is not None and before.index == block.index - 1:
            found[-1] += "\n" + block.text
        else:
            found.append(block.text)
        before = block
    return found
