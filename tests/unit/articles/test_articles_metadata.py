import pytest
from tests.support.pages import (
    EN,
    NOON,
    TEXTS,
    TITLE,
    URL,
    ld,
    meta,
    p,
    page,
    paragraphs,
    read,
    tree,
)

from watcher.articles import metadata
from watcher.model.when import DAY


def og(**stated):
    return "".join(meta(f"og:{name}", content) for name, content in stated.items())


def said(found, name):
    """Who stated a field, as `why` tells it."""
    (reason,) = (one for one in found.why if one.startswith(f"{name}: "))
    return reason.removeprefix(f"{name}: ")


@pytest.mark.parametrize(
    ("head", "inside", "title", "method"),
    [
        (ld(headline="Stated"), "<h1>Printed</h1>", "Stated", "json-ld"),
        (ld(headline="Printed in full"), "<h1>Printed in full</h1>", "Printed in full", "h1"),
        (og(title="In meta"), "", "In meta", "meta"),
        (og(title="In meta") + ld(headline="Stated"), "", "Stated", "json-ld"),
        ("<title>In title</title>", "", "In title", "title"),
        ("", "<h1>Printed</h1>", "Printed", "h1"),
        ("", "<h1>One</h1><h1>Two</h1>", "", "none"),
        ("<title>Two</title>", "<h1>One</h1><h1>Two</h1>", "Two", "h1"),
        (og(title="Ferry &amp;amp; quay"), "", "Ferry & quay", "meta"),
    ],
)
def test_the_title_comes_from_its_best_witness(head, inside, title, method):
    found = read(f"<html><head>{head}</head><body>{inside}{p(*EN)}</body></html>")
    assert (found.title, said(found, "title")) == (title, method)


@pytest.mark.parametrize(
    ("stated", "site", "title"),
    [
        ("Ferry returns | Kronika", None, "Ferry returns"),
        ("Ferry returns - Kronika e Bregut", "Kronika e Bregut", "Ferry returns"),
        ("Ferry returns - or so they say", "Kronika e Bregut", "Ferry returns - or so they say"),
        ("Ferry-boat returns", None, "Ferry-boat returns"),
        ("کشتی بازگشت – نگاه", None, "کشتی بازگشت"),
    ],
)
def test_the_outlets_name_is_no_part_of_the_title(stated, site, title):
    head = f"<title>{stated}</title>" + (og(site_name=site) if site else "")
    found = read(f"<html><head>{head}</head><body><div>{p(*EN)}</div></body></html>")
    assert found.title == title


def test_the_logo_in_an_h1_is_not_the_title():
    head = og(title=TITLE)
    found = read(page(before="<header><h1>Kronika e Bregut</h1></header>", head=head))
    assert (found.title, said(found, "title")) == (TITLE, "h1")


@pytest.mark.parametrize(
    ("stated", "text", "precision"),
    [
        ("2026-03-10T08:30:00+02:00", "2026-03-10T08:30:00+02:00", "exact"),
        ("2026-03-10T06:30:00Z", "2026-03-10T06:30:00Z", "exact"),
        ("2026-03-10T10:00:00+03:30", "2026-03-10T10:00:00+03:30", "exact"),
        ("2026-03-10", "2026-03-10", "day"),
        ("Tue, 10 Mar 2026 08:30:00 +0100", "2026-03-10T08:30:00+01:00", "exact"),
    ],
)
@pytest.mark.parametrize(
    "where",
    [
        lambda date: ld(datePublished=date),
        lambda date: meta("article:published_time", date),
        lambda date: meta("pubdate", date),
    ],
    ids=["json-ld", "meta", "old-meta"],
)
def test_a_date_keeps_its_offset_and_a_day_stays_a_day(stated, text, precision, where):
    found = read(page(head=where(stated))).published
    assert found is not None
    assert (found.text, found.precision) == (text, precision)


