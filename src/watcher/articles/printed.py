"""Dates as pages print them for people, in the languages of `months.toml`: days only, since a
printed time has no zone."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime
from functools import cache
from importlib.resources import files
from typing import Literal

from watcher.articles.blocks import Block, Zone
from watcher.model.when import DAY, Dated, Micros, micros

_LONGEST = 160  # characters of a line that holds a date rather than a sentence
_MOST = 22  # words
_ABOVE, _AFTER = 6, 3  # blocks around the headline and the beginning of the text
_LABELLED = 10  # blocks farther down in which a line that says `Published` is believed
_ITEM = 6  # words of a list's item that holds a date and nothing else
_NOT_OURS = Zone.COMMENT | Zone.CARD | Zone.HIDDEN | Zone.CAPTION | Zone.RELATED
_WORD = r"[^\W\d_][^\s\d,.;:()|/]*"  # vowel signs are no \w
_OF = r"(?:\s+(?:de|del|di|of|d['’]))?"
_FORMS = (
    r"(?P<y1>\d{4})\s*[年년]\s*(?P<m1>\d{1,2})\s*[月월]\s*(?P<d1>\d{1,2})\s*[日일]?",
    r"(?P<y2>\d{4})[-/.](?P<m2>\d{1,2})[-/.](?P<d2>\d{1,2})(?!\d)",
    rf"(?<!\d)(?P<d3>\d{{1,2}})(?:\.|st|nd|rd|th|er|ος|º)?{_OF}\s+(?P<w3>{_WORD})\.?,?{_OF}\s+(?P<y3>\d{{4}})(?!\d)",
    rf"(?<!\w)(?P<w4>{_WORD})\.?\s+(?P<d4>\d{{1,2}})(?:st|nd|rd|th|º)?,?\s+(?P<y4>\d{{4}})(?!\d)",
    rf"(?<!\d)(?P<y5>\d{{4}})\.?(?:\s+m\.)?\s+(?P<w5>{_WORD})\s+(?P<d5>\d{{1,2}})(?!\d)",
    r"(?<!\d)(?P<a>\d{1,2})[./-](?P<b>\d{1,2})[./-](?P<y6>\d{4})(?!\d)",
    r"(?P<d7>\d{1,2})\s+tháng\s+(?P<m7>\d{1,2})(?:,|\s+năm)?\s+(?P<y7>\d{4})",
)
_DATE = re.compile("|".join(_FORMS), re.I)
# What other calendars and scripts need before those forms fit: Levantine months have two words, in
# the Arab press two names of a month stand beside each other, Thai shortens with dots.
_LEVANTINE = re.compile(r"(كانون|تشرين)\s+(الأول|الاول|الثاني)")
_TWO_NAMES = re.compile(rf"({_WORD})\s*/\s*[^\W\d_][^\d,.;:()|/]*?(?=\s+\d{{4}}(?!\d))")
_DOTTED = re.compile(r"(?<=[\u0e01-\u0e4e])\.(?=[\u0e01-\u0e2e])")
_BUDDHIST_ERA = re.compile(r"(?:พศ|คศ)\.?\s*(?=\d{4})")
_ERA = re.compile(r"(?P<era>令和|平成|民國|民国)\s*(?P<year>\d{1,3}|元)(?=\s*年)")
_ERAS = {"令和": 2018, "平成": 1988, "民國": 1911, "民国": 1911}  # the year before the first
_BUDDHIST = 543  # years ahead


@cache
def _table() -> dict[str, dict[str, list[str]]]:
    return tomllib.loads(files("watcher.articles").joinpath("months.toml").read_text("utf-8"))


@cache
def _months(language: str, kind: str = "months") -> dict[str, int]:
    """Form to number, of one language."""
    names = _table().get(language, {}).get(kind, ())
    return {form: number for number, forms in enumerate(names, 1) for form in forms.split()}


@cache
def _said(kind: str) -> re.Pattern[str]:
    """What precedes a date of that kind, in any language."""
    said = {word for table in _table().values() for word in table.get(kind, ())}
    ordered = "|".join(re.escape(word) for word in sorted(said, key=len, reverse=True))
    return re.compile(rf"(?<![^\W\d])(?:{ordered})(?![^\W\d_])[^\d]{{0,24}}\Z", re.I)


def of_change(before: str) -> bool:
    """Whether what precedes a date says that it is one of a change, and not of publication."""
    changed = _said("updated").search(before)
    if changed is None:
        return False
    said = _said("published").search(before)
    return said is None or said.start() <= changed.start()


def of_publication(before: str) -> bool:
    return bool(_said("published").search(before)) and not of_change(before)


def near_headline(
    blocks: Sequence[Block], first: int, language: str | None, now: Micros
) -> tuple[Dated | None, Dated | None]:
    """When it was published and changed, as the lines about the headline say. `first`: where the
    text begins; dates of the future are passed over. A line that says `Published` is believed
    farther down, and before one that says nothing."""
    heads = [b.index for b in blocks if b.zone & Zone.TITLE and not b.zone & Zone.HIDDEN]
    top = min(heads, key=lambda index: abs(index - first), default=first)
    begin = max(0, min(top - _ABOVE, first) if heads else first - 2 * _ABOVE)
    end = max(top, first) + _AFTER
    bare: Dated | None = None
    changed: Dated | None = None
    for block in blocks[begin : end + _LABELLED]:
        for day, said in _of_block(block, language, now):
            if said == "published":
                return day, changed
            if block.index >= end:
                continue
            if said == "changed":
                changed = changed or day
            elif block.index >= top - _ABOVE:
                bare = bare or day
    return bare, changed


def below(blocks: Sequence[Block], last: int, language: str | None, now: Micros) -> Dated | None:
    """The day that a line right below the text prints alone, or as that of publication. `last`:
    the text's last block."""
    for block in blocks[max(0, last - 1) : last + 1 + _AFTER]:
        for day, said in _of_block(block, language, now):
            alone = said == "" and not without_dates(block.text)
            if said == "published" or alone:
                return day
    return None


