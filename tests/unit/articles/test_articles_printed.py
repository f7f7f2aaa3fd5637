"""Dates as pages print them, in the languages of our table."""

import pytest
from tests.support.pages import EN, NOON, TITLE, blocks, ld, p, page, read

from watcher.articles.printed import dates, from_jalali, near_headline

DAY_IN = {
    "en": ["March 10, 2026", "Mar. 10, 2026", "10 March 2026", "10th March 2026", "2026-03-10"],
    "sq": ["10 mars 2026", "10 Mars, 2026"],
    "de": ["10. März 2026", "10.03.2026", "10.3.2026", "10. Mrz. 2026"],
    "fa": ["۱۰ مارس ۲۰۲۶", "۱۹ اسفند ۱۴۰۴", "۱۴۰۴/۱۲/۱۹"],
    "ar": ["10 مارس 2026", "١٠ مارس ٢٠٢٦"],
    "ru": ["10 марта 2026", "10 марта 2026 г."],
    "uk": ["10 березня 2026"],
    "fr": ["10 mars 2026", "10/03/2026"],
    "es": ["10 de marzo de 2026", "10 marzo 2026"],
    "it": ["10 marzo 2026"],
    "pt": ["10 de março de 2026"],
    "ca": ["10 de març de 2026"],
    "nl": ["10 maart 2026"],
    "sv": ["10 mars 2026"],
    "no": ["10. mars 2026"],
    "da": ["10. marts 2026"],
    "fi": ["10. maaliskuuta 2026"],
    "et": ["10. märts 2026"],
    "pl": ["10 marca 2026"],
    "cs": ["10. března 2026"],
    "sk": ["10. marca 2026"],
    "sl": ["10. marec 2026", "10. marca 2026"],
    "hr": ["10. ožujka 2026."],
    "sr": ["10. mart 2026.", "10. март 2026."],
    "mk": ["10 март 2026"],
    "bg": ["10 март 2026 г."],
    "ro": ["10 martie 2026"],
    "hu": ["2026. március 10."],
    "lt": ["2026 m. kovo 10 d."],
    "lv": ["10. marts 2026"],
    "el": ["10 Μαρτίου 2026"],
    "tr": ["10 Mart 2026"],
    "he": ["10 במרץ 2026"],
    "hi": ["10 मार्च 2026"],
    "ur": ["10 مارچ 2026"],
    "id": ["10 Maret 2026"],
    "ka": ["10 მარტი 2026"],
    "hy": ["10 մարտի 2026"],
    "ja": ["2026年3月10日"],
    "zh": ["2026年03月10日 08:30"],
    "ko": ["2026년 3월 10일"],
    "vi": ["10 tháng 3, 2026", "ngày 10 tháng 3 năm 2026"],
    "th": ["10 มีนาคม 2569", "10 มี.ค. 2569", "10 มี.ค. พ.ศ. 2569", "๑๐ มีนาคม ๒๕๖๙"],
    "bn": ["১০ মার্চ ২০২৬"],
    "be": ["10 сакавіка 2026"],
    "kk": ["10 наурыз 2026"],
    "az": ["10 mart 2026"],
    "is": ["10. mars 2026"],
    "gl": ["10 de marzo de 2026"],
    "ms": ["10 Mac 2026"],
    "sw": ["10 Machi 2026"],
    "ps": ["10 مارچ 2026"],
}
CASES = [(language, text) for language, texts in DAY_IN.items() for text in texts]


def days(text, language):
    return [one.text for one, _ in dates(text, language, NOON)]


@pytest.mark.parametrize(("language", "text"), CASES)
def test_a_printed_day_is_read(language, text):
    assert days(text, language) == ["2026-03-10"]
    assert days(f"Ana Doe | {text} · 3", language) == ["2026-03-10"]


def test_the_page_tells_which_month_a_word_means():
    november = 1_795_000_000_000_000
    assert [d.text for d, _ in dates("5 listopada 2025", "pl", november)] == ["2025-11-05"]
    assert [d.text for d, _ in dates("5. listopada 2025", "hr", november)] == ["2025-10-05"]


@pytest.mark.parametrize(
    ("text", "language", "day"),
    [
        ("02/03/2026", "en-US", "2026-02-03"),
        ("02/03/2026", "en-GB", "2026-03-02"),
        ("02/03/2026", "en", "2026-03-02"),  # nearest to the fetch on 10 March
        ("09/11/2025", "en", "2025-11-09"),
        ("04/03/2026", "en", "2026-03-04"),  # 3 April would be after the fetch
        ("25/02/2026", "en-US", "2026-02-25"),
    ],
)
def test_the_order_of_numbers_is_the_languages_or_the_nearest_before_the_fetch(text, language, day):
    assert days(text, language) == [day]


@pytest.mark.parametrize(
    "text", ["32.01.2026", "10 Foo 2026", "31/02/2026", "10 March 2090", "1.2.3"]
)
def test_what_is_no_day_is_none(text):
    assert days(text, "en") == []


def test_days_of_the_iranian_calendar():
    assert from_jalali(1400, 1, 1) == (2021, 3, 21)
    assert from_jalali(1399, 12, 30) == (2021, 3, 20)
    assert from_jalali(1357, 11, 22) == (1979, 2, 11)
    assert from_jalali(1404, 13, 1)[1] == 0


