"""Live matching, the archive and a brute-force reading of the query say the same of every pair."""

from __future__ import annotations

import importlib.util
import random
import sqlite3
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.support.oracle import Plain

from watcher.errors import QueryError
from watcher.model.article import ArticleText, Caption, Credit, PageState
from watcher.model.topic import TopicSpec
from watcher.store.sqlite.place import BETWEEN
from watcher.text.normalise import fold
from watcher.topics import engine
from watcher.topics.archive import plan
from watcher.topics.document import Document
from watcher.topics.evaluate import holds, spans_of
from watcher.topics.facts import Facts
from watcher.topics.match import Matcher
from watcher.topics.parse import parse_query

COLUMNS = ("title", "standfirst", "body", "caption")
HAVE_RE2 = importlib.util.find_spec("re2") is not None
HAVE_STEMS = importlib.util.find_spec("snowballstemmer") is not None

WORDS = """
mek Mek MEK camp camps camping raid raids durrës Durres كتاب کتاب 東京 京 МЕК мой U.S. us Mek's
O'Brien co-op police – 🔥 ¿que? Straße strasse ۲۰۱۴ 2014 می‌گوید a b c 알바니아 알바니아는
""".split()

TERMS = [
    *("mek", "camp", "raid", "durres", "کتاب", "東京", "京", "us", "obrien", "police", "a", "b"),
    *("camp*", "rai*", "알*", "mek-cam*", "co-o*", "=MEK", "=Mek", '="Mek\'s"', "=京", '="a b"'),
    *('"mek camp"', '"a b"', '"camp raid"~2', '"a b c"~1', '"a a"~0', "title:mek", "lead:camp"),
    *("body:raid", "caption:mek", "author:mek", 'author:"a b"', "credit:camp", "url:mek"),
    *("tag:raid", "site:example.com", "lang:en", "lang:sq", "feed:daily", "after:2026-01-02"),
    *("before:2026-01-02", "mek{2}", "(a OR b){3}", '"a b"{2}', "2014", "strasse", "МЕК"),
    *(("~camps", "~raid", '~"police raids"') if HAVE_STEMS else ()),
    *(("/[Mm]ek.camp/", "title:/M+/", r"/\d{4}/") if HAVE_RE2 else ()),
]
NEARABLE = ["mek", "camp", "raid*", "(a OR b)", "(mek OR =Mek)", '"a b"', "title:mek", "author:a"]


def article(chance):
    def said(most):
        return " ".join(chance.choices(WORDS, k=chance.randint(0, most)))

    text = ArticleText(
        title=said(5),
        standfirst=said(4) or None,
        body=said(80 if chance.random() < 0.1 else 12),
        byline=tuple(said(3) for _ in range(chance.randint(0, 2))),
        credit=Credit(said(2) or None, said(4)) if chance.random() < 0.5 else None,
        published=None,
        modified=None,
        language=None,
        captions=tuple(Caption(said(4)) for _ in range(chance.randint(0, 2))),
        links=(),
        state=PageState("article", 1.0),
        tags=tuple(said(1) for _ in range(chance.randint(0, 2))),
        source="page",
        method="",
        why=(),
    )
    facts = Facts(
        language=chance.choice([None, "en", "en-GB", "sq"]),
        host=chance.choice(["", "example.com", "news.example.com", "badexample.com"]),
        url=chance.choice(["", "https://example.com/mek-camp", "https://example.com/a/b"]),
        feeds=chance.choice([(), ("daily",), ("f_1", "weekly")]),
        tags=chance.choice([(), ("raid",), ("raid camp", "mek")]),
        at=chance.choice([None, 1_767_225_600_000_000, 1_767_312_000_000_000]),
    )
    return text, facts


def query(chance, depth=3):
    kind = chance.random()
    if depth == 0 or kind < 0.25:
        return chance.choice(TERMS)
    if kind < 0.4:
        sign = chance.choice(["NEAR/0", "NEAR/1", "NEAR", "ONEAR/2", "ONEAR/0"])
        parts = chance.choices(NEARABLE, k=chance.choice([2, 2, 3]))
        return "(" + f" {sign} ".join(parts) + ")"
    one, other = query(chance, depth - 1), query(chance, depth - 1)
    return chance.choice(["({} AND {})", "({} OR {})", "({} {})", "({} NOT {})"]).format(one, other)


def readable(chance):
    while True:
        try:
            return parse_query(query(chance), {})
        except QueryError:
            continue


def differences(seed, articles, queries):
    """Pairs of which the three do not say the same, as (query, article)."""
    chance = random.Random(seed)
    held = [article(chance) for _ in range(articles)]
    asked = {f"t{n}": readable(chance) for n in range(queries)}
    base = archive([text for text, _ in held])
    stored = {name: found_in(base, one) for name, one in asked.items()}
    specs = [TopicSpec(name, one.text, one.meaning) for name, one in asked.items()]
    matcher = Matcher(specs, asked, dict.fromkeys(asked, 1))
    wrong = []
    for number, (text, facts) in enumerate(held):
        live = {found.topic for found in matcher.match(Document.of(text, facts))}
        plain = Plain(text, facts)
        for name, one in asked.items():
            kept = number in stored[name] and holds(one.root, Document.of(text, facts))
            if not plain.true(one.root) == (name in live) == kept:
                wrong.append((one.text, text, facts))
    return wrong


