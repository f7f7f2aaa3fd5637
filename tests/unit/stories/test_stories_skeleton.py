"""Names are heard alike in every script, and what is not alike is not."""

import pytest

from watcher.stories.skeleton import skeleton
from watcher.text.tokens import tokens


def bones(name):
    return [skeleton(token) for token in tokens(name)]


@pytest.mark.parametrize(
    "spellings",
    [
        ("Portoret", "Порторет", "بورتوريت", "پورتورت"),
        ("Gjergj", "Джердж", "جيرج"),
        ("Toska", "Тоска", "توسكا"),
        ("Dritan", "Дритан", "دريتان"),
        ("Portoretit", "Порторете"),
    ],
)
def test_a_name_has_one_skeleton_in_every_script(spellings):
    assert len({tuple(bones(one)) for one in spellings}) == 1, [bones(one) for one in spellings]


@pytest.mark.parametrize("name", ["ha", "أو", "Иа", "io"])
def test_too_few_consonants_say_nothing(name):
    assert bones(name) == [None]


@pytest.mark.parametrize(("one", "two"), [("Tirana", "Durres"), ("Marlin", "Berlin")])
def test_other_names_have_other_skeletons(one, two):
    assert bones(one) != bones(two)


def test_what_is_written_without_consonants_stands_for_itself():
    assert skeleton("알바니아") == "알바니아"
