"""What two versions of a text have in common: sentence by sentence, and word by word inside of
sentences that were changed (spec `matching` §7).

Sentences are laid beside each other by those that stand once in both (as patience diff does), so
the cost grows with the text and not with its square; between two such only a bounded number is
compared each with each.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Literal

from watcher.text.normalise import fold
from watcher.text.sentences import sentences, words

Op = Literal["=", "-", "+", "~"]

ALIKE = 0.5  # share of words that two sentences have in common to be versions of one
CELLS = 40_000  # comparisons of each with each between two anchors


@dataclass(frozen=True, slots=True)
class Step:
    """A stretch of both texts. `=`: the same words (cosmetic changes may be in it), `-`: only in
    the old text, `+`: only in the new one, `~`: a sentence in another wording. `at_before`,
    `at_after`: where it starts in either text, in code points."""

    op: Op
    before: str
    after: str
    at_before: int
    at_after: int


@dataclass(frozen=True, slots=True)
class WordStep:
    """Words that stayed (`=`), went (`-`) or came (`+`), in the order of reading. `at`: where they
    start, in the old text for `-`, else in the new one."""

    op: Op
    text: str
    at: int


def diff(before: str, after: str) -> tuple[Step, ...]:
    """The steps from one text to the other: their `before` joined give the old text, their `after`
    the new one."""
    old, new = sentences(before), sentences(after)
    steps: list[Step] = []
    at_before = at_after = 0
    for op, left, right in _rows(old, new):
        steps.append(Step(op, left, right, at_before, at_after))
        at_before += len(left)
        at_after += len(right)
    return tuple(steps)


def apply(before: str, steps: Sequence[Step]) -> str:
    """The new text. Raises ValueError where the steps are not of this old text."""
    if "".join(step.before for step in steps) != before:
        raise ValueError("these steps start from another text")
    return "".join(step.after for step in steps)


def word_steps(step: Step) -> tuple[WordStep, ...]:
    """The words of a step, those that differ set off."""
    old, new = words(step.before), words(step.after)
    keys = [word.split() for word in old], [word.split() for word in new]
    left, right = ["".join(key) for key in keys[0]], ["".join(key) for key in keys[1]]
    found: list[WordStep] = []
    starts = _starts(old, step.at_before), _starts(new, step.at_after)
    for op, i1, i2, j1, j2 in _codes(left, right):
        if op == "equal":
            found.append(WordStep("=", "".join(new[j1:j2]), starts[1][j1]))
            continue
        if i2 > i1:
            found.append(WordStep("-", "".join(old[i1:i2]), starts[0][i1]))
        if j2 > j1:
            found.append(WordStep("+", "".join(new[j1:j2]), starts[1][j1]))
    return tuple(found)


def _starts(pieces: Sequence[str], at: int) -> list[int]:
    found = []
    for piece in pieces:
        found.append(at)
        at += len(piece)
    return found


def _codes(left: Sequence[str], right: Sequence[str]) -> list[tuple[str, int, int, int, int]]:
    """What is between the common start and the common end is compared, unless it is too much."""
    head = _common(left, right)
    tail = _common(left[head:][::-1], right[head:][::-1])
    i, j = len(left) - tail, len(right) - tail
    middle: list[tuple[str, int, int, int, int]] = []
    if (i - head) * (j - head) > CELLS:
        middle = [("replace", head, i, head, j)]
    elif i > head or j > head:
        matcher = SequenceMatcher(None, left[head:i], right[head:j], autojunk=False)
        middle = [
            (op, i1 + head, i2 + head, j1 + head, j2 + head)
            for op, i1, i2, j1, j2 in matcher.get_opcodes()
        ]
    first = [("equal", 0, head, 0, head)] if head else []
    last = [("equal", i, len(left), j, len(right))] if tail else []
    return [*first, *middle, *last]


def _common(left: Sequence[str], right: Sequence[str]) -> int:
    return next(
        (n for n, (one, other) in enumerate(zip(left, right, strict=False)) if one != other),
        min(len(left), len(right)),
    )


def _rows(old: Sequence[str], new: Sequence[str]) -> Iterator[tuple[Op, str, str]]:
    left, right = [fold(one) for one in old], [fold(one) for one in new]
    i = j = 0
    for one, other in [*_anchors(left, right), (len(old), len(new))]:
        yield from _between(old[i:one], new[j:other], left[i:one], right[j:other])
        if one < len(old):
            yield "=", old[one], new[other]
        i, j = one + 1, other + 1


def _anchors(left: Sequence[str], right: Sequence[str]) -> list[tuple[int, int]]:
    """Sentences that stand once in both texts, in the longest order that both share."""
    once, again = Counter(left), Counter(right)
    place = {key: n for n, key in enumerate(right) if key and again[key] == 1}
    pairs = [(n, place[key]) for n, key in enumerate(left) if once[key] == 1 and key in place]
    tails: list[int] = []  # of the best run of each length: its last place in the new text
    ends: list[int] = []
    before: list[int] = []
    for number, (_, at) in enumerate(pairs):
        length = bisect_left(tails, at)
        before.append(ends[length - 1] if length else -1)
        tails[length:] = [at, *tails[length + 1 :]] if length < len(tails) else [at]
        ends[length : length + 1] = [number]
    run: list[tuple[int, int]] = []
    number = ends[-1] if ends else -1
    while number >= 0:
        run.append(pairs[number])
        number = before[number]
    return run[::-1]


def _between(
    old: Sequence[str], new: Sequence[str], left: Sequence[str], right: Sequence[str]
) -> Iterator[tuple[Op, str, str]]:
    """The stretch between two anchors."""
    if not old and not new:
        return
    if " ".join(filter(None, left)) == " ".join(filter(None, right)):
        yield "=", "".join(old), "".join(new)  # the same words, cut otherwise
        return
    for op, i1, i2, j1, j2 in _codes(left, right):
        if op == "equal":
            yield from (("=", *pair) for pair in zip(old[i1:i2], new[j1:j2], strict=True))
        else:
            yield from _paired(old[i1:i2], new[j1:j2], left[i1:i2], right[j1:j2])


def _paired(
    old: Sequence[str], new: Sequence[str], left: Sequence[str], right: Sequence[str]
) -> Iterator[tuple[Op, str, str]]:
    """Sentences of which one is a version of the other side by side, in the order of both."""
    i = j = 0
    for one, other in [*_versions(left, right), (len(old), len(new))]:
        yield from (("-", gone, "") for gone in old[i:one])
        yield from (("+", "", come) for come in new[j:other])
        if one < len(old):
            yield ("~" if left[one] != right[other] else "="), old[one], new[other]
        i, j = one + 1, other + 1


def _versions(left: Sequence[str], right: Sequence[str]) -> list[tuple[int, int]]:
    """Pairs of the greatest likeness in all, none crossing another."""
    if not left or not right or len(left) * len(right) > CELLS:
        return []
    mine, theirs = [Counter(one.split()) for one in left], [Counter(one.split()) for one in right]
    best = [[0.0] * (len(right) + 1) for _ in range(len(left) + 1)]
    alike = [[likeness(one, other) for other in theirs] for one in mine]
    for i in range(len(left) - 1, -1, -1):
        for j in range(len(right) - 1, -1, -1):
            pair = alike[i][j] + best[i + 1][j + 1] if alike[i][j] >= ALIKE else 0.0
            best[i][j] = max(best[i + 1][j], best[i][j + 1], pair)
    found: list[tuple[int, int]] = []
    i = j = 0
    while i < len(left) and j < len(right):
        if alike[i][j] >= ALIKE and best[i][j] == alike[i][j] + best[i + 1][j + 1]:
            found.append((i, j))
            i, j = i + 1, j + 1
        elif best[i][j] == best[i + 1][j]:
            i += 1
        else:
            j += 1
    return found


def likeness(one: Counter[str], other: Counter[str]) -> float:
    """Shared words out of all, 0 to 1 (Dice)."""
    total = one.total() + other.total()
    return 2 * (one & other).total() / total if total else 1.0