def _of_block(
    block: Block, language: str | None, now: Micros
) -> Iterator[tuple[Dated, Literal["published", "changed", ""]]]:
    if block.zone & _NOT_OURS or len(block.text) > _LONGEST or block.words > _MOST:
        return
    if block.zone & Zone.ITEM and block.words > _ITEM:
        return
    line = _plain(block.text)
    for found in _DATE.finditer(line):
        day = _day(found, language or "", now)
        if day is not None:
            yield day, _what(line[: found.start()])


def _what(before: str) -> Literal["published", "changed", ""]:
    if of_change(before):
        return "changed"
    return "published" if of_publication(before) else ""


def dates(text: str, language: str | None, now: Micros) -> Iterator[tuple[Dated, bool]]:
    """The days that a line names, each with whether the words before it speak of a change."""
    line = _plain(text)
    for found in _DATE.finditer(line):
        day = _day(found, language or "", now)
        if day is not None:
            yield day, of_change(line[: found.start()])


def names_day(text: str) -> bool:
    """Whether it holds what is written like a day."""
    return bool(_DATE.search(_plain(text)))


_PERSIAN_DAY = re.compile(
    r"(?<!\w)(?:(?:(?:یک|دو|سه|چهار|پنج)[\u200c ]?)?شنبه|جمعه)\s*،?\s+(?=[0-9۰-۹])"
)


def without_dates(text: str, mark: str = " ") -> str:
    """A byline without the day beside it, in whose place `mark` comes."""
    plain = _plain(text)
    if not _DATE.search(plain):
        return " ".join(text.split()).strip(" |·•–—-,")
    plain = _PERSIAN_DAY.sub(" ", plain)  # before a date of its own calendar
    return " ".join(_DATE.sub(mark, plain).split()).strip(" |·•–—-,")


def _plain(text: str) -> str:
    """A line whose digits are ASCII, whose months are one word, and whose years are counted from
    the common era where the line names another."""
    if text.isascii():
        return text
    line = "".join(_digit(char) for char in text)
    line = _BUDDHIST_ERA.sub("", _DOTTED.sub("", line))
    line = _TWO_NAMES.sub(r"\1", _LEVANTINE.sub(r"\1_\2", line))
    return _ERA.sub(_common, line)


def _common(found: re.Match[str]) -> str:
    year = 1 if found["year"] == "元" else int(found["year"])
    return str(_ERAS[found["era"]] + year)


def _digit(char: str) -> str:
    return char if char.isascii() or not char.isdecimal() else str(unicodedata.decimal(char))


def _day(found: re.Match[str], language: str, now: Micros) -> Dated | None:
    parts = {key: value for key, value in found.groupdict().items() if value}
    for number in ("1", "2", "7"):
        if f"y{number}" in parts:
            year, month, day = (int(parts[f"{one}{number}"]) for one in "ymd")
            return next(iter(_possible([(year, month, day)], now)), None)
    if "a" in parts:
        return _of_numbers(found.group(), parts, language.casefold(), now)
    for number in ("3", "4", "5"):
        if f"y{number}" in parts:
            named = _named(parts[f"w{number}"], language) or 0  # a month 0 is none
            year, day = int(parts[f"y{number}"]), int(parts[f"d{number}"])
            return next(iter(_possible([(year, named, day)], now)), None)
    return None


def _of_numbers(stated: str, parts: dict[str, str], language: str, now: Micros) -> Dated | None:
    """10/03/2026: the day comes first but in American English; where neither the mark nor the
    language tells, the reading nearest to the fetch and not after it."""
    a, b, year = int(parts["a"]), int(parts["b"]), int(parts["y6"])
    read = _possible([(year, b, a), (year, a, b)], now)
    if language == "en-us" and "." not in stated:
        read.reverse()
    if language in {"", "en"} and "." not in stated:
        return max(read, key=lambda one: one.at, default=None)
    return read[0] if read else None


def _named(word: str, language: str) -> int | None:
    """The month: by the page's language, then by any that knows the word."""
    form = word.casefold().rstrip(".")
    primary = language.partition("-")[0].casefold()
    for one in (primary, "en", *_table()):
        if number := _months(one).get(form) or _months(one, "jalali").get(form):
            return number
    return None


def _possible(read: Sequence[tuple[int, int, int]], now: Micros) -> list[Dated]:
    """Those that are days between 1990 and the day after `now`."""
    found = []
    for one in read:
        year, month, day = one
        if 2400 <= year < 2700:
            year -= _BUDDHIST
        try:
            read_day = from_jalali(*one) if 1300 <= year < 1500 else (year, month, day)
            stated = date(*read_day)
        except ValueError:
            continue
        at = micros(datetime(stated.year, stated.month, stated.day, tzinfo=UTC))
        if stated.year >= 1990 and at <= now + DAY:
            found.append(Dated(stated.isoformat(), at, "day"))
    return found


def from_jalali(year: int, month: int, day: int) -> tuple[int, int, int]:
    """A day of the Iranian calendar in the Gregorian one (the 33-year rule, right from 1178 to
    1633); impossible days come out as a month 0."""
    if not (1 <= month <= 12 and 1 <= day <= 31):
        return year, 0, 0
    since = year + 1595
    days = -355668 + 365 * since + (since // 33) * 8 + (since % 33 + 3) // 4 + day
    days += (month - 1) * 31 if month < 7 else (month - 7) * 30 + 186
    read = date.fromordinal(max(1, days - 365))
    return read.year, read.month, read.day
