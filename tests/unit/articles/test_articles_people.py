import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.support.pages import blocks, ld, meta, p, page, read, tree

from watcher.articles.byline import byline
from watcher.articles.people import clean, is_agency, looks_named, split


def people(*inside, head=""):
    """The byline of a page, and where it stood."""
    markup = page(*inside, head=head)
    return byline(tree(markup), blocks(markup), ["Kronika"])


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("Ana Doe", ["Ana Doe"]),
        ("By Ana Doe", ["Ana Doe"]),
        ("by Ana Doe and Ben Roe", ["Ana Doe", "Ben Roe"]),
        ("By Ana Doe, Ben Roe & Cy Poe", ["Ana Doe", "Ben Roe", "Cy Poe"]),
        ("By Ana Doe, Ben Roe, and Cy Poe", ["Ana Doe", "Ben Roe", "Cy Poe"]),
        ("By Ana Doe, Tirana correspondent, and Ben Roe", ["Ana Doe", "Ben Roe"]),
        ("Written by: Ana Doe", ["Ana Doe"]),
        ("Ana Doe | Kronika", ["Ana Doe"]),
        ("Ana Doe in Tirana", ["Ana Doe"]),
        ("Ana Doe – Kronika", ["Ana Doe"]),
        ("Ana Doe (text), Ben Roe (photos)", ["Ana Doe", "Ben Roe"]),
        ("Von Max Muster und Eva Klein", ["Max Muster", "Eva Klein"]),
        ("Eine Analyse von Eva Klein, SDA", ["Eva Klein"]),
        ("Nga Arta Hoxha", ["Arta Hoxha"]),
        ("Nga Arta Hoxha dhe Ben Kola", ["Arta Hoxha", "Ben Kola"]),
        ("Shkroi: Arta Hoxha", ["Arta Hoxha"]),
        ("Par Anne Roux et Luc Petit", ["Anne Roux", "Luc Petit"]),
        ("Jan Smit en Piet Bakker", ["Jan Smit", "Piet Bakker"]),
        ("Por Ana Ríos en Madrid", ["Ana Ríos"]),
        ("Por Ana Ríos y Luis Mora", ["Ana Ríos", "Luis Mora"]),
        ("Di Mario Rossi e Anna Verdi", ["Mario Rossi", "Anna Verdi"]),
        ("Автор: Иван Петров", ["Иван Петров"]),
        ("Иван Петров и Анна Орлова", ["Иван Петров", "Анна Орлова"]),
        ("نویسنده: مینا راد", ["مینا راد"]),
        ("به قلم مینا راد و سارا کیا", ["مینا راد", "سارا کیا"]),
        ("بقلم ليلى حداد", ["ليلى حداد"]),
        ("作者：李雷、韩梅", ["李雷", "韩梅"]),
        ("A. B. Carter", ["A. B. Carter"]),
        ("Anne-Marie O’Neil", ["Anne-Marie O’Neil"]),
    ],
)
def test_a_byline_is_split_to_its_names(text, names):
    assert split(text) == names


@pytest.mark.parametrize(
    "name",
    [
        "John A Smith",
        "Anna E Smith",
        "Samuel I Newman",
        "Van Badger",
        "De Nero",
        "Nga Pham",
        "Pia von Berg",
        "Jan van der Meer",
    ],
)
def test_an_initial_or_a_particle_of_a_name_stays_in_it(name):
    assert split(name) == [name]
    assert split(f"By {name} and Ben Roe") == [name, "Ben Roe"]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "By",
        "admin",
        "By staff writers",
        "Redaktion",
        "Nga Redaksia",
        "تحریریه",
        "Редакция",
        "Reuters",
        "The Associated Press",
        "dpa",
        "https://kronika.example/authors/ana",
        "ana@kronika.example",
        "@anadoe",
        "kronika.com",
        "Political editor",
        "user2041",
        "12 March 2026",
        "…",
        "A name that goes on for much longer than any person’s does",
        "x" * 61,
    ],
)
def test_what_is_nobodys_name_gives_none(text):
    assert split(text) == []


@pytest.mark.parametrize("name", ["Reuters", "(AP)", "the Associated Press", "AFP", "ATA", "čtk"])
def test_an_agency_is_known(name):
    assert is_agency(name)


@pytest.mark.parametrize("name", ["Apollo", "Reuters Institute", "Ana Doe", "Balkan Insight", ""])
def test_what_only_looks_like_an_agency_is_none(name):
    assert not is_agency(name)


