"""The searchable text of an article: title, standfirst, body and captions, never its links; and
author, credit, address and tags for those who name them."""

from __future__ import annotations

from functools import cached_property

from watcher.model.article import ArticleText
from watcher.model.topic import Span
from watcher.topics.ast import Regex, Term
from watcher.topics.facts import Facts
from watcher.topics.pattern import places
from watcher.topics.row import Field, Hit, Row
from watcher.topics.stem import stems
from watcher.topics.term import exact_form, parts_of

TEXT = ("title", "standfirst", "body", "caption")
MARGIN = ("author", "credit", "url", "tag")
JOINED = ", "  # how several authors or tags are printed


class Document:
    """What topics are asked of. What a term found is remembered, since many ask for the same."""

    def __init__(self, text: ArticleText, facts: Facts | None = None) -> None:
        self.source = text
        self.facts = facts or Facts(language=text.language)
        self._hits: dict[Term, list[Hit]] = {}
        self._exact: dict[Term, list[Hit]] = {}

    @classmethod
    def of(cls, text: ArticleText, facts: Facts | None = None) -> Document:
        return cls(text, facts)

    @cached_property
    def row(self) -> Row:
        text = self.source
        fields = [
            Field("title", text.title),
            Field("standfirst", text.standfirst or ""),
            Field("body", text.body),
        ]
        fields += [Field(f"caption[{i}]", one.text) for i, one in enumerate(text.captions)]
        return Row(fields)

    @cached_property
    def margin(self) -> Row:
        """The fields that are searched only by name."""
        fields = _listed("author", self.source.byline)
        credit = self.source.credit
        if credit is not None:
            fields.append(Field("credit", credit.text))
            names = dict.fromkeys(filter(None, (credit.outlet, credit.known, credit.agency)))
            fields += [Field("credit", name, whole=len(credit.text)) for name in names]
        fields.append(Field("url", self.facts.url))
        fields += _listed("tag", tuple(dict.fromkeys((*self.source.tags, *self.facts.tags))))
        return Row(fields)

    def row_of(self, term: Term) -> Row:
        return self.margin if term.scope in MARGIN else self.row

    def hits(self, term: Term) -> list[Hit]:
        """Where `term` stands in its row, in order."""
        found = self._hits.get(term)
        if found is None:
            found = self._hits[term] = self._find(term)
        return found

    def has(self, term: Term) -> bool:
        """Whether `term` stands anywhere. Cheap for the many that do not."""
        if term.exact is not None or term.stem is not None or term.slop is not None:
            return bool(self.hits(term))
        row = self.row_of(term).text
        pattern = " " + " ".join(term.tokens) + ("" if term.prefix else " ")
        if term.scope is None:
            return pattern in row
        return any(row.find(pattern, low, high) >= 0 for low, high in self.parts(term))

    def spans(self, term: Term, hits: list[Hit]) -> list[Span]:
        """Hits of a term in the fields as printed."""
        return [Span(*found, term.written) for found in self.row_of(term).spans(hits)]

    def matches(self, pattern: Regex) -> list[Span]:
        """Where a regular expression is true of the text as printed."""
        row = self.margin if pattern.scope in MARGIN else self.row
        names = _named(pattern.scope)
        found = [
            Span(field.name, field.base + start, field.base + end, pattern.written)
            for field in row.fields
            if field.name.partition("[")[0] in names and field.whole is None
            for start, end in places(pattern.pattern, field.text)
        ]
        if pattern.scope != "lead":
            return found
        return [span for span in found if span.field == "standfirst" or span.end <= self._lead_end]

    def order(self, span: Span) -> tuple[int, int, int]:
        """Sorts spans by field, as the article has them, then by place."""
        name, _, number = span.field.partition("[")
        rank = (*TEXT, *MARGIN).index(name) * 1_000_000 + int(number[:-1] or 0)
        return rank, span.start, span.end

    @cached_property
    def _lead_end(self) -> int:
        """Where the lead ends in the body as printed."""
        low, high = self.row.lead()[-1]
        hits = _words(self.row, low, high)[-1:]
        return self.row.spans(hits)[0][2] if hits else 0

    def _find(self, term: Term) -> list[Hit]:
        row = self.row_of(term)
        if term.stem is not None:
            return stems(self, row, term)
        found: list[Hit] = []
        for low, high in self.parts(term):
            if term.slop is not None:
                found += _loose(row, term, low, high)
            else:
                pattern = " " + " ".join(term.tokens) + ("" if term.prefix else " ")
                found += row.find(pattern, low, high, prefix=term.prefix)
        if term.exact is None or not found:
            return found
        printed = self.row_of(term).spans(found)
        return [
            hit for hit, span in zip(found, printed, strict=True) if self._shows(term.exact, span)
        ]

    def parts(self, term: Term) -> list[tuple[int, int]]:
        """The parts of its row that a term may stand in."""
        if term.scope is None:
            return [(0, len(self.row.text))]
        if term.scope == "lead":
            return self.row.lead()
        return self.row_of(term).ranges(term.scope)

    def _shows(self, exact: str, span: tuple[str, int, int]) -> bool:
        """Whether the original text at `span` has the form that `=` asks for: case, diacritics
        and punctuation, also the punctuation before the first and after the last letter."""
        name, start, end = span
        text = self.printed(name)
        before, core, after = parts_of(exact)
        if exact_form(text[start:end]) != core:
            return False
        return text[:start].endswith(before) and text[end:].startswith(after)

    def printed(self, name: str) -> str:
        """A field as printed, by its name in spans."""
        text = self.source
        if name.startswith("caption["):
            return text.captions[int(name[8:-1])].text
        if name == "tag":
            return JOINED.join(dict.fromkeys((*text.tags, *self.facts.tags)))
        return {
            "title": text.title,
            "standfirst": text.standfirst or "",
            "body": text.body,
            "author": JOINED.join(text.byline),
            "credit": text.credit.text if text.credit else "",
            "url": self.facts.url,
        }[name]


def _named(scope: str | None) -> tuple[str, ...]:
    if scope is None:
        return TEXT
    return ("standfirst", "body") if scope == "lead" else (scope,)


def _listed(name: str, values: tuple[str, ...]) -> list[Field]:
    """Several values of one field, printed with a comma between."""
    fields, base = [], 0
    for value in values:
        fields.append(Field(name, value, base))
        base += len(value) + len(JOINED)
    return fields


def _words(row: Row, low: int, high: int) -> list[Hit]:
    found, at = [], low + 1
    for word in row.text[low:high].split(" "):
        if word and word != "\x01":
            start = row.text.index(word, at - 1)
            found.append((start, start + len(word)))
            at = start + len(word)
    return found


def _loose(row: Row, term: Term, low: int, high: int) -> list[Hit]:
    """Stretches that hold every word of `term`, in any order, with at most `slop` others: the
    shortest from each word on."""
    wanted = sorted(set(term.tokens))
    places = sorted(
        (hit, token) for token in wanted for hit in row.find(f" {token} ", low, high, prefix=False)
    )
    found = []
    for number, ((start, _), _token) in enumerate(places):
        left = list(term.tokens)
        for (_, end), token in places[number:]:
            if token in left:
                left.remove(token)
            if left:
                continue
            inside = row.text.count(" ", start, end) + 1 - len(term.tokens)
            same = row.number(start) == row.number(end)
            if same and inside <= (term.slop or 0):
                found.append((start, end))
            break
    return found
