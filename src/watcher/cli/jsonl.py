"""JSON lines as commands take them: one object a line, problems named by file and line."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from typing import TypeVar

from watcher.errors import InputError, Place

T = TypeVar("T")


def read_lines(
    path: str, read: Callable[[object], T], refuse: Callable[[InputError], None]
) -> Iterator[tuple[int, T]]:
    """Line numbers and what `read` made of each line of the file (`-`: standard input). A line
    that is no JSON, or that `read` refuses with a ValueError, goes to `refuse` and costs only
    itself. Raises InputError where the file cannot be read."""
    try:
        handle = sys.stdin.buffer if path == "-" else open(path, "rb")  # noqa: SIM115
    except OSError as error:
        raise InputError(
            "WTC-IN-002",
            f"{path}: {error.strerror or error}",
            hint="name a file of JSON lines, or `-` for standard input",
        ) from error
    with handle:
        for number, raw in enumerate(handle, 1):
            if not raw.strip():
                continue
            try:
                value = read(json.loads(raw.decode("utf-8-sig")))
            except (ValueError, RecursionError) as error:
                refuse(_refused(path, number, error))
                continue
            yield number, value


def _refused(path: str, number: int, error: Exception) -> InputError:
    if isinstance(error, json.JSONDecodeError):
        said = f"not JSON: {error.msg} at character {error.colno}"
    elif isinstance(error, UnicodeDecodeError):
        said = "not UTF-8"
    elif isinstance(error, RecursionError):
        said = "nested too deep"
    else:
        said = str(error)
    return InputError("WTC-IN-001", said, place=Place(path, number))
