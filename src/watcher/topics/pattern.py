"""Regular expressions of queries: RE2 alone, which takes no longer than its text is long."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import Any

from watcher.errors import QueryError
from watcher.topics import complain
from watcher.topics.ast import Regex
from watcher.topics.lex import Lexeme

LONGEST = 256  # characters of a pattern
MEMORY = 8 << 20  # bytes that a compiled pattern may take
READ = 200_000  # characters of a field that are looked at


def make_regex(lexeme: Lexeme, written: str) -> Regex:
    """Raises QueryError for a pattern that RE2 cannot read, that is too long, or that is true of
    no text at all."""
    if len(lexeme.text) > LONGEST:
        raise complain.error(
            complain.TOO_BIG,
            f"a regular expression of {len(lexeme.text):,} characters;"
            f" at most {LONGEST} are allowed",
            lexeme.start,
            lexeme.end,
            hint="search for words, and keep the pattern for what words cannot say",
        )
    compiled = _checked(lexeme)
    if compiled.search("") is not None:
        raise complain.error(
            complain.BAD_REGEX,
            "this regular expression is true of an empty text",
            lexeme.start,
            lexeme.end,
            hint="ask for at least one character: + in place of *",
        )
    length = lexeme.end - lexeme.start
    return Regex(lexeme.text, written=written, start=lexeme.start, length=length)


def places(pattern: str, text: str) -> Iterator[tuple[int, int]]:
    """Where `pattern` stands in the first 200,000 characters of `text`, in code points."""
    for found in compiled(pattern).finditer(text[:READ]):
        if found.end() > found.start():
            yield found.start(), found.end()


@lru_cache(maxsize=1_024)
def compiled(pattern: str) -> Any:
    """Raises QueryError where RE2 is not installed, and what RE2 raises."""
    try:
        import re2
    except ImportError as missing:
        raise QueryError(
            complain.NOT_SUPPORTED,
            "regular expressions need the package google-re2",
            hint="install it beside watcher, or write the words",
        ) from missing
    options = re2.Options()
    options.max_mem = MEMORY
    options.log_errors = False
    return re2.compile(pattern.replace("\\/", "/"), options=options)


def _checked(lexeme: Lexeme) -> Any:
    try:
        return compiled(lexeme.text)
    except QueryError as missing:
        code, message, hint = missing.code, missing.message, missing.hint
    except Exception as problem:  # re2.error, which cannot be named where re2 is not there
        said = problem.args[0] if problem.args else "it cannot be read"
        said = said.decode(errors="replace") if isinstance(said, bytes) else str(said)
        code, message = complain.BAD_REGEX, f"this regular expression cannot be used: {said}"
        hint = "RE2 has no look-around and no back-references; brackets must be closed"
    raise complain.error(code, message, lexeme.start, lexeme.end, hint=hint)
