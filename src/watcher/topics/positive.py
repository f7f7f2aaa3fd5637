"""Whether a query asks for anything that must be there."""

from __future__ import annotations

from watcher.topics import complain
from watcher.topics.ast import And, Node, Not, Or, Regex


def has_anchor(node: Node, *, patterns: bool = False) -> bool:
    """Whether a word or fact must be there for `node` to hold. `patterns`: a regular expression
    counts too."""
    match node:
        case Regex():
            return patterns
        case Not():
            return False
        case And():
            return any(has_anchor(child, patterns=patterns) for child in node.children)
        case Or():
            return all(has_anchor(child, patterns=patterns) for child in node.children)
    return True


def refuse_unbounded(node: Node, what: str) -> None:
    """QueryError where nothing needs to be found for `node` to hold, or only a pattern."""
    if has_anchor(node):
        return
    wrong = _wrong(node)
    end = wrong.start + wrong.length
    if has_anchor(wrong, patterns=True):
        raise complain.error(
            complain.ONLY_NEGATIVE,
            f"{what} has nothing but a regular expression to look for",
            wrong.start,
            end,
            hint="add a word that must be there: a pattern is tried only on articles that have it",
        )
    raise complain.error(
        complain.ONLY_NEGATIVE,
        f"{what} only says what must not be there",
        wrong.start,
        end,
        hint="add a term that must be there: almost every article would match",
    )


def _wrong(node: Node) -> Node:
    """The branch of an OR that is to blame, else the whole."""
    if isinstance(node, Or):
        return next(_wrong(child) for child in node.children if not has_anchor(child))
    return node
