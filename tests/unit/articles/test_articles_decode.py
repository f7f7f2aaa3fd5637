"""Charsets as servers and pages state them, and what is no page at all."""

import codecs

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.support.pages import TEXTS

from watcher.articles.decode import MAX_BYTES, markup
from watcher.model.article import ExtractFailed
from watcher.text.decode import decode

GREEK = "Το πλοίο επέστρεψε στο λιμάνι το βράδυ"
CZECH = "Příliš žluťoučký kůň úpěl ďábelské ódy"
HTML = "text/html"


def html(text, charset=None, lang="en"):
    meta = f'<meta charset="{charset}">' if charset else ""
    return f'<html lang="{lang}"><head>{meta}</head><body><p>{text}</p></body></html>'


def charset(name):
    return f"text/html; charset={name}"


@pytest.mark.parametrize(
    ("text", "encoding", "header", "meta"),
    [
        (TEXTS["ru"][0], "cp1251", "windows-1251", None),
        (TEXTS["ru"][0], "cp1251", None, "windows-1251"),
        (TEXTS["ru"][0], "koi8-r", "koi8-r", None),
        ("وقال مكتب الميناء إن أحدا لم يصب", "cp1256", "windows-1256", None),
        ("وقال مكتب الميناء إن أحدا لم يصب", "cp1256", None, "Windows-1256"),
        (CZECH, "iso-8859-2", None, "iso-8859-2"),
        ("Verletzt wurde in Köln „niemand“ – 5 €", "cp1252", "ISO-8859-1", None),
        ("Şişli’de ığdır", "cp1254", None, "iso-8859-9"),
        ("港口办公室说没有人受伤", "gb18030", "gb2312", None),
        ("港の事務所によると", "cp932", None, "Shift_JIS"),
        ("항만 사무소는 아무도", "cp949", "euc-kr", None),
        (TEXTS["fa"][0], "utf-8", "utf-8", None),
        (TEXTS["fa"][0], "utf-8", None, None),
    ],
)
def test_a_page_is_read_in_the_charset_that_header_or_meta_states(text, encoding, header, meta):
    body = html(text, meta).encode(encoding)
    assert text in decode(body, charset(header) if header else HTML)


def test_a_byte_order_mark_comes_before_the_header():
    for mark, encoding in (
        (codecs.BOM_UTF8, "utf-8"),
        (codecs.BOM_UTF16_LE, "utf-16-le"),
        (codecs.BOM_UTF16_BE, "utf-16-be"),
    ):
        body = mark + html("Durrës", "iso-8859-2").encode(encoding)
        assert decode(body, charset("windows-1251")) == html("Durrës", "iso-8859-2")


def test_the_header_comes_before_the_meta():
    body = html("Ночной паром", "koi8-r").encode("cp1251")
    assert "Ночной паром" in decode(body, charset("windows-1251"))


@pytest.mark.parametrize("stated", ["iso-8859-1", "windows-1251", "windows-1256", "latin1"])
def test_utf_8_that_is_stated_as_an_eight_bit_charset_is_read_as_utf_8(stated):
    assert "Durrës dhe Shkodër" in decode(html("Durrës dhe Shkodër").encode(), charset(stated))
    assert "Durrës dhe Shkodër" in decode(html("Durrës dhe Shkodër", stated).encode(), HTML)


def test_latin_1_as_servers_default_gives_way_to_the_meta_and_the_language():
    stated = html("Ночной паром", "windows-1251").encode("cp1251")
    assert "Ночной паром" in decode(stated, charset("iso-8859-1"))
    guessed = html("Ночной паром", "iso-8859-1", lang="ru").encode("cp1251")
    assert "Ночной паром" in decode(guessed, charset("ISO-8859-1"))
    assert "Fähre" in decode(html("Fähre", lang="de").encode("latin-1"), charset("iso-8859-1"))


def test_a_header_that_the_bytes_refute_gives_way_to_the_meta():
    body = html("Ночной паром", "windows-1251").encode("cp1251")
    assert "Ночной паром" in decode(body, charset("utf-8"))


@pytest.mark.parametrize("stated", ["no-such-charset", "zlib", "rot13", "base64", "utf-16"])
def test_a_label_that_is_no_charset_of_text_is_passed_over(stated):
    assert "Durrës" in decode(html("Durrës", stated).encode(), charset(stated))


