"""Whole pages, from bytes to an Extraction."""

import pytest
from tests.support.pages import (
    EN,
    NOON,
    TEXTS,
    TITLE,
    ld,
    link,
    links,
    meta,
    p,
    page,
    paragraphs,
    read,
)

from watcher.articles.extract import extract
from watcher.model.article import Caption, Credit, ExtractFailed

# The page that the project began from, in our own words: an NGO's WordPress site republishes
# another outlet's report. The credit is one last line, two captions stand between the paragraphs,
# and three related posts follow.
POSTS = "https://brigjet.example/2026/03"
REPORT = (
    "Police in the coastal district of Brigas searched the camp of the Free Mariners’ Union on"
    " Tuesday and took away computers and two cartons of files, the prosecutor’s office said.",
    "About two hundred people have lived in the former barracks since 2016, when the government of"
    " the time offered them a place. They may not work in the country, and most have never left"
    " the site without a permit.",
    "A spokesman for the union, Teodor Vasa, called the search “an act made to order” and said that"
    " one elderly resident had been taken to hospital with breathing trouble.",
    "The prosecutors are looking into an attack on the computers of the land registry last autumn."
    " They named no suspect, and nobody was arrested.",
    "Neighbours in the village of Mol told our reporter that the road had been closed from six in"
    " the morning until noon, and that children could not reach their school.",
)
CAPTIONS = (
    Caption("The gate of the camp near Mol on the morning of the search.", "LSA"),
    Caption("Officers carry cartons to a van outside the former barracks.", "Iris Dako"),
)
RELATED = (
    ("Union members ask the court for their passports", f"{POSTS}/passports-court/"),
    ("Ten years in the barracks: what became of the promise", f"{POSTS}/ten-years/"),
    ("Land registry attack: what is known so far", f"{POSTS}/registry-attack/"),
)


def captioned(number, caption):
    return (
        f'<figure id="attachment_{number}" aria-describedby="caption-attachment-{number}"'
        ' class="wp-caption aligncenter" style="width: 810px">'
        f'<img class="wp-image-{number} size-large" src="/wp-content/uploads/{number}.jpg"'
        ' width="800" height="533" alt="">'
        f'<figcaption id="caption-attachment-{number}" class="wp-caption-text">{caption.text}'
        f" Photo: {caption.credit}</figcaption></figure>"
    )


def wordpress():
    title = "Police search union camp on the coast"
    posts = "".join(
        f'<li class="related-post"><a href="{href}"><img src="/t.jpg" alt=""></a>'
        f'<h4><a href="{href}" rel="bookmark">{text}</a></h4><span class="date">2 March</span></li>'
        for text, href in RELATED
    )
    return f"""<!DOCTYPE html>
<html lang="en-US"><head><meta charset="UTF-8">
<title>{title} &#8211; Brigjet Watch</title>
<link rel="canonical" href="{POSTS}/police-search-union-camp/">
<meta property="og:site_name" content="Brigjet Watch">
<meta property="og:type" content="article"><meta property="og:title" content="{title}">
<meta property="article:published_time" content="2026-03-04T09:15:00+01:00">
<meta property="article:modified_time" content="2026-03-04T11:40:00+01:00">
<meta name="author" content="admin">
</head>
<body class="post-template-default single single-post postid-812 single-format-standard">
<div id="page" class="site"><a class="skip-link screen-reader-text" href="#content">Skip</a>
<header id="masthead" class="site-header"><p class="site-title"><a href="/">Brigjet Watch</a></p>
<nav id="site-navigation" class="main-navigation"><ul class="menu">
<li class="menu-item"><a href="/news/">News</a></li>
<li class="menu-item"><a href="/reports/">Our yearly reports</a></li></ul></nav></header>
<div id="content" class="site-content"><main id="main" class="site-main">
<article id="post-812" class="post-812 post type-post status-publish hentry category-news">
<header class="entry-header"><h1 class="entry-title">{title}</h1>
<div class="entry-meta"><span class="posted-on">Posted on <time class="entry-date published"
 datetime="2026-03-04T09:15:00+01:00">March 4, 2026</time></span>
<span class="byline"> by <span class="author vcard"><a class="url fn n" href="/author/admin/">admin
</a></span></span></div></header>
<div class="entry-content">
<p>{REPORT[0]}</p>
{captioned(821, CAPTIONS[0])}
<p>{REPORT[1]}</p>
<p>{REPORT[2]}</p>
{captioned(822, CAPTIONS[1])}
<p>{REPORT[3]}</p>
<p>{REPORT[4]}</p>
<p>By Mira Tolani &#8211; Coastinsight</p>
<div class="sharedaddy sd-sharing-enabled"><h3 class="sd-title">Share this:</h3><ul>
<li><a href="https://www.facebook.com/sharer.php?u=x">Facebook</a></li></ul></div>
<div id="jp-relatedposts" class="jp-relatedposts"></div>
</div>
<footer class="entry-footer"><span class="cat-links">Posted in <a href="/category/news/"
 rel="category tag">News</a></span></footer></article>
<section class="related-posts"><h3 class="related-title">Related posts</h3>
<ul>{posts}</ul></section>
<nav class="navigation post-navigation"><h2 class="screen-reader-text">Post navigation</h2>
<a href="/2026/03/ferry-strike/" rel="prev">Ferry strike enters its second week today</a></nav>
<div id="comments" class="comments-area"><h2>Leave a Reply</h2><p>Write what you think of it.</p>
</div></main></div>
<aside id="secondary" class="widget-area"><section class="widget"><h2>Recent Posts</h2>
<ul><li><a href="/2026/03/water/">Water returns to the upper town at last</a></li></ul>
</section></aside>
<footer class="site-footer"><p>Brigjet Watch is an association in Mol.</p></footer></div>
</body></html>"""


