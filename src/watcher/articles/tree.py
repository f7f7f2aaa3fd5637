"""One parsed page that all steps share: the lxml tree, its JSON-LD and its meta tags."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property

from lxml import etree, html

from watcher.articles import jsonld, repair
from watcher.text import urls

MAX_ELEMENTS = 60_000  # the largest real pages seen have under 20,000
MAX_TAGS = 5 * MAX_ELEMENTS  # seen before the parser spends its memory on them
# Every parser compares each attribute with all others of its element.
MAX_ATTRIBUTES = 1_000
MAX_NAMES = 1_000  # characters of classes and styles: more is no name, and patterns search them
_MATCHED = ("class", "id", "style")
LARGE, LARGE_MARKUP = 20_000, 3_500_000  # elements, characters
_LONG_TAG = re.compile(r"<[A-Za-z][^<>]{4000,}")
_QUOTED = re.compile(r"\"[^\"]*\"|'[^']*'")
# Nobody reads these in the tree; scripts are kept beside it.
_NOT_READ = ("script", "style", "svg", "template", "iframe", "canvas", "object")


@dataclass(frozen=True, slots=True)
class Script:
    """A script element: its type, its id and its text."""

    kind: str
    id: str
    text: str


@dataclass
class Tree:
    """A page in hand. `root` is never changed by a step and holds no scripts, which are in
    `scripts`; `url` is the final address."""

    root: html.HtmlElement
    url: str
    scripts: tuple[Script, ...] = ()
    large: bool = False  # too large for readings that take more than one walk
    metas: dict[str, list[str]] = field(default_factory=dict)
    _absolutes: dict[str, str | None] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for element in self.root.iter("meta"):
            name = element.get("property") or element.get("name") or element.get("itemprop")
            content = (element.get("content") or "").strip()
            if name and content:
                self.metas.setdefault(name.strip().lower(), []).append(content)

    @cached_property
    def base(self) -> str:
        """What relative addresses on the page are relative to."""
        element = next(self.root.iter("base"), None)
        return (
            urls.join(self.url, element.get("href") or "") if element is not None else None
        ) or (self.url)

    @cached_property
    def nodes(self) -> list[jsonld.Node]:
        """Every JSON-LD object on the page, `@graph` and nesting opened up."""
        return jsonld.nodes(one.text for one in self.scripts if "ld+json" in one.kind)

    @cached_property
    def article(self) -> jsonld.Node:
        """The JSON-LD object that describes this page's article; empty where there is none."""
        return jsonld.article(self.nodes, urls.key(self.url))

    def meta(self, *names: str) -> str | None:
        """The first non-empty content of the first of `names` (lower case) that the page has."""
        return next((self.metas[name][0] for name in names if name in self.metas), None)

    def metas_of(self, *names: str) -> Iterator[str]:
        for name in names:
            yield from self.metas.get(name, ())

    def absolute(self, ref: str | None) -> str | None:
        """`ref` as an http(s) address, or None."""
        if not ref:
            return None
        try:
            return self._absolutes[ref]
        except KeyError:
            url = self._absolutes[ref] = urls.join(self.base, ref) if ref.strip() else None
            return url


def parse(markup: str, url: str) -> Tree | None:
    """The tree of `markup`, or None where there is no element or too many, or one with too many
    attributes. Depth is bounded by libxml2 (256 levels; what is nested deeper is lost)."""
    if markup.count("<") > MAX_TAGS:
        return None
    long = _LONG_TAG.findall(markup)
    if any(_attributes(tag) > MAX_ATTRIBUTES for tag in long):
        return None
    try:
        root = html.document_fromstring(
            repair.reopened(markup).encode("utf-8", "replace"), parser=_parser()
        )
    except (etree.ParserError, ValueError):
        return None
    count = 0
    for count, _ in enumerate(root.iter()):
        if count > MAX_ELEMENTS:
            return None
    if long:
        _shorten(root)
    scripts = tuple(
        Script((one.get("type") or "").lower(), one.get("id") or "", one.text or "")
        for one in root.iter("script")
    )
    repair.unframe(root)
    etree.strip_elements(root, *_NOT_READ, with_tail=False)
    repair.drop_offers(root)
    return Tree(root, url, scripts, large=count > LARGE or len(markup) > LARGE_MARKUP)


def _shorten(root: html.HtmlElement) -> None:
    """Takes away names that are none by their length."""
    for element in root.iter():
        for name in _MATCHED:
            if len(element.get(name) or "") > MAX_NAMES:
                del element.attrib[name]


def _parser() -> html.HTMLParser:
    """Its elements are all of one class: looking up lxml's finer ones is a call in Python for
    each element that a step touches."""
    parser = html.HTMLParser(
        encoding="utf-8", huge_tree=False, remove_comments=True, remove_pis=True, collect_ids=False
    )
    parser.set_element_class_lookup(
        etree.ElementDefaultClassLookup(
            element=html.HtmlElement,
            comment=html.HtmlComment,
            pi=html.HtmlProcessingInstruction,
            entity=html.HtmlEntity,
        )
    )
    return parser


def _attributes(tag: str) -> int:
    return len(_QUOTED.sub("", tag).split()) - 1


def text_of(element: html.HtmlElement) -> str:
    """The text under an element, white space collapsed."""
    return " ".join("".join(element.itertext()).split())
