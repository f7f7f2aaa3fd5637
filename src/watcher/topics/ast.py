"""What a query is once read: frozen trees, and their canonical print.

Two queries of one meaning compare equal: places and spellings as written take no part in `==`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from itertools import chain
from typing import Literal

from watcher.model.when import Micros, rfc3339

FieldName = Literal["title", "lead", "body", "caption", "author", "credit", "url", "tag"]
FactName = Literal["site", "lang", "feed", "after", "before"]


@dataclass(frozen=True, slots=True)
class Term:
    """A word or phrase: folded `tokens` in a row. `prefix`: the last one may go on. `exact`: the
    form as typed (NFC, single blanks), which the original text must show too. `stem`: the words as
    typed, whose stems are compared. `slop`: the words may stand in any order, with at most so many
    others among them. `scope`: the field it must stand in, or None for title, standfirst, body and
    captions.

    `written` is the term as the query has it, with its field; `via` the alias (`@name`) that
    brought it, `member` its value in that alias. `start` and `length` are code points of the query.
    """

    tokens: tuple[str, ...]
    exact: str | None = None
    prefix: bool = False
    scope: FieldName | None = None
    stem: tuple[str, ...] | None = None
    slop: int | None = None
    written: str = field(default="", compare=False)
    via: str | None = field(default=None, compare=False)
    member: str | None = field(default=None, compare=False)
    start: int = field(default=0, compare=False)
    length: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Regex:
    """A pattern over the original text of the fields, for articles that the rest lets through."""

    pattern: str
    scope: FieldName | None = None
    written: str = field(default="", compare=False)
    start: int = field(default=0, compare=False)
    length: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Fact:
    """Something about the article beside its words. `value` as it is compared; `at` for a time."""

    name: FactName
    value: str
    at: Micros | None = None
    written: str = field(default="", compare=False)
    start: int = field(default=0, compare=False)
    length: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Near:
    """Each operand (a term, or an OR of terms) near the one before it: `steps` say with how many
    words between at most, and whether in this order."""

    children: tuple[Node, ...]
    steps: tuple[tuple[int, bool], ...]
    start: int = field(default=0, compare=False)
    length: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Count:
    """`child` (a term, or an OR of terms) in at least `least` places."""

    child: Node
    least: int
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


Atom = Term | Regex | Fact
Node = Atom | Near | Count | Not | And | Or


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
    """A query that was read. `meaning` is its canonical print with aliases and topics written
    out."""

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


def below(node: Node) -> tuple[Node, ...]:
    """The parts that a node is made of."""
    match node:
        case Not() | Count():
            return (node.child,)
        case And() | Or() | Near():
            return node.children
    return ()


def scoped(node: Node, scope: FieldName) -> Node:
    """`node` with every term that has no field of its own bound to `scope`."""
    match node:
        case Term() | Regex():
            if node.scope:
                return node
            return replace(node, scope=scope, written=f"{scope}:{node.written}")
        case Fact():
            return node
        case Not() | Count():
            return replace(node, child=scoped(node.child, scope))
        case And() | Or() | Near():
            return replace(node, children=tuple(scoped(c, scope) for c in node.children))


def atoms(node: Node) -> Iterator[Atom]:
    """Every term, pattern and fact, also the negated ones, in order."""
    if isinstance(node, Term | Regex | Fact):
        yield node
    for child in below(node):
        yield from atoms(child)


def terms(node: Node) -> Iterator[Term]:
    """Every term, also the negated ones, in order."""
    return (atom for atom in atoms(node) if isinstance(atom, Term))


def has_not(node: Node) -> bool:
    return isinstance(node, Not) or any(map(has_not, below(node)))


def of_terms(node: Node) -> bool:
    """Whether `node` is a term, or an OR of terms: what NEAR and a count can be asked of."""
    return isinstance(node, Term) or (isinstance(node, Or) and all(map(of_terms, node.children)))


def show(node: Node) -> str:
    """The canonical print: folded terms, operators written out, every mixture in parentheses.
    Reading it gives an equal tree."""
    match node:
        case Term():
            return f"{node.scope}:{_show_term(node)}" if node.scope else _show_term(node)
        case Regex():
            return f"{node.scope}:/{node.pattern}/" if node.scope else f"/{node.pattern}/"
        case Fact():
            return f"{node.name}:{_show_fact(node)}"
        case Near():
            return _show_near(node)
        case Count():
            return f"{_grouped(node.child)}{{{node.least}}}"
        case Not():
            return f"NOT {_grouped(node.child)}"
        case And():
            return " AND ".join(map(_grouped, node.children))
        case Or():
            return " OR ".join(map(_grouped, node.children))


def _grouped(node: Node) -> str:
    return f"({show(node)})" if isinstance(node, And | Or | Near) else show(node)


def _show_near(node: Near) -> str:
    shown = _grouped(node.children[0])
    for (gap, ordered), child in zip(node.steps, node.children[1:], strict=True):
        shown += f" {'O' if ordered else ''}NEAR/{gap} {_grouped(child)}"
    return shown


def _show_fact(fact: Fact) -> str:
    if fact.at is not None:
        return rfc3339(fact.at)
    return f'"{fact.value}"'


def _show_term(term: Term) -> str:
    if term.exact is not None:
        return f'="{term.exact}"'
    if term.stem is not None:
        return f'~"{" ".join(term.stem)}"'
    if term.slop is not None:
        return f'"{" ".join(term.tokens)}"~{term.slop}'
    if term.prefix:
        return "-".join(term.tokens) + "*"
    if len(term.tokens) == 1:
        return term.tokens[0]
    return f'"{" ".join(term.tokens)}"'
