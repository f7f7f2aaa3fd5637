"""The one normaliser: topics, live text, the archive index and shingles all pass through `fold`.

Steps of spec `matching` §3: NFKC, case fold, a letter map, marks dropped over Latin and Greek (and
Arabic harakat, Hebrew points), digits to ASCII, apostrophes and dotted abbreviations joined, all
else but letters, digits and marks to a blank; a character of a script that is written without
blanks is a token of its own.

Whitespace bounds every step, so the text is folded word by word and each word only once
(`_fold_word`); pure ASCII takes a shorter way to the same result.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache

_AROUND_WORDS = "'\".,;:!?()[]{}<>-/“”„‘’«»…–—"
_CACHED_LENGTH = 48  # longer chunks are rare or hostile: not worth remembering
_CACHED_WORDS = 32_768

# Scripts without blanks: every character is a token. Han, kana, Thai, Lao, Myanmar, Khmer.
_SINGLES = (
    "\u0e01-\u0e4e\u0e81-\u0ece\u1000-\u103f\u1050-\u108f\u1780-\u17d3\u3005-\u3007"
    "\u3031-\u3035\u303b\u3041-\u3096\u3099\u309a\u309d-\u309f\u30a1-\u30fa\u30fc-\u30ff"
    "\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003fffd"
)
# Those that no step changes, so that a run of them needs only blanks between.
_STEADY = (
    "\u0e01-\u0e32\u0e34-\u0e37\u0e40-\u0e47\u3041-\u3096\u30a1-\u30fa\u30fc\u3400-\u4dbf"
    "\u4e00-\u9fff"
)
_VOICING = "\u3099\u309a\uff9e\uff9f"  # joins the kana before it
_LATIN_GREEK = (
    "a-z\u00aa\u00ba\u00c0-\u02af\u0370-\u03ff\u1d00-\u1dbf\u1e00-\u1fff\u2c60-\u2c7f"
    "\ua720-\ua7ff\uab30-\uab6f"
)
_ACCENTS = "\u0300-\u036f\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f"

# Lower-case letters that no step changes: most words of their scripts are nothing else. Cyrillic
# without ё, Georgian, Armenian, Hebrew, Hangul, Arabic and Persian without the unified letters.
_PLAIN = re.compile(
    "[a-z0-9а-яѐђ-џґ\u10d0-\u10fa\u0561-\u0586\u05d0-\u05ea\uac00-\ud7a3"
    "ابپتثجچحخدذرزژسشصضطظعغفقکگلمنوهیء]+"
)

_IS_SINGLE = re.compile(f"[{_SINGLES}]")
_STEADY_RUN = re.compile(f"([{_STEADY}]+(?![{_VOICING}]))")
_DROPPED_MARKS = re.compile(
    f"(?<=[{_LATIN_GREEK}])[{_ACCENTS}]+"
    "|[\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06dc\u06df-\u06e4\u06e7\u06e8\u06ea-\u06ed]"
    "|[\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7]"
)
# After `_separate` only token characters, blanks, ' and . are left: what is none of the last three
# belongs to a token. A dotted abbreviation, or a word with inner apostrophes that are no 's.
_TOKEN = re.compile(
    r"(?<![^ '])[^\W\d_](?:\.[^\W\d_])+(?!\.?[^'. ])"
    r"|[^'. ]+(?:'(?!s(?![^'. ]))[^'. ]+)*"
)
# Marks with no letter, digit or mark before them (marks are no \w).
_ORPHANS = re.compile(rf"(?<![^'. ])[^\w'. {_SINGLES}]+")
# No word has 30 marks in a row (UAX #15, stream-safe text), and sorting them takes the square of
# their number: a hostile text is cut to that.
_ENDLESS_MARKS = re.compile(r"([^\w\s]{30})[^\w\s]+")
_NEEDS_TOKEN_RULES = re.compile(r"'|\.[a-z](?![a-z0-9])")

# Read as apostrophes before NFKC, which would turn some of them into a blank and a mark.
_BEFORE = {ord(c): "'" for c in "\u00b4\u2018\u2019\u201a\u201b\u02bb\u02bc\u02b9\u2032\uff07"}
_BEFORE_HINT = re.compile("[" + "".join(map(chr, _BEFORE)) + "]")
_LETTERS: dict[int, str | None] = {
    **dict.fromkeys(map(ord, "يىئ"), "ی"),
    **dict.fromkeys(map(ord, "أإآٱ"), "ا"),
    ord("ك"): "ک",
    ord("ة"): "ه",
    ord("ۀ"): "ه",
    ord("ؤ"): "و",
    ord("ё"): "е",
    **dict(zip(map(ord, "ıđøłæœþð"), ("i", "d", "o", "l", "ae", "oe", "th", "d"), strict=True)),
    # tatweel, joiners, soft hyphen, bidi controls, variation selectors: gone without a trace
    **dict.fromkeys(
        [
            *(0x640, 0x200C, 0x200D, 0xAD, 0x61C, 0x200E, 0x200F, 0x2060, 0xFEFF, 0x34F),
            *range(0x202A, 0x202F),
            *range(0x2066, 0x206A),
            *range(0xFE00, 0xFE10),
            *range(0xE0100, 0xE01F0),
        ],
        None,
    ),
}


class _Separators(dict[int, str]):
    """The last step as a translation table that fills itself: digits to ASCII, letters and marks
    kept, single-character tokens set off by blanks, the rest a blank."""

    def __missing__(self, code: int) -> str:
        char = chr(code)
        if char in "'.":
            kept = char
        elif _IS_SINGLE.match(char):
            kept = f" {char} "
        elif char.isdecimal():
            kept = str(unicodedata.decimal(char))
        elif char.isalnum() or unicodedata.category(char) in {"Mn", "Mc"}:
            kept = char
        else:
            kept = " "
        self[code] = kept
        return kept


_SEPARATORS = _Separators()
_ASCII = {c: " " for c in range(128) if not chr(c).isalnum() and chr(c) not in "'."}


_CHUNK = re.compile(r"\S+")
_SPACE = re.compile(r"\s")
_PIECE = 400  # characters folded at a time to count their tokens


@dataclass(frozen=True, slots=True)
class FoldedText:
    """`folded` is `fold` of the text; `spans[i]` the code points (start, end) of the text that
    gave its i-th token."""

    folded: str
    spans: tuple[tuple[int, int], ...]

    @property
    def tokens(self) -> list[str]:
        return self.folded.split()


def fold(text: str) -> str:
    """The tokens of `text` joined by single blanks; empty where it has none. Never raises."""
    if text.isascii():
        return _fold_ascii(text)
    return " ".join(
        [
            folded
            for chunk in text.split()
            if (folded := _fold_word(chunk) if len(chunk) <= _CACHED_LENGTH else _fold_runs(chunk))
        ]
    )


def fold_map(text: str) -> FoldedText:
    """Like `fold`, and where each token came from. Slower: for texts that matched."""
    tokens: list[str] = []
    spans: list[tuple[int, int]] = []
    for chunk in re.finditer(r"\S+", text):
        for token, start, end in _map_chunk(chunk[0]):
            tokens.append(token)
            spans.append((chunk.start() + start, chunk.start() + end))
    return FoldedText(" ".join(tokens), tuple(spans))


def locate(text: str, wanted: Iterable[int]) -> dict[int, tuple[int, int]]:
    """The code points (start, end) of `text` that gave the tokens with these numbers, as
    `fold_map` has them. Only the words that gave one of them are looked at closely."""
    left = sorted(set(wanted), reverse=True)
    found: dict[int, tuple[int, int]] = {}
    base, token = 0, 0
    for part in _pieces(text):
        if not left:
            break
        count = len(fold(part).split())
        if left[-1] < token + count:
            _locate_words(part, base, token, token + count, left, found)
        base, token = base + len(part), token + count
    return found


def _locate_words(
    part: str,
    base: int,
    token: int,
    end: int,
    left: list[int],
    found: dict[int, tuple[int, int]],
) -> None:
    for chunk in _CHUNK.finditer(part):
        if not left or left[-1] >= end:
            return
        word = chunk[0]
        folded = _fold_word(word) if len(word) <= _CACHED_LENGTH else _fold_runs(word)
        count = folded.count(" ") + 1 if folded else 0
        if left[-1] < token + count:
            spans = _map_chunk(word)
            while left and left[-1] < token + count:
                number = left.pop()
                _, start, stop = spans[number - token]
                found[number] = base + chunk.start() + start, base + chunk.start() + stop
        token += count


def _pieces(text: str) -> Iterator[str]:
    """`text` in parts of some hundred characters that begin and end at blanks."""
    at = 0
    while at < len(text):
        found = _SPACE.search(text, at + _PIECE)
        end = found.start() if found else len(text)
        yield text[at:end]
        at = end


def _fold_ascii(text: str) -> str:
    plain = text.lower().translate(_ASCII)
    if _NEEDS_TOKEN_RULES.search(plain) is None:
        return " ".join(plain.replace(".", " ").split())
    words = [
        word if word.isalnum() else _join(_TOKEN.findall(word))
        for word in plain.split()
        if word.strip("'.")
    ]
    return " ".join(words)


@lru_cache(maxsize=_CACHED_WORDS)
def _fold_word(chunk: str) -> str:
    lower = chunk.lower()
    return lower if _PLAIN.fullmatch(lower) else _fold_runs(chunk)


def _fold_runs(chunk: str) -> str:
    """Folds a chunk without whitespace; runs of steady characters only need blanks between."""
    if chunk.isascii():
        return _fold_ascii(chunk)
    runs = _STEADY_RUN.split(chunk)
    if len(runs) == 1:
        return _fold_slowly(chunk)
    parts = [" ".join(run) if i % 2 else _fold_rest(run) for i, run in enumerate(runs)]
    return " ".join(filter(None, parts))


def _fold_rest(run: str) -> str:
    return _fold_slowly(run) if len(run) > _CACHED_LENGTH else _fold_rest_cached(run)


@lru_cache(maxsize=_CACHED_WORDS)
def _fold_rest_cached(run: str) -> str:
    return _fold_slowly(run)


def _fold_slowly(chunk: str) -> str:
    return _join(_TOKEN.findall(_without_orphans(_separate(chunk))))


def _separate(chunk: str) -> str:
    """Every step before the token rules: token characters, apostrophes, dots and blanks remain."""
    if len(chunk) > _CACHED_LENGTH:
        chunk = _ENDLESS_MARKS.sub(r"\1", chunk)
    if _BEFORE_HINT.search(chunk):
        chunk = chunk.translate(_BEFORE)
    text = unicodedata.normalize("NFKC", chunk).casefold().translate(_LETTERS)
    # Decomposing lays bare letters that the map must see again (ǿ is ø and an accent).
    text = _DROPPED_MARKS.sub("", unicodedata.normalize("NFD", text).translate(_LETTERS))
    return unicodedata.normalize("NFC", text).translate(_SEPARATORS)


def _without_orphans(separated: str) -> str:
    """Marks that stand on nothing (a spacing accent, an emoji's selector) are no tokens."""
    return _ORPHANS.sub(lambda found: " " * len(found[0]), separated)


def _join(tokens: list[str]) -> str:
    return " ".join(tokens).replace("'", "").replace(".", "")


def _map_chunk(chunk: str) -> list[tuple[str, int, int]]:
    """(token, start, end) of a chunk without whitespace.

    The steps before the token rules work on clusters (a character with what joins it), so each
    cluster's output has the cluster's place. Should a cluster have been cut wrongly, `fold` holds
    and its tokens all point to the whole chunk.
    """
    core = chunk.strip(_AROUND_WORDS)
    if core.isalnum() and " " not in (word := _fold_word(core)) and word:
        start = chunk.index(core)
        return [(word, start, start + len(core))]
    separated: list[str] = []
    places: list[tuple[int, int]] = []
    for start, end in _clusters(chunk):
        part = _separate(chunk[start:end])
        separated.append(part)
        places.extend([(start, end)] * len(part))
    found = [
        (_join([hit[0]]), places[hit.start()][0], places[hit.end() - 1][1])
        for hit in _TOKEN.finditer(_without_orphans("".join(separated)))
    ]
    folded = _fold_runs(chunk).split()
    if folded == [token for token, _, _ in found]:
        return found
    return [(token, 0, len(chunk)) for token in folded]


def _clusters(chunk: str) -> Iterator[tuple[int, int]]:
    """Places of the characters of `chunk`, each with the marks, format characters, Hangul vowels
    and finals, and half-width voicing signs that may join it."""
    start = 0
    for at, char in enumerate(chunk):
        if at and not _joins(char):
            yield start, at
            start = at
    yield start, len(chunk)


def _joins(char: str) -> bool:
    if char.isascii():
        return False
    return (
        unicodedata.category(char) in {"Mn", "Mc", "Me", "Cf"}
        or "\u1160" <= char <= "\u11ff"
        or char in _VOICING
    )
