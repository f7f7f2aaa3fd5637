"""A query's text as a list of lexemes (spec `matching` §2)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from watcher.topics import complain

Kind = Literal["(", ")", "AND", "OR", "NOT", "NEAR", "field", "alias", "term", "regex", "count"]

TEXT_FIELDS = ("title", "lead", "body", "caption", "author", "credit", "url", "tag")
FACT_FIELDS = ("site", "lang", "feed", "after", "before")
FIELDS = (*TEXT_FIELDS, *FACT_FIELDS, "topic")
DEFAULT_GAP = 4
MAX_GAP = 1_000

_CLOSERS = {'"': '"', "“": '”“"', "”": '”“"', "„": '”“"', "«": '»"', "»": '«"'}
_WORD = re.compile(r'[^\s()"“”„«»]+')
_FIELD = re.compile(r"([A-Za-z_]+):(?!//)")
_NEAR = re.compile(r"(O?)NEAR(?:/(\d*)(.*))?\Z", re.ASCII)
_COUNT = re.compile(r"\{(\d{1,9})\}", re.ASCII)
_COUNTED = re.compile(r"\{\d{1,9}\}\Z", re.ASCII)
_SLOP = re.compile(r"~(\d{1,9})", re.ASCII)
_REGEX = re.compile(r"/((?:[^/\\\n]|\\.)+)/(?=[\s)]|\Z)")
_OPERATORS: dict[str, Kind] = {"AND": "AND", "OR": "OR", "NOT": "NOT"}
_OTHER_OPERATORS = {"&": "AND", "&&": "AND", "+": "AND", "|": "OR", "||": "OR", "!": "NOT"}
_OTHER_FIELDS = {
    "headline": "title",
    "intitle": "title",
    "text": "body",
    "by": "author",
    "source": "site",
    "domain": "site",
    "outlet": "site",
    "inurl": "url",
    "link": "url",
    "language": "lang",
    "since": "after",
    "until": "before",
    "search": "topic",
}


@dataclass(frozen=True, slots=True)
class Lexeme:
    """`text`: the name of a field or alias, a word, a pattern, or a phrase without its quotes.
    `start` and `end` enclose all of it: sign, quotes and slop too. `number`: the words between of
    NEAR, the places of a count, the slop of a phrase."""

    kind: Kind
    text: str
    start: int
    end: int
    quoted: bool = False
    exact: bool = False
    stem: bool = False
    ordered: bool = False
    number: int | None = None


def lex(text: str) -> list[Lexeme]:
    """Raises QueryError for an unclosed quote, an unknown field or a broken operator."""
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
        case "=" | "~":
            return _term(text, at, at + 1)
        case "@":
            return _alias(text, at)
        case "/" if found := _REGEX.match(text, at):
            return Lexeme("regex", found[1], at, found.end())
        case "{" if found := _COUNT.match(text, at):
            return Lexeme("count", found[0], at, found.end(), number=int(found[1]))
    return _term(text, at, at)


def _word(text: str, at: int) -> str:
    """The word at `at`, without a count at its end."""
    found = _WORD.match(text, at)
    word = found[0] if found else ""
    counted = _COUNTED.search(word)
    return word[: counted.start()] if counted and counted.start() else word


def _alias(text: str, at: int) -> Lexeme:
    name = _word(text, at + 1)
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
    """A word or phrase from `at`; a `=` or `~` may stand between `start` and `at`."""
    sign = text[start:at]
    if text[at : at + 1] in _CLOSERS:
        return _phrase(text, start, at)
    word = _word(text, at)
    end = at + len(word)
    if sign:
        return Lexeme("term", word, start, end, exact=sign == "=", stem=sign == "~")
    if word in _OPERATORS:
        return Lexeme(_OPERATORS[word], word, start, end)
    if near := _NEAR.match(word):
        return _near(near, start)
    if field := _FIELD.match(word):
        return _field(field[1], start)
    _refuse_other(word, start)
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
    sign, inner = text[start:at], text[at + 1 : end]
    slop = None if sign else _SLOP.match(text, end + 1)
    return Lexeme(
        "term",
        inner,
        start,
        slop.end() if slop else end + 1,
        quoted=True,
        exact=sign == "=",
        stem=sign == "~",
        number=int(slop[1]) if slop else None,
    )


def _near(found: re.Match[str], start: int) -> Lexeme:
    word, end = found[0], start + len(found[0])
    name = f"{found[1]}NEAR"
    if found[2] == "" or found[3]:
        raise complain.error(
            complain.BAD_NEAR,
            f"{name}/ needs a number of words between",
            start,
            end,
            hint=f"write {name}/5 for at most five words between, or {name} alone for four",
            suggestion=f"{name}/{DEFAULT_GAP}",
        )
    gap = DEFAULT_GAP if found[2] is None else int(found[2])
    if gap > MAX_GAP:
        raise complain.error(
            complain.TOO_BIG,
            f"{word}: at most {MAX_GAP:,} words between are allowed",
            start,
            end,
            hint="use AND where the words need not be near each other",
            suggestion="AND",
        )
    return Lexeme("NEAR", word, start, end, ordered=bool(found[1]), number=gap)


def _field(name: str, start: int) -> Lexeme:
    end = start + len(name) + 1
    known = name.lower()
    if known in FIELDS:
        return Lexeme("field", known, start, end)
    near = _OTHER_FIELDS.get(known) or complain.nearest(name, FIELDS)
    shown = ", ".join(f"{field}:" for field in FIELDS)
    raise complain.error(
        complain.UNKNOWN_FIELD,
        f'unknown field "{name}:"' + (f' - did you mean "{near}:"?' if near else ""),
        start,
        end,
        hint=f"fields: {shown}; to search for the text itself, put it in quotes",
        suggestion=f"{near}:" if near else None,
    )


def _refuse_other(word: str, start: int) -> None:
    if word in _OTHER_OPERATORS:
        better = _OTHER_OPERATORS[word]
        raise complain.error(
            complain.NOT_SUPPORTED,
            f'"{word}" is not an operator - did you mean {better}?',
            start,
            start + len(word),
            hint=f"write {better}",
            suggestion=better,
        )
