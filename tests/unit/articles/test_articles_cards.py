"""Cards of other articles among the paragraphs: inline promos, never text."""

import pytest
from tests.support.pages import EN, URL, p, page, paragraphs, read

from watcher.text.urls import join

HREF = "/2026/03/09/bridge-closed-for-repairs"
TITLE = "Bridge closed for repairs until summer"
TEASER = "The town engineer found rust in two of the pillars and asks for patience."


def card(inside, tag="div"):
    return f'<{tag} class="x1">{inside}</{tag}>'


CARDS = {
    "flag-and-title": card(f'<a href="{HREF}"><div>More on this</div><h3>{TITLE}</h3></a>'),
    "kicker-title-teaser": card(
        f'<a href="{HREF}"><p>Harbour</p><h3>{TITLE}</h3></a>'
        f'<p>{TEASER} <a href="{HREF}">more</a></p>'
    ),
    "picture-title": card(
        f'<a href="{HREF}"><img src="b.jpg"></a><a href="{HREF}"><strong>{TITLE}</strong></a>'
        f"<p>{TEASER}</p>"
    ),
    "aside": card(f'<p>Read also</p><a href="{HREF}">{TITLE}</a>', "aside"),
}


def shown(found):
    related = [one for one in found.links if one.role == "related"]
    return [(one.url, one.kind) for one in related]


@pytest.mark.parametrize("name", CARDS)
def test_a_card_between_paragraphs_is_an_inline_promo(name):
    found = read(page(p(*EN[:2]), CARDS[name], p(*EN[2:])))
    assert shown(found) == [(join(URL, HREF), "inline")]
    assert paragraphs(found) == list(EN)


def test_the_title_of_a_card_is_its_heading():
    found = read(page(p(*EN[:2]), CARDS["kicker-title-teaser"], p(*EN[2:])))
    assert [one.text for one in found.links if one.role == "related"] == [TITLE]


@pytest.mark.parametrize(
    "inside",
    [
        '<h3><a href="https://shop.example/a-fine-lamp">A fine lamp for the quay</a></h3>'
        "<p>Nine crowns.</p>",
        '<h3><a href="/author/ana-doe">Ana Doe writes about the sea</a></h3><p>Since 2019.</p>',
        f'<h3><a href="{HREF}">{TITLE}</a></h3>'
        '<p><a href="/2026/03/08/other-story-of-ours">Other story of ours told</a></p>',
    ],
    ids=["shop", "author", "two-articles"],
)
def test_what_offers_no_single_article_of_the_outlet_is_no_card(inside):
    found = read(page(p(*EN[:2]), card(inside), p(*EN[2:])))
    assert len([one for one in shown(found) if one[1] == "inline"]) != 1


def test_a_paragraph_with_a_link_is_text():
    text = [*EN[:2], f'{TEASER} So it says in <a href="{HREF}">its report</a>.', EN[2]]
    found = read(page(p(*text)))
    assert len(paragraphs(found)) == 4
    assert shown(found) == []


def test_a_page_made_of_cards_keeps_its_text():
    cards = "".join(
        card(f'<h3><a href="/2026/03/0{n}/a-story">A story of day {n}</a></h3><p>{TEASER}</p>')
        for n in range(1, 9)
    )
    found = read(page(p(*EN), cards, p(EN[0] + " Again.")))
    assert TEASER in found.body


def test_a_sister_outlets_card_counts_where_it_looks_like_the_pages_own():
    own = card(
        f'<div><a href="{HREF}"><p>Analysis</p><h3>{TITLE}</h3></a></div><p>What it means</p>'
    )
    other = own.replace(HREF, "https://sister.example/2026/03/09/quay-wall-cracked")
    both = read(page(p(EN[0]), own, p(EN[1]), other, p(*EN[2:])))
    assert [kind for _, kind in shown(both)] == ["inline", "inline"]
    assert paragraphs(both) == list(EN)
    assert shown(read(page(p(*EN[:2]), other, p(*EN[2:])))) == []
