"""YAML 1.2 to plain values, with the line and column of each."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass, field
from io import StringIO
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq, TaggedScalar
from ruamel.yaml.constructor import DuplicateKeyError
from ruamel.yaml.error import MarkedYAMLError, YAMLError

from watcher.errors import ConfigError, Place

Path = tuple[Hashable, ...]

MAX_BYTES = 1_000_000
MAX_NODES = 100_000  # aliases count as often as they are used: an alias bomb ends here
MAX_DEPTH = 50


@dataclass(slots=True)
class Document:
    """A document as plain values. `keys` and `values` hold 1-based (line, column) by path."""

    file: str
    value: Any = None
    keys: dict[Path, tuple[int, int]] = field(default_factory=dict)
    values: dict[Path, tuple[int, int]] = field(default_factory=dict)
    nodes: int = 0

    def place(self, path: Path, *, key: bool = False) -> Place:
        """Where `path` stands; for a path that is not in the file, its nearest parent."""
        while path:
            for table in (self.keys, self.values) if key else (self.values, self.keys):
                if path in table:
                    line, column = table[path]
                    return Place(self.file, line, column)
            path = path[:-1]
        return Place(self.file, 1, 1)


def read(text: str, file: str) -> Document:
    """Raises ConfigError for what is no YAML, holds object tags, or is unreasonably large."""
    document = Document(file)
    if len(text.encode("utf-8", "replace")) > MAX_BYTES:
        raise _too_large(document)
    yaml = YAML(typ="rt", pure=True)
    try:
        tree = yaml.load(StringIO(text))
    except DuplicateKeyError as error:
        raise _marked(error, file, "WTC-CFG-005", "remove one of the two") from error
    except MarkedYAMLError as error:
        raise _marked(error, file, "WTC-CFG-004", "check indentation, quotes and colons") from error
    except (YAMLError, ValueError, RecursionError) as error:
        raise ConfigError("WTC-CFG-004", f"not YAML: {error}", place=Place(file, 1, 1)) from error
    document.value = _plain(tree, (), document)
    return document


def _plain(node: Any, path: Path, document: Document) -> Any:
    document.nodes += 1
    if document.nodes > MAX_NODES or len(path) > MAX_DEPTH:
        raise _too_large(document)
    _refuse_tag(node, path, document)
    if isinstance(node, CommentedMap):
        return {key: _member(node, key, path, document) for key in node}
    if isinstance(node, CommentedSeq):
        return [_item(node, index, path, document) for index in range(len(node))]
    if isinstance(node, str):
        return str(node)
    if isinstance(node, bool) or node is None:
        return node
    if isinstance(node, int):
        return int(node)
    return float(node) if isinstance(node, float) else str(node)


def _member(node: CommentedMap, key: Any, path: Path, document: Document) -> Any:
    below = (*path, str(key))
    if key in node.lc.data:
        line, column, value_line, value_column = node.lc.data[key]
        document.keys[below] = (line + 1, column + 1)
        document.values[below] = (value_line + 1, value_column + 1)
    return _plain(node[key], below, document)


def _item(node: CommentedSeq, index: int, path: Path, document: Document) -> Any:
    below = (*path, index)
    if index in node.lc.data:
        line, column = node.lc.data[index][:2]
        document.values[below] = (line + 1, column + 1)
    return _plain(node[index], below, document)


def _refuse_tag(node: Any, path: Path, document: Document) -> None:
    tag = getattr(getattr(node, "tag", None), "value", None)
    if isinstance(node, TaggedScalar) or (tag and not str(tag).startswith("tag:yaml.org,2002:")):
        raise ConfigError(
            "WTC-CFG-006",
            f"the tag {tag} makes an object: config.yaml holds plain values only",
            hint="remove the tag",
            place=document.place(path),
        )


def _too_large(document: Document) -> ConfigError:
    return ConfigError(
        "WTC-CFG-007",
        f"the config is too large: over {MAX_BYTES:,} bytes, {MAX_NODES:,} values "
        f"or {MAX_DEPTH} levels",
        hint="repeated *aliases count as often as they are used",
        place=Place(document.file, 1, 1),
    )


def _marked(error: MarkedYAMLError, file: str, code: str, hint: str) -> ConfigError:
    mark = error.problem_mark or error.context_mark
    place = Place(file, mark.line + 1, mark.column + 1) if mark else Place(file, 1, 1)
    problem = str(error.problem or error.context or "cannot be read").splitlines()[0]
    return ConfigError(code, f"not YAML: {problem}", hint=hint, place=place)
