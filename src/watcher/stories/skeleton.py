"""Names as the consonants that every script writes: Portoret, Порторет and بورتوريت are one.

Coarse on purpose: vowels, h, y and w are left out, letters that scripts confuse (p and b, v and f,
s, z and sh, k and q) are levelled, and only the first consonants count, so that case endings do no
harm. Two names may share a skeleton: a story needs several in common, and rare ones weigh most.
"""

from __future__ import annotations

import re
from functools import lru_cache

LEAST, MOST = 3, 6  # consonants: fewer say nothing, later ones are mostly endings

_PAIRS = (
    ("sch", "s"), ("tch", "s"), ("sh", "s"), ("ch", "s"), ("zh", "g"), ("dzh", "g"), ("ph", "f"),
    ("kh", "k"), ("gh", "g"), ("th", "t"), ("dh", "d"), ("ck", "k"), ("gj", "g"), ("xh", "g"),
    ("ce", "se"), ("ci", "si"), ("джер", "гер"), ("дж", "г"), ("ال", ""),
)  # fmt: skip
_LETTERS = {
    "b": "bpбпبپבפףβπ",
    "f": "fvфвفφβ",
    "d": "dдدضדδ",
    "t": "tтتطثטתτθ",
    "g": "gjгжجژغگגγ",
    "k": "kcqxкхكکقخכךקκχξ",
    "l": "lлلלλ",
    "m": "mмمמםμ",
    "n": "nнنנןν",
    "r": "rрرרρ",
    "s": "szсзшщчцسشصزذظچסזצץשσςζψ",
}
_TABLE = {ord(letter): sound for sound, letters in _LETTERS.items() for letter in letters}
_OTHER = re.compile("[^bfdtgklmnrs]+")
_HEARD = re.compile("[0-9a-z\u00c0-\u052f\u0590-\u06ff]")  # Latin to Arabic, vowels too
_TWICE = re.compile(r"(.)\1+")


@lru_cache(maxsize=65_536)
def skeleton(token: str) -> str | None:
    """The consonants of a folded token, or None where they are too few to say anything. What is
    written in a script that is not known here (Han, Hangul, …) stands for itself."""
    heard = token
    for written, sound in _PAIRS:
        if written in heard:
            heard = heard.replace(written, sound)
    bones = _TWICE.sub(r"\1", _OTHER.sub("", heard.translate(_TABLE)))
    if not bones and _HEARD.search(token) is None:
        return token if len(token) > 1 else None
    return bones[:MOST] if len(bones) >= LEAST else None
