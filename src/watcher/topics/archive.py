"""A query as an FTS5 expression over folded text (spec `matching` §2, compile target b).

The expression finds every article for which the query holds, and perhaps more: negation, exact
forms, order, facts, patterns and the borders between captions are left to
`watcher.topics.evaluate`.
"""

from __future__ import annotations

from itertools import product

from watcher.topics.ast import And, Count, Near, Node, Or, Query, Term, terms
from watcher.topics.document import MARGIN
from watcher.topics.stem import SHARED

_COLUMNS = {"lead": "{standfirst body}"}
_MOST_PAIRS = 16  # combinations of terms that a NEAR is written out to


def plan(query: Query) -> str | None:
    """An FTS5 MATCH expression for columns title, standfirst, body and caption, tokenised by
    `ascii`; None where it would restrict nothing. Every term is a quoted string of folded tokens,
    so no text of a query is read as FTS5 syntax."""
    return _plan(query.root)


def plan_term(term: Term) -> str | None:
    """The same for one term of a query."""
    return _plan(term)


def _plan(node: Node) -> str | None:
    match node:
        case Term():
            return _term(node)
        case And():
            needed = [part for part in map(_plan, node.children) if part is not None]
            return _joined(" AND ", needed) if needed else None
        case Or():
            branches = list(map(_plan, node.children))
            wanted = [part for part in branches if part is not None]
            return _joined(" OR ", wanted) if len(wanted) == len(branches) else None
        case Near():
            return _near(node)
        case Count():
            return _plan(node.child)
    return None


def _joined(operator: str, parts: list[str]) -> str:
    return parts[0] if len(parts) == 1 else f"({operator.join(parts)})"


def _near(node: Near) -> str | None:
    """Two plain operands as FTS5's NEAR, which is the same but for the order; else an AND."""
    groups = [list(terms(child)) for child in node.children]
    pairs = list(product(*groups)) if len(groups) == 2 else []
    simple = all(_is_phrase(term) and term.scope is None for group in groups for term in group)
    if pairs and simple and len(pairs) <= _MOST_PAIRS:
        gap = node.steps[0][0]
        return _joined(" OR ", [f"NEAR({_phrase(a)} {_phrase(b)}, {gap})" for a, b in pairs])
    needed = [part for part in map(_plan, node.children) if part is not None]
    return _joined(" AND ", needed) if needed else None


def _is_phrase(term: Term) -> bool:
    return term.stem is None and term.slop is None


def _term(term: Term) -> str | None:
    if term.scope in MARGIN:
        return None
    if term.stem is not None:
        parts = [_quoted(token[:SHARED]) + "*" for token in term.tokens]
    elif term.slop is not None:
        parts = [_quoted(token) for token in dict.fromkeys(term.tokens)]
    else:
        parts = [_phrase(term)]
    column = _COLUMNS.get(term.scope or "", term.scope)
    return _joined(" AND ", [f"{column} : {part}" if column else part for part in parts])


def _phrase(term: Term) -> str:
    return _quoted(" ".join(term.tokens)) + ("*" if term.prefix else "")


def _quoted(text: str) -> str:
    return '"' + text.replace('"', '""') + '"'
