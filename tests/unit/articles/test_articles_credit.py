"""Which outlet a text was taken from: what is believed, and the sentences that must not be."""

import pytest
from tests.support.pages import EN, TITLE, blocks, ld, meta, p, page, paragraphs, read, tree

from watcher.articles.credit import find, resolve
from watcher.model.article import Credit

MORE = (
    "The harbour master keeps a list of the days on which no ship may leave, and it has grown"
    " longer every winter since the pier was rebuilt.",
    "A second ferry, which the company bought last year, lies in the yard for repairs and will not"
    " be ready before the summer timetable begins.",
    "Passengers were told to ask at the office on the square.",
)


def credit(line, head=""):
    return read(page(p(*EN, line), head=head)).credit


@pytest.mark.parametrize(
    ("line", "outlet"),
    [
        ("By Ana Doe – Balkaninsight", "Balkaninsight"),
        ("By Ana Doe - Balkan Insight", "Balkan Insight"),
        ("By Ana Doe | Balkan Insight", "Balkan Insight"),
        ("(By Ana Doe – Balkan Insight)", "Balkan Insight"),
        ("Nga Arta Hoxha – Reporter.al", "Reporter.al"),
        ("Von Eva Klein – taz", "taz"),
        ("نویسنده: مینا راد – نگاه", "نگاه"),
        ("Source: Balkan Insight", "Balkan Insight"),
        ("SOURCE: Balkan Insight.", "Balkan Insight"),
        ("Source: https://www.negah.example/2026/ferry", "negah.example"),
        ("Source: negah.example", "negah.example"),
        ("Via: Channel 4", "Channel 4"),
        ("Burimi: Shekulli", "Shekulli"),
        ("Quelle: Welt am Sonntag", "Welt am Sonntag"),
        ("Source: The Mail on Sunday", "The Mail on Sunday"),
        ("منبع: خبرگزاری مهر", "خبرگزاری مهر"),
        ("المصدر: الجزيرة", "الجزيرة"),
        ("Источник: Медуза", "Медуза"),
        ("Fuente: El País", "El País"),
        ("来源：新华网", "新华网"),
        ("This article was originally published by Balkan Insight.", "Balkan Insight"),
        ("This article first appeared in Balkan Insight on 3 March 2026.", "Balkan Insight"),
        ("Republished from Balkan Insight under a free licence.", "Balkan Insight"),
        ("Ky artikull u botua fillimisht në Reporter.al", "Reporter.al"),
        ("Dieser Beitrag erschien zuerst bei Netzpolitik.org.", "Netzpolitik.org"),
    ],
)
def test_a_line_at_the_end_names_the_outlet(line, outlet):
    found = credit(line)
    assert found is not None
    assert (found.outlet, found.text, found.scope) == (outlet, line, "full")


@pytest.mark.parametrize(
    "line",
    [
        "By Monday evening – hours after the vote",
        "By Friday – the day of the vote – the quay was empty.",
        "By law – and by custom – the Harbour Master decides.",
        "Von Anfang an – so die Anklage – war der Kapitän gewarnt.",
        "Von Berlin – Hamburg ist es nicht weit",
        "Por fin – dijo el capitán",
        "Nga Tirana – në Durrës për një orë",
        "Source: officials said no one was hurt",
        "Sources: two people who know the company",
        "From Tirana: the captain’s story",
        "Source: Ana Bea Cy Dan Eve Fay Gus",
        "Source code is not part of the deal.",
        "Via the old bridge: an hour more",
        "Originally published on 5 May 2014",
        "Originally published on May 5, 2014.",
        "Originally published in March 2022. Last updated on December 20, 2024.",
        "First published in 1998, the chart shows every wreck.",
        "Taken from Tirana to Durrës, the men were heard on Friday.",
        "By Ana Doe | Updated on 19-Dec-2025",
        "By Dr. Ana Doe - Mar 27, 2024",
        "By Ana Doe – 3 March 2026",
        "By Ana Doe – Kronika",
        "Source: Kronika",
        "Credit: Shipyard / Ana Doe / Quay",
        "Photo: Balkan Insight",
        "Von Max Muster und Eva Klein",
        "از مینا راد",
    ],
)
def test_an_ordinary_sentence_or_the_pages_own_outlet_is_no_credit(line):
    assert credit(line, head=meta("og:site_name", "Kronika")) is None


