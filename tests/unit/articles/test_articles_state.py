"""What a page is, and that nothing else passes for an article."""

import pytest
from tests.support.pages import EN, TITLE, URL, ld, meta, p, page, read

from watcher.articles.state import SHORT, TEASER

DATED = meta("article:published_time", "2026-03-10T08:00:00Z")
LONG = p(*EN, *(f"In the {n}th hour {EN[0].lower()}" for n in range(3, 9)))
BRIEF = "The evening ferry turned back an hour after it had left the harbour."


def state(*inside, url=URL, **options):
    return read(page(*inside, **options), url=url).state


def kind(*inside, **options):
    return state(*inside, **options).kind


def test_a_text_with_its_marks_is_an_article_and_lacks_nothing():
    found = state(LONG, head=DATED + ld(headline=TITLE))
    assert (found.kind, found.confidence >= 0.9, found.lacks) == ("article", True, ())


def test_a_short_text_is_less_sure_without_a_date_or_mark():
    bare = "https://kronika.example/ferry"
    assert state(url=bare).confidence < state(head=DATED, url=bare).confidence


@pytest.mark.parametrize(
    ("markup", "lacks"),
    [
        (f"<html><body><div>{p(*EN)}</div></body></html>", ("title", "date")),
        (page(head=DATED), ()),
        (page("<p>x</p>", head=DATED), ("body",)),
        ("<html><body><p>x</p></body></html>", ("title", "body", "date")),
    ],
)
def test_what_an_article_should_have_and_this_page_has_not_is_named(markup, lacks):
    assert read(markup, url="https://kronika.example/ferry").state.lacks == lacks


@pytest.mark.parametrize(
    ("stated", "wanted"),
    [
        (False, "teaser"),
        ("False", "teaser"),
        ("http://schema.org/False", "teaser"),
        (True, "article"),
        ("true", "article"),
        (None, "article"),
    ],
)
def test_a_short_text_that_is_not_free_is_a_teaser(stated, wanted):
    assert kind(head=ld(headline=TITLE, isAccessibleForFree=stated)) == wanted


def test_the_part_that_is_not_free_makes_it_a_teaser():
    part = {"@type": "WebPageElement", "isAccessibleForFree": "False", "cssSelector": ".paid"}
    assert kind(head=ld(headline=TITLE, hasPart=part)) == "teaser"


@pytest.mark.parametrize(
    ("inside", "head"),
    [
        (p(*EN) + '<div class="paywall">Subscribe to read on</div>', ""),
        (p(*EN) + '<div class="gh-post-upgrade-cta">Join us</div>', ""),
        (p(*EN), meta("article:content_tier", "locked")),
    ],
)
def test_a_wall_in_the_page_makes_a_short_text_a_teaser(inside, head):
    assert kind(inside, head=head) == "teaser"


def test_the_word_paywall_in_the_text_is_no_wall():
    assert kind(p(*EN, "The word paywall in the text.")) == "article"


def test_a_text_longer_than_any_teaser_is_an_article_whatever_the_marks_say():
    assert kind(LONG, head=ld(headline=TITLE, isAccessibleForFree=False)) == "article"


@pytest.mark.parametrize(
    ("inside", "head", "container"),
    [
        (LONG, ld(**{"@type": "LiveBlogPosting", "headline": TITLE}), "article"),
        (
            p(*EN),
            '<script type="application/ld+json">[{"@type":["LiveBlogPosting"]}]</script>',
            "main",
        ),
        (LONG, "", 'article class="post live-blog"'),
        (LONG, "", 'main class="liveticker"'),
    ],
)
def test_a_live_blog_is_told(inside, head, container):
    markup = page(inside, head=head, container=container)
    assert read(markup).state.kind == "live"


def test_a_class_that_only_contains_live_is_no_live_blog():
    assert kind(LONG, container='article class="alive-blogs delivery"') == "article"


@pytest.mark.parametrize(
    ("title", "inside"),
    [
        ("Page not found", p("Sorry, nothing is here.")),
        ("404", ""),
        ("Kronika", "<p>Seite nicht gefunden</p>"),
        ("Kronika", "<p>Faqja nuk u gjet</p>"),
        ("Страница не найдена", "<p>Увы</p>"),
        ("صفحه یافت نشد", "<p>.</p>"),
        ("الصفحة غير موجودة", "<p>.</p>"),
    ],
)
def test_a_page_that_says_it_is_not_there_is_a_soft_404(title, inside):
    assert kind(inside or "<p>.</p>", title=title) == "soft404"


def test_an_article_about_a_page_not_found_is_an_article():
    assert kind(LONG, title="Page not found: how the archive lost a year", head=DATED) == "article"


@pytest.mark.parametrize(
    ("title", "inside"),
    [
        ("Cookie consent", p("Before you continue, choose.")),
        ("Kronika", p("We use cookies. Your privacy: give consent to tracking.")),
        ("Datenschutz: Ihre Zustimmung", p("Wir und unsere Partner.")),
    ],
)
def test_a_consent_wall_is_told(title, inside):
    assert kind(inside, title=title) == "consent"


@pytest.mark.parametrize(
    "inside",
    [
        "<p>Loading</p><noscript>Please enable JavaScript to use this site.</noscript>",
        "<p>Bitte JavaScript aktivieren</p>",
    ],
)
def test_a_page_that_asks_for_a_script_needs_rendering(inside):
    assert kind(inside) == "needs_rendering"


def test_an_empty_application_shell_needs_rendering():
    markup = '<html><head><title>Kronika</title></head><body><div id="root"></div></body></html>'
    assert read(markup).state.kind == "needs_rendering"


def test_a_flash_of_one_sentence_is_an_article_where_the_page_states_it_as_one():
    head = DATED + meta("og:type", "article")
    assert kind(p(BRIEF), head=head) == "article"
    assert kind(p(BRIEF), head=DATED + ld(headline=TITLE)) == "article"
    assert kind(p(BRIEF), head=head.replace('article"', 'website"')) == "not_article"


def test_a_front_page_with_much_text_is_no_article():
    home = read(page(LONG, head=meta("og:type", "website")), url="https://kronika.example/")
    inner = read(page(LONG), url="https://kronika.example/ferry")
    assert (home.state.kind, inner.state.kind) == ("not_article", "article")


def test_a_list_of_links_is_no_article():
    items = "".join(f'<li><a href="/{n}">Harbour news of the day {n}</a></li>' for n in range(20))
    assert kind(f"<ul>{items}</ul>", title="Harbour") == "not_article"


def test_the_bounds_lie_as_the_spec_means_them():
    assert 0 < SHORT < TEASER
    words = ("word " * (SHORT + 5)).strip() + "."
    assert kind(p(words), head=DATED) == "article"
    assert kind(p(words), head=ld(headline=TITLE, isAccessibleForFree=False)) == "teaser"
