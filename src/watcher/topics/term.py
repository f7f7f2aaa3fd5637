"""One word or phrase of a query, or one value of an alias, to a `Term`."""

from __future__ import annotations

import re
import unicodedata

from watcher.text.normalise import fold, fold_map
from watcher.topics import complain
from watcher.topics.ast import Term
from watcher.topics.lex import Lexeme

_LONGEST_TOKEN = 64
_LEAST_PREFIX = 3
_SHORT_PREFIX = re.compile("[\u1100-\u11ff\u3041-\u30ff\u3400-\u9fff\uac00-\ud7a3]")
_OWN_TOKENS = re.compile("[\u3005-\u3007\u3041-\u30ff\u3400-\u9fff]")


def make_term(lexeme: Lexeme, written: str) -> Term:
    """Raises QueryError for a misplaced `*`, and for a term without a letter or digit or with a
    word of more than 64 characters."""
    text, prefix = lexeme.text, False
    if lexeme.stem and not lexeme.quoted and "*" in text:
        hint = "~ takes in every ending by itself: leave the * out"
        raise _star(lexeme, "~ and * cannot be combined", hint, text.replace("*", "") or None)
    if not lexeme.quoted and "*" in text:
        text, prefix = _without_star(lexeme), True
    tokens = tuple(fold(text).split())
    if not tokens:
        raise complain.error(
            complain.NO_LETTERS,
            f"{written} has no letter or digit to search for",
            lexeme.start,
            lexeme.end,
            hint="leave it out, or name the thing in words",
        )
    if (longest := max(map(len, tokens))) > _LONGEST_TOKEN:
        raise complain.error(
            complain.TOO_BIG,
            f"a word of {longest:,} characters; at most {_LONGEST_TOKEN} are allowed",
            lexeme.start,
            lexeme.end,
            hint="search for its parts",
        )
    if prefix:
        prefix = _checked_prefix(tokens[-1], lexeme)
    return Term(
        tokens=tokens,
        exact=exact_form(text) if lexeme.exact else None,
        prefix=prefix,
        stem=surfaces(text) if lexeme.stem else None,
        slop=lexeme.number if len(tokens) > 1 else None,
        written=written,
        start=lexeme.start,
        length=lexeme.end - lexeme.start,
    )


def surfaces(text: str) -> tuple[str, ...]:
    """The words of `text` as a stemmer wants them, one for each token of its fold."""
    lower = unicodedata.normalize("NFC", text).lower()
    found = fold_map(lower)
    words = tuple(lower[start:end] for start, end in found.spans)
    return words if found.folded == fold(text) and "" not in words else tuple(fold(text).split())


def exact_form(text: str) -> str:
    """What `=` compares: composed characters and single blanks, all else as typed."""
    return " ".join(unicodedata.normalize("NFC", text).split())


def _without_star(lexeme: Lexeme) -> str:
    word = lexeme.text
    stem = word[:-1]
    if lexeme.exact:
        raise _star(lexeme, "= and * cannot be combined", "leave one of them out", stem)
    if word.startswith("*"):
        hint = "* stands only at the end of a word"
        raise _star(lexeme, f"{word}: * at the start of a word", hint, word.strip("*") or None)
    if "*" in stem:
        hint = "* stands only at the end of a word"
        raise _star(lexeme, f"{word}: * inside a word", hint, word.partition("*")[0] + "*")
    return stem


def _checked_prefix(last: str, lexeme: Lexeme) -> bool:
    """Whether the prefix means more than the word itself: a character that is a token of its own
    has nothing to go on with."""
    if _OWN_TOKENS.match(last):
        return False
    if len(last) < _LEAST_PREFIX and not _SHORT_PREFIX.match(last):
        message = f"{lexeme.text}: * needs at least {_LEAST_PREFIX} letters before it"
        raise _star(lexeme, message, "write more of the word, or its forms joined by OR", None)
    return True


def _star(lexeme: Lexeme, message: str, hint: str, suggestion: str | None) -> Exception:
    return complain.error(
        complain.WILDCARD, message, lexeme.start, lexeme.end, hint=hint, suggestion=suggestion
    )


def parts_of(exact: str) -> tuple[str, str, str]:
    """Of an exact form the punctuation before, the words, the punctuation after."""
    spans = fold_map(exact).spans
    start, end = spans[0][0], spans[-1][1]
    return exact[:start], exact[start:end], exact[end:]