def test_a_credit_in_the_middle_of_the_text_is_not_asked():
    found = read(page(p(*EN, "Source: Balkan Insight", *MORE)))
    assert found.credit is None


def test_the_line_leaves_the_body_and_names_the_writer():
    head = meta("author", "Webmaster Two")
    found = read(page(p(*EN), p("By Ana Doe and Ben Roe – Balkaninsight"), head=head))
    assert paragraphs(found) == list(EN)
    assert (found.byline, "byline: credit line" in found.why) == (("Ana Doe", "Ben Roe"), True)


def test_a_link_in_the_credit_line_has_the_role_of_credit():
    line = 'Source: <a href="https://negah.example/ferry">Negah News</a>'
    found = read(page(p(*EN), p(line)))
    assert found.credit == Credit("Negah News", "Source: Negah News", scope="full")
    assert [(one.url, one.role) for one in found.links] == [
        ("https://negah.example/ferry", "credit")
    ]


@pytest.mark.parametrize("agency", ["Reuters", "AP", "AFP", "dpa"])
def test_the_agency_in_the_place_line_is_credited_and_the_sentence_stays(agency):
    opening = f"DURRËS ({agency}) – {EN[0]}"
    found = read(page(p(opening, *EN[1:])))
    assert found.credit == Credit(agency, f"DURRËS ({agency}) –", agency, scope="full")
    assert paragraphs(found)[0] == opening


def test_the_agency_that_closes_the_text_is_credited_and_the_sentence_stays():
    closing = f"{EN[2]} (Reuters)"
    found = read(page(p(*EN[:2], closing)))
    assert found.credit == Credit("Reuters", "(Reuters)", "Reuters", scope="full")
    assert paragraphs(found)[-1] == closing


@pytest.mark.parametrize("line", ["(Reuters)", "(AFP)", "[dpa]"])
def test_an_agency_on_a_last_line_of_its_own_leaves_the_body(line):
    found = read(page(p(*EN, line)))
    assert found.credit is not None
    assert (found.credit.agency, paragraphs(found)) == (line.strip("()[]"), list(EN))


@pytest.mark.parametrize("text", ["He quoted the AP (Associated Press) twice", "It is ready (now)"])
def test_brackets_in_a_sentence_are_no_credit(text):
    assert credit(text) is None


def test_an_agency_as_source_is_told_as_agency():
    assert credit("Source: Reuters") == Credit(
        "Reuters", "Source: Reuters", "Reuters", None, "full"
    )


def test_additional_material_is_a_partial_credit():
    line = "Source: Negah News (additional reporting by Kronika)"
    found = credit(line)
    assert found is not None
    assert found.scope == "partial"


@pytest.mark.parametrize(
    ("head", "outlet"),
    [
        (meta("syndication-source", "https://www.negah.example/ferry"), "negah.example"),
        (meta("original-source", "https://negah.example/ferry"), "negah.example"),
        (ld(headline=TITLE, isBasedOn="https://negah.example/ferry"), "negah.example"),
        (ld(headline=TITLE, isBasedOn={"@id": "https://negah.example/x"}), "negah.example"),
        (meta("syndication-source", "https://kronika.example/first"), None),
        (ld(headline=TITLE, isBasedOn="https://kronika.example/first"), None),
        (meta("syndication-source", "Negah"), None),
    ],
)
def test_the_pages_head_may_name_the_source(head, outlet):
    found = read(page(head=head)).credit
    assert (found.outlet if found else None) == outlet
    assert found is None or "example" in found.text


def test_a_printed_line_comes_before_the_head():
    head = meta("syndication-source", "https://negah.example/ferry")
    found = credit("Source: Balkan Insight", head=head)
    assert found is not None
    assert found.outlet == "Balkan Insight"


