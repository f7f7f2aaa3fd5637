"""Which of many topics are worth a closer look at an article: one pass over its folded words.

Of every query the clause is chosen that must be there and is seldom (the anchor); only topics
whose anchor stands in the article are evaluated (spec `matching` §4).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Any

from watcher.topics.ast import And, Count, Near, Node, Not, Or, Regex, Term, below
from watcher.topics.document import MARGIN
from watcher.topics.stem import stem_prefix

FEW = 40  # patterns that are looked for one by one

_SAMPLED = 8  # of so many articles one is learned from
_ENOUGH = 50  # articles after which what was learned is believed
TUNED = (_ENOUGH, 10 * _ENOUGH)  # articles after which the anchors are chosen again
_MEMORY = 2_000  # articles after which half of it is forgotten

Anchor = tuple[bool, str]  # whether in the margin, and the pattern


class Frequencies:
    """In how many of the articles seen of late a word stands. Learns as it goes; what it does not
    know it guesses by length."""

    def __init__(self) -> None:
        self._words: Counter[str] = Counter()
        self._articles = 0
        self._seen = 0

    def learn(self, row: str) -> None:
        """From the folded words of an article: of each at first, later of one in eight."""
        self._seen += 1
        if self._articles >= _ENOUGH and self._seen % _SAMPLED:
            return
        self._words.update(set(row.split(" ")))
        self._articles += 1
        if self._articles >= _MEMORY:
            self._articles //= 2
            halved = ((word, count // 2) for word, count in self._words.items())
            self._words = Counter({word: count for word, count in halved if count})

    @property
    def articles(self) -> int:
        """Of how many articles it knows."""
        return self._articles

    def share(self, word: str) -> float:
        if self._articles < _ENOUGH:
            return 0.5 ** len(word)
        return float(self._words[word] + 0.5) / (self._articles + 1)


class Table:
    """Many patterns, and which of them stand in a row."""

    def __init__(self, patterns: Sequence[str]) -> None:
        self._patterns = patterns
        self._automaton = _automaton(patterns) if len(patterns) > FEW else None

    def scan(self, row: str) -> Iterable[int]:
        """The numbers of the patterns that stand in `row`."""
        if self._automaton is None:
            return [n for n, pattern in enumerate(self._patterns) if pattern in row]
        found = self._automaton.find_matches_as_indexes(row, overlapping=True)
        return {hit[0] for hit in found}


class Plain:
    """The same without a library: patterns by their first word, prefixes one by one."""

    def __init__(self, patterns: Sequence[str]) -> None:
        self._by_word: dict[str, list[tuple[int, str]]] = {}
        self._prefixes = [(n, p) for n, p in enumerate(patterns) if not p.endswith(" ")]
        for number, pattern in enumerate(patterns):
            if pattern.endswith(" "):
                word = pattern.split(" ", 2)[1]
                self._by_word.setdefault(word, []).append((number, pattern))

    def find_matches_as_indexes(self, row: str, *, overlapping: bool) -> list[tuple[int]]:
        words = self._by_word.keys() & set(row.split(" "))
        likely = [pair for word in words for pair in self._by_word[word]]
        return [(number,) for number, pattern in (*likely, *self._prefixes) if pattern in row]


def _automaton(patterns: Sequence[str]) -> Any:
    try:
        from ahocorasick_rs import AhoCorasick, Implementation
    except ImportError:
        return Plain(patterns)
    return AhoCorasick(patterns, implementation=Implementation.ContiguousNFA, store_patterns=False)


def anchors(node: Node, known: Frequencies) -> tuple[float, frozenset[Anchor]] | None:
    """Patterns of which one stands wherever `node` holds, the rarest such, with the share of the
    articles that they let through; None where there is no such set."""
    match node:
        case Term():
            pattern = pattern_of(node)
            return _share(node, known), frozenset([(node.scope in MARGIN, pattern)])
        case And() | Near():
            found = [one for child in node.children if (one := anchors(child, known))]
            return min(found, key=lambda one: one[0], default=None)
        case Or():
            each = [anchors(child, known) for child in node.children]
            held = [one for one in each if one is not None]
            if len(held) < len(each):
                return None
            return sum(one[0] for one in held), frozenset().union(*(one[1] for one in held))
        case Count():
            return anchors(node.child, known)
    return None


def pattern_of(term: Term) -> str:
    """What stands in the row wherever `term` does."""
    if term.stem is not None:
        return f" {stem_prefix(term)}"
    if term.slop is not None:
        return f" {max(term.tokens, key=len)} "
    return " " + " ".join(term.tokens) + ("" if term.prefix else " ")


def _share(term: Term, known: Frequencies) -> float:
    shares = [known.share(token) for token in term.tokens]
    if term.stem is not None or term.prefix:
        shares[-1] = min(1.0, 4 * shares[-1])
    return min(shares) * 0.5 ** (len(shares) - 1)


def ordered(node: Node, known: Frequencies) -> Node:
    """The same query, asked in an order that ends soonest: of an AND facts first, then rare words,
    patterns last."""
    match node:
        case And():
            children = sorted(
                (ordered(child, known) for child in node.children), key=lambda c: _cost(c, known)
            )
            return replace(node, children=tuple(children))
        case Or():
            return replace(node, children=tuple(ordered(c, known) for c in node.children))
        case Not():
            return replace(node, child=ordered(node.child, known))
    return node


def _cost(node: Node, known: Frequencies) -> float:
    if any(isinstance(part, Regex) for part in _parts(node)):
        return 9.0
    if isinstance(node, Not):
        return 3.0
    found = anchors(node, known)
    return -1.0 if found is None else found[0] + (2.0 if isinstance(node, Near | Count) else 0.0)


def _parts(node: Node) -> Iterator[Node]:
    yield node
    for child in below(node):
        yield from _parts(child)
