"""Texts into sentences and words, losslessly: the pieces joined give the text again.

Sentence ends are those of many scripts; a text without any is cut at its lines. A cut in a place
that a reader would not cut at (`Mr. Smith`) is harmless: both versions of a text are cut alike.
"""

from __future__ import annotations

import re

_CLOSERS = "[\"'”’»›)\\]）」』】〉》]*"
# Marks that end a sentence wherever they stand, and those that need a blank behind them.
_FULL = "。！？｡．।॥۔؟።፧։။៕"
_SPACED = ".!?…‽؛"
_END = re.compile(
    rf"(?P<dot>[{_SPACED}]+{_CLOSERS})[^\S\n]+"
    rf"|[{_FULL}]+{_CLOSERS}\s*"
    r"|\s*\n\s*"
    # Thai and Lao set sentences off by a blank alone
    r"|(?<=[\u0e00-\u0eff])[ \u00a0]+(?=[\u0e00-\u0eff])"
)
_INITIAL = re.compile(r"(?:\A|[\W_])(?:[^\W\d_]|\d{1,2})\.\Z")  # J. Smith, z. B., 10. März

# A word with the blanks behind it; a character of a script without blanks is one by itself.
_SINGLE = (
    "\u0e01-\u0e4e\u0e81-\u0ece\u1000-\u103f\u1780-\u17d3\u3005-\u3007\u3041-\u3096\u30a1-\u30fa"
    "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
)
_WORD = re.compile(rf"[{_SINGLE}]\s*|[^\s{_SINGLE}]+\s*|\s+")


def sentences(text: str) -> list[str]:
    """The sentences in order, each with the blanks behind it."""
    found: list[str] = []
    start = 0
    for end in _END.finditer(text):
        if _goes_on(text, end):
            continue
        if end.end() > start:
            found.append(text[start : end.end()])
            start = end.end()
    if start < len(text):
        found.append(text[start:])
    return found


def words(text: str) -> list[str]:
    """The words in order, punctuation on them, each with the blanks behind it."""
    return _WORD.findall(text)


def _goes_on(text: str, end: re.Match[str]) -> bool:
    """Whether a full stop ends an abbreviation or an initial, and no sentence."""
    dot = end["dot"]
    if dot is None or dot[0] != ".":
        return False
    after = text[end.end() : end.end() + 1]
    begins = max(0, end.start() - 3)
    return after.islower() or bool(_INITIAL.search(text[begins : end.start() + 1]))
