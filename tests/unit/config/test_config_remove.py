"""A feed taken out of config.yaml, and nothing else."""

import pytest

from watcher.config.remove import remove_feed
from watcher.errors import ConfigErrors, UsageError
from watcher.model.ids import feed_id

A, B, C = "https://a.example/", "https://b.example/feed", "https://c.example/rss"


@pytest.fixture
def file(tmp_path):
    return tmp_path / "config.yaml"


def left(file, text, feed=B):
    file.write_text(text)
    remove_feed(file, feed_id(feed))
    return file.read_text()


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (f"feeds:\n  - {A}\n  - {B}\n  - {C}\n", f"feeds:\n  - {A}\n  - {C}\n"),
        (f"feeds:\n  - {B}  # ours\n  # theirs\n  - {C}\n", f"feeds:\n  # theirs\n  - {C}\n"),
        (f"feeds:\n  - {A}\n  - {B}", f"feeds:\n  - {A}\n"),
        (f"feeds: [{A}, {B}, {C}]\n", f"feeds: [{A}, {C}]\n"),
        (f"feeds: [{B}, {C}]\n", f"feeds: [{C}]\n"),
        (f"feeds: [{B}]\n", "feeds: []\n"),
        (f"# mine\nfeeds:\n  # only\n  - {B}\n# end\n", "# mine\nfeeds: []\n  # only\n# end\n"),
        (
            f"feeds:\n  - url: {B}\n    tags: [x]\n    title: B\n  - {C}\ntopics: {{}}\n",
            f"feeds:\n  - {C}\ntopics: {{}}\n",
        ),
        (f"feeds:\n- {{url: {B}, every: 1h}}\n- {C}\n", f"feeds:\n- {C}\n"),
        (f"feeds:\r\n  - {B}\r\n  - {C}\r\n", f"feeds:\r\n  - {C}\r\n"),
        ("feeds:\n  - https://B.example:443/feed#x\n  - " + C + "\n", f"feeds:\n  - {C}\n"),
    ],
)
def test_its_lines_go_and_every_other_byte_stays(file, before, after):
    file.write_bytes(before.encode())
    remove_feed(file, feed_id(B))
    assert file.read_bytes().decode() == after


def test_a_feed_with_an_id_of_its_own_is_found_by_it(file):
    text = f"feeds:\n  - {{url: {B}, id: bee}}\n  - {C}\n"
    assert left(file, text, "bee") == f"feeds:\n  - {C}\n"


def test_the_last_feed_goes_though_the_floor_is_low(file):
    text = f"net: {{allow: [b.example]}}\npoll: {{floor: 1s}}\nfeeds:\n  - {B}\n"
    assert left(file, text).endswith("feeds: []\n")


def test_a_feed_of_a_list_that_the_config_names_is_not_taken_out_of_the_config(file, tmp_path):
    (tmp_path / "subs.opml").write_text(
        f'<opml version="2.0"><body><outline type="rss" xmlUrl="{B}"/></body></opml>'
    )
    text = f"feeds:\n  - {A}\n  - opml: subs.opml\n"
    with pytest.raises(UsageError, match="does not list this feed itself"):
        left(file, text)
    assert file.read_text() == text


def test_a_layout_that_nobody_writes_is_left_alone(file):
    text = f"feeds: &all\n  -\n    url: {B}\n  - {A}\n"
    with pytest.raises(ConfigErrors):
        left(file, text)
    assert file.read_text() == text