PAGE = f"{POSTS}/police-search-union-camp/"


def test_the_body_of_the_page_it_began_from_is_the_report_alone():
    found = read(wordpress(), PAGE)
    assert paragraphs(found) == list(REPORT)
    assert found.title == "Police search union camp on the coast"
    assert (found.state.kind, found.standfirst, found.language) == ("article", None, "en-US")


def test_person_and_credited_outlet_of_that_page_are_told_apart():
    found = read(wordpress(), PAGE)
    line = "By Mira Tolani – Coastinsight"
    assert found.byline == ("Mira Tolani",)
    assert found.credit == Credit("Coastinsight", line, scope="full")
    assert found.site_name == "Brigjet Watch"


def test_that_page_has_two_captions_with_their_credits():
    assert read(wordpress(), PAGE).captions == CAPTIONS


def test_that_page_has_three_related_links_and_the_rest_is_navigation():
    found = read(wordpress(), PAGE)
    related = [one for one in found.links if one.role == "related"]
    assert [(one.text, one.url) for one in related] == list(RELATED)
    assert {(one.kind, one.heading) for one in related} == {("block", "Related posts")}
    assert "Water returns to the upper town at last" in links(found, "navigation")
    assert "Ferry strike enters its second week today" in links(found, "navigation")
    assert links(found, "tag") == ["News"]


def test_that_pages_dates_keep_their_offset():
    found = read(wordpress(), PAGE)
    assert found.published is not None
    assert found.modified is not None
    assert (found.published.text, found.modified.text) == (
        "2026-03-04T09:15:00+01:00",
        "2026-03-04T11:40:00+01:00",
    )


def test_every_choice_has_its_reason():
    found = read(wordpress(), PAGE)
    for reason in ("title: h1", "byline: credit line", "published: meta"):
        assert reason in found.why
    assert any(why.startswith(f"{found.method}: ") for why in found.why)
    assert "left out as the credit line: By Mira Tolani – Coastinsight" in found.why


