"""A query as an FTS5 expression over folded text (spec `matching` §2, compile target b).

The expression finds every article for which the query holds, and perhaps more: negation, exact
forms and the borders between captions are left to `watcher.topics.evaluate`.
"""

from __future__ import annotations

from watcher.topics.ast import And, Node, Not, Or, Query, Term


def plan(query: Query) -> str | None:
    """An FTS5 MATCH expression for columns title, standfirst, body and caption, tokenised by
    `ascii`; None where it would restrict nothing. Every term is a quoted string of folded tokens,
    so no text of a query is read as FTS5 syntax."""
    return _plan(query.root)


def _plan(node: Node) -> str | None:
    match node:
        case Term():
            return _term(node)
        case Not():
            return None
        case And():
            needed = [part for part in map(_plan, node.children) if part is not None]
            return _joined(" AND ", needed) if needed else None
        case Or():
            branches = list(map(_plan, node.children))
            wanted = [part for part in branches if part is not None]
            return _joined(" OR ", wanted) if len(wanted) == len(branches) else None


def _joined(operator: str, parts: list[str]) -> str:
    return parts[0] if len(parts) == 1 else f"({operator.join(parts)})"


def _term(term: Term) -> str:
    phrase = '"' + " ".join(term.tokens).replace('"', '""') + '"'
    if term.prefix:
        phrase += "*"
    return f"{term.scope} : {phrase}" if term.scope else phrase
