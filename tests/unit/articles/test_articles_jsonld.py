import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from watcher.articles import jsonld

HERE = "kronika.example/2026/ferry"
FERRY = {"@type": "NewsArticle", "url": f"https://{HERE}", "headline": "Ferry returns"}
OTHER = {"@type": "NewsArticle", "url": "https://kronika.example/other", "headline": "Other"}


def found(*values):
    return jsonld.nodes(json.dumps(value) for value in values)


def headline(*values):
    return jsonld.article(found(*values), HERE).get("headline")


@pytest.mark.parametrize(
    "value",
    [
        FERRY,
        [FERRY],
        [[{"@type": "WebSite"}], [FERRY]],
        {"@graph": [{"@type": "WebPage"}, FERRY]},
        {"@type": "WebPage", "mainEntity": FERRY},
        {**FERRY, "@type": ["Article", "NewsArticle"]},
        {**FERRY, "@type": "https://schema.org/ReportageNewsArticle"},
    ],
    ids=["object", "list", "nested-list", "graph", "main-entity", "type-list", "type-address"],
)
def test_the_article_is_found_wherever_the_page_puts_it(value):
    assert headline(value) == "Ferry returns"


def test_the_node_of_this_address_is_the_article_and_not_the_first_of_a_list():
    assert headline({"@type": "ItemList", "itemListElement": [OTHER]}, FERRY) == "Ferry returns"
    named = {**FERRY, "url": None, "mainEntityOfPage": {"@id": f"http://www.{HERE}/"}}
    assert headline(OTHER, named) == "Ferry returns"


def test_without_an_address_the_first_article_stands():
    assert headline({"@type": "BreadcrumbList"}, OTHER, {"@type": "Article", "headline": "x"}) == (
        "Other"
    )
    assert jsonld.article(found({"@type": "WebSite", "name": "x"}), HERE) == {}


@pytest.mark.parametrize(
    "script",
    [
        '{"@type": "NewsArticle", "headline": "A"};',
        '<!-- {"@type": "NewsArticle", "headline": "A"} -->',
        '//<![CDATA[\n{"@type": "NewsArticle", "headline": "A"}\n//]]>',
        '{"@type": "NewsArticle", "headline": "A"}{"@type": "WebSite"}',
        '\n {"@type": "NewsArticle", "x": "line\nbreak\ttab", "headline": "A"}',
    ],
    ids=["semicolon", "comment", "cdata", "two-objects", "raw-break"],
)
def test_a_script_with_a_usual_mistake_is_still_read(script):
    assert jsonld.article(jsonld.nodes([script]), HERE).get("headline") == "A"


@pytest.mark.parametrize(
    "script", ["", "{", "window.x = 1", '{"a": }', "null", "7", '"text"', "[" * 5_000]
)
def test_a_broken_script_is_skipped_and_the_next_one_read(script):
    assert jsonld.nodes([script]) == []
    assert jsonld.nodes([script, json.dumps(FERRY)]) == [FERRY]


def test_the_number_of_nodes_is_bounded():
    assert len(found([{"n": n} for n in range(9_000)])) <= 2_000
    assert len(found(*[{"n": n} for n in range(9_000)])) <= 2_000


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("  a\n b ", "a b"),
        ("", None),
        (None, None),
        (7, None),
        (["", {"name": "Ana"}, "Ben"], "Ana"),
        ({"@value": "x", "@language": "sq"}, "x"),
        ({"@id": "https://a.example/"}, "https://a.example/"),
        ({"name": ["", "Ana"]}, "Ana"),
        ("R&amp;amp;D <b>bold</b> 3 < 4", "R&D bold 3 < 4"),
        ({}, None),
        ([[], {}], None),
    ],
)
def test_a_property_is_read_as_plain_text(value, text):
    assert jsonld.string(value) == text


@pytest.mark.parametrize(
    "wrap", [lambda value: [value], lambda value: {"name": value}], ids=["lists", "objects"]
)
def test_a_property_nested_without_end_is_nothing(wrap):
    value = "x"
    for _ in range(5_000):
        value = wrap(value)
    assert jsonld.string(value) is None


def test_a_reference_is_followed_to_the_object_it_names():
    nodes = found({"@graph": [FERRY, {"@type": "Person", "@id": "#ana", "name": "Ana Doe"}]})
    assert jsonld.resolve({"@id": "#ana"}, nodes) == [nodes[-1]]
    assert jsonld.resolve([{"@id": "#nobody"}, "Ben Roe", 7, None], nodes) == ["Ben Roe"]


_json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(["@type", "@id", "@graph", "url", "name", "headline", "author"]),
            inner | st.just("NewsArticle"),
            max_size=4,
        )
    ),
    max_leaves=12,
)


@given(_json)
def test_any_json_gives_objects_and_plain_text_only(value):
    nodes = jsonld.nodes([json.dumps(value)])
    article = jsonld.article(nodes, HERE)
    assert all(isinstance(node, dict) for node in nodes)
    assert not article or article in nodes
    for one in article.values():
        assert jsonld.string(one) is None or isinstance(jsonld.string(one), str)
        assert all(isinstance(item, dict | str) for item in jsonld.resolve(one, nodes))


@given(st.text(max_size=60))
def test_any_script_is_read_or_skipped(script):
    assert all(isinstance(node, dict) for node in jsonld.nodes([script]))
