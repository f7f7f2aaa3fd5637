"""Probes of twenty languages and more: what is the same word in live text and in the archive.

`golden/probes.tsv` is written by us: language, text, query, whether the query finds the text.
"""

from __future__ import annotations

import sqlite3
from collections import Counter
from pathlib import Path

import pytest
from tests.unit.topics.test_topics_match import article

from watcher.text.normalise import fold, fold_map, locate
from watcher.topics.archive import plan
from watcher.topics.document import Document
from watcher.topics.evaluate import holds
from watcher.topics.parse import parse_query

LINES = (Path(__file__).parent / "golden" / "probes.tsv").read_text().splitlines()
PROBES = [tuple(line.split("\t")) for line in LINES if not line.startswith("#")]
LANGUAGES = "sq fa ar ckb tr az el ru uk sr de fr pl ro vi hi th zh ja ko".split()


def test_the_probes_are_many_in_many_languages():
    held = Counter(probe[0] for probe in PROBES)
    assert len(PROBES) >= 200
    assert min(held[language] for language in LANGUAGES) >= 8
    assert {probe[3] for probe in PROBES} == {"yes", "no"}


@pytest.mark.parametrize(("lang", "text", "query", "found"), PROBES)
def test_a_word_is_the_same_live_and_in_the_archive(lang, text, query, found):
    asked = parse_query(query, {})
    document = Document.of(article(body=f"x {text} y"))
    assert holds(asked.root, document) is (found == "yes")
    base = sqlite3.connect(":memory:")
    base.execute("CREATE VIRTUAL TABLE t USING fts5 (title, standfirst, body, caption,"
                 " tokenize = 'ascii')")  # fmt: skip
    base.execute("INSERT INTO t (body) VALUES (?)", (fold(f"x {text} y"),))
    stored = base.execute("SELECT count(*) FROM t WHERE t MATCH ?", (plan(asked),)).fetchone()[0]
    assert (bool(stored) and holds(asked.root, document)) is (found == "yes")
    assert stored or found == "no"


@pytest.mark.parametrize(("lang", "text", "query", "found"), PROBES)
def test_every_word_is_found_again_in_the_text_as_printed(lang, text, query, found):
    mapped = fold_map(text)
    assert mapped.folded == fold(text)
    assert locate(text, range(len(mapped.spans))) == dict(enumerate(mapped.spans))
