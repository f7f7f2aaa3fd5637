"""Every error that a query can have: code, words, place, and where there is one the better form."""

from __future__ import annotations

from collections.abc import Iterable

from watcher.errors import Place, QueryError

EMPTY = "WTC-QRY-001"
UNCLOSED_QUOTE = "WTC-QRY-002"
MISSING_CLOSE = "WTC-QRY-003"
STRAY_CLOSE = "WTC-QRY-004"
BARE_OPERATOR = "WTC-QRY-005"
EMPTY_GROUP = "WTC-QRY-006"
WILDCARD = "WTC-QRY-007"
ONLY_NEGATIVE = "WTC-QRY-008"
NO_LETTERS = "WTC-QRY-009"
UNKNOWN_ALIAS = "WTC-QRY-010"
ALIAS_CYCLE = "WTC-QRY-011"
TOO_BIG = "WTC-QRY-012"
UNKNOWN_FIELD = "WTC-QRY-013"
NOT_SUPPORTED = "WTC-QRY-014"
BARE_FIELD = "WTC-QRY-015"
BAD_ALIAS = "WTC-QRY-016"
NOT_TEXT = "WTC-QRY-017"
BAD_NEAR = "WTC-QRY-018"
BAD_REGEX = "WTC-QRY-019"
BAD_VALUE = "WTC-QRY-020"
BAD_COUNT = "WTC-QRY-021"
UNKNOWN_TOPIC = "WTC-QRY-022"
TOPIC_CYCLE = "WTC-QRY-023"
BAD_STEM = "WTC-QRY-024"

LOWER_CASE_OPERATOR = "WTC-QRY-101"
MIXED_OPERATORS = "WTC-QRY-102"
STAR_IN_QUOTES = "WTC-QRY-103"
MIXED_SCRIPTS = "WTC-QRY-104"
LOOK_ALIKE = "WTC-QRY-105"
PARTICLES = "WTC-QRY-106"
TOO_BROAD = "WTC-QRY-107"


def error(
    code: str,
    message: str,
    start: int,
    end: int,
    *,
    hint: str | None = None,
    suggestion: str | None = None,
) -> QueryError:
    """`start` and `end` (exclusive): code points of the query."""
    place = Place(offset=start, length=max(0, end - start))
    return QueryError(code, message, hint=hint, place=place, suggestion=suggestion)


def nearest(name: str, known: Iterable[str]) -> str | None:
    """The known name that `name` is most likely a slip of, if any is near."""
    import difflib  # only a mistake pays for it

    by_folded = {k.casefold(): k for k in known}
    close = difflib.get_close_matches(name.casefold(), by_folded, n=1, cutoff=0.6)
    return by_folded[close[0]] if close else None
