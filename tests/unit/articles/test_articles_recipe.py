"""Recipes: a host's own selectors, tried first, and told when they no longer fit."""

import pytest
from tests.support.pages import EN, NOON, URL, link, p, page, paragraphs

from watcher.articles.extract import extract
from watcher.articles.recipe import recipe_for
from watcher.model.article import Recipe
from watcher.model.when import DAY

OTHERS = [
    ("Bridge closed for repairs until summer", "/2026/03/09/bridge-closed"),
    ("New quay opens before the season", "/2026/03/08/new-quay-opens"),
]
PAGE = page(
    f'<div class="x9">{p(*EN)}<p class="promo-x">Our own words about our shop.</p></div>',
    f'<div class="y7">{"".join(link(*one) for one in OTHERS)}</div>',
    '<div class="z3">Ana Doe</div>',
    container='div class="frame"',
)


def by(recipe, markup=PAGE):
    return extract(markup.encode(), URL, {}, NOON, recipe)


def test_the_body_is_what_its_selector_names_and_nothing_that_is_removed():
    found = by(Recipe("kronika.example", body=(".x9",), remove=("p.promo-x",)))
    assert paragraphs(found) == list(EN)
    assert (found.method, found.notices) == ("recipe", ())
    assert "recipe: removed 1 elements" in found.why
    assert any(why.startswith("recipe: body, ") for why in found.why)


def test_a_related_list_without_any_heading_is_one_by_recipe():
    found = by(Recipe("kronika.example", related=("div.y7",)))
    shown = [(one.text, one.kind) for one in found.links if one.role == "related"]
    assert shown == [(title, "block") for title, _ in OTHERS]


def test_the_byline_is_the_recipes():
    found = by(Recipe("kronika.example", byline=("div.z3",)))
    assert found.byline == ("Ana Doe",)
    assert "byline: recipe" in found.why


@pytest.mark.parametrize("selector", ["#gone", "div.z3"])
def test_a_body_that_no_longer_matches_is_told_and_read_as_on_any_page(selector):
    found = by(Recipe("kronika.example", body=(selector,)))
    assert all(text in found.body for text in EN)
    assert found.method != "recipe"
    assert [notice.startswith("recipe: body ") for notice in found.notices] == [True]


def test_what_a_page_need_not_have_raises_no_notice():
    found = by(Recipe("kronika.example", remove=("#gone",), related=("#gone",)))
    assert found.notices == ()


def test_several_containers_of_one_text_are_read_in_page_order():
    markup = page(f"<section>{p(EN[0])}</section><hr><section>{p(*EN[1:])}</section>")
    found = by(Recipe("kronika.example", body=("section",)), markup)
    assert paragraphs(found) == list(EN)


def test_a_recipe_holds_for_its_host_and_those_below_until_its_day_is_over():
    recipe = Recipe("kronika.example", body=("p",), valid_until=NOON - NOON % DAY)
    held = {"kronika.example": recipe}
    assert recipe_for(held, "https://www.kronika.example/a", NOON) is recipe
    assert recipe_for(held, "https://m.kronika.example/a", NOON) is recipe
    assert recipe_for(held, "https://kronika.example/a", NOON + DAY) is None
    assert recipe_for(held, "https://otherkronika.example/a", NOON) is None
    assert recipe_for(held, "no address", NOON) is None


def test_the_nearest_host_decides():
    near, far = Recipe("blog.kronika.example"), Recipe("kronika.example")
    held = {one.host: one for one in (near, far)}
    assert recipe_for(held, "https://blog.kronika.example/a", NOON) is near
