"""Captions of the article's own pictures, the picture's credit split off (spec `articles` §2.5)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from itertools import islice

from lxml import html

from watcher.articles import words
from watcher.articles.blocks import Block, Zone
from watcher.articles.select import squeeze
from watcher.articles.tree import text_of
from watcher.model.article import Caption

LONGEST = 1_200
_NOT_OURS = Zone.CHROME | Zone.ASIDE | Zone.CARD | Zone.COMMENT | Zone.HIDDEN | Zone.RELATED
_COPYRIGHT = re.compile(r"\s*[|–—-]?\s*(?:©|\(c\)|copyright)\s*(?P<credit>[^©]{2,80})\Z", re.I)
_RIGHTS = re.compile(
    r"[\s|–—.(-]*(?:all rights reserved|tous droits réservés|alle rechte vorbehalten"
    r"|todos los derechos reservados|tutti i diritti riservati|todos os direitos reservados"
    r"|alle rechten voorbehouden|все права защищены|جميع الحقوق محفوظة)[\s.)]*\Z",
    re.I,
)
_BRACKETED = re.compile(  # `Ana Doe (REUTERS)`, also where nothing parts it from the sentence
    r"(?:\A|(?<=[.!?»”\"])\s*|\s)(?P<credit>(?:[A-ZÀ-ÞĀ-Ž][^\s()|.!?,]+\s){1,4}"
    r"\((?:AFP|AP|Reuters|REUTERS|EFE|EPA|dpa|ANSA|TASS|Getty|Europa Press|EP|imago|Xinhua)"
    r"[^()]{0,60}\))\Z"
)
_AGENCY_TAIL = re.compile(
    r"\s*[(\[]?(?P<credit>(?:[A-ZÀ-ÞĀ-Ž](?:[^\s()|.!?]+|\.)\s){0,4}[^\s()|]*/\s?(?:AFP|AP|Reuters|EPA|dpa|APA|Getty|EFE|"
    r"ANSA|TASS|imago|Shutterstock|Unsplash)[^()|]{0,40})[)\]]?\Z"
)
_CREDIT_CLASS = re.compile(
    r"(?:\A|[\s_-]|(?<=[a-z])(?=[CP]))(?:[Cc]redits?|[Cc]opyright|[Pp]hotographer|fotograf\w*)(?:[\s_-]|\Z)"
)
_BELOW = 8  # blocks after the text: what follows is the site's
_NEAR = 2  # elements around a caption's line that may say what it belongs to
_SOUND = re.compile(r"(?:\A|[\s_-])(?:audio|podcast)(?:[\s_-]|\Z)", re.I)
_HEADLINE = 5  # words of what may be a headline
_FAR = 12  # blocks above the text in which the lead picture stands


@cache
def _credited() -> re.Pattern[str]:
    return re.compile(
        rf"(?:\A|(?<=[\s.,;|/(\[–—«»\"“”!?؟۔-]))[(\[|/–—-]?\s*(?:{words.alternatives('photo')})"
        rf"(?:\s*[:：/]\s*|\s+(?=©)|\s+(?:by|nga|von|av|di|de)\s+)(?P<credit>[^:]{{2,90}}?(?:[|/]\s*\w+\s*:[^:]{{2,40}})?)[)\]]?\.?\s*\Z",
        re.I,
    )


def captions(blocks: Sequence[Block], chosen: Sequence[Block]) -> tuple[Caption, ...]:
    """In page order, each once."""
    first = chosen[0].index - _FAR if chosen else 0
    last = chosen[-1].index + 3 if chosen else len(blocks)
    found: dict[str, Caption] = {}
    heads = [squeeze(b.text) for b in blocks if b.zone & Zone.TITLE and not b.zone & Zone.HIDDEN]
    for picture, lines in _grouped(blocks, first, last):
        text = " ".join(lines)
        caption = _marked(picture, text) or read(text)
        if caption is not None and not _repeats(caption.text, heads):
            found.setdefault(caption.text, caption)
    return tuple(found.values())


def _repeats(text: str, heads: Sequence[str]) -> bool:
    """Whether it only says the headline again."""
    said = squeeze(text)
    return len(text.split()) >= _HEADLINE and any(said in head or head == said for head in heads)


def _grouped(
    blocks: Sequence[Block], first: int, last: int
) -> list[tuple[html.HtmlElement, list[str]]]:
    """Each picture with its caption's lines; a credit in an element of its own is one of them."""
    groups: dict[html.HtmlElement, list[str]] = {}
    for block in blocks:
        if not block.zone & Zone.CAPTION or block.zone & _NOT_OURS:
            continue
        inside = block.zone & Zone.ARTICLE or first <= block.index <= last
        if not inside or block.index > last + _BELOW or _is_sound(block):
            continue
        lines = groups.setdefault(_picture(block), [])
        if block.text not in lines:
            lines.append(block.text)
    return list(groups.items())


def _is_sound(block: Block) -> bool:
    element = block.caption if block.caption is not None else block.element
    near = [block.element, *islice(block.element.iterancestors(), _NEAR), element]
    return any(_SOUND.search(one.get("class") or "") for one in near)


def _picture(block: Block) -> html.HtmlElement:
    """The figure that the caption belongs to, else the caption's own element."""
    element = block.caption if block.caption is not None else block.element
    up = element
    for _ in range(4):
        if up is None:
            break
        if up.tag == "figure":
            return up
        up = up.getparent()
    return element


def _marked(picture: html.HtmlElement, text: str) -> Caption | None:
    """The caption whose last part a class name calls its credit; None where none does."""
    for element in picture.iter("span", "div", "p", "small", "em", "i", "cite"):
        said = text_of(element) if _CREDIT_CLASS.search(element.get("class") or "") else ""
        rest = _RIGHTS.sub("", text.removesuffix(said)).strip(" |/–—-(")
        if 0 < len(said) < len(text) <= LONGEST and text.endswith(said) and rest:
            named = _credited().search(said)
            return Caption(rest, (named["credit"] if named else said).strip(" ©.()|") or None)
    return None


def _credit(text: str) -> str:
    """Without marks around it; a bracket that it closes stays."""
    bare = text.strip(" ©.|")
    return bare if bare.count("(") == bare.count(")") > 0 else bare.strip("()")


def read(text: str) -> Caption | None:
    """`The gate. Photo: LSA` to its text and credit; None for what is neither."""
    text = " ".join(text.split())
    if not text or len(text) > LONGEST:
        return None
    for pattern in (_credited(), _COPYRIGHT, _BRACKETED, _AGENCY_TAIL):
        found = pattern.search(text)
        if found:
            said = _RIGHTS.sub("", text[: found.start()]).strip(" |/–—-(")
            credit = _credit(found["credit"])
            if said:
                return Caption(said, credit or None)
            return Caption(text, credit or None) if len(text.split()) > 3 else None
    return Caption(text)
