"""YAML 1.2 to plain values, with the line and column of each."""

from __future__ import annotations

from collections.abc import Collection, Hashable, Iterator
from dataclasses import dataclass, field
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, StringMark, YAMLError
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from watcher.errors import ConfigError, Place, WatcherError

Path = tuple[Hashable, ...]
Spot = tuple[int, int]  # line and column, both from 1

MAX_BYTES = 1_000_000
MAX_NODES = 100_000  # aliases count as often as they are used: an alias bomb ends here
MAX_DEPTH = 50
_PRIVATE = frozenset({"headers", "auth", "cookies", "proxy", "password", "secret", "token"})
PREFIX = "tag:yaml.org,2002:"
TAGS = {
    PREFIX + name
    for name in ("str", "int", "float", "bool", "null", "map", "seq", "timestamp", "merge")
}


@dataclass(slots=True)
class Document:
    """A document as plain values; keys are texts as they were written. `keys` and `values` say by
    path where each stands. `problems`: what is wrong with single parts, which are left out.
    `blocks`: the texts that begin on the line below their place (`|`)."""

    file: str
    value: Any = None
    keys: dict[Path, Spot] = field(default_factory=dict)
    values: dict[Path, Spot] = field(default_factory=dict)
    problems: list[WatcherError] = field(default_factory=list)
    blocks: set[Path] = field(default_factory=set)

    def place(self, path: Path, *, key: bool = False) -> Place:
        """Where `path` stands; for a path that is not in the file, its nearest parent."""
        while path:
            for table in (self.keys, self.values) if key else (self.values, self.keys):
                if path in table:
                    line, column = table[path]
                    return Place(self.file, line, column, private=self._is_private(line))
            path = path[:-1]
        return Place(self.file, 1, 1)

    def _is_private(self, line: int) -> bool:
        """Whether anything on that line may be a secret (though only its place belongs there)."""
        return any(
            spot[0] == line and not _PRIVATE.isdisjoint(path)
            for table in (self.keys, self.values)
            for path, spot in table.items()
        )

    def without(self, paths: Collection[Path]) -> Document:
        """The same without the values at `paths`; what stands after them in a list moves up."""
        kept = Document(self.file)
        kept.value = self._copy(self.value, (), (), set(paths), kept)
        return kept

    def _copy(self, value: Any, old: Path, new: Path, bad: set[Path], kept: Document) -> Any:
        if old in self.blocks:
            kept.blocks.add(new)
        for theirs, ours in ((kept.keys, self.keys), (kept.values, self.values)):
            if old in ours:
                theirs[new] = ours[old]
        if isinstance(value, dict):
            return {
                key: self._copy(one, (*old, key), (*new, key), bad, kept)
                for key, one in value.items()
                if (*old, key) not in bad
            }
        if isinstance(value, list):
            good = [number for number in range(len(value)) if (*old, number) not in bad]
            return [
                self._copy(value[number], (*old, number), (*new, place), bad, kept)
                for place, number in enumerate(good)
            ]
        return value


def read(text: str, file: str) -> Document:
    """Raises ConfigError for what is no YAML or unreasonably large. Keys that are there twice and
    object tags stand in `problems`."""
    root = tree(text, file)
    reading = _Reading(Document(file))
    if root is not None:
        reading.document.value = reading.plain(root, ())
    return reading.document


def tree(text: str, file: str) -> Node | None:
    """The document's nodes, None where it is empty. Raises ConfigError."""
    if len(text.encode("utf-8", "replace")) > MAX_BYTES:
        raise too_large(file)
    try:
        root: Node | None = YAML(typ="safe", pure=True).compose(text)
    except MarkedYAMLError as error:
        raise _marked(error, text, file) from error
    except RecursionError as error:
        raise too_large(file) from error
    except (YAMLError, ValueError) as error:
        raise _unreadable(error, text, file) from error
    return root


