"""Fields as one row of folded words, ` word word \\x01 word … \\x01`: a term is found in it by one
search for ` word `, and no phrase runs over the sign between two fields."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass

from watcher.text.normalise import fold, locate

GAP = "\x01"  # nothing folds to it
LEAD_WORDS = 60

Hit = tuple[int, int]  # where in the row its first word begins and its last one ends


@dataclass(frozen=True, slots=True)
class Field:
    """`name` as in `Span.field`. `base`: where `text` begins in the field as printed. `whole`: its
    words are printed elsewhere, and what is found in it counts for the first `whole` characters of
    the field."""

    name: str
    text: str
    base: int = 0
    whole: int | None = None


class Row:
    """Some fields, each folded once, at the first question."""

    def __init__(self, fields: list[Field]) -> None:
        self.fields = fields
        parts = [f" {folded} {GAP}" if (folded := fold(f.text)) else f" {GAP}" for f in fields]
        self.text = "".join(parts)
        self._starts: list[int] = []
        at = 0
        for part in parts:
            self._starts.append(at)
            at += len(part)
        self._spans: dict[tuple[int, int], tuple[int, int]] = {}

    def find(self, pattern: str, low: int, high: int, *, prefix: bool) -> list[Hit]:
        """Where `pattern` (` word word `, with `prefix` without the last blank) stands between the
        places `low` and `high`."""
        text, found = self.text, []
        at = text.find(pattern, low, high)
        while at >= 0:
            end = at + len(pattern)
            end = text.index(" ", end) if prefix else end - 1
            if end < high:
                found.append((at + 1, end))
            at = text.find(pattern, at + 1, high)
        return found

    def ranges(self, *names: str) -> list[tuple[int, int]]:
        """The parts of the row that hold these fields (`caption` stands for every caption)."""
        ends = [*self._starts[1:], len(self.text)]
        return [
            (start, end)
            for field, start, end in zip(self.fields, self._starts, ends, strict=True)
            if field.name.partition("[")[0] in names
        ]

    def lead(self) -> list[tuple[int, int]]:
        """Standfirst, and the body up to its 60th word."""
        found = self.ranges("standfirst")
        for start, end in self.ranges("body"):
            at = start
            for _ in range(LEAD_WORDS):
                at = self.text.find(" ", at + 1, end)
                if at < 0:
                    break
            found.append((start, end if at < 0 else at + 1))
        return found

    def number(self, at: int) -> int:
        """Which field a place is in."""
        return bisect_right(self._starts, at) - 1

    def between(self, before: Hit, after: Hit) -> int | None:
        """How many words stand between two hits; None where they overlap, come in the other order
        or stand in different fields."""
        if after[0] <= before[1] or self.number(before[0]) != self.number(after[0]):
            return None
        return self.text.count(" ", before[1], after[0]) - 1

    def spans(self, hits: list[Hit]) -> list[tuple[str, int, int]]:
        """The hits in the fields as printed: name, start and end."""
        found = [(self.number(hit[0]), *self._numbers(hit)) for hit in hits]
        self._locate([(f, token) for f, first, last in found for token in (first, last)])
        return [self._printed(field, first, last) for field, first, last in found]

    def _numbers(self, hit: Hit) -> tuple[int, int]:
        """The numbers of its first and last word in their field."""
        first = self.text.count(" ", self._starts[self.number(hit[0])], hit[0]) - 1
        return first, first + self.text.count(" ", *hit)

    def _locate(self, wanted: list[tuple[int, int]]) -> None:
        missing: dict[int, list[int]] = {}
        for field, token in wanted:
            if (field, token) not in self._spans:
                missing.setdefault(field, []).append(token)
        for field, tokens in missing.items():
            for token, span in locate(self.fields[field].text, tokens).items():
                self._spans[field, token] = span

    def _printed(self, number: int, first: int, last: int) -> tuple[str, int, int]:
        field = self.fields[number]
        if field.whole is not None:
            return field.name, 0, field.whole
        start, end = self._spans[number, first][0], self._spans[number, last][1]
        return field.name, field.base + start, field.base + end
