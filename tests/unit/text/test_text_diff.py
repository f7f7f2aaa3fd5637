"""The difference of two texts: sentences, then words; lossless, and cheap whatever comes."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.support.records import prose

from watcher.text.diff import apply, diff, word_steps
from watcher.text.sentences import sentences, words

_any = st.text(max_size=60) | st.lists(
    st.sampled_from(
        ["One came. ", "Two left! ", "\n\n", "The ferry sails at 7. ", "۔", "船来了。"]
    ),
    max_size=12,
).map("".join)


@given(_any)
def test_the_pieces_of_a_text_joined_give_it_again(text):
    assert "".join(sentences(text)) == text
    assert "".join(words(text)) == text


@given(_any, _any)
def test_the_difference_applied_to_the_old_text_gives_the_new_one(old, new):
    assert apply(old, diff(old, new)) == new


@given(_any, _any)
def test_the_word_steps_of_a_step_hold_all_words_of_both_sides(old, new):
    for step in diff(old, new):
        found = word_steps(step)
        assert "".join(one.text for one in found if one.op != "-") == step.after
        gone = "".join(one.text for one in found if one.op != "+")
        assert gone.split() == step.before.split()
        for one in found:
            text, start = (old, one.at) if one.op == "-" else (new, one.at)
            assert text[start : start + len(one.text)] == one.text


@given(_any)
def test_a_text_differs_in_nothing_from_itself(text):
    assert all(step.op == "=" and step.before == step.after for step in diff(text, text))


@given(st.lists(st.integers(0, 40), unique=True, min_size=1), st.data())
def test_a_sentence_taken_out_or_put_in_is_the_only_step(numbers, data):
    told = [f"Report number {'x' * number} came in today.\n\n" for number in numbers]
    at = data.draw(st.integers(0, len(told)))
    longer = "".join([*told[:at], "Nobody had expected that.\n\n", *told[at:]])
    text = "".join(told)
    assert [step.op for step in diff(text, longer) if step.op != "="] == ["+"]
    assert [step.op for step in diff(longer, text) if step.op != "="] == ["-"]


def test_apply_refuses_steps_of_another_text():
    with pytest.raises(ValueError, match="another text"):
        apply("Other.", diff("One.", "Two."))


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("He came. She left.", 2),
        ("Did he? Yes! “So it is.” And now?", 4),
        ("Mr. J. Smith paid 3.5 million on 10. March.", 1 + 1),
        ("Der Hafen liegt z. B. an der Elbe. Er ist groß.", 2),
        ("آیا آمد؟ بله. او رفت۔ تمام", 4),
        ("वह आया। वह गया।", 2),
        ("船来了。人走了！", 2),
        ("เรือมาถึงแล้ว คนออกไปแล้ว", 2),
        ("One line\nanother line\n\na third", 3),
        ("", 0),
    ],
)
def test_sentences_end_where_their_script_ends_them(text, count):
    assert len(sentences(text)) == count


def test_a_changed_sentence_stands_beside_its_old_wording():
    old = "Crews met on Monday. About 240 people waited on the quay. They went home."
    new = "Crews met on Monday. About 420 people waited on the quay. They went home."
    (step,) = [one for one in diff(old, new) if one.op != "="]
    assert (step.op, step.before.strip(), step.after.strip()) == (
        "~",
        "About 240 people waited on the quay.",
        "About 420 people waited on the quay.",
    )
    assert [(one.op, one.text.strip()) for one in word_steps(step)] == [
        ("=", "About"),
        ("-", "240"),
        ("+", "420"),
        ("=", "people waited on the quay."),
    ]


def test_sentences_cut_otherwise_with_the_same_words_are_the_same():
    steps = diff("It rained. She stayed at home.", "It rained; she stayed at home.")
    assert {step.op for step in steps} == {"="}


def test_another_sentence_in_place_of_one_is_one_gone_and_one_come():
    old = "The port opened at dawn. A tanker waited outside."
    new = "The port opened at dawn. Nobody was hurt, doctors said."
    assert [one.op for one in diff(old, new)] == ["=", "-", "+"]


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 3), st.integers(20_000, 60_000))
def test_hostile_texts_are_compared_without_the_square_of_their_length(kind, size):
    old, new = {
        0: ("a. " * size, "b. " * size),
        1: ("word " * size, "word other " * size),
        2: ("a. b. " * size, "b. a. " * size),
        3: ("字" * size, "宇字" * size),
    }[kind]
    steps = diff(old, new)
    for step in steps[:3]:
        word_steps(step)
    assert apply(old, steps) == new


def test_a_long_article_with_every_second_sentence_changed_is_laid_side_by_side():
    told = prose("storm", 400, 12).split("\n\n")
    new = [f"Now {one}" if n % 2 else one for n, one in enumerate(told)]
    steps = diff("\n\n".join(told), "\n\n".join(new))
    assert [step.op for step in steps].count("~") == 200
