"""What a query is once read: frozen trees, and their canonical print.

Two queries of one meaning compare equal: places and spellings as written take no part in `==`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from itertools import chain
from typing import Literal

FieldName = Literal["title"]


@dataclass(frozen=True, slots=True)
class Term:
    """A word or phrase: folded `tokens` in a row. `prefix`: the last one may go on. `exact`: the
    form as typed (NFC, single blanks), which the original text must show too. `scope`: the field
    it must stand in, or None for title, standfirst, body and captions.

    `written` is the term as the query has it, with its field; `via` the alias (`@name`) that
    brought it, `member` its value in that alias. `start` and `length` are code points of the query.
    """

    tokens: tuple[str, ...]
    exact: str | None = None
    prefix: bool = False
    scope: FieldName | None = None
    written: str = field(default="", compare=False)
    via: str | None = field(default=None, compare=False)
    member: str | None = field(default=None, compare=False)
    start: int = field(default=0, compare=False)
    length: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Not:
    child: Node
    start: int = field(default=0, compare=False)
    length: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class And:
    children: tuple[Node, ...]
    start: int = field(default=0, compare=False)
    length: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Or:
    children: tuple[Node, ...]
    start: int = field(default=0, compare=False)
    length: int = field(default=0, compare=False)


Node = Term | Not | And | Or


@dataclass(frozen=True, slots=True)
class QueryWarning:
    """Something that was read, but perhaps not as meant. Shape of an error, without its force."""

    code: str
    message: str
    offset: int
    length: int
    hint: str | None = None
    suggestion: str | None = None


@dataclass(frozen=True, slots=True)
class Query:
    """A query that was read. `meaning` is its canonical print with the aliases written out."""

    text: str = field(compare=False)
    root: Node
    meaning: str
    warnings: tuple[QueryWarning, ...] = field(default=(), compare=False)


def conjunction(children: list[Node], start: int, length: int) -> Node:
    """AND of `children`; nested ones are taken in, a single one stays itself."""
    if len(children) == 1:
        return children[0]
    nested = [child.children if isinstance(child, And) else (child,) for child in children]
    return And(tuple(chain.from_iterable(nested)), start, length)


def disjunction(children: list[Node], start: int, length: int) -> Node:
    """OR of `children`; nested ones are taken in, a single one stays itself."""
    if len(children) == 1:
        return children[0]
    nested = [child.children if isinstance(child, Or) else (child,) for child in children]
    return Or(tuple(chain.from_iterable(nested)), start, length)


def negation(child: Node, start: int, length: int) -> Node:
    """NOT of `child`; a double one is none."""
    return child.child if isinstance(child, Not) else Not(child, start, length)


def scoped(node: Node, scope: FieldName) -> Node:
    """`node` with every term that has no field of its own bound to `scope`."""
    match node:
        case Term():
            if node.scope:
                return node
            return replace(node, scope=scope, written=f"{scope}:{node.written}")
        case Not():
            return replace(node, child=scoped(node.child, scope))
        case And() | Or():
            return replace(node, children=tuple(scoped(c, scope) for c in node.children))


def terms(node: Node) -> Iterator[Term]:
    """Every term, also the negated ones, in order."""
    match node:
        case Term():
            yield node
        case Not():
            yield from terms(node.child)
        case And() | Or():
            for child in node.children:
                yield from terms(child)


def has_not(node: Node) -> bool:
    match node:
        case Term():
            return False
        case Not():
            return True
        case And() | Or():
            return any(map(has_not, node.children))


def show(node: Node) -> str:
    """The canonical print: folded terms, operators written out, every mixture in parentheses.
    Reading it gives an equal tree."""
    match node:
        case Term():
            return f"{node.scope}:{_show_term(node)}" if node.scope else _show_term(node)
        case Not():
            return f"NOT {_grouped(node.child)}"
        case And():
            return " AND ".join(map(_grouped, node.children))
        case Or():
            return " OR ".join(map(_grouped, node.children))


def _grouped(node: Node) -> str:
    return f"({show(node)})" if isinstance(node, And | Or) else show(node)


def _show_term(term: Term) -> str:
    if term.exact is not None:
        return f'="{term.exact}"'
    if term.prefix:
        return "-".join(term.tokens) + "*"
    if len(term.tokens) == 1:
        return term.tokens[0]
    return f'"{" ".join(term.tokens)}"'
