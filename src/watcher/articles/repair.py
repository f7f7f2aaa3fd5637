"""Mends what keeps every reader from a page's text: documents closed before they end, and
elements that, by an unclosed tag or a careless template, enclose the text as if it were the
site's frame."""

from __future__ import annotations

import re

from lxml import html

from watcher.articles.blocks import Zone, zone_of

_CLOSERS = re.compile(r"</(?:body|html)\s*>", re.I)
_LEAST = 40  # characters of a paragraph that counts
_PROSE = 600  # characters: on a page with less, nothing is certain
_MOST = 0.7  # of the page's prose in one element of the frame: the element is misnamed
_FRAME_TAGS = frozenset(
    "nav header footer aside form dialog menu li button label a summary figure figcaption object"
    " canvas map audio video noscript template select".split()
)
_FRAME = Zone.CHROME | Zone.ASIDE | Zone.HIDDEN | Zone.SHARE | Zone.TAGS | Zone.CAPTION
_NAMES = ("class", "id", "role", "itemprop", "style", "hidden", "aria-hidden", "href")

# Consent managers by their own names, for a page may well be *about* cookies.
_OFFERS = re.compile(
    r"(?:\A|[\s_-])(?:onetrust|ot-sdk|cookie-?(?:law|notice|consent|banner|bar|modal|popup|policy-popup)"
    r"|cli-(?:modal|settings|bar|tab)|cmplz|cybot|cookiebot|didomi|gdpr|cc-window|iubenda|qc-cmp2?"
    r"|sp_message|borlabs|termly|usercentrics|consent-(?:banner|manager|modal|popup)|fc-consent"
    r"|moove_gdpr|republi(?:cation|sh)(?:-\w+)*|steal-this)(?:[\s_-]|\Z)",
    re.I,
)


def reopened(markup: str) -> str:
    """Without the closing of a document that goes on after it: parsers drop the rest, browsers
    (and HTML, §13.2.6.4.19) do not."""
    found = _CLOSERS.search(markup)
    if found is None or "<p" not in markup[found.end() :]:
        return markup
    return _CLOSERS.sub("", markup)


def drop_offers(root: html.HtmlElement) -> None:
    """Takes out what no reader of the text wants: consent banners and boxes that offer the text
    for republication. They hold long sentences, and engines like long sentences."""
    for element in list(root.iter("div", "section", "aside", "dialog", "form")):
        names = f"{element.get('class') or ''} {element.get('id') or ''}"
        if len(names) > 3 and _OFFERS.search(names) and next(element.iter("h1"), None) is None:
            element.drop_tree()


def unframe(root: html.HtmlElement) -> None:
    """Turns elements of the frame that hold the headline and nearly all of the page's prose into
    plain ones. In place: the tree is then what the publisher must have meant."""
    held: dict[html.HtmlElement, int] = {}
    total = 0
    for element in root.iter("p"):
        length = sum(map(len, element.itertext()))
        if length < _LEAST:
            continue
        total += length
        up = element.getparent()
        while up is not None:
            held[up] = held.get(up, 0) + length
            up = up.getparent()
    if total < _PROSE:
        return
    heads = list(root.iter("h1"))
    for element, length in held.items():
        if length < _MOST * total or element.tag in {"html", "body"}:
            continue
        if heads and not any(element in head.iterancestors() for head in heads[:3]):
            continue
        _rename(element)


def _rename(element: html.HtmlElement) -> None:
    if zone_of(element, Zone.ARTICLE) & _FRAME or element.tag in _FRAME_TAGS:
        for name in _NAMES:
            if name in element.attrib:
                del element.attrib[name]
    if element.tag in _FRAME_TAGS:
        element.tag = "div"
