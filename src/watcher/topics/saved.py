"""Saved queries inside queries: `topic:name` stands for that topic's query."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from watcher.errors import QueryError
from watcher.topics import complain
from watcher.topics.ast import And, Count, Near, Node, Not, Or
from watcher.topics.lex import Lexeme

_LONGEST_PATH = 20


class Saved:
    """The topics at hand, and through which of them the reading has come."""

    def __init__(self, queries: Mapping[str, str], path: tuple[str, ...] = ()) -> None:
        self._queries = queries
        self._path = path

    def expand(self, lexeme: Lexeme, read: Callable[[str, Saved], Node]) -> Node:
        """What `topic:name` stands for, its places all those of `lexeme`. Its scope is not taken
        over. QueryError where there is no such topic, it leads back to itself, or is wrong."""
        name = lexeme.text.strip()
        if name not in self._queries:
            raise self._unknown(name, lexeme)
        if name in self._path:
            circle = " → ".join((*self._path[self._path.index(name) :], name))
            raise _error(complain.TOPIC_CYCLE, f"topic leads back to itself: {circle}", lexeme)
        if len(self._path) >= _LONGEST_PATH:
            message = f"more than {_LONGEST_PATH} topics within each other"
            raise _error(complain.TOO_BIG, message, lexeme)
        try:
            node = read(self._queries[name], Saved(self._queries, (*self._path, name)))
        except QueryError as problem:
            message = f"topic {name!r}: {problem.message}"
            raise complain.error(
                problem.code, message, lexeme.start, lexeme.end, hint=problem.hint
            ) from None
        return _moved(node, lexeme.start, lexeme.end - lexeme.start)

    def not_a_name(self, lexeme: Lexeme) -> Exception:
        return _error(complain.UNKNOWN_TOPIC, "topic: takes the name of a topic", lexeme)

    def _unknown(self, name: str, lexeme: Lexeme) -> Exception:
        near = complain.nearest(name, self._queries)
        return complain.error(
            complain.UNKNOWN_TOPIC,
            f'unknown topic "{name}"' + (f' - did you mean "{near}"?' if near else ""),
            lexeme.start,
            lexeme.end,
            hint="`watcher topics list` shows them all; config.yaml names them under topics:",
            suggestion=near,
        )


def _moved(node: Node, start: int, length: int) -> Node:
    match node:
        case Not() | Count():
            child = _moved(node.child, start, length)
            return replace(node, child=child, start=start, length=length)
        case And() | Or() | Near():
            children = tuple(_moved(child, start, length) for child in node.children)
            return replace(node, children=children, start=start, length=length)
    return replace(node, start=start, length=length)


def _error(code: str, message: str, lexeme: Lexeme) -> Exception:
    hint = "name another topic, or write its query out"
    return complain.error(code, message, lexeme.start, lexeme.end, hint=hint)
