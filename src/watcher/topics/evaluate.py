"""Whether a query holds for a document, by which words, and by which of its clauses."""

from __future__ import annotations

from collections.abc import Iterator

from watcher.model.topic import Span
from watcher.topics import near
from watcher.topics.ast import And, Count, Fact, Near, Node, Not, Or, Query, Regex, Term, has_not
from watcher.topics.document import Document
from watcher.topics.facts import is_true


def evaluate(query: Query, document: Document) -> list[Span] | None:
    """The spans by which `query` holds, by field, then place; None where it does not hold.

    Without the words under the spans the query would not hold: where an OR's false branch waits
    only for a negated word to go, its hits are among them.
    """
    if not holds(query.root, document):
        return None
    return spans_of(query.root, document)


def spans_of(node: Node, document: Document) -> list[Span]:
    """The spans of the words that made `node` hold, or would if others went."""
    found: dict[tuple[str, int, int], Span] = {}
    for span in _deciding(node, document):
        found.setdefault((span.field, span.start, span.end), span)
    return sorted(found.values(), key=document.order)


def holds(node: Node, document: Document) -> bool:
    match node:
        case Term():
            return document.has(node)
        case And():
            return all(holds(child, document) for child in node.children)
        case Or():
            return any(holds(child, document) for child in node.children)
        case Not():
            return not holds(node.child, document)
        case Near():
            return near.holds(node, document)
        case Count():
            return near.places(node.child, document) >= node.least
        case Fact():
            return is_true(node, document.facts)
        case Regex():
            return bool(document.matches(node))


def deciding_clause(node: Node, document: Document) -> str:
    """The positive clauses by which a query that holds did so, as written: of an OR the first
    branch that holds, of an alias the value found (`@mek (=MEK) AND Albania`)."""
    match node:
        case Term():
            return f"{node.written} ({node.member})" if node.via else node.written
        case Regex() | Fact():
            return node.written
        case Not():
            return ""
        case And():
            clauses = [deciding_clause(child, document) for child in node.children]
            return " AND ".join(dict.fromkeys(filter(None, clauses)))
        case Or():
            branch = next(child for child in node.children if holds(child, document))
            return deciding_clause(branch, document)
        case Count():
            said = deciding_clause(node.child, document)
            return f"{f'({said})' if ' ' in said else said}{{{node.least}}}"
        case Near():
            return _near_clause(node, document)


def _near_clause(node: Near, document: Document) -> str:
    shown = deciding_clause(node.children[0], document)
    for (gap, ordered), child in zip(node.steps, node.children[1:], strict=True):
        sign = f"{'O' if ordered else ''}NEAR/{gap}"
        shown += f" {sign} {deciding_clause(child, document)}"
    return shown


def _deciding(node: Node, document: Document) -> Iterator[Span]:
    match node:
        case Term():
            yield from document.spans(node, document.hits(node))
        case Regex():
            yield from document.matches(node)
        case Near():
            yield from near.spans(node, document)
        case And():
            for child in node.children:
                yield from _deciding(child, document)
        case Count():
            yield from _deciding(node.child, document)
        case Or():
            for child in node.children:
                if has_not(child) or holds(child, document):
                    yield from _deciding(child, document)
