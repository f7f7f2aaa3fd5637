"""What `words.toml` says, asked through the rules that read it."""

import pytest

from watcher.articles import words


@pytest.mark.parametrize(
    "text",
    [
        "Related stories",
        "RELATED STORIES:",
        "You may also like",
        "Lexo edhe",
        "Lajme të ngjashme",
        "Mehr zum Thema",
        "Das könnte Sie auch interessieren …",
        "مطالب مرتبط",
        "أخبار ذات صلة",
        "Читайте также:",
        "Sur le même sujet",
        "Noticias relacionadas",
        "Leggi anche",
        "Leia também",
        "Lees ook",
        "Czytaj także",
        "Διαβάστε επίσης",
        "İlgili Haberler",
        "関連記事",
        "相关阅读",
    ],
)
def test_a_heading_of_related_reading_is_known_in_its_language(text):
    assert words.is_related_heading(text)
    assert not words.is_list_heading(text)


@pytest.mark.parametrize(
    "text",
    [
        "Most read",
        "Latest news",
        "More from Kronika",
        "Trending now",
        "Më të lexuarat",
        "Meistgelesen",
        "Mehr von Eva Klein",
        "پربازدیدترین",
        "الأكثر قراءة",
        "Последние новости",
        "Les plus lus",
        "Lo más leído",
        "人気記事",
    ],
)
def test_a_heading_of_the_sites_own_lists_is_known_and_is_not_related(text):
    assert words.is_list_heading(text)
    assert not words.is_related_heading(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Related stories from the ferry's crew",
        "The related harbour",
        "Read",
        "Related " + "stories " * 10,
    ],
)
def test_words_of_a_heading_inside_a_sentence_are_no_heading(text):
    assert not words.is_related_heading(text)


@pytest.mark.parametrize(
    ("text", "rest"),
    [
        ("Read also: Bridge closed", "Bridge closed"),
        ("READ MORE | Bridge closed", "Bridge closed"),
        (">> Read more – Bridge closed", "Bridge closed"),
        ("👉 Lexo edhe: Ura u mbyll", "Ura u mbyll"),
        ("Lesen Sie auch: Brücke gesperrt", "Brücke gesperrt"),
        ("بیشتر بخوانید: پل بسته شد", "پل بسته شد"),
        ("اقرأ أيضا: إغلاق الجسر", "إغلاق الجسر"),
        ("Читайте также: Мост закрыт", "Мост закрыт"),
        ("À lire aussi : Pont fermé", "Pont fermé"),
        ("Don’t miss: Bridge closed", "Bridge closed"),
        ("Read also", ""),
    ],
)
def test_a_lead_in_ends_where_the_promoted_title_begins(text, rest):
    assert text[words.lead_in(text) :] == rest
    assert words.lead_in(text) > 0


@pytest.mark.parametrize(
    "text",
    ["Readers wrote to us", "Ready by Monday", "Lexologu erdhi", "Mehrere Orte", "Watchers", ""],
)
def test_a_word_that_only_begins_like_a_lead_in_is_none(text):
    assert words.lead_in(text) == 0


@pytest.mark.parametrize(
    ("text", "rest"),
    [
        ("By Ana Doe", "Ana Doe"),
        ("BY: Ana Doe", "Ana Doe"),
        ("– by Ana Doe", "Ana Doe"),
        ("Nga Arta Hoxha", "Arta Hoxha"),
        ("نویسنده: مینا راد", "مینا راد"),
        ("By", ""),
        ("Byron wrote", None),
        ("Ngadalë", None),
        ("Ana Doe", None),
    ],
)
def test_what_follows_by_is_told(text, rest):
    assert words.after_by(text) == rest


@pytest.mark.parametrize(
    "name", ["Admin", "newsroom", "Redaktion", "Redaksia", "تحریریه", "Rédaction"]
)
def test_an_office_is_nobody(name):
    assert words.is_office(name)


def test_every_language_has_the_words_that_a_page_is_judged_by():
    table = words._table()
    assert len(table) >= 30
    for language, kinds in table.items():
        assert {"related", "also", "by", "source", "photo", "lists", "office"} <= set(kinds), (
            language
        )
        assert all(entry == entry.strip() != "" for entries in kinds.values() for entry in entries)
