"""Prints: the same text has the same ones wherever it stands and however it is dressed."""

import subprocess
import sys

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from tests.support.records import prose, words

from watcher.stories.fingerprint import SHINGLE, SHORT, WINDOW, prints

PANGRAM = "The quick brown fox jumps over the lazy dog while the harbour sleeps."
COUNTED = " ".join(map(str, range(80)))
PINNED = (
    64997683813923844,
    493554344814731547,
    978313811371740463,
    2053935398193240373,
    2683865990051357181,
    4434901885813396644,
    4704973706510940957,
    6266543926263188030,
)
TEXTS = st.text(max_size=400) | st.lists(
    st.sampled_from(["sea", "Tirana", "علی", "東", "ёлка", "don't", "U.S.", "2014"]), max_size=90
).map(" ".join)


def share(one, two):
    """How much of `one` is in `two`."""
    a, b = set(prints(one)), set(prints(two))
    return len(a & b) / len(a)


def test_the_prints_of_a_text_are_pinned():
    assert -8556396391074546491 in prints(PANGRAM)
    assert prints(COUNTED) == PINNED


@given(st.lists(st.sampled_from(words("few", 8)), min_size=SHORT + SHINGLE, max_size=160))
def test_of_every_window_the_smallest_shingle_is_a_print_and_no_other(run):
    shingles = [
        prints(" ".join(run[at : at + SHINGLE]))[0] % 2**64 for at in range(len(run) - SHINGLE + 1)
    ]
    windows = max(1, len(shingles) - WINDOW + 1)
    smallest = {min(shingles[at : at + WINDOW]) for at in range(windows)}
    assert {one % 2**64 for one in prints(" ".join(run))} == smallest


def test_the_prints_do_not_depend_on_the_run():
    script = f"from watcher.stories.fingerprint import prints; print(prints({PANGRAM!r}))"
    for seed in ("1", "2"):
        run = subprocess.run(
            [sys.executable, "-c", script],
            env={"PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            check=True,
        )
        assert run.stdout.strip() == str(prints(PANGRAM))


@pytest.mark.parametrize(
    "dressed",
    [
        PANGRAM.upper(),
        PANGRAM.replace(" ", "\n\n  "),
        "“The quick – brown” fox, jumps; over… the ‘lazy’ dog (while the harbour) sleeps!",
        "Thé quíck brown fox jümps over the lazy dog while the harbour sleeps",
        "The\u00a0quick bro\u00adwn fox jumps over the lazy dog while the harbour sleeps\u200f",
        "Ｔｈｅ ｑｕｉｃｋ brown fox jumps over the lazy dog while the harbour sleeps",
    ],
)
def test_case_punctuation_blanks_and_accents_change_no_print(dressed):
    assert prints(dressed) == prints(PANGRAM)


@pytest.mark.parametrize(
    ("arabic", "persian"),
    [("كتاب علي في مدينة كبيرة", "کتاب علی فی مدینه کبیره")],
)
def test_arabic_and_persian_letters_of_one_word_make_one_print(arabic, persian):
    assert prints(arabic) == prints(persian) != ()


@given(TEXTS)
@example("")
@example("\ud800 one two three four")
@example("🔥 " * 50)
def test_prints_are_sorted_unique_and_signed_64_bit(text):
    found = prints(text)
    assert list(found) == sorted(set(found))
    assert all(-(2**63) <= one < 2**63 for one in found)


@given(TEXTS)
def test_case_and_blanks_change_no_print_of_any_text(text):
    assert prints("  " + text.replace(" ", " \n ") + "\t") == prints(text)


@pytest.mark.parametrize(("count", "wanted"), [(0, 0), (SHINGLE - 1, 0), (SHINGLE, 1), (40, 37)])
def test_a_short_text_keeps_all_its_shingles_and_one_shorter_than_a_shingle_has_none(count, wanted):
    assert len(prints(" ".join(words("short", count)))) == wanted


def test_a_text_of_one_word_over_and_over_has_one_print():
    assert len(prints("sea " * 5_000)) == 1


def test_the_order_of_words_counts():
    assert set(prints("one two three four")).isdisjoint(prints("four three two one"))


def test_every_run_of_words_that_fills_a_window_leaves_a_print():
    run = words("guaranteed", WINDOW + SHINGLE - 1)
    for before in range(60):
        longer = " ".join([*words(f"before {before}", before), *run, *words("after", 40)])
        assert set(prints(longer)) & set(prints(" ".join(run))), before


def test_a_print_is_kept_for_about_every_eighth_word():
    found = len(prints(prose("density", paragraphs=40)))
    assert 2_000 / (WINDOW + 1) * 2 * 0.8 < found < 2_000 / (WINDOW + 1) * 2 * 1.25


@pytest.mark.parametrize("seed", range(20))
def test_trimmed_and_reshuffled_paragraphs_keep_most_prints(seed):
    whole = prose(seed, paragraphs=8, length=45)
    parts = whole.split("\n\n")
    reshuffled = "\n\n".join(parts[::2] + parts[1::2][::-1])
    trimmed = "\n\n".join(parts[:3])
    assert share(whole, reshuffled) > 0.6
    assert share(trimmed, whole) > 0.8


@pytest.mark.parametrize("seed", range(20))
def test_texts_of_other_words_share_no_print(seed):
    assert share(prose(f"{seed} one"), prose(f"{seed} two")) == 0
