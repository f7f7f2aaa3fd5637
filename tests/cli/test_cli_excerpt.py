"""The form of an error: code and message, the line with a caret under the place, the hint."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from wcwidth import wcswidth

from watcher.cli.excerpt import WIDTH, excerpt
from watcher.cli.output import print_error
from watcher.errors import ConfigError, ConfigErrors, Place, UsageError


def drawn(source: str, offset: int | None, length: int | None = 1) -> list[str]:
    return excerpt(Place(offset=offset, length=length, source=source))


@pytest.mark.parametrize(
    ("source", "offset", "length", "caret"),
    [
        ("camp OR", 5, 2, "     ^^"),
        ("camp OR", 0, 4, "^^^^"),
        ("camp", 4, 0, "    ^"),  # at the end
        ("camp", 99, 3, "    ^"),
        ("camp OR", 5, 99, "     ^^"),
        ("東京 AND 会", 7, 1, "         ^^"),  # two columns each
        ("e\u0301te\u0301 OR", 6, 2, "    ^^"),  # marks take none
        ("مجاهدین OR", 8, 2, "        ^^"),
        ("🙂 OR", 2, 2, "   ^^"),
        ("a\tb OR", 4, 2, "    ^^"),
        ("a \x1b[1m OR", 7, 2, "          ^^"),  # shown as \x1b
    ],
)
def test_the_caret_stands_under_the_place_by_display_width(source, offset, length, caret):
    assert drawn(source, offset, length)[1] == caret


def test_of_a_query_over_lines_the_one_with_the_place_is_shown():
    assert drawn("one AND\n  two OR OR\nthree", 16, 2) == ["  two OR OR", "        ^^"]
    assert drawn("one\ntwo (", 8) == ["two (", "    ^"]


@pytest.mark.parametrize(
    ("source", "offset"), [("", 0), (" \n", 0), ("a", None), ("a" * 30_000, 1)]
)
def test_where_there_is_nothing_to_show_nothing_is_shown(source, offset):
    assert drawn(source, offset) == []


def test_of_a_long_line_the_part_around_the_place_is_shown():
    line, caret = drawn("word " * 200 + "OR OR" + " word" * 200, 1003, 2)
    assert line[0] == line[-1] == "…"
    assert line[caret.index("^") :].startswith("OR word")
    assert len(line) <= WIDTH + WIDTH // 4


@given(
    source=st.text(st.characters(exclude_characters="\n"), min_size=1, max_size=300),
    offset=st.integers(0, 320),
    length=st.integers(0, 320),
)
def test_any_line_is_drawn_whole_on_two_lines_that_fit(source, offset, length):
    if not source.strip():
        return
    line, caret = drawn(source, offset, length)
    assert "\n" not in line
    assert wcswidth(line) >= 0
    assert set(caret) <= {" ", "^"}
    assert "^" in caret
    assert max(wcswidth(line), len(caret)) <= WIDTH + WIDTH // 4 + 6


# lines of a file


def test_the_line_of_a_file_is_shown_with_the_caret_under_its_column(tmp_path):
    path = tmp_path / "c.yaml"
    path.write_text("a: 1\nfeeds: [東京, x]\r\nb: 2\n", encoding="utf-8")
    assert excerpt(Place(str(path), 2, 13)) == ["feeds: [東京, x]", "              ^"]
    assert excerpt(Place(str(path), 1, 99)) == ["a: 1", "    ^"]


@pytest.mark.parametrize(
    "place", [("none.yaml", 1, 1), ("c.yaml", 9, 1), ("c.yaml", 1, None), (".", 1, 1), (None, 1, 1)]
)
def test_a_file_that_cannot_be_shown_costs_only_the_excerpt(tmp_path, monkeypatch, place):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "c.yaml").write_bytes(b"a: 1\n")
    assert excerpt(Place(*place)) == []


def test_a_file_that_is_no_text_costs_only_the_excerpt(tmp_path):
    (tmp_path / "c.yaml").write_bytes(b"a: \xff\n")
    assert excerpt(Place(str(tmp_path / "c.yaml"), 1, 1)) == []


# the whole form


def test_every_part_of_an_error_has_its_place(capsys):
    error = UsageError(
        "WTC-X-001",
        "no good",
        hint="do better",
        place=Place(offset=2, length=1, source="a b"),
        suggestion="a c",
    )
    print_error(error, as_json=False)
    out, err = capsys.readouterr()
    assert out == ""
    assert err == "error[WTC-X-001]: no good\n  a b\n    ^\ndid you mean: a c\n\nhint: do better\n"


def test_a_suggestion_that_was_made_is_not_repeated(capsys):
    print_error(UsageError("WTC-X-001", "did you mean b?", suggestion="b"), as_json=False)
    assert capsys.readouterr().err == "error[WTC-X-001]: did you mean b?\n"


def test_problems_of_a_config_are_apart_and_each_a_line_of_json(capsys):
    problems = ConfigErrors(
        [
            ConfigError("WTC-X-001", "one", place=Place("c.yaml", 1, 2)),
            ConfigError("WTC-X-002", "two"),
        ]
    )
    print_error(problems, as_json=False)
    assert capsys.readouterr().err == (
        "error[WTC-X-001]: c.yaml:1:2: one\n\nerror[WTC-X-002]: two\n"
    )
    print_error(problems, as_json=True)
    assert capsys.readouterr().err.count("\n") == 2
