"""The page as a flat list of text blocks in reading order, each knowing where it stands.

Every later step (which blocks are the text, which are captions, promos, related lists, credit)
judges these blocks, so that each sentence of the page has one place and one role.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import lru_cache

from lxml import etree, html


class Zone:
    """Where a block stands; inherited by everything inside. Plain integers: `IntFlag` costs more
    than the rest of the walk."""

    NONE = 0
    ARTICLE = 1  # <article>, <main>, itemprop articleBody and the like
    CHROME = 2  # navigation, page header and footer, forms, dialogs
    ASIDE = 4
    CAPTION = 8
    FIGURE = 16
    HIDDEN = 32
    QUOTE = 64
    ITEM = 128  # a list item
    CELL = 256  # a table cell
    HEADING = 512
    CARD = 1024  # an <article> inside the article: a teaser of another one
    COMMENT = 2048
    BYLINE = 4096
    RELATED = 8192  # class names say so; they lie, so no decision rests on it alone
    STANDFIRST = 16384
    CREDIT = 32768
    TITLE = 65536
    TAGS = 131072
    SHARE = 262144
    STORY = 524288  # inside an <article> element
    WALL = 1048576  # where a page offers its subscriptions


@dataclass(slots=True)
class Anchor:
    href: str
    text: str
    element: html.HtmlElement


@dataclass(slots=True)
class Block:
    """A run of text between block-level borders, or one line of it where `<br>` breaks it.

    `joined`: follows the block before it after a single line break, in the same paragraph.
    `anchors` are the links in it, `linked` the number of characters they cover.
    """

    index: int
    text: str
    element: html.HtmlElement
    zone: int
    joined: bool = False
    anchors: list[Anchor] = field(default_factory=list)
    linked: int = 0
    caption: html.HtmlElement | None = None

    @property
    def words(self) -> int:
        return self.text.count(" ") + 1

    @property
    def only_links(self) -> bool:
        """Nothing but links, a mark or an arrow aside."""
        return bool(self.anchors) and len(self.text) - self.linked <= 3


_SKIPPED = frozenset(
    "script style noscript template svg math iframe object embed canvas audio video map head"
    " select option datalist textarea button input label meta link source track area param".split()
)
_INLINE = frozenset(
    "a abbr acronym b bdi bdo big cite code data del dfn em font i ins kbd mark nobr q rp rt ruby"
    " s samp small span strike strong sub sup time tt u var wbr img picture amp-img".split()
)
_BY_TAG: dict[str, int] = {
    "main": Zone.ARTICLE,
    "nav": Zone.CHROME,
    "form": Zone.CHROME,
    "dialog": Zone.CHROME,
    "menu": Zone.CHROME,
    "aside": Zone.ASIDE,
    "figure": Zone.FIGURE,
    "figcaption": Zone.CAPTION,
    "blockquote": Zone.QUOTE,
    "li": Zone.ITEM,
    "td": Zone.CELL,
    "th": Zone.CELL,
    "h1": Zone.HEADING | Zone.TITLE,
    "h2": Zone.HEADING,
    "h3": Zone.HEADING,
    "h4": Zone.HEADING,
    "h5": Zone.HEADING,
    "h6": Zone.HEADING,
    "noscript": Zone.HIDDEN,
}
# One pattern a zone over `class id role itemprop`, each name bounded by - _ or its ends.
_NAMES: tuple[tuple[int, str], ...] = (
    (
        Zone.CAPTION,
        r"figcaption|(?:image|img|photo|picture|media|foto|bild)"
        r"[-_]?(?:caption|credit|description|legend|text|info)|cutline|bildunterschrift"
        r"|bildtext|legende|didascalia|pie-?de-?foto|imagecaption|photocaption|fotounterschrift"
        r"|bildetekst|billedtekst|kuvateksti|podpis-?(?:foto|obrazka)?|fotobijschrift",
    ),
    (
        Zone.COMMENT,
        r"(?:(?:post|article|entry|news)-?)?comments?(?:-?(?:list|area|box|section|wrap(?:per)?"
        r"|container|form|block|thread|note|policy))?|respond|disqus(?:_thread)?|kommentare?",
    ),
    (
        Zone.CHROME,
        r"cookies?|consent|newsletter(?:-?(?:box|form|signup|block|widget))?|mail(?:ing)?-?(?:box|list"
        r"|form|signup)|subscribe|subscription|breadcrumbs?|pagination|pager"
        r"|sidebar|widget-area|navigation|navbar|menu|site-?(?:header|footer)|masthead|colophon"
        r"|contentinfo|banner|popup|modal|advert"
        r"|advertisement|ads?|ad-?slot|donate|donation",
    ),
    (Zone.HIDDEN, r"screen-reader-text|sr-only|visually-?hidden|assistive-text"),
    (Zone.SHARE, r"share|sharing|sharedaddy|social|addtoany|follow-us|share-?buttons?"),
    (
        Zone.BYLINE,
        r"by-?line|authors?|author-?(?:name|line|box|bio|info)|autor(?:en|es|i)?|dateline"
        r"|article-?(?:meta|info)|entry-?(?:meta|author)|post-?(?:meta|author|info)|post-?date"
        r"|vcard|contributors?|writer|journalist|redakteur|auteur",
    ),
    (
        Zone.STANDFIRST,
        r"standfirst|stand-first|deck|dek|sub-?head(?:line|ing)?|sub-?title|lead|lede|intro"
        r"|article-?(?:intro|lead|excerpt|summary|description|standfirst|subtitle)|excerpt"
        r"|(?:entry|post)-?(?:excerpt|subtitle|summary)|chapo|ingress|vorspann|sommario|occhiello"
        r"|entradilla|bajada|manchet|introduction|kicker-text|alternativeheadline|gh-article-excerpt"
        r"|nadnaslov|podnaslov|anons|lid",
    ),
    (
        Zone.RELATED,
        r"related(?:-?\w+)?|(?:yarpp|jp-relatedposts|rp4wp)(?:-?\w+)*|read-?(?:more|also|next|on)"
        r"|see-?also|more-?on(?:-?this)?|recommended|recommendations?|you-?may(?:-?\w+)*|also-?read"
        r"|mehr-?zum-?thema|lees-?ook|inline-?(?:promo|related|story)",
    ),
    (Zone.CREDIT, r"source|sources|article-?source|copyright|syndication|origin|quelle"),
    (
        Zone.WALL,
        r"paywall|regwall|subscriber-?only|subscription-?(?:required|offer)|article-?locked|upgrade-?cta"
        r"|post-?upgrade(?:-?cta)?|gh-post-upgrade-cta",
    ),
    (Zone.TAGS, r"tags?|tag-?(?:list|links|cloud)|post-?tags|entry-?tags|article-?tags|keywords"
     r"|topics|cat-?links|categories"),
    (
        Zone.ARTICLE,
        r"articlebody|article-?(?:body|content|text)|entry-?content|post-?(?:content|body)"
        r"|story-?(?:body|content)|gh-content|td-post-content|single-?content|hentry",
    ),
)  # fmt: skip
_CAPTION = re.compile(r"(?:\A|[-_])captions?(?:[-_]|\Z)")
# All in one, tried in that order: most names are none, and one pattern says so at once.
_NAMED = re.compile("|".join(rf"(?P<z{zone}>(?:{names})\Z)" for zone, names in _NAMES))
_LONGEST_NAME = 80  # characters
_STYLE_HIDDEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.I)


@lru_cache(maxsize=8_192)
def _zone_of_name(name: str) -> int:
    """What one class name, id, role or itemprop says."""
    if len(name) > _LONGEST_NAME:
        return Zone.NONE
    bare = name.lower().strip("_-")
    bare = bare.rsplit("__", 1)[-1].split("--", 1)[0]  # BEM: the element, not its block or state
    if "caption" in bare and _CAPTION.search(bare):
        return Zone.CAPTION
    found = _NAMED.match(bare)
    return int((found.lastgroup or "z0")[1:]) if found else Zone.NONE


@lru_cache(maxsize=8_192)
def _stated(tag: str, names: tuple[str | None, ...]) -> int:
    """What an element's tag and names say, wherever it stands."""
    zone = _BY_TAG.get(tag, Zone.NONE)
    if tag in {"body", "html", "main"}:
        return zone  # themes describe the whole page there
    named = Zone.NONE
    for name in " ".join(filter(None, names)).split()[:40]:
        named |= _zone_of_name(name)
    if tag == "article":
        named &= Zone.ARTICLE | Zone.RELATED
    return zone | named


