"""What a text says of its event: the words of its title and lead, and its names and numbers."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator

from watcher.model.article import ArticleText, Features
from watcher.stories.skeleton import skeleton
from watcher.text.language import guess_by_script
from watcher.text.tokens import tokens

LEAD = 150  # words of the body that are read: the event stands at the top
TITLE = 2  # a word of the title counts as so many of the lead
NAMES = 400  # words in which names and numbers are looked for
STEM = 6  # letters of a word that count: endings differ, in every inflected language

# A sentence's first word is written large whatever it is; so is every word of some headlines.
_WORD = re.compile(r"\w[\w'’]*")
_ENDS = re.compile(r"[.!?…:\n“”\"«»„]\s*$")
_CASED = re.compile(r"[A-Za-z\u00c0-\u024f\u0370-\u052f\u0531-\u0587]")
_NUMBER = re.compile(r"\d{2,}")


def features(text: ArticleText) -> Features:
    lead = f"{text.standfirst}\n\n{text.body}" if text.standfirst else text.body
    language = (text.language or guess_by_script(lead) or "").partition("-")[0]
    cased = bool(_CASED.search(lead[:400]))
    read = " ".join(lead.split(maxsplit=NAMES)[:NAMES])
    named = _names(read) if cased else _all_names(read)
    words = [*tokens(text.title) * TITLE, *tokens(" ".join(lead.split(maxsplit=LEAD)[:LEAD]))]
    return Features(language, _counted(map(stem, words)), _counted(named))


def stem(token: str) -> str:
    return token[:STEM]


def _counted(terms: Iterable[str | None]) -> dict[str, int]:
    return dict(Counter(one for one in terms if one))


def _names(text: str) -> Iterator[str | None]:
    """Capitalised words inside sentences, and numbers."""
    for found in _WORD.finditer(text):
        word = found[0]
        if word[0].isdigit():
            yield _number(word)
        elif word[0].isupper() and not _first(text, found.start()):
            for token in tokens(word.removesuffix("’s").removesuffix("'s")):
                yield skeleton(token)


def _first(text: str, at: int) -> bool:
    return at == 0 or _ENDS.search(text, max(0, at - 3), at) is not None


def _all_names(text: str) -> Iterator[str | None]:
    for token in tokens(text):
        yield _number(token) if token[0].isdigit() else skeleton(token)


def _number(word: str) -> str | None:
    found = _NUMBER.search("".join(tokens(word)))
    return f"#{found[0]}" if found else None
