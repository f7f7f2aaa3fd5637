"""A query's text as a list of lexemes (spec `matching` §2)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from watcher.topics import complain

Kind = Literal["(", ")", "AND", "OR", "NOT", "field", "alias", "term"]

FIELDS = ("title",)

_CLOSERS = {'"': '"', "“": '”“"', "”": '”“"', "„": '”“"', "«": '»"', "»": '«"'}
_WORD = re.compile(r'[^\s()"“”„«»]+')
_FIELD = re.compile(r"([A-Za-z_]+):(?!//)")
_OPERATORS: dict[str, Kind] = {"AND": "AND", "OR": "OR", "NOT": "NOT"}
_UNSUPPORTED = (
    (re.compile(r"O?NEAR(?:/.*)?\Z"), "NEAR"),
    (re.compile(r"~"), "~"),
    (re.compile(r"/.*/\Z", re.DOTALL), "a regular expression"),
)
_OTHER_OPERATORS = {"&": "AND", "&&": "AND", "+": "AND", "|": "OR", "||": "OR", "!": "NOT"}


@dataclass(frozen=True, slots=True)
class Lexeme:
    """`text`: the name of a field or alias, a word, or a phrase without its quotes. `start` and
    `end` enclose all of it: sign of exactness and quotes too."""

    kind: Kind
    text: str
    start: int
    end: int
    quoted: bool = False
    exact: bool = False


def lex(text: str) -> list[Lexeme]:
    """Raises QueryError for an unclosed quote, an unknown field or an unsupported operator."""
    found: list[Lexeme] = []
    at = 0
    while at < len(text):
        if text[at].isspace():
            at += 1
            continue
        lexeme = _lexeme(text, at)
        found.append(lexeme)
        at = lexeme.end
    return found


def _lexeme(text: str, at: int) -> Lexeme:
    match text[at]:
        case "(":
            return Lexeme("(", "(", at, at + 1)
        case ")":
            return Lexeme(")", ")", at, at + 1)
        case "-" if _WORD.match(text, at + 1) or text[at + 1 : at + 2] in {"(", *_CLOSERS}:
            return Lexeme("NOT", "-", at, at + 1)
        case "=":
            return _term(text, at, at + 1)
        case "@":
            return _alias(text, at)
    return _term(text, at, at)


def _alias(text: str, at: int) -> Lexeme:
    found = _WORD.match(text, at + 1)
    name = found[0] if found else ""
    if not name:
        raise complain.error(
            complain.UNKNOWN_ALIAS,
            "@ without the name of an alias",
            at,
            at + 1,
            hint="write @name with a name from aliases: in config.yaml",
        )
    return Lexeme("alias", name, at, at + 1 + len(name))


def _term(text: str, start: int, at: int) -> Lexeme:
    """A word or phrase from `at`; a `=` may stand between `start` and `at`."""
    exact = at > start
    if text[at : at + 1] in _CLOSERS:
        return _phrase(text, start, at)
    found = _WORD.match(text, at)
    word = found[0] if found else ""
    end = at + len(word)
    if exact:
        return Lexeme("term", word, start, end, exact=True)
    if word in _OPERATORS:
        return Lexeme(_OPERATORS[word], word, start, end)
    if field := _FIELD.match(word):
        return _field(field[1], start)
    _refuse_unsupported(word, start)
    return Lexeme("term", word, start, end)


def _phrase(text: str, start: int, at: int) -> Lexeme:
    closers = _CLOSERS[text[at]]
    end = next((i for i in range(at + 1, len(text)) if text[i] in closers), None)
    if end is None:
        raise complain.error(
            complain.UNCLOSED_QUOTE,
            "unclosed quote",
            at,
            at + 1,
            hint=f"opened here, never closed: put {closers[0]} after the last word of the phrase",
            suggestion=text + closers[0],
        )
    return Lexeme("term", text[at + 1 : end], start, end + 1, quoted=True, exact=at > start)


def _field(name: str, start: int) -> Lexeme:
    end = start + len(name) + 1
    if name.lower() in FIELDS:
        return Lexeme("field", name.lower(), start, end)
    near = complain.nearest(name, FIELDS)
    known = ", ".join(f"{field}:" for field in FIELDS)
    raise complain.error(
        complain.UNKNOWN_FIELD,
        f'unknown field "{name}:"' + (f' - did you mean "{near}:"?' if near else ""),
        start,
        end,
        hint=f"fields: {known}; to search for the text itself, put it in quotes",
        suggestion=f"{near}:" if near else None,
    )


def _refuse_unsupported(word: str, start: int) -> None:
    end = start + len(word)
    for pattern, name in _UNSUPPORTED:
        if pattern.match(word):
            raise complain.error(
                complain.NOT_SUPPORTED,
                f"{name} is not supported",
                start,
                end,
                hint="operators: AND, OR, NOT, -, parentheses, quotes, =exact, prefix*, title:, "
                "@alias; to search for the text itself, put it in quotes",
            )
    if word in _OTHER_OPERATORS:
        better = _OTHER_OPERATORS[word]
        raise complain.error(
            complain.NOT_SUPPORTED,
            f'"{word}" is not an operator - did you mean {better}?',
            start,
            end,
            hint=f"write {better}",
            suggestion=better,
        )