def zone_of(element: html.HtmlElement, inside: int) -> int:
    """The zone that an element opens, given the one it stands in."""
    tag = element.tag
    get = element.get
    names = (get("class"), get("id"), get("role"), get("itemprop"))
    zone = _stated(tag, names) if any(names) else _BY_TAG.get(tag, Zone.NONE)
    style = get("style")
    if (style and _STYLE_HIDDEN.search(style)) or get("hidden") is not None:
        zone |= Zone.HIDDEN
    if tag == "article":
        zone |= Zone.CARD if inside & Zone.STORY else Zone.ARTICLE | Zone.STORY
    if tag in {"header", "footer"} and not inside & Zone.ARTICLE:
        zone |= Zone.CHROME
    return zone


def flatten(root: html.HtmlElement) -> list[Block]:
    """All blocks with text, in document order. Iterative: depth is the publisher's."""
    return _Flattener(root).run()


class _Flattener:
    def __init__(self, root: html.HtmlElement) -> None:
        self.root = root
        self.blocks: list[Block] = []
        self.parts: list[tuple[str, Anchor | None]] = []
        self.anchor: Anchor | None = None
        self.breaks = 2  # since the last text: 1 a line break, 2 a new block
        self.owners: list[html.HtmlElement] = [root]
        self.zones: list[int] = [Zone.NONE]
        self.captions: list[html.HtmlElement | None] = [None]

    def run(self) -> list[Block]:
        walker = etree.iterwalk(self.root, events=("start", "end"))
        skipped: html.HtmlElement | None = None
        parts = self.parts
        for event, element in walker:
            tag = element.tag
            if event == "end":
                if element is not skipped:
                    self._end(tag)
                skipped = None
                if element.tail:
                    parts.append((element.tail, self.anchor))
                continue
            zone = self._opened(element, tag)
            if zone is None:
                skipped = element
                walker.skip_subtree()
                continue
            self._start(element, tag, zone)
            if element.text:
                parts.append((element.text, self.anchor))
        self._flush(2)
        return self.blocks

    def _opened(self, element: html.HtmlElement, tag: object) -> int | None:
        """The zone that an element opens; None for one whose content is not read."""
        if not isinstance(tag, str) or tag in _SKIPPED:
            return None
        if tag not in _INLINE:
            return zone_of(element, self.zones[-1])
        zone = zone_of(element, Zone.ARTICLE) if len(element.attrib) else Zone.NONE
        return None if zone & Zone.HIDDEN else zone

    def _start(self, element: html.HtmlElement, tag: str, opened: int) -> None:
        if tag == "br":
            self._break()
            return
        inside = zone = self.zones[-1]
        if tag not in _INLINE:
            self._flush(2)
            zone |= opened
            self.owners.append(element)
        elif opened & Zone.CAPTION:
            self._flush(2)  # a caption set as a span in the picture's paragraph
            zone |= Zone.CAPTION
        opens_caption = zone & Zone.CAPTION and not inside & Zone.CAPTION
        self.captions.append(element if opens_caption else self.captions[-1])
        self.zones.append(zone)
        if tag == "a" and (href := element.get("href")):
            self.anchor = Anchor(href, _collapse(element), element)

    def _end(self, tag: str) -> None:
        if tag == "br":
            return
        if tag not in _INLINE:
            self._flush(2)
            self.owners.pop()
        elif self.zones[-1] != self.zones[-2]:
            self._flush(2)
        if tag == "a":
            self.anchor = None
        self.zones.pop()
        self.captions.pop()

    def _break(self) -> None:
        if any(not part.isspace() for part, _ in self.parts):
            self._flush(1)
        else:
            self.parts.clear()
            self.breaks = 2

    def _flush(self, breaks: int) -> None:
        """Ends the run of text; `breaks` says how far the next one stands from it."""
        if not self.parts:
            self.breaks = max(self.breaks, breaks)
            return
        text = " ".join("".join([part for part, _ in self.parts]).split())
        if not text:
            self.breaks = max(self.breaks, breaks)
            self.parts.clear()
            return
        block = Block(len(self.blocks), text, self.owners[-1], self.zones[-1])
        block.joined = self.breaks == 1
        block.caption = self.captions[-1]
        for part, anchor in self.parts:
            if anchor is not None and not part.isspace():
                block.linked += len(" ".join(part.split()))
                if not block.anchors or block.anchors[-1] is not anchor:
                    block.anchors.append(anchor)
        self.blocks.append(block)
        self.parts.clear()
        self.breaks = breaks


def _collapse(element: html.HtmlElement) -> str:
    return " ".join("".join(element.itertext()).split())
