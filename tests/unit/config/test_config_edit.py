"""`add_feed` adds one line, or a part of one, and touches nothing else."""

import json
import os
import stat
import tempfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from watcher.config.edit import NewFeed, add_feed, add_feeds
from watcher.config.load import load
from watcher.errors import ConfigErrors
from watcher.model.when import SECOND

NEW = "https://new.example/feed"


@pytest.fixture
def config(tmp_path):
    path = tmp_path / "config.yaml"

    def write(text):
        path.write_bytes(text.encode("utf-8"))
        return path

    return write


# `«…»` is what must have come in; all else must be as it was.
LAYOUTS = {
    "a block list": "feeds:\n  - https://a.example/\n«  - NEW\n»",
    "a block list between others": (
        "# top\ndatabase: x   # here\n\nfeeds:   # mine\n  - https://a.example/   # first\n"
        "«  - NEW\n»\n\ntopics: {t:   'a' }\n"
    ),
    "comments after the list": (
        "feeds:\n  - https://a.example/\n«  - NEW\n»  # - https://off.example/\n\n# then\nnet: {}\n"
    ),
    "a list that is not indented": "feeds:\n- https://a.example/\n«- NEW\n»net: {}\n",
    "a list that is indented far": "feeds:\n      -   https://a.example/\n«      - NEW\n»",
    "maps of many lines": (
        "feeds:\n  - url: https://a.example/\n    tags:\n      - x\n      - y   # why\n"
        "«  - NEW\n»  # end\nnet: {}\n"
    ),
    "a map that ends with nothing": (
        "feeds:\n  - url: https://a.example/\n    title:   # none\n«  - NEW\n»\nnet: {}\n"
    ),
    "a block text at the end": (
        "feeds:\n  - url: https://a.example/\n    title: |\n      A\n      B\n«  - NEW\n»net: {}\n"
    ),
    "a text of two lines": (
        'feeds:\n  - url: https://a.example/\n    title: "A\n      B"  # x\n«  - NEW\n»'
    ),
    "a dash on its own line": "feeds:\n  -\n    https://a.example/\n«  - NEW\n»",
    "no newline at the end": "feeds:\n  - https://a.example/«\n  - NEW\n»",
    "blank lines at the end": "feeds:\n  - https://a.example/\n«  - NEW\n»\n\n\n",
    "CRLF": "feeds:\r\n  - https://a.example/\r\n«  - NEW\r\n»# x\r\nnet: {}\r\n",
    "CRLF without a list": "# x\r\nnet: {}\r\n«feeds:\r\n  - NEW\r\n»",
    "CRLF without a newline at the end": "feeds:\r\n  - https://a.example/«\r\n  - NEW\r\n»",
    "a byte order mark": "\ufefffeeds:\n  - https://a.example/\n«  - NEW\n»",
    "a flow list": "feeds: [https://a.example/, 'https://b.example/'«, NEW»]   # two\nnet: {}\n",
    "a flow list of many lines": (
        "feeds: [\n  https://a.example/,   # a\n  {url: https://b.example/, title: B}«, NEW»  # b\n"
        "]\nnet: {}\n"
    ),
    "a flow list with a comma at its end": "feeds: [\n  https://a.example/«, NEW»,\n]\n",
    "an empty flow list": "feeds: [«NEW»]   # none yet\n",
    "an empty flow list over lines": "feeds: [«NEW»  # none\n]\n",
    "a tagged flow list": "feeds: !!seq [«NEW»]\n",
    "a key with nothing": "feeds:   # none yet\n«  - NEW\n»net: {}\n",
    "a key with nothing at the end": "net: {}\nfeeds:«\n  - NEW\n»",
    "a quoted key": "'feeds':\n - https://a.example/\n« - NEW\n»",
    "no list": "net: {}   # x\n\n# end\n«feeds:\n  - NEW\n»",
    "no list and no newline": "net: {}«\nfeeds:\n  - NEW\n»",
    "no list, all indented": "  net: {}\n«  feeds:\n    - NEW\n»",
    "comments only": "# a\n\n# b\n«feeds:\n  - NEW\n»",
    "comments without a newline": "# a«\nfeeds:\n  - NEW\n»",
    "nothing": "«feeds:\n  - NEW\n»",
    "a mark and nothing": "--- # a\n«feeds:\n  - NEW\n»",
    "a flow map": "{net: {gap: 1s}«, feeds: [NEW]»}\n",
    "an empty flow map": "{«feeds: [NEW]»}\n",
}


