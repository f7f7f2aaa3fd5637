"""Slips of publishers that leave no doubt what was meant, made good before our own reader reads.

Only such are here of which feedparser makes the same (it reads whatever else is not well-formed),
so that a change of reader is no edit. Everything goes through a body once.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Callable
from html.entities import name2codepoint
from xml.parsers import expat

UTF_8 = frozenset({"utf-8", "utf8", "us-ascii", "ascii"})
WIDE_MARKS = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)

_WIDE = re.compile(r"utf-?(?:16|32)|ucs-?[24]|iso-10646-ucs-[24]", re.I)
_DECLARED = re.compile(
    rb"""<\?xml\s[^<>?]{0,200}?\bencoding\s*=\s*["']([A-Za-z0-9_.:-]{1,40})["']"""
)
# The encodings that newsrooms write in, by Python's names, and the wider ones that are meant.
_KNOWN = {
    **{f"iso8859-{n}": f"iso8859-{n}" for n in (1, 2, 3, 4, 5, 7, 9, 10, 13, 14, 15, 16)},
    **{f"cp{n}": f"cp{n}" for n in range(1250, 1259)},
    **{name: name for name in ("koi8-r", "koi8-u", "gbk", "gb18030", "big5", "euc_jp", "euc_kr")},
    "gb2312": "gb18030", "shift_jis": "shift_jis", "cp932": "cp932", "cp949": "cp949",
}  # fmt: skip

_INVALID_TOKEN = expat.errors.codes[expat.errors.XML_ERROR_INVALID_TOKEN]
_UNDEFINED_ENTITY = expat.errors.codes[expat.errors.XML_ERROR_UNDEFINED_ENTITY]
_JUNK = expat.errors.codes[expat.errors.XML_ERROR_JUNK_AFTER_DOC_ELEMENT]

_CONTROLS = bytes({*range(32)} - {9, 10, 13})
_AMPERSAND = re.compile(rb"&(?:(?=\s)|(?!amp;|lt;|gt;|quot;|apos;)([A-Za-z][A-Za-z0-9]{1,30});)")
_TAG = re.compile(rb"<[/!?]?([A-Za-z][A-Za-z0-9:-]*)?")
_AFTER = frozenset({b"", b"script", b"noscript", b"style", b"img", b"iframe", b"br", b"b", b"div"})


def in_utf_8(body: bytes, served: str) -> tuple[bytes, bool, str] | str:
    """`body` in UTF-8, whether its own declaration is to be overridden, and which encoding it
    states wrongly, if any; or why that is not for our own reader. `served`: the charset that the
    server states, in lower case, or none.

    The server goes before the document, as feedparser has it (RFC 7303, 3)."""
    if body.startswith(WIDE_MARKS):
        wide = not served or _WIDE.fullmatch(served)
        return (body, False, "") if wide else f"it is served as {served}"
    found = _DECLARED.match(body)
    declared = found.group(1).decode("ascii").lower() if found else ""
    if served in UTF_8:
        return body, bool(declared) and declared not in UTF_8, ""
    if served and declared and _codec(served) != _codec(declared):
        return f"it is served as {served} and written in {declared}"
    name = served or declared
    if not name or name in UTF_8:
        return body, False, ""
    if _WIDE.fullmatch(name):  # as .NET writes it where a text became bytes later
        return body, True, name
    return _decoded(body, name)


def mended(body: bytes, code: int) -> bytes:
    """Without control characters, ampersands that begin nothing as `&amp;`, HTML's entities as
    numbers and unknown ones as they stand there; where expat stopped for one of these."""
    if code not in {_INVALID_TOKEN, _UNDEFINED_ENTITY}:
        return body
    return _outside_cdata(body, _mended_text)


def ends_well(body: bytes, error: expat.ExpatError, at: int) -> bool:
    """Whether what stands after the feed's end, at which expat stopped, is none of a feed: a script
    that the publisher's server adds to all that it sends."""
    return error.code == _JUNK and all(
        tag.lower() in _AFTER for tag in _TAG.findall(body, max(at, 0))
    )


def _decoded(body: bytes, name: str) -> tuple[bytes, bool, str] | str:
    codec = _KNOWN.get(_codec(name))
    if codec is None:
        return f"it is written in {name}"
    try:
        return body.decode(codec).encode(), True, ""
    except UnicodeError:
        return f"it is not written in {name}"


def _codec(name: str) -> str:
    try:
        return codecs.lookup(name).name
    except LookupError:
        return name


def _mended_text(text: bytes) -> bytes:
    return _AMPERSAND.sub(_ampersand, text.translate(None, _CONTROLS))


def _ampersand(found: re.Match[bytes]) -> bytes:
    name = found.group(1)
    if name is None:
        return b"&amp;"
    code = name2codepoint.get(name.decode("ascii"))
    return b"&amp;%b;" % name if code is None else b"&#%d;" % code


def _outside_cdata(body: bytes, mend: Callable[[bytes], bytes]) -> bytes:
    """`mend` of what is no CDATA section; in these control characters alone are taken out."""
    parts: list[bytes] = []
    at = 0
    while (start := body.find(b"<![CDATA[", at)) >= 0:
        end = body.find(b"]]>", start)
        if end < 0:
            return body
        parts += (mend(body[at:start]), body[start : end + 3].translate(None, _CONTROLS))
        at = end + 3
    return b"".join([*parts, mend(body[at:])])
