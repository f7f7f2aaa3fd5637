"""config.yaml to settings, or every problem of it at once, each with its place and a hint."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from watcher.config.base import known_models
from watcher.config.build import build
from watcher.config.check import check
from watcher.config.expect import expectation
from watcher.config.lists import read_lists
from watcher.config.models import Config, Feed
from watcher.config.positions import Document, read
from watcher.config.settings import Settings
from watcher.errors import ConfigError, ConfigErrors, Place, WatcherError
from watcher.topics.ast import Query


def load(path: Path) -> Settings:
    """Reads and checks the config at `path`. Raises ConfigErrors."""
    return load_text(read_text(path), path)


def read_text(path: Path) -> str:
    """The text of the file at `path`, line ends as they are. Raises ConfigErrors."""
    try:
        raw = path.read_bytes()
    except FileNotFoundError as error:
        hint = "`watcher init` writes one; or name yours with -c FILE"
        raise _no_file(f"there is no config at {path}", hint, Place(str(path))) from error
    except OSError as error:
        hint = "name a file that you may read with -c FILE"
        message = f"the config cannot be read: {error.strerror or error}"
        raise _no_file(message, hint, Place(str(path))) from error
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError as error:
        before = raw[: error.start].decode("utf-8")
        line, column = before.count("\n") + 1, len(before) - before.rfind("\n")
        raise _no_file(
            f"the config is not UTF-8: byte 0x{raw[error.start]:02x} cannot be read",
            "save the file as UTF-8",
            Place(str(path), line, column),
        ) from error


def _no_file(message: str, hint: str, place: Place) -> ConfigErrors:
    return ConfigErrors([ConfigError("WTC-CFG-001", message, hint=hint, place=place)])


def load_topics(path: Path) -> Settings:
    """The aliases, topics and outlets of a file, which may be a whole config or hold no more than
    them; whom the topics tell does not matter. Raises ConfigErrors."""
    return load_text(read_text(path), path, topics_alone=True)


def effective(path: Path) -> dict[str, Any]:
    """The config at `path` as it would be written with every default filled in. Secrets are
    only ever named in a config, so none is in it. Raises ConfigErrors."""
    config = _checked(read_text(path), path)[0]
    return config.model_dump(mode="json")


def load_text(text: str, path: Path, *, topics_alone: bool = False) -> Settings:
    """The settings that `text` describes, as if it stood at `path`. Raises ConfigErrors."""
    config, listed, queries, warnings = _checked(text, path, topics_alone=topics_alone)
    return build(config, listed, path, queries, warnings)


def _checked(
    text: str, path: Path, *, topics_alone: bool = False
) -> tuple[Config, tuple[Feed, ...], dict[str, Query], list[str]]:
    try:
        document = read(text, str(path))
    except ConfigError as error:
        raise ConfigErrors([error]) from error
    document.value = _without_empty(document.value)
    if topics_alone:
        document.value = _topics_alone(document.value)
    config, good, problems = _validated(document)
    listed, unread, skipped = read_lists(config, good, path.parent)
    more, queries, warnings = check(config, listed, good, document.value, path.parent)
    told = {one.place for one in document.problems}
    all_ = (*problems, *unread, *more)
    found = [*document.problems, *(one for one in all_ if one.place not in told)]
    if found:
        raise ConfigErrors(sorted(found, key=_order))
    return config, listed, queries, [*skipped, *warnings]


def _topics_alone(value: Any) -> Any:
    if not isinstance(value, Mapping):
        return value
    kept = {name: value[name] for name in ("aliases", "topics", "outlets") if name in value}
    topics = kept.get("topics")
    if isinstance(topics, Mapping):
        kept["topics"] = {
            name: {key: one for key, one in topic.items() if key != "channels"}
            if isinstance(topic, Mapping)
            else topic
            for name, topic in topics.items()
        }
    return kept


def _order(problem: WatcherError) -> tuple[int, int]:
    return problem.place.line or 0, problem.place.column or 0


def _validated(document: Document) -> tuple[Config, Document, list[WatcherError]]:
    """The config, the document it was made from, and the problems. Parts with problems are left
    out of both, so that what needs a whole config can be checked in the same reading."""
    problems: list[WatcherError] | None = None
    good = document
    while True:
        try:
            return Config.model_validate(good.value), good, problems or []
        except ValidationError as error:
            errors = error.errors()
            if problems is None:  # later ones come of what was left out
                problems = [_problem(one, good) for one in errors]
        bad = {_path(one["loc"], good.value) for one in errors}
        good = Document(document.file, {}) if () in bad else good.without(bad)


def _without_empty(value: Any) -> Any:
    """A section with nothing below it (`feeds:`) is one that is not there."""
    if isinstance(value, Mapping):
        return {key: one for key, one in value.items() if one is not None}
    return {} if value is None else value


def _problem(error: ErrorDetails, document: Document) -> WatcherError:
    loc = error["loc"]
    path = _path(loc, document.value)
    if error["type"] == "extra_forbidden":
        return _unknown_key(path, document)
    if error["type"] == "missing":
        return ConfigError(
            "WTC-CFG-011",
            f"{_name((*path, loc[-1]))} is missing",
            hint=f"add `{loc[-1]}:` here",
            place=document.place(path, key=True),
        )
    expected, hint = expectation(error)
    return ConfigError(
        "WTC-CFG-010",
        f"{_name(path)}: this should be {expected}",
        hint=hint,
        place=document.place(path, key=loc[-1:] == ("[key]",)),
    )


def _name(path: tuple[Hashable, ...]) -> str:
    return ".".join(str(part) for part in path) or "config"


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
    close = get_close_matches(key, _known_keys(), n=1, cutoff=0.6)
    return ConfigError(
        "WTC-CFG-012",
        f"unknown key {key!r}" + (f" in {_name(path[:-1])}" if len(path) > 1 else ""),
        hint=f"did you mean `{close[0]}`?"
        if close
        else "remove it, or see the README for the keys",
        place=document.place(path, key=True),
        suggestion=close[0] if close else None,
    )


def _known_keys() -> set[str]:
    """Every key of the models, wherever it stands."""
    return {name for one in known_models().values() for name in one.model_fields}