@pytest.mark.parametrize(
    ("lang", "text", "encoding"),
    [
        ("ru", "Ночной паром вернулся", "cp1251"),
        ("ar", "عادت العبارة", "cp1256"),
        ("el", GREEK, "cp1253"),
        ("cs", CZECH, "cp1250"),
        ("tr", "Şişli ığdır", "cp1254"),
        ("he", "המעבורת חזרה", "cp1255"),
        ("de", "Fähre zurück", "cp1252"),
    ],
)
@pytest.mark.parametrize("header", [HTML, charset("utf-8")], ids=["unstated", "wrongly-utf-8"])
def test_without_a_true_charset_the_pages_language_names_the_old_one(lang, text, encoding, header):
    assert text in decode(html(text, lang=lang).encode(encoding), header)


def test_a_few_broken_bytes_do_not_make_a_utf_8_page_an_old_one():
    body = html("Durrës, Shkodër, Vlorë, Kukës, Sarandë", lang="ru").encode() + b"\xff"
    assert "Durrës, Shkodër" in decode(body, charset("utf-8"))
    many = html("ë" * 40, lang="ru").encode() + b"\xff"
    assert "ë" * 40 in decode(many, HTML)


def test_nuls_and_controls_are_left_out_and_line_breaks_kept():
    assert markup(b"<p>a\x00b\x08c\n\td</p>", {}) == "<p>abc\n\td</p>"


def test_an_xml_declaration_names_the_charset():
    text = '<?xml version="1.0" encoding="windows-1251"?><html><p>Паром</p></html>'
    assert "Паром" in decode(text.encode("cp1251"), "application/xhtml+xml")


@pytest.mark.parametrize(
    ("body", "headers", "code", "words"),
    [
        (b"", {}, "WTC-ART-002", "empty"),
        (b" \r\n ", {}, "WTC-ART-002", "empty"),
        (b"%PDF-1.7\n...", {"content-type": HTML}, "WTC-ART-002", "PDF"),
        (b"\x89PNG\r\n\x1a\n", {}, "WTC-ART-002", "image"),
        (b"\xff\xd8\xff\xe0", {}, "WTC-ART-002", "image"),
        (b"PK\x03\x04", {}, "WTC-ART-002", "archive"),
        (b"\x1f\x8b\x08", {}, "WTC-ART-002", "compressed"),
        (b"%!x", {"Content-Type": "application/pdf; x=1"}, "WTC-ART-002", "application/pdf"),
        (b'{"a": 1}', {"content-type": "application/json"}, "WTC-ART-002", "json"),
        (b"\x01\x02 words", {"content-type": "video/mp4"}, "WTC-ART-002", "video/mp4"),
        (b"no tags, 3 < 4", {}, "WTC-ART-003", "markup"),
        (bytes(range(1, 32)) * 9, {}, "WTC-ART-003", "markup"),
        (b"<p>" + b"x" * MAX_BYTES, {}, "WTC-ART-001", "5,000,000"),
    ],
)
def test_what_is_no_page_is_refused_with_its_reason_and_a_hint(body, headers, code, words):
    found = markup(body, headers)
    assert isinstance(found, ExtractFailed)
    assert (found.code, words in found.message, bool(found.hint)) == (code, True, True)


def test_a_page_is_believed_against_a_wrong_content_type():
    body = html("Durrës").encode()
    assert markup(body, {"content-type": "application/pdf"}) == html("Durrës")
    assert (
        markup(b"  <!DOCTYPE html><p>x", {"content-type": "image/png"}) == "  <!DOCTYPE html><p>x"
    )


def test_a_page_at_the_size_limit_is_read():
    body = b"<p>" + b"x" * (MAX_BYTES - 3)
    assert isinstance(markup(body, {}), str)


@given(st.binary(max_size=300), st.sampled_from(["", HTML, charset("utf-8"), charset("gb2312")]))
def test_any_bytes_give_a_text_or_a_refusal(body, content_type):
    found = markup(body, {"content-type": content_type})
    assert isinstance(found, str | ExtractFailed)
    if isinstance(found, str):
        assert "\x00" not in found


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        (TEXTS["ru"][0], "cp1251"),
        (TEXTS["ru"][0], "koi8-r"),
        (GREEK, "cp1253"),
        ("وقال مكتب الميناء إن أحدا لم يصب وإن السفن تنتظر خارج المرفأ", "cp1256"),
        ("משרד הנמל מסר כי איש לא נפגע וכי האוניות ממתינות מחוץ לשובר הגלים", "cp1255"),
        ("Zëdhënësja tha se çdo anije që pret është e çuditshme", "cp1252"),
        ("Der Übergang für Fußgänger über die größte Brücke öffnet früh", "cp1252"),
    ],
)
@pytest.mark.parametrize("lang", ["en", ""])
def test_a_page_that_states_nothing_true_is_read_by_its_letters(text, encoding, lang):
    assert text in decode(html(text, lang=lang).encode(encoding), HTML)