@pytest.mark.parametrize(
    ("language", "title", "byline", "caption", "credit", "outlet"),
    [
        (
            "sq",
            "Trageti kthehet në port pas stuhisë",
            "Nga Arta Hoxha – Shekulli i Ri",
            Caption("Kalata natën.", "LSA"),
            "Foto",
            "Shekulli i Ri",
        ),
        (
            "fa",
            "کشتی پس از توفان به بندر بازگشت",
            "نویسنده: مینا راد – نگاه روز",
            Caption("اسکله در شب.", "سارا کیا"),
            "عکس",
            "نگاه روز",
        ),
        (
            "de",
            "Fähre kehrt nach Sturm um",
            "Von Eva Klein – Küstenbote",
            Caption("Der Kai bei Nacht.", "dpa"),
            "Foto",
            "Küstenbote",
        ),
        (
            "ru",
            "Паром вернулся после шторма",
            "Автор: Анна Орлова – Береговой вестник",
            Caption("Причал ночью.", "ТАСС"),
            "Фото",
            "Береговой вестник",
        ),
    ],
)
def test_a_republished_text_of_another_language_is_told_apart_too(
    language, title, byline, caption, credit, outlet
):
    text = TEXTS[language]
    figure = (
        f"<figure><img src=a.jpg><figcaption>{caption.text} {credit}: {caption.credit}</figcaption>"
        "</figure>"
    )
    found = read(page(p(text[0]), figure, p(*text[1:], byline), title=title, lang=language))
    assert (found.title, paragraphs(found)) == (title, list(text))
    assert found.captions == (caption,)
    assert (found.credit and found.credit.outlet, len(found.byline)) == (outlet, 1)
    assert found.language == language


def test_the_lead_of_the_next_article_is_not_swallowed():
    head, lead = "Bridge closed for repairs", TEXTS["en"][2].replace("company", "ministry")
    following = f'<article><h2><a href="/bridge">{head}</a></h2>{p(lead)}</article>'
    for markup in (page(p(*EN), following), page(after=following)):
        found = read(markup, "https://kronika.example/ferry")
        assert paragraphs(found) == list(EN)


def test_a_teaser_card_between_two_paragraphs_is_not_swallowed():
    card = (
        '<div class="teaser-card"><a href="/2026/bridge-1"><h4>Bridge closed for repairs</h4>'
        "<p>From Monday on the old bridge is closed.</p></a></div>"
    )
    assert paragraphs(read(page(p(*EN[:2]), card, p(EN[2])))) == list(EN)


def test_a_text_in_divs_and_line_breaks_keeps_its_paragraphs():
    broken = "<div>" + "<br><br>".join(EN) + "</div>"
    assert paragraphs(read(page(broken))) == list(EN)


def test_the_charset_of_the_header_reaches_the_text():
    markup = page(p(*TEXTS["ru"]), lang="ru").replace('<meta charset="utf-8">', "")
    found = read(
        markup.encode("cp1251"), headers={"content-type": "text/html; charset=windows-1251"}
    )
    assert paragraphs(found) == list(TEXTS["ru"])


def test_soft_hyphens_and_joiners_stay_in_the_stored_text():
    text = EN[0].replace("harbour", "har\u00adbour")
    assert paragraphs(read(page(p(text, *EN[1:]))))[0] == text
    assert "\u200c" in read(page(p(*TEXTS["fa"]))).body


def test_the_outlet_by_its_domain_is_no_author_and_no_credit():
    found = read(page(p(*EN, "Source: Kronika"), head=ld(author={"name": "KRONIKA"})))
    assert (found.byline, found.credit) == ((), None)


def test_what_is_no_page_is_a_failure_with_its_code():
    for body, code in (
        (b"%PDF-1.4", "WTC-ART-002"),
        (b"plain words", "WTC-ART-003"),
        (b"<!-- nothing -->", "WTC-ART-004"),
    ):
        found = extract(body, PAGE, {}, NOON)
        assert isinstance(found, ExtractFailed)
        assert (found.code, bool(found.message), bool(found.hint)) == (code, True, True)


def test_the_same_page_gives_the_same_answer():
    assert read(wordpress(), PAGE) == read(wordpress(), PAGE)


def test_a_page_without_a_text_still_has_its_title_and_links():
    found = read(page(p(link("Bridge closed for repairs")), head=meta("og:title", TITLE)))
    assert (found.title, found.body) == (TITLE, "")
    assert found.state.lacks == ("body",)