@pytest.mark.parametrize("layout", LAYOUTS.values(), ids=LAYOUTS.keys())
def test_every_other_byte_stays(config, layout):
    before, new, after = "", "", layout
    before, _, rest = layout.partition("«")
    new, _, after = rest.partition("»")
    path = config(before + after)
    assert add_feed(path, NEW) is True
    assert path.read_bytes().decode() == before + new.replace("NEW", NEW) + after
    assert load(path).feeds[-1].url == NEW


def test_a_word_for_nothing_gives_way(config):
    for word in ("~", "null", "Null"):
        path = config(f"feeds: {word}   # x\n")
        assert add_feed(path, NEW)
        assert path.read_text() == f"feeds: [{NEW}]   # x\n"


def test_a_title_stands_beside_the_address_quoted_where_it_must_be(config):
    titles = [
        "Kronika",
        "A: b, {c} # d",
        "'q' \"r\"",
        "دیدبان امروز",
        "true",
        "2024",
        "😀 \x07\ufeff",
    ]
    for title in titles:
        for start in ("", "feeds: [https://a.example/]\n"):
            path = config(start)
            assert add_feed(path, NEW, title)
            assert (load(path).feeds[-1].url, load(path).feeds[-1].title) == (NEW, title)
            assert len(path.read_text().splitlines()) == (1 if start else 2)


def test_a_title_that_begins_like_a_key_is_quoted(config):
    path = config("feeds: []\n")
    assert add_feed(path, "https://b.example/feed", "?<")
    assert load(path).feeds[0].title == "?<"


def test_a_title_is_one_line_of_whole_characters(config):
    for title, shown in [
        ("Half \ud83d", "Half ?"),
        (" a\r\n\x85b\u2028\tc ", "a b c"),
        (" \n", None),
    ]:
        path = config("")
        assert add_feed(path, NEW, title)
        assert load(path).feeds[0].title == shown


def test_an_address_is_quoted_where_it_must_be(config):
    for url in (
        "https://a.example/?q=[x,y]&z={1}",
        "https://a.example/x,y",
        "https://a.example/a:b",
    ):
        path = config("feeds: [https://b.example/]\n")
        assert add_feed(path, url)
        assert [feed.url for feed in load(path).feeds] == ["https://b.example/", url]


def test_a_feed_that_is_there_is_not_written_again(config):
    text = "feeds:\n  - {url: https://a.example/feed?utm_source=x, id: a}\n"
    path = config(text)
    before = path.stat()
    for same in (
        "https://a.example/feed",
        "HTTPS://A.example:443/feed#x",
        " https://a.example/feed",
    ):
        assert add_feed(path, same) is False
    assert path.read_text() == text
    assert path.stat() == before
    assert add_feed(path, "https://a.example/other") is True
    assert add_feed(path, "https://a.example/other") is False


BROKEN_BEFORE = ["feds: []\n", "feeds: [a\n", "topics: {t: '('}\n", "feeds:\n\t- x\n"]


@pytest.mark.parametrize("text", BROKEN_BEFORE)
def test_a_broken_file_is_refused_and_left_alone(config, text):
    path = config(text)
    with pytest.raises(ConfigErrors):
        add_feed(path, NEW)
    assert path.read_text() == text
    assert os.listdir(path.parent) == ["config.yaml"]


def test_an_addition_that_would_break_the_file_is_refused(config):
    text = "net: {allow: [a.example]}\npoll: {floor: 1s}\nfeeds:\n  - https://a.example/\n"
    path = config(text)
    for url, code in [("ftp://a.example/", "WTC-CFG-013"), (NEW, "WTC-CFG-017")]:
        with pytest.raises(ConfigErrors) as caught:
            add_feed(path, url)
        assert caught.value.problems[0].code == code
    assert path.read_text() == text


BY_HAND = [
    "---\nnet: {}\n...\n",
    "feeds: &list\n  - https://a.example/\n",
    "feeds:\n  - &a https://a.example/\n  - url: https://b.example/\n    title: *a\n",
]


@pytest.mark.parametrize("text", BY_HAND)
def test_a_layout_that_cannot_be_edited_is_left_to_the_user(config, text):
    path = config(text)
    with pytest.raises(ConfigErrors) as caught:
        add_feed(path, NEW)
    assert caught.value.problems[0].code == "WTC-CFG-030"
    assert "by hand" in caught.value.problems[0].hint
    assert path.read_text() == text


