"""What a query can be warned of as it stands, without any article."""

from __future__ import annotations

import re
from collections.abc import Iterator

from watcher.topics import complain
from watcher.topics.ast import Node, QueryWarning, Term, show, terms
from watcher.topics.lex import Lexeme

_LOWER_CASE = {"and": "AND", "or": "OR", "not": "NOT", "near": "NEAR"}

# Letters of one script that look like those of another, folded; the longest-lived trap of names.
_CYRILLIC = "аеорсухіјѕԁһкмтвнԛԝ"
_LATIN = "aeopcyxijsdhkmtbhqw"
_TO_LATIN = str.maketrans(_CYRILLIC, _LATIN)
_LATIN_LETTER, _CYRILLIC_LETTER = re.compile("[a-z]"), re.compile("[\u0400-\u04ff]")
_GREEK_LETTER = re.compile("[\u0370-\u03ff]")
_HANGUL_END = re.compile("[\uac00-\ud7a3]\\Z")


def in_word(lexeme: Lexeme, term: Term) -> Iterator[QueryWarning]:
    """What is odd about one term of a query."""
    word = lexeme.text
    if not (lexeme.quoted or lexeme.exact or lexeme.stem) and word in _LOWER_CASE:
        operator = _LOWER_CASE[word]
        yield _warning(
            complain.LOWER_CASE_OPERATOR,
            f'"{word}" is searched as a word',
            lexeme,
            hint=f"operators are upper case: write {operator}",
            suggestion=operator,
        )
    if lexeme.quoted and "*" in word:
        yield _warning(
            complain.STAR_IN_QUOTES,
            "* inside quotes is read as punctuation",
            lexeme,
            hint="write the word without quotes, or join it to the next with a hyphen",
        )
    yield from _mixed_scripts(lexeme, term)


def mixed_operators(node: Node, start: int, end: int) -> QueryWarning:
    shown = show(node)
    return QueryWarning(
        complain.MIXED_OPERATORS,
        "AND and OR are mixed without parentheses; AND binds closer",
        start,
        end - start,
        hint=f"read as: {shown}",
        suggestion=shown,
    )


def hints(root: Node) -> Iterator[QueryWarning]:
    """What may be missing from a query, for those who try it out: the same word in letters that
    look alike, and Korean words, which the text writes together with what follows."""
    held = {token for term in terms(root) for token in term.tokens}
    for term in terms(root):
        place = (term.start, term.length)
        for token in term.tokens:
            twin = _twin(token)
            if twin and twin not in held and term.scope != "url":
                yield QueryWarning(
                    complain.LOOK_ALIKE,
                    f"{token} is written in {_script(token)} letters that look {_script(twin)}",
                    *place,
                    hint=f"to find both spellings, add OR {twin}",
                    suggestion=twin,
                )
        if _HANGUL_END.search(term.tokens[-1]) and not (term.prefix or term.exact or term.stem):
            word = term.tokens[-1]
            yield QueryWarning(
                complain.PARTICLES,
                f"{word} is not found where a particle is joined to it",
                *place,
                hint=f"write {word}* to find it with its particles",
                suggestion=f"{word}*",
            )


def _mixed_scripts(lexeme: Lexeme, term: Term) -> Iterator[QueryWarning]:
    for token in term.tokens:
        scripts = [name for name, letter in _SCRIPTS if letter.search(token)]
        if len(scripts) > 1:
            plain = token.translate(_TO_LATIN)
            sure = _LATIN_LETTER.search(plain) and not _CYRILLIC_LETTER.search(plain)
            yield _warning(
                complain.MIXED_SCRIPTS,
                f"{token} mixes {' and '.join(scripts)} letters",
                lexeme,
                hint="letters of two scripts can look the same: type the word again",
                suggestion=plain if sure and not _GREEK_LETTER.search(plain) else None,
            )


_SCRIPTS = (("Latin", _LATIN_LETTER), ("Cyrillic", _CYRILLIC_LETTER), ("Greek", _GREEK_LETTER))


def _twin(token: str) -> str | None:
    """The same word in the other script, where every letter of it has a look-alike there."""
    if _CYRILLIC_LETTER.search(token):
        plain = token.translate(_TO_LATIN)
        return plain if plain.isascii() and len(token) > 1 else None
    return None


def _script(token: str) -> str:
    return "Cyrillic" if _CYRILLIC_LETTER.search(token) else "Latin"


def _warning(
    code: str, message: str, lexeme: Lexeme, *, hint: str, suggestion: str | None = None
) -> QueryWarning:
    length = lexeme.end - lexeme.start
    return QueryWarning(code, message, lexeme.start, length, hint, suggestion)
