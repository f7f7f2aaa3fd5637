"""The recipes of a file that is tried on a page: as in config.yaml, or one alone."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from watcher.errors import ConfigErrors, InputError, UsageError, WatcherError

if TYPE_CHECKING:
    from watcher.model.article import Recipe

_KEYS = re.compile(r"^(body|remove|related|byline|valid_until)[ \t]*:", re.M)
_WHOLE = re.compile(r"^recipes[ \t]*:|^\{", re.M)


def recipes_of(path: str, address: str | None) -> Mapping[str, Recipe]:
    """Those of a file with `recipes:`, as it would stand in config.yaml, or the one that the file
    alone is: then for the host of `address`, the page's. Raises InputError, UsageError and
    ConfigErrors."""
    from watcher.config.load import load_text, read_text

    if not Path(path).exists():
        raise InputError("WTC-IN-002", f"{path}: no such file", hint="name a file with a recipe")
    text = read_text(Path(path))
    if _KEYS.search(text) and not _WHOLE.search(text):
        return _alone(text, path, address)
    found = load_text(text, Path(path)).recipes
    if not found:
        raise UsageError(
            "WTC-USE-010",
            f"{path} holds no recipe",
            hint="write `body: div.article-text`, or `recipes:` as in config.yaml",
        )
    return found


def _alone(text: str, path: str, address: str | None) -> Mapping[str, Recipe]:
    from watcher.config.load import load_text
    from watcher.text.urls import host

    name = host(address or "").removeprefix("www.")
    if not name:
        raise UsageError(
            "WTC-USE-021",
            f"{path} does not say for which host its recipe is",
            hint="name the page's address with --url, or write `recipes: {example.org: {…}}`",
        )
    inner = "".join(f"    {line}" for line in text.splitlines(keepends=True))
    try:
        return load_text(f"recipes:\n  {name}:\n{inner}", Path(path)).recipes
    except ConfigErrors as error:
        raise ConfigErrors([_moved(one) for one in error.problems]) from error


def _moved(problem: WatcherError) -> WatcherError:
    """Back to where it stands in the file."""
    place = problem.place
    if place.line and place.column:
        line, column = place.line - 2, max(1, place.column - 4)
        problem.place = replace(place, line=line, column=column)
    return problem