@pytest.mark.parametrize(
    ("head", "inside", "text", "method"),
    [
        (ld(datePublished="2026-03-09") + meta("date", "2026-03-01"), "", "2026-03-09", "json-ld"),
        (meta("date", "2026-03-01"), "<time datetime=2026-03-02>x</time>", "2026-03-01", "meta"),
        ("", '<p itemprop="datePublished" content="2026-03-03">x</p>', "2026-03-03", "page"),
        ("", "<time datetime=2026-03-02>2 March</time>", "2026-03-02", "page"),
        (ld(dateCreated="2026-03-04"), "", "2026-03-04", "json-ld"),
        (ld(dateCreated="2026-03-04") + meta("date", "2026-03-05"), "", "2026-03-05", "meta"),
    ],
)
def test_the_date_comes_from_its_best_witness(head, inside, text, method):
    found = read(page(inside, p(*EN), head=head), url="https://kronika.example/ferry")
    assert found.published is not None
    assert (found.published.text, said(found, "published")) == (text, method)


@pytest.mark.parametrize(
    "absurd",
    [
        "2026-03-13",
        "2031-01-01T00:00:00Z",
        "1970-01-01T00:00:00Z",
        "1970-01-01",
        "0001-01-01T00:00:00Z",
        "9999-12-31",
        "2026-02-30",
        "yesterday",
        "",
    ],
)
def test_a_date_of_the_future_or_of_no_calendar_is_not_believed(absurd):
    bare = "https://kronika.example/ferry"
    head = ld(datePublished=absurd, dateModified=absurd)
    alone = read(page(head=head), url=bare)
    assert (alone.published, alone.modified) == (None, None)
    assert said(alone, "published") == "none"
    found = read(page(head=head + meta("date", "2026-03-08")), url=bare)
    assert found.published is not None
    assert (found.published.text, said(found, "published")) == ("2026-03-08", "meta")


def test_tomorrow_is_believed_because_zones_and_clocks_differ():
    found = read(page(head=meta("date", "2026-03-11T20:00:00Z")))
    assert found.published is not None
    assert NOON < found.published.at < NOON + 2 * DAY


def test_the_day_in_the_address_serves_where_the_page_states_none():
    found = read(page())
    assert found.published is not None
    assert (found.published.text, said(found, "published")) == ("2026-03-10", "htmldate")


def test_a_day_in_the_address_after_the_fetch_is_not_believed():
    found = read(page(), url="https://kronika.example/2026/03/28/ferry")
    assert found.published is None


@pytest.mark.parametrize(
    ("head", "text"),
    [
        (ld(dateModified="2026-03-10T10:00:00+01:00"), "2026-03-10T10:00:00+01:00"),
        (meta("article:modified_time", "2026-03-10"), "2026-03-10"),
        (og(updated_time="2026-03-10T09:00:00Z"), "2026-03-10T09:00:00Z"),
        ("", None),
    ],
)
def test_when_it_was_changed_is_told_apart(head, text):
    found = read(page(head=head + meta("date", "2026-03-01")))
    assert (found.modified.text if found.modified else None) == text
    assert found.published is not None
    assert found.published.text == "2026-03-01"


@pytest.mark.parametrize(
    ("lang", "head", "language"),
    [
        ("sq", "", "sq"),
        ("en_GB", "", "en-GB"),
        ("", og(locale="de_CH"), "de-CH"),
        ("", ld(inLanguage="fr"), "fr"),
        ("x-default", og(locale="it_IT"), "it-IT"),
        ("", "", None),
    ],
)
def test_the_language_is_stated_by_the_page(lang, head, language):
    assert read(page(lang=lang, head=head)).language == language


@pytest.mark.parametrize(("language", "stated"), [("fa", "en"), ("ar", "en-US"), ("fa", "ar")])
def test_the_script_of_the_text_overrules_a_template_in_another_language(language, stated):
    assert read(page(p(*TEXTS[language]), lang=stated)).language == language


def test_a_language_of_the_same_script_is_left_as_stated():
    assert read(page(p(*TEXTS["ru"]), lang="bg")).language == "bg"
    assert read(page(p(*TEXTS["sq"]), lang="en")).language == "en"


@pytest.mark.parametrize(
    ("head", "name"),
    [
        (og(site_name="Kronika e Bregut"), "Kronika e Bregut"),
        (meta("application-name", "Kronika"), "Kronika"),
        (ld(publisher={"@type": "Organization", "name": "Kronika"}), "Kronika"),
        (og(site_name="A") + ld(publisher={"name": "B"}), "A"),
        ("", None),
    ],
)
def test_how_the_outlet_calls_itself(head, name):
    assert read(page(head=head)).site_name == name


