"""What a value should have been, in the words of config.yaml."""

from __future__ import annotations

from pydantic_core import ErrorDetails

from watcher.config.base import SECRET
from watcher.config.values import Unfit

LINES = "write `key: value`, one a line, indented"
TYPES = "email, webhook, slack, discord, telegram, matrix, ntfy, command, feed"
# By the name of the model that a part should have been.
_PARTS = {
    "Feed": (
        "an address, or keys with values",
        "write `- https://example.org/feed` or `- {url: https://example.org/feed}`",
    ),
    "Topic": ("a query, or keys with values", "write `name: 'the query'`"),
    "SecretModel": (SECRET, "put the secret itself into a file, and name the file here"),
    "Config": ("keys with values", "begin with a key such as `feeds:`"),
}
_KINDS = {
    "string_type": ("a text", "put it into quotes"),
    "int_parsing": ("a whole number", "write it in digits, without quotes"),
    "int_type": ("a whole number", "write it in digits, without quotes"),
    "int_from_float": ("a whole number", "write it without a fraction"),
    "tuple_type": ("a list", "write it as [a, b] or with one `- item` a line"),
    "dict_type": ("names with values below", "write `name: value`, one a line, indented"),
    "string_pattern_mismatch": (
        "a name of letters a to z, digits, `-`, `_` and `.`",
        "start it with a letter or digit; at most 64 characters",
    ),
    "union_tag_not_found": ("a channel with its type", f"add `type: email` or another: {TYPES}"),
    "union_tag_invalid": ("a channel of a type that there is", f"write one of these: {TYPES}"),
    "too_short": ("at least one", "write one, or remove the key"),
}


def expectation(error: ErrorDetails) -> tuple[str, str]:
    """What `error` expected, as it follows "this should be", and a hint. Values are shown only
    where they can be no secret."""
    kind, context = error["type"], error.get("ctx", {})
    reason = context.get("error")
    if isinstance(reason, Unfit):
        shown = "" if reason.secret else _shown(error, str(reason))
        return f"{reason}{shown}", reason.hint
    if kind in {"model_type", "model_attributes_type"}:
        return _PARTS.get(context.get("class_name", ""), ("keys with values", LINES))
    if kind in _KINDS:
        expected, hint = _KINDS[kind]
        # What stands for several values may hold a secret.
        return expected + ("" if kind == "dict_type" else _shown(error, expected)), hint
    if kind == "literal_error":
        return context["expected"] + _shown(error, ""), "write one of these"
    limit = context.get("ge", context.get("le"))
    if limit is not None:
        limit = int(limit) if limit == int(limit) else limit
        most = "at least" if "ge" in context else "at most"
        return f"{most} {limit}{_shown(error, '')}", f"write {limit}, or leave the key out"
    return f"something else ({error['msg']})", "see the README for the keys"


def _shown(error: ErrorDetails, expected: str) -> str:
    got = error.get("input")
    known = isinstance(got, str | int | float) and ", not " not in expected
    return f", not {got!r}"[:120] if known else ""
