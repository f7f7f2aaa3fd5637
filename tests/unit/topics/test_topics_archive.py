import sqlite3

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from watcher.errors import QueryError
from watcher.model.article import ArticleText, Caption, PageState
from watcher.text.normalise import fold
from watcher.topics.archive import plan
from watcher.topics.ast import Not, Or, Query, Term
from watcher.topics.document import Document
from watcher.topics.evaluate import evaluate
from watcher.topics.parse import parse_query

COLUMNS = ("title", "standfirst", "body", "caption")


def article(title, standfirst, body, captions):
    return ArticleText(
        title=title,
        standfirst=standfirst,
        body=body,
        byline=(),
        credit=None,
        published=None,
        modified=None,
        language=None,
        captions=tuple(Caption(text) for text in captions),
        links=(),
        state=PageState("article", 1.0),
        tags=(),
        source="page",
        method="",
        why=(),
    )


def archive(articles):
    base = sqlite3.connect(":memory:")
    base.execute(f"CREATE VIRTUAL TABLE found USING fts5({','.join(COLUMNS)}, tokenize='ascii')")
    for number, text in enumerate(articles):
        captions = "\n".join(c.text for c in text.captions)
        row = (text.title, text.standfirst or "", text.body, captions)
        base.execute(
            "INSERT INTO found(rowid, title, standfirst, body, caption) VALUES (?,?,?,?,?)",
            (number, *map(fold, row)),
        )
    return base


def selected(base, expression):
    if expression is None:
        rows = base.execute("SELECT rowid FROM found")
    else:
        rows = base.execute("SELECT rowid FROM found WHERE found MATCH ?", (expression,))
    return {number for (number,) in rows}


@pytest.mark.parametrize(
    ("query", "expression"),
    [
        ("MEK", '"mek"'),
        ("Durrës camp", '("durres" AND "camp")'),
        ("a (b OR title:c*d)", None),
        ("a (b OR title:camp*)", '("a" AND ("b" OR title : "camp"*))'),
        ("a -b", '"a"'),
        ("a NOT (b OR c) d", '("a" AND "d")'),
        ('="C++"', '"c"'),
        ("co-operat*", '"co operat"*'),
        ('"東京 x"', '"東 京 x"'),
        ('"NEAR(a) OR body:* ^b"', '"near a or body b"'),
    ],
)
def test_a_query_becomes_an_expression_of_quoted_folded_terms(query, expression):
    if expression is None:
        with pytest.raises(QueryError):
            parse_query(query, {})
    else:
        assert plan(parse_query(query, {})) == expression


def test_a_branch_that_asks_for_nothing_opens_the_whole_archive():
    root = Or((Term(("a",)), Not(Term(("b",)))))
    assert plan(Query("a OR NOT b", root, "a OR NOT b")) is None


WORDS = ["mek", "Durrës", "camp", "کتاب", "東京", "ประกาศ", "МЕК", "U.S.", "Mek's", "¿que?", "알"]
TEXTS = st.lists(st.sampled_from([*WORDS, "كتاب", "京", "camps", "–"]), max_size=6).map(" ".join)
ARTICLES = st.builds(article, TEXTS, st.none() | TEXTS, TEXTS, st.lists(TEXTS, max_size=2))
ATOMS = st.sampled_from(
    [*WORDS, '"mek camp"', "camp*", "mek-cam*", "=MEK", "=mek", '"京 mek"', "알*", "=京"]
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


@settings(max_examples=60, deadline=None)
@given(st.lists(ARTICLES, min_size=8, max_size=8), st.lists(QUERIES, min_size=8, max_size=8))
def test_the_archive_finds_what_live_matching_finds(articles, texts):
    base = archive(articles)
    for text in texts:
        try:
            query = parse_query(text, {})
        except QueryError:
            continue
        live = {n for n, a in enumerate(articles) if evaluate(query, Document.of(a)) is not None}
        candidates = selected(base, plan(query))
        assert live <= candidates
        assert live == {
            n for n in candidates if evaluate(query, Document.of(articles[n])) is not None
        }


def test_a_query_at_the_limits_is_one_that_the_archive_can_answer():
    base = archive([article("w7 w1", None, "mek", []), article("x", None, "", [])])
    wide = " OR ".join(f"w{i}" for i in range(1000))
    assert selected(base, plan(parse_query(wide, {}))) == {0}
    long = "w1 " * 1000
    assert selected(base, plan(parse_query(long, {}))) == {0}
    deep = "mek"
    for level in range(50):
        deep = f"({deep} {'OR' if level % 2 else 'AND'} w1)"
    assert selected(base, plan(parse_query(deep, {}))) == {0}
