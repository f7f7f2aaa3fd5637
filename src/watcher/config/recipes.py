"""The keys of a recipe: how the pages of one host are read."""

from __future__ import annotations

import re
from datetime import date
from typing import Annotated, Any

from pydantic import BeforeValidator, WithJsonSchema, model_validator

from watcher.config.base import Model
from watcher.config.values import Unfit

_HOST = re.compile(r"[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?\Z")


def host(value: object) -> str:
    """A host, as `recipes:` names it: lower case, without `www.`. Raises Unfit."""
    stated = value.strip().lower().removeprefix("www.") if isinstance(value, str) else ""
    if not _HOST.match(stated):
        raise Unfit("a host", "write a host such as example.org, without https:// and path")
    return stated


def selector(value: object) -> str:
    """A CSS selector. Raises Unfit."""
    import soupsieve

    if not isinstance(value, str) or not value.strip():
        raise Unfit("a CSS selector", "for example `div.article-text`")
    try:
        soupsieve.compile(value)
    except (soupsieve.SelectorSyntaxError, ValueError) as error:
        said = str(error).split("\n", 1)[0]
        raise Unfit("a CSS selector", f"{said}; for example `div.article-text`") from error
    return value.strip()


def _many(value: Any) -> Any:
    """One selector needs no list."""
    return value if isinstance(value, list | tuple) else [value]


Host = Annotated[str, BeforeValidator(host), WithJsonSchema({"type": "string"})]
Selector = Annotated[str, BeforeValidator(selector), WithJsonSchema({"type": "string"})]
Selectors = Annotated[
    tuple[Selector, ...],
    BeforeValidator(_many),
    WithJsonSchema({"oneOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}}]}),
]


class PageModel(Model):
    """A list page watched like a feed: its links are the entries. It may be just the selector of
    the links, or auto. `watcher add URL --page SELECTOR --dry-run` tries one."""

    links: Selector | None = None
    """Its links to articles, or blocks that hold them (a CSS selector); else found by itself."""
    without: Selector | None = None
    """Links, or blocks of them, that are none of its articles."""
    title: Selector | None = None
    """An article's title in its link or in the block around it; left out: the link's words."""

    @model_validator(mode="before")
    @classmethod
    def _short(cls, value: Any) -> Any:
        """A page may be just the selector of its links, or auto."""
        if isinstance(value, str):
            return {} if value.strip() == "auto" else {"links": value}
        return value


class RecipeModel(Model):
    """How the pages of one host, and of hosts below it, are read; a part left out is found as on
    any page. `watcher extract URL --recipe FILE` tries one."""

    body: Selectors = ()
    """Where the text stands (CSS selectors)."""
    remove: Selectors = ()
    """What is taken out before the page is read."""
    related: Selectors = ()
    """Lists whose links the page offers as related."""
    byline: Selectors = ()
    """Where the authors' names stand."""
    valid_until: date | None = None
    """The last day on which the recipe is used."""