def archive(texts):
    base = sqlite3.connect(":memory:")
    base.execute(f"CREATE VIRTUAL TABLE found USING fts5({','.join(COLUMNS)}, tokenize='ascii')")
    for number, text in enumerate(texts):
        captions = BETWEEN.join(fold(c.text) for c in text.captions)
        row = (fold(text.title), fold(text.standfirst or ""), fold(text.body), captions)
        base.execute(
            "INSERT INTO found (rowid, title, standfirst, body, caption) VALUES (?, ?, ?, ?, ?)",
            (number, *row),
        )
    return base


def found_in(base, one):
    expression = plan(one)
    if expression is None:
        rows = base.execute("SELECT rowid FROM found")
    else:
        rows = base.execute("SELECT rowid FROM found WHERE found MATCH ?", (expression,))
    return {row[0] for row in rows}


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 2**32))
def test_live_archive_and_the_plain_reading_agree(seed):
    assert differences(seed, 6, 30) == []


@settings(max_examples=6, deadline=None)
@given(st.integers(0, 2**32))
@pytest.mark.parametrize("automaton", ["the library's", "ours"])
def test_the_pass_over_many_patterns_misses_none(automaton, seed):
    """With any number of patterns, and whether or not the library is there."""
    make = engine._automaton if automaton == "the library's" else engine.Plain
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(engine, "FEW", 0)
        patch.setattr(engine, "_automaton", make)
        assert differences(seed, 6, 30) == []


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(20))
def test_a_hundred_thousand_pairs_agree(seed):
    assert differences(seed, 50, 100) == []


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 2**32))
def test_what_is_reported_is_what_made_it_true(seed):
    """Without the words under the spans the query is not true, unless a fact alone made it so."""
    chance = random.Random(seed)
    for _ in range(30):
        one, (text, facts) = readable(chance), article(chance)
        document = Document.of(text, facts)
        if not holds(one.root, document):
            continue
        bare = without(text, facts, spans_of(one.root, document))
        nothing = Document.of(replace(text, **EMPTY), replace(facts, url="", tags=()))
        if not holds(one.root, nothing):
            assert not holds(one.root, Document.of(*bare)), (one.text, text, facts)


EMPTY = {
    "title": "", "standfirst": None, "body": "", "byline": (), "credit": None, "captions": (),
    "tags": (),
}  # fmt: skip


def merged(spans):
    found = []
    for start, end in sorted((span.start, span.end) for span in spans):
        if found and start < found[-1][1]:
            found[-1] = (found[-1][0], max(end, found[-1][1]))
        else:
            found.append((start, end))
    return found


def without(text, facts, spans):
    """The article with a word that no query has in place of every word under the spans."""

    def cut(name, said):
        for start, end in reversed(merged(span for span in spans if span.field == name)):
            said = said[:start] + " ".join("ʘ" for _ in fold(said[start:end]).split()) + said[end:]
        return said

    def cut_list(name, values):
        return tuple(cut(name, ", ".join(values)).split(", ")) if values else ()

    tags = tuple(dict.fromkeys((*text.tags, *facts.tags)))
    credit = text.credit and replace(text.credit, text=cut("credit", text.credit.text))
    if any(span.field == "credit" for span in spans):
        credit = replace(credit, outlet=None)
    changed = replace(
        text,
        title=cut("title", text.title),
        standfirst=cut("standfirst", text.standfirst or ""),
        body=cut("body", text.body),
        captions=tuple(
            Caption(cut(f"caption[{i}]", one.text)) for i, one in enumerate(text.captions)
        ),
        byline=cut_list("author", text.byline),
        credit=credit,
        tags=cut_list("tag", tags),
    )
    return changed, replace(facts, url=cut("url", facts.url), tags=())


def test_learning_what_is_rare_changes_no_answer():
    """The anchors are chosen again after fifty articles; what is found stays the same."""
    chance = random.Random(5)
    asked = {f"t{n}": readable(chance) for n in range(60)}
    specs = [TopicSpec(name, one.text, one.meaning) for name, one in asked.items()]
    matcher = Matcher(specs, asked, dict.fromkeys(asked, 1))
    for _ in range(70):
        document = Document.of(*article(chance))
        true = [name for name, one in asked.items() if holds(one.root, document)]
        assert [found.topic for found in matcher.match(document)] == true
    assert matcher.known.articles > 50
    fresh = Matcher(specs, asked, dict.fromkeys(asked, 1), matcher.known)
    assert [f.topic for f in fresh.match(document)] == true
