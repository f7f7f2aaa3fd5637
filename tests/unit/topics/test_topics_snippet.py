from hypothesis import example, given
from hypothesis import strategies as st

from watcher.model.article import ArticleText, Caption, PageState
from watcher.model.topic import Span
from watcher.topics.snippet import snippet


def article(title="", standfirst=None, body="", captions=()):
    return ArticleText(
        title=title,
        standfirst=standfirst,
        body=body,
        byline=(),
        credit=None,
        published=None,
        modified=None,
        language=None,
        captions=tuple(Caption(text) for text in captions),
        links=(),
        state=PageState("article", 1.0),
        tags=(),
        source="page",
        method="",
        why=(),
    )


def span_of(text, word, field="body"):
    start = text.index(word)
    return Span(field, start, start + len(word), word)


def test_a_short_text_is_shown_whole_on_one_line():
    text = article(body="One  line.\n\nAnother MEK line.")
    assert snippet(text, [span_of(text.body, "MEK")]) == "One line. Another MEK line."


def test_the_densest_place_is_shown_between_ellipses_and_whole_words():
    body = "camp " + "far " * 100 + "the MEK camp of Durrës is near " + "away " * 100
    text = article(body=body)
    spans = [span_of(body, "camp"), span_of(body, "MEK"), span_of(body, "Durrës")]
    shown = snippet(text, spans, width=60)
    assert shown.startswith("…far ")
    assert "the MEK camp of Durrës is near" in shown
    assert shown.endswith(" away…")
    assert len(shown) <= 60


def test_the_body_goes_before_captions_and_these_before_standfirst_and_title():
    text = article("title", "standfirst", "body", ["zero", "one"])
    everywhere = [Span(f, 0, 3, "") for f in ("title", "standfirst", "body", "caption[1]")]
    assert snippet(text, everywhere) == "body"
    assert snippet(text, [s for s in everywhere if s.field != "body"]) == "one"
    assert snippet(text, everywhere[:2]) == "standfirst"
    assert snippet(text, everywhere[:1]) == "title"


def test_without_spans_the_beginning_is_shown():
    assert snippet(article(body="word " * 100), []).startswith("word word")
    assert snippet(article("only a title"), []) == "only a title"
    assert snippet(article(), []) == ""


def test_a_word_that_is_cut_off_is_shown_as_far_as_it_goes_where_a_span_or_nothing_else_is():
    text = article(body="a" * 21)
    assert snippet(text, [Span("body", 0, 1, "")], width=20) == "a" * 18 + "…"
    assert snippet(text, [Span("body", 20, 21, "")], width=20) == "…" + "a" * 18
    assert snippet(text, [], width=20) == "a" * 18 + "…"
    two = article(body="the " + "b" * 30)
    assert snippet(two, [Span("body", 5, 6, "")], width=20).startswith("the bb")


@example("a" * 21, [(0, 1)], 20)
@given(
    st.text(st.sampled_from("ab \n東京é"), max_size=400),
    st.lists(st.tuples(st.integers(0, 390), st.integers(1, 9)), max_size=6),
    st.integers(20, 200),
)
def test_a_snippet_is_one_line_within_its_width_and_shows_a_whole_span(body, places, width):
    spans = [Span("body", s, s + n, "") for s, n in places if s + n <= len(body)]
    shown = snippet(article(body=body), spans, width)
    assert len(shown) <= width
    assert "\n" not in shown
    if spans:
        words = [" ".join(body[s.start : s.end].split()) for s in spans]
        assert any(word in shown for word in words)
