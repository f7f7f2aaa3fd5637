import pytest
from tests.unit.topics.test_topics_match import RAID

from watcher.topics.document import Document
from watcher.topics.explain import explain
from watcher.topics.facts import Facts
from watcher.topics.parse import parse_query

ALIASES = {"mek": ["=MEK", "Mujahedin-e Khalq"]}
FACTS = Facts(language="en-GB", host="news.example.com", at=1_767_225_600_000_000)


def explained(text):
    return explain(parse_query(text, ALIASES), Document.of(RAID, FACTS))


def test_every_clause_says_whether_it_is_true_and_where_its_words_stand():
    whole, alias, *values, place = explained("@mek AND Durrës")
    assert (whole.clause, whole.value, whole.depth) == ("@mek AND Durrës", True, 0)
    assert (alias.clause, alias.value) == ('="MEK" OR "mujahedin e khalq"', True)
    assert [(one.clause, one.value) for one in values] == [
        ("@mek (=MEK)", True),
        ("@mek (Mujahedin-e Khalq)", False),
    ]
    assert [(s.field, s.start, s.end) for s in place.spans] == [("body", 41, 47)]
    assert (place.start, place.end, place.depth) == (9, 15, 1)


@pytest.mark.parametrize(
    ("query", "why"),
    [
        ("berlin", "not there"),
        ("albania", "not there, but Albanian is: albania* would find it"),
        ("=mek", "there, but written otherwise: MEK"),
        ("title:durres", "not in the title, but in body"),
        ('"camp police"', "all of its words are there, but not together"),
        ('"camp berlin"', "not there: berlin"),
        ("camp NEAR/1 albanian", "the nearest have 2 words between"),
        ("raid NEAR/1 durres", "its words stand in different fields, or in another order"),
        ("durres ONEAR/9 albanian", "its words stand in different fields, or in another order"),
        ("raid NEAR berlin", "not all of its words are there"),
        ("camp{9}", "in 2 places, 9 are asked for"),
        ("lang:sq", "lang is en-GB"),
        ("site:bbc.co.uk", "site is news.example.com"),
        ("after:2026-03-10", "after is 2026-01-01T00:00:00Z"),
        ("feed:x", "feed is no feed"),
        ("camp AND berlin AND vienna", "2 of its 3 parts not true"),
        ("berlin OR vienna", "none of its 2 parts true"),
    ],
)
def test_a_false_clause_says_what_is_missing(query, why):
    whole = explained(query)[0]
    assert (whole.value, whole.why) == (False, why)
    assert not whole.spans


def test_a_negated_clause_that_is_there_says_so_with_its_place():
    clauses = explained("camp -durres")
    assert [(c.clause, c.value) for c in clauses] == [
        ("camp -durres", False),
        ("camp", True),
        ("-durres", False),
        ("durres", True),
    ]
    assert clauses[2].why == "it is there, and must not be"
    assert clauses[2].spans == clauses[3].spans != ()
