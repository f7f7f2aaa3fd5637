"""From the engine's lines to the page's blocks."""

import pytest
from tests.support.pages import EN, blocks, link, p, page

from watcher.articles.blocks import Zone
from watcher.articles.select import forgive, only_leads_elsewhere, select, squeeze

SHORT = "“Turn back,” he said."


def chosen(markup, lines):
    found = select(blocks(markup), lines)
    return None if found is None else [block.text for block in found]


def test_squeezing_keeps_only_letters_and_digits():
    assert (
        squeeze("Hé said: “3.5 km” – ok_now") == squeeze("hé SAID 35km oknow") == "hésaid35kmoknow"
    )
    assert squeeze(" –…!") == ""


def test_the_engines_lines_are_found_however_it_spaced_them():
    lines = [EN[0].replace(" ", "  "), EN[1].replace(",", " ,"), EN[2].upper()]
    assert chosen(page(p(*EN)), lines) == list(EN)


def test_what_the_engine_left_out_between_two_paragraphs_is_filled_in():
    assert chosen(page(p(*EN)), [EN[0], EN[2]]) == list(EN)


def test_what_the_engine_left_out_around_the_text_is_not_filled_in():
    assert chosen(page(p("A line of five words above", *EN)), list(EN)) == list(EN)


def test_promos_asides_and_labels_between_paragraphs_are_not_filled_in():
    extra = (
        p(link("Bridge closed for repairs until summer")),
        "<aside>Five words in an aside</aside>",
        "<div class=share>Share this story with your friends</div>",
        "<p>Label</p>",
    )
    assert chosen(page(p(EN[0]), *extra, p(EN[1], EN[2])), list(EN)) == list(EN)


def test_a_short_line_of_the_text_is_taken_near_it_and_not_far_away():
    markup = page(p(EN[0], SHORT, *EN[1:]), after=p(*"abcdefgh", SHORT))
    assert chosen(markup, [EN[0], SHORT, *EN[1:]]) == [EN[0], SHORT, *EN[1:]]


def test_a_paragraph_printed_twice_is_taken_once():
    assert chosen(page(p(*EN), after=p(*EN)), list(EN)) == list(EN)


def test_an_engine_that_repeats_a_line_is_still_believed():
    markup = page(p(EN[0]), after=p(EN[0]) * 4)
    assert chosen(markup, [EN[0]] * 5) == [EN[0]]


BOX = "<div><p>Get our letter every morning at seven.</p></div>"


@pytest.mark.parametrize(
    "between", ["<h3>Most read</h3>", "<h3>Read also</h3>", '<div class="comments">Nice!</div>']
)
def test_a_box_below_the_pages_lists_is_not_the_text_even_where_the_engine_took_it(between):
    markup = page(p(*EN), after=between + BOX)
    assert chosen(markup, [*EN, "Get our letter every morning at seven."]) == list(EN)


def test_a_box_right_below_the_text_and_a_text_that_goes_on_below_a_list_are_kept():
    line = "Get our letter every morning at seven."
    assert chosen(page(p(*EN), after=BOX), [*EN, line]) == [*EN, line]
    within = page(p(*EN[:2]), "<h3>Read also</h3>", p(EN[2]))
    assert chosen(within, list(EN)) == [*EN[:2], EN[2]]
    long = page(p(EN[0]), after=f"<h3>Most read</h3><div>{p(*EN[1:])}</div>")
    assert chosen(long, list(EN)) == list(EN)


def test_hidden_text_and_captions_are_never_the_text():
    markup = page(f"<figure><figcaption>{EN[0]}</figcaption></figure>", p(*EN[1:]))
    assert chosen(markup, list(EN[1:])) == list(EN[1:])
    assert chosen(page(f'<div class="comments">{p(*EN)}</div>'), list(EN)) is None


def test_text_that_the_blocks_do_not_hold_is_none():
    assert chosen(page(p("Something else entirely.")), list(EN)) is None
    assert chosen(page(), []) is None
    assert select([], list(EN)) is None


def test_a_template_that_calls_its_whole_content_comments_is_forgiven():
    found = blocks(page(f'<div class="comments">{p(*EN)}</div>'))
    assert forgive(found, list(EN)) == Zone.COMMENT
    assert [block.text for block in select(found, list(EN)) or ()] == list(EN)


def test_a_zone_that_holds_only_a_little_of_the_text_keeps_its_meaning():
    found = blocks(page(p(*EN[:2]), f'<div class="comments">{p(EN[2])}</div>'))
    assert forgive(found, list(EN)) == Zone.NONE
    assert found[-1].zone & Zone.COMMENT


def test_lines_that_are_the_words_of_links_are_no_text():
    titles = [f"Harbour news of day {n}" for n in range(9)]
    found = blocks(page("".join(f"<li>{link(title)}</li>" for title in titles)))
    assert only_leads_elsewhere(found, titles)
    assert not only_leads_elsewhere(found, [*titles, *EN, *EN])
    assert not only_leads_elsewhere(found, [])


def test_the_first_entrys_heading_belongs_to_a_text_made_of_entries():
    entries = [
        f"<article class=entry><h2>Heading of entry number {n}</h2><p>{one}</p></article>"
        for n, one in enumerate(EN)
    ]
    made = blocks(page(*entries))
    lines = [one for n, text in enumerate(EN) for one in (f"Heading of entry number {n}", text)]
    assert [one.text for one in select(made, lines[1:])] == lines


def test_a_heading_before_a_text_of_one_piece_is_not_taken():
    made = blocks(page("<h2>What we know about the ferry</h2>", p(*EN)))
    assert [one.text for one in select(made, EN)] == list(EN)
