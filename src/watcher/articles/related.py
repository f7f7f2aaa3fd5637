"""The links a page offers, by their role (spec `articles` §2.6).

Headings and lead-ins in the page's language decide; class names do not. A list is related only
where the page itself heads it so: most read, latest and other sections' lists are navigation.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from lxml import html

from watcher.articles import words
from watcher.articles.blocks import Anchor, Block, Zone
from watcher.articles.cards import Card
from watcher.articles.clean import is_promo
from watcher.articles.links import worthy
from watcher.articles.tree import Tree
from watcher.model.article import Link, LinkKind, LinkRole
from watcher.text import urls

MOST_IN_LIST = 24
MOST_NAVIGATION = 100
_CLIMB = 5
_FEW = 4  # children of an element that is a heading
_HEADING = 60  # characters
_NO_PROMO = (
    Zone.COMMENT | Zone.HIDDEN | Zone.SHARE | Zone.CHROME | Zone.ASIDE | Zone.TAGS | Zone.CAPTION
)
_PROMO_BRACKETS = frozenset("【［")
_NO_PLACE = Zone.COMMENT | Zone.HIDDEN | Zone.SHARE


class Links:
    """The links of one page, each address once: the stronger role wins."""

    def __init__(self, tree: Tree) -> None:
        self.tree = tree
        self.own = urls.key(tree.url)
        self.seen: set[str] = set()
        self.found: dict[str, Link] = {}

    def add(
        self,
        href: str,
        text: str,
        role: LinkRole,
        kind: LinkKind | None = None,
        heading: str | None = None,
    ) -> None:
        if href in self.seen:
            return
        self.seen.add(href)
        url = self.tree.absolute(href)
        if url is None:
            return
        normal = urls.normalise(url)
        key = urls.keyed(normal)
        if key == self.own or key in self.found:
            return
        self.found[key] = Link(normal, " ".join(text.split()), role, kind, heading)


def links(
    tree: Tree,
    blocks: Sequence[Block],
    chosen: Sequence[Block],
    promos: Sequence[Block],
    credit: Block | None,
    cards: Sequence[Card] = (),
    lists: Sequence[html.HtmlElement] = (),
) -> tuple[Link, ...]:
    """Every link of interest. `chosen`: the text's blocks; `promos`: blocks taken out of the
    text because they only offer other articles; `credit`: the credit line; `cards`: see
    `articles.cards`; `lists`: elements that a recipe says are related."""
    page = Links(tree)
    if credit is not None:
        for anchor in credit.anchors:
            page.add(anchor.href, anchor.text, "credit")
    for element in lists:
        for one in [element] if element.tag == "a" else element.iter("a"):
            href, title = one.get("href") or "", _title(one)
            if worthy(tree, href, title):
                page.add(href, title, "related", "block")
    for card in cards:
        title = card.title[words.lead_in(card.title) :] or card.title
        page.add(card.href, title, "related", "inline", card.heading)
    _inline(page, blocks, chosen, promos)
    for block in blocks:
        if is_heading(block) and words.is_related_heading(block.text):
            _listed(page, block, blocks, chosen)
    for block in chosen:
        for anchor in block.anchors:
            page.add(anchor.href, anchor.text, "citation")
    _others(page, blocks)
    return tuple(page.found.values())


def is_heading(block: Block) -> bool:
    """A short line that names a list: a heading, or a line of its own without text around it."""
    if block.zone & _NO_PLACE or block.words > 9:
        return False
    return not block.anchors or block.only_links


def _inline(
    page: Links, blocks: Sequence[Block], chosen: Sequence[Block], promos: Sequence[Block]
) -> None:
    if not chosen:
        return
    wanted = {block.index for block in promos}
    wanted.update(block.index for block in _passed_over(blocks, chosen))
    opened: str | None = None
    for block in blocks[chosen[0].index : chosen[-1].index + 4]:
        promo = block.index in wanted
        if not promo and not (opened and block.only_links):
            opened = None
            continue
        lead = words.lead_in(block.text)
        heading = block.text[:lead].strip(" :：|–—->»\u00a0") or opened if lead else opened
        for anchor in block.anchors:
            if worthy(page.tree, anchor.href, anchor.text):
                text = anchor.text[words.lead_in(anchor.text) :] or anchor.text
                page.add(anchor.href, text, "related", "inline", heading or None)
        opened = heading if lead and not block.anchors else None


def _passed_over(blocks: Sequence[Block], chosen: Sequence[Block]) -> Iterator[Block]:
    """Promos between the text's paragraphs, in its own container, that the engine had left out."""
    text = {block.index for block in chosen}
    around = {block.element.getparent() for block in chosen}
    headed = False
    for block in blocks[chosen[0].index : chosen[-1].index + 1]:
        if words.is_list_heading(block.text):
            headed = True
        elif block.index in text:
            headed = False
        elif not headed and not block.zone & _NO_PROMO and block.element.getparent() in around:
            titled = block.words >= 5 or words.lead_in(block.text)  # a short one is a button
            if titled and is_promo(block):
                yield block


