from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from watcher.errors import QueryError
from watcher.model.article import ArticleText, Caption, Link, PageState
from watcher.model.topic import Scope, Span, TopicSpec
from watcher.text.normalise import fold
from watcher.topics.ast import And, Not, Or, Term
from watcher.topics.document import Document
from watcher.topics.evaluate import evaluate
from watcher.topics.facts import Facts
from watcher.topics.match import Found, Matcher
from watcher.topics.parse import parse_query

ALIASES = {"mek": ["=MEK", "Mujahedin-e Khalq", "مجاهدین خلق"]}


def article(title="", standfirst=None, body="", captions=(), links=()):
    return ArticleText(
        title=title,
        standfirst=standfirst,
        body=body,
        byline=(),
        credit=None,
        published=None,
        modified=None,
        language="en",
        captions=tuple(Caption(text) for text in captions),
        links=tuple(links),
        state=PageState("article", 1.0),
        tags=(),
        source="page",
        method="",
        why=(),
    )


def found(query, text):
    """(field, words) of every span, or None."""
    spans = evaluate(parse_query(query, ALIASES), Document.of(text))
    return None if spans is None else [(s.field, shown(text, s)) for s in spans]


def shown(text, span):
    fields = {"title": text.title, "standfirst": text.standfirst, "body": text.body}
    fields |= {f"caption[{i}]": c.text for i, c in enumerate(text.captions)}
    return fields[span.field][span.start : span.end]


RAID = article(
    title="Police raid MEK camp",
    standfirst="Officers entered the Ashraf-3 compound.",
    body="Albanian police\nentered Camp Ashraf near Durrës.\n\nThe MEK’s people protested.",
    captions=["The gate of Ashraf", "3 officers in Tirana"],
    links=[Link("https://example.org/", "Kosovo votes", "related")],
)


@pytest.mark.parametrize(
    ("query", "wanted"),
    [
        ("mek", [("title", "MEK"), ("body", "MEK")]),
        ("durres", [("body", "Durrës")]),
        ("title:mek", [("title", "MEK")]),
        ("title:durres", None),
        ("title:(mek -durres)", [("title", "MEK")]),
        ('"albanian police entered"', [("body", "Albanian police\nentered")]),
        ('"durres the"', [("body", "Durrës.\n\nThe")]),
        ('"camp officers"', None),
        ('"ashraf 3"', [("standfirst", "Ashraf-3")]),
        ("tirana", [("caption[1]", "Tirana")]),
        ("officer*", [("standfirst", "Officers"), ("caption[1]", "officers")]),
        ("camp-ashr*", [("body", "Camp Ashraf")]),
        ("albani*", [("body", "Albanian")]),
        ("kosovo", None),
        ("durres AND NOT tirana", None),
        ("durres -berlin", [("body", "Durrës")]),
        ("berlin OR tirana", [("caption[1]", "Tirana")]),
        ("berlin OR vienna", None),
        ("(durres berlin) OR (tirana camp)", [
            *(("title", "camp"), ("body", "Camp"), ("caption[1]", "Tirana"))
        ]),
        ("camp OR camp*", [("title", "camp"), ("body", "Camp")]),
        ("(durres tirana) OR (protested -tirana)", [
            *(("body", "Durrës"), ("body", "protested"), ("caption[1]", "Tirana"))
        ]),
        ("durres NOT (berlin NOT vienna)", [("body", "Durrës")]),
    ],
)  # fmt: skip
def test_a_query_is_found_by_its_words_where_they_are_printed(query, wanted):
    assert found(query, RAID) == wanted


@pytest.mark.parametrize(
    ("query", "text", "holds"),
    [
        ("=MEK", "mek", False),
        ("=MEK", "Mek", False),
        ("=MEK", "the MEK's", True),
        ("=MEK", "MEK-linked", True),
        ("=MEK", '"MEK"', True),
        ("=MEK", "MEKs", False),
        ('="Balkan Insight"', "by Balkan\n Insight.", True),
        ('="Balkan Insight"', "balkan insight", False),
        ('="C++"', "in C++, or", True),
        ('="C++"', "in C, or", False),
        ('="U.S."', "the U.S. Army", True),
        ('="U.S."', "the US Army", False),
        ("=Durrës", "Durre\u0308s", True),
        ('="#MEK"', "the #MEK camp", True),
        ('="#MEK"', "the MEK camp", False),
        ("=Durrës", "Durres", False),
        ("=O'Brien", "O’Brien", False),
        ("=مجاهد", "مُجاهِد", False),
    ],
)
def test_the_exact_form_looks_at_case_marks_and_punctuation(query, text, holds):
    assert (found(query, article(body=text)) is not None) is holds


def test_a_span_names_the_part_of_the_query_that_found_it():
    query = parse_query("@mek AND (title:Raid* OR Berlin)", ALIASES)
    assert evaluate(query, Document.of(article("Raids on MEK"))) == [
        Span("title", 0, 5, "title:Raid*"),
        Span("title", 9, 12, "@mek"),
    ]


def spec(name, query, scope=None):
    return TopicSpec(name, query, "", scope or Scope())


def matched(specs, text=RAID, **given):
    queries = {s.topic: parse_query(s.query, ALIASES) for s in specs}
    matcher = Matcher(specs, queries, {s.topic: 7 for s in specs})
    where = {
        "language": "en-GB",
        "outlet_domain": "news.example.com",
        "outlet_name": "The Example",
        "feeds": ("f_1", "https://example.com/feed"),
        "tags": ("Balkans",),
    }
    return matcher.match(Document.of(text, Facts(**(where | given))))


