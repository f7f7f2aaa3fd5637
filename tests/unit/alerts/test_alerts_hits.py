"""Hits: the pieces of a text that are shown, and the words marked in them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.support.records import captions, prose, text

from watcher.alerts.hits import ELLIPSIS, REACH, field_text, hits
from watcher.model.topic import Span
from watcher.topics.document import Document
from watcher.topics.evaluate import evaluate
from watcher.topics.parse import parse_query


def spans(field, *places):
    return [Span(field, start, end, "clause") for start, end in places]


def found(query, made):
    """The hits of a query, by way of the real engine."""
    return hits(made, evaluate(parse_query(query, {}), Document.of(made)))


def marked(hit):
    return [hit.text[start:end] for start, end in hit.marks]


def places(body, *words):
    return [(body.index(word), body.index(word) + len(word)) for word in words]


# -- windows -------------------------------------------------------------------------------------

LONG = "one two three four five six seven eight nine ten eleven twelve " * 8
SENTENCES = "First of all. Police entered the camp on Friday. It rained."


def test_a_hit_shows_its_sentence():
    (hit,) = hits(text(body=SENTENCES), spans("body", *places(SENTENCES, "camp")))
    assert (hit.field, hit.text) == ("body", "Police entered the camp on Friday.")
    assert marked(hit) == ["camp"]


@pytest.mark.parametrize(
    ("body", "word", "shown"),
    [
        ("Word at the start. More.", "Word", "Word at the start."),
        ("More. At the end stands word", "word", "At the end stands word"),
        ("word", "word", "word"),
        ("A paragraph\n\nanother with word\n\na third", "word", "another with word"),
        ("Was it so? The word! Yes.", "word", "The word!"),
        ("Some 3.5 million words.example hits.", "million", "Some 3.5 million words.example hits."),
        ("گفت. پلیس وارد اردوگاه شد؟ بله.", "اردوگاه", "پلیس وارد اردوگاه شد؟"),
        ("雨が降った。警察は収容所に入った。終わり", "収容所", "警察は収容所に入った。"),
    ],
)
def test_a_sentence_ends_where_its_script_ends_it(body, word, shown):
    (hit,) = hits(text(body=body), spans("body", *places(body, word)))
    assert hit.text == shown
    assert marked(hit) == [word]


def test_a_long_sentence_is_cut_at_blanks_and_says_so():
    body = LONG + "camp " + LONG.strip()
    (hit,) = hits(text(body=body), spans("body", *places(body, "camp")))
    assert hit.text.startswith(ELLIPSIS)
    assert hit.text.endswith(ELLIPSIS)
    inner = hit.text.strip(ELLIPSIS)
    assert f" {inner} " in f" {body} "
    assert len(inner) <= 2 * REACH + len("camp")
    assert marked(hit) == ["camp"]


def test_a_long_run_without_blanks_is_cut_anywhere():
    body = "東" * 500 + "京" + "東" * 500
    (hit,) = hits(text(body=body), spans("body", (500, 501)))
    assert len(hit.text) == 2 * REACH + 1 + 2 * len(ELLIPSIS)
    assert marked(hit) == ["京"]


def test_spans_of_one_sentence_share_a_hit_and_of_two_have_two():
    body = SENTENCES + " The camp is old."
    at = [*places(body, "Police", "camp"), (body.rindex("camp"), body.rindex("camp") + 4)]
    assert [marked(hit) for hit in hits(text(body=body), spans("body", *at))] == [
        ["Police", "camp"],
        ["camp"],
    ]


def test_a_word_that_several_clauses_found_is_marked_once():
    body = "Police entered the iron gate."
    at = places(body, "iron gate", "iron", "gate", "iron")
    (hit,) = hits(text(body=body), spans("body", *at))
    assert marked(hit) == ["iron gate"]


def test_overlapping_spans_are_one_mark():
    (hit,) = hits(text(body="a b c d"), spans("body", (0, 3), (2, 5)))
    assert marked(hit) == ["a b c"]


def test_fields_come_in_the_order_in_which_they_were_found():
    made = text("Raid on camp", "The raid.", standfirst="A raid", captions=captions("x", "raid"))
    assert [(hit.field, marked(hit)) for hit in found("raid", made)] == [
        ("title", ["Raid"]),
        ("standfirst", ["raid"]),
        ("body", ["raid"]),
        ("caption[1]", ["raid"]),
    ]


def test_no_more_hits_than_wanted():
    body = "A raid. " * 50
    assert len(found("raid", text(body=body))) == 4
    assert len(hits(text(body=body), spans("body", (2, 6), (10, 14)), most=1)) == 1


@pytest.mark.timeout(5)
def test_a_text_of_nothing_but_hits_costs_no_more_than_what_is_shown():
    body = "raid. " * 100_000
    many = [(at, at + 4) for at in range(0, len(body), 6)]
    assert len(hits(text(body=body), spans("body", *many))) == 4


@pytest.mark.parametrize("field", ["author", "url", "caption[7]", "tag"])
def test_a_span_in_a_field_that_has_no_text_here_makes_no_hit(field):
    assert hits(text("A title", "A body"), spans(field, (0, 1))) == ()
    assert field_text(text("A title", "A body"), field) is None


def test_an_article_without_a_standfirst_has_no_hit_there():
    assert hits(text(), spans("standfirst", (0, 1))) == ()


# -- marks ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("query", "body", "wanted"),
    [
        ("mek", "The MEK’s camp in Albania.", ["MEK"]),
        ("durres", "Police in Durrës said so.", ["Durrës"]),
        ("strasse", "Auf der Straße lag Schnee.", ["Straße"]),
        ("finance", "The ﬁnance minister.", ["ﬁnance"]),
        ("مجاهدین", "سازمان مجاهدین خلق در آلبانی است.", ["مجاهدین"]),
        ("میگوید", "او می‌گوید که نه.", ["می‌گوید"]),
        ("علی", "قال علي في المدينة", ["علي"]),
        ("東京", "きのう東京都庁で会見した。", ["東京"]),
        ("アルバニア", "ｱﾙﾊﾞﾆｱの警察。", ["ｱﾙﾊﾞﾆｱ"]),
        ("МЕК", "Лагерь МЕК, сообщили 🔥 в Тиране.", ["МЕК"]),
        ("tirana", "🔥🔥 Protest in 𝕋 Tirana 🔥", ["Tirana"]),
        ('"iron gate"', "The iron\ngate fell.", ["iron gate"]),
        ("हिन्दी", "यह हिन्दी है।", ["हिन्दी"]),
    ],
)
def test_marks_stand_on_the_words_that_were_found_in_every_script(query, body, wanted):
    (hit,) = found(query, text(body=body))
    assert marked(hit) == wanted


SCRIPTS = st.text(
    st.sampled_from("abc de. fg!? \n\n東京。مجاهدین علی؟ ́ 🔥𝕋\u200c\u200f\ud800'’…-"), max_size=600
)


@st.composite
def texts_with_spans(draw):
    body = draw(SCRIPTS.filter(bool))
    one = st.integers(0, len(body) - 1).flatmap(
        lambda start: st.tuples(st.just(start), st.integers(start + 1, min(len(body), start + 40)))
    )
    return body, draw(st.lists(one, min_size=1, max_size=12))


@given(texts_with_spans())
def test_marks_always_show_the_source_text(drawn):
    body, at = drawn
    one_line = body.replace("\n", " ")
    shown = hits(text(body=body), spans("body", *at), most=100)
    covered = set()
    for hit in shown:
        inner = hit.text.removeprefix(ELLIPSIS) if hit.text not in one_line else hit.text
        assert inner.removesuffix(ELLIPSIS) in one_line or inner in one_line
        assert hit.marks
        assert list(hit.marks) == sorted(hit.marks)
        assert all(0 <= start < end <= len(hit.text) for start, end in hit.marks)
        assert all(a[1] <= b[0] for a, b in zip(hit.marks, hit.marks[1:], strict=False))
        covered |= {hit.text[start:end] for start, end in hit.marks}
    for start, end in at:
        assert any(one_line[start:end] in word for word in covered)


@given(st.integers(0, 5), st.integers(1, 60))
def test_a_hit_shows_at_least_its_words_and_at_most_its_reach_around_them(seed, length):
    body = prose(seed, 3, 60)
    start = len(body) // 3
    (hit,) = hits(text(body=body), spans("body", (start, start + length)))
    assert hit.text[hit.marks[0][0] : hit.marks[0][1]] == body[start : start + length].replace(
        "\n", " "
    )
    assert len(hit.text) <= length + 2 * (REACH + len(ELLIPSIS))