class _Reading:
    """One walk over the nodes."""

    def __init__(self, document: Document) -> None:
        self.document = document
        self._scalars = YAML(typ="safe", pure=True).constructor
        self._count = 0

    def plain(self, node: Node, path: Path) -> Any:
        self._count += 1
        if self._count > MAX_NODES or len(path) > MAX_DEPTH:
            raise too_large(self.document.file)
        tag = str(node.tag)
        if tag not in TAGS:
            return self._complain(
                "WTC-CFG-006",
                f"the tag {_short(tag.replace(PREFIX, '!!'))} makes an object, no plain value",
                "remove the tag",
                _spot(node),
            )
        if isinstance(node, MappingNode):
            return {
                key: self._value(value, key_node, (*path, key))
                for key, key_node, value in self._members(node)
            }
        if isinstance(node, SequenceNode):
            return [self._item(one, node, (*path, number)) for number, one in enumerate(node.value)]
        return self._scalar(node, tag)

    def _members(self, node: MappingNode) -> Iterator[tuple[str, Node, Node]]:
        seen: dict[str, int] = {}
        for key, value in node.value:
            if not isinstance(key, ScalarNode):
                self._complain(
                    "WTC-CFG-004", "a key is a text, not a list or map", "write a name", _spot(key)
                )
            elif key.value in seen:
                self._complain(
                    "WTC-CFG-005",
                    f"the key {_short(key.value)!r} is there twice, first in line "
                    f"{seen[key.value]}",
                    "remove one of the two",
                    _spot(key),
                )
            else:
                seen[key.value] = key.start_mark.line + 1
                yield key.value, key, value

    def _value(self, node: Node, key: Node, path: Path) -> Any:
        self.document.keys[path] = _spot(key)
        # An alias stands where its anchor is, an empty value where the next word is: then the key
        # is nearer.
        nothing = isinstance(node, ScalarNode) and not node.value and node.style is None
        if not nothing and node.start_mark.index > key.start_mark.index:
            self.document.values[path] = _spot(node)
        if isinstance(node, ScalarNode) and node.style == "|":
            self.document.blocks.add(path)
        return self.plain(node, path)

    def _item(self, node: Node, parent: SequenceNode, path: Path) -> Any:
        if parent.start_mark.index <= node.start_mark.index < parent.end_mark.index:
            self.document.values[path] = _spot(node)
        return self.plain(node, path)

    def _scalar(self, node: Node, tag: str) -> Any:
        if tag.endswith((":int", ":float", ":bool", ":null")):
            try:
                return self._scalars.construct_object(node)
            except (ValueError, YAMLError):
                return self._complain(
                    "WTC-CFG-004",
                    f"this is no {tag.rpartition(':')[2]}",
                    "put it into quotes",
                    _spot(node),
                )
        return _joined(node.value)

    def _complain(self, code: str, message: str, hint: str, spot: Spot) -> None:
        place = Place(self.document.file, *spot)
        self.document.problems.append(ConfigError(code, message, hint=hint, place=place))


def too_large(file: str) -> ConfigError:
    return ConfigError(
        "WTC-CFG-007",
        f"the config is too large: over {MAX_BYTES:,} bytes, {MAX_NODES:,} values "
        f"or {MAX_DEPTH} levels",
        hint="repeated *aliases count as often as they are used",
        place=Place(file, 1, 1),
    )


def _spot(node: Node) -> Spot:
    return node.start_mark.line + 1, node.start_mark.column + 1


def _joined(text: str) -> str:
    """`"\\ud83d\\ude00"` is how JSON writes one character; half of one is none."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _short(text: str) -> str:
    return text if len(text) <= 80 else text[:79] + "…"


def _marked(error: MarkedYAMLError, text: str, file: str) -> ConfigError:
    problem = str(error.problem or error.context or "cannot be read").splitlines()[0]
    mark: StringMark | None = error.problem_mark or error.context_mark
    hint = "check indentation, quotes and colons"
    if "stream end" in problem or "end of stream" in problem:
        mark = error.context_mark or mark  # where it begins, not where the file ends
        problem, hint = "this is opened and never closed", "add the closing quote or bracket"
    elif "\\t" in problem or (mark and _tab_before(text, mark)):
        problem, hint = "a tab in the indentation", "indent with blanks"
    elif "another document" in problem:
        problem, hint = "a second document begins here", "remove the line `---`"
    elif "undefined alias" in problem:
        hint = "put a text that begins with * into quotes"
    place = Place(file, mark.line + 1, mark.column + 1) if mark else Place(file, 1, 1)
    return ConfigError("WTC-CFG-004", f"not YAML: {problem}", hint=hint, place=place)


def _tab_before(text: str, mark: StringMark) -> bool:
    line = text.splitlines()[mark.line] if mark.line < len(text.splitlines()) else ""
    return "\t" in line[: len(line) - len(line.lstrip())]


def _unreadable(error: Exception, text: str, file: str) -> ConfigError:
    """A character that no YAML may hold, whose offset the error knows."""
    before = text[: getattr(error, "position", 0)]
    line = before.count("\n") + 1
    column = len(before) - (before.rfind("\n") + 1) + 1
    problem = str(error).splitlines()[0]
    return ConfigError(
        "WTC-CFG-004",
        f"not YAML: {problem}",
        hint="remove the character, or write it as an escape in double quotes",
        place=Place(file, line, column),
    )
