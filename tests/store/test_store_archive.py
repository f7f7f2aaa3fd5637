"""Searches by rank, shares and counts, as the archive answers them."""

from __future__ import annotations

import pytest
from tests.store.builders import NOON, article_text, draft, place

from watcher.store.sqlite import archive

TEXTS = ["camp " * 5, "camp and much else " * 9, "nothing", "the camp", "camp camp"]


@pytest.fixture
def filled(store, reader):
    made = [draft(f"d{n}", article_text(text, title="A title")) for n, text in enumerate(TEXTS)]
    for one in made:
        place(store, one)
    return [one.article for one in made]


def test_by_rank_the_best_of_the_newest_come_first(filled, reader, monkeypatch):
    capped, found = reader.ranked('"camp"')
    every = [one.article for one in found]
    assert not capped
    assert sorted(every) == sorted(filled[n] for n in (0, 1, 3, 4))
    assert every[-1] in {filled[1], filled[3]}
    newest = [one.article for one in reader.search('"camp"')][:3]
    monkeypatch.setattr(archive, "RANKED", 3)
    capped, found = reader.ranked('"camp"')
    assert capped
    assert [one.article for one in found] == [one for one in every if one in newest]


def test_a_rank_is_never_asked_for_by_a_list_of_rowids(filled, reader):
    """That form takes seconds where the bound takes milliseconds (spec `storage` D4)."""
    said: list[str] = []
    reader._db.set_trace_callback(said.append)
    list(reader.ranked('"camp"')[1])
    ranks = [one.lower() for one in said if "bm25" in one.lower()]
    assert len(ranks) == 1
    assert "rowid in" not in " ".join(ranks[0].split())
    assert "rowid >=" in ranks[0]
    plan = reader._db.execute(f"EXPLAIN QUERY PLAN {archive.RANK}", ('"camp"', 0)).fetchall()
    assert not any("SUBQUERY" in row[3] for row in plan)


def test_the_share_of_a_word_is_of_all_articles(filled, reader):
    assert reader.share('"camp"') == pytest.approx(0.8)
    assert reader.share('"zebra"') == 0


def test_one_article_is_had_as_a_search_has_it(filled, reader):
    (same,) = reader.search('"nothing"')
    assert reader.found(filled[2]) == reader.found(same.url) == same
    assert reader.found("a_none") is None
    assert reader.arrived([filled[0], "a_none"]) == {filled[0]: NOON}
