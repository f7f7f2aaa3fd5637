import json

import pytest
from bench import pages
from tests.support.pages import EN, link, p, page


def test_words_are_counted_as_often_as_they_stand_there():
    assert pages.overlap("a b b c", "b a d") == (0.5, pytest.approx(2 / 3), pytest.approx(4 / 7))
    assert pages.overlap("", "") == (1, 1, 1)
    assert pages.overlap("", "a") == (0, 0, 0)


def test_scripts_without_blanks_are_counted_by_the_character():
    assert pages.words("港で火事 fire") == {"港": 1, "で": 1, "火": 1, "事": 1, "fire": 1}


def test_counts_of_several_pages_are_pooled():
    assert pages.f1([(1, 1, 0), (1, 0, 2)]) == pytest.approx((2 / 3, 0.5, 4 / 7))
    assert pages.f1([(0, 0, 0)]) == (1, 1, 1)


def judged(tmp_path, markup, **marks):
    row = {"id": "1", "url": "https://a.example/2026/03/10/a-page", "path": "1.html", **marks}
    (tmp_path / "1.html").write_text(markup, "utf-8")
    (tmp_path / "pages.jsonl").write_text(json.dumps(row) + "\n", "utf-8")
    return pages.pages(tmp_path)


def test_links_are_scored_by_address_and_by_kind_and_optional_ones_not_at_all(tmp_path):
    at = [f"/2026/03/0{day}/a-story-of-ours" for day in (7, 8, 9)]
    items = "".join(f"<li>{link('A story of ours', one)}</li>" for one in at)
    markup = page(p(*EN), f"<h3>Related</h3><ul>{items}</ul>")
    found = pages.run(judged(tmp_path, markup, related=[], optional=[]), 1)[0]
    assert found.related == (0, 3, 0)
    assert found.clean is False
    full = [f"https://a.example{one}" for one in (*at, "/gone")]
    kinds = zip(full[:2] + full[3:], ("block", "inline", "block"), strict=True)
    related = [{"url": url, "kind": kind} for url, kind in kinds]
    found = pages.run(judged(tmp_path, markup, related=related, optional=full[2:3]), 1)[0]
    assert found.related == (2, 0, 1)
    assert found.strict == (1, 1, 2)
    assert found.inline == (1, 1)
    assert found.clean is None


def test_people_are_compared_as_a_set_without_their_degrees(tmp_path):
    markup = page(p(*EN), head='<meta name="author" content="Ana Doe, Ben Roe">')
    assert pages.run(judged(tmp_path, markup, author="Ben Roe and Ana Doe, MD"), 1)[0].author
    assert not pages.run(judged(tmp_path, markup, author="Ben Roe"), 1)[0].author
    assert not pages.run(judged(tmp_path, markup, author=None), 1)[0].author


def test_the_digest_knows_another_set(tmp_path):
    judged(tmp_path, "<p>x</p>", body="x")
    before = pages.digest(tmp_path)
    judged(tmp_path, "<p>xy</p>", body="x")
    assert pages.digest(tmp_path) != before