def test_a_name_stated_twice_or_in_other_letters_stands_once():
    assert clean(["Ana Doe", "ANA DOE", "Ana  Doë and Ben Roe"]) == ("Ana Doe", "Ben Roe")


def test_the_outlet_is_not_the_author_however_it_is_written():
    own = {"balkaninsight"}
    assert clean(["Balkan Insight", "BalkanInsight", "Ana Doe"], own) == ("Ana Doe",)


ANA = {"@type": "Person", "name": "Ana Doe"}


@pytest.mark.parametrize(
    "author",
    [
        ANA,
        "Ana Doe",
        [ANA],
        {"@type": "Person", "name": ["Ana Doe"]},
        [{"@type": "Organization", "name": "Kronika Ltd"}, ANA],
        [{"@type": "NewsMediaOrganization", "name": "Desk"}, "By Ana Doe"],
    ],
)
def test_the_author_comes_from_json_ld_first(author):
    head = ld(author=author) + meta("author", "Ben Roe")
    assert people(head=head) == (("Ana Doe",), "json-ld")


def test_the_author_of_a_graph_is_followed_by_its_id():
    graph = (
        '<script type="application/ld+json">{"@graph": [{"@type": "NewsArticle",'
        ' "author": {"@id": "#a"}}, {"@type": "Person", "@id": "#a", "name": "Ana Doe"}]}</script>'
    )
    assert people(head=graph) == (("Ana Doe",), "json-ld")


def test_an_outlet_or_an_account_in_json_ld_gives_way_to_a_person_in_meta():
    for nobody in ("Kronika", "admin", "https://kronika.example/#author"):
        head = ld(author=nobody) + meta("author", "Ana Doe")
        assert people(head=head) == (("Ana Doe",), "meta")


@pytest.mark.parametrize("name", ["author", "article:author", "byl", "parsely-author"])
def test_the_author_comes_from_meta(name):
    assert people(head=meta(name, "By Ana Doe &amp; Ben Roe")) == (("Ana Doe", "Ben Roe"), "meta")


def test_a_profile_address_in_meta_gives_way_to_the_next_meta():
    head = meta("author", "https://kronika.example/ana") + meta("parsely-author", "Ana Doe")
    assert people(head=head) == (("Ana Doe",), "meta")


@pytest.mark.parametrize(
    ("line", "where"),
    [
        ('<a rel="author" href="/ana">Ana Doe</a>', "page"),
        ('<p itemprop="author"><span itemprop="name">Ana Doe</span>, 3 March</p>', "page"),
        ('<p class="byline">Ana Doe</p>', "byline"),
        ("<p>By Ana Doe</p>", "byline"),
        ("<p>Nga Ana Doe</p>", "byline"),
        ("<p>Von Ana Doe</p>", "byline"),
        ('<div itemprop="author"><b>Our writer</b> <i itemprop="name">Ana Doe</i></div>', "page"),
    ],
)
def test_the_author_comes_from_the_page(line, where):
    assert people(line, p("A text of a few words.")) == (("Ana Doe",), where)


@pytest.mark.parametrize(
    "line",
    [
        '<div class="comment"><a rel="author" href="/x">Ben Roe</a></div>',
        '<aside><a rel="author" href="/x">Ben Roe</a></aside>',
        '<ul><li><span itemprop="author">Ben Roe</span></li></ul>',
        '<div class="related-card"><a rel="author" href="/x">Ben Roe</a></div>',
        "<p>By nightfall the quay was empty</p>",
        "<p>By Monday evening the Ferry Company had sold every ticket it had for the week</p>",
        "<p>Von Anfang an</p>",
    ],
)
def test_other_peoples_names_and_sentences_are_no_byline(line):
    assert people(line, p("A text of a few words.")) == ((), "none")


def test_a_page_without_a_name_has_no_author():
    assert people() == ((), "none")


def test_where_the_names_stood_is_told():
    assert "byline: meta" in read(page(head=meta("author", "Ana Doe"))).why
    assert "byline: none" in read(page()).why


@given(st.text(max_size=80))
def test_any_text_gives_short_names_with_letters(text):
    for name in split(text):
        assert 2 <= len(name) <= 60
        assert any(char.isalpha() for char in name)


_names = st.sampled_from(["Ana Doe", "Ben Roe", "Arta Hoxha", "Eva Klein", "مینا راد", "李雷"])


