"""Cards inside the text: one element among the paragraphs that, with title, kicker and teaser,
offers one other article. The engine takes their words for the article's own."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from lxml import html

from watcher.articles import words
from watcher.articles.blocks import Anchor, Block, Zone
from watcher.articles.links import worthy
from watcher.articles.tree import Tree
from watcher.text import urls

_LONG = 12  # words of a paragraph that says where the text stands
_MOST = 90  # words of a card
_NOT_HERE = Zone.COMMENT | Zone.HIDDEN | Zone.SHARE | Zone.CHROME | Zone.TAGS
_SHARE = 5  # at most one word in that many stands in cards that nothing introduces
_BELOW = 4  # blocks after the text in which a card still belongs to it


@dataclass(frozen=True, slots=True)
class Card:
    """The blocks of one card; the link it offers, its title, and the words that open it."""

    blocks: tuple[Block, ...]
    href: str
    title: str
    heading: str | None


def find(tree: Tree, blocks: Sequence[Block], chosen: Sequence[Block]) -> list[Card]:
    """In page order. A card lies in the text's own container, between its first and its last
    paragraph or right below."""
    container = _container(chosen)
    if container is None:
        return []
    inside = blocks[chosen[0].index : chosen[-1].index + 1 + _BELOW]
    children = list(_children(container, inside))
    cards = [_card(tree, element, group) for element, group in children]
    shapes = {_shape(one) for (one, _), card in zip(children, cards, strict=True) if card}
    found = []
    for (element, group), card in zip(children, cards, strict=True):
        # A sister outlet's article in a card of the shape that the page's own cards have.
        alike = card is None and _shape(element) in shapes - {""}
        taken = _card(tree, element, group, alike=True) if alike else card
        if taken is not None:
            found.append(taken)
    bare = sum(block.words for card in found if not card.heading for block in card.blocks)
    if _SHARE * bare > sum(block.words for block in chosen):
        return [card for card in found if card.heading]  # a page of cards: they are its text
    return found


def _container(chosen: Sequence[Block]) -> html.HtmlElement | None:
    """The element that most of the long paragraphs are children of, else one that encloses them
    all."""
    long = [block for block in chosen if block.words >= _LONG]
    parents = Counter(block.element.getparent() for block in long)
    if not parents:
        return None
    parent, times = parents.most_common(1)[0]
    if 2 * times >= len(long):
        return parent
    shared = None
    for block in long:
        line = list(block.element.iterancestors())
        shared = line if shared is None else [one for one in shared if one in set(line)]
    return shared[0] if shared else None


def _children(
    container: html.HtmlElement, inside: Sequence[Block]
) -> Iterator[tuple[html.HtmlElement, list[Block]]]:
    """The container's children that hold several blocks or none but linked ones."""
    last: html.HtmlElement | None = None
    group: list[Block] = []
    for block in inside:
        child = _child(container, block.element)
        if child is not last and group and last is not None:
            yield last, group
        if child is not last:
            last, group = child, []
        group.append(block)
    if last is not None and group:
        yield last, group


def _child(container: html.HtmlElement, element: html.HtmlElement) -> html.HtmlElement | None:
    before = element
    up = element.getparent()
    while up is not None:
        if up is container:
            return before
        before, up = up, up.getparent()
    return None


def _shape(element: html.HtmlElement) -> str:
    return " ".join(filter(None, (element.get("class"), element.get("data-type"))))


def _card(
    tree: Tree, element: html.HtmlElement, group: Sequence[Block], *, alike: bool = False
) -> Card | None:
    if element.tag == "p" or any(block.zone & _NOT_HERE for block in group):
        return None
    if sum(block.words for block in group) > _MOST:
        return None
    links = [anchor for block in group for anchor in block.anchors]
    offered = {tree.absolute(one.href) for one in links if worthy(tree, one.href, one.text)}
    target = next(iter(offered), None)
    if len(offered) != 1 or target is None:
        return None
    others = {tree.absolute(one.href) for one in links} - offered - {None}
    titles = [b for b in group if b.only_links and tree.absolute(b.anchors[0].href) == target]
    if len(others) > 1 or not titles:
        return None
    opened = _opening(group)
    if opened is None and not _headed(group, titles, target, tree, alike):
        return None
    best = max(titles, key=lambda block: (bool(block.zone & Zone.HEADING), len(block.text)))
    return Card(tuple(group), best.anchors[0].href, best.text, opened)


def _headed(
    group: Sequence[Block], titles: Sequence[Block], target: str, tree: Tree, alike: bool
) -> bool:
    """Without a lead-in it must look like a teaser: several blocks, a linked title among them,
    to an article of the same outlet, or like those of the page that are (`alike`)."""
    if group[0].words > _LONG and not group[0].only_links:
        return False  # it begins as a text of its own
    own = urls.outlet_domain(target) == urls.outlet_domain(tree.url)
    if len(group) < 2 or not (own or alike):
        return False
    return any(b.zone & Zone.HEADING or (own and b.words >= 5) for b in titles)


def _opening(group: Sequence[Block]) -> str | None:
    """`Mehr zum Thema`, `Read also:` at the card's top."""
    first = group[0].text
    if words.is_related_heading(first):
        return first.strip(" :：")
    lead = words.lead_in(first)
    return first[:lead].strip(" :：|–—->»") or None if lead else None


def anchors(card: Card) -> list[Anchor]:
    return [anchor for block in card.blocks for anchor in block.anchors]
