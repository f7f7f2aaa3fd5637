"""Bytes to markup: is this a page at all (`text.decode` knows in which encoding)."""

from __future__ import annotations

import re
from collections.abc import Mapping

from watcher.model.article import ExtractFailed
from watcher.text.decode import decode

MAX_BYTES = 5_000_000  # spec `articles` §2.10

_MAGIC: tuple[tuple[bytes, str], ...] = (
    (b"%PDF-", "a PDF"),
    (b"\x89PNG", "an image"),
    (b"\xff\xd8\xff", "an image"),
    (b"GIF8", "an image"),
    (b"RIFF", "an image or sound"),
    (b"PK\x03\x04", "an archive"),
    (b"\x1f\x8b", "compressed data"),
    (b"\x28\xb5\x2f\xfd", "compressed data"),
    (b"ID3", "a sound"),
    (b"OggS", "a sound"),
    (b"\x00\x00\x00\x18ftyp", "a film"),
    (b"\x00\x00\x00\x20ftyp", "a film"),
)
_OTHER_TYPES = re.compile(r"\s*(?:image|audio|video|font)/|\s*application/(?:pdf|zip|json)\b", re.I)
_MARKUP = re.compile(r"<\s*[A-Za-z!?/]")
_CONTROLS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff]")


def markup(body: bytes, headers: Mapping[str, str]) -> str | ExtractFailed:
    """The page's markup without NULs and control characters, or why there is none."""
    if len(body) > MAX_BYTES:
        return ExtractFailed(
            "WTC-ART-001",
            f"the page has {len(body):,} bytes; the limit is {MAX_BYTES:,}",
            "news pages are far smaller: check the address",
        )
    content_type = _header(headers, "content-type")
    other = _not_a_page(body, content_type)
    if other:
        return ExtractFailed("WTC-ART-002", f"not a page but {other}", "only HTML can be read")
    text = _CONTROLS.sub("", decode(body, content_type))
    if not _MARKUP.search(text):
        return ExtractFailed("WTC-ART-003", "the page has no markup", "only HTML can be read")
    return text


def _header(headers: Mapping[str, str], name: str) -> str:
    return next((value for key, value in headers.items() if key.lower() == name), "")


def _not_a_page(body: bytes, content_type: str) -> str | None:
    """What the bytes are instead. Servers mislabel: a type is believed only without markup."""
    for magic, noun in _MAGIC:
        if body.startswith(magic):
            return noun
    start = body[:2_048].lstrip().lower()
    if _OTHER_TYPES.match(content_type) and b"<html" not in start and b"<!doctype" not in start:
        return content_type.partition(";")[0].strip().lower()
    if not start:
        return "an empty answer"
    return None
