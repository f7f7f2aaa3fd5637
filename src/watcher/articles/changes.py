"""What was changed between two versions of an article, and of which kinds (spec `matching` §7).

Only the article's own words are looked at: title, body, byline and credit. What stands around them
on the page is no part of either version, and lines that change by themselves are left out.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from watcher.articles.change_words import is_noise, is_notice, is_number, is_title, joined, numbers
from watcher.model.article import ArticleText, ChangeKind
from watcher.text.diff import Step, WordStep, diff, word_steps
from watcher.text.normalise import fold

# The order in which kinds are named.
ORDER: tuple[ChangeKind, ...] = (
    "headline", "correction", "number", "name", "quote", "added", "removed", "wording", "byline",
    "credit", "cosmetic",
)  # fmt: skip

_QUOTED = re.compile(
    r"“[^“”\n]{1,2000}[”“]|„[^„“”\n]{1,2000}[“”]|«[^«»\n]{1,2000}»|»[^«»\n]{1,2000}«"
    r'|"[^"\n]{1,2000}"|「[^「」\n]{1,2000}」|『[^『』\n]{1,2000}』'
)
_INNER = re.compile(r"(?<=[^\W\d_] )[^\W\d_]\w+")
_EVERY_NOUN = frozenset({"de", "lb"})  # languages that write all nouns with a capital


@dataclass(frozen=True, slots=True)
class _Pair:
    """Two versions of a body, with what is asked of a changed word."""

    old: str
    new: str
    language: str | None
    quotes: tuple[tuple[tuple[int, int], ...], tuple[tuple[int, int], ...]]
    names: frozenset[str]  # folded words that have a capital within some sentence

    @classmethod
    def of(cls, old: str, new: str, language: str | None) -> _Pair:
        return cls(old, new, language, (_quotes(old), _quotes(new)), _names(f"{old}\n{new}"))


def changes(before: ArticleText, after: ArticleText) -> tuple[ChangeKind, ...]:
    """The kinds of change from one version to the next, in the order of `ORDER`; none where they
    say the same in the same words."""
    language = after.language or before.language
    found = set(_of_body(quiet(before.body), quiet(after.body), language))
    if fold(before.title) != fold(after.title):
        found.add("headline")
    if _folded(before.byline) != _folded(after.byline):
        found.add("byline")
    if _credited(before) != _credited(after):
        found.add("credit")
    if not found and _printed(before) != _printed(after):
        found.add("cosmetic")
    return tuple(kind for kind in ORDER if kind in found)


def quiet(body: str) -> str:
    """The body without the lines that change by themselves: counters, times of the last touch."""
    lines = body.split("\n")
    if not any(is_noise(line) for line in lines):
        return body
    return "\n".join(line for line in lines if not is_noise(line)).strip("\n")


def _of_body(old: str, new: str, language: str | None) -> Iterator[ChangeKind]:
    if old == new:
        return
    steps = diff(old, new)
    moved = _keys(steps, "-") & _keys(steps, "+")
    pair = _Pair.of(old, new, language)
    for step in steps:
        if step.op == "=":
            if step.before != step.after and _said(step.before) != _said(step.after):
                yield "quote"
        elif step.op == "~":
            yield from _of_sentence(step, pair)
        elif key := fold(step.before + step.after):
            yield "wording" if key in moved else _whole(step)


def _whole(step: Step) -> ChangeKind:
    if step.op == "-":
        return "removed"
    return "correction" if is_notice(step.after) else "added"


def _keys(steps: Iterable[Step], op: str) -> set[str]:
    return {fold(step.before + step.after) for step in steps if step.op == op}


def _of_sentence(step: Step, pair: _Pair) -> Iterator[ChangeKind]:
    """Kinds by the words that changed inside of one sentence."""
    if fold(joined(step.before)) == fold(joined(step.after)):
        return
    if is_notice(step.after):
        yield "correction"
        return
    if numbers(step.before, pair.language) != numbers(step.after, pair.language):
        yield "number"
    found = word_steps(step)
    for at, one in enumerate(found):
        if one.op == "=":
            continue
        beside = found[at - 1] if one.op == "+" and at else found[at + 1 : at + 2]
        yield from _of_words(one, _other(one, beside), found[:at], step, pair)


def _other(one: WordStep, beside: WordStep | Sequence[WordStep]) -> Counter[str]:
    """The folded words on the other side of the same place."""
    steps = beside if isinstance(beside, Sequence) else [beside]
    return Counter(
        word for step in steps if step.op not in {"=", one.op} for word in fold(step.text).split()
    )


def _of_words(
    one: WordStep, other: Counter[str], before: Sequence[WordStep], step: Step, pair: _Pair
) -> Iterator[ChangeKind]:
    spans = pair.quotes[0 if one.op == "-" else 1]
    start = step.at_before if one.op == "-" else step.at_after
    text = step.before if one.op == "-" else step.after
    left = other.copy()
    for found in re.finditer(r"\S+", one.text):
        said = [word for word in fold(found[0]).split() if not _taken(left, word)]
        if not said:
            continue
        at = one.at + found.start()
        if any(begin <= at < end for begin, end in spans):
            yield "quote"
        elif all(is_number(word, pair.language) for word in said):
            continue
        else:
            yield "name" if _is_name(found[0], text, at - start, pair) else "wording"


def _taken(left: Counter[str], word: str) -> bool:
    """Whether the word stands on the other side too: only what is around it changed."""
    if left[word] <= 0:
        return False
    left[word] -= 1
    return True


def _is_name(word: str, sentence: str, at: int, pair: _Pair) -> bool:
    """A capital within the sentence, or at its start on a word that has one elsewhere too; in
    German beside another such word; a word behind a title in scripts without capitals."""
    bare = word.strip("\"'“”„«»‘’()[]{}.,;:!?…-–—،؛؟。、")
    before = fold(sentence[:at]).split()
    if before and is_title(before[-1]):
        return True
    if not bare[:1].isupper():
        return False
    if (pair.language or "").partition("-")[0].lower() in _EVERY_NOUN:
        return _beside_capital(sentence, at, len(word)) or (len(bare) > 1 and bare.isupper())
    return bool(before) or fold(bare) in pair.names or (len(bare) > 1 and bare.isupper())


def _beside_capital(sentence: str, at: int, length: int) -> bool:
    left, right = sentence[:at].split(), sentence[at + length :].split()
    follows = bool(right) and right[0][:1].isupper() and sentence[at : at + length][-1].isalnum()
    inside = len(left) > 1  # the first word has a capital anyway
    return follows or (inside and left[-1][:1].isupper() and left[-1][-1].isalnum())


def _names(text: str) -> frozenset[str]:
    """Words with a capital that follow another word of their sentence."""
    return frozenset(fold(one) for one in _INNER.findall(text) if one[0].isupper())


def _quotes(text: str) -> tuple[tuple[int, int], ...]:
    return tuple((one.start() + 1, one.end() - 1) for one in _QUOTED.finditer(text))


def _said(text: str) -> list[str]:
    """What stands in quotation marks."""
    return [fold(text[start:end]) for start, end in _quotes(text)]


def _printed(text: ArticleText) -> tuple[list[str], list[str]]:
    """Title and body as printed, but for blanks and for what changes by itself."""
    return text.title.split(), quiet(text.body).split()


def _folded(names: tuple[str, ...]) -> list[str]:
    return [fold(name) for name in names]


def _credited(text: ArticleText) -> str | None:
    return fold(text.credit.outlet or "") if text.credit else None
