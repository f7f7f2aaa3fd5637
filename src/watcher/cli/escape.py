"""Text of others, made safe for a terminal."""

from __future__ import annotations

# C0 (but tab and newline), DEL, C1, and what turns the direction of writing: a title must not
# steer the terminal, nor hide what it says.
_DIRECTION = [*range(0x202A, 0x202F), *range(0x2066, 0x206A), 0x200E, 0x200F, 0x061C]
_STEERING = {
    code: f"\\x{code:02x}"
    for code in [*range(0x20), *range(0x7F, 0xA0)]
    if code not in {0x09, 0x0A}
} | {code: f"\\u{code:04x}" for code in _DIRECTION}
_BREAKS = dict.fromkeys([0x09, 0x0A, 0x2028, 0x2029], " ")
_JSON = {code: f"\\u{code:04x}" for code in [*range(0x7F, 0xA0), *_DIRECTION]}


def clean(text: str) -> str:
    """`text` with every character that steers a terminal printed as an escape."""
    return text.translate(_STEERING).encode("utf-8", "replace").decode("utf-8")


def one_line(text: str) -> str:
    """`text` on one line: no title makes a second one that looks like ours."""
    return clean(text.translate(_BREAKS))


def json_text(text: str) -> str:
    """JSON that `json.dumps` made, the same value, without what steers a terminal."""
    return text.translate(_JSON).encode("utf-8", "replace").decode("utf-8")
