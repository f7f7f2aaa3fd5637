"""Links by their role: what is offered as related, what is cited, and what is only the site's."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.support.pages import EN, TEXTS, link, links, p, page, paragraphs, read, tree

from watcher.articles.related import MOST_IN_LIST, MOST_NAVIGATION, worthy

BRIDGE = "Bridge closed for repairs until summer"
QUAY = "New quay to open before the summer season"
WRECK = "Divers find the wreck of a grain ship"
TITLES = (BRIDGE, QUAY, WRECK)
HREFS = tuple(f"/2026/02/0{n}/story-number-{n}" for n in (1, 2, 3))
HEADINGS = {
    "en": "Related stories",
    "sq": "Lajme të ngjashme",
    "de": "Mehr zum Thema",
    "fa": "مطالب مرتبط",
    "ar": "مواضيع ذات صلة",
    "ru": "Читайте также",
    "fr": "Sur le même sujet",
    "es": "Noticias relacionadas",
    "it": "Leggi anche",
    "pl": "Czytaj także",
}
LEADS = {
    "en": "Read also:",
    "sq": "Lexo edhe:",
    "de": "Lesen Sie auch:",
    "fa": "بیشتر بخوانید:",
    "ar": "اقرأ أيضا:",
    "ru": "Читайте также:",
    "fr": "À lire aussi :",
    "es": "Lee también:",
    "it": "Leggi anche:",
    "pl": "Czytaj także:",
}
TRANSLATED = {
    "en": BRIDGE,
    "sq": "Ura mbyllet për riparime deri në verë",
    "de": "Brücke bis zum Sommer wegen Reparatur gesperrt",
    "fa": "پل تا تابستان برای تعمیر بسته می‌ماند",
    "ar": "إغلاق الجسر للإصلاح حتى الصيف",
    "ru": "Мост закрыт на ремонт до самого лета",
    "fr": "Le pont fermé pour travaux jusqu’à l’été",
    "es": "El puente cierra por obras hasta el verano",
    "it": "Il ponte chiuso per lavori fino all’estate",
    "pl": "Most zamknięty z powodu naprawy do lata",
}


def anchors(titles=TITLES):
    return "".join(
        f"<li>{link(title, href)}</li>" for title, href in zip(titles, HREFS, strict=False)
    )


def listed(heading, titles=TITLES, tag="h3"):
    return f"<div><{tag}>{heading}</{tag}><ul>{anchors(titles)}</ul></div>"


def related(found):
    return [(one.text, one.kind, one.heading) for one in found.links if one.role == "related"]


@pytest.mark.parametrize("language", HEADINGS)
@pytest.mark.parametrize("inside", [True, False], ids=["in-the-article", "below-it"])
def test_a_list_under_a_heading_of_its_language_is_related(language, inside):
    heading, text = HEADINGS[language], TEXTS[language]
    titles = (TRANSLATED[language], *TITLES[1:])
    block = listed(heading, titles)
    markup = page(p(*text), block if inside else "", after="" if inside else block, lang=language)
    found = read(markup)
    assert related(found) == [(title, "block", heading) for title in titles]
    assert paragraphs(found) == list(text)


@pytest.mark.parametrize("language", LEADS)
@pytest.mark.parametrize("shape", ["<p>{lead} {link}</p>", "<p><b>{lead}</b> {link}</p>"])
def test_a_promo_between_two_paragraphs_is_related_and_inline(language, shape):
    lead, title, text = LEADS[language], TRANSLATED[language], TEXTS[language]
    promo = shape.format(lead=lead, link=link(title))
    found = read(page(p(*text[:2]), promo, p(*text[2:]), lang=language))
    assert related(found) == [(title, "inline", lead.strip(" :"))]
    assert paragraphs(found) == list(text)


@pytest.mark.parametrize(
    ("promo", "heading"),
    [
        (p(link(BRIDGE)), None),
        (p(link(f"Read also: {BRIDGE}")), "Read also"),
        (f"<p>{link(BRIDGE)} »</p>", None),
        (p("Read also:", link(BRIDGE)), "Read also"),
        (f"<blockquote>{link(BRIDGE)}</blockquote>", None),
        (f"<div>{link(BRIDGE)}</div>", None),
        (f"<h4>{link(BRIDGE)}</h4>", None),
    ],
    ids=["alone", "lead-in-the-link", "arrow", "lead-above", "quote", "div", "heading"],
)
def test_a_block_that_is_only_a_link_is_a_promo(promo, heading):
    found = read(page(p(*EN[:2]), promo, p(*EN[2:])))
    assert related(found) == [(BRIDGE, "inline", heading)]
    assert paragraphs(found) == list(EN)


def test_a_list_that_follows_its_heading_in_the_texts_own_container_is_related():
    found = read(page(p(*EN), "<h3>Read more</h3>", *(p(link(*one)) for one in PAIRS)))
    assert related(found) == [(title, "block", "Read more") for title in TITLES]
    assert paragraphs(found) == list(EN)


PAIRS = tuple(zip(TITLES, HREFS, strict=True))


@pytest.mark.parametrize(
    "heading",
    [
        "Most read",
        "Latest news",
        "More from Kronika",
        "Trending",
        "Meistgelesen",
        "Më të lexuarat",
        "پربازدیدترین",
        "الأكثر قراءة",
        "Последние новости",
        "Les plus lus",
        "Lo más leído",
        "Sport",
        "",
    ],
)
@pytest.mark.parametrize("place", ["inside", "below", "aside", "class"])
def test_the_sites_own_lists_are_not_related(heading, place):
    block = listed(heading)
    if place == "class":
        block = f'<div class="related-posts">{block}</div>'
    if place == "aside":
        block = f"<aside>{block}</aside>"
    inside = block if place == "inside" else ""
    found = read(page(p(*EN), inside, after="" if inside else block))
    assert related(found) == []
    assert paragraphs(found) == list(EN)


def test_a_list_ends_where_the_next_one_is_headed():
    other = "".join(
        f"<li>{link(f'Old story of the week {n}', f'/2025/old-{n}')}</li>" for n in "12"
    )
    block = (
        f"<section><h3>Related</h3><ul>{anchors()}</ul><h3>Most read</h3><ul>{other}</ul></section>"
    )
    assert related(read(page(after=block))) == [(title, "block", "Related") for title in TITLES]


def test_two_lists_keep_their_headings():
    one = listed("Read more", (BRIDGE,))
    two = f"<div><h3>Background</h3><ul><li>{link(QUAY, HREFS[1])}</li></ul></div>"
    found = read(page(after=one + two))
    assert related(found) == [(BRIDGE, "block", "Read more"), (QUAY, "block", "Background")]


def test_a_card_is_named_by_its_title_and_not_by_its_picture_or_date():
    card = (
        f'<li><a href="{HREFS[0]}"><img src=a alt="A photo of it"></a>'
        f'<a href="{HREFS[0]}"><h4>{BRIDGE}</h4><p>3 March</p></a></li>'
        f'<li><a href="{HREFS[1]}" title="{QUAY}"><img src=b></a></li>'
    )
    found = read(page(after=f"<div><h3>Related stories</h3><ul>{card}</ul></div>"))
    assert [text for text, _, _ in related(found)] == [BRIDGE, QUAY]


@pytest.mark.parametrize(
    ("href", "text"),
    [
        ("/tag/harbour", "All stories about the harbour"),
        ("/author/ana-doe", "More stories by Ana Doe here"),
        ("/category/coast/", "News of the whole coast"),
        ("/harbour", "Harbour"),
        ("/ana-doe/", "Ana Doe"),
        ("/news/pier", "News of the pier"),
        ("/ursula-of-the-coast/", "Ursula of the Coast"),
        ("/tag/harbour/?p=7", "All stories about the harbour"),
        ("/", "Back to the front page now"),
        ("#comments", "Read all of the comments"),
        ("https://www.facebook.com/sharer?u=x", "Share this story on Facebook"),
        ("https://t.me/share/url", "Send this story to a friend"),
        ("/images/quay.jpg", "A large picture of the quay"),
        ("mailto:desk@kronika.example", "Write to the news desk"),
        ("javascript:void(0)", "Open the list of stories"),
        ("/2026/02/01/story", "More"),
        ("/about", "What this site is about"),
        ("/subscribe?from=article", "Subscribe to the daily letter"),
    ],
)
def test_what_leads_to_no_article_is_not_related(href, text):
    assert not worthy(tree(page()), href, text)
    promo = listed("Related stories", ()).replace("</ul>", f"<li>{link(text, href)}</li></ul>")
    assert related(read(page(after=promo))) == []


@pytest.mark.parametrize(
    ("href", "text"),
    [
        ("/2026/02/01/bridge", BRIDGE),
        ("https://negah.example/harbour-strike-ends", "Harbour strike ends after a week"),
        ("/a/12", "پل بسته می‌ماند"),
        ("/old-pier", "Strike at the harbour"),
        ("/?p=36843", BRIDGE),
    ],
)
def test_what_leads_to_an_article_is_worthy(href, text):
    assert worthy(tree(page()), href, text)


def test_a_link_in_a_sentence_is_a_citation_and_stays_in_the_text():
    cited = f"{EN[1]} {link('A report of the harbour office', '/2025/report-7')} had warned of it."
    found = read(page(p(EN[0], cited, EN[2])))
    assert links(found, "citation") == ["A report of the harbour office"]
    assert paragraphs(found)[1] == f"{EN[1]} A report of the harbour office had warned of it."


def test_tags_have_their_role():
    tags = (
        '<a rel="tag" href="/tag/ferry">Ferry</a>'
        '<div class="post-tags"><a href="/harbour">Harbour</a></div>'
    )
    found = read(page(p(*EN), tags))
    assert sorted(links(found, "tag")) == ["Ferry", "Harbour"]
    assert paragraphs(found) == list(EN)


def test_the_rest_is_navigation():
    menu = '<nav><a href="/sport">Sport</a><a href="/coast">Coast</a></nav>'
    found = read(page(before=menu, after='<footer><a href="/about">About us</a></footer>'))
    assert links(found, "navigation") == ["Sport", "Coast", "About us"]
    assert paragraphs(found) == list(EN)


def test_each_address_stands_once_with_its_strongest_role():
    cited = f"{EN[1]} See {link('the story of the bridge', HREFS[0])}."
    block = listed("Related stories", (BRIDGE,))
    menu = f"<nav>{link('Bridge', HREFS[0] + '?utm_source=nav')}</nav>"
    found = read(page(p(EN[0], cited, EN[2]), before=menu, after=block))
    assert [(one.text, one.role) for one in found.links] == [(BRIDGE, "related")]


def test_a_link_to_the_page_itself_is_none():
    url = "https://kronika.example/ferry"
    block = listed("Related stories", ()).replace(
        "</ul>", f"<li>{link(BRIDGE, 'https://www.kronika.example/ferry/#top')}</li></ul>"
    )
    assert read(page(after=block), url=url).links == ()


def test_addresses_are_absolute_and_without_tracking():
    block = listed("Related stories", ()).replace(
        "</ul>", f"<li>{link(BRIDGE, 'bridge-closed?utm_medium=x&amp;p=2#c')}</li></ul>"
    )
    (one,) = read(page(after=block), url="https://kronika.example/2026/ferry").links
    assert one.url == "https://kronika.example/2026/bridge-closed?p=2"


def test_lists_and_navigation_are_bounded():
    many = "".join(
        f"<li>{link(f'A long story number {n}', f'/2026/s-{n}')}</li>" for n in range(400)
    )
    found = read(page(after=f"<div><h3>Related stories</h3><ul>{many}</ul></div>"))
    assert len(related(found)) == MOST_IN_LIST
    assert len(found.links) <= MOST_IN_LIST + MOST_NAVIGATION


_pieces = st.lists(
    st.sampled_from(
        [
            p(EN[0]),
            p(EN[1]),
            p(EN[2]),
            listed("Related stories"),
            listed("Most read"),
            p(f"Read also: {link(BRIDGE, HREFS[0])}"),
            p(link(QUAY, HREFS[1])),
            "<h3>Read more</h3>",
            "<h2>The harbour</h2>",
            f"<ul>{anchors()}</ul>",
            f"<aside>{listed('Related')}</aside>",
            "<figure><img src=a><figcaption>The quay</figcaption></figure>",
            "<p>See also</p>",
        ]
    ),
    max_size=9,
)


@settings(max_examples=60, deadline=None)
@given(_pieces, _pieces)
def test_a_related_links_text_is_never_a_paragraph_of_the_body(inside, after):
    found = read(page(p(*EN), *inside, after="".join(after)))
    offered = {one.text for one in found.links if one.role == "related"}
    assert not offered & {line for part in paragraphs(found) for line in part.split("\n")}


def test_a_bracketed_line_of_the_japanese_press_opens_inline_promos():
    items = "".join(
        f'<li>・<a href="/2026/03/0{day}/kisen">港の汽船が強風で欠航、再開は木曜{day}</a></li>'
        for day in (7, 8)
    )
    found = read(page(p(*EN), f"<div>【関連記事】</div><ul>{items}</ul>"))
    assert {one.kind for one in found.links if one.role == "related"} == {"inline"}
    found = read(page(p(*EN), f"<h2>関連記事</h2><ul>{items}</ul>"))
    assert {one.kind for one in found.links if one.role == "related"} == {"block"}
