"""Pages whose text stands only in the state of their scripts, as several makers print it."""

import json

import pytest
from tests.support.pages import EN, NOON, TEXTS, URL, page, paragraphs, read

from watcher.articles.embedded import text_in_scripts
from watcher.articles.extract import extract
from watcher.model.article import Extraction


def script(text, attributes=""):
    return f"<script {attributes}>{text}</script>"


def state(value):
    return json.dumps(value, ensure_ascii=False)


def html_of(texts):
    return "".join(f"<p>{text}</p>" for text in texts)


SHELL = "<div id=app>Loading</div>"
SCRIPTS = {
    "next": lambda texts: script(
        state({"props": {"post": {"id": 7, "body": html_of(texts)}, "nav": ["a", "b"]}}),
        'id="__NEXT_DATA__" type="application/json"',
    ),
    "flight": lambda texts: script(
        "self.__next_f.push([1," + state(state({"body": html_of(texts), "tags": ["x", "y"]})) + "])"
    ),
    "arc": lambda texts: script(
        "Fusion.globalContent="
        + state({"content_elements": [{"type": "text", "content": text} for text in texts]})
        + ";Fusion.x=1"
    ),
    "window": lambda texts: script(
        "window.__STATE__ = " + state({"article": {"text": "\n".join(texts)}})
    ),
}


@pytest.mark.parametrize("language", ["en", "fa", "ru"])
@pytest.mark.parametrize("name", SCRIPTS)
def test_a_text_that_stands_only_in_a_script_is_found(name, language):
    texts = TEXTS[language]
    markup = page(SHELL, lang=language, after=SCRIPTS[name](texts))
    found = read(markup)
    assert found.method == "scripts"
    assert " ".join(paragraphs(found)).split() == " ".join(texts).split()


def test_a_text_on_the_page_is_preferred_to_any_in_a_script():
    other = [f"{text} It was another day." for text in EN * 3]
    found = read(page(after=SCRIPTS["next"](other)))
    assert paragraphs(found) == list(EN)


@pytest.mark.parametrize(
    "code",
    [
        'var a = "' + "x" * 5000,
        'var a = "' + '\\\\"' * 50_000,
        '"a":"' * 60_000,
        "// " + "no strings at all " * 3000,
        'f("if (a < b) { return c; } else { return d; } and so on for the whole of this line")',
    ],
)
def test_scripts_without_a_text_give_none(code):
    found = extract(page(SHELL, after=script(code)).encode(), URL, {}, NOON)
    assert isinstance(found, Extraction)
    assert found.method != "scripts"


def test_json_ld_is_read_elsewhere():
    from tests.support.pages import tree

    made = tree(
        page(SHELL, head=script(state({"body": html_of(EN)}), 'type="application/ld+json"'))
    )
    assert text_in_scripts(made) == ()


def test_a_front_page_is_not_filled_from_its_state():
    found = extract(
        page(SHELL, after=SCRIPTS["next"](EN)).encode(), "https://kronika.example/news", {}, NOON
    )
    assert isinstance(found, Extraction)
    assert found.method != "scripts"
    assert EN[0] not in found.body