@pytest.mark.parametrize(
    ("shape", "credited"),
    [
        ('<div class="source">{}</div>', True),
        ('<div id="comments">{}</div>', False),
        ("<nav>{}</nav>", False),
        ("<figure><figcaption>{}</figcaption></figure>", False),
    ],
)
def test_a_line_below_the_text_is_asked_where_it_is_the_articles(shape, credited):
    found = read(page(p(*EN), after=shape.format("Source: Balkan Insight")))
    assert (found.credit is not None) is credited


def test_a_line_above_the_text_is_asked_too():
    found = read(page("<p>Source: Balkan Insight</p>", p(*EN)))
    assert found.credit is not None
    assert (found.credit.outlet, paragraphs(found)) == ("Balkan Insight", list(EN))


KNOWN = {"balkaninsight": "Balkan Insight", "birn": "Balkan Insight", "reuters": "Reuters"}


@pytest.mark.parametrize(
    ("written", "known"),
    [
        ("Balkaninsight", "Balkan Insight"),
        ("BALKAN INSIGHT", "Balkan Insight"),
        ("Balkan-Insight", "Balkan Insight"),
        ("BIRN", "Balkan Insight"),
        ("Balkan Insider", None),
        (None, None),
    ],
)
def test_the_known_outlet_is_found_by_its_name_folded_and_without_blanks(written, known):
    assert resolve(Credit(written, "x"), KNOWN).known == known


def test_the_agency_resolves_where_the_outlet_does_not():
    assert resolve(Credit("Nobody", "x", agency="REUTERS"), KNOWN).known == "Reuters"


def test_a_page_without_text_states_nothing():
    markup = page("<p>x</p>")
    assert find(tree(markup), blocks(markup), [], []) is None


@pytest.mark.parametrize(
    ("inside", "agency"),
    [
        (
            '<div class="byline">By Ana Doe and Ben Roe The Associated Press</div>',
            "The Associated Press",
        ),
        ('<div class="byline">By Ana Doe <span>Reuters</span></div>', "Reuters"),
        ("<p>By Ana Doe, Agence France-Presse</p>", "Agence France-Presse"),
        ("<p>By Associated Press</p>", "Associated Press"),
        ("<p>Ana Doe | Anadolu Agency</p>", "Anadolu Agency"),
    ],
)
def test_an_agency_in_the_byline_is_credited_and_no_author(inside, agency):
    found = read(page(inside, p(*EN)))
    assert (found.credit.agency, found.credit.scope) == (agency, "full")
    assert agency not in found.byline


def test_an_agency_stated_as_the_author_is_credited():
    found = read(page(p(*EN), head=ld(author={"@type": "Organization", "name": "Reuters"})))
    assert (found.credit.agency, found.credit.text) == ("Reuters", "author: Reuters")


def test_a_byline_without_an_agency_credits_nobody():
    for line in ("By Ana Doe, Tirana", "By Ana Doe · 4 min read", "Ana Doe, 8 March 2026"):
        assert read(page(p(line), p(*EN))).credit is None


@pytest.mark.parametrize(
    "line", ["Kronika / Harbour Gazette", "Harbour Gazette/Kronika", "(Kronika / Harbour Gazette)"]
)
def test_the_pages_outlet_beside_another_credits_the_other(line):
    assert credit(line) == Credit("Harbour Gazette", line, None, None, "full")


def test_the_pages_outlet_beside_initials_credits_nobody():
    assert credit("kronika/hosb") is None


@pytest.mark.parametrize("word", ["Source", "Kilde", "Quelle", "Fuente", "Källa", "منبع"])
def test_the_source_of_a_list_of_facts_is_no_credit_of_the_text(word):
    facts = "<h3>Facts</h3><ul><li>40 lorries waited</li><li>2 families</li></ul>"
    found = read(page(p(*EN), after=f"{facts}<p>{word}: Harbour Gazette</p>"))
    assert found.credit is None
    assert read(page(p(*EN), after=f"{facts}<p>{word}: Reuters</p>")).credit is not None
