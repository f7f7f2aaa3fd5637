"""Lists part by part. A cursor names the last row of a part by what the list is ordered by, so
rows that come in meanwhile make nothing appear twice and skip nothing."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, TypeVar

from watcher.errors import UsageError
from watcher.model.rows import Page

if TYPE_CHECKING:
    from watcher.store.sqlite.codec import Row

T = TypeVar("T")

LAST = 2**63 - 1  # above every key

_NUMBER = re.compile(r"[0-9]{1,19}\Z")
_STORY = re.compile(r"([0-9]{1,19})\.(s_[a-z0-9]+)\Z")


def page(
    rows: Sequence[Row], limit: int, make: Callable[[Row], T], cursor: Callable[[Row], str]
) -> Page[T]:
    """`rows` holds one more than asked for where there are more."""
    shown = rows[:limit]
    more = len(rows) > limit and shown
    return Page(tuple(make(row) for row in shown), cursor(shown[-1]) if more else None)


def below(after: str | None) -> int:
    """The number that a cursor of alerts and deliveries names. Raises UsageError."""
    if after is None:
        return LAST
    if not _NUMBER.match(after):
        raise _no_cursor(after)
    return min(int(after), LAST)


def before(after: str | None) -> tuple[int, str]:
    """The key and name that a cursor of stories names. Raises UsageError."""
    if after is None:
        return LAST, ""
    found = _STORY.match(after)
    if found is None:
        raise _no_cursor(after)
    return min(int(found[1]), LAST), found[2]


def _no_cursor(after: str) -> UsageError:
    return UsageError(
        "WTC-USE-004",
        f"{after!r} is no cursor of this list",
        hint="give the `next` of the part before, or leave it out to begin at the start",
    )
