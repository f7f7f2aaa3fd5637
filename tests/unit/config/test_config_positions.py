import pytest

from watcher.config.positions import MAX_DEPTH, Document, read
from watcher.errors import ConfigError


def test_scalars_are_those_of_yaml_1_2_and_keys_are_texts_as_written():
    text = """\
1.10: [yes, no, on, true, False, null, ~, '5', 0o17, 0x1F, 012, 1e3, -7, 2020-01-02, !!str 5]
true: >-
  folded
  text
"""
    assert read(text, "x").value == {
        "1.10": [
            *("yes", "no", "on", True, False, None, None),
            *("5", 15, 31, 12, 1000.0, -7, "2020-01-02", "5"),
        ],
        "true": "folded text",
    }


def test_every_key_and_value_has_its_line_and_column():
    document = read("a:\n  - x\n  - {b: 'y'}\nc:\nd: &n z\ne: *n\nf: [*n]\n", "f.yaml")
    expected = {
        ("a", 0): (2, 5),
        ("a", 1): (3, 5),
        ("a", 1, "b"): (3, 9),
        ("c",): (4, 1),
        ("d",): (5, 4),
        ("e",): (6, 1),  # an alias stands where its anchor is; its key is nearer
        ("f", 0): (7, 4),  # and here its list
        ("a", 1, "none"): (3, 5),
        ("none",): (1, 1),
    }
    for path, (line, column) in expected.items():
        place = document.place(path)
        assert (place.file, place.line, place.column) == ("f.yaml", line, column), path
    assert document.place(("a", 1, "b"), key=True).column == 6


def test_what_is_left_out_of_a_list_lets_the_rest_move_up():
    document = read("a:\n  - x\n  - {b: 1,\n     c: 2}\n  - z\n", "f.yaml")
    rest = document.without([("a", 0), ("a", 1, "b")])
    assert rest.value == {"a": [{"c": 2}, "z"]}
    assert rest.place(("a", 0, "c")).line == 4
    assert rest.place(("a", 1)).line == 5
    assert document.value["a"][0] == "x"


def test_a_document_may_be_as_deep_as_its_limit():
    read("[" * MAX_DEPTH + "]" * MAX_DEPTH, "x")
    with pytest.raises(ConfigError):
        read("[" * (MAX_DEPTH + 2) + "]" * (MAX_DEPTH + 2), "x")


def test_parts_with_problems_are_left_out_and_the_rest_is_read():
    document = read("a: !x 1\nb: 2\nb: 3\n? {c: 1}\n: 4\nd: 5\n", "x")
    assert document.value == {"a": None, "b": 2, "d": 5}
    assert [one.code for one in document.problems] == ["WTC-CFG-006", "WTC-CFG-005", "WTC-CFG-004"]


def test_nothing_is_no_value():
    for text in ("", "# x\n", "---\n"):
        assert read(text, "x") == Document("x")


def test_halves_of_characters_are_joined_or_replaced():
    assert read(r'["\ud83d\ude00", "\ud83dx"]', "x").value == ["😀", "\ufffdx"]
