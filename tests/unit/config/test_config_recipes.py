"""Recipes in config.yaml."""

import pytest

from watcher.config.load import load_text
from watcher.errors import ConfigErrors
from watcher.model.article import Recipe

DAY = 1_798_675_200_000_000  # 2026-12-31


def recipes(text, tmp_path):
    return load_text(text, tmp_path / "config.yaml").recipes


def test_recipes_stand_by_host_and_one_selector_needs_no_list(tmp_path):
    found = recipes(
        "recipes:\n  www.Kronika.example:\n    body: [article .text, section]\n"
        "    remove: .promo > a\n    valid_until: 2026-12-31\n",
        tmp_path,
    )
    wanted = Recipe(
        "kronika.example", ("article .text", "section"), (".promo > a",), valid_until=DAY
    )
    assert found == {"kronika.example": wanted}


@pytest.mark.parametrize(
    ("recipe", "said"),
    [
        ("{body: 'div['}", "CSS selector"),
        ("{body: 7}", "CSS selector"),
        ("{text: div}", "text"),
        ("{valid_until: soon}", "valid_until"),
    ],
)
def test_what_is_no_recipe_is_told_with_its_place(recipe, said, tmp_path):
    with pytest.raises(ConfigErrors) as caught:
        recipes(f"recipes:\n  kronika.example: {recipe}\n", tmp_path)
    problem = caught.value.problems[0]
    assert said in f"{problem.message} {problem.hint}"
    assert problem.place.line == 2


def test_an_address_is_no_host(tmp_path):
    with pytest.raises(ConfigErrors) as caught:
        recipes("recipes: {'https://a.example/x': {body: p}}\n", tmp_path)
    assert "host" in caught.value.problems[0].message
