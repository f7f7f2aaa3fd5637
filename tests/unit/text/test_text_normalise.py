import pytest
from hypothesis import given
from hypothesis import strategies as st

from watcher.text.normalise import fold, fold_map

# Spec `matching` §3: text, query, and whether the query is found in the text as a phrase.
ROWS = [
    ("Durrës", "durres", True),
    ("İstanbul", "istanbul", True),
    ("O’Brien", "o'brien", True),
    ("Albania's", "albania", True),
    ("COVID-19", "covid 19", True),
    ("#MEK", "mek", True),
    ("@mek", "mek", True),
    ("🔥MEK", "mek", True),
    ("MEK-run", "mek", True),
    ("C++", "c++", True),
    ("plain C", "c++", True),
    ("Straße", "strasse", True),
    ("Diyarbakır", "diyarbakir", True),
    ("Đorđe", "dorde", True),
    ("Łódź", "lodz", True),
    ("København", "kobenhavn", True),
    ("ёлка", "елка", True),
    ("ﬁnance", "finance", True),
    ("nai\u0308ve", "naive", True),
    ("O'Brien", "obrien", True),
    ("U.S.", "us", True),
    ("كتاب", "کتاب", True),
    ("علي", "علی", True),
    ("مــريم", "مريم", True),
    ("مُجاهِد", "مجاهد", True),
    ("أحمد", "احمد", True),
    ("۲۰۱۴", "2014", True),
    ("２０１４", "2014", True),
    ("می‌گوید", "میگوید", True),
    ("ｱﾙﾊﾞﾆｱ", "アルバニア", True),
    ("می‌گوید", "می گوید", False),
    ("東京都庁", "東京", True),
    ("東京都", "京都", True),
    ("ขอประกาศให้ทราบ", "ประกาศ", True),
    ("알바니아는", "알바니아", False),
    ("мой", "мои", False),
    ("が", "か", False),
    ("हिन्दी", "हिनदी", False),
    ("mekong", "mek", False),
    ("МЕК", "mek", False),
    ("co-operate", "cooperate", False),
    ("co-operate", "co operate", True),
    ("co operate", "co-operate", True),
    ("the Mojahedin-e Khalq said", "mojahedin e khalq", True),
]


@pytest.mark.parametrize(("text", "query", "wanted"), ROWS)
def test_a_query_finds_what_the_table_of_spellings_says(text, query, wanted):
    assert (f" {fold(query)} " in f" {fold(text)} ") is wanted


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("", ""),
        ("\u00a0 \n", ""),
        ("❤️ !! \u00a8 \u0301", ""),
        ("Rock'n'Roll, dogs' 's", "rocknroll dogs s"),
        ("MEK’s U.S.-led e.g. www.u.s.com 3.5", "mek s us led eg www u s com 3 5"),
        ("J.K. Rowling. The end.Next", "jk rowling the end next"),
        ("Ελλάδα ΑΘΉΝΑ ᾳ", "ελλαδα αθηνα αι"),
        ("з'їзд під’їзд", "зїзд підїзд"),
        ("ǿ Ǽ þing Ð", "o ae thing d"),
        ("شؤون رئيس ۀ ى آب", "شوون رییس ه ی اب"),
        ("שָׁלוֹם", "שלום"),
        ("2015年3月", "2015 年 3 月"),
        ("한국어 한국어", "한국어 한국어"),
        ("東か\u3099京ｶﾞ", "東 が 京 ガ"),
        ("½ ① x² Ⅳ", "1 2 1 x2 iv"),
        ("a_b\x00c\ud800d", "a b c d"),
    ],
)
def test_a_text_folds_to_its_tokens(text, folded):
    assert fold(text) == folded


SCRIPTS = st.text(
    st.one_of(
        st.characters(),
        st.sampled_from(
            "aZ éëßıİđøœ'’´.-_ \u0301\u0308\u200c\u00adا يكةأۀ\u064eёйΐς東がｶﾞกำ่한\u1161한ि"
        ),
    ),
    max_size=24,
)


@given(SCRIPTS)
def test_the_map_folds_as_fold_does_and_its_spans_lie_in_order_in_the_text(text):
    mapped = fold_map(text)
    assert mapped.folded == fold(text)
    assert len(mapped.spans) == len(mapped.tokens)
    assert all(0 <= start < end <= len(text) for start, end in mapped.spans)
    assert [s for s, _ in mapped.spans] == sorted(s for s, _ in mapped.spans)


@given(SCRIPTS)
def test_folding_what_is_folded_changes_nothing(text):
    assert fold(fold(text)) == fold(text)


@given(SCRIPTS)
def test_tokens_hold_nothing_that_the_index_would_split_or_lower(text):
    for char in fold(text).replace(" ", ""):
        assert not char.isascii() or (char.isalnum() and char == char.lower())


@given(SCRIPTS, SCRIPTS)
def test_a_blank_parts_a_text_without_changing_its_parts(left, right):
    assert fold(f"{left} {right}").split() == fold(left).split() + fold(right).split()


@given(st.text(st.characters(max_codepoint=127)))
def test_the_short_way_for_ascii_gives_what_the_long_way_gives(text):
    assert fold(f"é {text}").split() == ["e", *fold(text).split()]


def test_the_short_way_for_plain_words_gives_what_the_long_way_gives():
    for code in range(0x10000):
        char = chr(code)
        if char.isalpha():  # a joiner changes nothing, but asks for the long way
            assert fold(char) == fold(f"\u200c{char}")


def test_endless_marks_and_punctuation_are_folded_in_a_blink():
    hostile = "b" + "\u0315\u0300" * 200_000 + "c " + "й" + "-'." * 200_000 + "é" + "a." * 99_999
    assert fold(hostile).split()[:2] == ["bc", "й"]
    assert fold_map(hostile).folded == fold(hostile)


def test_spans_point_to_the_words_without_what_stands_around_them():
    text = "„MEK’s“ Ｄurrës, می‌گوید (U.S.) 東京都"
    mapped = fold_map(text)
    assert [text[start:end] for start, end in mapped.spans] == [
        *("MEK", "s", "Ｄurrës", "می‌گوید", "U.S", "東", "京", "都")
    ]
    assert mapped.tokens == ["mek", "s", "durres", "میگوید", "us", "東", "京", "都"]
