"""Hostile and mangled pages: always an answer, never an exception."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.support.pages import EN, NOON, URL, ld, link, p, page, read

from watcher.articles.extract import extract
from watcher.model.article import ExtractFailed, Extraction

DEEP = 50_000
VALID = page(
    "<figure><img src=a><figcaption>The quay. Photo: LSA</figcaption></figure>",
    p(*EN, f"Read also: {link('Bridge closed for repairs')}"),
    f"<h3>Related</h3><ul><li>{link('New quay to open before summer')}</li></ul>",
    p("By Ana Doe – Balkaninsight"),
    head=ld(headline="Ferry", author=["Ana Doe"], datePublished="2026-03-10T08:00:00Z"),
).encode()


def nested(value, times):
    return '{"name":' * times + value + "}" * times


PAGES = {
    "deep-div": b"<div>" * DEEP + b"words",
    "deep-mixed": b"<div><b><ul><li>" * (DEEP // 4) + b"words",
    "deep-article": b"<article>" * DEEP + p(*EN).encode(),
    "deep-closed": b"<span>" * DEEP + b"words" + b"</span>" * DEEP,
    "deep-table": b"<table><tr><td>" * (DEEP // 3) + b"words",
    "deep-related": b"<p>x</p><div><h3>Related</h3>" + b"<div><a href=/a>b" * 2_000,
    "unclosed": b"<a href=/x>" * 30_000 + b"words",
    "attributes": b"<p " + b" ".join(b'a%d="1"' % n for n in range(100_000)) + b">words</p>",
    "class": b'<p class="' + b"caption byline " * 100_000 + b'">words</p>',
    "style": b'<p style="' + b"display " * 100_000 + b'">words</p>',
    "one-attribute": b'<p title="' + b"x" * 4_000_000 + b'">words</p>',
    "elements": b"<i></i>" * 200_000,
    "line-breaks": b"<p>" + b"x<br>" * 60_000,
    "links": b'<a href="/a-b-c-d">word word word word</a> ' * 20_000,
    "metas": b'<meta property="article:tag" content="a,b">' * 20_000 + b"<p>x</p>",
    "headings": b"<h3>Related</h3><a href=/a-b>one two three four</a>" * 2_000,
    "titles": b"<h1>x</h1>" * 20_000,
    "captions": b"<figure><figcaption>x y</figcaption></figure>" * 20_000,
    "times": b"<article><time datetime=9999-99-99T99:99:99+99:99>x</time></article>",
    "svg-style": b"<svg></p><style><a title='</style><img src=x onerror=1>'></svg><p>words",
    "math": b"<math><mtext><table><mglyph><style><!--</style><img title='--&gt;&lt;img'>",
    "noscript": b"<noscript><p title='</noscript><script>1</script>'>x</noscript>",
    "template": b"<template>" * 5_000 + b"<p>x</p>",
    "entities": b"<p>" + b"&amp;" * 300_000 + b"&#0;&#xD800;&#x110000;&notanentity;</p>",
    "doctype": b'<!DOCTYPE r [<!ENTITY a "b"><!ENTITY c SYSTEM "file:///etc/passwd">]><p>&a;&c;',
    "comment": b"<p>x<!-- " * 20_000,
    "cdata": b"<p><![CDATA[" * 20_000,
    "instructions": b"<p><?x " * 20_000,
    "base": b"<base href='http://[::1'><base href='//'><a href='http://[z]/'>x y z w</a>",
    "hrefs": b"<a href='http://a:99999/'>x</a><a href='http://\xff/'>y</a><a href='//'>z</a><p>w",
    "one-word": b"<p>" + b"x" * 3_000_000 + b"</p>",
    "spaces": b"<p>" + b" " * 3_000_000 + b"x</p>",
    "by": b"<h1>x</h1><p>By " + b"a " * 100_000 + b"</p>",
    "dashes": b"<p>By A B " + "– ".encode() * 100 + b"</p>",
    "json-deep": f"<script type='application/ld+json'>{'[' * 100_000}</script><p>x".encode(),
    "json-names": ld(headline=1)
    .replace('"headline": 1', f'"headline": {nested("1", 900)}')
    .encode()
    + b"<p>x</p>",
    "json-lists": b'<script type="application/ld+json">{"@type":"Article","headline":'
    + b"[" * 480
    + b"]" * 480
    + b"}</script><p>x</p>",
    "json-odd": b'<script type="application/ld+json">{"@type":[7,{}],"author":7,"publisher":[[]],'
    b'"mainEntityOfPage":[1],"keywords":{},"isBasedOn":[{}],"articleBody":{},"url":{}}</script>'
    b"<p>x</p>",
    "json-article": b'<script type="application/ld+json">{"@type":"Article","headline":[],"url":3,'
    b'"mainEntityOfPage":[1],"keywords":{},"isBasedOn":[{}],"author":[[],{"name":[{}]}],'
    b'"datePublished":{},"inLanguage":[[]],"publisher":[[1]],"isAccessibleForFree":[]}</script>'
    b"<p>x</p>",
    "frameset": b"<frameset><frame src=x></frameset>",
    "head-only": b"<html><head><title>x</title></head></html>",
    "html-only": b"<html>",
    "nul": b"<\x00p>\x00w\x00o\x00r\x00d\x00s</\x00p>",
    "surrogates": b"<p>x&#xdc00;</p>" + b"\xed\xa0\x80",
}


@pytest.mark.parametrize("name", PAGES)
def test_a_hostile_page_gives_an_answer(name):
    found = extract(PAGES[name], URL, {}, NOON)
    assert isinstance(found, Extraction | ExtractFailed)


@pytest.mark.slow
@pytest.mark.parametrize(
    "unit", [p(*EN), f"<li>{link('A story of the day')}</li>", "<br>x", "x <b>"]
)
def test_a_page_of_five_megabytes_gives_an_answer(unit):
    body = (unit * (5_000_000 // len(unit.encode()))).encode()
    assert isinstance(extract(body, URL, {}, NOON), Extraction | ExtractFailed)


def test_a_page_over_five_megabytes_is_refused_before_it_is_parsed():
    found = extract(b"<p>" * 2_000_000, URL, {}, NOON)
    assert isinstance(found, ExtractFailed)
    assert found.code == "WTC-ART-001"


def test_a_page_of_too_many_elements_is_refused():
    found = extract(b"<i></i>" * 200_000, URL, {}, NOON)
    assert isinstance(found, ExtractFailed)
    assert found.code == "WTC-ART-004"


def test_markup_that_hides_in_a_style_never_reaches_the_text():
    for name in ("svg-style", "math", "noscript"):
        found = read(PAGES[name] + p(*EN).encode())
        assert "onerror" not in found.body
        assert "<" not in found.body


def test_entities_are_not_read_from_files():
    found = extract(PAGES["doctype"] + p(*EN).encode(), URL, {}, NOON)
    assert isinstance(found, Extraction)
    assert "root:" not in found.body


def test_the_text_is_found_under_any_address():
    for url in ("", "x", "http://", "http://[::1", "ftp://a.example/", "https://a.example:99999/"):
        found = extract(VALID, url, {}, NOON)
        assert isinstance(found, Extraction)
        assert found.body.startswith(EN[0])


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=400), st.booleans())
def test_any_bytes_give_an_answer(body, marked):
    body = b"<p>" + body if marked else body
    assert isinstance(extract(body, URL, {}, NOON), Extraction | ExtractFailed)


def checked(body):
    found = extract(body, URL, {}, NOON)
    assert isinstance(found, Extraction | ExtractFailed)
    if isinstance(found, Extraction):
        assert "\x00" not in found.body
        assert all(part.strip() for part in found.body.split("\n\n")) or not found.body
        offered = {one.text for one in found.links if one.role == "related"}
        assert not offered & set(found.body.split("\n"))
    return found


_places = st.integers(0, len(VALID))
_junk = st.sampled_from(
    b'< > " </p> <p> </article> <!-- \x00 \xff &#x0; <script> <svg> </html> <h1> <li> { ]'.split()
) | st.sampled_from([b"", b"<a href=x>", b"<![CDATA["])


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.tuples(_places, st.integers(0, 60), _junk), max_size=4))
def test_a_mangled_page_gives_an_answer(cuts):
    body = VALID
    for place, length, junk in cuts:
        body = body[:place] + junk + body[place + length :]
    checked(body)


@settings(max_examples=60, deadline=None)
@given(_places)
def test_a_page_cut_off_anywhere_gives_an_answer(place):
    checked(VALID[:place])
    checked(VALID[place:])


_tag = st.sampled_from(
    "p div article section aside figure figcaption h1 h2 h3 ul li a span b br blockquote table tr"
    " td header footer nav main time script style svg form pre".split()
)
_attributes = st.sampled_from(
    [
        "",
        ' class="caption"',
        ' class="byline"',
        ' class="related-posts"',
        ' class="entry-content"',
        ' href="/2026/bridge-closed"',
        ' itemprop="author"',
        ' rel="tag"',
        " hidden",
        ' datetime="2026-03-10"',
    ]
)
_words = st.sampled_from(
    [*EN, "By Ana Doe – Negah", "Read also:", "Related stories", "Most read", "Source: Negah", "x"]
)
_markup = st.recursive(
    _words,
    lambda inner: st.builds(
        lambda tag, attributes, parts: f"<{tag}{attributes}>{''.join(parts)}</{tag}>",
        _tag,
        _attributes,
        st.lists(inner, max_size=4),
    ),
    max_leaves=30,
)


@settings(max_examples=200, deadline=None)
@given(_markup)
def test_any_tree_of_tags_gives_an_answer_without_related_links_in_the_body(markup):
    checked(f"<html><body><p>x</p>{markup}</body></html>".encode())