def test_topics_are_found_with_their_version_and_the_clause_that_decided():
    specs = [
        spec("camp", "@mek AND (Kosovo OR Durrës OR Tirana) -Berlin"),
        spec("none", "Kosovo"),
        spec("phrase", '"Camp Ashraf" OR title:@mek'),
    ]
    first, last = matched(specs)
    assert (first.topic, first.version, first.clause) == ("camp", 7, "@mek (=MEK) AND Durrës")
    assert isinstance(first, Found)
    assert {s.clause for s in first.spans} == {"@mek", "Durrës", "Tirana"}
    assert (last.topic, last.clause) == ("phrase", '"Camp Ashraf"')


@pytest.mark.parametrize(
    ("scope", "inside"),
    [
        (Scope(), True),
        (Scope(tags=("x", "balkans")), True),
        (Scope(tags=("x",)), False),
        (Scope(feeds=("https://example.com/feed",)), True),
        (Scope(feeds=("f_2",)), False),
        (Scope(langs=("sq", "en")), True),
        (Scope(langs=("en_gb",)), True),
        (Scope(langs=("e",)), False),
        (Scope(langs=("en-US",)), False),
        (Scope(outlets=("example.com",)), True),
        (Scope(outlets=("ample.com",)), False),
        (Scope(outlets=("theexample",)), True),
        (Scope(outlets=("other.com",)), False),
        (Scope(not_outlets=("www.Example.com",)), False),
        (Scope(not_outlets=("other.com",)), True),
        (Scope(tags=("balkans",), langs=("sq",)), False),
    ],
)
def test_a_scope_says_where_a_topic_looks(scope, inside):
    assert bool(matched([spec("t", "mek", scope)])) is inside


def test_an_article_of_unknown_language_is_in_no_named_language():
    assert matched([spec("t", "mek", Scope(langs=("en",)))], language=None) == []
    assert matched([spec("t", "mek")], language=None)


WORDS = ["mek", "Durrës", "camp", "کتاب", "東京", "МЕК", "U.S.", "Mek's", "camps"]
TEXTS = st.lists(st.sampled_from([*WORDS, "x", "كتاب", "京", "durres"]), max_size=8).map(" ".join)
ARTICLES = st.builds(article, TEXTS, st.none() | TEXTS, TEXTS, st.lists(TEXTS, max_size=2))
ATOMS = st.sampled_from(
    [*WORDS, '"mek camp"', "camp*", "=MEK", "=mek", "title:mek", '"京 mek"', '"x camp"', "dur*"]
)
QUERIES = st.recursive(
    ATOMS,
    lambda inner: st.one_of(
        st.tuples(inner, inner).map("({0[0]} AND {0[1]})".format),
        st.tuples(inner, inner).map("({0[0]} OR {0[1]})".format),
        st.tuples(inner, inner).map("({0[0]} NOT {0[1]})".format),
        inner.map("title:{}".format),
    ),
    max_leaves=7,
)


def readable(text):
    try:
        return parse_query(text, ALIASES)
    except QueryError:
        return None


def plainly_true(node, text):
    """The meaning of a query told in the shortest way: a phrase is a substring of folded text."""
    match node:
        case And():
            return all(plainly_true(child, text) for child in node.children)
        case Or():
            return any(plainly_true(child, text) for child in node.children)
        case Not():
            return not plainly_true(node.child, text)
        case Term():
            fields = [text.title]
            if not node.scope:
                fields += [text.standfirst or "", text.body, *(c.text for c in text.captions)]
            if node.exact:
                return any(f" {node.exact} " in f" {' '.join(f.split())} " for f in fields)
            wanted = " " + " ".join(node.tokens) + ("" if node.prefix else " ")
            return any(wanted in f" {fold(field)} " for field in fields)


@given(QUERIES.map(readable).filter(bool), ARTICLES)
def test_evaluation_agrees_with_the_plain_meaning(query, text):
    assert (evaluate(query, Document.of(text)) is not None) is plainly_true(query.root, text)


def blanked(text, spans):
    """The article with a letter that no query has in place of every character of a span."""

    def without(name, value):
        chars = list(value)
        for span in spans:
            if span.field == name:
                chars[span.start : span.end] = "ʘ" * (span.end - span.start)
        return "".join(chars)

    captions = [
        replace(c, text=without(f"caption[{i}]", c.text)) for i, c in enumerate(text.captions)
    ]
    return replace(
        text,
        title=without("title", text.title),
        standfirst=without("standfirst", text.standfirst) if text.standfirst else None,
        body=without("body", text.body),
        captions=tuple(captions),
    )


@given(QUERIES.map(readable).filter(bool), ARTICLES)
def test_without_the_words_under_its_spans_a_query_holds_no_longer(query, text):
    spans = evaluate(query, Document.of(text))
    if spans is None:
        return
    assert spans
    assert len({(s.field, s.start, s.end) for s in spans}) == len(spans)
    assert evaluate(query, Document.of(blanked(text, spans))) is None


@given(QUERIES.map(readable).filter(bool), ARTICLES)
def test_spans_come_by_field_then_place_and_hold_what_their_clause_says(query, text):
    spans = evaluate(query, Document.of(text)) or []
    order = ["title", "standfirst", "body", "caption[0]", "caption[1]"]
    places = [(order.index(s.field), s.start) for s in spans]
    assert places == sorted(places)
    for span in spans:
        words = fold(shown(text, span))
        clause = fold(span.clause.removeprefix("title:").rstrip("*"))
        assert words.startswith(clause) if span.clause.endswith("*") else words == clause