def test_a_line_that_tells_of_a_change_is_no_publication():
    shown = blocks(page("<div>Updated March 9, 2026 · First set on March 8, 2026</div>", p(*EN)))
    published, changed = near_headline(shown, 2, "en", NOON)
    assert (published.text, changed.text) == ("2026-03-08", "2026-03-09")


@pytest.mark.parametrize("word", ["Updated:", "Aktualisiert am", "Mis à jour le", "Обновлено:"])
def test_words_of_change_are_known_in_several_languages(word):
    assert [change for _, change in dates(f"{word} 2026-03-09", "en", NOON)] == [True]


def test_a_page_without_any_stated_date_has_the_one_that_it_prints():
    found = read(page("<div>By Ana Doe</div><div>March 8, 2026</div>", p(*EN)))
    assert (found.published.text, found.published.precision) == ("2026-03-08", "day")
    assert "published: printed" in found.why


def test_a_day_in_the_text_or_in_a_list_of_others_is_none_of_the_article():
    lists = f"<ul><li>{TITLE} 7 March 2026</li></ul>"
    found = read(
        page(p(*EN, "It sailed first on March 8, 1998, in the days of the old quay."), lists)
    )
    assert "published: printed" not in found.why


def test_of_two_statements_of_one_moment_the_one_with_the_publishers_zone_is_kept():
    markup = page(
        '<time datetime="2026-03-09T21:30:00-05:00">Monday</time>',
        p(*EN),
        head=ld(datePublished="2026-03-10T02:30:00Z"),
    )
    assert read(markup).published.text == "2026-03-09T21:30:00-05:00"


@pytest.mark.parametrize(
    ("language", "text", "day"),
    [
        ("ar", "10 كانون الثاني 2026", "2026-01-10"),
        ("ar", "10 كانون الأول 2025", "2025-12-10"),
        ("ar", "10 تشرين الثاني 2025", "2025-11-10"),
        ("ar", "10 آذار/مارس 2026", "2026-03-10"),
        ("ar", "10 يناير / كانون الثاني 2026", "2026-01-10"),
        ("ar", "١٠ مارس ٢٠٢٦", "2026-03-10"),
        ("ar", "10 غشت 2025", "2025-08-10"),
        ("ja", "令和8年3月10日", "2026-03-10"),
        ("ja", "令和元年5月2日", "2019-05-02"),
        ("zh", "民國115年3月10日", "2026-03-10"),
        ("fa", "۱۹ اسفند ۱۴۰۴", "2026-03-10"),
        ("fa", "۱۴۰۴/۱۲/۱۹", "2026-03-10"),
        ("th", "10/03/2569", "2026-03-10"),
    ],
)
def test_days_of_other_calendars_and_of_two_word_months(language, text, day):
    assert days(text, language) == [day]


@pytest.mark.parametrize("text", ["١٠ رمضان ١٤٤٧", "10 رمضان 1447", "1447/09/21"])
def test_a_lunar_day_is_not_guessed_for_it_depends_on_who_saw_the_moon(text):
    assert days(text, "ar") == []


def test_of_a_lunar_day_and_a_solar_one_the_solar_is_read():
    assert days("21 رمضان 1447 هـ - 10 مارس 2026", "ar") == ["2026-03-10"]


BELOW = "<p>A line about the harbour.</p>" * 6


@pytest.mark.parametrize(
    ("label", "changed"),
    [
        ("Published", "Updated"),
        ("Veröffentlicht am", "Aktualisiert am"),
        ("Publié le", "Mis à jour le"),
        ("Publicado el", "Actualizado el"),
        ("Pubblicato il", "Aggiornato il"),
        ("Опубликовано:", "Обновлено:"),
        ("Yayınlanma:", "Güncelleme:"),
        ("Publicerad", "Uppdaterad"),
        ("Opublikowano:", "Aktualizacja:"),
        ("تاريخ النشر:", "آخر تحديث:"),
        ("公開日：", "更新："),
    ],
)
def test_the_day_of_publication_is_told_from_the_one_of_a_change(label, changed):
    line = f"<p>{changed} 12.03.2026</p><p>{label} 08.03.2026</p>"
    assert read(page(line, p(*EN))).published.text == "2026-03-08"
    both = f"<p>{label} 08.03.2026 {changed} 09.03.2026</p>"
    assert read(page(both, p(*EN))).published.text == "2026-03-08"


def test_a_line_that_says_published_is_believed_below_a_few_lines_and_before_a_bare_day():
    lines = "<p>01.02.2026</p>" + BELOW + "<p>Published 08.03.2026</p>"
    assert read(page(lines, p(*EN))).published.text == "2026-03-08"


def test_the_time_of_a_change_is_no_publication():
    line = '<p>Updated <time datetime="2026-03-09">March 9</time></p><p>8 March 2026</p>'
    assert read(page(line, p(*EN))).published.text == "2026-03-08"


def test_a_day_alone_below_the_text_is_its_own():
    assert read(page(p(*EN), "<p>8 March 2026</p>")).published.text == "2026-03-08"


def test_a_persian_weekday_goes_with_its_date_and_no_name_with_it():
    from watcher.articles.printed import without_dates

    assert without_dates("نازنین کیانی سه‌شنبه ۱۹ اسفند ۱۴۰۴") == "نازنین کیانی"
    assert without_dates("پویا جمعه ۲۰ اسفند ۱۴۰۴") == "پویا"
    assert without_dates("علی جمعه") == "علی جمعه"
