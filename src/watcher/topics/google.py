"""Google Alerts to topics: the subscriptions of its data export (a JSON list of objects with
`query` and `language`)."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

_WORDS = re.compile(r'-?"[^"]*"?|\S+')
_NAME = re.compile(r"[^\w.]+")
_SITE = re.compile(r"(-?)site:(\S+)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class GoogleAlert:
    """`query` in our language, `was` as Google had it; `lang` where it was strict."""

    name: str
    query: str
    was: str
    lang: str | None = None


def parse_alerts(raw: bytes) -> list[GoogleAlert]:
    """The alerts of an export. Raises ValueError for what is none."""
    try:
        held = json.loads(raw)
    except ValueError as error:
        raise ValueError(f"it is no JSON: {error}") from error
    rows = list(_rows(held))
    if not rows:
        raise ValueError("it holds no alert: none of its objects has a `query`")
    names: dict[str, int] = {}
    found = []
    for row in rows:
        was = " ".join(row["query"].split())
        name = _name(was)
        names[name] = names.get(name, 0) + 1
        if names[name] > 1:
            name = f"{name}-{names[name]}"
        strict = row.get("apply_language_restrict") is True
        found.append(
            GoogleAlert(name, translated(was), was, str(row.get("language")) if strict else None)
        )
    return found


def _rows(held: Any) -> Iterator[dict[str, Any]]:
    """Objects with a query, however deep: exports have come in several wrappings."""
    if isinstance(held, list):
        for one in held:
            yield from _rows(one)
    elif isinstance(held, dict):
        if isinstance(held.get("query"), str) and held["query"].strip():
            yield held
        else:
            yield from _rows(list(held.values()))


def translated(query: str) -> str:
    """Google's query in our language: `|` is OR, `intitle:` is `title:`, a lone `*` is left out,
    and so are operators that we have not."""
    out = []
    for word in _WORDS.findall(query):
        lower = word.lower()
        if word in {"*", "+", "AND"} or lower.startswith(("inurl:", "filetype:", "cache:")):
            continue
        if word == "|":
            out.append("OR")
        elif lower.startswith(("intitle:", "-intitle:", "allintitle:")):
            out.append(("-" if word[0] == "-" else "") + "title:" + word.partition(":")[2])
        elif lower.startswith("+"):
            out.append(word[1:])
        else:
            out.append(_SITE.sub(r"\1site:\2", word))
    return " ".join(out)


def _name(query: str) -> str:
    plain = _NAME.sub("-", query.casefold().replace('"', "")).strip("-.")
    ascii_ = plain.encode("ascii", "ignore").decode().strip("-.")
    return ascii_[:40].strip("-.") or "alert"
