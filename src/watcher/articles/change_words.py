"""The words of `changes.toml`. Notices, stamps and counters are looked for in all languages at
once, since pages state their own wrongly; numbers in the text's own, or `fire` would be four."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Sequence
from functools import cache
from importlib.resources import files

from watcher.text.normalise import fold

NOTICE = 60  # words: a longer sentence that has such a phrase in it is no notice
LINE = 12  # words of a line that says only when the page was touched, or what was counted
LOOSE = 3  # words beside the numbers of such a line: a month, a day, a unit

_JOINED = re.compile(r"(?<=\d)[.,'’ \u00a0\u202f\u066b\u066c](?=\d{3}(?!\d))")
# Alone these are common words: a notice opens with them and has a mark behind them.
_OPENS = re.compile(r"\A\W*(?P<word>[^:：\-–—|.\n]{2,40}?)\s*(?:[:：\-–—|.]|\Z)")


@cache
def _table() -> dict[str, dict[str, list[str]]]:
    return tomllib.loads(files("watcher.articles").joinpath("changes.toml").read_text("utf-8"))


@cache
def entries(kind: str, language: str | None = None) -> frozenset[str]:
    """The folded entries of one kind, of all languages or of one."""
    tables = _table().values() if language is None else [_table().get(language, {})]
    found = {fold(word) for table in tables for word in table.get(kind, ())}
    return frozenset(found - {""})


def languages() -> frozenset[str]:
    return frozenset(_table())


@cache
def _phrases() -> tuple[str, ...]:
    """What is said of corrections only, with blanks around to be found as whole words."""
    return tuple(f" {one} " for one in sorted(entries("correction")) if one.count(" ") >= 2)


def is_notice(sentence: str) -> bool:
    """Whether a sentence tells the reader of a correction, an update or a withdrawal: it opens with
    such a word and a mark (`Correction (10 March):`), or has a phrase that says nothing else."""
    said = fold(sentence)
    if not said or said.count(" ") >= NOTICE:
        return False
    opens = _OPENS.match(sentence)
    if opens is not None and _is_heading(fold(opens["word"]).split()):
        return True
    padded = f" {said} "
    return any(phrase in padded for phrase in _phrases())


def _is_heading(said: Sequence[str]) -> bool:
    """`Correction`, also with a date behind it."""
    known = entries("correction")
    if " ".join(said) in known:
        return True
    heads = [n for n in range(1, min(len(said), 5)) if " ".join(said[:n]) in known]
    return bool(heads) and any(any(map(str.isdigit, word)) for word in said[heads[-1] :])


def is_noise(line: str) -> bool:
    """A line that changes without anybody writing: when the page was touched, and counters."""
    said = fold(line).split()
    if not said or len(said) > LINE or line.rstrip().endswith((".", "。", "۔")):
        return False
    loose = [word for word in said if not word.isdigit()]
    if len(loose) == len(said):
        return False
    if _counts(said, loose):
        return True
    head = max((n for n in range(1, 5) if " ".join(said[:n]) in entries("stamp")), default=0)
    return head > 0 and len(loose) - head <= LOOSE and len(said) - len(loose) >= 2


def _counts(said: Sequence[str], loose: Sequence[str]) -> bool:
    """`12 comments`, `3 min read`: a number, and at most its thing beside it."""
    return len(said) - len(loose) <= 2 and " ".join(loose) in entries("counter")


def numbers(text: str, language: str | None) -> tuple[str, ...]:
    """The numbers and days of a text in order, in digits (without what stands between thousands)
    or in words."""
    return tuple(word for word in fold(joined(text)).split() if is_number(word, language))


def joined(text: str) -> str:
    """With 1,200 and 1 200 as 1200."""
    return _JOINED.sub("", text)


def is_number(word: str, language: str | None) -> bool:
    """`word`: folded."""
    if any(map(str.isdigit, word)):
        return True
    own = (language or "").partition("-")[0].lower()
    return bool(own) and (word in entries("number", own) or word in entries("day", own))


def is_title(word: str) -> bool:
    """Whether a name follows `word` (folded)."""
    return word in entries("title")
