"""Publishers' markup to plain text."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from watcher.feeds import plain


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        ("", ""),
        ("words", "words"),
        ("AT&amp;T\n\n\n  second ", "AT&T\n\nsecond"),
        ("<p>One</p><p>two <b>b</b>old</p>", "One\n\ntwo bold"),
        ("<div>a<p>b</div>c", "a\n\nb\n\nc"),
        ("a<br>b", "a b"),
        ("a<br/> <br>b", "a\n\nb"),
        ("<ul><li>1<li>2</ul>", "1\n\n2"),
        ("<p>a</p><script>if (a<b) c()</script><style>p{}</style>b", "a\n\nb"),
        ("&nbsp;a&nbsp;&hellip;<i></i>", "a …"),
        ("<!-- no -->yes", "yes"),
        ("<p>نمونه‌ای</p>", "نمونه‌ای"),
        ("1 < 2 <p>and 3 > 2", "1 < 2\n\nand 3 > 2"),
        ("<a href='x'>link</a><img alt='no'>", "link"),
        ("a\x00b\x1fc\ud800", "abc"),
        ("<div>" * 5000 + "deep", "deep"),
    ],
)
def test_paragraphs_of(markup, text):
    assert plain.paragraphs(markup) == text


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        ("<b>Bold</b> &amp; new", "Bold & new"),
        ("List<T> and a < b", "List<T> and a < b"),
        ("AT&T &c; R&D", "AT&T &c; R&D"),
        ("&#8217;&#x201C;", "’“"),
        (" two\n lines\t", "two lines"),
        ("&#0;&#1114112;&#x110000;", "���"),
    ],
)
def test_title_of(markup, text):
    assert plain.title(markup) == text


def test_a_text_is_cut_at_its_limit():
    assert len(plain.paragraphs("x" * 1_200_000)) == plain.MAX_TEXT


_pieces = st.lists(
    st.sampled_from(["<p>", "</p>", "<br>", "<script>", "</script>", "&amp;", "<!--", "]]>", "<"])
    | st.text(max_size=5)
)


@given(_pieces)
def test_any_markup_gives_paragraphs_without_controls_or_empty_lines(pieces):
    text = plain.paragraphs("".join(pieces))
    assert plain.clean(text) == text
    assert "\n\n\n" not in text
    assert all(part.strip() for part in text.split("\n\n")) or text == ""
