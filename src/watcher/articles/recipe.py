"""Recipes: per-host selectors, tried first (spec `articles` §2.8). A part that matches nothing is
told and read as on any page, so that a changed template never empties an article."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from lxml import etree, html

from watcher.articles.blocks import Block, Zone
from watcher.articles.people import clean
from watcher.articles.tree import Tree, text_of
from watcher.model.article import Recipe
from watcher.model.when import DAY, Micros
from watcher.text import urls

_LEAST = 20  # words: less under a body's selector is no text
_MARK = "data-watcher-place"
_NEVER = Zone.CAPTION | Zone.HIDDEN | Zone.COMMENT | Zone.SHARE


def recipe_for(recipes: Mapping[str, Recipe], url: str, now: Micros) -> Recipe | None:
    """The recipe of the address's host, else of the nearest host above it; None where it is out of
    date."""
    host = urls.host(url).removeprefix("www.")
    while host:
        found = recipes.get(host)
        if found is not None:
            return None if _is_over(found, now) else found
        host = host.partition(".")[2]
    return None


def _is_over(recipe: Recipe, now: Micros) -> bool:
    return recipe.valid_until is not None and now >= recipe.valid_until + DAY


@dataclass
class Applied:
    """What a recipe found on one page. `why` says what each part gave, `notices` what nothing."""

    body: set[html.HtmlElement] = field(default_factory=set)
    related: list[html.HtmlElement] = field(default_factory=list)
    byline: tuple[str, ...] = ()
    why: list[str] = field(default_factory=list)
    notices: list[str] = field(default_factory=list)

    def text(self, blocks: Sequence[Block]) -> list[Block] | None:
        """The blocks under the body's selector, or None where they are no text."""
        if not self.body:
            return None
        chosen = [
            block
            for block in blocks
            if not block.zone & _NEVER and self._holds(block.element, self.body)
        ]
        words = sum(block.words for block in chosen)
        if words < _LEAST:
            self.notices.append(f"recipe: body holds only {words} words")
            return None
        self.why.append(f"recipe: body, {words} words")
        return chosen

    @staticmethod
    def _holds(element: html.HtmlElement, wanted: set[html.HtmlElement]) -> bool:
        up: html.HtmlElement | None = element
        while up is not None:
            if up in wanted:
                return True
            up = up.getparent()
        return False


def apply(recipe: Recipe, tree: Tree) -> Applied:
    """Takes out what `remove` names (from the tree, in place) and finds the other parts."""
    found = Applied()
    selected = select(tree.root, {part: getattr(recipe, part) for part in _PARTS})
    for part in _PARTS:
        if getattr(recipe, part) and not selected[part]:
            _miss(found, recipe, part)
    for element in selected["remove"]:
        if element.getparent() is not None:
            element.drop_tree()
    if selected["remove"]:
        found.why.append(f"recipe: removed {len(selected['remove'])} elements")
    found.body = set(selected["body"])
    found.related = selected["related"]
    found.byline = clean(text_of(element) for element in selected["byline"])
    if selected["byline"] and not found.byline:
        found.notices.append("recipe: byline holds no name")
    return found


_PARTS = ("body", "remove", "related", "byline")


def _miss(found: Applied, recipe: Recipe, part: str) -> None:
    """`remove` and `related` name what a page need not have."""
    said = f"recipe: {part} matches nothing ({', '.join(getattr(recipe, part))})"
    (found.notices if part in {"body", "byline"} else found.why).append(said)


def select(
    root: html.HtmlElement, wanted: Mapping[str, Iterable[str]]
) -> dict[str, list[html.HtmlElement]]:
    """The elements that CSS selectors match, in page order. lxml has no CSS of its own: the tree
    is numbered, read by BeautifulSoup, and asked there."""
    from bs4 import BeautifulSoup

    elements = list(root.iter(etree.Element))
    for place, element in enumerate(elements):
        element.set(_MARK, str(place))
    soup = BeautifulSoup(etree.tostring(root, encoding="unicode", method="html"), "lxml")
    for element in elements:
        del element.attrib[_MARK]
    found = {}
    for part, selectors in wanted.items():
        places = {int(str(tag[_MARK])) for one in selectors for tag in soup.select(one)}
        found[part] = [elements[place] for place in sorted(places)]
    return found
