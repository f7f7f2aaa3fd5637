"""The kinds of change between two versions, in many languages: each edit its own kind, no other."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.support.records import prose, text

from watcher.articles.change_words import is_noise, is_notice, languages
from watcher.articles.changes import ORDER, changes, quiet

AROUND = prose("pier", 3)


def kinds(before, after, language="en"):
    """Of one paragraph among others."""
    return changes(
        text(body=f"{AROUND}\n\n{before}\n\nThe end.", language=language),
        text(body=f"{AROUND}\n\n{after}\n\nThe end.", language=language),
    )


EN = "Police searched the camp above Portoret on Monday, said Ada Mirk of the crews."


@pytest.mark.parametrize(
    ("before", "after", "wanted"),
    [
        (EN, EN.replace("searched", "raided"), ("wording",)),
        (EN, EN.replace("Ada Mirk", "Ida Merk"), ("name",)),
        (EN, EN.replace("Portoret", "Vella"), ("name",)),
        (EN, EN.replace("Monday", "Tuesday"), ("number",)),
        ("About 240 people waited.", "About 420 people waited.", ("number",)),
        ("About 240 people waited.", "About 420 passengers waited.", ("number", "wording")),
        ("About 240 people waited.", "About 240 passengers waited.", ("wording",)),
        ("It cost 1,200 euros in all.", "It cost 12 000 euros in all.", ("number",)),
        ("It cost 1,200 euros in all.", "It cost 1 200 euros in all.", ("cosmetic",)),
        ("It grew by 3.5 per cent.", "It grew by 3.7 per cent.", ("number",)),
        ("Twelve men were held there.", "Fourteen men were held there.", ("number",)),
        ("A man was held there.", "The man was held there.", ("wording",)),
        (
            "“We saw no guns,” she said on the quay.",
            "“We saw some guns,” she said on the quay.",
            ("quote",),
        ),
        (
            "“We saw no guns,” she said on the quay.",
            "“We saw no guns,” she told us on the quay.",
            ("wording",),
        ),
        ("He called it a farce in court.", "He called it “a farce” in court.", ("quote",)),
        ('He called it "a farce" in court.', "He called it “a farce” in court.", ("cosmetic",)),
        ("It rained - all day.", "It rained – all day!", ("cosmetic",)),
        ("It rained. She stayed in.", "It rained; she stayed in.", ("cosmetic",)),
        ("It rained.", "It rained. Nobody was hurt, doctors said.", ("added",)),
        ("It rained. Nobody was hurt, doctors said.", "It rained.", ("removed",)),
        ("It rained.", "It rained. Correction: the search began at six.", ("correction",)),
        (
            "It rained.",
            "It rained.\n\nAn earlier version of this article named the wrong pier.",
            ("correction",),
        ),
        (
            "First came this. Then came that one.",
            "Then came that one. First came this.",
            ("wording",),
        ),
    ],
)
def test_an_edit_is_of_its_kind_and_of_no_other(before, after, wanted):
    assert kinds(before, after) == wanted


@pytest.mark.parametrize(
    ("language", "before", "after", "wanted"),
    [
        (
            "de",
            "Die Polizei fand 14 Kisten im Lager.",
            "Die Polizei fand 41 Kisten im Lager.",
            "number",
        ),
        ("de", "Er sah zwei Boote am Kai liegen.", "Er sah drei Boote am Kai liegen.", "number"),
        ("de", "Er sah die Boote am Kai liegen.", "Er sah die Kähne am Kai liegen.", "wording"),
        (
            "de",
            "Das sagte Anna Meier am Abend dort.",
            "Das sagte Anna Maier am Abend dort.",
            "name",
        ),
        (
            "de",
            "Er sagte: „Wir gehen nicht“ und ging.",
            "Er sagte: „Wir gehen jetzt“ und ging.",
            "quote",
        ),
        ("de", "Es regnete.", "Es regnete. Korrektur: Es waren drei Boote.", "correction"),
        (
            "de",
            "Es regnete.",
            "Es regnete. In einer früheren Version stand ein falscher Ort.",
            "correction",
        ),
        (
            "sq",
            "Policia gjeti 14 arka në kamp atë ditë.",
            "Policia gjeti 41 arka në kamp atë ditë.",
            "number",
        ),
        ("sq", "Kështu tha Besnik Alia në mbrëmje.", "Kështu tha Besnik Aliu në mbrëmje.", "name"),
        ("sq", "Ra shi.", "Ra shi. Saktësim: kontrolli nisi në gjashtë.", "correction"),
        ("fa", "پلیس ۱۴ جعبه در اردوگاه پیدا کرد.", "پلیس ۴۱ جعبه در اردوگاه پیدا کرد.", "number"),
        ("fa", "پلیس جعبه را در اردوگاه پیدا کرد.", "پلیس جعبه را در انبار پیدا کرد.", "wording"),
        ("fa", "آقای مرادی دیروز به اردوگاه رفت.", "آقای کریمی دیروز به اردوگاه رفت.", "name"),
        ("fa", "او گفت: «ما می‌مانیم» و رفت.", "او گفت: «ما می‌رویم» و رفت.", "quote"),
        ("fa", "باران آمد.", "باران آمد.\n\nاصلاحیه: بازرسی ساعت شش آغاز شد.", "correction"),
        (
            "ar",
            "عثرت الشرطة على ١٤ صندوقا في المخيم.",
            "عثرت الشرطة على ٤١ صندوقا في المخيم.",
            "number",
        ),
        ("ar", "وصل السيد منصور إلى المخيم صباحا.", "وصل السيد نصار إلى المخيم صباحا.", "name"),
        ("ar", "هطل المطر.", "هطل المطر.\n\nتصحيح: بدأ التفتيش في السادسة.", "correction"),
        ("ru", "Полиция нашла 14 ящиков в лагере.", "Полиция нашла 41 ящик в лагере.", "number"),
        ("ru", "Об этом сказал Иван Петров вечером.", "Об этом сказал Иван Попов вечером.", "name"),
        ("ru", "Шёл дождь.", "Шёл дождь. Поправка: обыск начался в шесть.", "correction"),
        (
            "fr",
            "La police a trouvé 14 caisses au camp.",
            "La police a trouvé 41 caisses au camp.",
            "number",
        ),
        (
            "fr",
            "Il a dit : « nous restons ici » hier soir.",
            "Il a dit : « nous partons ici » hier soir.",
            "quote",
        ),
        ("el", "Αυτό είπε η Μαρία Παππά το βράδυ.", "Αυτό είπε η Μαρία Ράπτη το βράδυ.", "name"),
        ("zh", "警方在营地发现14个箱子。", "警方在营地发现41个箱子。", "number"),
        ("zh", "警方在营地发现三个箱子。", "警方在营地发现五个箱子。", "number"),
        ("zh", "下雨了。", "下雨了。更正：搜查于六点开始。", "correction"),
        ("ja", "警察は倉庫で箱を見つけた。", "警察は船倉で箱を見つけた。", "wording"),
        ("hi", "पुलिस को 14 बक्से मिले।", "पुलिस को 41 बक्से मिले।", "number"),
        ("th", "ตำรวจพบกล่อง 14 ใบที่ค่าย", "ตำรวจพบกล่อง 41 ใบที่ค่าย", "number"),
    ],
)
def test_edits_are_told_apart_in_many_languages(language, before, after, wanted):
    found = kinds(before, after, language)
    assert wanted in found
    assert set(found) <= {wanted, "wording"} if language == "ru" else found == (wanted,)


@pytest.mark.parametrize(
    "line",
    [
        "12 comments",
        "3 min read",
        "Updated 10 March 2026, 14:05",
        "Last updated: 5:30 PM, 10/03/2026",
        "Aktualisiert am 10. März 2026 um 14:05 Uhr",
        "Përditësuar më 10.03.2026 14:05",
        "به روز شده ۱۴۰۴/۱۲/۱۹ ۱۴:۰۵",
        "آخر تحديث: 10 مارس 2026 14:05",
        "Обновлено 10.03.2026 в 14:05",
        "5 Kommentare",
    ],
)
def test_lines_that_change_by_themselves_make_no_change(line):
    assert is_noise(line)
    assert kinds("It rained.", f"It rained.\n\n{line}") == ()
    assert quiet(f"{line}\n\nIt rained.") == "It rained."


@pytest.mark.parametrize(
    "line",
    [
        "Two people died",
        "240 people died",
        "Published 12 books",
        "The council received 12 comments on the plan.",
        "Updated figures show 240 dead, 12 of them children.",
        "Mr Hall had 12 comments.",
        "",
    ],
)
def test_a_line_of_the_text_is_never_taken_for_noise(line):
    assert not is_noise(line)


@pytest.mark.parametrize(
    "sentence",
    [
        "Correction:",
        "CORRECTION — the ferry sails at six.",
        "Correction (10 March): the ferry sails at six.",
        "Editor’s note: this text was shortened.",
        "This article was amended on 10 March 2026 to name the pier.",
        "Anm. d. Red.: Der Ort wurde berichtigt.",
        "Rectificatif : le navire est parti à six heures.",
        "訂正：船は六時に出た。",
        "정정: 배는 여섯 시에 떠났다.",
    ],
)
def test_a_notice_is_known_by_its_head_or_by_its_phrase(sentence):
    assert is_notice(sentence)


@pytest.mark.parametrize(
    "sentence",
    [
        "The correction of the river took ten years.",
        "House of correction inmates wrote the letter.",
        "Markets fell in a correction on Monday.",
        "Der Text der Erklärung wurde verlesen.",
        "",
    ],
)
def test_the_words_of_a_notice_in_running_text_are_none(sentence):
    assert not is_notice(sentence)


def test_notices_are_known_in_thirty_languages():
    assert len(languages()) >= 30


_texts = st.builds(
    lambda body, title: text(body=body, title=title, language="en"),
    st.lists(
        st.sampled_from(["A 1.", "“B two” c.", "Ada Mirk ran.", "Correction: x.", "\n\n", " "])
    ).map("".join),
    st.sampled_from(["One", "Two", "one"]),
)


@given(_texts, _texts)
def test_kinds_come_once_each_and_in_their_order(old, new):
    found = changes(old, new)
    assert list(found) == [kind for kind in ORDER if kind in found]
    assert ("cosmetic" not in found) or found == ("cosmetic",)
    assert changes(old, old) == ()
    assert bool(found) == bool(changes(new, old))
