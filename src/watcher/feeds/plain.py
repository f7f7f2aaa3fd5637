"""Plain text of what publishers put into feeds: titles on one line, bodies as paragraphs."""

from __future__ import annotations

import html
import re
from collections.abc import Sequence
from typing import Any, cast

from watcher.feeds import simple
from watcher.feeds.simple import DROPPED, INLINE
from watcher.model.feed import ParsedEntry

MAX_TEXT = 1_000_000  # characters of one entry's text

# C0 controls but tab and line ends, DEL, and lone surrogates: none is text, all break writers.
_CONTROLS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
_ENTITY = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});")
_TAG = re.compile(
    r"</?(?:a|abbr|b|big|blockquote|br|cite|code|del|div|em|font|h[1-6]|i|img|ins|li|mark|p|q|s"
    r"|small|span|strike|strong|sub|sup|tt|u|wbr)(?:\s[^<>]*)?/?>",
    re.IGNORECASE,
)
_BLANK_LINES = re.compile(r"\n[ \t\r]*\n\s*")


def clean(text: str) -> str:
    """`text` without control characters and outer white space."""
    return _CONTROLS.sub("", text).strip()


def clean_xml(text: str) -> str:
    """`clean` of what an XML reader let through: DEL is the one control left."""
    return (text.replace("\x7f", "") if "\x7f" in text else text).strip()


def one_line(text: str) -> str:
    """Plain text as it is, on one line."""
    return " ".join(clean(text).split())


def title(markup: str) -> str:
    """A title that may hold markup or entities, as one line of plain text. Only known tags count
    as markup, so that `a < b` and `List<T>` stay."""
    if "<" in markup:
        markup = _TAG.sub("", markup)
    if "&" in markup:
        markup = _ENTITY.sub(lambda found: html.unescape(found.group()), markup)
    return one_line(markup)


def paragraphs(markup: str) -> str:
    """The text of an HTML fragment: paragraphs joined by a blank line, entities resolved, without
    scripts and styles, at most `MAX_TEXT` characters."""
    return cleaned_paragraphs(_CONTROLS.sub("", markup))


def cleaned_paragraphs(markup: str) -> str:
    """`paragraphs` of what `clean` gave."""
    if "<" not in markup:
        return from_plain(html.unescape(markup) if "&" in markup else markup)
    text = simple.paragraphs(markup)
    return _by_libxml2(markup) if text is None else clean(text[:MAX_TEXT])


def _by_libxml2(markup: str) -> str:
    from lxml import etree  # most feeds, and most commands, need it never

    target = _Paragraphs()
    parser = etree.HTMLParser(target=cast(Any, target), huge_tree=True)
    try:
        parser.feed(markup)
        parser.close()
    except (etree.LxmlError, AssertionError):  # what was read until then is still text
        target.close()
    return _joined(target.done)


def entry_text(entry: ParsedEntry) -> str:
    """The plain text of an entry: the longer of its summary's and its content's."""
    if entry.text is not None:
        return entry.text
    read = (
        from_plain(body) if literal else cleaned_paragraphs(body)
        for body, literal in zip((entry.summary, entry.content), entry.literal, strict=True)
        if body
    )
    return max(read, key=len, default="")


def quick_text(entry: ParsedEntry) -> str | None:
    """`entry_text` where it needs no C library, in time bounded by the size of the entry; None
    elsewhere: such markup is for a worker."""
    if entry.text is not None:
        return entry.text
    longest = ""
    for body, literal in zip((entry.summary, entry.content), entry.literal, strict=True):
        if literal or "<" not in body:
            text: str | None = from_plain(body) if literal else cleaned_paragraphs(body)
        else:
            text = simple.paragraphs(body)
            text = text if text is None else clean(text[:MAX_TEXT])
        if text is None:
            return None
        longest = max(longest, text, key=len)
    return longest


def entry_texts(entries: Sequence[ParsedEntry]) -> list[str]:
    """`entry_text` of each: a worker's job."""
    return [entry_text(entry) for entry in entries]


def from_plain(text: str) -> str:
    """Plain text with blank lines between paragraphs, in the shape of `paragraphs`."""
    return _joined([one_line(part) for part in _BLANK_LINES.split(text)])


def _joined(parts: list[str]) -> str:
    return clean("\n\n".join(part for part in parts if part)[:MAX_TEXT])


class _Paragraphs:
    """Collects text between block elements. Two line breaks in a row divide paragraphs too."""

    def __init__(self) -> None:
        self.done: list[str] = []
        self._pieces: list[str] = []
        self._dropping = ""  # the outermost element that is no text
        self._depth = 0  # of elements of its name
        self._breaks = 0

    def start(self, tag: str, _attributes: object) -> None:
        if tag in DROPPED:
            self._dropping = self._dropping or tag
            self._depth += tag == self._dropping
        elif tag == "br":
            self._break()
        elif tag not in INLINE:
            self._flush()

    def end(self, tag: str) -> None:
        if tag in DROPPED:
            self._depth -= tag == self._dropping
            if not self._depth:
                self._dropping = ""
        elif tag not in INLINE and tag != "br":
            self._flush()

    def data(self, data: str) -> None:
        if self._dropping:
            return
        if not data.isspace():
            self._breaks = 0
        self._pieces.append(data)

    def comment(self, _text: str) -> None:
        """Comments are no text."""

    def pi(self, *_parts: object) -> None:
        """Neither are processing instructions."""

    def close(self) -> None:
        self._flush()

    def _break(self) -> None:
        self._breaks += 1
        self._pieces.append(" ")
        if self._breaks > 1:
            self._flush()

    def _flush(self) -> None:
        self._breaks = 0
        text = " ".join("".join(self._pieces).split())
        self._pieces.clear()
        if text:
            self.done.append(text)
