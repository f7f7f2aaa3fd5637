"""Winnowed shingles: few hashes of a text that survive trimming and reshuffling.

Every run of `SHINGLE` folded words is hashed, and of every `WINDOW` neighbouring hashes the
smallest is kept (Schleimer, Wilkerson and Aiken 2003, "Winnowing"). The figures are spec
`matching` §5's. The same prints come out on every machine and on every store.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from functools import lru_cache

from watcher.text.tokens import tokens

SHINGLE = 4
WINDOW = 16
SHORT = 60  # a text of fewer shingles keeps all of them: a window would leave one or two

_MASK = (1 << 64) - 1
_SIGN = 1 << 63
_ODD = 0x9E3779B97F4A7C15  # 2^64 over the golden ratio: spreads a word's place in the run


def prints(text: str) -> tuple[int, ...]:
    """The prints of a body: signed 64-bit integers, sorted, each once. Texts of fewer than
    `SHINGLE` words have none."""
    found = shingles(text)
    kept = set(found) if len(found) < SHORT else _winnow(found)
    return tuple(sorted(_signed(one) for one in kept))


def shingles(text: str) -> list[int]:
    """The hashes of every run of `SHINGLE` words, in their order."""
    words = [_word(token) for token in tokens(text)]
    return [_shingle(words, at) for at in range(len(words) - SHINGLE + 1)]


@lru_cache(maxsize=65536)
def _word(token: str) -> int:
    raw = token.encode("utf-8", "surrogatepass")
    return int.from_bytes(hashlib.blake2b(raw, digest_size=8).digest(), "big")


def _shingle(words: Sequence[int], at: int) -> int:
    """A hash of the run of words from `at`, in their order."""
    value = 0
    for word in words[at : at + SHINGLE]:
        value = ((value ^ word) * _ODD + (value >> 29)) & _MASK
    return value ^ (value >> 32)


def _winnow(hashes: Sequence[int]) -> set[int]:
    if len(hashes) <= WINDOW:
        return {min(hashes)} if hashes else set()
    kept: set[int] = set()
    smallest = -1  # where the smallest of the last window stands
    for end in range(WINDOW, len(hashes) + 1):
        start = end - WINDOW
        if smallest < start:
            smallest = min(range(start, end), key=hashes.__getitem__)
        elif hashes[end - 1] <= hashes[smallest]:
            smallest = end - 1
        kept.add(hashes[smallest])
    return kept


def _signed(value: int) -> int:
    return value - (1 << 64) if value & _SIGN else value
