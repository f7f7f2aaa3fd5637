"""The text candidates of a page, and the gate that chooses between them (spec `articles` §2.1)."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from lxml import html

from watcher.articles import jsonld
from watcher.articles.blocks import Block, Zone
from watcher.articles.embedded import text_in_scripts
from watcher.articles.select import select
from watcher.articles.tree import Tree

LEAST_WORDS = 80  # a text below this is doubted
LEAST_SHARE = 0.5  # of the words of the plain `article p` pass

_NOT_TEXT = Zone.CHROME | Zone.ASIDE | Zone.CAPTION | Zone.HIDDEN | Zone.COMMENT | Zone.CARD
_PARAGRAPH_TAGS = frozenset({"p", "blockquote", "li", "h2", "h3", "h4", "pre"})
_LONG_RUN = 25  # words: no label is that long, whatever its element
_WORD = re.compile(r"\w+")
_DENSE = re.compile(r"[^\u3040-\u9fff]+")  # all but kana and Han


@dataclass(frozen=True, slots=True)
class Candidate:
    """One reading of the page: its lines, the method that gave them, and why it was taken."""

    method: str
    lines: tuple[str, ...]
    why: tuple[str, ...] = ()
    words: int = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "words", count_words(" ".join(self.lines)))


def count_words(text: str) -> int:
    """Words; in scripts written without blanks, half the characters."""
    words = len(_WORD.findall(text))
    return words if text.isascii() else words + len(_DENSE.sub("", text)) // 2


def choose(tree: Tree, blocks: list[Block]) -> Candidate:
    """trafilatura in precision mode without its fallbacks, unless it has too little; then the
    fullest of the others in the order: its default, `article p`, JSON-LD, texts in scripts.
    Each refusal is a reason. (Without fallbacks one page in 790 reads worse, which the gate
    finds; they cost as much as the reading itself.)"""
    plain = article_paragraphs(blocks)
    if tree.large:
        told = ("a page too large for more readings", f"{plain.method}: {plain.words} words")
        return Candidate(plain.method, plain.lines, told)
    best = trafilatura_text(tree.root, precision=True, fast=True)
    why: list[str] = list(best.why)
    others: list[Callable[[], Candidate]] = [
        lambda: trafilatura_text(tree.root, precision=False),
        lambda: plain,
        lambda: json_body(tree),
        lambda: Candidate("scripts", text_in_scripts(tree)),
    ]
    for other in others:
        refused = _refused(best, plain)
        if refused is None or _grows(best, plain, blocks):
            break
        candidate = other()
        why.extend(candidate.why)
        if candidate.words > best.words:
            why.append(f"{best.method}: {refused}")
            best = candidate
        else:
            why.append(f"{candidate.method}: no more, {candidate.words} words")
    doubt = _refused(best, plain)
    said = f"{best.words} words" if doubt is None else f"{doubt}, and nothing better"
    return Candidate(best.method, best.lines, (*why, f"{best.method}: {said}"))


def _grows(candidate: Candidate, plain: Candidate, blocks: list[Block]) -> bool:
    """Whether the paragraphs between the candidate's own make it a text that would stand."""
    chosen = select(blocks, candidate.lines) if candidate.words else None
    words = sum(count_words(block.text) for block in chosen or ())
    return words >= max(LEAST_WORDS, 0.9 * plain.words)


def _refused(candidate: Candidate, plain: Candidate) -> str | None:
    """Why a candidate does not stand by itself, None where it does."""
    words = candidate.words
    if words < LEAST_WORDS:
        return f"only {words} words"
    if candidate is not plain and words < LEAST_SHARE * plain.words:
        return f"{words} words against {plain.words} in the page's paragraphs"
    return None


def trafilatura_text(root: html.HtmlElement, *, precision: bool, fast: bool = False) -> Candidate:
    """trafilatura on a copy of the tree; it is given no address, so it can fetch nothing. `fast`:
    without comparing with two other engines, which is a second and third reading."""
    from trafilatura import bare_extraction

    method = "trafilatura-precision" if precision else "trafilatura"
    method += "-fast" if fast else ""
    try:
        document: Any = bare_extraction(
            root, fast=fast, favor_precision=precision, include_comments=False
        )
    except Exception as error:  # whatever breaks it: the next candidate is asked
        return Candidate(method, (), (f"{method}: {type(error).__name__}",))
    if document is None or not document.text:
        return Candidate(method, ())
    return Candidate(method, tuple(line for line in document.text.split("\n") if line.strip()))


def article_paragraphs(blocks: list[Block]) -> Candidate:
    """Paragraphs inside the article, or all of the page where no element is marked as one."""
    prose = [
        b
        for b in blocks
        if (b.element.tag in _PARAGRAPH_TAGS or b.words >= _LONG_RUN)
        and not b.zone & _NOT_TEXT
        and 2 * b.linked < len(b.text)
    ]
    marked = [b for b in prose if b.zone & Zone.ARTICLE]
    chosen = marked if sum(b.words for b in marked) >= LEAST_WORDS else prose
    return Candidate("article-paragraphs", tuple(b.text for b in chosen))


def json_body(tree: Tree) -> Candidate:
    """JSON-LD `articleBody`: never a first choice, for it is wrong on live blogs and teasers."""
    body = tree.article.get("articleBody")
    if not isinstance(body, str):
        return Candidate("json-ld", ())
    lines = [jsonld.clean(line) for line in re.split(r"\n+|<br\s*/?>|</p>", body)]
    return Candidate("json-ld", tuple(line for line in lines if line))