def _listed(page: Links, heading: Block, blocks: Sequence[Block], chosen: Sequence[Block]) -> None:
    """The items under a heading: those of its own container, else those that follow it."""
    name = heading.text.strip(" :：")
    # In the Japanese press a line in such brackets opens promos at the end of the text itself.
    kind: LinkKind = "inline" if name[:1] in _PROMO_BRACKETS else "block"
    container = _container(heading, chosen)
    if container is not None:
        items = _items(container, heading.element)
    else:
        items = [(a.href, a.text) for a in _following(heading, blocks, chosen)]
    taken = 0
    for href, text in items:
        if taken < MOST_IN_LIST and worthy(page.tree, href, text):
            page.add(href, text, "related", kind, name)
            taken += 1


def _container(heading: Block, chosen: Sequence[Block]) -> html.HtmlElement | None:
    """The nearest element around the heading that holds links but none of the text."""
    text = {up for block in chosen for up in _line(block.element)}
    own = set(heading.element.iter("a"))
    element = heading.element
    for _ in range(_CLIMB):
        element = element.getparent()
        if element is None or element.tag in {"body", "html", "main"} or element in text:
            return None
        if any(a not in own for a in element.iter("a")):
            return element
    return None


def _line(element: html.HtmlElement) -> Iterator[html.HtmlElement]:
    yield element
    yield from element.iterancestors()


def _items(container: html.HtmlElement, heading: html.HtmlElement) -> list[tuple[str, str]]:
    """Links after the heading and before the next one that heads another list, title links
    before picture links of the same address."""
    started = False
    own = set(heading.iter())
    found: dict[str, str] = {}
    for element in container.iter():
        if not started or element in own:
            started = started or element is heading
            continue
        href = element.get("href") if element.tag == "a" else None
        if href:
            if len(title := _title(element)) > len(found.get(href, "")):
                found[href] = title
            found.setdefault(href, "")
        elif found and _heads(element):
            break
    return list(found.items())


def _title(link: html.HtmlElement) -> str:
    """A link's words: its heading where it wraps a card, else all its text, else its labels."""
    inner = next(link.iter("h2", "h3", "h4", "h5"), link)
    text = _spaced(inner)
    if text:
        return text
    image = next(link.iter("img"), None)
    pictured = image.get("alt") if image is not None else None
    return str(link.get("title") or link.get("aria-label") or pictured or "")


def _spaced(element: html.HtmlElement) -> str:
    """Its text with a blank between elements: a kicker is no part of the title's first word."""
    return " ".join(" ".join(element.itertext()).split())


def _heads(element: html.HtmlElement) -> bool:
    """Whether a heading opens another list: no link in it, around it, and no item's title."""
    if len(element) > _FEW or next(element.iter("a"), None) is not None:
        return False
    text = _spaced(element)
    if not 0 < len(text) <= _HEADING:
        return False
    is_list = words.is_list_heading(text)
    if not is_list and not (element.tag in {"h2", "h3"} and words.is_related_heading(text)):
        return False
    return next(element.iterancestors("a"), None) is None


def _following(
    heading: Block, blocks: Sequence[Block], chosen: Sequence[Block]
) -> Iterator[Anchor]:
    """Link blocks right after a heading that stands in the text's own container."""
    text = {block.index for block in chosen}
    idle = 0
    for block in blocks[heading.index + 1 : heading.index + 3 * MOST_IN_LIST]:
        if block.index in text or block.zone & _NO_PLACE or words.is_list_heading(block.text):
            return
        if block.zone & Zone.CHROME and not heading.zone & Zone.CHROME:
            return
        if block.anchors and 2 * block.linked >= len(block.text):
            idle = 0
            yield from block.anchors
        else:
            idle += 1
        if idle > 2:
            return


def _others(page: Links, blocks: Sequence[Block]) -> None:
    """Tags, then what is left: the site's ways about."""
    for element in page.tree.root.xpath("//a[contains(concat(' ', @rel, ' '), ' tag ')]"):
        page.add(element.get("href") or "", element.text_content(), "tag")
    budget = MOST_NAVIGATION
    for block in blocks:
        for anchor in block.anchors:
            role: LinkRole = "tag" if block.zone & Zone.TAGS else "navigation"
            page.add(anchor.href, anchor.text, role)
            budget -= 1
        if budget <= 0:
            return
