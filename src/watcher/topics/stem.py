"""`~word`: words with the same Snowball stem in the article's language.

A stem match shares its first letters with the word asked for (three of them, folded), so that the
index can be asked too. Where the language is not known or has no stemmer, the word itself counts.
"""

from __future__ import annotations

import unicodedata
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from watcher.errors import QueryError
from watcher.topics import complain
from watcher.topics.ast import Term
from watcher.topics.row import Hit, Row

if TYPE_CHECKING:
    from watcher.topics.document import Document

SHARED = 3  # letters that a word and what its stem finds have in common

_LANGUAGES = {
    "ar": "arabic", "ca": "catalan", "da": "danish", "de": "german", "el": "greek",
    "en": "english", "es": "spanish", "et": "estonian", "eu": "basque", "fi": "finnish",
    "fr": "french", "ga": "irish", "hi": "hindi", "hu": "hungarian", "hy": "armenian",
    "id": "indonesian", "it": "italian", "lt": "lithuanian", "ne": "nepali", "nl": "dutch",
    "no": "norwegian", "nb": "norwegian", "nn": "norwegian", "pt": "portuguese",
    "ro": "romanian", "ru": "russian", "sr": "serbian", "sv": "swedish", "ta": "tamil",
    "tr": "turkish", "yi": "yiddish",
}  # fmt: skip


def stem_prefix(term: Term) -> str:
    """What the first word of every hit begins with."""
    return term.tokens[0][:SHARED]


def stems(document: Document, row: Row, term: Term) -> list[Hit]:
    """Where words with the stems of `term` stand in a row."""
    language = (document.facts.language or "").partition("-")[0]
    wanted = [stem(word, language) for word in term.stem or ()]
    found: list[Hit] = []
    for low, high in document.parts(term):
        for first in row.find(f" {stem_prefix(term)}", low, high, prefix=True):
            hit = _goes_on(row, first, term, wanted, language, high)
            if hit is not None:
                found.append(hit)
    return found


def _goes_on(
    row: Row, first: Hit, term: Term, wanted: list[str], language: str, high: int
) -> Hit | None:
    """The hit that begins with the word at `first`, if all of its words are as wanted."""
    start, end = first
    words = [first]
    for _ in wanted[1:]:
        begin, end = end + 1, row.text.find(" ", end + 1, high)
        if end < 0 or row.number(begin) != row.number(start) or row.text[begin] == "\x01":
            return None
        words.append((begin, end))
    return (start, end) if _are(row, words, term, wanted, language) else None


def _are(row: Row, words: list[Hit], term: Term, wanted: list[str], language: str) -> bool:
    folded = [row.text[start:end] for start, end in words]
    if any(a[:SHARED] != b[:SHARED] for a, b in zip(folded, term.tokens, strict=True)):
        return False
    if tuple(folded) == term.tokens:
        return True
    if language not in _LANGUAGES:
        return False
    surfaces = [_surface(row, word) for word in words]
    return all(
        token == asked or stem(surface, language) == stemmed
        for token, asked, surface, stemmed in zip(
            folded, term.tokens, surfaces, wanted, strict=True
        )
    )


def _surface(row: Row, word: Hit) -> str:
    """A word as it is printed, in lower case: stemmers go by accents that folding takes off."""
    field = row.fields[row.number(word[0])]
    ((_, start, end),) = row.spans([word])
    if field.whole is not None:
        return row.text[word[0] : word[1]]
    return unicodedata.normalize("NFC", field.text[start - field.base : end - field.base]).lower()


@lru_cache(maxsize=65_536)
def stem(word: str, language: str) -> str:
    """The Snowball stem; the word itself in a language without a stemmer. Raises QueryError where
    the stemmers are not installed."""
    name = _LANGUAGES.get(language)
    return word if name is None else str(_stemmer(name).stemWord(word))


@lru_cache(maxsize=64)
def _stemmer(name: str) -> Any:
    try:
        import snowballstemmer
    except ImportError as missing:
        raise QueryError(
            complain.NOT_SUPPORTED,
            "~ needs the package snowballstemmer",
            hint="install it beside watcher, or write the word's forms joined by OR",
        ) from missing
    return snowballstemmer.stemmer(name)
