import json
from dataclasses import replace

import pytest
from bench import report
from bench.harness import Figure, fallen, figure, joined

LOW = figure("polls", "reader", "wall", [2.0, 1.0, 1.5], bar=3.0)
HIGH = figure("pages", "trafilatura", "CPU", [0.5, 0.6, 0.7], bar=0.4, at_least=True)
SECONDS = figure("registered", "", "seconds", [1.0], bar=2.0)


def test_a_figure_is_the_median_of_its_pairs_and_says_between_which_they_lie():
    assert (LOW.ratio, LOW.lowest, LOW.highest, LOW.runs) == (1.5, 1.0, 2.0, 3)


@pytest.mark.parametrize(
    ("one", "before", "fell"),
    [
        (LOW, 1.5, False),
        (LOW, 1.21, False),
        (LOW, 1.19, True),
        (LOW, 9.0, False),
        (HIGH, 0.6, False),
        (HIGH, 0.74, False),
        (HIGH, 0.76, True),
        (HIGH, 0.1, False),
        (LOW, None, False),
        (SECONDS, 0.1, False),
    ],
)
def test_a_fall_is_a_fifth_less_than_was_committed_whichever_way_is_better(one, before, fell):
    assert one.fell(before) is fell


def test_what_misses_its_bar_fails_with_and_without_a_committed_report():
    missed = replace(SECONDS, ratio=2.1)
    assert fallen([LOW, HIGH, missed], {}) == [missed]
    assert fallen([LOW, HIGH, SECONDS], {"polls": 1.0, "pages": 0.6, "registered": 0.1}) == [LOW]


def test_more_pairs_of_one_figure_weigh_by_their_number():
    more = joined(LOW, replace(LOW, ratio=3.5, lowest=3.0, highest=4.0, runs=1))
    assert (more.ratio, more.lowest, more.highest, more.runs) == (2.0, 1.0, 4.0, 4)


def test_a_line_names_what_fell_and_what_misses_its_bar():
    assert "FELL BY A FIFTH from 1" in report.line(LOW, 1.0)
    assert "MISSES ITS BAR" in report.line(replace(LOW, bar=1.0), None)
    said = report.line(LOW, 1.5)
    assert "reader" in said
    assert "≤ 3" in said
    assert "(1 to 2)" in said
    assert "FELL" not in said
    assert "MISSES" not in said


def test_renewing_the_report_keeps_figures_that_were_not_measured(tmp_path, monkeypatch):
    monkeypatch.setattr(report, "REPORT", tmp_path / "report.json")
    monkeypatch.setattr(report, "README", tmp_path / "README.md")
    report.README.write_text(f"before\n{report.BEGIN}\nold\n{report.END}\nafter\n", "utf-8")
    report.write([LOW, HIGH], report.committed())
    better = Figure("polls", "reader", "wall", 1.2, 3.0, False, 3)
    report.write([better], report.committed())
    held = report.committed()
    assert (held["polls"]["ratio"], held["pages"]["ratio"]) == (1.2, 0.6)
    text = report.README.read_text("utf-8")
    assert text.startswith("before\n")
    assert text.endswith(f"{report.END}\nafter\n")
    assert "| polls | reader, wall | 1.2 |" in text
    assert "old" not in text


def test_the_committed_table_says_what_the_committed_report_says():
    held = json.loads(report.REPORT.read_text("utf-8"))["figures"]
    assert report.table(held) in report.README.read_text("utf-8")
