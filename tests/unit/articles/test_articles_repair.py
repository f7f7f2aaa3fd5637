"""Broken documents and misnamed frames: the text is found where a browser would show it."""

import pytest
from tests.support.pages import EN, TITLE, link, p, page, paragraphs, read

LONG = (*EN, *(f"{text} So it was again on the next day, the office said." for text in EN))
MENU = "<ul>" + "".join(f"<li>{link(f'Section {n}')}</li>" for n in range(9)) + "</ul>"


def test_a_document_that_goes_on_after_its_end_is_read_on():
    markup = page("<p>Menu of the site.</p>", heading=False, container="header")
    rest = f"<div><h1>{TITLE}</h1>{p(*LONG)}</div></body></html>"
    assert paragraphs(read(markup + rest)) == list(LONG)


def test_a_document_that_ends_once_is_left_as_it_is():
    found = read(page(p(*LONG)) + "<!-- made in 3 ms -->")
    assert paragraphs(found) == list(LONG)


@pytest.mark.parametrize("tag", ["button", "nav", "header", "aside", "form", "a href=/", "label"])
def test_an_unclosed_element_that_swallows_the_page_is_none(tag):
    body = f"<{tag}><span>Menu</span>{MENU}<main><h1>{TITLE}</h1>{p(*LONG)}</main>"
    assert paragraphs(read(f"<html><body>{body}</body></html>")) == list(LONG)


@pytest.mark.parametrize("name", ["sidebar popup", "modal", "ads", "share", "visually-hidden"])
def test_a_wrapper_with_a_misleading_name_that_holds_everything_is_none(name):
    markup = page(p(*LONG), container="div")
    markup = markup.replace("<body>", f'<body><div class="{name}">').replace("</body>", "</div>")
    assert paragraphs(read(markup)) == list(LONG)


def test_a_sidebar_beside_a_short_text_stays_a_sidebar():
    aside = f'<div class="sidebar">{p(*(f"{text} More of the site." for text in EN * 3))}</div>'
    found = read(page(p(*EN), after=aside))
    assert paragraphs(found) == list(EN)


@pytest.mark.parametrize(
    "box",
    [
        '<div id="onetrust-consent-sdk"><div class="ot-sdk-row">{}</div></div>',
        '<div class="cli-modal cli-blowup">{}</div>',
        '<section class="cookie-banner">{}</section>',
        '<div class="republication-tracker-tool-modal">{}</div>',
    ],
)
def test_consent_and_republication_boxes_are_never_text(box):
    words = p(
        *(
            f"Necessary cookies keep the {thing} of this site in order for you."
            for thing in ("pages", "letters", "pictures", "visits", "languages", "addresses")
        )
    )
    found = read(page(p(*EN), box.format(words), after=box.format(words)))
    assert paragraphs(found) == list(EN)


def test_an_article_about_cookies_is_read():
    text = [f"{one} The law on cookies asks for consent." for one in EN]
    markup = page(p(*text), container='div class="post tag-cookies category-gdpr"')
    assert paragraphs(read(markup)) == text
