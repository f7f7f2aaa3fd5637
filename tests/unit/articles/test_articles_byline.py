"""Where pages of several makes name their authors, in our own words."""

import pytest
from tests.support.pages import EN, TITLE, ld, meta, p, page, read

NAME = "Ana Doe"


def shown(line, *, after="", head=""):
    return page(line, p(*EN), after, head=head)


HEADS = {
    "date-before": f"<div>March 8, 2026 <span>By {NAME}</span></div>",
    "published-by": f"<p>Published March 8, 2026 by {NAME}</p>",
    "by-then-date": f'<p>By <a href="/people/ana">{NAME}</a> | 8 March 2026</p>',
    "by-above": f"<div><div>By</div><div>{NAME}</div></div>",
    "written-by-above": f"<p>Written by</p><p>{NAME}</p>",
    "class": f'<div><span class="article-author">{NAME}</span><span>3 min</span></div>',
    "camel-class": f'<div><span class="authorName">{NAME}</span><span>3 min</span></div>',
    "bem-class": f'<div><span class="post-hero__author">{NAME}</span><span>3 min</span></div>',
    "path": f'<div><a href="/staff/26482/ana-doe/">{NAME}</a> <span>3 min</span></div>',
    "role-inside": f'<p><a rel="author" href="/a"><b>{NAME}</b><span>Founder</span></a></p>',
    "de": f"<p>Von {NAME}, 8. März 2026</p>",
    "fr": f"<p>Par {NAME} | 8 mars 2026</p>",
    "sq": f"<p>Nga {NAME} - 8 mars 2026</p>",
}


@pytest.mark.parametrize("name", sorted(HEADS))
def test_an_author_is_found_where_pages_print_one(name):
    assert read(shown(HEADS[name])).byline == (NAME,)


def test_an_author_in_a_box_below_the_text_is_found():
    box = f"<div><h4>Written by {NAME}</h4></div>"
    assert read(shown("", after=box)).byline == (NAME,)


def test_a_person_who_writes_the_name_small_is_one():
    found = read(shown("", head=ld(author={"@type": "Person", "name": "ana doe"})))
    assert found.byline == (NAME,)
    assert read(shown("", head=ld(author="web desk editors"))).byline == ()


def test_the_labels_of_a_link_card_name_the_author():
    head = meta("twitter:label1", "Written by") + meta("twitter:data1", NAME)
    assert read(shown("", head=head)).byline == (NAME,)
    other = meta("twitter:label1", "Est. reading time") + meta("twitter:data1", NAME)
    assert read(shown("", head=other)).byline == ()


def test_authors_of_papers_stand_last_name_first():
    head = meta("citation_author", "Doe, Ana") + meta("citation_author", "Roe, Ben")
    assert read(shown("", head=head)).byline == (NAME, "Ben Roe")


@pytest.mark.parametrize(
    "line",
    [
        '<div class="author">No Comments</div>',
        '<div class="author">Create Account</div>',
        '<div class="author-link">View all posts</div>',
        '<div class="comment"><span class="author">Carl Roe</span></div>',
        "<p>Updated by Carl Roe</p>",
        f"<p>{TITLE}</p>",
    ],
)
def test_what_is_no_author_gives_none(line):
    assert read(shown(line)).byline == ()


def test_the_outlet_is_no_author_with_its_article_or_without():
    head = meta("og:site_name", "Harbour Courier")
    found = read(shown("", head=head + ld(author=["The Harbour Courier", NAME])))
    assert found.byline == (NAME,)


@pytest.mark.parametrize(
    "line",
    [
        "<div>Emma Roe | Senior writer | 2 March 2026</div>",
        "<div>March 2, 2026 · 3 min · 628 words · Emma Roe</div>",
        "<div>Emma Roe March 2, 2026 — 7 minutes read</div>",
        "<div>Emma Roe</div>",
        "<div>2 mars 2026 • Emma Roe • 4 min de lecture</div>",
        "<div>Emma Roe · 2. März 2026 · 5 Min. Lesezeit</div>",
    ],
)
def test_a_known_given_name_beside_the_day_is_the_author(line):
    assert read(shown(line)).byline == ("Emma Roe",)


@pytest.mark.parametrize(
    "line",
    [
        "<div>World News | 2 March 2026</div>",
        "<div>London Bridge</div>",
        "<div>Harbour City · 5 min read</div>",
    ],
)
def test_a_section_beside_the_day_is_nobody(line):
    assert read(shown(line)).byline == ()


def test_the_line_that_readers_see_outweighs_the_account_that_posted_it():
    posted = ld(author={"@type": "Person", "name": "Post Clerk"})
    assert read(shown("<p>By Ana Doe</p>", head=posted)).byline == ("Ana Doe",)
    assert read(shown("<p>Von Ana Doe und Ben Roe</p>", head=posted)).byline == (
        "Ana Doe",
        "Ben Roe",
    )


def test_of_two_lists_the_fuller_is_taken():
    both = ld(author=[{"@type": "Person", "name": name} for name in ("Ana Doe", "Ben Roe")])
    assert read(shown("<p>By Ana Doe</p>", head=both)).byline == ("Ana Doe", "Ben Roe")
    one = meta("author", "Ana Doe")
    assert read(shown("<p>By Ana Doe and Ben Roe</p>", head=one)).byline == ("Ana Doe", "Ben Roe")


def test_a_quotation_of_others_below_the_beginning_outweighs_nothing():
    stated = meta("author", "Ana Doe")
    books = "<h3>The Long Tide</h3><p>by Ben Roe</p>"
    assert read(shown("", after=books, head=stated)).byline == ("Ana Doe",)


def test_a_line_names_whom_it_links_to_and_not_their_roles():
    line = '<p>Written by: <a href="/author/ana-doe">Ana Doe</a> Gardener &amp; Astrologer</p>'
    assert read(shown(line)).byline == ("Ana Doe",)


@pytest.mark.parametrize(
    "line",
    [
        "<p>View all posts by Emma Roe</p>",
        "<p>Alle Beiträge von Emma Roe</p>",
        "<p>Voir tous les articles de Emma Roe</p>",
        "<p>Ver todas las entradas de Emma Roe</p>",
        "<p>This article was written by Emma Roe, head of the harbour office</p>",
    ],
)
def test_a_box_below_names_the_author_in_many_languages(line):
    assert read(shown("", after=line)).byline == ("Emma Roe",)


def test_by_that_touches_the_name_is_by():
    assert read(shown("<div>By<a href='/x'>Ana Doe</a></div>")).byline == ("Ana Doe",)


def test_a_list_of_authors_and_an_articles_own_foot_name_them():
    listed = (
        '<ul class="authors"><li><a rel="author" href="/a">Ana Doe</a></li>'
        '<li><a rel="author" href="/b">Ben Roe</a></li></ul>'
    )
    assert read(shown(listed)).byline == ("Ana Doe", "Ben Roe")
    foot = '<footer><span itemprop="author">Ana Doe</span></footer>'
    assert read(shown("", after=foot)).byline == ("Ana Doe",)


def test_a_name_in_parts_and_a_creator_beside_an_empty_author_are_read():
    parts = {"@type": "Person", "givenName": "Ana", "familyName": "Doe"}
    assert read(shown("", head=ld(author=parts))).byline == ("Ana Doe",)
    empty = ld(author={"@type": "Person", "name": ""}, creator=["Ana Doe"])
    assert read(shown("", head=empty)).byline == ("Ana Doe",)


def test_initials_are_the_author_where_the_page_marks_them_as_such():
    assert read(shown('<p><span itemprop="author">kesm</span></p>')).byline == ("kesm",)