@given(st.lists(_names, min_size=1, max_size=4, unique=True))
def test_names_joined_by_commas_and_an_and_come_apart_again(names):
    *front, last = names
    text = f"{', '.join(front)} and {last}" if front else last
    assert split(f"By {text}") == names
    assert list(clean([text, text])) == names


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("Ana Doe", True),
        ("Jan van der Meer and Ana de Castro", True),
        ("مینا راد", True),
        ("Ana", False),
        ("Monday evening", False),
        ("Ana said Doe", False),
        ("Jan van", False),
        ("", False),
    ],
)
def test_a_name_is_told_from_a_sentence(text, named):
    assert looks_named(text) is named


@pytest.mark.parametrize(
    ("text", "names"),
    [
        # roles, degrees, firms and places beside the name
        ("Ana Doe, CEO of Harbour Freight", ["Ana Doe"]),
        ("Ana Doe, Sr. Director of Ferries - 10+ Years at Sea", ["Ana Doe"]),
        ("Ana Doe, MD, Harbour University", ["Ana Doe"]),
        ("By Ana Doe, MS, RDN, LD", ["Ana Doe"]),
        ("Ana Doe Senior Writer", ["Ana Doe"]),
        ("Ana Doe The Associated Press", ["Ana Doe"]),
        ("Jan Novák, redaktor", ["Jan Novák"]),
        ("Anna Kowalska, korespondentka", ["Anna Kowalska"]),
        ("Иван Петров, специальный корреспондент", ["Иван Петров"]),
        ("Kovács Anna, főszerkesztő", ["Kovács Anna"]),
        ("Matti Virtanen, toimittaja", ["Matti Virtanen"]),
        ("Ayşe Yılmaz, muhabir", ["Ayşe Yılmaz"]),
        # people who did not write it
        ("Text: Eva Klein, Foto: Ben Roe", ["Eva Klein"]),
        ("Tekst: Kari Dahl Foto: Per Lund", ["Kari Dahl"]),
        ("By Ana Doe, photos by Ben Roe", ["Ana Doe"]),
        ("Por Ana Ríos, traducción de Luis Mora", ["Ana Ríos"]),
        ("Par Anne Roux, photos : Luc Petit", ["Anne Roux"]),
        ("Автор: Иван Петров, фото: Анна Орлова", ["Иван Петров"]),
        ("نویسنده: مینا راد، ترجمه: سارا کیا", ["مینا راد"]),
        ("作者：李雷 编辑：韩梅", ["李雷"]),
        # as written elsewhere
        ("ANA DOE-ROE and BEN MCROE", ["Ana Doe-Roe", "Ben McRoe"]),
        ("Novak, Ivana", ["Ivana Novak"]),
        ("Harbour Sports Desk", ["Harbour Sports Desk"]),
        ("Ana Doe | Kronika | Emma Roe", ["Ana Doe", "Emma Roe"]),
        ("Stimmen in der Stadt", ["Stimmen in der Stadt"]),
    ],
)
def test_what_stands_beside_a_name_is_left_out_in_many_languages(text, names):
    assert split(text) == names


@pytest.mark.parametrize(
    "text", ["Staff Writer", "Web Desk", "News Desk", "Foto: Ben Roe", "Translated by Ben Roe"]
)
def test_a_desk_without_a_name_and_a_picture_alone_are_no_author(text):
    assert split(text) == []


def test_a_name_in_two_alphabets_stands_once():
    assert clean(["Иван Петров", "Ivan Petrov"]) == ("Иван Петров",)
    assert clean(["Γιώργος Παπαδόπουλος; Giorgos Papadopoulos"]) == ("Γιώργος Παπαδόπουλος",)
    assert clean(["Иван Петров", "Anna Petrova"]) == ("Иван Петров", "Anna Petrova")


def test_an_outlet_called_like_its_writer_is_the_author():
    assert clean(["Kristian Holm"], {"kristianholm"}) == ("Kristian Holm",)
    assert clean(["Harbour Gazette"], {"harbourgazette"}) == ()


def test_initials_count_where_the_page_states_them_and_no_name():
    assert clean(["srf/hosb;kesm"], {"srf"}, handles=True) == ("hosb", "kesm")
    assert clean(["dpa/jd"], handles=True) == ("jd",)
    assert clean(["kesm", "Ana Doe"], handles=True) == ("Ana Doe",)
    assert clean(["kesm"]) == ()
    for nobody in ("admin", "redaktion", "reuters", "kronika.com", "user12"):
        assert clean([nobody], handles=True) == ()
