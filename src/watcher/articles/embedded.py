"""Text that a page holds only for its scripts: the state that a browser would draw it from
(Next, Nuxt, Arc and others of their kind). Never a first choice: states hold other texts, too."""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator

from watcher.articles import jsonld
from watcher.articles.tree import Tree

LEAST_WORDS = 12  # of a plain string that is a paragraph
_LONGEST = 2_000_000  # characters of scripts that are read
# A key, if one stands before it, and a long string. Possessive: a broken string costs one pass.
_STRING = re.compile(r'(?:"([\w-]{1,40})"\s*:\s*)?"((?:[^"\\]++|\\.)*+)"', re.S)
_ONE_TEXT = re.compile(r"\d|\w+-\w+-\w+")  # in the address: a number, a date, a sentence
_SHORTEST = 70
_CODE = re.compile(r"[{};=<>|]|https?://|\b(?:function|return|var|const)\b")
_BREAK = re.compile(r"</(?:p|h[1-6]|li|blockquote|div)\s*>|<br\s*/?>|\n+", re.I)
_DEPTH = 2  # a state within a string of a script


def text_in_scripts(tree: Tree) -> tuple[str, ...]:
    """The paragraphs of the fullest text in the page's scripts; empty where there is none, and
    on pages that are not stated or addressed as an article's: a front page's state is full of
    texts."""
    if not tree.article and tree.meta("og:type") != "article":
        path = tree.url.split("?")[0].split("//", 1)[-1].partition("/")[2]
        if not _ONE_TEXT.search(path):
            return ()
    html: list[list[str]] = []
    plain: dict[str, list[str]] = defaultdict(list)
    left = _LONGEST
    for script in tree.scripts:
        if "ld+json" in script.kind or left <= 0:
            continue
        for key, text in _strings(script.text[:left], _DEPTH):
            if "<p" in text:
                html.append(list(_paragraphs(text)))
            elif _is_prose(text):
                plain[key].append(" ".join(text.split()))
        left -= len(script.text)
    texts = [*html, *(list(dict.fromkeys(lines)) for lines in plain.values())]
    return tuple(max(texts, key=_words, default=()))


def _words(lines: Iterable[str]) -> int:
    return sum(line.count(" ") + 1 for line in lines)


def _strings(script: str, depth: int) -> Iterator[tuple[str, str]]:
    """Long strings with their keys, those inside of strings too."""
    for found in _STRING.finditer(script):
        if len(found[2]) < _SHORTEST:
            continue
        try:
            text = json.loads(f'"{found[2]}"', strict=False)
        except ValueError:
            continue
        if depth > 1 and '":' in text[:300] and text[:1] != "<":
            yield from _strings(text, depth - 1)
        else:
            yield found[1] or "", text


def _paragraphs(text: str) -> Iterator[str]:
    for part in _BREAK.split(text):
        line = jsonld.clean(part)
        if line:
            yield line


def _is_prose(text: str) -> bool:
    words = text.count(" ") + 1
    return words >= LEAST_WORDS and len(text) / words < 16 and not _CODE.search(text)
