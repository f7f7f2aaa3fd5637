"""Feeds of a list that the config names."""

import pytest

from watcher.config.load import load, load_text
from watcher.errors import ConfigErrors
from watcher.model.when import MINUTE

LIST = """<opml version="2.0"><body><outline text="Ballkani">
<outline xmlUrl="https://a.example/f" text="A"/><outline xmlUrl="https://b.example/f" text="B"/>
</outline><outline xmlUrl="javascript:x" text="no"/></body></opml>"""


def config(folder, text):
    path = folder / "config.yaml"
    path.write_text(text)
    return path


def test_the_feeds_of_a_list_are_watched_with_its_tags(tmp_path):
    (tmp_path / "subs.opml").write_text(LIST)
    wanted = "feeds: [{opml: subs.opml, tags: [mine], every: 30m}]\n"
    settings = load(config(tmp_path, wanted))
    assert [(one.url, one.title, one.tags, one.folder, one.every) for one in settings.feeds] == [
        ("https://a.example/f", "A", ("mine", "ballkani"), ("Ballkani",), 30 * MINUTE),
        ("https://b.example/f", "B", ("mine", "ballkani"), ("Ballkani",), 30 * MINUTE),
    ]
    assert settings.warnings == ("subs.opml: 'javascript:x' is no http(s) address",)


def test_a_feed_that_the_config_has_itself_is_as_the_config_says(tmp_path):
    (tmp_path / "subs.opml").write_text(LIST)
    wanted = "feeds:\n  - {opml: subs.opml}\n  - {url: https://A.example/f, title: Mine}\n"
    settings = load(config(tmp_path, wanted))
    assert [(one.url, one.title) for one in settings.feeds] == [
        ("https://A.example/f", "Mine"),
        ("https://b.example/f", "B"),
    ]


@pytest.mark.parametrize(
    ("content", "said"),
    [(None, "No such file"), ("<html/>", "it is no OPML"), ("<opml>", "not well-formed")],
)
def test_a_list_that_cannot_be_used_is_told_with_its_place(tmp_path, content, said):
    if content is not None:
        (tmp_path / "subs.opml").write_text(content)
    path = config(tmp_path, "feeds:\n  - https://c.example/f\n  - opml: subs.opml\n")
    with pytest.raises(ConfigErrors) as raised:
        load(path)
    (error,) = raised.value.problems
    assert (error.code, error.place.line, error.place.column) == ("WTC-CFG-031", 3, 11)
    assert said in error.message


def test_a_low_floor_asks_for_every_host_of_a_list_too(tmp_path):
    (tmp_path / "subs.opml").write_text(LIST)
    text = "net: {allow: [a.example]}\npoll: {floor: 1s}\nfeeds: [{opml: subs.opml}]\n"
    with pytest.raises(ConfigErrors) as raised:
        load_text(text, tmp_path / "config.yaml")
    assert [one.code for one in raised.value.problems] == ["WTC-CFG-017"]
    load_text(text.replace("[a.example]", "[a.example, b.example]"), tmp_path / "config.yaml")


def test_unknown_keys_of_a_list_are_told(tmp_path):
    (tmp_path / "subs.opml").write_text(LIST)
    with pytest.raises(ConfigErrors) as raised:
        load(config(tmp_path, "feeds: [{opml: subs.opml, tag: x}]\n"))
    assert [one.code for one in raised.value.problems] == ["WTC-CFG-012"]
