"""A page's bytes to text: in which encoding.

Order of evidence: byte order mark, HTTP charset, the page's own `meta`, then a guess from the
bytes (WHATWG HTML §13.2.3, with UTF-8 tried before a legacy encoding is believed, and Latin-1
believed last: it is what servers say that were told nothing). One thing is
turned round: a server that says Latin-1 mostly says so of every page, so the page is asked first.
"""

from __future__ import annotations

import codecs
import re

_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_META = re.compile(rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?\s*([A-Za-z0-9_.:-]{2,40})", re.I)
_XML = re.compile(rb"\A\s*<\?xml[^>]{0,100}?encoding\s*=\s*[\"']([A-Za-z0-9_.:-]{2,40})", re.I)
_HTTP = re.compile(r"charset\s*=\s*[\"']?([A-Za-z0-9_.:-]{2,40})", re.I)
_PLAIN = re.compile(r"[\x00-\x7f]+")
_META_WINDOW = 8_192  # the standard says 1,024; pages with a long head put it later

# What browsers read these labels as (WHATWG Encoding §4.2).
_ALIASES = {
    "iso-8859-1": "cp1252",
    "latin1": "cp1252",
    "latin-1": "cp1252",
    "us-ascii": "cp1252",
    "ascii": "cp1252",
    "iso-8859-9": "cp1254",
    "iso-8859-11": "cp874",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "ks_c_5601-1987": "cp949",
    "euc-kr": "cp949",
    "shift_jis": "cp932",
    "x-sjis": "cp932",
    "utf-16": "utf-8",  # in a `meta` readable as ASCII it cannot be true
    "utf-16le": "utf-8",
    "utf-16be": "utf-8",
}
_BY_DEFAULT = frozenset({"iso-8859-1", "latin1", "latin-1", "us-ascii", "ascii"})
# Only text encodings: Python also knows `zlib`, `hex` or `rot13` by these names.
_GUESSES: dict[str, str] = {
    "ru": "cp1251",
    "uk": "cp1251",
    "bg": "cp1251",
    "sr": "cp1251",
    "mk": "cp1251",
    "ar": "cp1256",
    "fa": "cp1256",
    "el": "cp1253",
    "tr": "cp1254",
    "he": "cp1255",
    "pl": "cp1250",
    "cs": "cp1250",
    "hr": "cp1250",
    "hu": "cp1250",
}
# The letters that make up well over half of any text; capitals are few, which tells encodings
# apart that only exchange the cases.
_FREQUENT = {
    "cp1251": frozenset("оеаинтсрвлкмдпуі"),
    "koi8-r": frozenset("оеаинтсрвлкмдпу"),
    "cp1253": frozenset("αοιετσνηυρπκμλςάίόέή"),
    "cp1256": frozenset("اليمنوهرتبدسكیفع"),
    "cp1255": frozenset("יהואלרתבמשנכד"),
}
_MOST = 0.6
_SAMPLE = 200_000
_WORDS = re.compile(rb"[\x80-\xff]{4,}")
_BEYOND = re.compile(rb"[\x80-\xff]")
_LANG = re.compile(rb"<html[^>]{0,300}?\blang\s*=\s*[\"']?([A-Za-z]{2})", re.I)


def decode(body: bytes, content_type: str = "") -> str:
    """Text of `body`; what no encoding explains becomes U+FFFD, never an error."""
    for mark, name in _BOMS:
        if body.startswith(mark):
            return body[len(mark) :].decode(name, "replace")
    stated = _HTTP.search(content_type)
    head = body[:_META_WINDOW]
    labels = [m[1].decode("ascii") for m in (_XML.search(head), _META.search(head)) if m]
    if stated:
        labels.insert(len(labels) if stated[1].lower() in _BY_DEFAULT else 0, stated[1])
    for label in labels:
        if _ALIASES.get(label.lower()) == "cp1252":
            continue  # the default of servers and templates: any bytes can be read in it
        text = _strictly(body, label)
        if text is not None:
            return text
    return _guess(body, labels)


def _strictly(body: bytes, label: str) -> str | None:
    """`body` in the encoding of that label, None where the label names none or is refuted."""
    try:
        codec = codecs.lookup(_ALIASES.get(label.lower(), label))
        if not codec._is_text_encoding:
            return None
        name = codec.name  # `windows-1251` is `cp1251`
        if name.startswith("cp125") and _is_utf8(body):
            return body.decode("utf-8")
        return body.decode(name, "replace" if name.startswith("cp125") else "strict")
    except (LookupError, ValueError):
        return None


def _is_utf8(body: bytes) -> bool:
    """True for valid UTF-8 with at least one character beyond ASCII: never by accident."""
    if body.isascii():
        return False
    try:
        body.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _guess(body: bytes, labels: list[str]) -> str:
    """UTF-8 if nearly all of it is, or half where the page says so; else the usual legacy encoding
    of the page's language."""
    text = body.decode("utf-8", "replace")
    broken = text.count("\ufffd")
    beyond = len(_PLAIN.sub("", text))
    stated = any(label.lower() in {"utf-8", "utf8"} for label in labels)
    if broken * (2 if stated else 10) <= beyond:
        return text
    lang = _LANG.search(body[:_META_WINDOW])
    legacy = _GUESSES.get(lang[1].decode("ascii").lower() if lang else "")
    return body.decode(legacy or _by_letters(body) or "cp1252", "replace")


def _by_letters(body: bytes) -> str | None:
    """The encoding in which most letters are frequent ones of its script, where whole words are
    beyond ASCII (as in no Latin text); None where none is."""
    found = _WORDS.findall(body[:_SAMPLE])
    sample = b" ".join(found)
    if 2 * len(sample) < len(_BEYOND.findall(body[:_SAMPLE])):
        return None
    best, encoding = 0.0, None
    for name, frequent in _FREQUENT.items():
        letters = sample.decode(name, "replace").replace(" ", "")
        share = sum(one in frequent for one in letters) / max(1, len(letters))
        if share > best:
            best, encoding = share, name
    return encoding if best > _MOST else None
