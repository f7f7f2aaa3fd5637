import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.support.pages import blocks

from watcher.articles.blocks import Zone

NAMES = {value: name for name, value in vars(Zone).items() if name.isupper()}


def body(inside):
    return blocks(f"<html><body>{inside}</body></html>")


def texts(inside):
    return [block.text for block in body(inside)]


def zones(block):
    return {name for value, name in NAMES.items() if value and block.zone & value}


@pytest.mark.parametrize(
    ("inside", "wanted"),
    [
        ("<p>One</p><p>Two</p>", ["One", "Two"]),
        ("<div>One<p>Two</p>three</div>", ["One", "Two", "three"]),
        ("<p>One <b>two</b> <a href=x>three</a>.</p>", ["One two three."]),
        ("<p>One<br>two</p>", ["One", "two"]),
        ("<p> One\n\t two\u00a0 </p>", ["One two"]),
        ("<p>One</p><script>var x</script><style>p{}</style><p>Two</p>", ["One", "Two"]),
        ("<p>One <svg><text>no</text></svg> two</p>", ["One two"]),
        ("<p>One <span class=sr-only>Opens in a tab</span> two</p>", ["One two"]),
        ("<p>One</p><select><option>no</select><button>no</button>", ["One"]),
        ("<p></p><div> </div><br>", []),
    ],
)
def test_a_page_is_cut_at_block_borders_and_line_breaks(inside, wanted):
    assert texts(inside) == wanted


def test_one_break_joins_lines_and_two_part_them():
    joined = [block.joined for block in body("<p>One<br>two<br><br>three</p><p>four</p>")]
    assert joined == [False, True, False, False]


def test_a_block_knows_its_links_and_how_much_they_cover():
    one, two, three = body(
        '<p>See <a href="/a">the <b>list</b></a> and <a href="/b">map</a></p>'
        '<p>» <a href="/c">Harbour reopens</a></p><p>No link</p>'
    )
    assert [(a.href, a.text) for a in one.anchors] == [("/a", "the list"), ("/b", "map")]
    assert (one.linked, one.only_links) == (len("the") + len("list") + len("map"), False)
    assert (two.only_links, three.only_links) == (True, False)


@pytest.mark.parametrize(
    ("inside", "zone"),
    [
        ("<article><p>x</p></article>", {"ARTICLE", "STORY"}),
        ('<div class="entry-content"><p>x</p></div>', {"ARTICLE"}),
        ("<nav>x</nav>", {"CHROME"}),
        ("<footer>x</footer>", {"CHROME"}),
        ("<article><header>x</header></article>", {"ARTICLE", "STORY"}),
        ("<article><article>x</article></article>", {"ARTICLE", "STORY", "CARD"}),
        ("<aside>x</aside>", {"ASIDE"}),
        ("<figure><figcaption>x</figcaption></figure>", {"FIGURE", "CAPTION"}),
        ('<p class="wp-caption-text">x</p>', {"CAPTION"}),
        ('<p class="photo__caption--wide">x</p>', {"CAPTION"}),
        ("<ul><li>x</li></ul>", {"ITEM"}),
        ("<blockquote>x</blockquote>", {"QUOTE"}),
        ("<h1>x</h1>", {"HEADING", "TITLE"}),
        ("<h4>x</h4>", {"HEADING"}),
        ('<div id="comments">x</div>', {"COMMENT"}),
        ('<div class="sharedaddy">x</div>', {"SHARE"}),
        ('<p class="byline">x</p>', {"BYLINE"}),
        ('<div itemprop="author">x</div>', {"BYLINE"}),
        ('<p class="standfirst">x</p>', {"STANDFIRST"}),
        ('<div class="post-tags">x</div>', {"TAGS"}),
        ('<div class="related-posts">x</div>', {"RELATED"}),
        ('<p class="source">x</p>', {"CREDIT"}),
        ('<p style="display: none">x</p>', {"HIDDEN"}),
        ("<p hidden>x</p>", {"HIDDEN"}),
        ('<div class="newsletter">x</div>', {"CHROME"}),
        ('<div class="leadership commentary shared-house">x</div>', set()),
    ],
)
def test_an_element_opens_its_zone(inside, zone):
    (block,) = body(inside)
    assert zones(block) == zone


def test_a_theme_that_names_the_body_means_nothing_by_it():
    (block,) = blocks('<html><body class="single comments tags"><p>x</p></body></html>')
    assert zones(block) == set()


def test_a_caption_set_as_a_span_is_a_block_of_its_own():
    picture, text = body('<p><img src=x><span class="caption">The quay</span>Text goes on.</p>')
    assert (picture.text, "CAPTION" in zones(picture)) == ("The quay", True)
    assert (text.text, zones(text)) == ("Text goes on.", set())


_soup = st.lists(
    st.sampled_from(
        "<p> </p> <div> </div> <a href=x> </a> <br> <li> <figure> <span class=caption>"
        " </span> <article> </article> <h2> </h2> words more <svg> </svg> <table><tr><td>".split()
    ),
    max_size=40,
).map(" ".join)


@given(_soup)
def test_every_block_of_any_soup_has_text_and_its_place(soup):
    found = body(f"<p>start</p>{soup}")
    assert [block.index for block in found] == list(range(len(found)))
    for block in found:
        assert block.text == " ".join(block.text.split()) != ""
        assert 0 <= block.linked <= len(block.text)
