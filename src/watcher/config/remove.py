"""A feed taken out of config.yaml: its lines go, every other byte stays."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from watcher.config.edit import by_hand, end_of, line_after, reads_as, replace_file
from watcher.config.load import load_text, read_text
from watcher.config.positions import read, tree
from watcher.errors import UsageError
from watcher.model.ids import feed_id
from watcher.text.urls import normalise


def remove_feed(path: Path, feed: str) -> None:
    """Takes the feed with the id `feed` out of the config at `path`.

    Raises UsageError where the file itself does not list it (a list of feeds that it names does),
    ConfigErrors where the file is not good before or after; then nothing is written.
    """
    before = read_text(path)
    load_text(before, path)
    feeds = _feeds(before)
    items = feeds.value if feeds is not None else []
    number = next((n for n, item in enumerate(items) if _id_of(item) == feed), None)
    if feeds is None or number is None:
        raise UsageError(
            "WTC-USE-009",
            f"{path} does not list this feed itself",
            hint="take it out of the list of feeds that the config names",
        )
    after = _without(before, feeds, number)
    old: Any = read(before, "").value or {}
    left = [item for n, item in enumerate(old["feeds"]) if n != number]
    if not reads_as(after, {**old, "feeds": left}):
        raise by_hand(
            path,
            "WTC-CFG-030",
            "the list of feeds is written in a way that only you can take from",
            "take the feed out by hand",
        )
    load_text(after, path)
    replace_file(path.resolve(), after)


def _feeds(text: str) -> SequenceNode | None:
    root = tree(text, "")
    if not isinstance(root, MappingNode):
        return None
    found = next((value for key, value in root.value if key.value == "feeds"), None)
    return found if isinstance(found, SequenceNode) else None


def _id_of(item: Node) -> str | None:
    if isinstance(item, ScalarNode):
        return feed_id(normalise(str(item.value)))
    if not isinstance(item, MappingNode):
        return None
    held = {str(key.value): str(value.value) for key, value in item.value}
    if "id" in held:
        return feed_id(held["id"])
    return feed_id(normalise(held["url"])) if "url" in held else None


def _without(text: str, feeds: SequenceNode, number: int) -> str:
    items = feeds.value
    item = items[number]
    if feeds.flow_style:
        if number:
            start, end = end_of(items[number - 1]), end_of(item)
        else:
            start = int(item.start_mark.index)
            end = int(items[1].start_mark.index) if len(items) > 1 else end_of(item)
        return text[:start] + text[end:]
    start = text.rfind("\n", 0, item.start_mark.index) + 1
    end = line_after(text, end_of(item))
    if len(items) > 1:
        return text[:start] + text[end:]
    key_end = text.rindex(":", 0, start) + 1  # the list's own key stands before its only item
    return f"{text[:key_end]} []{text[key_end:start]}{text[end:]}"