def test_a_missing_file_is_not_made(tmp_path):
    with pytest.raises(ConfigErrors):
        add_feed(tmp_path / "config.yaml", NEW)
    assert list(tmp_path.iterdir()) == []


def test_the_mode_stays(config):
    path = config("feeds: []\n")
    for mode in (0o600, 0o640):
        path.chmod(mode)
        assert add_feed(path, f"{NEW}{mode}")
        assert stat.S_IMODE(path.stat().st_mode) == mode


def test_a_link_to_the_file_stays_a_link(config, tmp_path):
    path = config("feeds: []\n")
    (tmp_path / "elsewhere").mkdir()
    link = tmp_path / "elsewhere" / "config.yaml"
    link.symlink_to(path)
    assert add_feed(link, NEW)
    assert link.is_symlink()
    assert NEW in path.read_text()


def test_what_fails_half_way_leaves_the_old_file_and_nothing_else(config, monkeypatch):
    path = config("feeds: []\n")

    def full(descriptor):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space"):
        add_feed(path, NEW)
    assert path.read_text() == "feeds: []\n"
    assert os.listdir(path.parent) == ["config.yaml"]


# -- properties ----------------------------------------------------------------------------------

NAMES = st.integers(0, 10**6).map(lambda n: f"https://h{n}.example/")
TITLES = st.text(st.characters(codec="utf-8"), min_size=1, max_size=20)
COMMENTS = st.text("ab #:-[]{}'\"é", max_size=8).map("# ".__add__)


@st.composite
def layouts(draw):
    """A config with a list of feeds written in one of many ways, and what they are."""
    feeds = draw(st.lists(st.tuples(NAMES, st.none() | TITLES), unique_by=lambda one: one[0]))
    end = draw(st.sampled_from(["\n", "\r\n"]))
    dash = " " * draw(st.integers(0, 4)) + "-" + " " * draw(st.integers(1, 3))
    items = []
    for url, title in feeds:
        flow = url if title is None else f"{{url: {url}, title: {json.dumps(title)}}}"
        lines = f"url: {url}{end}{' ' * len(dash)}title: {json.dumps(title)}" if title else url
        items.append(draw(st.sampled_from([flow, lines])) if title else url)
    lists = [
        "feeds:" + "".join(end + dash + item for item in items),
        "feeds: [" + ", ".join(item for item in items if end not in item) + "]",
    ]
    flow = all(end not in item for item in items)
    written = draw(st.sampled_from(lists if flow else lists[:1])) if feeds else "feeds: []"
    before = draw(st.lists(COMMENTS | st.just("net: {gap: 2s}"), max_size=2, unique=True))
    after = draw(st.lists(COMMENTS | st.just("poll: {every: 2h}"), max_size=2, unique=True))
    text = end.join([*before, written, *after]) + draw(st.sampled_from(["", end]))
    return text, feeds


@given(layouts(), NAMES, st.none() | TITLES)
def test_after_an_addition_the_old_feeds_stand_in_order_with_the_new_one(made, url, title):
    text, feeds = made
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "config.yaml")
        path.write_bytes(text.encode("utf-8"))
        assert [(feed.url, feed.title) for feed in load(path).feeds] == feeds
        added = add_feed(path, url, title)
        assert added == (url not in [old for old, _ in feeds])
        raw = path.read_bytes().decode("utf-8")
        found = [(feed.url, feed.title) for feed in load(path).feeds]
        assert found == feeds + [(url, " ".join((title or "").split()) or None)] * added
        assert [line for line in text.splitlines() if line.startswith("#")] == [
            line for line in raw.splitlines() if line.startswith("#")
        ]
        assert add_feed(path, url, title) is False
        assert path.read_bytes().decode("utf-8") == raw


@pytest.mark.parametrize(
    ("new", "entry"),
    [
        (NewFeed("https://a.example/"), "https://a.example/"),
        (
            NewFeed("https://a.example/", "A", seen="2026-11-25T14:50:00Z"),
            {"url": "https://a.example/", "title": "A", "seen": "2026-11-25T14:50:00Z"},
        ),
    ],
)
def test_only_what_is_stated_is_written(new, entry):
    assert new.entry == entry


def test_until_when_a_feed_counts_as_seen_is_read_back(tmp_path):
    path = tmp_path / "config.yaml"
    path.write_text("feeds: []\n")
    add_feeds(path, [NewFeed("https://a.example/", seen="2026-11-25T14:50:00Z")])
    (feed,) = load(path).feeds
    assert feed.seen == 1_795_618_200 * SECOND
