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


def prints(text: str) -> tuple[int, ...]:
    """The prints of a body: signed 64-bit integers, sorted, each once. Texts of fewer than
    `SHINGLE` words have none."""
    found = shingles(text)
    kept = set(found) if len(found) < SHORT else _winnow(found)
    return tuple(sorted(_signed(one) for one in kept))


def shingles(text: str) -> list[int]:
    """The hashes of every run of `SHINGLE` words, in their order."""
    words = [_word(token) for token in tokens(text)]
    runs = zip(words, words[1:], words[2:], words[3:], strict=False)
    # A word is hashed once for each place in the run, so a run costs three additions.
    sums = [(one[0] + two[1] + three[2] + four[3]) & _MASK for one, two, three, four in runs]
    return [value ^ (value >> 32) for value in sums]


@lru_cache(maxsize=65536)
def _word(token: str) -> tuple[int, ...]:
    raw = token.encode("utf-8", "surrogatepass")
    digest = hashlib.blake2b(raw, digest_size=8 * SHINGLE).digest()
    return tuple(int.from_bytes(digest[at : at + 8], "big") for at in range(0, 8 * SHINGLE, 8))


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