def canonical(url):
    return f'<link rel="canonical" href="{url}">'


@pytest.mark.parametrize(
    ("head", "url"),
    [
        (canonical("/2026/ferry"), "https://kronika.example/2026/ferry"),
        (
            canonical("https://WWW.kronika.example/f?utm_source=x#top"),
            "https://www.kronika.example/f",
        ),
        (canonical("https://negah.example/ferry"), "https://negah.example/ferry"),
        (og(url="https://kronika.example/og"), "https://kronika.example/og"),
        (canonical("/a") + og(url="https://kronika.example/og"), "https://kronika.example/a"),
        (ld(mainEntityOfPage={"@id": "https://kronika.example/ld"}), "https://kronika.example/ld"),
        (ld(mainEntityOfPage="https://kronika.example/ld"), "https://kronika.example/ld"),
        (canonical("https://kronika.example/"), None),
        (canonical("/") + og(url="https://kronika.example/og"), "https://kronika.example/og"),
        (canonical("javascript:void(0)"), None),
        (canonical(""), None),
        ("", None),
    ],
)
def test_the_canonical_address_on_its_own_or_another_host(head, url):
    assert read(page(head=head)).canonical_url == url


def test_the_front_page_may_be_its_own_canonical():
    made = tree(page(head=canonical("/")), "https://kronika.example/")
    assert metadata.canonical(made) == "https://kronika.example/"


@pytest.mark.parametrize(
    ("head", "tags"),
    [
        (meta("article:tag", "Ferry") + meta("article:tag", "Durrës"), ("Ferry", "Durrës")),
        (meta("article:tag", "Ferry, Durrës , Ferry"), ("Ferry", "Durrës")),
        (ld(keywords=["Ferry", "Durrës", 7]), ("Ferry", "Durrës")),
        (ld(keywords="Ferry,Durrës"), ("Ferry", "Durrës")),
        (meta("news_keywords", "Ferry"), ("Ferry",)),
        (meta("article:tag", "x" * 61 + ",a"), ()),
    ],
)
def test_the_publishers_tags_each_once(head, tags):
    assert read(page(head=head)).tags == tags


def test_no_more_than_thirty_tags_are_kept():
    assert (
        len(read(page(head=meta("article:tag", ",".join(f"tag{n}" for n in range(99))))).tags) == 30
    )


LEAD = "Forty lorries waited on the quay until the morning because of the wind."


@pytest.mark.parametrize("name", ["standfirst", "article-lead", "entry-excerpt", "subtitle", "dek"])
def test_a_standfirst_above_the_text_is_its_own_field(name):
    markup = page(f'<header><p class="{name}">{LEAD}</p></header><div>{p(*EN)}</div>')
    found = read(markup)
    assert (found.standfirst, paragraphs(found)) == (LEAD, list(EN))


def test_a_standfirst_in_the_text_is_its_first_paragraph_too():
    found = read(page(f'<p class="standfirst">{LEAD}</p>{p(*EN)}'))
    assert (found.standfirst, paragraphs(found)) == (LEAD, [LEAD, *EN])


def test_the_pages_description_that_stands_above_the_text_is_the_standfirst():
    found = read(page(p(LEAD, *EN), head=meta("description", LEAD)))
    assert found.standfirst == LEAD


@pytest.mark.parametrize(
    "lead",
    [
        f'<aside><p class="excerpt">{LEAD}</p></aside>',
        '<p class="lead">Ferry news</p>',
        f'<article><p class="excerpt">{LEAD}</p></article>',
        f'<p class="lead"><a href="/x">{LEAD}</a></p>',
        f'<figure><figcaption class="intro">{LEAD}</figcaption></figure>',
    ],
)
def test_another_articles_lead_or_a_label_is_no_standfirst(lead):
    assert read(page(lead, p(*EN))).standfirst is None


def test_a_description_that_the_page_does_not_print_is_no_standfirst():
    assert read(page(head=meta("description", LEAD))).standfirst is None


def test_the_final_address_is_kept_as_it_was():
    assert read(page(), url=URL + "?utm_source=feed").url == URL + "?utm_source=feed"
