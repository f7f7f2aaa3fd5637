"""What is taken out of the text, and what must stay in it."""

import pytest
from tests.support.pages import EN, TITLE, blocks, link, meta, p, page, paragraphs, read

from watcher.articles.clean import bare, clean, is_promo

MIDDLE = (EN[0], EN[1])


def body_with(extra, head=""):
    """The body of a page with `extra` before the last paragraph."""
    return paragraphs(read(page(p(*MIDDLE), extra, p(EN[2]), head=head)))


@pytest.mark.parametrize(
    "again",
    [
        f"<h2>{TITLE}</h2>",
        p(TITLE),
        p(TITLE.upper()),
        p(f"“{TITLE}”"),
        f"<div class=title><strong>{TITLE}</strong></div>",
    ],
)
def test_the_headline_is_not_repeated_in_the_body(again):
    found = read(page(again, p(*EN)))
    assert (found.title, paragraphs(found)) == (TITLE, list(EN))


def test_a_headline_that_only_the_head_states_is_not_repeated_either():
    markup = page(f"<h2>{TITLE}</h2>", p(*EN), heading=False, head=meta("og:title", TITLE))
    assert paragraphs(read(markup)) == list(EN)


def test_a_sentence_that_begins_like_the_headline_stays():
    first = f"{TITLE}, and nobody was surprised by it."
    assert paragraphs(read(page(p(first, *EN)))) == [first, *EN]


@pytest.mark.parametrize(
    "line",
    [
        '<p class="byline">By Ana Doe</p>',
        "<p>By Ana Doe</p>",
        "<p>Ana Doe, Durrës</p>",
        "<p>10 March 2026</p>",
        "<p>2026-03-10 08:30</p>",
        '<div class="entry-meta">Posted on 10 March 2026 by Ana Doe</div>',
        '<div class="dateline">10.03.2026 – 08:30</div>',
    ],
)
def test_byline_and_date_lines_are_left_out(line):
    found = read(page(line, p(*EN), head=meta("author", "Ana Doe")))
    assert (found.byline, paragraphs(found)) == (("Ana Doe",), list(EN))


def test_a_sentence_about_the_author_stays():
    line = "Ana Doe, who was on board with her two sons, says that nobody told them a thing."
    found = read(page(p(*MIDDLE, line, EN[2]), head=meta("author", "Ana Doe")))
    assert paragraphs(found) == [*MIDDLE, line, EN[2]]


@pytest.mark.parametrize(
    "extra",
    [
        '<div class="share-buttons">Share on Facebook</div>',
        '<div class="sharedaddy"><h3>Share this:</h3><a href="#">X</a></div>',
        '<div class="post-tags">Ferry, Durrës</div>',
        '<div class="screen-reader-text">Opens in a new window</div>',
        '<div style="display:none">Print edition only, page four of today</div>',
        "<form><p>Get our letter every morning at seven</p></form>",
        '<div class="newsletter"><p>Get our letter every morning at seven</p></div>',
        "<aside><p>The company was founded ninety years ago</p></aside>",
        "<script>var text = 'never';</script>",
        "<h3>Related stories</h3>",
        "<p>Lexo edhe:</p>",
        "<p>Advertisement</p>",
    ],
)
def test_what_stands_around_the_text_is_left_out(extra):
    assert body_with(extra) == list(EN)


@pytest.mark.parametrize(
    ("extra", "text"),
    [
        ("<h2>What the crew says</h2>", "What the crew says"),
        ("<blockquote>We saw the wave and thought of home.</blockquote>", None),
        ("<p>“Turn back,” he said.</p>", "“Turn back,” he said."),
        ("<p>Read in the log of that night, the words sound calm.</p>", None),
        ("<p>More than forty lorries had to wait.</p>", None),
        ("<p>Related costs will be paid by the company.</p>", None),
        ("<p>Background noise was heard on the bridge.</p>", None),
        (p(f"{link('Ana Doe', '/ana')} was on board and wrote this down."), None),
        (p(f"More: the captain told {link('the harbour radio')} that he was sorry."), None),
        ("<ul><li>Forty lorries waited on the quay</li><li>Two ships were hurt</li></ul>", None),
    ],
)
def test_what_is_the_articles_own_stays(extra, text):
    wanted = text and [text]
    inside = body_with(extra)
    if wanted is None:
        wanted = [block.text for block in blocks(f"<html><body>{extra}</body></html>")]
    assert inside == [*MIDDLE, *wanted, EN[2]]


def test_the_box_about_the_author_below_the_text_is_left_out():
    bio = "Ana Doe is a lawyer. She has run our legal desk since 2021 and writes these columns."
    box = f'<div class="author-box"><h4>Ana Doe</h4><p class="author-box-bio">{bio}</p></div>'
    for markup in (page(p(*EN), box), page(p(*EN), after=box)):
        assert paragraphs(read(markup)) == list(EN)


def test_a_heading_that_lost_what_it_headed_is_left_out():
    markup = page(
        p(*EN), "<h3>More about the harbour</h3>", p(f"Read also: {link('The old pier')}")
    )
    assert paragraphs(read(markup)) == list(EN)


def test_lines_of_one_paragraph_stay_together_and_nothing_is_cut_inside():
    poem = "<p>The wave came in,<br>the wave went out,<br>and nobody on board was about.</p>"
    assert body_with(poem)[2] == (
        "The wave came in,\nthe wave went out,\nand nobody on board was about."
    )


