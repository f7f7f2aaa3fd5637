"""Aliases: `@name` written out as the terms that config.yaml lists under the name.

A value is one atom: `=MEK`, `"a phrase"`, a phrase without quotes, `prefix*` or another `@name`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

from watcher.errors import QueryError
from watcher.topics import complain
from watcher.topics.ast import Node, disjunction
from watcher.topics.lex import Lexeme
from watcher.topics.term import make_term

_QUOTES = ('""', "“”", "„“", "„”", "«»")
_LONGEST_PATH = 50
_REFERENCE = re.compile(r'@[^\s()"“”„«»]+\Z')
_OPERATORS = frozenset({"AND", "OR", "NOT"})


class Aliases:
    """The aliases at hand, and how many terms a query has drawn (`limit` in all)."""

    def __init__(self, values: Mapping[str, Sequence[str]], limit: int) -> None:
        self._values = values
        self._limit = limit
        self._count = 0

    def count(self, start: int, end: int) -> None:
        """Notes one more term of the query; QueryError beyond the limit."""
        self._count += 1
        if self._count > self._limit:
            raise complain.error(
                complain.TOO_BIG,
                f"the query has more than {self._limit:,} terms, aliases written out",
                start,
                end,
                hint="split it into several topics",
            )

    def expand(self, lexeme: Lexeme) -> Node:
        """The terms of `@name` as one OR. QueryError where name or a value is wrong, or where the
        alias leads back to itself."""
        return self._expand(lexeme.text, lexeme, ())

    def _expand(self, name: str, lexeme: Lexeme, path: tuple[str, ...]) -> Node:
        if name in path:
            circle = " → ".join(f"@{n}" for n in (*path[path.index(name) :], name))
            raise _error(
                complain.ALIAS_CYCLE, f"alias leads back to itself: {circle}", lexeme, _CYCLE_HINT
            )
        if len(path) >= _LONGEST_PATH:
            message = f"more than {_LONGEST_PATH} aliases within each other"
            raise _error(complain.TOO_BIG, message, lexeme, "name the terms more directly")
        if name not in self._values:
            raise self._unknown(name, lexeme, path)
        members = [self._member(value, name, lexeme, (*path, name)) for value in self._values[name]]
        if not members:
            message = f"alias @{name} is empty"
            raise _error(complain.BAD_ALIAS, message, lexeme, "give it at least one term")
        return disjunction(members, lexeme.start, lexeme.end - lexeme.start)

    def _member(self, value: str, name: str, lexeme: Lexeme, path: tuple[str, ...]) -> Node:
        wanted = value.strip()
        if _REFERENCE.match(wanted):
            return self._expand(wanted[1:], lexeme, path)
        self.count(lexeme.start, lexeme.end)
        operator = next((w for w in wanted.split() if w in _OPERATORS), None)
        if operator and not _unquoted(wanted)[1]:
            message = f"{operator} in alias @{name}: {wanted}"
            raise _error(complain.BAD_ALIAS, message, lexeme, _ALIAS_HINT)
        atom = _atom(wanted, lexeme)
        if '"' in atom.text:
            message = f"a quote inside a value of alias @{name}: {wanted}"
            raise _error(complain.BAD_ALIAS, message, lexeme, _ALIAS_HINT)
        try:
            term = make_term(atom, wanted)
        except QueryError as problem:
            message = f"alias @{name}: {problem.message}"
            raise _error(problem.code, message, lexeme, problem.hint) from None
        shown = f"@{lexeme.text}"
        return replace(term, written=shown, via=shown, member=wanted)

    def _unknown(self, name: str, lexeme: Lexeme, path: tuple[str, ...]) -> Exception:
        near = complain.nearest(name, self._values)
        message = f'unknown alias "@{name}"' + (f" in @{path[-1]}" if path else "")
        hint = "define it under aliases: in config.yaml"
        return complain.error(
            complain.UNKNOWN_ALIAS,
            message + (f' - did you mean "@{near}"?' if near else ""),
            lexeme.start,
            lexeme.end,
            hint=hint,
            suggestion=f"@{near}" if near else None,
        )


_CYCLE_HINT = "take one of them out of the circle"
_ALIAS_HINT = "a value is one term: list each as a value of its own, or put the phrase in quotes"


def _atom(value: str, lexeme: Lexeme) -> Lexeme:
    """A value as if it stood in the query in place of the alias."""
    sign = value[:1] if value[:1] in {"=", "~"} else ""
    text, quoted = _unquoted(value[len(sign) :].strip())
    exact, stem = sign == "=", sign == "~"
    return Lexeme("term", text, lexeme.start, lexeme.end, quoted=quoted, exact=exact, stem=stem)


def _unquoted(value: str) -> tuple[str, bool]:
    bare = value.removeprefix("=").removeprefix("~")
    if len(bare) >= 2 and bare[0] + bare[-1] in _QUOTES:
        return bare[1:-1], True
    return value, False


def _error(code: str, message: str, lexeme: Lexeme, hint: str | None) -> Exception:
    return complain.error(code, message, lexeme.start, lexeme.end, hint=hint)
