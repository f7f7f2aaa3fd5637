"""The searchable text of an article: title, standfirst, body and captions, never its links."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from functools import cached_property

from watcher.model.article import ArticleText
from watcher.model.topic import Span
from watcher.text.normalise import FoldedText, fold, fold_map
from watcher.topics.ast import Term
from watcher.topics.term import exact_form

Hit = tuple[int, int]  # first token's position in the document, number of tokens


class Document:
    """Fields as one row of tokens; a gap between two fields keeps phrases from crossing.

    Each field is folded once, at the first question; what a term found is remembered, since
    many topics ask for the same.
    """

    def __init__(self, fields: list[tuple[str, str]]) -> None:
        """`fields`: name (as in `Span.field`) and text, title first."""
        self._fields = fields
        self._hits: dict[Term, tuple[Hit, ...]] = {}
        self._maps: dict[int, FoldedText] = {}

    @classmethod
    def of(cls, text: ArticleText) -> Document:
        fields = [("title", text.title), ("standfirst", text.standfirst or ""), ("body", text.body)]
        fields += [(f"caption[{i}]", caption.text) for i, caption in enumerate(text.captions)]
        return cls(fields)

    def hits(self, term: Term) -> tuple[Hit, ...]:
        """Where `term` stands, in order."""
        found = self._hits.get(term)
        if found is None:
            found = self._hits[term] = tuple(self._find(term))
        return found

    def has(self, term: Term) -> bool:
        """Whether `term` stands anywhere. Cheap for the many that do not."""
        sure = term.tokens[:-1] if term.prefix else term.tokens
        for token in sure:
            if token not in self._index:
                return False
        if len(sure) == 1 and not (term.prefix or term.exact or term.scope):
            return True
        return bool(self.hits(term))

    def span(self, hit: Hit, clause: str) -> Span:
        """A hit in the field as printed."""
        name, start, end = self._range(hit)
        return Span(name, start, end, clause)

    def order(self, span: Span) -> tuple[int, int, int]:
        """Sorts spans by field, as the article has them, then by place."""
        names = [name for name, _ in self._fields]
        return names.index(span.field), span.start, span.end

    @cached_property
    def _tokens(self) -> list[str]:
        """All tokens; "" stands between fields."""
        return [token for _, text in self._fields for token in (*fold(text).split(), "")]

    @cached_property
    def _starts(self) -> list[int]:
        """The position of every field's first token."""
        gaps = [i for i, token in enumerate(self._tokens) if not token]
        return [0, *(gap + 1 for gap in gaps[:-1])]

    @cached_property
    def _index(self) -> dict[str, list[int]]:
        index: dict[str, list[int]] = {}
        for position, token in enumerate(self._tokens):
            index.setdefault(token, []).append(position)
        return index

    @cached_property
    def _vocabulary(self) -> list[str]:
        return sorted(self._index)

    def _find(self, term: Term) -> Iterator[Hit]:
        last = len(term.tokens) - 1
        limit = self._title_end if term.scope == "title" else len(self._tokens)
        for position in self._first_positions(term):
            if position + last < limit and self._goes_on(term, position):
                hit = (position, last + 1)
                if term.exact is None or self._shows(term.exact, hit):
                    yield hit

    @property
    def _title_end(self) -> int:
        return self._starts[1] if len(self._starts) > 1 else len(self._tokens)

    def _first_positions(self, term: Term) -> list[int]:
        first = term.tokens[0]
        if not term.prefix or len(term.tokens) > 1:
            return self._index.get(first, [])
        low = bisect_left(self._vocabulary, first)
        high = bisect_right(self._vocabulary, first + "\U0010ffff")
        return sorted(p for token in self._vocabulary[low:high] for p in self._index[token])

    def _goes_on(self, term: Term, position: int) -> bool:
        """Whether the tokens after the first follow; the first is known to be there."""
        if len(term.tokens) == 1:
            return True
        end = position + len(term.tokens)
        if not term.prefix:
            return tuple(self._tokens[position:end]) == term.tokens
        inner = tuple(self._tokens[position : end - 1]) == term.tokens[:-1]
        return inner and self._tokens[end - 1].startswith(term.tokens[-1])

    def _range(self, hit: Hit) -> tuple[str, int, int]:
        position, count = hit
        number = bisect_right(self._starts, position) - 1
        name, text = self._fields[number]
        if number not in self._maps:
            self._maps[number] = fold_map(text)
        spans = self._maps[number].spans
        first = position - self._starts[number]
        return name, spans[first][0], spans[first + count - 1][1]

    def _shows(self, exact: str, hit: Hit) -> bool:
        """Whether the original text at `hit` has the form that `=` asks for: case, diacritics and
        punctuation, also the punctuation before the first and after the last letter."""
        name, start, end = self._range(hit)
        text = dict(self._fields)[name]
        before, core, after = _parts(exact)
        if exact_form(text[start:end]) != core:
            return False
        return text[:start].endswith(before) and text[end:].startswith(after)


def _parts(exact: str) -> tuple[str, str, str]:
    """Punctuation before, the words, punctuation after."""
    spans = fold_map(exact).spans
    start, end = spans[0][0], spans[-1][1]
    return exact[:start], exact[start:end], exact[end:]
