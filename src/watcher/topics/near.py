"""NEAR, ONEAR and counts, on the places of hits."""

from __future__ import annotations

from collections.abc import Iterator

from watcher.model.topic import Span
from watcher.topics.ast import Near, Node, Term, terms
from watcher.topics.document import Document
from watcher.topics.row import Hit, Row

Found = tuple[Hit, Term]  # a hit, and what found it


def holds(node: Near, document: Document) -> bool:
    return bool(_chains(node, document)[-1])


def spans(node: Near, document: Document) -> Iterator[Span]:
    """The hits that stand near each other as asked, and no others."""
    kept = _chains(node, document)
    if not kept[-1]:
        return
    for number in range(len(node.steps) - 1, -1, -1):
        kept[number] = [
            one
            for one in kept[number]
            if any(_near(one, other, node.steps[number], document) for other in kept[number + 1])
        ]
    for hit, term in (one for group in kept for one in group):
        yield from document.spans(term, [hit])


def places(node: Node, document: Document) -> int:
    """In how many places a term, or one of several, stands; what overlaps is one place."""
    count, ends = 0, {True: -1, False: -1}
    for (start, end), term in sorted(_found(node, document), key=lambda one: one[0]):
        margin = document.row_of(term) is not document.row
        count += start >= ends[margin]
        ends[margin] = max(ends[margin], end)
    return count


def _found(node: Node, document: Document) -> list[Found]:
    return [(hit, term) for term in terms(node) for hit in document.hits(term)]


def _chains(node: Near, document: Document) -> list[list[Found]]:
    """For each operand its hits that have one of the operand before near them."""
    kept = [_found(node.children[0], document)]
    for step, child in zip(node.steps, node.children[1:], strict=True):
        before = kept[-1]
        kept.append(
            [
                one
                for one in (_found(child, document) if before else ())
                if any(_near(other, one, step, document) for other in before)
            ]
        )
    return kept


def _near(first: Found, second: Found, step: tuple[int, bool], document: Document) -> bool:
    row = document.row_of(first[1])
    if row is not document.row_of(second[1]):
        return False
    gap, ordered = step
    return _within(row, first[0], second[0], gap) or (
        not ordered and _within(row, second[0], first[0], gap)
    )


def _within(row: Row, before: Hit, after: Hit, gap: int) -> bool:
    between = row.between(before, after)
    return between is not None and between <= gap


def closest(node: Near, document: Document) -> int | None:
    """How many words stand at least between the first two operands that are too far apart; None
    where they are never in one field, or never in the order asked for."""
    for number, (gap, ordered) in enumerate(node.steps):
        one, other = (_found(child, document) for child in node.children[number : number + 2])
        gaps = [
            between
            for (first, a), (second, b) in ((x, y) for x in one for y in other)
            if document.row_of(a) is document.row_of(b)
            for between in (
                document.row_of(a).between(first, second),
                None if ordered else document.row_of(a).between(second, first),
            )
            if between is not None
        ]
        if not gaps or min(gaps) > gap:
            return min(gaps, default=None)
    return None
