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