def test_each_reason_is_told():
    found = read(page(p(*MIDDLE), p(f"Read also: {link('Bridge closed for repairs')}"), p(EN[2])))
    assert "left out as a promo: Read also: Bridge closed for repairs" in found.why


@pytest.mark.parametrize(
    ("inside", "promo"),
    [
        (p(link("Bridge closed")), True),
        (p(f"Read also: {link('Bridge closed for repairs')}"), True),
        (p("Read also"), True),
        (p(f"Read also what {link('he')} said about the bridge and about the old pier"), False),
        (p("Read this twice before you go on board"), False),
        (p("Bridge closed"), False),
        (p(link("word " * 41)), False),
        ("<blockquote>Read more</blockquote>", False),
        (f"<table><tr><td>{link('Bridge closed')}</td></tr></table>", False),
        (f"<p>We met at<br>{link('Café Port')}</p>", False),
    ],
)
def test_a_promo_is_known_by_its_links_and_lead_in(inside, promo):
    *_, block = blocks(f"<html><body>{inside}</body></html>")
    assert is_promo(block) is promo


def test_every_block_is_kept_or_has_a_reason():
    found = blocks(page(p(*EN), p(link("Bridge closed")), "<h2>End</h2>"))
    sorted_out = clean(found, title=TITLE, captions=(EN[1],), byline=(), credit=found[1])
    assert [block.text for block in sorted_out.kept] == [EN[2]]
    assert [block.text for block in sorted_out.promos] == ["Bridge closed"]
    assert [reason.partition(":")[0] for reason in sorted_out.why] == [
        "left out as the headline",
        "left out as the credit line",
        "left out as a caption",
        "left out as a promo",
    ]


@pytest.mark.parametrize("heading", ["Most read", "Related stories"])
def test_a_list_under_its_heading_is_left_out_up_to_the_next_sentence(heading):
    item = p(f"{link('Bridge closed for repairs')} – 3 March")
    found = blocks(f"<body>{p(EN[0])}<h3>{heading}</h3>{item}{item}{p(EN[1])}{item}</body>")
    sorted_out = clean(found, title=TITLE, captions=(), byline=(), credit=None)
    assert [block.text for block in sorted_out.kept] == [EN[0], EN[1], found[-1].text]
    assert sum("a list of other articles" in reason for reason in sorted_out.why) == 2


def test_lines_without_blocks_lose_promos_and_headings_of_lists():
    found = blocks(page(p(*EN, link("Bridge closed for repairs"))))
    lines = (EN[0], "Bridge closed for repairs", "Related stories", "Most read", EN[1])
    assert bare(lines, found) == EN[:2]


@pytest.mark.parametrize(
    "after",
    [
        "<div class=author-box><p>Ana Doe has covered the strait for us since 2019.</p></div>",
        "<div class=mail-box><p>The news of the strait in your mailbox every day.</p></div>",
        "<aside><p>The harbour office answers the telephone from eight to four.</p></aside>",
    ],
)
def test_what_stands_around_the_text_is_no_end_of_it(after):
    long = (*EN, *(f"{one} {number}" for number, one in enumerate(EN)))
    found = read(page(p(*long), after))
    assert paragraphs(found) == list(long)


def test_a_template_that_keeps_much_of_the_text_in_a_sidebar_keeps_it():
    end = "".join(f"<p>{one} {number}</p>" for number, one in enumerate(EN))
    made = blocks(page(p(*EN, *EN), f"<div class=sidebar>{end}</div>", heading=False))
    kept = clean(made, title="", captions=(), byline=(), credit=None).kept
    assert kept[-1].text == f"{EN[2]} 2"


OFFER = (
    "<div class=paywall><h2>Subscribe to read the full story</h2><p>You have used your free article"
    " for March.</p><ul><li><p>One euro a week for the first three months</p></li></ul>"
    "<p>Already a subscriber? <a href=/signin>Sign in</a></p></div>"
)


def test_an_offer_to_subscribe_is_not_the_text():
    found = read(page(p(*MIDDLE), OFFER))
    assert paragraphs(found) == list(MIDDLE)
    assert [one.url for one in found.links if one.role == "citation"] == []


def test_the_text_behind_a_wall_is_the_text_where_the_page_has_it():
    long = f"{EN[1]} {EN[2]}"
    found = read(page(p(*MIDDLE), f"<div class=paywall>{p(long)}</div>"))
    assert paragraphs(found) == [*MIDDLE, long]


def test_a_line_of_tags_is_not_the_text():
    tags = "<p>Keywords: <a rel=tag href=/t/1>ferries</a> <a rel=tag href=/t/2>strait</a></p>"
    found = read(page(p(*MIDDLE), tags, p(EN[2])))
    assert paragraphs(found) == list(EN)
    assert {one.role for one in found.links if "/t/" in one.url} == {"tag"}


@pytest.mark.parametrize(
    "line",
    [
        "Sign up for our newsletter and never miss a ferry again.",
        "By signing up, you agree to our terms and to letters twice a week.",
        "Abonnieren Sie unseren Newsletter, er kommt jeden Morgen.",
        "Abonnez-vous à notre newsletter pour tout savoir du port.",
        "Suscríbete a nuestra newsletter del puerto.",
        "Подпишитесь на нашу рассылку о порте.",
    ],
)
def test_a_request_to_subscribe_is_no_text_in_several_languages(line):
    assert paragraphs(read(page(p(*EN[:2], line, *EN[2:])))) == list(EN)
