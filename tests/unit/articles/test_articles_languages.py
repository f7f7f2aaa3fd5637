"""The words of `words.toml`, language by language, on pages: a headed list is related, a line that
opens with a lead-in is a promo, and neither is text."""

import tomllib
from importlib.resources import files

import pytest
from tests.support.pages import EN, TEXTS, link, p, page, paragraphs, read

from watcher.articles import words

TABLE = tomllib.loads(files("watcher.articles").joinpath("words.toml").read_text("utf-8"))
LANGUAGES = sorted(TABLE)
FIRST = "/2026/03/09/bridge-closed-for-repairs"
SECOND = "/2026/03/08/new-quay-opens-soon"
TITLES = ("Bridge closed for repairs until summer", "New quay opens before the season")
LIST = f"<ul><li>{link(TITLES[0], FIRST)}</li><li>{link(TITLES[1], SECOND)}</li></ul>"


def text_of(language):
    return TEXTS.get(language, EN)


def related(found):
    return [(one.text, one.kind) for one in found.links if one.role == "related"]


def test_the_table_has_thirty_languages_and_more_with_headings_and_lead_ins():
    assert len([one for one in TABLE.values() if one["related"] and one["also"]]) >= 50
    assert {"en", "sq", "fa", "ar", "de", "ru"} <= set(TABLE)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_heading_and_lead_in_of_a_language_is_known_by_itself(language):
    unknown = [one for one in TABLE[language]["related"] if not words.is_related_heading(one)]
    unread = [one for one in TABLE[language]["also"] if not words.lead_in(f"{one}: {TITLES[0]}")]
    assert (unknown, unread) == ([], [])


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_list_under_a_languages_heading_is_related_and_no_text(language):
    text = text_of(language)
    for heading in TABLE[language]["related"][:3]:
        printed = heading[:1].upper() + heading[1:]
        found = read(page(p(*text), f"<div><h3>{printed}</h3>{LIST}</div>", lang=language))
        assert related(found) == [(title, "block") for title in TITLES], heading
        assert paragraphs(found) == list(text)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_line_with_a_languages_lead_in_is_an_inline_promo_and_no_text(language):
    text = text_of(language)
    for lead in TABLE[language]["also"][:3]:
        printed = lead[:1].upper() + lead[1:]
        promo = p(f"{printed}: {link(TITLES[0], FIRST)}")
        found = read(page(p(*text[:2]), promo, p(*text[2:]), lang=language))
        assert related(found) == [(TITLES[0], "inline")], lead
        assert paragraphs(found) == list(text)


@pytest.mark.parametrize("heading", ["Background", "Hintergrund", "Sfondi"])
def test_a_heading_that_may_be_a_sections_is_one_where_text_follows(heading):
    found = read(page(p(*EN[:2]), f"<h2>{heading}</h2>", p(*EN[2:]), lang="en"))
    assert paragraphs(found) == [*EN[:2], heading, *EN[2:]]
    found = read(page(p(*EN), f"<div><h3>{heading}</h3>{LIST}</div>"))
    assert related(found) == [(title, "block") for title in TITLES]
    assert paragraphs(found) == list(EN)
