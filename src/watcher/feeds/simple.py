"""The paragraphs of simple markup, as libxml2's reader finds them, at a fraction of its cost.

Most of what feeds hold is simple: tags whose quotes are closed and hold no bracket, entities that
HTML 4 knows. For anything else the answer is None, and libxml2 is asked (`feeds.plain`).
"""

from __future__ import annotations

import re
from html.entities import name2codepoint

INLINE = frozenset(
    (
        "a", "abbr", "acronym", "b", "bdi", "bdo", "big", "cite", "code", "data", "del", "dfn",
        "em", "font", "i", "img", "ins", "kbd", "label", "mark", "nobr", "q", "s", "samp",
        "small", "span", "strike", "strong", "sub", "sup", "time", "tt", "u", "var", "wbr",
    )
)  # fmt: skip
DROPPED = frozenset({"script", "style", "template", "iframe", "svg", "noscript", "head"})

# What follows a tag's name up to the first `>`, which ends it where no quoted value holds one.
_REST = r"""(?=[\s/>])[^<>"'=]*(?:=(?:\s*"[^"<>]*"|\s*'[^'<>]*')?[^<>"'=]*)*>"""
_TAG = re.compile(f"<(/?[A-Za-z][A-Za-z0-9:-]*){_REST}")
_COMMENT = re.compile("<!--[^<>]*?-->")
_FRAME = re.compile(rf"<iframe{_REST}\s*</iframe>")
_RAW = re.compile(rf"<(script|style){_REST}")
_SVG = re.compile(rf"<(svg){_REST}(?=\s*<(?:path|g|circle|rect|use|title|defs|line)\b)")
_ENTITY = re.compile(r"&(#?\w+);")

_BREAK, _BLOCK = "\x01", "\x02"  # no control is left in a cleaned text
_BREAKS = re.compile(rf"{_BREAK}\s*{_BREAK}")
_BLOCKS = re.compile(f" ?{_BLOCK}[ {_BLOCK}]*")
_OWN_WAYS = DROPPED | {"html", "body", "frameset", "frame", "plaintext", "textarea", "xmp", "title"}
_CHARACTERS = {name: chr(code) for name, code in name2codepoint.items()}


class _Marks(dict[str, str]):
    """What a tag leaves in the text, by its name with its slash. Raises KeyError for a tag that
    libxml2 reads in its own way."""

    def __missing__(self, name: str) -> str:
        lower = name.lower()
        if lower != name:
            return self[lower]
        if name.removeprefix("/") in _OWN_WAYS:
            raise KeyError(name)
        return _BLOCK  # every other element divides the text, known or not


_MARKS = _Marks({slash + name: "" for name in INLINE for slash in ("", "/")})
_MARKS.update({"br": _BREAK, "p": _BLOCK, "/p": _BLOCK, "li": _BLOCK, "/li": _BLOCK})


def paragraphs(markup: str) -> str | None:
    """The text of `markup` (without control characters), paragraphs joined by a blank line."""
    rest = _without_dropped(markup)
    if rest is None:
        return None
    parts = _TAG.split(rest)
    try:
        parts[1::2] = map(_MARKS.__getitem__, parts[1::2])
        text = "".join(parts)
        if "<" in text:
            return None
        if "&" in text:
            text = _ENTITY.sub(_character, text)
    except (KeyError, ValueError):
        return None
    if _BREAK in text:
        text = _BREAKS.sub(_BLOCK, text).replace(_BREAK, " ")
    return _BLOCKS.sub("\n\n", " ".join(text.split())).strip()


def _without_dropped(markup: str) -> str | None:
    if "<!--" in markup:
        markup = _COMMENT.sub("", markup)
    rest: str | None = markup
    if "</script" in markup or "</style" in markup:
        rest = _without(_RAW, "</", markup, "")
    if rest and "</iframe" in rest:
        rest = _FRAME.sub("", rest)
    if rest and "</svg" in rest:
        rest = _without(_SVG, "</svg>", rest, _BLOCK)
    return rest


def _without(opening: re.Pattern[str], closing: str, markup: str, left: str) -> str | None:
    """Without the elements that `opening` begins: each must end where `closing` comes next. Goes
    through `markup` once, whatever it holds: one expression for all would try every opening with
    every ending."""
    parts: list[str] = []
    at = 0
    while found := opening.search(markup, at):
        end = f"</{found.group(1)}>"
        close = markup.find(closing, found.end())
        if close < 0 or not markup.startswith(end, close):
            return None
        if markup.find("<!--", found.end(), close) >= 0:  # it may hide the end
            return None
        parts += (markup[at : found.start()], left)
        at = close + len(end)
    return "".join([*parts, markup[at:]])


def _character(found: re.Match[str]) -> str:
    """Raises ValueError for what libxml2 reads in its own way."""
    name = found.group(1)
    known = _CHARACTERS.get(name)
    if known is not None:
        return known
    code = _code(name)
    if 32 <= code < 127 or 160 <= code < 0xD800 or 0xE000 <= code < 0xFFFE:
        return chr(code)
    if 0x10000 <= code < 0x110000:
        return chr(code)
    raise ValueError(name)


def _code(name: str) -> int:
    digits = name[1:]
    if name[0] != "#" or not digits.isascii() or len(digits) > 7:
        return 0
    return int(digits[1:], 16) if digits[0] in "xX" else int(digits)
