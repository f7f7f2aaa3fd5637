"""Whether a query holds for a document, by which words, and by which of its clauses."""

from __future__ import annotations

from collections.abc import Iterator

from watcher.model.topic import Span
from watcher.topics.ast import And, Node, Not, Or, Query, Term, has_not
from watcher.topics.document import Document


def evaluate(query: Query, document: Document) -> list[Span] | None:
    """The spans by which `query` holds, by field, then place; None where it does not hold.

    Without the words under the spans the query would not hold: where an OR's false branch waits
    only for a negated word to go, its hits are among them.
    """
    if not holds(query.root, document):
        return None
    found: dict[tuple[str, int, int], Span] = {}
    for term in _deciding_terms(query.root, document):
        for hit in document.hits(term):
            span = document.span(hit, term.written)
            found.setdefault((span.field, span.start, span.end), span)
    return sorted(found.values(), key=document.order)


def holds(node: Node, document: Document) -> bool:
    match node:
        case Term():
            return document.has(node)
        case Not():
            return not holds(node.child, document)
        case And():
            return all(holds(child, document) for child in node.children)
        case Or():
            return any(holds(child, document) for child in node.children)


def deciding_clause(node: Node, document: Document) -> str:
    """The positive clauses by which a query that holds did so, as written: of an OR the first
    branch that holds, of an alias the value found (`@mek (=MEK) AND Albania`)."""
    match node:
        case Term():
            return f"{node.written} ({node.member})" if node.via else node.written
        case Not():
            return ""
        case And():
            clauses = [deciding_clause(child, document) for child in node.children]
            return " AND ".join(filter(None, clauses))
        case Or():
            branch = next(child for child in node.children if holds(child, document))
            return deciding_clause(branch, document)


def _deciding_terms(node: Node, document: Document) -> Iterator[Term]:
    """Terms that made `node` hold, or would if others went."""
    match node:
        case Term():
            yield node
        case Not():
            return
        case And():
            for child in node.children:
                yield from _deciding_terms(child, document)
        case Or():
            for child in node.children:
                if has_not(child) or holds(child, document):
                    yield from _deciding_terms(child, document)
