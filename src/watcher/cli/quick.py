"""The database of a config.yaml without reading the rest of it: for commands that must start fast,
and that must work though something else in the file is wrong."""

from __future__ import annotations

import re
from pathlib import Path

from watcher.cli.options import DEFAULT_CONFIG, DEFAULT_DATABASE, Where

_KEY = re.compile(r"^database[ \t]*:(.*)$", re.M)
_PLAIN = re.compile(
    r"""[ \t]*(?:"([^"\\]+)"|'([^']+)'|([\w./-][\w./ -]*?))[ \t]*(?:[ \t]#.*)?\r?"""
)
_OTHERWISE = re.compile(r"""^\s*[{%&]|^(?:---|\?|<<|["']database["'])""", re.M)


def quick_database(where: Where) -> Path:
    """What `where.database()` says. Whatever is not written as everybody writes it is read as
    a whole."""
    if where.db:
        return Path(where.db)
    path = Path(where.config or DEFAULT_CONFIG)
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return where.database()
    stated = _KEY.findall(text)
    if _OTHERWISE.search(text) or len(stated) > 1:
        return where.database()
    if not stated:
        return path.parent / DEFAULT_DATABASE
    found = _PLAIN.fullmatch(stated[0])
    if found is None:
        return where.database()
    name: str = next(filter(None, found.groups()))
    return path.parent / name
