"""config.yaml to settings, or every problem of it at once, each with its place and a hint."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from watcher.config.build import build
from watcher.config.check import check
from watcher.config.models import Config
from watcher.config.positions import Document, read
from watcher.config.settings import Settings
from watcher.errors import ConfigError, ConfigErrors, Place, WatcherError


def load(path: Path) -> Settings:
    """Reads and checks the config at `path`. Raises ConfigErrors."""
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError as error:
        problem = ConfigError(
            "WTC-CFG-001",
            f"there is no config at {path}",
            hint="write one (the README has a short example), or name it with -c FILE",
            place=Place(str(path)),
        )
        raise ConfigErrors([problem]) from error
    except (OSError, UnicodeDecodeError) as error:
        problem = ConfigError(
            "WTC-CFG-001", f"the config cannot be read: {error}", place=Place(str(path))
        )
        raise ConfigErrors([problem]) from error
    return load_text(text, path)


def load_text(text: str, path: Path) -> Settings:
    """The settings that `text` describes, as if it stood at `path`. Raises ConfigErrors."""
    try:
        document = read(text, str(path))
    except ConfigError as error:
        raise ConfigErrors([error]) from error
    value = _without_empty(document.value)
    try:
        config = Config.model_validate(value)
    except ValidationError as error:
        raise ConfigErrors(
            _ordered([_problem(one, document, value) for one in error.errors()])
        ) from error
    problems, queries, warnings = check(config, document)
    if problems:
        raise ConfigErrors(_ordered(problems))
    return build(config, path, queries, warnings)


def _without_empty(value: Any) -> Any:
    """A section with nothing below it (`feeds:`) is one that is not there."""
    if isinstance(value, Mapping):
        return {key: one for key, one in value.items() if one is not None}
    return {} if value is None else value


def _ordered(problems: list[WatcherError]) -> list[WatcherError]:
    return sorted(problems, key=lambda one: (one.place.line or 0, one.place.column or 0))


def _problem(error: ErrorDetails, document: Document, value: Any) -> WatcherError:
    path = _path(error["loc"], value)
    name = ".".join(str(part) for part in path) or "config"
    kind = error["type"]
    if kind == "extra_forbidden":
        return _unknown_key(path, document)
    if kind == "missing":
        missing = ".".join(str(part) for part in (*path, error["loc"][-1]))
        return ConfigError(
            "WTC-CFG-011",
            f"{missing} is missing",
            hint=f"add `{error['loc'][-1]}:` here",
            place=document.place(path, key=True),
        )
    message, hint = _expected(error)
    return ConfigError("WTC-CFG-010", f"{name}: {message}", hint=hint, place=document.place(path))


def _path(loc: tuple[int | str, ...], value: Any) -> tuple[Hashable, ...]:
    """pydantic's `loc` without what is not in the file: union tags and expanded short forms."""
    path: list[Hashable] = []
    for part in loc:
        below = _below(value, part)
        if below is None:
            continue
        value = below[0]
        path.append(part)
    return tuple(path)


def _below(value: Any, part: int | str) -> tuple[Any] | None:
    if isinstance(value, Mapping) and part in value:
        return (value[part],)
    if isinstance(value, list) and isinstance(part, int) and part < len(value):
        return (value[part],)
    return None


def _unknown_key(path: tuple[Hashable, ...], document: Document) -> ConfigError:
    key = str(path[-1])
    close = get_close_matches(key, _known_keys(Config), n=1, cutoff=0.6)
    return ConfigError(
        "WTC-CFG-012",
        f"unknown key {key!r}" + (f" in {path[-2]}" if len(path) > 1 else ""),
        hint=f"did you mean `{close[0]}`?"
        if close
        else "remove it, or see the README for the keys",
        place=document.place(path, key=True),
        suggestion=close[0] if close else None,
    )


def _known_keys(model: type[BaseModel]) -> set[str]:
    """Every key of the models, wherever it stands."""
    from watcher.config import models

    held = [one for one in vars(models).values() if isinstance(one, type)]
    return {name for one in held if issubclass(one, BaseModel) for name in one.model_fields} | set(
        model.model_fields
    )


def _expected(error: ErrorDetails) -> tuple[str, str | None]:
    kind, context = error["type"], error.get("ctx", {})
    got = error.get("input")
    shown = f", not {got!r}" if isinstance(got, str | int | float | bool) else ""
    if kind == "value_error":
        return f"this should be {context['error']}{shown}", None
    hints = {
        "string_type": ("a text" + shown, "put it into quotes"),
        "int_parsing": ("a whole number" + shown, None),
        "int_type": ("a whole number" + shown, None),
        "tuple_type": ("a list", "write it as [a, b] or with one `- item` a line"),
        "dict_type": ("names with values below", "write `name: value`, one a line, indented"),
        "model_type": ("keys with values", "write `key: value`, one a line, indented"),
        "model_attributes_type": ("keys with values", "write `key: value`, one a line, indented"),
        "string_pattern_mismatch": (
            "a name of letters, digits, `-`, `_` and `.`" + shown,
            "start it with a letter or digit; at most 64 characters",
        ),
        "union_tag_not_found": ("a channel with its type", "add `type: email` or `type: webhook`"),
        "union_tag_invalid": (f"one of the types email, webhook{shown}", None),
        "literal_error": (f"{context.get('expected', '')}{shown}", None),
        "too_short": ("at least one", None),
    }
    if kind in hints:
        expected, hint = hints[kind]
        return f"this should be {expected}", hint
    return error["msg"][:1].lower() + error["msg"][1:], None
