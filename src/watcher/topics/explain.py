"""Why a query is true of an article, or why not: clause by clause."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from watcher.model.topic import Span
from watcher.topics import near
from watcher.topics.ast import (
    And,
    Count,
    Fact,
    Near,
    Node,
    Not,
    Or,
    Query,
    Regex,
    Term,
    below,
    show,
    terms,
)
from watcher.topics.document import Document
from watcher.topics.evaluate import holds, spans_of
from watcher.topics.facts import known


@dataclass(frozen=True, slots=True)
class Clause:
    """One part of a query: the text from `start` to `end` (code points) of it, `depth` deep in the
    others. `value`: whether it is true; `spans`: where its words stand, true or not; `why`: what
    is missing, or what decided, where that is not plain."""

    clause: str
    start: int
    end: int
    depth: int
    value: bool
    spans: tuple[Span, ...]
    why: str | None


def explain(query: Query, document: Document) -> tuple[Clause, ...]:
    """Every part of the query, the whole first, each before its own parts."""
    return tuple(_explain(query.root, query, document, 0))


def _explain(node: Node, query: Query, document: Document, depth: int) -> Iterator[Clause]:
    value = holds(node, document)
    yield Clause(
        clause=_words(node, query),
        start=node.start,
        end=node.start + node.length,
        depth=depth,
        value=value,
        spans=_spans(node, document, value),
        why=_why(node, document, value),
    )
    if isinstance(node, Near | Count) and value:
        return
    for child in below(node):
        yield from _explain(child, query, document, depth + 1)


def _words(node: Node, query: Query) -> str:
    """A clause as its writer has it; of an alias also the value, of an inner topic its words."""
    match node:
        case Term():
            return f"{node.written} ({node.member})" if node.via else node.written
        case Regex() | Fact():
            return node.written
    written = query.text[node.start : node.start + node.length]
    inside = any(isinstance(one, Term) and one.via for one in terms(node))
    named = len(written.split()) == 1
    return show(node) if inside and named else written


def _spans(node: Node, document: Document, value: bool) -> tuple[Span, ...]:
    if isinstance(node, Not):
        return tuple(spans_of(node.child, document)) if not value else ()
    return tuple(spans_of(node, document)) if value else ()


def _why(node: Node, document: Document, value: bool) -> str | None:
    match node:
        case Fact():
            return f"{node.name} is {known(node, document.facts)}"
        case Term() if not value:
            return _missing(node, document)
        case Near() if not value:
            return _apart(node, document)
        case Count() if not value:
            return f"in {near.places(node.child, document)} places, {node.least} are asked for"
        case Not() if not value:
            return "it is there, and must not be"
        case And() if not value:
            lacking = sum(not holds(child, document) for child in node.children)
            return f"{lacking} of its {len(node.children)} parts not true"
        case Or() if not value:
            return f"none of its {len(node.children)} parts true"
    return None


def _missing(term: Term, document: Document) -> str:
    """What of a term is there all the same."""
    if term.exact is not None or term.stem is not None:
        held = document.hits(replace(term, exact=None, stem=None))
        if held and term.exact is not None:
            forms = dict.fromkeys(_printed(span, document) for span in document.spans(term, held))
            return f"there, but written otherwise: {', '.join(list(forms)[:3])}"
    if term.scope is not None:
        elsewhere = document.spans(
            replace(term, scope=None), document.hits(replace(term, scope=None))
        )
        if elsewhere:
            fields = dict.fromkeys(span.field for span in elsewhere)
            return f"not in the {term.scope}, but in {', '.join(fields)}"
    if len(term.tokens) > 1:
        single = [replace(term, tokens=(t,), exact=None, stem=None, slop=None, prefix=False)
                  for t in dict.fromkeys(term.tokens)]  # fmt: skip
        absent = [one.tokens[0] for one in single if not document.has(one)]
        if not absent:
            return "all of its words are there, but not together"
        return f"not there: {', '.join(absent)}"
    longer = document.hits(replace(term, prefix=True, exact=None, stem=None, slop=None))
    if longer and not term.prefix:
        word = _printed(document.spans(term, longer[:1])[0], document)
        return f"not there, but {word} is: {term.tokens[0]}* would find it"
    return "not there"


def _printed(span: Span, document: Document) -> str:
    return " ".join(document.printed(span.field)[span.start : span.end].split())


def _apart(node: Near, document: Document) -> str:
    if any(not holds(child, document) for child in node.children):
        return "not all of its words are there"
    best = near.closest(node, document)
    if best is None:
        return "its words stand in different fields, or in another order"
    return f"the nearest have {best} words between"
